//! Measured figures against their predictions. A figure declares how far chance may move it ([`Noise`]); a difference
//! beyond that contradicts the closed form or the program.

use super::{Detail, late_s};
use crate::figure::{Figure, Metric, Noise, Unit};
use crate::measure::Latencies;
use crate::policy::channel::Channel;
use crate::scenario::Scenario;
use crate::study::interval::{mean_and_error, student};
use crate::study::predict::{self, Spread};
use crate::study::replication::window_s;
use crate::study::summary::{ClientSummary, Summary};
use crate::study::value::value;
use crate::study::{Beside, Check, PerReplication, Verdict, human};

/// One client with its predictions.
pub(super) struct Compared<'a> {
    measured: &'a ClientSummary,
    spread: Option<Spread>,
    latencies: Option<&'a Latencies>,
    client: usize,
    /// The figures of each replication.
    rows: Option<&'a PerReplication>,
    /// Replications of the run, as a number.
    number: f64,
    /// The greatest lateness of a live run, in seconds; a figure may differ from theory by that much.
    late_s: f64,
    is_live: bool,
    /// Loops of all members, for each of which the window begins and ends.
    loops: f64,
    /// Whether each loop stays connected, so that its requests are those that connect it.
    stays_connected: bool,
    window_s: f64,
}

/// A figure beside its prediction.
#[derive(Clone, Copy)]
struct Pair {
    value: f64,
    theory: f64,
    /// The distance that chance explains; None where the verdict needs none.
    reach: Option<f64>,
    verdict: Verdict,
}

impl<'a> Compared<'a> {
    pub(super) fn of(scenario: &'a Scenario, summary: &'a Summary, index: usize, detail: Detail<'a>) -> Self {
        let client = &scenario.clients[index];
        Self {
            measured: &summary.clients[index],
            spread: predict::spread(scenario, client),
            latencies: detail.latencies.get(index),
            client: index,
            rows: detail.rows,
            number: f64::from(summary.replications.max(1)),
            late_s: late_s(summary),
            is_live: summary.live.is_some(),
            loops: f64::from(client.count) * f64::from(scenario.events.resources),
            stays_connected: client.channels().any(Channel::stays_connected),
            window_s: window_s(scenario),
        }
    }

    /// Every figure that a form predicts, beside its prediction. `compares`: whether the run can be compared with theory.
    pub(super) fn all(&self, client: usize, compares: bool) -> impl Iterator<Item = Beside> {
        Figure::ALL.iter().filter_map(move |&figure| {
            let theory = value(self.measured, &Metric::Predicted(figure))?;
            let measured = value(self.measured, &Metric::Measured(figure));
            let pair = if compares { self.pair(figure) } else { None };
            let verdict = match pair {
                Some(pair) => Some(pair.verdict),
                None if compares && !self.is_live && self.is_short_of(measured) => {
                    Some(Verdict::TooFewEvents)
                }
                None => None,
            };
            Some(Beside {
                client,
                figure,
                measured,
                theory,
                reach: pair.and_then(|pair| pair.reach),
                verdict,
            })
        })
    }

    /// Whether a figure is not compared because there are too few events for it, or too few replications.
    fn is_short_of(&self, measured: Option<f64>) -> bool {
        measured.is_none() || self.rows.map_or(0, PerReplication::len) < ENOUGH
    }

    /// The mean latency.
    pub(super) fn mean(&self) -> Option<Check> {
        Some(self.shown(Figure::LatencyMean, self.pair(Figure::LatencyMean)?))
    }

    /// The share of empty polls.
    pub(super) fn empty_share(&self) -> Option<Check> {
        Some(self.shown(Figure::EmptyShare, self.pair(Figure::EmptyShare)?))
    }

    /// A check for each other figure that contradicts its prediction.
    pub(super) fn differing(&self) -> impl Iterator<Item = Check> {
        let differs = self.others().filter(|(_, pair)| pair.verdict == Verdict::Differs);
        differs.map(|(figure, pair)| self.shown(figure, pair))
    }

