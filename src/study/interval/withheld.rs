//! Reads the interval of a figure from a client's results, and says why there is none.

use super::percentile::events_needed;
use super::{taken_over, tied};
use crate::figure::{Combine, Figure};
use crate::study::summary::{ClientSummary, Reached};
use crate::study::value;
use crate::study::{Results, human};

/// The 95 % interval of a figure, of which an end may be "never". None with one replication, and where there is none.
pub fn ends(client: &ClientSummary, figure: Figure) -> Option<[Reached; 2]> {
    let pointer = format!("/{}", figure.path().replace('.', "/"));
    let pair = client.interval.pointer(&pointer)?.as_array()?;
    let end = |place: usize| serde_json::from_value(pair.get(place)?.clone()).ok();
    Some([end(0)?, end(1)?])
}

/// Why a figure of a client of several replications has no interval; None where it has one.
pub fn why_none(results: &Results, index: usize, figure: Figure) -> Option<String> {
    let (client, config) = (&results.summary.clients[index], &results.scenario.clients[index]);
    if ends(client, figure).is_some() {
        return None;
    }
    let measured = value::measured(client, figure);
    let of = taken_over(figure, client.events.occurred, client.latency_s.count);
    let tied = tied(&results.scenario, config);
    let alone = libm::floor(of as f64 / tied) as u64;
    let rests = || {
        let which = if alone < of { " independent" } else { "" };
        format!("rests on {}{which} event{}", human::count(alone), if alone == 1 { "" } else { "s" })
    };
    let because = match (measured, figure.quantile(), figure.combine()) {
        (None, Some(_), _) => format!("{}, too few for this percentile", rests()),
        (None, None, _) => "nothing was measured".to_owned(),
        (Some(never), _, _) if never.is_infinite() => "“never” is no number that scatters".to_owned(),
        (Some(_), Some(quantile), _) if alone < events_needed(quantile) => {
            format!("{}; an interval needs {}", rests(), human::count(events_needed(quantile)))
        }
        (Some(_), Some(_), _) => format!("{}, and scatters beyond all of them", rests()),
        (Some(_), None, Combine::Extreme) => {
            "of an extreme: no run shows what the next one adds to it".to_owned()
        }
        (Some(_), None, Combine::Same) => "the same in every run".to_owned(),
        (Some(_), None, Combine::Sum | Combine::Mean | Combine::Share | Combine::Pooled) => {
            "some run has no such figure".to_owned()
        }
    };
    Some(because)
}
