//! A scenario at every setting of a grid: what a setting does to the figures, and which one is the cheapest that keeps a
//! wish.
//!
//! All settings have the seed of the scenario. Where no varied path changes the events, every setting has the same ones, so
//! that settings differ by what was varied alone. Everything that is printed of a sweep is in [`Sweep`].

mod answer;
mod apart;
mod best;
mod broken;
mod crossing;
mod deal;
mod find;
mod frontier;
mod grid;
#[cfg(test)]
mod tests;
mod vary;
mod view;
mod wish;

pub use answer::Answer;
pub use best::{Best, counted, told};
pub use broken::{Broken, broken};
pub use crossing::{Crossing, crossings, one_event_an_interval};
pub use deal::dealt;
pub use find::{Found, Keeps};
pub use frontier::frontier;
pub use grid::{Grid, Setting};
pub use vary::Vary;
pub use view::View;
pub use wish::{Aim, Wish};

use crate::figure::Metric;
use crate::parallel;
use crate::scenario::{Scenario, resolved};
use crate::sim::RunOptions;
use crate::study::summary::{ClientSummary, Summary};
use crate::study::{self, PerReplication, Results};

/// The results at one setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// As the run of that setting alone writes it.
    pub summary: Summary,
    /// The figures of every replication and client.
    pub rows: PerReplication,
}

impl From<Results> for Ran {
    fn from(results: Results) -> Self {
        Self { summary: results.summary, rows: results.replications }
    }
}

impl Ran {
    /// Whether these are the results of that scenario, by this version and engine; `speed`: that of a live run.
    pub fn is_of(&self, scenario: &Scenario, speed: Option<f64>) -> bool {
        self.summary.complete
            && self.summary.live.as_ref().map(|live| live.speed) == speed
            && self.summary.version == env!("CARGO_PKG_VERSION")
            && self.summary.scenario == resolved(scenario)
    }

    /// Whether a claim of the scenario does not hold.
    pub fn breaks_a_claim(&self) -> bool {
        self.summary.expectations.iter().any(|expectation| expectation.holds == Some(false))
    }
}

/// Runs scenarios in virtual time, on all cores. A scenario that was stopped before its end has no result. `done` is called
/// once for each client of each replication that has ended, from any thread.
pub fn run(scenarios: Vec<&Scenario>, options: RunOptions<'_>, done: impl Fn() + Sync) -> Vec<Option<Ran>> {
    parallel::map(scenarios, |scenario| {
        let (summary, rows) = study::run_in_short(scenario, options, &done)?;
        Some(Ran { summary, rows })
    })
}

/// How often `done` of [`run`] is called for a scenario.
pub fn steps(scenario: &Scenario) -> u64 {
    u64::from(scenario.replications) * scenario.clients.len() as u64
}

/// What is asked of a sweep.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What a setting must keep; all of them.
    pub wishes: Vec<Wish>,
    /// What it should cost least; none: the requests per second of the first wish's client.
    pub cheapest: Option<Aim>,
}

impl Asked {
    /// Whether every client that is asked for is in the scenario.
    ///
    /// # Errors
    /// Which one is not, and what may be meant.
    pub fn check(&self, base: &Scenario) -> Result<(), String> {
        let aims = self.wishes.iter().map(|wish| &wish.aim).chain(&self.cheapest);
        aims.map(|aim| view::of_aim(base, aim)).collect::<Result<Vec<_>, _>>().map(|_| ())
    }
}

/// The results at one setting of the grid.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its number, from 1 on.
    pub number: usize,
    /// The value of each varied path, as it was written.
    pub values: Vec<String>,
    /// Its results.
    pub ran: Ran,
}

/// A whole sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The scenario without the varied values.
    pub base: Scenario,
    /// What was varied.
    pub grid: Grid,
    /// The settings that were run, in the order of the grid: all, unless it was stopped.
    pub points: Vec<Point>,
    /// What was asked.
    pub asked: Asked,
    /// The figures that the report is about: how fresh, and at what cost.
    pub views: [View; 2],
    /// For each of them the best client at each setting; None for a figure of which neither more nor less is better.
    pub best: [Option<Vec<Best>>; 2],
    /// The setting that was looked for; None where there was no wish.
    pub found: Option<Found>,
    /// The first sentence.
    pub answer: Answer,
}

