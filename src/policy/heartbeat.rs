//! When the source of a stream sends a heartbeat, so that neither side nor anything between them takes the connection for
//! dead.

use crate::time::{Instant, Span};

/// What a heartbeat waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeartbeatWhen {
    /// For nothing else to be sent for a whole period, as the HTML standard advises for server-sent events.
    Idle,
    /// For the period alone.
    Always,
}

impl HeartbeatWhen {
    /// When the next heartbeat is due on a stream whose latest one (or its opening) was at `beat` and on which something
    /// was last sent at `sent`.
    pub fn due(self, period: Span, beat: Instant, sent: Instant) -> Instant {
        match self {
            Self::Idle => beat.max(sent) + period,
            Self::Always => beat + period,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_puts_off_a_heartbeat_of_an_idle_stream_alone() {
        let due = |when: HeartbeatWhen| when.due(Span(15), Instant(30), Instant(37));
        assert_eq!([HeartbeatWhen::Idle, HeartbeatWhen::Always].map(due), [Instant(52), Instant(45)]);
    }
}
