//! The figure of two clients: whether the run can tell which is better, and the difference in words.

use super::chance::{is_slight, reach};
use super::clause::{clause, is_all_handled};
use super::lateness::beyond_deadlines;
use super::words::{in_sentence, these_runs, too_few};
use super::{Contender, PerReplication, alike};
use crate::figure::{Figure, Metric, Unit};
use crate::scenario::Relation;
use crate::study::human;
use crate::study::summary::Summary;

/// The figure of two clients.
pub(super) struct Pair<'a> {
    metric: &'a Metric,
    pub(super) client: &'a Contender<'a>,
    pub(super) other: &'a Contender<'a>,
    pub(super) figures: [f64; 2],
    /// By how much the figures may differ because of the seed alone.
    reach: f64,
    /// Whether the run came to its end.
    is_complete: bool,
}

impl<'a> Pair<'a> {
    pub(super) fn new(
        metric: &'a Metric,
        [client, other]: [&'a Contender<'a>; 2],
        figures: [f64; 2],
        summary: &Summary,
        rows: &PerReplication,
    ) -> Self {
        let reach = reach(metric, [client, other], figures, rows);
        Self { metric, client, other, figures, reach, is_complete: summary.complete }
    }
}

impl Pair<'_> {
    /// The client with the better figure; None where both have the same.
    pub(super) fn favoured(&self) -> Option<&Contender<'_>> {
        let lower_is_better = self.metric.better().is_lower()?;
        let [own, other] = self.figures;
        (own != other).then_some(if (own < other) == lower_is_better { self.client } else { self.other })
    }

    /// Whether the difference of the figures is within the lateness of the engine.
    fn is_within_lateness(&self) -> bool {
        let ([own, other], late_s) = (self.figures, self.client.late_s(self.metric));
        late_s > 0.0 && (own - other).abs() <= late_s
    }

    /// Why a live run cannot compare the figures: their difference is within its lateness, or it was so late that
    /// requests were given up.
    pub(super) fn too_late(&self) -> Option<String> {
        if self.is_within_lateness() {
            let late = human::duration(self.client.late_s(self.metric));
            return Some(format!("because the engine was late by up to {late}"));
        }
        beyond_deadlines(&[self.client, self.other]).map(|because| format!("because {because}"))
    }

    /// `Yes: `, `No: `, `Hardly: ` or `Not equal: `, and in how many of several replications; empty where the run cannot
    /// tell.
    pub(super) fn verdict(&self, yes_if: Relation, rows: &PerReplication) -> Said {
        if self.too_late().is_some() || !self.is_complete {
            return Said::default();
        }
        let [own, other] = self.figures;
        let is_equal = yes_if == Relation::Equal;
        let word = match (self.closeness(), verdict(yes_if, own, other)) {
            (Closeness::Unknown, _) => return Said::default(),
            // What is about the same on average need not be so in each run.
            (Closeness::Slight, _) | (Closeness::Apart, Verdict::Yes) if is_equal => {
                return Said::alone("Yes: ");
            }
            (Closeness::Apart, Verdict::No) if is_equal => return Said::alone("Not equal: "),
            (Closeness::Slight, _) | (Closeness::Apart, Verdict::Hardly) => return Said::alone("Hardly: "),
            (Closeness::Apart, Verdict::Yes) => "Yes",
            (Closeness::Apart, Verdict::No) => "No",
        };
        let Some(pairs) = self.run_by_run(rows) else { return Said::alone(&format!("{word}: ")) };
        let is_yes = |own, other| verdict(yes_if, own, other) == Verdict::Yes;
        let agreeing = pairs.iter().filter(|&&(a, b)| is_yes(a, b) == is_yes(own, other)).count();
        let runs = pairs.len();
        if agreeing * 2 <= runs {
            return Said::of_runs(format!("These {} runs cannot tell: ", human::count(runs as u64)));
        }
        let [agreeing, runs] = [agreeing, runs].map(|count| human::count(count as u64));
        Said::of_runs(format!("{word}, in {agreeing} of {runs} runs: "))
    }

    /// Whether other seeds would give a difference, too.
    pub(super) fn closeness(&self) -> Closeness {
        let [own, other] = self.figures;
        let apart = (own - other).abs();
        if own == other || apart > self.reach {
            Closeness::Apart
        } else if is_slight(self.reach, self.figures) {
            Closeness::Slight
        } else {
            Closeness::Unknown
        }
    }

    /// The figures of each replication; None with one.
    fn run_by_run(&self, rows: &PerReplication) -> Option<Vec<(f64, f64)>> {
        let Metric::Measured(figure) = self.metric else { return None };
        let pairs = super::run_by_run(self.client, self.other, *figure, rows);
        (self.client.runs > 1 && !pairs.is_empty()).then_some(pairs)
    }

    /// `; fewer in 28 of 30`: in how many replications the figures differ as they do over all. None with one replication, and
    /// where the figures are not told apart.
    pub(super) fn in_each(&self, rows: &PerReplication) -> Option<String> {
        let [own, other] = self.figures;
        let is_apart = self.closeness() == Closeness::Apart && !alike(own, other);
        if !is_apart || self.too_late().is_some() {
            return None;
        }
        let pairs = self.run_by_run(rows)?;
        let agreeing = pairs.iter().filter(|&&(a, b)| !alike(a, b) && (a > b) == (own > other)).count();
        let (way, [agreeing, runs]) =
            (self.way(own > other), [agreeing, pairs.len()].map(|n| human::count(n as u64)));
        Some(format!("; {way} in {agreeing} of {runs}"))
    }

    /// How a figure is told that is more, or less, than another.
    fn way(&self, is_more: bool) -> &'static str {
        self.degrees(is_more)[0]
    }

    /// How a figure is told that is more, or less, than all others.
    pub(super) fn superlative(&self, is_most: bool) -> &'static str {
        self.degrees(is_most)[1]
    }

    fn degrees(&self, is_more: bool) -> [&'static str; 2] {
        let [more, less] = match self.metric.unit() {
            Unit::Count | Unit::PerEvent => [["more", "most"], ["fewer", "fewest"]],
            Unit::PerSecond | Unit::Bytes => [["more", "most"], ["less", "least"]],
            Unit::Share => [["higher", "highest"], ["lower", "lowest"]],
            Unit::Seconds if self.is_of_age() => [["older", "oldest"], ["newer", "newest"]],
            Unit::Seconds if self.is_of_latency() => [["later", "latest"], ["sooner", "soonest"]],
            Unit::Seconds => [["longer", "longest"], ["shorter", "shortest"]],
        };
        if is_more { more } else { less }
    }

    /// Whether the figure is a time after which an event is known. The others are spreads, or times for which something is
    /// as it should not be.
    fn is_of_latency(&self) -> bool {
        let (Metric::Measured(figure) | Metric::Predicted(figure)) = self.metric else { return false };
        let is_stated =
            figure.path().starts_with("latency_s.") || figure.path().starts_with("known_after_s.");
        (is_stated && *figure != Figure::LatencyStddev) || *figure == Figure::SetupFirstEvent
    }

    pub(super) fn clause(&self) -> String {
        let clause = clause(self.client, self.metric, self.figures[0]);
        let is_of_attempts = *self.metric == Metric::Measured(Figure::AttemptsPerEvent);
        if is_of_attempts && is_all_handled(self.client) && is_all_handled(self.other) {
            return clause.replacen("sent", "sent and handled", 1);
        }
        clause
    }

    /// The figure of the other client, and the difference. `is_asked`: whether the title asks for yes or no.
    pub(super) fn against(&self, is_asked: bool) -> String {
        let [own, figure] = self.figures;
        let name = in_sentence(&self.other.word);
        let shown = format!(", against {} with {name}", self.spelt(figure));
        if own == figure {
            // The lateness within which the figures lie says nothing of equal ones, but that of requests does.
            let because = beyond_deadlines(&[self.client, self.other]);
            let hedge = because
                .map(|because| format!("; this run cannot tell whether that is so, because {because}"));
            return format!(", as with {name}{}", hedge.unwrap_or_default());
        }
        if let Some(undecided) = self.undecided(is_asked) {
            return format!("{shown}{undecided}");
        }
        let apart = self.difference(self.figures);
        apart.map_or_else(|| shown.clone(), |apart| format!("{shown} ({apart})"))
    }

    /// What stands in the way of calling the figures different; None where nothing does. `is_asked`: whether the sentence
    /// names a winner even where no difference would be told.
    pub(super) fn undecided(&self, is_asked: bool) -> Option<String> {
        if let Some(because) = self.too_late() {
            return Some(format!("; this run cannot tell them apart, {because}"));
        }
        let [own, other] = self.figures;
        match self.closeness() {
            Closeness::Slight => Some(" (about the same)".to_owned()),
            Closeness::Apart if alike(own, other) => Some(" (about the same)".to_owned()),
            Closeness::Unknown if is_asked || self.difference(self.figures).is_some() => {
                let (runs, events) = (these_runs(self.client.runs), too_few(self.client));
                Some(format!("; {runs} cannot tell them apart, because {events}"))
            }
            Closeness::Unknown | Closeness::Apart => None,
        }
    }

    pub(super) fn spelt(&self, figure: f64) -> String {
        match self.metric.unit() {
            Unit::Count if figure == 0.0 => "none".to_owned(),
            Unit::PerEvent if figure == 1.0 && self.is_of_times() => "once".to_owned(),
            unit @ Unit::Seconds if *self.metric == Metric::Measured(Figure::DisabledSeconds) => {
                format!("{} of silence", human::figure(unit, figure))
            }
            unit => human::figure(unit, figure),
        }
    }

    /// Whether the figure counts how many times each event was sent or received.
    fn is_of_times(&self) -> bool {
        matches!(self.metric, Metric::Measured(Figure::AttemptsPerEvent | Figure::DuplicatesPerEvent))
    }

    fn is_of_age(&self) -> bool {
        matches!(self.metric, Metric::Measured(Figure::AgeMean) | Metric::Predicted(Figure::AgeMean))
    }

    /// `10x more`, `4.5x fewer`, `11 s later`: a ratio, or the difference of two times that differ by less than a
    /// factor of 2. None where neither adds to the figures.
    pub(super) fn difference(&self, [own, other]: [f64; 2]) -> Option<String> {
        let (least, greatest) = (own.min(other), own.max(other));
        if least <= 0.0 || !greatest.is_finite() {
            return None;
        }
        let is_more = own > other;
        let ratio = human::ratio(greatest / least);
        Some(match self.metric.unit() {
            Unit::Share => return None,
            Unit::PerEvent if self.is_of_times() => return None,
            Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Bytes => {
                format!("{ratio} {}", self.way(is_more))
            }
            Unit::Seconds if greatest >= 2.0 * least => ratio,
            Unit::Seconds => format!("{} {}", human::duration(greatest - least), self.way(is_more)),
        })
    }
}

/// Whether two figures differ by more than chance makes them differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closeness {
    /// They do, or they are equal.
    Apart,
    /// They do not, and chance does little to them: they are about the same.
    Slight,
    /// They do not, and chance may do much: there are too few events.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Yes,
    /// The direction is right, and the difference is below 2 %.
    Hardly,
    No,
}

fn verdict(yes_if: Relation, own: f64, other: f64) -> Verdict {
    let (is_so, may_be_slight) = match yes_if {
        Relation::Below => (own < other, true),
        Relation::Above => (own > other, true),
        Relation::Equal => (alike(own, other), false),
    };
    match (is_so, may_be_slight && alike(own, other)) {
        (true, false) => Verdict::Yes,
        (true, true) => Verdict::Hardly,
        (false, _) => Verdict::No,
    }
}

/// The beginning of an answer to yes or no.
#[derive(Default)]
pub(super) struct Said {
    pub(super) words: String,
    /// Whether they tell of how many runs.
    pub(super) tells_runs: bool,
}

impl Said {
    fn alone(words: &str) -> Self {
        Self { words: words.to_owned(), tells_runs: false }
    }

    const fn of_runs(words: String) -> Self {
        Self { words, tells_runs: true }
    }
}
