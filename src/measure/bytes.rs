//! HTTP bytes over time, by what they brought. They add up to those of the window's requests and frames.

use super::Outcome;

/// The HTTP bytes of one time bin, both directions together: those of the requests and frames that were sent in it, and of
/// the answers to them, whenever they came. In a live run, frames that are read from their connection at once count as the
/// first of them: its bytes are those that were read since the frame before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BytesBin {
    /// Of requests and frames that brought a new event. The opening of a stream is one if the stream brought any.
    pub useful: u64,
    /// Of requests and frames that were answered or arrived, and brought no new event; heartbeats are not among them.
    pub empty: u64,
    /// Of heartbeats, and of what is answered to them.
    pub heartbeats: u64,
    /// Of requests that failed for their sender. A delivery is one, too, that brought an event and whose acknowledgement
    /// was lost or came too late.
    pub failed: u64,
}

impl BytesBin {
    /// All bytes of the bin.
    pub const fn total(&self) -> u64 {
        self.useful + self.empty + self.heartbeats + self.failed
    }

    #[inline(always)]
    pub(super) const fn count(&mut self, outcome: Outcome, bytes: u64) {
        match outcome {
            Outcome::Useful => self.useful += bytes,
            Outcome::Empty => self.empty += bytes,
            Outcome::Failed => self.failed += bytes,
        }
    }
}
