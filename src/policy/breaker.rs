//! When a sender leaves a receiver alone for a while.

use crate::time::Span;

/// A circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Failed attempts in a row that open it; at least 1.
    pub failures: u32,
    /// Time for which nothing is sent; above zero. Then one delivery is tried: if it fails, for that time again.
    pub pause: Span,
}
