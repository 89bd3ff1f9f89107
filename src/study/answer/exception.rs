//! What speaks against the winner of the first sentence.
//!
//! It decides which objection is the weightiest and words it; who won was decided before.

use super::Contender;
use super::compared::times;
use super::lateness::beyond_deadlines;
use super::words::{in_sentence, spoken, things};
use crate::figure::Figure;
use crate::scenario::{Client, Scenario};
use crate::study::human;
use crate::time::{Instant, Span};

/// The longest outage of a client in the time that counts, and the share of that time that all of them take.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnOutage {
    longest: Span,
    share: f64,
}

/// What speaks against the first of the two, the weightiest first; then what any other client kept back. Where it is
/// no winner (`is_tie`) the objection says whom it is about.
pub(super) fn exception(
    winner: &Contender<'_>,
    loser: &Contender<'_>,
    clients: &[Contender<'_>],
    is_tie: bool,
) -> Option<String> {
    let unstable = unstable(winner).or_else(|| unstable(loser));
    let never = || never(winner, loser).map(|text| if is_tie { missed(winner) } else { text });
    let whom = if is_tie { format!(" with {}", in_sentence(&winner.word)) } else { String::new() };
    if winner.never_share() > GRAVE {
        let missed = never().unwrap_or_else(|| missed(winner));
        return Some([missed].into_iter().chain(unstable).collect::<Vec<_>>().join(" "));
    }
    unstable
        .or_else(never)
        .or_else(|| of_times(winner, loser, &whom))
        .or_else(|| tried_in_vain(clients))
        .or_else(|| {
            clients.iter().filter(|client| client.never() > 0).max_by_key(|client| client.never()).map(missed)
        })
}

/// The same for a sentence that says how many events each of the two lost.
pub(super) fn beside_losses(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    let whom = format!(" with {}", in_sentence(&winner.word));
    unstable(winner).or_else(|| unstable(loser)).or_else(|| of_times(winner, loser, &whom))
}

fn of_times(winner: &Contender<'_>, loser: &Contender<'_>, whom: &str) -> Option<String> {
    tail(winner, loser, whom).or_else(|| mean(winner, loser, whom)).or_else(|| duplicates(winner))
}

pub(super) fn unstable(client: &Contender<'_>) -> Option<String> {
    (!client.summary.stable).then(|| {
        let because = client.summary.unstable_because.as_deref();
        let because = because
            .map_or_else(String::new, |because| format!(": {}", in_sentence(because.trim_end_matches('.'))));
        format!("But {} cannot keep up{because}.", in_sentence(&client.word))
    })
}

fn never(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    if winner.never() <= loser.never() {
        return None;
    }
    let other = if loser.never() == 0 { "none".to_owned() } else { part(loser, loser.never()) };
    let ledger = &winner.summary.events;
    let of = format!("{} of {}", part(winner, winner.never()), occurred(winner));
    Some(if ledger.lost == 0 {
        format!("But {of} had not come when the run ended, against {other}.")
    } else {
        format!("But {of} never came, against {other}.")
    })
}

pub(super) fn missed(client: &Contender<'_>) -> String {
    let verb = if client.summary.events.lost == 0 { "had yet to learn of" } else { "never learnt of" };
    let never = part(client, client.never());
    format!("But {} {verb} {never} of {}.", in_sentence(&client.word), occurred(client))
}

/// A count as one run has it.
fn part(client: &Contender<'_>, count: u64) -> String {
    human::number(client.per_run(count))
}

/// The events of one run.
fn occurred(client: &Contender<'_>) -> String {
    let each = if client.runs > 1 { " a run" } else { "" };
    format!("{}{each}", part(client, client.summary.events.occurred))
}

fn tail(winner: &Contender<'_>, loser: &Contender<'_>, whom: &str) -> Option<String> {
    let (own, other) = (&winner.summary.known_after_s, &loser.summary.known_after_s);
    let hundredth = own.p99.zip(other.p99).map(|pair| ("the worst 1 %", Figure::KnownAfterP99, pair, 0.01));
    let greatest = own.max.zip(other.max).map(|pair| ("the slowest event", Figure::KnownAfterMax, pair, 0.0));
    // What never came was said before.
    let (what, own_s, other_s, share) = [hundredth, greatest]
        .into_iter()
        .flatten()
        .map(|(what, figure, (own, other), share)| (what, figure, own.seconds(), other.seconds(), share))
        .find(|&(_, figure, own_s, other_s, _)| {
            own_s.is_finite() && own_s > other_s && !winner.too_close(figure, own_s, other_s)
        })
        .map(|(what, _, own_s, other_s, share)| (what, own_s, other_s, share))?;
    let because = outage_clause(winner, own_s, share);
    Some(format!(
        "But {what} came later{whom}: {} against {}{because}.",
        human::duration(own_s),
        human::duration(other_s)
    ))
}

/// The outage, where it explains latencies of `tail_s` for that share of the events: long enough to touch them,
/// and, for a latency beyond its own length, with retries that wait longer than it lasts.
fn outage_clause(winner: &Contender<'_>, tail_s: f64, share: f64) -> String {
    let (Some(outage), Some(webhook)) = (winner.outage, winner.config.webhook()) else {
        return String::new();
    };
    if outage.share < share {
        return String::new();
    }
    let length = spoken(outage.longest);
    let outage_s = outage.longest.as_secs_f64();
    let reach_s = webhook.retries.span().as_secs_f64() + webhook.deadline.as_secs_f64();
    if tail_s > outage_s && tail_s <= outage_s + reach_s {
        format!(", because retries outwait the {length} outage")
    } else if tail_s <= outage_s && tail_s > outage_s / 10.0 {
        format!(", because of the {length} outage")
    } else {
        String::new()
    }
}

/// The mean is of what came: where the other lost much, the comparison would be in its favour.
fn mean(winner: &Contender<'_>, loser: &Contender<'_>, whom: &str) -> Option<String> {
    if loser.never_share() > GRAVE {
        return None;
    }
    let (own_s, other_s) = (winner.mean_s(), loser.mean_s());
    (own_s > other_s && !winner.too_close(Figure::LatencyMean, own_s, other_s)).then(|| {
        let times = times(own_s, other_s);
        format!(
            "But on average they came later{whom}: {} against {}{times}.",
            human::duration(own_s),
            human::duration(other_s)
        )
    })
}

/// None where the engine's lateness may have made them.
pub(super) fn duplicates(winner: &Contender<'_>) -> Option<String> {
    if beyond_deadlines(&[winner]).is_some() {
        return None;
    }
    let duplicates = winner.summary.events.duplicates;
    (duplicates > 0).then(|| {
        let duplicates = things(winner.per_run(duplicates), "duplicate", winner.runs);
        format!("But {} brought {duplicates}.", in_sentence(&winner.word))
    })
}

/// The webhook that was sent most for nothing: what it received more than once.
fn tried_in_vain(clients: &[Contender<'_>]) -> Option<String> {
    let most = clients.iter().max_by_key(|client| client.summary.events.duplicates)?;
    let (attempts, events) = (most.summary.attempts.total, most.summary.events.occurred);
    (most.summary.events.duplicates * 10 > events).then(|| {
        let (attempts, events) = (part(most, attempts), part(most, events));
        let whom = in_sentence(&most.word);
        format!(
            "But {whom} took {attempts} delivery attempts for {events} events, those after the end included."
        )
    })
}

pub(super) fn own_outage(client: &Client, scenario: &Scenario) -> Option<OwnOutage> {
    let (start, end) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let outages = client.outages.0.iter().filter(|outage| outage.from < end && start < outage.until);
    // Only as far as they lie in the time that counts.
    let spans: Vec<Span> = outages.map(|outage| outage.until.min(end) - outage.from.max(start)).collect();
    let longest = spans.iter().copied().max()?;
    let share = spans.into_iter().sum::<Span>().as_secs_f64() / (end - start).as_secs_f64();
    Some(OwnOutage { longest, share })
}

/// A client that never knew more than this share of the events is not praised without saying so.
const GRAVE: f64 = 0.01;
