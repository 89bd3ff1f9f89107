//! The report's first sentence: who told sooner, by how much, at what cost, and what speaks against it.
//!
//! Every number in it is a figure of the summary; the scenario is asked only for what the clients are and for
//! the outage that explains a long tail. It knows nothing of where the sentence is shown.

use super::human;
use super::summary::{ClientSummary, Summary};
use crate::scenario::{Client, Kind, Scenario};
use crate::time::{Instant, Span};
use std::fmt;

/// The first sentence, and the one that takes something back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who told sooner, with the ratio and the requests that it took.
    pub sentence: String,
    /// The weightiest thing that speaks against it, where there is one.
    pub exception: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        self.exception.iter().try_for_each(|exception| write!(f, " {exception}"))
    }
}

/// What the summary says, in a sentence and its exception. The contenders compared are the freshest poller and
/// the freshest webhook; of one kind alone, the freshest and the slowest client.
pub fn answer(summary: &Summary, scenario: &Scenario) -> Answer {
    let clients: Vec<Contender<'_>> = contenders(summary, scenario);
    if summary.events.occurred == 0 {
        return Answer { sentence: nothing_happened(summary, &clients), exception: None };
    }
    match pair(&clients) {
        None => alone(&clients),
        Some((a, b)) if a.silent() && b.silent() => {
            Answer { sentence: nobody_knew(summary, &clients), exception: None }
        }
        Some((a, b)) if a.silent() => only(b, a),
        Some((a, b)) if b.silent() => only(a, b),
        Some((a, b)) => compared(a, b, &clients),
    }
}

/// A client as the sentence speaks of it.
#[derive(Clone, Debug)]
struct Contender<'a> {
    /// `Polling`, `Webhooks`, or the client's name where that would not tell it from another.
    word: String,
    config: &'a Client,
    summary: &'a ClientSummary,
    outage: Option<OwnOutage>,
}

/// The longest outage of a client in the time that counts, and the share of that time that all of them take.
#[derive(Clone, Copy, Debug)]
struct OwnOutage {
    longest: Span,
    share: f64,
}

impl Contender<'_> {
    fn silent(&self) -> bool {
        self.summary.events.delivered == 0
    }

    fn never(&self) -> u64 {
        self.summary.events.lost + self.summary.events.pending
    }

    fn mean_s(&self) -> f64 {
        self.summary.latency_s.mean.unwrap_or(f64::INFINITY)
    }

    /// The latency of the typical event, and the mean's where there are too few events for a median.
    fn typical_s(&self) -> f64 {
        self.summary.latency_s.p50.unwrap_or_else(|| self.mean_s())
    }
}

fn contenders<'a>(summary: &'a Summary, scenario: &'a Scenario) -> Vec<Contender<'a>> {
    let alike =
        |kind: &Kind| scenario.clients.iter().filter(|client| group(&client.kind) == group(kind)).count();
    let hooks = scenario.clients.iter().any(|client| group(&client.kind) == Group::Hooks);
    (scenario.clients.iter().zip(&summary.clients))
        .map(|(config, summary)| {
            let word = match group(&config.kind) {
                Group::Polls if alike(&config.kind) == 1 => "Polling".to_owned(),
                Group::Hooks if alike(&config.kind) == 1 => "Webhooks".to_owned(),
                Group::Swept if alike(&config.kind) == 1 && !hooks => "Webhooks with a sweep".to_owned(),
                _ => quoted(&config.name),
            };
            Contender { word, config, summary, outage: own_outage(config, scenario) }
        })
        .collect()
}

/// What a client is called when there is one of its group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Polls,
    Hooks,
    Swept,
}

fn group(kind: &Kind) -> Group {
    match kind {
        Kind::Poll(_) => Group::Polls,
        Kind::Webhook(webhook) if webhook.reconcile.is_none() => Group::Hooks,
        Kind::Webhook(_) => Group::Swept,
    }
}