    /// One check for all other figures that could have contradicted their predictions, and do not.
    pub(super) fn agreeing(&self) -> Option<Check> {
        let agree = self.others().filter(|(_, pair)| pair.verdict == Verdict::Agrees).count();
        let figures = if agree == 1 { "figure agrees" } else { "figures agree" };
        (agree > 0).then(|| Check {
            text: format!("{}: {agree} other {figures} with theory", self.measured.name),
            verdict: Verdict::Agrees,
        })
    }

    /// The figures without a check of their own.
    fn others(&self) -> impl Iterator<Item = (Figure, Pair)> {
        let figures = Figure::ALL.iter().copied();
        figures
            .filter(|figure| !matches!(figure.noise(), None | Some(Noise::Mean | Noise::Polls)))
            .filter_map(|figure| Some((figure, self.pair(figure)?)))
    }

    /// `poll 60s: mean 30.4 s, theory 30 s ± 2.1 s`.
    fn shown(&self, figure: Figure, pair: Pair) -> Check {
        let Pair { value, theory, reach, verdict } = pair;
        let words = match figure.noise() {
            Some(Noise::Polls) => "empty",
            _ => figure.label(),
        };
        let [value, theory] = [value, theory].map(|number| human::figure(figure.unit(), number));
        // In virtual time a constant latency agrees to the nanosecond.
        let from = if figure.unit() == Unit::Seconds { SHOWN_S } else { 0.0 };
        let plus_minus = reach
            .filter(|&reach| reach > from)
            .map(|reach| format!(" ± {}", human::figure(figure.unit(), reach)));
        let text = format!(
            "{}: {words} {value}, theory {theory}{}",
            self.measured.name,
            plus_minus.unwrap_or_default()
        );
        Check { text, verdict }
    }

    /// None where there is no prediction, or nothing tells how far chance moves the figure.
    fn pair(&self, figure: Figure) -> Option<Pair> {
        let theory = value(self.measured, &Metric::Predicted(figure))?;
        let value = value(self.measured, &Metric::Measured(figure))?;
        let noise = figure.noise()?;
        let reach = match noise {
            Noise::Mean => self.mean_reach(theory)?,
            Noise::Polls => self.polls_reach(theory)?,
            // Lateness changes the other figures of a live run in ways that are not known.
            _ if self.is_live => return None,
            Noise::Rank(share) => return self.rank(share, value, theory),
            Noise::Bound => {
                let verdict = if value > theory + SHOWN_S { Verdict::Differs } else { Verdict::Agrees };
                return Some(Pair { value, theory, reach: None, verdict });
            }
            Noise::Events => {
                let events = self.events()?;
                4.0 * libm::sqrt(theory * (1.0 - theory) / events) + RARE / events
            }
            Noise::Counted => self.varies(figure)? + self.begins(figure, theory),
            Noise::Rare => self.varies(figure)?.max(self.rarely(theory)) + self.begins(figure, theory),
            Noise::Attempts => {
                let most = self.spread.map_or(1.0, |spread| f64::from(spread.attempts.max(1)));
                self.varies(figure)? + RARE * most / self.events()?
            }
            // Where there are many attempts, the rarest of them make most of a standard deviation.
            Noise::Deviation if self.spread.is_some_and(|spread| spread.attempts > 1) => return None,
            Noise::Deviation => {
                // The run may have none of the slow events that the form knows of.
                let bound_s = self.measured.theory.latency_s.max.unwrap_or(0.0);
                let (events, max_s) = (self.events()?, self.measured.latency_s.max?.max(bound_s));
                let slow = RARE / events + self.spread.map_or(SETTLED, |spread| spread.edge);
                self.varies(figure)? + slow * max_s * max_s / (2.0 * theory).max(SHOWN_S) + SHOWN_S
            }
            Noise::OverTime => self.varies(figure)? + self.begins(figure, theory),
        };
        let smallest = match figure.unit() {
            Unit::Seconds => SHOWN_S,
            Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Bytes | Unit::Share => 1e-9,
        };
        let verdict = match ((value - theory).abs() <= reach.max(smallest), tells(figure, theory, reach)) {
            (false, _) => Verdict::Differs,
            (true, true) => Verdict::Agrees,
            (true, false) if self.is_too_late_for(figure) => Verdict::TooLate,
            (true, false) if !tells(figure, theory, self.begins(figure, theory)) => Verdict::TooShort,
            (true, false) => Verdict::TooFewEvents,
        };
        Some(Pair { value, theory, reach: Some(reach), verdict })
    }

