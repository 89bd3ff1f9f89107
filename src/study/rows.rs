//! The rows of `events.csv`: one for each event and member of each client.

use super::EventRow;
use super::figures::Fate;
use super::replication::{Replication, first_counted};
use crate::measure::Receipt;
use crate::model::Arrival;
use crate::model::events::Events;
use crate::policy::channel::{Channel, Opener};
use crate::policy::message::event_id;
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
use std::sync::Arc;

/// The largest number of rows that is written without a request.
pub(super) const MAX: usize = 1_000_000;

/// The rows of a replication in order of event, client, member; none for an event that a client does not want. None for more than [`MAX`] rows, unless `all`.
pub(super) fn rows(scenario: &Scenario, replication: &Replication, all: bool) -> Option<Vec<EventRow>> {
    let Replication { events, records } = replication;
    let types = &scenario.events.types;
    let first = first_counted(scenario, events);
    let per_event: usize = scenario.clients.iter().map(|client| client.count as usize).sum();
    let own: Vec<Arc<Events>> =
        scenario.clients.iter().map(|client| replication.events_of(scenario, client)).collect();
    if !all && (events.occurred().len() - first) * per_event > MAX {
        return None;
    }
    let mut rows = Vec::new();
    for (event, &occurred) in (0..).zip(events.occurred()).skip(first) {
        for (index, (client, record)) in scenario.clients.iter().zip(records).enumerate() {
            let members = client.count as usize;
            let Some(place) = own[index].place(event) else { continue };
            let receipts = &record.receipts[place as usize * members..][..members];
            for (member, receipt) in receipts.iter().enumerate() {
                rows.push(EventRow {
                    event: event_id(event + 1),
                    kind: types.name(events.kind(event)).to_owned(),
                    client: index,
                    member: member as u32,
                    occurred_s: occurred.as_secs_f64(),
                    received_s: (receipt.held != Instant::NEVER).then(|| receipt.held.as_secs_f64()),
                    latency_s: (receipt.held != Instant::NEVER)
                        .then(|| (receipt.held - occurred).as_secs_f64()),
                    attempts: receipt.attempts,
                    outcome: fate(client, receipt),
                });
            }
        }
    }
    Some(rows)
}

/// The outcome of one event for one member. It depends on who opened the exchange that brought the event, and on
/// whether another channel can still bring an event that the source gave up.
pub(super) fn fate(client: &Client, receipt: &Receipt) -> Fate {
    let Some(Arrival { channel, attempt }) = receipt.by else {
        return if receipt.is_lost(client.found()) { Fate::Lost } else { Fate::Pending };
    };
    match (channel.opener(), client.kind.channel().opener()) {
        // One that comes before its notice is as if the first had told of it.
        _ if channel == Channel::Fetch => match receipt.announced {
            0 | 1 => Fate::FirstTry,
            attempt => Fate::Retry(u32::from(attempt) - 1),
        },
        (Opener::Client, Opener::Client) if channel.stays_connected() => Fate::Streamed,
        (Opener::Client, Opener::Client) => Fate::Asked,
        (Opener::Client, Opener::Source) => Fate::Reconciled,
        (Opener::Source, _) if attempt <= 1 => Fate::FirstTry,
        (Opener::Source, _) => Fate::Retry(attempt - 1),
    }
}