/// The two that are compared; None for a client without rival.
fn pair<'c, 'a>(clients: &'c [Contender<'a>]) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let freshest = |groups: &[Group]| {
        let mut best: Option<&Contender<'_>> = None;
        for client in clients.iter().filter(|client| groups.contains(&group(&client.config.kind))) {
            if best.is_none_or(|best| fresher(client, best)) {
                best = Some(client);
            }
        }
        best
    };
    let hooks = freshest(&[Group::Hooks]).or_else(|| freshest(&[Group::Swept]));
    if let (Some(poller), Some(hooks)) = (freshest(&[Group::Polls]), hooks) {
        return Some((poller, hooks));
    }
    let best = freshest(&[Group::Polls, Group::Hooks, Group::Swept])?;
    let slowest = (clients.iter().filter(|client| !std::ptr::eq(*client, best)))
        .reduce(|slowest, client| if fresher(slowest, client) { client } else { slowest })?;
    Some((best, slowest))
}

/// Whether `a` did better than `b`: by the typical event, then by what never came, then by requests.
fn fresher(a: &Contender<'_>, b: &Contender<'_>) -> bool {
    match (a.silent(), b.silent()) {
        (true, _) => false,
        (false, true) => true,
        (false, false) if alike(a.typical_s(), b.typical_s()) => {
            (a.never(), a.summary.requests.total) < (b.never(), b.summary.requests.total)
        }
        (false, false) => a.typical_s() < b.typical_s(),
    }
}

fn compared<'a>(a: &Contender<'a>, b: &Contender<'a>, clients: &[Contender<'a>]) -> Answer {
    let second_first = if alike(a.typical_s(), b.typical_s()) {
        b.summary.requests.total < a.summary.requests.total
    } else {
        b.typical_s() < a.typical_s()
    };
    let (winner, loser) = if second_first { (b, a) } else { (a, b) };
    let medians = winner.summary.latency_s.p50.zip(loser.summary.latency_s.p50);
    let (measure, fast_s, slow_s) = match medians {
        Some((fast_s, slow_s)) => ("typical event", fast_s, slow_s),
        None => ("on average", winner.mean_s(), loser.mean_s()),
    };
    let latencies = format!("{measure} {} against {}", human::duration(fast_s), human::duration(slow_s));
    let told = if alike(fast_s, slow_s) {
        let (first, second) = (&winner.word, in_sentence(&loser.word));
        format!("{first} and {second} told you equally soon: {latencies}")
    } else {
        let whom = if named(&winner.word) || named(&loser.word) {
            format!(" than {}", in_sentence(&loser.word))
        } else {
            String::new()
        };
        format!("{} told you sooner{whom}: {latencies}{}", winner.word, times(slow_s, fast_s))
    };
    Answer {
        sentence: format!("{told}, {}.", requests(winner, loser)),
        exception: exception(winner, loser, clients),
    }
}

/// ` (127x)`, or nothing where the smaller is zero.
fn times(large: f64, small: f64) -> String {
    if small > 0.0 { format!(" ({})", human::ratio(large / small)) } else { String::new() }
}

fn requests(winner: &Contender<'_>, loser: &Contender<'_>) -> String {
    let (own, other) = (winner.summary.requests.total, loser.summary.requests.total);
    let (own_text, other_text) = (requests_text(own), human::count(other));
    let (own, other) = (own as f64, other as f64);
    if own == other {
        return format!("with {own_text} each");
    }
    let (joint, ratio) = match (alike(own, other), own < other) {
        (true, _) => ("with", "about as many".to_owned()),
        (false, true) if own > 0.0 => ("with", format!("{} fewer", human::ratio(other / own))),
        (false, false) if other > 0.0 => ("but with", format!("{} more", human::ratio(own / other))),
        (false, fewer) => {
            return format!("{} {own_text} against {other_text}", if fewer { "with" } else { "but with" });
        }
    };
    format!("{joint} {own_text} against {other_text} ({ratio})")
}

