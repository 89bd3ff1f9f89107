//! The attempts that the schedule has after a failure.

use super::view::clock_time;
use crate::live::clock::Clock;
use crate::live::serve::deliver::{Attempt, State, Subscriber};
use crate::policy::retry::RetryJitter;
use crate::time::Span;

/// What comes next of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ahead {
    pub(super) attempts: Vec<(u32, String)>,
    /// What is true of all of them.
    pub(super) note: String,
}

/// Attempts that are listed of a long schedule.
const LISTED: u32 = 8;
const DAY_MS: u64 = 86_400_000;

/// The attempts that follow the last of these, if each of them fails at once; None if there are none.
pub(super) fn ahead(one: &Subscriber, clock: Clock, attempts: &[Attempt]) -> Option<Ahead> {
    let held = match one.state() {
        State::Active => "",
        State::Paused => " Nothing is sent while the subscription is paused.",
        State::Disabled | State::Deleted => return None,
    };
    let chosen = one.chosen();
    let last = attempts.iter().max_by_key(|attempt| attempt.ordinal)?;
    let mut at_ms = last.ended.as_deref()?.next_ms?;
    let webhook = &chosen.settings.webhook;
    if last.ended.as_deref()?.is_once_more {
        let listed = vec![(last.ordinal + 1, format!("{} UTC", clock_time(at_ms)))];
        let note = format!("It was given up, and is sent once more, without retries.{held}");
        return Some(Ahead { attempts: listed, note });
    }
    let left = webhook.retries.attempts().saturating_sub(last.number);
    let mut listed = Vec::new();
    for follows in 1..=left.min(LISTED) {
        let mut when = format!("{} UTC", clock_time(at_ms));
        let days = at_ms.saturating_sub(last.sent_ms) / DAY_MS;
        if days > 0 {
            when +=
                &format!(", {days} day{} after attempt {}", if days == 1 { "" } else { "s" }, last.ordinal);
        }
        listed.push((last.ordinal + follows, when));
        let delay = webhook.retries.delay(last.number + follows).unwrap_or(Span::ZERO);
        at_ms = at_ms.saturating_add(clock.real_span(delay).as_millis() as u64);
    }
    let more = left.saturating_sub(LISTED);
    let then = match more {
        0 => "After the last the source gives up.".to_owned(),
        1 => "One more follows; then the source gives up.".to_owned(),
        more => format!("{more} more follow; then the source gives up."),
    };
    let again =
        webhook.redeliver_after.map(|after| format!(" {after} after that it sends the event once more."));
    let then = then + &again.unwrap_or_default();
    let drawn =
        if webhook.retry_jitter == RetryJitter::None { "" } else { " The later delays are drawn by chance." };
    Some(Ahead { attempts: listed, note: format!("If each of them fails at once.{drawn} {then}{held}") })
}
