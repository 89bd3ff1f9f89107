//! The exception to the first sentence: the most important fact against the winner.

use super::Contender;
use super::compared::times;
use super::lateness::beyond_deadlines;
use super::words::{in_sentence, spoken, things};
use crate::figure::Figure;
use crate::scenario::{Client, Scenario};
use crate::study::human;
use crate::time::{Instant, Span};

/// The longest outage of a client within [warmup, duration), and the share of that time that all its outages take.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnOutage {
    longest: Span,
    share: f64,
}

/// The most important fact against the first of the two; then events that any other client did not hold. With `is_tie`
/// there is no winner, and the sentence names the client.
pub(super) fn exception(
    winner: &Contender<'_>,
    loser: &Contender<'_>,
    clients: &[Contender<'_>],
    is_tie: bool,
) -> Option<String> {
    let favoured = (!is_tie).then_some(winner);
    let missed = |client| missed(client, joint(client, favoured));
    let never = || never(winner, loser).map(|text| if is_tie { missed(winner) } else { text });
    let whom = if is_tie { format!(" with {}", in_sentence(&winner.word)) } else { String::new() };
    if winner.never_share() > GRAVE {
        let missed = never().unwrap_or_else(|| missed(winner));
        return Some([missed].into_iter().chain(also_unstable(winner, loser)).collect::<Vec<_>>().join(" "));
    }
    let unstable = either_unstable(winner, loser, favoured);
    let most_missed = || {
        clients.iter().filter(|client| client.never() > 0).max_by_key(|client| client.never()).map(&missed)
    };
    (unstable.or_else(never).or_else(|| of_times(winner, loser, &whom)).or_else(most_missed))
        .or_else(|| repeated(clients, favoured))
        .or_else(|| processed_again(clients, favoured))
}

/// `But` before what speaks against the client that the sentence favours; `And` before what speaks against another one.
pub(super) fn joint(client: &Contender<'_>, favoured: Option<&Contender<'_>>) -> &'static str {
    if favoured.is_none_or(|favoured| favoured.summary.name == client.summary.name) { "But" } else { "And" }
}

/// The same for a sentence that already says how many events each of the two held.
pub(super) fn beside_losses(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    let whom = format!(" with {}", in_sentence(&winner.word));
    either_unstable(winner, loser, Some(winner)).or_else(|| of_times(winner, loser, &whom))
}

fn of_times(winner: &Contender<'_>, loser: &Contender<'_>, whom: &str) -> Option<String> {
    let more = winner.summary.events.duplicates > loser.summary.events.duplicates;
    (tail(winner, loser, whom).or_else(|| mean(winner, loser, whom)))
        .or_else(|| if more { duplicates(winner, "But") } else { None })
}

/// Of two of which one cannot keep up, why; of two, that neither can, as each has a reason of its own.
pub(super) fn either_unstable(
    winner: &Contender<'_>,
    loser: &Contender<'_>,
    favoured: Option<&Contender<'_>>,
) -> Option<String> {
    let unstable = |client| unstable(client, joint(client, favoured));
    if winner.summary.stable || loser.summary.stable {
        return unstable(winner).or_else(|| unstable(loser));
    }
    Some(format!("But {}.", neither(winner, loser)))
}

/// The same after a sentence that already speaks against the favoured client, of which it may be the reason.
fn also_unstable(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    match (winner.summary.stable, loser.summary.stable) {
        (false, false) => Some(format!("{}.", human::capitalised(&neither(winner, loser)))),
        (false, true) => cannot_keep_up(winner).map(|text| human::capitalised(&text)),
        (true, _) => unstable(loser, "And"),
    }
}

fn neither(one: &Contender<'_>, other: &Contender<'_>) -> String {
    let [first, second] = [one, other].map(|client| in_sentence(&client.word));
    format!("neither {first} nor {second} can keep up")
}

/// Why a client cannot keep up, within a sentence.
pub(super) fn because(client: &Contender<'_>) -> Option<String> {
    let because = client.summary.unstable_because.as_deref().filter(|_| !client.summary.stable)?;
    Some(human::clause(because))
}

/// With `But` or `And` before it, see [`joint`].
pub(super) fn unstable(client: &Contender<'_>, joint: &str) -> Option<String> {
    cannot_keep_up(client).map(|text| format!("{joint} {text}"))
}

