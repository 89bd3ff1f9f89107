//! How a poller says what it has, so that it is answered with what follows: by the id of its last event, or by the time of
//! that event, which other events may share.

use crate::time::{Instant, Span};

/// What a poller keeps of the last event that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Its id. Ids follow the order in which events occur.
    Id,
    /// Its time. The poller asks for what occurred later: another event of the same time is lost if it came too late for the
    /// answer.
    Time,
    /// Its time. The poller asks for what occurred at that time or later, and gets the last event again.
    TimeInclusive,
    /// Its time. The poller asks for what occurred some time before it or later, and gets all events of that time again.
    TimeOverlap,
}

impl Cursor {
    /// Whether it keeps a time.
    pub const fn is_time(self) -> bool {
        match self {
            Self::Id => false,
            Self::Time | Self::TimeInclusive | Self::TimeOverlap => true,
        }
    }

    /// Whether it asks for events again that the poller has.
    pub const fn asks_again(self) -> bool {
        match self {
            Self::Id | Self::Time => false,
            Self::TimeInclusive | Self::TimeOverlap => true,
        }
    }

    /// The time from which on a poller asks for events, its last one having occurred at `last`. Times are whole multiples of
    /// `resolution`. None: it asks by id.
    pub fn since(self, last: Instant, resolution: Span, overlap: Span) -> Option<Instant> {
        let whole = |at: Instant| at - Span((at - Instant::START).0.rem_euclid(resolution.0));
        let told = whole(last);
        match self {
            Self::Id => None,
            Self::Time => Some(told + resolution),
            Self::TimeInclusive => Some(told),
            Self::TimeOverlap => Some(whole(told - overlap).max(Instant::START)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_whole_units() {
        let at = |millis| Instant::START + Span::from_millis(millis);
        let (second, overlap) = (Span::SECOND, Span::from_secs(60));
        let of = |cursor: Cursor, last| cursor.since(at(last), second, overlap);
        assert_eq!(of(Cursor::Id, 61_999), None);
        assert_eq!(of(Cursor::Time, 61_999), Some(at(62_000)));
        assert_eq!(of(Cursor::Time, 61_000), Some(at(62_000)));
        assert_eq!(of(Cursor::TimeInclusive, 61_999), Some(at(61_000)));
        assert_eq!(of(Cursor::TimeOverlap, 61_999), Some(at(1_000)));
        assert_eq!(of(Cursor::TimeOverlap, 59_999), Some(at(0)));
        let uneven = Cursor::TimeOverlap.since(at(61_999), second, Span::from_millis(1_500));
        assert_eq!(uneven, Some(at(59_000)));
    }
}
