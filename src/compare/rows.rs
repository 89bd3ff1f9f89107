//! A row for each client and figure, and what the gates say of them.

use super::chance::holm;
use super::judge::{LEVEL, beyond, judge, mean_of};
use super::{Comparison, Gate, Gated, Options, Outcome, Pairing, Report, Verdict, scenarios, warnings};
use crate::figure::{Combine, Figure};
use crate::study::human;

/// One figure of one client in BASE and in an OTHER. Values are of one run, infinite for never.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which OTHER, from 1 on.
    pub run: usize,
    /// The client.
    pub client: String,
    /// The figure.
    pub figure: Figure,
    /// BASE's.
    pub base: Option<f64>,
    /// OTHER's.
    pub other: Option<f64>,
    /// OTHER's less BASE's; None where one is never or missing.
    pub difference: Option<f64>,
    /// The 95 % interval of the difference; None for one replication.
    pub interval: Option<(f64, f64)>,
    /// That of the ratio; None for one replication, and where BASE's may be zero.
    pub ratio_interval: Option<(f64, f64)>,
    /// Replications compared: of both, or the fewer.
    pub n: usize,
    /// Of the replications with the same events, those that differ in the same direction as the mean.
    pub agree: Option<usize>,
    /// What is said.
    pub verdict: Verdict,
    /// About how many replications would tell, where these cannot.
    pub needed: Option<u64>,
    /// What the gates say; None where there is none on this figure.
    pub gate: Option<bool>,
    /// The chance of such a change by luck.
    pub(super) chance: f64,
}

impl Row {
    /// A row of two values, for tests.
    #[cfg(test)]
    pub(crate) fn of_two(
        figure: Figure,
        [base, other]: [f64; 2],
        interval: (f64, f64),
        verdict: Verdict,
    ) -> Self {
        let difference = Some(other - base);
        let ratio_interval = Some((1.0 + interval.0 / base, 1.0 + interval.1 / base));
        let (base, other, interval) = (Some(base), Some(other), Some(interval));
        let client = "client".to_owned();
        let (n, agree, needed, gate, chance) = (10, None, None, None, 1.0);
        Self {
            run: 1,
            client,
            figure,
            base,
            other,
            difference,
            interval,
            ratio_interval,
            n,
            agree,
            verdict,
            needed,
            gate,
            chance,
        }
    }

    /// A value of it with its unit: `never`, or a dash where there is none.
    pub fn in_words(&self, value: Option<f64>) -> String {
        value.map_or_else(|| "–".to_owned(), |value| human::figure(self.figure.unit(), value))
    }

    /// Whether it is one of the three that the others follow: the typical event, the rare one and the cost.
    pub fn is_of_the_three(&self) -> bool {
        [Figure::KnownAfterP50, Figure::KnownAfterP99, Figure::RequestsTotal].contains(&self.figure)
    }

    /// OTHER's divided by BASE's; None where BASE's is zero, or one of them never or missing.
    pub fn ratio(&self) -> Option<f64> {
        let ratio = self.other? / self.base?;
        (ratio.is_finite() && self.base != Some(f64::INFINITY)).then_some(ratio)
    }

    /// Its place among the figures of its client: what changed before what these runs cannot tell, and what stayed last.
    pub const fn rank(&self) -> u8 {
        match self.verdict {
            Verdict::Worse => 0,
            Verdict::Better => 1,
            Verdict::Differs => 2,
            Verdict::New | Verdict::Gone => 3,
            Verdict::CannotTell => 4,
            Verdict::NotComparable => 5,
            Verdict::Same => 6,
            Verdict::SameBytes => 7,
        }
    }
}

/// The figures that are compared unless all are.
const HEADLINE: [Figure; 9] = [
    Figure::KnownAfterP50,
    Figure::KnownAfterP99,
    Figure::KnownAfterMax,
    Figure::EventsLost,
    Figure::EventsPending,
    Figure::RequestsTotal,
    Figure::RequestsEmpty,
    Figure::EventsDuplicates,
    Figure::BytesTotal,
];