    /// How far the beginning and the end of the window move a figure from the stationary one. More replications do not
    /// change that.
    fn begins(&self, figure: Figure, theory: f64) -> f64 {
        match figure.noise() {
            Some(Noise::Polls) => self.first_polls(),
            Some(Noise::Counted | Noise::Rare) => theory * self.ends(),
            Some(Noise::OverTime) if figure.unit() == Unit::Share => self.settles(),
            Some(Noise::OverTime) => theory * self.settles(),
            Some(
                Noise::Mean
                | Noise::Deviation
                | Noise::Rank(_)
                | Noise::Bound
                | Noise::Events
                | Noise::Attempts,
            )
            | None => 0.0,
        }
    }

    /// Whether the lateness of the engine alone keeps a figure from being told.
    fn is_too_late_for(&self, figure: Figure) -> bool {
        let in_time = || Self { late_s: 0.0, ..*self };
        self.late_s > 0.0 && in_time().pair(figure).is_some_and(|pair| pair.verdict != Verdict::TooFewEvents)
    }

    /// Four standard errors of the mean latency. Three of the slowest events are added: a run may have none or several
    /// of a rare event, which a standard error does not cover.
    fn mean_reach(&self, theory: f64) -> Option<f64> {
        let latency = &self.measured.latency_s;
        let Some(spread) = self.spread else {
            // Where deliveries queue, the queue is empty at first.
            return (!self.is_live).then_some(self.varies(Figure::LatencyMean)? + SETTLED * theory);
        };
        let deviation = self.measured.theory.latency_s.stddev?;
        let independent = latency.count as f64 / spread.cluster;
        let slowest_s = latency.max?;
        // A constant latency has no slow events. Anything slower than it counts.
        let rare_s = if deviation > 0.0 { slowest_s } else { (slowest_s - theory).max(0.0) };
        let variance_s2 = deviation * deviation / independent + spread.phase_s2 / self.number;
        Some(4.0 * libm::sqrt(variance_s2) + RARE * rare_s / independent + spread.bias_s + self.late_s)
    }

    /// Four standard errors of the share of empty polls, and what the first polls change. All members have the same
    /// events, so that their polls are empty together.
    fn polls_reach(&self, theory: f64) -> Option<f64> {
        let polls = self.measured.requests.polls as f64;
        let independent = polls / f64::from(self.measured.count);
        // A poll that is late may find an event that the next poll would have found.
        let late = self.late_s * polls / (self.loops * self.number * self.window_s);
        let chance = 4.0 * libm::sqrt(theory * (1.0 - theory) / independent);
        (polls > 0.0).then(|| chance + self.first_polls() + late)
    }

    /// The share of polls that are the first of their loop, which find the events of a shorter time than later ones.
    fn first_polls(&self) -> f64 {
        let polls = self.measured.requests.polls as f64;
        if polls > 0.0 { self.loops * self.number / polls } else { 0.0 }
    }

    /// Four standard errors of a number per second that counts independent things, and three more of them. Where a run
    /// has a few or none, its replications do not tell how many there may be. All members count the same ones.
    fn rarely(&self, per_s: f64) -> f64 {
        let members = f64::from(self.measured.count);
        let window_s = self.window_s * self.number;
        let expected = per_s * window_s / members;
        if expected > COMMON { 0.0 } else { (4.0 * libm::sqrt(expected) + RARE) * members / window_s }
    }

    /// A percentile: the share of the events up to it, and the share of those below it, against the share that it is of.
    fn rank(&self, share: f64, value: f64, theory: f64) -> Option<Pair> {
        let (ranked, spread) = (self.latencies?.ranked(), self.spread?);
        let events = ranked.count() as f64;
        let up_to = |time_s: f64| {
            ranked
                .steps()
                .take_while(|step| step.0 <= time_s)
                .last()
                .map_or(0.0, |step| step.1 as f64 / events)
        };
        let independent = events / spread.cluster;
        let reach = 4.0 * libm::sqrt(share * (1.0 - share) / independent) + RARE / independent + spread.edge;
        // Latencies are counted in cells.
        let near_s = theory * CELL + SHOWN_S;
        let is_near = up_to(theory + near_s) >= share - reach && up_to(theory - near_s) <= share + reach;
        let verdict = match (is_near, reach <= TELLING * share.min(1.0 - share)) {
            (false, _) => Verdict::Differs,
            (true, true) => Verdict::Agrees,
            (true, false) => Verdict::TooFewEvents,
        };
        Some(Pair { value, theory, reach: None, verdict })
    }

