//! Polling that becomes rarer while nothing happens.

use crate::time::Span;

/// How the interval grows after each poll in a row that finds nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// By how much it is multiplied each time; above 1.
    pub factor: f64,
    /// The longest interval.
    pub max: Span,
}

impl Backoff {
    /// The interval after so many polls in a row that found nothing; `first` is that after a poll that found something.
    pub fn interval(self, first: Span, steps: u16) -> Span {
        let grown = libm::pow(self.factor, f64::from(steps));
        let longest = self.longest(first);
        if first.as_secs_f64() * grown >= longest.as_secs_f64() { longest } else { first.scaled(grown) }
    }

    /// The longest interval that starts as `first`, which a limit of the source may have made longer than `max`.
    pub fn longest(self, first: Span) -> Span {
        self.max.max(first)
    }

    /// The number of steps after one more poll that found nothing. It stays where the interval is the longest.
    pub fn one_more(self, first: Span, steps: u16) -> u16 {
        steps.saturating_add(u16::from(self.interval(first, steps) < self.longest(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_grows_to_the_longest_and_stays() {
        let backoff = Backoff { factor: 2.0, max: Span::from_secs(10) };
        let first = Span::from_secs(3);
        let mut steps = 0;
        let seconds = [(); 5].map(|()| {
            let interval = backoff.interval(first, steps);
            steps = backoff.one_more(first, steps);
            interval.as_secs_f64()
        });
        assert_eq!((seconds, steps), ([3.0, 6.0, 10.0, 10.0, 10.0], 2));
        assert_eq!(backoff.interval(Span::from_secs(12), 0), Span::from_secs(12));
    }
}
