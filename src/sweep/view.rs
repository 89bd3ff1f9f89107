//! Which figures a sweep's report is about: how fresh, and at what cost.

use super::{Aim, Asked, Grid, Point};
use crate::figure::{Figure, Metric};
use crate::scenario::{Scenario, nearest_name};
use crate::study;

/// A figure of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its place in the scenario.
    pub client: usize,
    /// Its name.
    pub name: String,
    /// The figure.
    pub metric: Metric,
    /// Its path.
    pub path: String,
    /// How a sentence calls it: as it was asked for, by its path, or else in words.
    pub words: String,
}

impl View {
    /// The same figure of another client.
    pub fn of(&self, client: usize, name: &str) -> Self {
        Self { client, name: name.to_owned(), ..self.clone() }
    }
}

/// The figure of a wish.
pub(super) fn of_aim(base: &Scenario, aim: &Aim) -> Result<View, String> {
    let client = base.clients.iter().position(|client| client.name == aim.client).ok_or_else(|| {
        let names: Vec<&str> = base.clients.iter().map(|client| client.name.as_str()).collect();
        let help = match nearest_name(&aim.client, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are `{}`", names.join("`, `")),
        };
        format!("no client is called `{}`; {help}", aim.client)
    })?;
    let (metric, path, words) = (aim.metric.clone(), aim.path.clone(), aim.path.clone());
    Ok(View { client, name: aim.client.clone(), metric, path, words })
}

/// Freshness and cost: those of the first wish, or else of the client that is varied or that the scenario is about.
pub(super) fn views(
    base: &Scenario,
    grid: &Grid,
    points: &[Point],
    asked: &Asked,
) -> Result<[View; 2], String> {
    if let Some(wish) = asked.wishes.first() {
        let fresh = of_aim(base, &wish.aim)?;
        let cost = match &asked.cheapest {
            Some(aim) => of_aim(base, aim)?,
            None => COST_BY_TIME.of(fresh.client, &fresh.name),
        };
        return Ok([fresh, cost]);
    }
    let mut clients = base.clients.iter().enumerate();
    let is_varied = |place: usize, name: &str| grid.vary.iter().any(|one| one.key_of(place, name).is_some());
    let varied = clients.position(|(place, client)| is_varied(place, &client.name));
    let about = base
        .answer
        .as_ref()
        .and_then(|answer| base.clients.iter().position(|client| client.name == answer.client));
    let client = varied.or(about).unwrap_or(0);
    let name = base.clients[client].name.clone();
    let is_known = |figure: Figure| {
        let value =
            |point: &Point| study::value(&point.ran.summary.clients[client], &Metric::Measured(figure));
        points.iter().all(|point| value(point).is_some())
    };
    let fresh = FRESH.into_iter().find(|unasked| is_known(unasked.figure)).unwrap_or(FRESH_ON_AVERAGE);
    Ok([fresh, COST].map(|unasked| unasked.of(client, &name)))
}

/// A figure that a sweep is about where none is asked for.
#[derive(Clone, Copy)]
struct Unasked {
    figure: Figure,
    words: &'static str,
}

impl Unasked {
    fn of(self, client: usize, name: &str) -> View {
        let Self { figure, words } = self;
        View {
            client,
            name: name.to_owned(),
            metric: Metric::Measured(figure),
            path: figure.path().to_owned(),
            words: words.to_owned(),
        }
    }
}

/// The first that every setting has is told.
const FRESH: [Unasked; 3] = [
    Unasked { figure: Figure::KnownAfterP99, words: "the time until 99 % of the events are known" },
    Unasked { figure: Figure::KnownAfterP95, words: "the time until 95 % of the events are known" },
    Unasked { figure: Figure::KnownAfterP50, words: "the time until half of the events are known" },
];
const FRESH_ON_AVERAGE: Unasked = Unasked { figure: Figure::LatencyMean, words: "the mean latency" };
const COST: Unasked =
    Unasked { figure: Figure::RequestsPerEvent, words: "the number of requests for each event" };
const COST_BY_TIME: Unasked =
    Unasked { figure: Figure::RequestsPerSecond, words: "the number of requests per second" };
