//! Dead letters: deliveries that were given up are kept, and each is sent once more, without retries.

use crate::scenario::Webhook;
use crate::time::{Instant, Span};
use std::collections::BTreeMap;

/// The dead letters of all members. They are there only where the source sends them once more.
#[derive(Clone, Debug)]
pub(super) struct DeadLetters {
    after: Span,
    letters: BTreeMap<u32, Letter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    /// It waits to be sent once more.
    Kept,
    /// It was sent once more.
    Sent,
}

impl DeadLetters {
    /// None where what is given up is not sent again.
    pub(super) fn of(webhook: &Webhook) -> Option<Self> {
        webhook.redeliver_after.map(|after| Self { after, letters: BTreeMap::new() })
    }

    /// A delivery is given up. Returns when it is sent once more: so long after it, or after its member is enabled. None
    /// where it was already, or its member is never enabled.
    pub(super) fn keep(&mut self, now: Instant, enabled: Instant, delivery: u32) -> Option<Instant> {
        if enabled == Instant::NEVER || self.letters.get(&delivery) == Some(&Letter::Sent) {
            return None;
        }
        self.letters.insert(delivery, Letter::Kept);
        Some(now.max(enabled) + self.after)
    }

    /// Whether a delivery waits to be sent once more.
    pub(super) fn keeps(&self, delivery: u32) -> bool {
        self.letters.get(&delivery) == Some(&Letter::Kept)
    }

    /// An attempt of a delivery begins. Returns whether it is the one more.
    pub(super) fn sends(&mut self, delivery: u32) -> bool {
        match self.letters.get_mut(&delivery) {
            Some(letter @ Letter::Kept) => {
                *letter = Letter::Sent;
                true
            }
            Some(Letter::Sent) | None => false,
        }
    }

    /// Whether the last attempt of a delivery was the one more.
    pub(super) fn was_sent(&self, delivery: u32) -> bool {
        self.letters.get(&delivery) == Some(&Letter::Sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_sent_once() {
        let mut letters = DeadLetters { after: Span(10), letters: BTreeMap::new() };
        assert_eq!(letters.keep(Instant(5), Instant::START, 7), Some(Instant(15)));
        // Its member was disabled when it was due, and is so until 100.
        assert_eq!(letters.keep(Instant(15), Instant(100), 7), Some(Instant(110)));
        assert!(letters.keeps(7) && !letters.was_sent(7));
        assert!(letters.sends(7) && !letters.sends(7) && !letters.sends(8));
        assert!(letters.was_sent(7) && !letters.keeps(7));
        assert_eq!(letters.keep(Instant(120), Instant::START, 7), None);
        assert_eq!(letters.keep(Instant(5), Instant::NEVER, 8), None);
    }
}