/// BASE and one OTHER.
pub(super) struct Sides<'a> {
    pub(super) run: usize,
    pub(super) base: &'a Report,
    pub(super) other: &'a Report,
    pub(super) pairing: Pairing,
    pub(super) options: &'a Options,
}

impl Sides<'_> {
    fn values(report: &Report, client: &str, figure: Figure) -> Option<Vec<Option<f64>>> {
        let replications = report.replications.get(client).filter(|rows| !rows.is_empty())?;
        Some(replications.iter().map(|figures| figures.get(figure.index()).copied().flatten()).collect())
    }

    fn both(&self, client: &str, figure: Figure) -> [Option<Vec<Option<f64>>>; 2] {
        [self.base, self.other].map(|report| Self::values(report, client, figure))
    }

    /// Whether the figure means the same in both: a count and an extreme grow with the time that counts.
    fn is_comparable(&self, figure: Figure) -> bool {
        let grows = match figure.combine() {
            Combine::Sum | Combine::Extreme => true,
            Combine::Same | Combine::Mean | Combine::Share | Combine::Pooled => false,
        };
        let counted_s =
            |report: &Report| report.summary.duration_s - scenarios::warm_up_s(&report.summary.scenario);
        !grows || counted_s(self.base) == counted_s(self.other)
    }

    /// Whether these are so few repetitions of live runs that nothing is told of a difference.
    fn is_too_few_live(&self, repetitions: usize) -> bool {
        warnings::is_live(self.base) && repetitions < warnings::LEAST_LIVE
    }

    fn row(&self, client: &str, figure: Figure) -> Row {
        let blank = Row {
            run: self.run,
            client: client.to_owned(),
            figure,
            base: None,
            other: None,
            difference: None,
            interval: None,
            ratio_interval: None,
            n: 0,
            agree: None,
            verdict: Verdict::NotComparable,
            needed: None,
            gate: None,
            chance: 1.0,
        };
        match self.both(client, figure) {
            [None, None] => blank,
            [Some(base), None] => Row { base: mean_of(&base), verdict: Verdict::Gone, ..blank },
            [None, Some(other)] => Row { other: mean_of(&other), verdict: Verdict::New, ..blank },
            [Some(base), Some(other)] => {
                let judged = judge(&base, &other, figure.better(), self.pairing, self.options.margin);
                let is_told = self.is_comparable(figure);
                let is_equal = judged.verdict == Verdict::SameBytes;
                let is_too_few_live = self.is_too_few_live(judged.n);
                let verdict = match () {
                    () if !is_told => Verdict::NotComparable,
                    () if is_too_few_live && !is_equal => Verdict::CannotTell,
                    () => judged.verdict,
                };
                let names_it = verdict == judged.verdict;
                Row {
                    base: judged.base,
                    other: judged.other,
                    difference: judged.difference.filter(|_| is_told),
                    interval: judged.interval.filter(|_| is_told),
                    ratio_interval: judged.ratio_interval.filter(|_| is_told),
                    n: judged.n,
                    agree: judged.agree,
                    verdict,
                    needed: judged.needed.filter(|_| names_it && !is_too_few_live),
                    chance: if names_it { judged.chance } else { 1.0 },
                    ..blank
                }
            }
        }
    }
}

/// The rows of BASE and one OTHER: BASE's clients in its order, then those that are new; of each, what changed first.
pub(super) fn rows(sides: &Sides<'_>) -> Vec<Row> {
    let clients = |report: &Report| report.summary.clients.iter().map(|client| client.name.clone()).collect();
    let mut names: Vec<String> = clients(sides.base);
    let others: Vec<String> = clients(sides.other);
    names.extend(others.into_iter().filter(|name| !sides.base.replications.contains_key(name)));
    let figures: Vec<Figure> = Figure::ALL.iter().copied().filter(|figure| wanted(sides, *figure)).collect();
    let figures = if sides.options.all { figures } else { HEADLINE.to_vec() };
    let mut rows: Vec<Row> = (names.iter())
        .flat_map(|client| figures.iter().map(|figure| sides.row(client, *figure)))
        .filter(|row| row.base.is_some() || row.other.is_some())
        // Nothing pending, nowhere: most runs.
        .filter(|row| row.figure != Figure::EventsPending || [row.base, row.other] != [Some(0.0); 2])
        .collect();
    for gate in &sides.options.gates {
        if let Some(figure) = gate.figure
            && names.contains(&gate.client)
            && !rows.iter().any(|row| row.client == gate.client && row.figure == figure)
        {
            rows.push(sides.row(&gate.client, figure));
        }
    }
    let place = |client: &str| names.iter().position(|name| name == client);
    rows.sort_by_key(|row| (place(&row.client), row.rank()));
    rows
}

