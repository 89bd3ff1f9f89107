//! The sentence that compares two clients which both hold events: which was sooner, and the requests of each.

use super::chance::reach;
use super::exception::{beside_losses, either_unstable, exception};
use super::lateness::beyond_deadlines;
use super::words::{in_sentence, named, these_runs, things, too_few};
use super::{Answer, Contender, PerReplication, alike, run_by_run};
use crate::figure::{Figure, Metric};
use crate::study::human;
use crate::study::summary::Reached;

/// The latency by which two clients are compared.
pub(super) struct Measure {
    pub(super) words: &'static str,
    pub(super) figure: Figure,
    pub(super) times: [Reached; 2],
}

impl Measure {
    /// The median over all events, or the mean where there are too few events for a median.
    pub(super) fn of(a: &Contender<'_>, b: &Contender<'_>) -> Self {
        match (a.summary.known_after_s.p50, b.summary.known_after_s.p50) {
            (Some(a), Some(b)) => {
                Self { words: "typical event", figure: Figure::KnownAfterP50, times: [a, b] }
            }
            (None, _) | (_, None) => {
                let times = [a, b].map(|client| Reached::After(client.mean_s()));
                Self { words: "on average", figure: Figure::LatencyMean, times }
            }
        }
    }

    /// `typical event 0.25 s against 31.7 s`; `typical event 20 ms` where both are.
    fn shown(&self) -> String {
        let [first, second] = self.times.map(|time| human::reached(Some(time)));
        if first == second {
            return format!("{} {first}", self.words);
        }
        format!("{} {first} against {second}", self.words)
    }
}

pub(super) fn compared<'a>(
    a: &Contender<'a>,
    b: &Contender<'a>,
    clients: &[Contender<'a>],
    rows: &PerReplication,
) -> Answer {
    if let Some(because) = beyond_deadlines(&[a, b]) {
        return incomparable(a, b, &because);
    }
    let [a_s, b_s] = Measure::of(a, b).times.map(Reached::seconds);
    let figure = Measure::of(a, b).figure;
    let reach = reach(&Metric::Measured(figure), [a, b], [a_s, b_s], rows);
    let is_close = a.too_close(figure, a_s, b_s) || (a_s - b_s).abs() <= reach;
    let costs = |client: &Contender<'_>| (client.summary.events.lost, client.summary.requests.total);
    let second_first = if is_close { costs(b) < costs(a) } else { b_s < a_s };
    let (winner, loser) = if second_first { (b, a) } else { (a, b) };
    let measure = Measure::of(winner, loser);
    if alike(a_s, b_s) && a_s.is_finite() && winner.summary.events.lost < loser.summary.events.lost {
        return told_more(winner, loser, &measure, rows);
    }
    let sooner = sooner(winner, loser, measure.figure, rows);
    let is_tie = is_close || sooner.is_some_and(|[won, lost]| won <= lost);
    Answer {
        sentence: format!("{}, {}.", told(winner, loser, &measure, sooner, reach), requests(winner, loser)),
        exception: exception(winner, loser, clients, is_tie),
    }
}

/// The sentence for a run whose engine was so late that its latencies and requests are not those of the scenario.
fn incomparable(a: &Contender<'_>, b: &Contender<'_>, because: &str) -> Answer {
    let measure = Measure::of(a, b);
    let [first, second] = [a, b].map(|client| in_sentence(&client.word));
    let sentence = format!(
        "This run cannot compare {first} with {second}, because {because}: {}, with {} against {}.",
        measure.shown(),
        a.requests_text(),
        human::number(b.requests())
    );
    // What such an engine loses is no fact about the scenario.
    Answer { sentence, exception: either_unstable(a, b, None) }
}

