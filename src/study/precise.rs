//! As many replications as a precision asks for.
//!
//! The intervals are judged at preset numbers of replications only. A run that looked after each replication would stop
//! where chance makes an interval narrow, and its intervals would contain the truth less often than they say.

use super::answer::{asked_figure, compared_clients};
use super::interval;
use super::summary::{Precision, Reached, Summary};
use super::value::measured;
use crate::figure::{Figure, Metric};
use crate::scenario::Scenario;

/// The least number of replications that is judged; each further one is twice the number before.
pub(super) const FIRST: u32 = 10;
/// The greatest number of replications that a precision is given.
pub const LAST: u32 = 2_560;

/// How precise the figures are that the first sentence is about: the widest of their intervals, half of it, as a share
/// of its figure.
pub(super) fn judged(wanted: f64, summary: &Summary, scenario: &Scenario) -> Precision {
    let figures: Vec<Figure> = match asked_figure(scenario) {
        Some(Metric::Measured(figure)) => vec![figure],
        Some(Metric::Predicted(_) | Metric::Answered(_)) | None => {
            vec![Figure::KnownAfterP50, Figure::RequestsTotal]
        }
    };
    let clients = compared_clients(summary, scenario).map_or_else(|| vec![0], Vec::from);
    let mut widest =
        Precision { wanted, client: String::new(), figure: String::new(), half_width: Some(0.0) };
    for client in clients.into_iter().filter_map(|client| summary.clients.get(client)) {
        for &figure in &figures {
            let half_width = interval::ends(client, figure).zip(measured(client, figure));
            let half_width = half_width.and_then(|([low, high], value)| relative(low, high, value));
            // One that is not known is wider than any.
            let is_wider = match (half_width, widest.half_width) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(own), Some(widest)) => own >= widest,
            };
            if is_wider {
                widest = Precision {
                    wanted,
                    client: client.name.clone(),
                    figure: figure.path().to_owned(),
                    half_width,
                };
            }
        }
    }
    widest
}

/// Half the width of an interval, as a share of the figure; None where that has no meaning.
fn relative(low: Reached, high: Reached, value: f64) -> Option<f64> {
    let width = high.seconds() - low.seconds();
    match (width == 0.0, value > 0.0) {
        (true, _) => Some(0.0),
        (false, true) => Some(width / 2.0 / value).filter(|share| share.is_finite()),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_relative_to_its_figure() {
        let after = Reached::After;
        assert_eq!(relative(after(9.0), after(11.0), 10.0), Some(0.1));
        assert_eq!(relative(after(0.0), after(0.0), 0.0), Some(0.0), "what never varies is precise");
        assert_eq!(relative(after(0.0), after(1.0), 0.0), None);
        assert_eq!(relative(after(9.0), Reached::Never, 10.0), None);
    }
}
