//! The entries of the agenda, and the one machine word in which it keeps each.

use super::network::Due;
use super::streams::StreamDue;
use crate::model::{Side, Timer};
use crate::policy::channel::Channel;

/// An entry of the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Wake(Timer),
    /// Something is due for the exchange in that slot.
    Exchange(Due, u32),
    /// Something is due for the stream of that number.
    Stream(StreamDue, u32),
}

/// An item in one machine word, as the agenda keeps it: the kind in the upper half, the number in the lower one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Packed(u64);

impl Packed {
    #[inline(always)]
    pub(super) const fn of(item: Item) -> Self {
        let (code, number) = match item {
            Item::Exchange(due, slot) => (due as u64, slot),
            Item::Stream(due, number) => (STREAMS + due as u64, number),
            Item::Wake(Timer { channel, side, number }) => {
                (TIMERS + 2 * channel as u64 + side as u64, number)
            }
        };
        Self(code << 32 | number as u64)
    }

    #[inline(always)]
    pub(super) const fn item(self) -> Item {
        let (code, number) = (self.0 >> 32, self.0 as u32);
        match code {
            0 => Item::Exchange(Due::Arrival, number),
            1 => Item::Exchange(Due::Answer, number),
            2 => Item::Exchange(Due::Deadline, number),
            STREAM_FRAME => Item::Stream(StreamDue::Frame, number),
            STREAM_OVER_FOR_CLIENT => Item::Stream(StreamDue::OverForClient, number),
            STREAM_OVER_FOR_SOURCE => Item::Stream(StreamDue::OverForSource, number),
            timer => {
                let timer = timer - TIMERS;
                let side = if timer.is_multiple_of(2) { Side::Client } else { Side::Source };
                Item::Wake(Timer { channel: Channel::ALL[timer as usize / 2], side, number })
            }
        }
    }
}

/// The code of the first timer. Lower codes are those of [`Due`].
const TIMERS: u64 = 3;

/// The code of the first [`StreamDue`]; the others follow it.
const STREAMS: u64 = TIMERS + 2 * Channel::ALL.len() as u64;
const STREAM_FRAME: u64 = STREAMS + StreamDue::Frame as u64;
const STREAM_OVER_FOR_CLIENT: u64 = STREAMS + StreamDue::OverForClient as u64;
const STREAM_OVER_FOR_SOURCE: u64 = STREAMS + StreamDue::OverForSource as u64;

/// Lanes of the agenda: one for timers, and one for each [`Due`].
pub(super) const LANES: usize = 4;
pub(super) const WAKES: usize = 0;
pub(super) const fn lane(due: Due) -> usize {
    1 + due as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_as_it_was_written() {
        let timers = Channel::ALL.into_iter().flat_map(|channel| {
            [Side::Client, Side::Source].map(|side| Item::Wake(Timer { channel, side, number: u32::MAX }))
        });
        let dues = [Due::Arrival, Due::Answer, Due::Deadline].map(|due| Item::Exchange(due, 7));
        let streams = [StreamDue::Frame, StreamDue::OverForClient, StreamDue::OverForSource]
            .map(|due| Item::Stream(due, 7));
        for item in timers.chain(dues).chain(streams) {
            assert_eq!(Packed::of(item).item(), item);
        }
    }
}