/// The sentence for two clients that are equally fast, of which one lost more events. The events come first.
fn told_more(
    winner: &Contender<'_>,
    loser: &Contender<'_>,
    measure: &Measure,
    rows: &PerReplication,
) -> Answer {
    let known = winner.summary.events.delivered;
    let part = if winner.never() == 0 {
        format!("all {}", events(winner))
    } else {
        format!("{} of {}", human::number(winner.per_run(known)), events(winner))
    };
    let lost = run_by_run(winner, loser, Figure::EventsLost, rows);
    let fewer = lost.iter().filter(|(own, other)| own < other).count();
    let runs = if winner.runs > 1 && !lost.is_empty() {
        let [fewer, runs] = [fewer, lost.len()].map(|number| human::count(number as u64));
        format!(" (more in {fewer} of {runs} runs)")
    } else {
        String::new()
    };
    let sentence = format!(
        "{} told you of {part}, {} of {}{runs}: {}, {}.",
        winner.word,
        in_sentence(&loser.word),
        human::number(loser.per_run(loser.summary.events.delivered)),
        measure.shown(),
        requests(winner, loser)
    );
    Answer { sentence, exception: beside_losses(winner, loser) }
}

fn events(client: &Contender<'_>) -> String {
    things(client.per_run(client.summary.events.occurred), "event", client.runs)
}

/// Which client was sooner, as far as the run can tell.
fn told(
    winner: &Contender<'_>,
    loser: &Contender<'_>,
    measure: &Measure,
    sooner: Option<[usize; 2]>,
    reach: f64,
) -> String {
    let [fast, slow] = measure.times;
    let (fast_s, slow_s) = (fast.seconds(), slow.seconds());
    let [first, second] = [winner, loser].map(|client| in_sentence(&client.word));
    let latencies = measure.shown();
    if fast == Reached::Never {
        let known = [winner, loser].map(|client| human::share(1.0 - client.never_share()));
        format!("Neither told you of the typical event: {first} knew {}, {second} {}", known[0], known[1])
    } else if alike(fast_s, slow_s) {
        format!("{} and {second} told you equally soon: {latencies}", winner.word)
    } else if winner.too_close(measure.figure, fast_s, slow_s) {
        let apart = human::duration((fast_s - slow_s).abs());
        let late = human::duration(winner.late_s(&Metric::Measured(measure.figure)));
        format!(
            "This run cannot tell whether {first} or {second} told you sooner: {latencies} ({apart} apart, and the engine was late by up to {late})"
        )
    } else if let Some([won, lost]) = sooner.filter(|[won, lost]| won <= lost) {
        format!(
            "These {} runs cannot tell whether {first} or {second} told you sooner (in {won} runs the one, in {lost} the other): {latencies}",
            winner.runs
        )
    } else if (fast_s - slow_s).abs() <= reach {
        let (runs, events) = (these_runs(winner.runs), too_few(winner));
        let runs = human::capitalised(&runs);
        format!(
            "{runs} cannot tell whether {first} or {second} told you sooner, because {events}: {latencies}"
        )
    } else {
        let whom =
            if named(&winner.word) || named(&loser.word) { format!(" than {second}") } else { String::new() };
        let runs = sooner.map_or_else(String::new, |[won, _]| {
            format!(" in {} of {} runs", human::count(won as u64), human::count(winner.runs.into()))
        });
        format!("{} told you sooner{whom}{runs}: {latencies}{}", winner.word, times(slow_s, fast_s))
    }
}

/// In how many replications each of the two was sooner than the other. None with one replication, and where single ones
/// have too few events.
fn sooner(
    one: &Contender<'_>,
    other: &Contender<'_>,
    figure: Figure,
    rows: &PerReplication,
) -> Option<[usize; 2]> {
    let pairs = run_by_run(one, other, figure, rows);
    let apart = || pairs.iter().filter(|&&(a, b)| !one.too_close(figure, a, b));
    (one.runs > 1 && !pairs.is_empty())
        .then(|| [apart().filter(|(a, b)| a < b).count(), apart().filter(|(a, b)| b < a).count()])
}

/// ` (127x)`, or nothing where the smaller is zero.
pub(super) fn times(large: f64, small: f64) -> String {
    if small > 0.0 && large.is_finite() {
        format!(" ({})", human::ratio(large / small))
    } else {
        String::new()
    }
}

fn requests(winner: &Contender<'_>, loser: &Contender<'_>) -> String {
    let (own, other) = (winner.requests(), loser.requests());
    let (own_text, other_text) = (winner.requests_text(), human::number(other));
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
