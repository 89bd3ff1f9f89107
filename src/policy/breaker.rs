//! When a sender leaves a receiver alone for a while.

use super::share::Share;
use crate::time::Span;

/// A circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breaker {
    /// What opens it.
    pub opens: Opens,
    /// Time for which nothing is sent; above zero. Then one delivery is tried: if it fails, for that time again.
    pub pause: Span,
}

/// What opens a breaker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Opens {
    /// So many failed attempts in a row; at least 1.
    InARow(u32),
    /// Too many failed attempts in the last while.
    Share(Share),
}
