//! As many replications as a precision asks for.
//!
//! The intervals are judged at preset numbers of replications only. A run that looked after each replication would stop
//! where chance makes an interval narrow, and its intervals would contain the truth less often than they say.

use super::answer::{asked_figure, compared_clients};
use super::interval;
use super::summary::{Precision, Reached, Summary};
use super::value::measured;
use crate::figure::{Combine, Figure, Metric, Unit};
use crate::scenario::Scenario;

/// The least number of replications that is judged; each further one is twice the number before.
pub(super) const FIRST: u32 = 10;
/// The greatest number of replications that a precision is given.
pub const LAST: u32 = 2_560;

/// The figures that the first sentence is about.
fn figures(scenario: &Scenario) -> Vec<Figure> {
    match asked_figure(scenario) {
        Some(Metric::Measured(figure)) => vec![figure],
        // `why_not` refuses the others.
        Some(Metric::Predicted(_) | Metric::Answered(_)) | None => {
            vec![Figure::KnownAfterP50, Figure::RequestsTotal]
        }
    }
}

/// Why no number of replications makes the figure precise that `[answer]` names, and what helps; None where one may.
pub fn why_not(scenario: &Scenario) -> Option<String> {
    const ASK: &str = "--set answer.metric=";
    match asked_figure(scenario)? {
        Metric::Measured(figure) => {
            let path = figure.path();
            match figure.combine() {
                Combine::Sum | Combine::Mean | Combine::Share | Combine::Pooled => None,
                Combine::Extreme => {
                    let near = (figure.unit() == Unit::Seconds)
                        .then(|| format!(", such as {ASK}{}", Figure::KnownAfterP99.path()));
                    Some(format!(
                        "`{path}`, which the scenario asks for, is an extreme: each replication may go beyond it, and no \
                         number of them makes it precise; ask for a percentile{}",
                        near.unwrap_or_default()
                    ))
                }
                Combine::Same => Some(format!(
                    "`{path}`, which the scenario asks for, is the same in every replication; leave --precision out"
                )),
            }
        }
        Metric::Predicted(figure) => Some(format!(
            "the scenario asks for the prediction of `{path}`, which no replication makes more precise; ask for what is \
             measured: {ASK}{path}",
            path = figure.path()
        )),
        Metric::Answered(status) => Some(format!(
            "the scenario asks for requests that ended with {status}, which have no interval; ask for a figure that has one, \
             such as {ASK}{}",
            Figure::RequestsFailed.path()
        )),
    }
}

/// How precise the figures are that the first sentence is about: the widest of their intervals, half of it, as a share
/// of its figure.
pub(super) fn judged(wanted: f64, summary: &Summary, scenario: &Scenario) -> Precision {
    let figures = figures(scenario);
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

    #[test]
    fn a_figure_that_no_number_of_replications_makes_precise_is_refused() {
        let refused = |metric: &str| {
            let text = format!(
                "[events]\narrivals = {{ process = \"poisson\", rate = \"1/m\" }}\n[[client]]\nkind = \"webhook\"\n\
                 [answer]\nclient = \"webhook\"\nmetric = \"{metric}\"\n"
            );
            why_not(&crate::scenario::load("it", &text, &[]).unwrap_or_else(|problems| panic!("{problems}")))
        };
        for (metric, part) in [
            ("known_after_s.max", "is an extreme"),
            ("latency_s.min", "ask for a percentile, such as --set answer.metric=known_after_s.p99"),
            ("count", "the same in every replication"),
            ("theory.latency_s.mean", "--set answer.metric=latency_s.mean"),
            ("requests.by_status.503", "ended with 503"),
        ] {
            let why = refused(metric).expect(metric);
            assert!(why.contains(part), "{why}");
        }
        for metric in ["known_after_s.p99", "requests.total", "fresh_share", "latency_s.stddev"] {
            assert_eq!(refused(metric), None);
        }
    }
}
