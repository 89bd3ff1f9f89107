//! The times in which the source sent a member nothing, because it had disabled it or its breaker was open.

use crate::time::{Instant, Span};

/// One such time: [`from`, `until`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disabled {
    /// The member.
    pub member: u32,
    /// When it was disabled.
    pub from: Instant,
    /// When it was enabled again, or [`Instant::NEVER`].
    pub until: Instant,
}

impl Disabled {
    /// How much of it is in [`from`, `until`).
    pub fn within(&self, from: Instant, until: Instant) -> Span {
        let (begins, ends) = (self.from.max(from), self.until.min(until));
        if begins < ends { ends - begins } else { Span::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_does_not_count() {
        let within =
            |from, until| Disabled { member: 0, from: Instant(from), until }.within(Instant(10), Instant(20));
        assert_eq!(within(5, Instant(15)), Span(5));
        assert_eq!(within(12, Instant::NEVER), Span(8));
        assert_eq!((within(2, Instant(10)), within(20, Instant(30))), (Span::ZERO, Span::ZERO));
    }
}
