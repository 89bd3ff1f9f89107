//! How large a run may be. The bounds are those of memory: every event is held, and a record for each event and
//! each member of each client.

use super::Named;
use crate::scenario::EventsConfig;
use crate::scenario::problems::Problem;
use crate::scenario::record::Record;
use crate::time::Span;

/// Refuses what would not fit into memory, with the remedy.
pub(super) fn check(
    run: &Record,
    duration: Option<Span>,
    events: Option<&EventsConfig>,
    clients: &[Named<'_>],
    problems: &mut Vec<Problem>,
) {
    let (Some(duration), Some(events)) = (duration, events) else { return };
    let expected = events.arrivals.rate_per_s() * duration.as_secs_f64();
    let members: f64 = clients.iter().map(|client| f64::from(client.count)).sum();
    let arrivals = run.record("events").and_then(|events| events.record("arrivals"));
    let place = arrivals.and_then(|arrivals| arrivals.place_of("rate"));
    if expected > MOST_EVENTS {
        let message =
            format!("about {} events would occur, more than {}", millions(expected), millions(MOST_EVENTS));
        problems.push(Problem::at(place, message, "lower `rate` or shorten `duration`"));
    } else if expected * members > MOST_RECORDS {
        let message = format!(
            "about {} records would be kept, one for each event and member of a client, more than {}",
            millions(expected * members),
            millions(MOST_RECORDS)
        );
        problems.push(Problem::at(place, message, "lower `rate` or `count`, or shorten `duration`"));
    }
}

fn millions(number: f64) -> String {
    let millions = number / 1e6;
    if millions < 10.0 { format!("{millions:.1} million") } else { format!("{millions:.0} million") }
}

/// Events of one run.
const MOST_EVENTS: f64 = 100e6;
/// Events times members of clients: each is a record in memory.
const MOST_RECORDS: f64 = 64e6;