impl Sweep {
    /// From the results at each setting, in the order of the grid; None where a setting was not run.
    ///
    /// # Errors
    /// Where a wish is of no client, or no setting was run.
    pub fn new(base: Scenario, grid: Grid, ran: Vec<Option<Ran>>, asked: Asked) -> Result<Self, String> {
        let settings = (1..).zip(&grid.settings).zip(ran);
        let points = settings.filter_map(|((number, setting), ran)| {
            Some(Point { number, values: setting.values.clone(), ran: ran? })
        });
        let points: Vec<Point> = points.collect();
        if points.is_empty() {
            return Err("no setting was run".to_owned());
        }
        let views = view::views(&base, &grid, &points, &asked)?;
        let best = views.each_ref().map(|view| best::best(&base, &points, view));
        let (found, answer) = (None, Answer::default());
        let mut sweep = Self { base, grid, points, asked, views, best, found, answer };
        let shown = sweep.shown_names();
        for view in &mut sweep.views {
            view.name.clone_from(&shown[view.client]);
        }
        sweep.found = find::find(&sweep)?;
        sweep.answer = answer::answer(&sweep);
        Ok(sweep)
    }

    /// Freshness and cost, each with the best client at each setting; without a figure that has none.
    pub fn judged(&self) -> impl Iterator<Item = (&View, &[Best])> {
        self.views.iter().zip(&self.best).filter_map(|(view, best)| Some((view, best.as_deref()?)))
    }

    /// What each client is called in charts and sentences: its name; of a name that follows what is varied, what stays of it
    /// (`poll …`).
    pub fn shown_names(&self) -> Vec<String> {
        let name = |place: usize, base: &str| {
            let at = |point: &Point| point.client(place).map_or("", |client| client.name.as_str()).to_owned();
            let names: Vec<String> = self.points.iter().map(at).collect();
            let is_same = names.iter().all(|name| *name == names[0]);
            let words = |name: &str| name.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let common = names.iter().map(|name| words(name)).reduce(|one, other| {
                one.into_iter().zip(other).take_while(|(a, b)| a == b).map(|(word, _)| word).collect()
            });
            match common {
                Some(common) if !is_same && !common.is_empty() => format!("{} …", common.join(" ")),
                _ => base.to_owned(),
            }
        };
        self.clients().enumerate().map(|(place, base)| name(place, base)).collect()
    }

    /// Whether every setting was run.
    pub fn is_complete(&self) -> bool {
        self.points.len() == self.grid.settings.len()
    }

    /// The names of the clients, in the order of the scenario. A name that follows what is varied is that of the scenario
    /// without it.
    pub fn clients(&self) -> impl Iterator<Item = &str> {
        self.base.clients.iter().map(|client| client.name.as_str())
    }

    /// Replications of each setting.
    pub fn replications(&self) -> u32 {
        self.points.iter().map(|point| point.ran.summary.replications).min().unwrap_or(1)
    }
}

impl Point {
    /// The figure of a client; infinite for never, None where it is null.
    pub fn value(&self, view: &View) -> Option<f64> {
        study::value(self.client(view.client)?, &view.metric)
    }

    /// Its 95 % interval, where there is one.
    pub fn interval(&self, view: &View) -> Option<(f64, f64)> {
        interval(self.client(view.client)?, &view.metric)
    }

    /// What theory predicts for it, where it does.
    pub fn theory(&self, view: &View) -> Option<f64> {
        match view.metric {
            Metric::Measured(figure) if figure.is_predicted() => {
                study::value(self.client(view.client)?, &Metric::Predicted(figure))
            }
            Metric::Measured(_) | Metric::Predicted(_) | Metric::Answered(_) => None,
        }
    }

    fn client(&self, index: usize) -> Option<&ClientSummary> {
        self.ran.summary.clients.get(index)
    }
}

/// The 95 % interval of a figure of a client, where there is one; an end is infinite for never.
pub fn interval(client: &ClientSummary, metric: &Metric) -> Option<(f64, f64)> {
    let Metric::Measured(figure) = metric else { return None };
    study::interval(client, *figure).map(|[low, high]| (low.seconds(), high.seconds()))
}
