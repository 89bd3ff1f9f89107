//! When a client whose connection was lost asks for another one.

use crate::time::Span;

/// How the time to reconnect is randomised, so that clients which lost their connections together do not come back together
/// (names and formulas as of retries: [`RetryJitter`](super::retry::RetryJitter)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReconnectJitter {
    /// Not at all.
    None,
    /// Uniform between zero and the time.
    Full,
    /// Uniform between half of the time and the time.
    Equal,
}

impl ReconnectJitter {
    /// The shortest time, and the length of the interval in which it is drawn.
    pub fn range(self, reconnect: Span) -> (Span, Span) {
        match self {
            Self::None => (reconnect, Span::ZERO),
            Self::Full => (Span::ZERO, reconnect),
            Self::Equal => (reconnect / 2, reconnect - reconnect / 2),
        }
    }

    /// The time until the client asks; `draw` is a number in [0, 1).
    pub fn pause(self, reconnect: Span, draw: impl FnOnce() -> f64) -> Span {
        let (shortest, range) = self.range(reconnect);
        if range == Span::ZERO { shortest } else { shortest + range.scaled(draw()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_jitter_stays_in_its_bounds() {
        let pause = |jitter: ReconnectJitter, draw| jitter.pause(Span(1_001), || draw);
        for draw in [0.0, 0.3, 0.999] {
            assert_eq!(pause(ReconnectJitter::None, draw), Span(1_001));
            assert!(pause(ReconnectJitter::Full, draw) < Span(1_001));
            assert!((500..1_001).contains(&pause(ReconnectJitter::Equal, draw).0));
        }
        assert_eq!(pause(ReconnectJitter::Full, 0.0), Span::ZERO);
    }
}
