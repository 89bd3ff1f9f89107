//! When the source sends what has occurred: events that wait together are one delivery.

use crate::time::{Instant, Span};

/// The rule by which a source collects events, and sends them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batching {
    /// What the wait counts from.
    pub kind: BatchKind,
    /// How long events wait; above zero.
    pub wait: Span,
    /// A batch of that many events is sent at once; None: any number waits.
    pub max: Option<u32>,
}

/// What the wait of a batch counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// From its first event.
    Window,
    /// From the beginning of the run: at each multiple of the wait.
    Tick,
    /// From its last event: the batch is sent when it was quiet for that long.
    Debounce,
}

impl Batching {
    /// When the batch is sent that an event joins now. `due` is when it would have been sent without it; None where the
    /// event is its first.
    pub fn due(&self, now: Instant, due: Option<Instant>) -> Instant {
        match (self.kind, due) {
            (BatchKind::Window | BatchKind::Tick, Some(due)) => due,
            (BatchKind::Window, None) | (BatchKind::Debounce, _) => now + self.wait,
            (BatchKind::Tick, None) => {
                let ticks = ((now - Instant::START).0 + self.wait.0 - 1).div_euclid(self.wait.0);
                Instant::START + self.wait * ticks
            }
        }
    }

    /// Whether a batch of that many events is sent at once.
    pub fn is_full(&self, events: u32) -> bool {
        self.max.is_some_and(|max| events >= max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_counts_from_its_own_moment() {
        let due = |kind, now, due| Batching { kind, wait: Span(10), max: None }.due(Instant(now), due).0;
        let (first, open) = (None, Some(Instant(27)));
        assert_eq!([due(BatchKind::Window, 23, first), due(BatchKind::Window, 23, open)], [33, 27]);
        assert_eq!([due(BatchKind::Tick, 23, first), due(BatchKind::Tick, 30, first)], [30, 30]);
        assert_eq!(due(BatchKind::Tick, 0, first), 0);
        assert_eq!([due(BatchKind::Debounce, 23, first), due(BatchKind::Debounce, 23, open)], [33, 33]);
    }
}
