//! `twin.csv`: a row for each event and member of a client, with both engines' latency and their gap.

use crate::policy::message::event_id;
use crate::report::data::{csv, seconds};
use crate::twin::Twin;

/// Empty: never known, or no gap.
pub(super) fn pairs(twin: &Twin) -> Vec<u8> {
    let head = ["replication", "event", "client", "member", "occurred_s", "live_s", "virtual_s", "gap_s"];
    csv(&head, |table| {
        for client in &twin.clients {
            for pair in &client.pairs {
                table.write_record([
                    (pair.replication + 1).to_string(),
                    event_id(pair.event + 1),
                    super::super::data::text(&client.name),
                    pair.member.to_string(),
                    seconds(Some(pair.occurred.as_secs_f64())),
                    seconds(pair.live.map(|span| span.as_secs_f64())),
                    seconds(pair.simulated.map(|span| span.as_secs_f64())),
                    seconds(pair.gap().map(|span| span.as_secs_f64())),
                ])?;
            }
        }
        Ok(())
    })
}
