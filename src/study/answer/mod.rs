//! The report's first sentence: who told sooner, by how much, at what cost, and what speaks against it.
//!
//! Every number in it is a figure of the summary; the scenario is asked only for what the clients are and for
//! the outage that explains a long tail. It knows nothing of where the sentence is shown.

mod asked;
mod exception;
mod words;

use super::human;
use super::summary::{ClientSummary, Reached, Summary};
use crate::policy::channel::Opener;
use crate::scenario::{Client, Scenario};
use crate::time::Span;
use exception::{OwnOutage, duplicates, exception, missed, own_outage, unstable};
use std::fmt;
pub(crate) use words::spoken;
use words::{in_sentence, named, requests_text};

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
    if summary.events.occurred > 0
        && let Some(answer) = asked::asked(summary, scenario)
    {
        return answer;
    }
    let mut answer = of_all_runs(summary, scenario);
    // Counts are sums over the replications.
    if summary.replications > 1 {
        let runs = human::count(summary.replications.into());
        answer.sentence = format!("{}, in {runs} runs.", answer.sentence.trim_end_matches('.'));
    }
    answer
}

/// The indices of the two clients that the sentence compares; None where there are not two.
pub fn compared_clients(summary: &Summary, scenario: &Scenario) -> Option<[usize; 2]> {
    let clients = contenders(summary, scenario);
    let (a, b) = asked_pair(&clients, scenario).or_else(|| pair(&clients))?;
    let place = |one: &Contender<'_>| clients.iter().position(|client| std::ptr::eq(client, one));
    Some([place(a)?, place(b)?])
}

fn of_all_runs(summary: &Summary, scenario: &Scenario) -> Answer {
    let clients: Vec<Contender<'_>> = contenders(summary, scenario);
    if summary.events.occurred == 0 {
        return Answer { sentence: nothing_happened(summary, &clients), exception: None };
    }
    match asked_pair(&clients, scenario).or_else(|| pair(&clients)) {
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

    /// When half of all events were known, infinite for never; the mean latency where there are too few events.
    fn typical_s(&self) -> f64 {
        self.summary.known_after_s.p50.map_or_else(|| self.mean_s(), Reached::seconds)
    }

    /// Share of the events that it never held.
    fn never_share(&self) -> f64 {
        self.never() as f64 / self.summary.events.occurred.max(1) as f64
    }
}

fn contenders<'a>(summary: &'a Summary, scenario: &'a Scenario) -> Vec<Contender<'a>> {
    let alike = |one: &Client| scenario.clients.iter().filter(|client| group(client) == group(one)).count();
    let hooks = scenario.clients.iter().any(|client| group(client) == Group::Hooks);
    (scenario.clients.iter().zip(&summary.clients))
        .map(|(config, summary)| {
            let word = match group(config) {
                Group::Polls if alike(config) == 1 => config.kind.channel().words().subject.to_owned(),
                Group::Hooks if alike(config) == 1 => config.kind.channel().words().subject.to_owned(),
                Group::Reconciled if alike(config) == 1 && !hooks => "Webhooks with reconciling".to_owned(),
                _ => human::quoted(&config.name),
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
    Reconciled,
}

fn group(client: &Client) -> Group {
    match (client.kind.channel().opener(), client.channels().count()) {
        (Opener::Client, _) => Group::Polls,
        (Opener::Source, 1) => Group::Hooks,
        (Opener::Source, _) => Group::Reconciled,
    }
}

/// The two that the scenario's `[answer]` names.
fn asked_pair<'c, 'a>(
    clients: &'c [Contender<'a>],
    scenario: &Scenario,
) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let config = scenario.answer.as_ref()?;
    let of = |name: &str| clients.iter().find(|client| client.summary.name == name);
    of(&config.client).zip(config.against.as_deref().and_then(of))
}

/// The two that are compared; None for a client without rival.
fn pair<'c, 'a>(clients: &'c [Contender<'a>]) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let freshest = |groups: &[Group]| {
        let mut best: Option<&Contender<'_>> = None;
        for client in clients.iter().filter(|client| groups.contains(&group(client.config))) {
            if best.is_none_or(|best| fresher(client, best)) {
                best = Some(client);
            }
        }
        best
    };
    let hooks = freshest(&[Group::Hooks]).or_else(|| freshest(&[Group::Reconciled]));
    if let (Some(poller), Some(hooks)) = (freshest(&[Group::Polls]), hooks) {
        return Some((poller, hooks));
    }
    let best = freshest(&[Group::Polls, Group::Hooks, Group::Reconciled])?;
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
    let medians = winner.summary.known_after_s.p50.zip(loser.summary.known_after_s.p50);
    let (measure, fast, slow) = match medians {
        Some((fast, slow)) => ("typical event", fast, slow),
        None => ("on average", Reached::After(winner.mean_s()), Reached::After(loser.mean_s())),
    };
    let latencies =
        format!("{measure} {} against {}", human::reached(Some(fast)), human::reached(Some(slow)));
    let (fast_s, slow_s) = (fast.seconds(), slow.seconds());
    let told = if fast == Reached::Never {
        let [first, second] = [winner, loser].map(|client| in_sentence(&client.word));
        let known = [winner, loser].map(|client| human::share(1.0 - client.never_share()));
        format!("Neither told you of the typical event: {first} knew {}, {second} {}", known[0], known[1])
    } else if alike(fast_s, slow_s) {
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
    if small > 0.0 && large.is_finite() {
        format!(" ({})", human::ratio(large / small))
    } else {
        String::new()
    }
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
    let typical = match client.summary.known_after_s.p50 {
        Some(Reached::Never) => "typical event never".to_owned(),
        Some(Reached::After(seconds)) => format!("typical event after {}", human::duration(seconds)),
        None => format!("on average after {}", human::duration(client.mean_s())),
    };
    let requests = &client.summary.requests;
    let empty = if requests.polls > 0 {
        let share = requests.empty_polls as f64 / requests.polls as f64;
        format!(", {} of the polls empty", human::share(share))
    } else {
        String::new()
    };
    format!("{typical}, with {}{empty}", requests_text(requests.total))
}

fn nothing_happened(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let length = spoken(Span::from_secs_f64(summary.duration_s));
    if !summary.complete {
        return format!("The run was stopped after {length}, before an event counted.");
    }
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

/// Two figures too close to call one of them better: less than 2 % apart.
fn alike(a: f64, b: f64) -> bool {
    a == b || (a.max(b) <= 1.02 * a.min(b))
}

#[cfg(all(test, feature = "report"))]
mod tests;