/// Of a client that has none of a kind of figure all values are missing.
fn wanted(sides: &Sides<'_>, figure: Figure) -> bool {
    [sides.base, sides.other].iter().any(|report| {
        let mut rows = report.replications.values().flatten();
        rows.any(|figures| figures.get(figure.index()).copied().flatten().is_some())
    })
}

/// The results of all gates on one OTHER, before those that hold are weighed against each other.
pub(super) fn gate(sides: &Sides<'_>, comparison: &mut Comparison) {
    for gate in &sides.options.gates {
        let (outcome, because, chance) = one(sides, gate);
        comparison.gates.push(Gated {
            text: gate.text.clone(),
            run: sides.run,
            outcome,
            because,
            fails: false,
        });
        comparison.chances.push((gate.clone(), chance));
    }
}

fn one(sides: &Sides<'_>, gate: &Gate) -> (Outcome, String, f64) {
    let Some(figure) = gate.figure else {
        let because = "no figure has this name; `pollhook schema --summary` lists them".to_owned();
        return (Outcome::Missing, because, 1.0);
    };
    let [base, other] = match sides.both(&gate.client, figure) {
        [Some(base), Some(other)] => [base, other],
        [base, _] => {
            let which = if base.is_none() { &sides.base.name } else { &sides.other.name };
            return (Outcome::Missing, format!("{which} has no client `{}`", gate.client), 1.0);
        }
    };
    if !sides.is_comparable(figure) {
        return (Outcome::CannotTell, "the runs count other lengths of time".to_owned(), 1.0);
    }
    let Some((verdict, chance)) = beyond(&base, &other, sides.pairing, &gate.limit) else {
        return (Outcome::Missing, "a report has too few events for this figure".to_owned(), 1.0);
    };
    if sides.is_too_few_live(base.len().min(other.len())) && base != other {
        let because = format!("live runs with fewer than {} repetitions", warnings::LEAST_LIVE);
        return (Outcome::CannotTell, because, 1.0);
    }
    match verdict {
        Some(true) => (Outcome::Fail, "the change is beyond the limit".to_owned(), chance),
        Some(false) => (Outcome::Pass, "the change is within the limit".to_owned(), chance),
        None => (Outcome::CannotTell, "the interval of the change contains the limit".to_owned(), chance),
    }
}

/// Weighs the gates that hold against each other (Holm), so that many gates fail no more runs by luck than one; then
/// tells each row what its gates say.
pub(super) fn settle(comparison: &mut Comparison, strict: bool) {
    // Of an interval of 95 % one side.
    let chances: Vec<f64> = comparison.chances.iter().map(|(_, chance)| *chance).collect();
    let holds = holm(&chances, LEVEL / 2.0);
    for (place, gated) in comparison.gates.iter_mut().enumerate() {
        if gated.outcome == Outcome::Fail && !holds[place] {
            gated.outcome = Outcome::CannotTell;
            gated.because = "beyond the limit, but of so many gates one may be so by luck".to_owned();
        }
        gated.fails = match gated.outcome {
            Outcome::Pass => false,
            Outcome::Fail | Outcome::Missing => true,
            Outcome::CannotTell => strict,
        };
        let (gate, _) = &comparison.chances[place];
        for row in &mut comparison.rows {
            if row.run == gated.run && row.client == gate.client && Some(row.figure) == gate.figure {
                row.gate = Some(row.gate.unwrap_or(true) && !gated.fails);
            }
        }
    }
}