/// What speaks against the winner, the weightiest first; then what any other client kept back.
fn exception(winner: &Contender<'_>, loser: &Contender<'_>, clients: &[Contender<'_>]) -> Option<String> {
    unstable(winner)
        .or_else(|| unstable(loser))
        .or_else(|| never(winner, loser))
        .or_else(|| tail(winner, loser))
        .or_else(|| mean(winner, loser))
        .or_else(|| duplicates(winner))
        .or_else(|| {
            clients.iter().filter(|client| client.never() > 0).max_by_key(|client| client.never()).map(missed)
        })
}

fn unstable(client: &Contender<'_>) -> Option<String> {
    (!client.summary.stable).then(|| {
        let because = client.summary.unstable_because.as_deref();
        let because =
            because.map_or_else(String::new, |because| format!(": {}", because.trim_end_matches('.')));
        format!(
            "But {} cannot keep up, so the figures grow with the length of the run{because}.",
            in_sentence(&client.word)
        )
    })
}

fn never(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    if winner.never() <= loser.never() {
        return None;
    }
    let other = if loser.never() == 0 { "none".to_owned() } else { human::count(loser.never()) };
    let ledger = &winner.summary.events;
    let never = human::count(winner.never());
    let occurred = human::count(ledger.occurred);
    Some(if ledger.lost == 0 {
        format!("But {never} of {occurred} had not come when the run ended, against {other}.")
    } else {
        format!("But {never} of {occurred} never came, against {other}.")
    })
}

fn missed(client: &Contender<'_>) -> String {
    let ledger = &client.summary.events;
    let (never, occurred) = (human::count(client.never()), human::count(ledger.occurred));
    let verb = if ledger.lost == 0 { "had yet to learn of" } else { "never learnt of" };
    format!("But {} {verb} {never} of {occurred}.", in_sentence(&client.word))
}

fn tail(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    let (own, other) = (&winner.summary.latency_s, &loser.summary.latency_s);
    let hundredth = own.p99.zip(other.p99).map(|(own_s, other_s)| ("the worst 1 %", own_s, other_s, 0.01));
    let greatest = own.max.zip(other.max).map(|(own_s, other_s)| ("the slowest event", own_s, other_s, 0.0));
    let (what, own_s, other_s, share) = [hundredth, greatest]
        .into_iter()
        .flatten()
        .find(|&(_, own_s, other_s, _)| own_s > other_s && !alike(own_s, other_s))?;
    let because = outage_clause(winner, own_s, share);
    Some(format!(
        "But {what} came later: {} against {}{because}.",
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

fn mean(winner: &Contender<'_>, loser: &Contender<'_>) -> Option<String> {
    let (own_s, other_s) = (winner.mean_s(), loser.mean_s());
    (own_s > other_s && !alike(own_s, other_s)).then(|| {
        let times = times(own_s, other_s);
        format!(
            "But on average they came later: {} against {}{times}.",
            human::duration(own_s),
            human::duration(other_s)
        )
    })
}

fn duplicates(winner: &Contender<'_>) -> Option<String> {
    let duplicates = winner.summary.events.duplicates;
    (duplicates > 0).then(|| {
        let plural = if duplicates == 1 { "" } else { "s" };
        format!("But {} brought {} duplicate{plural}.", in_sentence(&winner.word), human::count(duplicates))
    })
}

fn only(winner: &Contender<'_>, loser: &Contender<'_>) -> Answer {
    let events = human::count(loser.summary.events.occurred);
    let fate = if loser.summary.events.lost > 0 { "never learnt of" } else { "had yet to learn of" };
    Answer {
        sentence: format!("Only {} told you anything: {}.", in_sentence(&winner.word), own_figures(winner)),
        exception: Some(format!(
            "{} {fate} any of {events} events, after {}.",
            loser.word,
            requests_text(loser.summary.requests.total)
        )),
    }
}

fn alone(clients: &[Contender<'_>]) -> Answer {
    let Some(client) = clients.first() else {
        return Answer { sentence: "No client took part.".to_owned(), exception: None };
    };
    if client.silent() {
        let sentence = format!(
            "{} told you nothing: none of {} events was held at the end, after {}.",
            client.word,
            human::count(client.summary.events.occurred),
            requests_text(client.summary.requests.total)
        );
        return Answer { sentence, exception: None };
    }
    let missed = (client.never() > 0).then(|| missed(client));
    let sentence = format!("{} told you: {}.", client.word, own_figures(client));
    Answer { sentence, exception: unstable(client).or(missed).or_else(|| duplicates(client)) }
}

/// What one client took, without a rival to hold it against.
fn own_figures(client: &Contender<'_>) -> String {
    let measure =
        if client.summary.latency_s.p50.is_some() { "typical event after" } else { "on average after" };
    let requests = &client.summary.requests;
    let empty = if requests.polls > 0 {
        let share = requests.empty_polls as f64 / requests.polls as f64;
        format!(", {} of the polls empty", human::share(share))
    } else {
        String::new()
    };
    format!(
        "{measure} {}, with {}{empty}",
        human::duration(client.typical_s()),
        requests_text(requests.total)
    )
}

fn nothing_happened(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let length = spoken(Span::from_secs_f64(summary.duration_s));
    let most = clients.iter().max_by_key(|client| client.summary.requests.total);
    match most {
        Some(client) if client.summary.requests.total > 0 => format!(
            "Nothing happened in {length}, and {} took {} to learn it.",
            in_sentence(&client.word),
            requests_text(client.summary.requests.total)
        ),
        _ => format!("Nothing happened in {length}, and no request was sent."),
    }
}

fn nobody_knew(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let requests = clients.iter().map(|client| client.summary.requests.total).sum();
    let events = human::count(summary.events.occurred);
    format!(
        "Nobody learnt of anything: of {events} events none was held at the end, after {}.",
        requests_text(requests)
    )
}

fn requests_text(requests: u64) -> String {
    format!("{} request{}", human::count(requests), if requests == 1 { "" } else { "s" })
}

/// Two figures too close to call one of them better: less than 2 % apart.
fn alike(a: f64, b: f64) -> bool {
    a == b || (a.max(b) <= 1.02 * a.min(b))
}

fn own_outage(client: &Client, scenario: &Scenario) -> Option<OwnOutage> {
    let (start, end) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let outages = client.outages.0.iter().filter(|outage| outage.from < end && start < outage.until);
    let spans: Vec<Span> = outages.map(|outage| outage.until - outage.from).collect();
    let longest = spans.iter().copied().max()?;
    let share = spans.into_iter().sum::<Span>().as_secs_f64() / (end - start).as_secs_f64();
    Some(OwnOutage { longest, share })
}

/// A whole number of days (from two on), hours, minutes or seconds as one says it: `30 min`; anything else as it
/// is written.
pub(crate) fn spoken(span: Span) -> String {
    let units = [(86_400, 2, "d"), (3600, 1, "h"), (60, 1, "min"), (1, 1, "s")];
    let whole = units.into_iter().find_map(|(seconds, least, unit)| {
        let size = seconds * Span::SECOND.0;
        (span.0 >= least * size && span.0 % size == 0)
            .then(|| format!("{} {unit}", human::count((span.0 / size) as u64)))
    });
    whole.unwrap_or_else(|| human::duration(span.as_secs_f64()))
}

/// A client's name as part of a sentence, at most [`NAME_CHARS`] long.
fn quoted(name: &str) -> String {
    let short: String = name.chars().take(NAME_CHARS).collect();
    let rest = if name.chars().count() > NAME_CHARS { "…" } else { "" };
    format!("“{}{rest}”", short.trim_end())
}

fn named(word: &str) -> bool {
    word.starts_with('“')
}

fn in_sentence(word: &str) -> String {
    match word {
        "Polling" => "polling".to_owned(),
        _ if named(word) => word.to_owned(),
        _ => word.replacen('W', "w", 1),
    }
}

const NAME_CHARS: usize = 28;

#[cfg(all(test, feature = "report"))]
mod tests {
    use super::*;
    use crate::report::sample;

    /// The answer over 267 events of clients given as (name, kind, [p50, p99, max], requests).
    fn answer_of(
        rows: &[(&str, &str, [f64; 3], u64)],
        change: impl FnOnce(&mut Summary, &mut Scenario),
    ) -> String {
        let clients =
            rows.iter().map(|&(name, kind, latency_s, n)| sample::client(name, kind, latency_s, n)).collect();
        let mut summary = sample::summary(clients);
        let names: Vec<(&str, bool)> = rows.iter().map(|row| (row.0, row.1 == "webhook")).collect();
        let mut scenario = sample::scenario(&names);
        change(&mut summary, &mut scenario);
        answer(&summary, &scenario).to_string()
    }

    const POLL: (&str, &str, [f64; 3], u64) = ("poll 60s", "poll", [31.7, 1709.0, 1806.0], 1410);
    const HOOK: (&str, &str, [f64; 3], u64) = ("webhook", "webhook", [0.25, 0.25, 0.3], 289);

    fn hook(latency_s: [f64; 3], requests: u64) -> (&'static str, &'static str, [f64; 3], u64) {
        ("webhook", "webhook", latency_s, requests)
    }

    fn silence(client: &mut ClientSummary, lost: bool) {
        client.latency_s = Default::default();
        client.events.delivered = 0;
        (client.events.lost, client.events.pending) = if lost { (267, 0) } else { (0, 267) };
    }

    fn outage_of_day(scenario: &mut Scenario) {
        let day = sample::day();
        for client in &mut scenario.clients {
            client.outages = day.scenario.clients[0].outages.clone();
        }
    }

    #[test]
    fn a_webhook_that_is_fresher_and_cheaper() {
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer).");
    }

    #[test]
    fn a_long_tail_is_explained_by_the_outage_of_the_scenario() {
        let rows = [POLL, hook([0.25, 2105.0, 2105.0], 289)];
        insta::assert_snapshot!(answer_of(&rows, |_, scenario| outage_of_day(scenario)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the worst 1 % came later: 35m05s against 28m29s, because retries outwait the 30 min outage.");
        insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the worst 1 % came later: 35m05s against 28m29s.");
    }

    #[test]
    fn few_events_speak_of_the_slowest_and_of_the_mean() {
        let rows = [POLL, hook([0.25, 0.25, 2105.0], 289)];
        insta::assert_snapshot!(answer_of(&rows, |summary, _| {
            for client in &mut summary.clients {
                (client.latency_s.p50, client.latency_s.p99) = (None, None);
            }
        }), @"Webhooks told you sooner: on average 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the slowest event came later: 35m05s against 30m06s.");
    }

    #[test]
    fn a_webhook_that_costs_more() {
        insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 50_000)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), but with 50 000 requests against 1 410 (36x more).");
        insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 1410)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 1 410 requests each.");
        insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 1420)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 1 420 requests against 1 410 (about as many).");
    }

    #[test]
    fn polling_that_is_fresher_in_the_mean() {
        let rows = [POLL, hook([0.25, 1000.0, 1800.0], 289)];
        insta::assert_snapshot!(answer_of(&rows, |summary, _| summary.clients[1].latency_s.mean = Some(43.9)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But on average they came later: 43.9 s against 31.7 s (1.4x).");
    }

    #[test]
    fn polling_that_is_fresher() {
        let rows = [("poll 1s", "poll", [0.5, 1.0, 1.0], 86_400), hook([12.0, 40.0, 50.0], 289)];
        insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Polling told you sooner: typical event 0.5 s against 12 s (24x), but with 86 400 requests against 289 (299x more).");
    }

    #[test]
    fn both_alike() {
        insta::assert_snapshot!(answer_of(&[POLL, hook([31.7, 1709.0, 1806.0], 289)], |_, _| ()), @"Webhooks and polling told you equally soon: typical event 31.7 s against 31.7 s, with 289 requests against 1 410 (4.9x fewer).");
    }

    #[test]
    fn events_that_never_came() {
        let lose = |summary: &mut Summary, _: &mut Scenario| {
            let events = &mut summary.clients[1].events;
            (events.delivered, events.lost) = (255, 12);
        };
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], lose), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 12 of 267 never came, against none.");
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
            let events = &mut summary.clients[1].events;
            (events.delivered, events.pending) = (260, 7);
            summary.clients[0].events.lost = 2;
        }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 7 of 267 had not come when the run ended, against 2.");
        let rows = [POLL, HOOK, ("webhook, no retries", "webhook", [0.25, 0.25, 0.3], 267)];
        insta::assert_snapshot!(answer_of(&rows, |summary, _| {
            let events = &mut summary.clients[2].events;
            (events.delivered, events.lost) = (200, 67);
        }), @"“webhook” told you sooner than polling: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But “webhook, no retries” never learnt of 67 of 267.");
    }

    #[test]
    fn duplicates_are_an_exception() {
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| summary.clients[1].events.duplicates = 7), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks brought 7 duplicates.");
    }

    #[test]
    fn an_unstable_client_comes_before_all_other_exceptions() {
        insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 2105.0, 2105.0], 289)], |summary, _| {
            summary.clients[1].stable = false;
            summary.clients[1].unstable_because = Some("60 deliveries a second against 10".to_owned());
        }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks cannot keep up, so the figures grow with the length of the run: 60 deliveries a second against 10.");
    }

    #[test]
    fn one_kind_alone_compares_the_freshest_with_the_slowest() {
        let pollers = [
            POLL,
            ("poll 5s", "poll", [2.6, 5.0, 5.1], 17_280),
            ("poll 5m", "poll", [150.0, 298.0, 300.0], 288),
        ];
        insta::assert_snapshot!(answer_of(&pollers, |_, _| ()), @"“poll 5s” told you sooner than “poll 5m”: typical event 2.6 s against 2m30s (58x), but with 17 280 requests against 288 (60x more).");
        let hooks = [HOOK, ("webhook through one slow worker", "webhook", [4.0, 9.0, 11.0], 267)];
        insta::assert_snapshot!(answer_of(&hooks, |_, _| ()), @"“webhook” told you sooner than “webhook through one slow wor…”: typical event 0.25 s against 4 s (16x), but with 289 requests against 267 (1.08x more).");
    }

    #[test]
    fn one_client_alone() {
        insta::assert_snapshot!(answer_of(&[POLL], |_, _| ()), @"Polling told you: typical event after 31.7 s, with 1 410 requests, 80.0 % of the polls empty.");
        insta::assert_snapshot!(answer_of(&[HOOK], |_, _| ()), @"Webhooks told you: typical event after 0.25 s, with 289 requests.");
        insta::assert_snapshot!(answer_of(&[HOOK], |summary, _| silence(&mut summary.clients[0], true)), @"Webhooks told you nothing: none of 267 events was held at the end, after 289 requests.");
    }

    #[test]
    fn nothing_happened_or_nothing_arrived() {
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| summary.events.occurred = 0), @"Nothing happened in 24 h, and polling took 1 410 requests to learn it.");
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| silence(&mut summary.clients[1], true)), @"Only polling told you anything: typical event after 31.7 s, with 1 410 requests, 80.0 % of the polls empty. Webhooks never learnt of any of 267 events, after 289 requests.");
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| silence(&mut summary.clients[0], false)), @"Only webhooks told you anything: typical event after 0.25 s, with 289 requests. Polling had yet to learn of any of 267 events, after 1 410 requests.");
        insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
            summary.clients.iter_mut().for_each(|client| silence(client, true));
        }), @"Nobody learnt of anything: of 267 events none was held at the end, after 1 699 requests.");
    }

    #[test]
    fn several_of_a_kind_are_called_by_their_names() {
        let rows = [POLL, ("poll 10s", "poll", [5.0, 10.0, 10.1], 8640), HOOK];
        insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Webhooks told you sooner than “poll 10s”: typical event 0.25 s against 5 s (20x), with 289 requests against 8 640 (30x fewer).");
    }
}
