//! The connections that the source holds open, over time: streams, and requests that wait for an event. A request that is
//! answered at once holds none.

use super::Window;
use crate::time::Instant;

/// The connections of one time bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionsBin {
    /// How long connections were open in it, all together, in nanoseconds.
    pub open_ns: u128,
    /// The fewest that were open at a time.
    pub least: u32,
    /// The most that were open at a time.
    pub most: u32,
}

/// Counts the connections that are open, as time goes on.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    window: Window,
    /// Empty until the first is opened.
    bins: Vec<ConnectionsBin>,
    open: u32,
    /// The time until which the bins are complete; at least the beginning of the window.
    reached: Instant,
}

impl Connections {
    pub(super) const fn new(window: Window) -> Self {
        Self { window, bins: Vec::new(), open: 0, reached: window.from }
    }

    pub(super) fn opened(&mut self, at: Instant) {
        if self.bins.is_empty() {
            self.bins = vec![ConnectionsBin::default(); self.window.bins()];
        }
        self.reach(at);
        self.open += 1;
    }

    pub(super) fn closed(&mut self, at: Instant) {
        self.reach(at);
        self.open -= 1;
    }

    /// The bins until that time.
    pub(super) fn finish(mut self, at: Instant) -> Vec<ConnectionsBin> {
        self.reach(at);
        self.bins
    }

    /// As many were open since the last change. In a live run a timer may act for a time that is a little earlier than the
    /// last change; then it counts from that change on.
    fn reach(&mut self, at: Instant) {
        let Window { from, until, bin: width, .. } = self.window;
        let until = at.min(until);
        while self.reached < until {
            let number = (self.reached - from).0 / width.0;
            let begins = from + width * number;
            let end = (begins + width).min(until);
            let Some(bin) = self.bins.get_mut(number as usize) else { return };
            bin.open_ns += u128::from(self.open) * (end - self.reached).0 as u128;
            bin.least = if self.reached == begins { self.open } else { bin.least.min(self.open) };
            bin.most = bin.most.max(self.open);
            self.reached = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    /// Two from 5 to 35 s, one more from 12 to 18 s, in bins of 10 s of [10 s, 42 s): a change at an edge belongs to the bin
    /// that begins there, and nothing outside of the window counts.
    #[test]
    fn a_bin_has_the_time_and_the_extremes_of_what_was_open_in_it() {
        let at = |seconds| Instant::START + Span::from_secs(seconds);
        let window = Window { from: at(10), until: at(42), bin: Span::from_secs(10), members: 1 };
        let mut connections = Connections::new(window);
        for (second, is_opened) in
            [(5, true), (5, true), (12, true), (18, false), (20, false), (20, true), (35, false), (50, false)]
        {
            if is_opened { connections.opened(at(second)) } else { connections.closed(at(second)) }
        }
        let bin = |open_s: u128, least, most| ConnectionsBin { open_ns: open_s * 1_000_000_000, least, most };
        let bins = connections.finish(Instant::NEVER);
        assert_eq!(bins, [bin(26, 2, 3), bin(20, 2, 2), bin(15, 1, 2), bin(2, 1, 1)]);
    }
}