fn cannot_keep_up(client: &Contender<'_>) -> Option<String> {
    (!client.summary.stable).then(|| {
        let because = because(client).map_or_else(String::new, |because| format!(": {because}"));
        format!("{} cannot keep up{because}.", in_sentence(&client.word))
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

pub(super) fn missed(client: &Contender<'_>, joint: &str) -> String {
    let (whom, never, of) = (in_sentence(&client.word), part(client, client.never()), occurred(client));
    if client.summary.events.lost == 0 {
        format!("{joint} {whom} did not know {never} of {of} when the run ended.")
    } else {
        format!("{joint} {whom} never learnt of {never} of {of}.")
    }
}

/// The count of one run.
fn part(client: &Contender<'_>, count: u64) -> String {
    human::number(client.per_run(count))
}

/// The number of events of one run.
fn occurred(client: &Contender<'_>) -> String {
    let each = if client.runs > 1 { " a run" } else { "" };
    format!("{}{each}", part(client, client.summary.events.occurred))
}

/// Slow events that were slower, though the typical one was not.
pub(super) fn tail(winner: &Contender<'_>, loser: &Contender<'_>, whom: &str) -> Option<String> {
    let (own, other) = (&winner.summary.known_after_s, &loser.summary.known_after_s);
    let hundredth = own.p99.zip(other.p99).map(|pair| ("the worst 1 %", Figure::KnownAfterP99, pair, 0.01));
    let greatest = own.max.zip(other.max).map(|pair| ("the slowest event", Figure::KnownAfterMax, pair, 0.0));
    // An infinite time is an event that never came, which `never` says.
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

/// The outage as the reason, where it explains latencies of `tail_s` for that share of the events: it is long enough to
/// affect them, and retries wait long enough for latencies beyond its own length.
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
        format!(", because retries wait longer than the {length} outage")
    } else if tail_s <= outage_s && tail_s > outage_s / 10.0 {
        format!(", because of the {length} outage")
    } else {
        String::new()
    }
}

/// A longer mean latency. The mean is of the events that came, so that it would favour a client that lost many.
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

/// None where the lateness of the engine may have caused them.
pub(super) fn duplicates(client: &Contender<'_>, joint: &str) -> Option<String> {
    if beyond_deadlines(&[client]).is_some() {
        return None;
    }
    let duplicates = client.summary.events.duplicates;
    (duplicates > 0).then(|| {
        let duplicates = things(client.per_run(duplicates), "duplicate", client.runs);
        format!("{joint} {} brought {duplicates}.", in_sentence(&client.word))
    })
}

/// The client with the most duplicates of those that are called, where these are more than a tenth of the events. A poller
/// that reads again what it has does so on purpose.
fn repeated(clients: &[Contender<'_>], favoured: Option<&Contender<'_>>) -> Option<String> {
    let called = clients.iter().filter(|client| client.summary.attempts.total > 0);
    let most = called.max_by_key(|client| client.summary.events.duplicates)?;
    let (attempts, events) = (most.summary.attempts.total, most.summary.events.occurred);
    (most.summary.events.duplicates * 10 > events).then(|| {
        let (attempts, events) = (part(most, attempts), part(most, events));
        let whom = in_sentence(&most.word);
        let joint = joint(most, favoured);
        format!(
            "{joint} {whom} took {attempts} delivery attempts for {events} events, those after the end included."
        )
    })
}

/// The poller that processed the most events again, where these are more than a tenth of the events.
fn processed_again(clients: &[Contender<'_>], favoured: Option<&Contender<'_>>) -> Option<String> {
    let polls = clients.iter().filter(|client| client.summary.attempts.total == 0);
    let most = polls.max_by_key(|client| client.summary.events.processed_again)?;
    let (again, events) = (most.summary.events.processed_again, most.summary.events.occurred);
    (again * 10 > events).then(|| {
        let duplicates = things(most.per_run(again), "duplicate", most.runs);
        let joint = joint(most, favoured);
        format!("{joint} {} processed {duplicates} like new events.", in_sentence(&most.word))
    })
}

pub(super) fn own_outage(client: &Client, scenario: &Scenario) -> Option<OwnOutage> {
    let (start, end) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let outages = client.outages.0.iter().filter(|outage| outage.from < end && start < outage.until);
    // Only their parts within [warmup, duration).
    let spans: Vec<Span> = outages.map(|outage| outage.until.min(end) - outage.from.max(start)).collect();
    let longest = spans.iter().copied().max()?;
    let share = spans.into_iter().sum::<Span>().as_secs_f64() / (end - start).as_secs_f64();
    Some(OwnOutage { longest, share })
}

/// A client that did not hold more than this share of the events has it as its first exception.
const GRAVE: f64 = 0.01;
