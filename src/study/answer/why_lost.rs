//! Why a client loses events, where what it asks for tells.

use super::Contender;
use crate::policy::cursor::Cursor;
use crate::policy::paging::Order;
use crate::policy::schedule::PollSchedule;
use crate::scenario::{Kind, Webhook};
use crate::study::human;

/// A sentence of the client. None where it lost nothing, or by chance.
pub(super) fn why_lost(client: &Contender<'_>) -> Option<String> {
    let why = match &client.config.kind {
        _ if client.summary.events.lost == 0 => None,
        Kind::Poll(schedule) => polls(client, schedule),
        Kind::LongPoll(_) => None,
        Kind::Sse(stream) | Kind::WebSocket(stream) => {
            (!stream.replay).then(|| "does not ask for what it missed while it was away".to_owned())
        }
        Kind::Webhook(webhook) => once(webhook),
    };
    why.map(|why| format!("The reason: {} {why}.", human::quoted(&client.summary.name)))
}

fn polls(client: &Contender<'_>, schedule: &PollSchedule) -> Option<String> {
    // A delay that is the same for all events changes no order.
    let shows_late = client.source.commit_delay.constant().is_none();
    let late = if shows_late { ", and what the API shows late" } else { "" };
    match (schedule.order, schedule.cursor) {
        (Order::Newest, _) => Some(
            "sees the newest page of events alone, and not what came before it since the last poll"
                .to_owned(),
        ),
        (Order::Oldest, Cursor::Time) => Some(format!(
            "asks for what is later than its last event: it passes over others of the same time{late}"
        )),
        (Order::Oldest, Cursor::Id | Cursor::TimeInclusive | Cursor::TimeOverlap) => shows_late.then(|| {
            "asks for what follows its last event: it passes over an earlier one that the API shows later"
                .to_owned()
        }),
    }
}

/// A fetch that is not repeated. What a webhook carries is lost by chance.
fn once(webhook: &Webhook) -> Option<String> {
    let is_once = webhook.thin && !webhook.coalesce && webhook.fetch_again.is_none();
    is_once
        .then(|| "asks for each event once: it loses what the API does not show then, or refuses".to_owned())
}
