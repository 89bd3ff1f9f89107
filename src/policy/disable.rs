//! When a source stops its deliveries to a receiver that keeps failing.

use super::share::{Recent, Share};
use crate::time::{Instant, Span};

/// What disables a receiver. An acknowledged attempt ends a row of failures. Except with [`Never`](Self::Never), an
/// answer 410 disables at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Disable {
    /// Nothing; an answer 410 is a failure like any other.
    Never,
    /// Only an answer 410, by which the receiver says that it is gone.
    Gone,
    /// A delivery whose last retry has failed.
    LastRetry,
    /// An attempt that fails this long after the first failure of the row.
    Unbroken(Span),
    /// So many failed attempts in a row.
    InARow(u32),
    /// Too many failed attempts in the last while.
    Share(Share),
}

/// How an attempt failed, as far as a [`Disable`] rule looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub at: Instant,
    /// Whether the answer was 410.
    pub is_gone: bool,
    /// Whether no retry follows.
    pub is_last: bool,
}

/// What a rule has to know of the attempts so far: the failures since the last acknowledged one, or all in a window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    /// When the first of them was; None where there is none.
    since: Option<Instant>,
    failures: u32,
    recent: Recent,
}

impl Row {
    /// Adds an acknowledged attempt.
    fn succeeds(&mut self, rule: Disable, at: Instant) {
        match rule {
            Disable::Share(share) => self.recent.add(at, share.window, false),
            Disable::Never
            | Disable::Gone
            | Disable::LastRetry
            | Disable::Unbroken(_)
            | Disable::InARow(_) => *self = Self::default(),
        }
    }

    /// Adds a failure. Returns whether it disables the receiver.
    fn fails(&mut self, rule: Disable, failure: Failure) -> bool {
        let since = *self.since.get_or_insert(failure.at);
        self.failures = self.failures.saturating_add(1);
        match rule {
            Disable::Never => false,
            Disable::Gone => failure.is_gone,
            Disable::LastRetry => failure.is_gone || failure.is_last,
            Disable::Unbroken(span) => failure.is_gone || failure.at - since >= span,
            Disable::InARow(failures) => failure.is_gone || self.failures >= failures,
            Disable::Share(share) => {
                self.recent.add(failure.at, share.window, true);
                failure.is_gone || self.recent.exceeds(failure.at, share)
            }
        }
    }
}

/// Whether a source still delivers to a receiver.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    row: Row,
    /// The source sends nothing before; the start of the run until it first disables the receiver.
    pub enabled: Instant,
}

impl Standing {
    /// An attempt ends, and has failed or else was acknowledged. Returns until when the receiver is disabled from now on,
    /// if this disables it. An attempt that was sent before it was last enabled says nothing.
    pub fn ended(
        &mut self,
        (rule, enable_after): (Disable, Option<Span>),
        (sent, now): (Instant, Instant),
        failure: Option<Failure>,
    ) -> Option<Instant> {
        if sent < self.enabled {
            return None;
        }
        let Some(failure) = failure else {
            self.row.succeeds(rule, now);
            return None;
        };
        if !self.row.fails(rule, failure) {
            return None;
        }
        let enabled = enable_after.map_or(Instant::NEVER, |after| now + after);
        *self = Self { row: Row::default(), enabled };
        Some(enabled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Failures at those seconds, of which the last is the one that disables; none disables where all are listed.
    fn disabling(rule: Disable, failures: &[(i64, bool, bool)]) -> Option<usize> {
        let mut row = Row::default();
        let failure = |&(at_s, is_gone, is_last)| Failure {
            at: Instant::START + Span::from_secs(at_s),
            is_gone,
            is_last,
        };
        failures.iter().position(|each| row.fails(rule, failure(each)))
    }

    #[test]
    fn each_rule_looks_at_its_own_sign() {
        let plain = [(0, false, false), (5, false, true), (10, false, false), (15, false, false)];
        assert_eq!(disabling(Disable::Never, &plain), None);
        assert_eq!(disabling(Disable::Gone, &plain), None);
        assert_eq!(disabling(Disable::LastRetry, &plain), Some(1));
        assert_eq!(disabling(Disable::Unbroken(Span::from_secs(10)), &plain), Some(2));
        assert_eq!(disabling(Disable::InARow(4), &plain), Some(3));
        let gone = [(0, false, false), (1, true, false)];
        for rule in
            [Disable::Gone, Disable::LastRetry, Disable::Unbroken(Span::from_secs(9)), Disable::InARow(9)]
        {
            assert_eq!(disabling(rule, &gone), Some(1), "{rule:?}");
        }
        assert_eq!(disabling(Disable::Never, &gone), None);
    }
}
