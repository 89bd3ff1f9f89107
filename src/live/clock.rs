//! The clock of a live run: the only place that reads the clock of the machine. It converts to the time of the
//! scenario.

use crate::time::{Instant, Span};
use std::time::Duration;

/// Maps real time to the time of the scenario, which runs `speed` times as fast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: std::time::Instant,
    speed: f64,
}

impl Clock {
    /// A clock that shows [`Instant::START`] after `lead` of real time, in which the run is set up.
    #[expect(
        clippy::disallowed_methods,
        reason = "the live engine runs in real time; nothing else reads a clock"
    )]
    pub(super) fn starting_in(lead: Duration, speed: f64) -> Self {
        Self { start: std::time::Instant::now() + lead, speed }
    }

    /// The time of the scenario. Before the start it is negative.
    #[expect(
        clippy::disallowed_methods,
        reason = "the live engine runs in real time; nothing else reads a clock"
    )]
    pub(super) fn now(&self) -> Instant {
        let now = std::time::Instant::now();
        let (late, early) = (now.duration_since(self.start), self.start.saturating_duration_since(now));
        Instant((late.as_nanos() as f64 * self.speed - early.as_nanos() as f64 * self.speed) as i64)
    }

    /// The real time at which the scenario shows `at`, at most a century away.
    pub(super) fn real(&self, at: Instant) -> std::time::Instant {
        const CENTURY_S: f64 = 3.2e9;
        let seconds = (at.as_secs_f64() / self.speed).clamp(-CENTURY_S, CENTURY_S);
        let distance = Duration::from_secs_f64(seconds.abs());
        if seconds >= 0.0 {
            self.start + distance
        } else {
            self.start.checked_sub(distance).unwrap_or(self.start)
        }
    }

    /// How long a span of the scenario takes in real time.
    pub(super) fn real_span(&self, span: Span) -> Duration {
        Duration::from_secs_f64((span.as_secs_f64() / self.speed).max(0.0))
    }

    /// Waits until the scenario shows `at`; returns at once if that time is past. tokio's timers have a resolution of a
    /// millisecond and are rather late than early, so the last part of the wait yields to other tasks instead.
    pub(super) async fn sleep_until(&self, at: Instant) {
        const RESOLUTION: Duration = Duration::from_micros(1_500);
        if at <= self.now() {
            return;
        }
        let due = self.real(at);
        if let Some(early) = due.checked_sub(RESOLUTION) {
            tokio::time::sleep_until(early.into()).await;
        }
        while self.now() < at {
            tokio::task::yield_now().await;
        }
    }

    /// The same for a thread, to some microseconds: it sleeps most of the time and checks the clock during the rest. If
    /// the whole wait is shorter than that rest, because events are dense, it sleeps, and events come in small batches:
    /// the processor is needed to deliver them.
    pub(super) fn block_until(&self, at: Instant) {
        const LOOKING: Duration = Duration::from_micros(150);
        const NAP: Duration = Duration::from_micros(20);
        let mut looking = false;
        loop {
            let now = self.now();
            if now >= at {
                return;
            }
            let left = self.real_span(at - now);
            if left > LOOKING {
                looking = true;
                std::thread::sleep((left - LOOKING).min(Duration::from_millis(50)));
            } else if looking {
                std::thread::yield_now();
            } else {
                std::thread::sleep(NAP);
            }
            // A long wait is divided into short ones, so that the run can be stopped soon.
            if left > Duration::from_millis(50) {
                return;
            }
        }
    }
}

/// Seconds of Unix time, for the header of a delivery, which says when it was sent as Standard Webhooks have it.
pub(super) fn unix_seconds() -> u64 {
    unix_millis() / 1000
}

/// Milliseconds of Unix time. No figure depends on it.
#[expect(clippy::disallowed_methods, reason = "a delivery and its log say when it was sent")]
pub(super) fn unix_millis() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}
