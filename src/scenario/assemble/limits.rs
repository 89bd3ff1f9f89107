//! Limits of the size of a run. They come from memory: a run keeps every event, and one record for each event and
//! each member of each client.

use super::{Named, clients};
use crate::scenario::form::At;
use crate::scenario::limit::limit;
use crate::scenario::problems::Problem;
use crate::scenario::record::{Record, Value};
use crate::scenario::{EventsConfig, Scenario};
use crate::time::{Instant, Span};

/// Refuses a run that would not fit into memory.
pub(super) fn check(
    run: &Record,
    duration: Option<Span>,
    events: Option<&EventsConfig>,
    clients: &[Named],
    problems: &mut Vec<Problem>,
) {
    let (Some(duration), Some(events)) = (duration, events) else { return };
    let expected = events.arrivals.expected(Instant::START + duration);
    if expected.is_infinite() {
        // Reported at the key that makes it so.
        return;
    }
    let members: f64 = clients.iter().map(|client| f64::from(client.count.value)).sum();
    let place = run.place_at(&["events", "arrivals", "rate"]);
    if expected > MAX_EVENTS {
        let message =
            format!("about {} events would occur, more than {}", millions(expected), millions(MAX_EVENTS));
        problems.push(Problem::at(place, message, "lower `rate` or shorten `duration`"));
    } else if events.arrivals.draws(Instant::START + duration) > 10.0 * MAX_EVENTS {
        let message = format!(
            "about {} random numbers would be drawn for the times of the events, more than {}",
            millions(events.arrivals.draws(Instant::START + duration)),
            millions(10.0 * MAX_EVENTS)
        );
        let help = "give longer `stays`, a lower `offspring` or a shorter `decay`";
        problems.push(Problem::at(run.place_at(&["events", "arrivals"]), message, help));
    } else if expected * members > MAX_RECORDS {
        let message = format!(
            "about {} records would be kept, one for each event and member of a client, more than {}",
            millions(expected * members),
            millions(MAX_RECORDS)
        );
        problems.push(Problem::at(place, message, "lower `rate` or `count`, or shorten `duration`"));
    }
}

/// Refuses too many poll loops, members, clients or replications.
pub(super) fn check_numbers(
    run: &Record,
    replications: Option<At<u32>>,
    events: Option<&EventsConfig>,
    clients: &[Named],
    problems: &mut Vec<Problem>,
) {
    if let Some(replications) = replications.filter(|replications| replications.value > MAX_REPLICATIONS) {
        let message = format!("more than {MAX_REPLICATIONS} replications");
        problems.push(Problem::at(
            replications.place,
            message,
            "lower `replications`: a few thousand give narrow intervals",
        ));
    }
    if let Some(replications) = replications {
        let kept = f64::from(replications.value) * clients.len() as f64;
        if replications.value <= MAX_REPLICATIONS && kept > MAX_KEPT {
            let message = format!(
                "{} results would be kept, one for each replication and client, more than {MAX_KEPT}",
                kept
            );
            problems.push(Problem::at(replications.place, message, "lower `replications`"));
        }
    }
    if clients.len() > MAX_CLIENTS {
        let place = clients.get(MAX_CLIENTS).and_then(|client| client.place);
        let message = format!("{} clients, more than {MAX_CLIENTS}", clients.len());
        problems.push(Problem::at(place, message, "leave some out, or use `count` for identical ones"));
    }
    for client in clients.iter().filter(|client| f64::from(client.count.value) > MAX_MEMBERS) {
        let message = format!(
            "`count` is {}, more than {} members in one client",
            client.count.value,
            millions(MAX_MEMBERS)
        );
        problems.push(Problem::at(client.count.place, message, "lower it"));
    }
    let Some(resources) = events.map(|events| f64::from(events.resources)) else { return };
    let loops = |client: &Named| match &client.client {
        Some(client) if client.asks() => f64::from(client.count) * resources,
        _ => 0.0,
    };
    let loops = clients.iter().map(loops).fold(resources, f64::max);
    if loops > MAX_LOOPS {
        let place = run.place_at(&["events", "resources"]);
        let message = format!("{} poll loops, more than {}", millions(loops), millions(MAX_LOOPS));
        problems.push(Problem::at(place, message, "lower `resources` or `count`"));
    }
}

/// Refuses a client that would ask more often than its requests can be numbered. Only where nothing else is wrong: a time
/// that is too short by itself would be reported twice.
pub(super) fn check_requests(scenario: &Scenario, run: &Record, problems: &mut Vec<Problem>) {
    if !problems.is_empty() {
        return;
    }
    for (client, table) in scenario.clients.iter().zip(clients::tables(run)) {
        let Some(gap) = client.shortest_gap() else { continue };
        let requests = limit(scenario, client).as_secs_f64() / gap.as_secs_f64();
        if requests <= MAX_REQUESTS {
            continue;
        }
        let place = match &table.value {
            Value::Table(keys) => {
                let keys_of_gap = ["interval", "reconcile", "hold", "heartbeat"].into_iter();
                keys_of_gap.filter_map(|key| keys.item(key)?.place).next().or(keys.place)
            }
            _ => table.place,
        };
        let message = format!(
            "{:?} may ask about {} times, once each {gap}, more than {}",
            client.name,
            billions(requests),
            billions(MAX_REQUESTS)
        );
        let help = "make it longer, or shorten `duration`, `drain` or the outages";
        problems.push(Problem::at(place, message, help));
    }
}

fn millions(number: f64) -> String {
    let millions = number / 1e6;
    if millions < 10.0 { format!("{millions:.1} million") } else { format!("{millions:.0} million") }
}

fn billions(number: f64) -> String {
    let billions = number / 1e9;
    if billions < 10.0 { format!("{billions:.1} billion") } else { format!("{billions:.0} billion") }
}

/// The most events of one run.
const MAX_EVENTS: f64 = 12e6;
/// The most events times members of clients. Each is a record in memory: 170 bytes with a delivery that is under way, so
/// all take 2 GB.
const MAX_RECORDS: f64 = 12e6;
/// The most requests of one poll loop: they are numbered in 32 bits.
const MAX_REQUESTS: f64 = 2e9;
/// The most members times resources of one client: each polls separately.
const MAX_LOOPS: f64 = 20e6;
/// The most members of one client.
const MAX_MEMBERS: f64 = 1e6;
/// The most clients: each is a line in every chart.
const MAX_CLIENTS: usize = 100;
/// The most replications.
const MAX_REPLICATIONS: u32 = 1_000_000;
/// The most replications times clients: each has a row of figures, which with its text in the report takes about a
/// kilobyte of the disk.
const MAX_KEPT: f64 = 3_000_000.0;
