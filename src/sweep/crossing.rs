//! Where theory says that polling and being called cost the same: at one event per interval, λ = 1/T. Below that event rate
//! polls are mostly empty, and a webhook sends fewer requests; above it one poll brings several events.
//!
//! The theory is the closed form of the requests for each event. Where it is unknown, as of bursts or of polls that back
//! off, or does not change with the varied values as 1/(λT) does, nothing is said.

use super::{Point, Sweep, Vary};
use crate::figure::{Figure, Metric};
use crate::scenario::Kind;
use crate::study;

/// The place on the axis of the varied path.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// The value of the path, in its unit's base: seconds or per second.
    pub at: f64,
    /// The poller.
    pub client: String,
}

/// The crossings on the axis of the only varied path: of the interval of a poller, or of the event rate and the interval of
/// each poller.
pub fn crossings(sweep: &Sweep) -> Vec<Crossing> {
    let [one] = sweep.grid.vary.as_slice() else { return Vec::new() };
    let clients = sweep.base.clients.iter().enumerate();
    clients
        .filter(|(place, client)| {
            matches!(client.kind, Kind::Poll(_))
                && (one.path == RATE || one.key_of(*place, &client.name) == Some(INTERVAL))
        })
        .filter_map(|(place, client)| {
            let at = one_request_an_event(sweep, place)?;
            Some(Crossing { at, client: client.name.clone() })
        })
        .collect()
}

/// Where the interval of a poller and the event rate are both varied: their product at one event per interval.
pub fn one_event_an_interval(sweep: &Sweep) -> Option<f64> {
    one_request_an_event(sweep, varied_poller(sweep)?)
}

/// The poller whose interval is varied beside the event rate, and how many events occur in an interval at each setting.
pub(super) fn events_in_an_interval(sweep: &Sweep) -> Option<(usize, Vec<f64>)> {
    let poller = varied_poller(sweep)?;
    let at = one_request_an_event(sweep, poller)?;
    let amounts: Vec<Vec<f64>> = sweep.grid.vary.iter().map(amounts).collect::<Option<_>>()?;
    let products = sweep.points.iter().map(|point| product(&sweep.grid.vary, &amounts, point));
    Some((poller, products.map(|product| Some(product? / at)).collect::<Option<_>>()?))
}

/// The place of the poller whose interval is varied beside the event rate.
fn varied_poller(sweep: &Sweep) -> Option<usize> {
    let [one, other] = sweep.grid.vary.as_slice() else { return None };
    let interval = match (one.path == RATE, other.path == RATE) {
        (true, false) => other,
        (false, true) => one,
        (true, true) | (false, false) => return None,
    };
    let mut clients = sweep.base.clients.iter().enumerate();
    let (place, _) = clients.find(|(place, client)| {
        matches!(client.kind, Kind::Poll(_)) && interval.key_of(*place, &client.name) == Some(INTERVAL)
    })?;
    Some(place)
}

const RATE: &str = "events.arrivals.rate";
const INTERVAL: &str = "interval";

/// The product of the varied amounts at which the poller sends one request for each event. None where theory does not say at
/// settings on both sides of it that the requests for each event are inverse to that product.
fn one_request_an_event(sweep: &Sweep, client: usize) -> Option<f64> {
    let amounts: Option<Vec<Vec<f64>>> = sweep.grid.vary.iter().map(amounts).collect();
    let amounts = amounts?;
    // The product at each setting with a prediction, and that at which there were one request for each event.
    let known: Vec<(f64, f64)> = (sweep.points.iter())
        .filter_map(|point| {
            let product = product(&sweep.grid.vary, &amounts, point)?;
            let own = point.ran.summary.clients.get(client)?;
            let requests = study::value(own, &Metric::Predicted(Figure::RequestsPerEvent))?;
            Some((product, product * requests))
        })
        .collect();
    let at = known.first()?.1;
    let is_inverse = known.iter().all(|(_, other)| (other / at - 1.0).abs() < NEAR);
    let reach = |far: fn(f64, f64) -> f64, start: f64| known.iter().map(|one| one.0).fold(start, far);
    let is_between =
        reach(f64::min, f64::INFINITY) <= at * (1.0 + NEAR) && at <= reach(f64::max, 0.0) * (1.0 + NEAR);
    (is_inverse && is_between).then_some(at)
}

/// Of periodic events a window has a whole number, so that their rate is not quite the one that is set.
const NEAR: f64 = 0.01;

fn amounts(one: &Vary) -> Option<Vec<f64>> {
    Some(one.amounts()?.into_iter().map(|(_, amount)| amount).collect())
}

fn product(vary: &[Vary], amounts: &[Vec<f64>], point: &Point) -> Option<f64> {
    let each = vary.iter().zip(amounts).zip(&point.values).map(|((one, amounts), value)| {
        let place = one.values.iter().position(|own| own == value)?;
        amounts.get(place).copied()
    });
    each.product()
}