    /// Four standard errors of a figure, from its values in the replications; None with too few of them.
    fn varies(&self, figure: Figure) -> Option<f64> {
        let values: Option<Vec<f64>> = self.rows?.figure(self.client, figure).into_iter().collect();
        let values = values.filter(|values| values.len() >= ENOUGH)?;
        Some(student(4.0, values.len() as u32 - 1) * mean_and_error(&values).1)
    }

    /// Independent events.
    fn events(&self) -> Option<f64> {
        let events = self.measured.events.occurred as f64;
        let members = f64::from(self.measured.count);
        let cluster = self.spread.map_or(members, |spread| spread.cluster);
        (events > 0.0).then_some(events / cluster)
    }

    /// What the ends of the window add to a number of requests or frames, as a share of it: two for each loop. Where
    /// deliveries are repeated, a few events may have all attempts or one.
    fn ends(&self) -> f64 {
        let connects = if self.stays_connected { self.measured.requests.total } else { 0 };
        // One for each loop, at the start, is certain.
        let again = if connects as f64 > self.loops * self.number { connects } else { 0 };
        let counted = self.measured.requests.polls + self.measured.frames.heartbeats + again;
        let ends = if counted == 0 { 0.0 } else { 2.0 * self.loops * self.number / counted as f64 };
        let most = self.spread.map_or(0, |spread| spread.attempts);
        let rare =
            if most > 1 { self.events().map_or(1.0, |events| RARE * f64::from(most) / events) } else { 0.0 };
        ends + rare
    }

    /// The share of the window after which an average over time is stationary: there is no event at first, and none on
    /// its way.
    fn settles(&self) -> f64 {
        let edge = self.spread.map_or(SETTLED, |spread| spread.edge);
        let events = self.measured.events.occurred as f64 / f64::from(self.measured.count);
        let on_its_way = self.measured.latency_s.mean.unwrap_or(0.0) / self.window_s;
        2.0 * self.number / events + 2.0 * edge + on_its_way
    }
}

/// Whether a tolerance could contradict something. One as large as the figure could not, because nothing would pass,
/// too; nor one as large as what a share lacks to all. A prediction of none, or of all, is told by a small tolerance.
fn tells(figure: Figure, theory: f64, reach: f64) -> bool {
    let room = if figure.unit() == Unit::Share { theory.min(1.0 - theory) } else { theory };
    match figure.unit() {
        Unit::Seconds if reach <= SHOWN_S => true,
        Unit::Share | Unit::PerEvent if room < ROUNDED => reach <= TELLING_SHARE,
        Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Seconds | Unit::Bytes | Unit::Share => {
            reach <= room * TELLING
        }
    }
}

/// Differences up to this, in seconds, are due to rounding.
const SHOWN_S: f64 = 1e-6;
/// A share that is as good as 0.
const ROUNDED: f64 = 1e-9;
/// The largest tolerance that can contradict something, as a share of the figure.
const TELLING: f64 = 0.5;
/// A tolerance that can contradict a share of 0 or 1.
const TELLING_SHARE: f64 = 0.01;
/// Events that a run may have more or fewer of a rare kind, which a standard error does not cover.
const RARE: f64 = 3.0;
/// So many things that their number in the replications tells how it varies.
const COMMON: f64 = 100.0;
/// The replications from which on their differences tell a standard error.
const ENOUGH: usize = 20;
/// What the beginning of a run may change of a stationary process that has no other bound: forms need a hundred times
/// its memory.
const SETTLED: f64 = 0.02;
/// The width of a cell of latencies, as a share of the latency.
const CELL: f64 = 0.002;
