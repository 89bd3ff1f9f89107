//! Streams: the frames in transit on each, and which side knows that it is closed.
//!
//! The model decides when a frame arrives, and what a lost one does ([`InOrder`]).

use crate::model::Side;
use crate::model::exchange::{Exchange, Frame};
use crate::model::network::{InOrder, Links, Transit};
use crate::time::Instant;
use std::collections::{BTreeMap, VecDeque};

/// The streams of one client that are not closed for both sides.
#[derive(Clone)]
pub(super) struct StreamsUnderWay {
    links: Links,
    numbers: BTreeMap<Exchange, u32>,
    /// By a number that is used only once, so that an agenda entry for a stream that is closed finds nothing.
    streams: BTreeMap<u32, Stream>,
    next: u32,
    /// Frames that never arrived, since the last call of [`Self::dropped`].
    dropped: u64,
}

#[derive(Clone)]
struct Stream {
    exchange: Exchange,
    /// In the order in which they arrive.
    frames: VecDeque<Frame>,
    order: InOrder,
    /// Whether nothing more can be sent to the client.
    is_cut: bool,
    /// Whether it is closed for the client, and for the source.
    over: [bool; 2],
}

/// What is due for a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamDue {
    /// Its next frame arrives.
    Frame,
    /// The client learns that it is closed.
    OverForClient,
    /// The source learns that it is closed.
    OverForSource,
}

/// When something becomes due, what, and for the stream of which number.
pub(super) type Dues = [Option<(Instant, StreamDue, u32)>; 2];

/// What happens to one side of a stream.
pub(super) enum Happens {
    Arrives(Frame),
    Closed(Exchange, Side),
}

impl StreamsUnderWay {
    pub(super) const fn new(links: Links) -> Self {
        Self { links, numbers: BTreeMap::new(), streams: BTreeMap::new(), next: 0, dropped: 0 }
    }

    /// Opens a stream for the source; the client learns of it at the time `known`.
    pub(super) fn open(&mut self, exchange: Exchange, known: Instant) -> u32 {
        let order = InOrder::after(known);
        let stream = Stream { exchange, frames: VecDeque::new(), order, is_cut: false, over: [false; 2] };
        self.streams.insert(self.next, stream);
        self.numbers.insert(exchange, self.next);
        self.next += 1;
        self.next - 1
    }

    /// Sends a frame.
    pub(super) fn push(&mut self, frame: Frame) -> Dues {
        let Some(&number) = self.numbers.get(&frame.stream) else { return self.drop_one() };
        let Some(stream) = self.streams.get_mut(&number).filter(|stream| !stream.is_cut) else {
            return self.drop_one();
        };
        match stream.order.send(&self.links, &frame) {
            Transit::Arrives(at) => {
                stream.frames.push_back(frame);
                [Some((at, StreamDue::Frame, number)), None]
            }
            Transit::Cut { client, source } => {
                stream.is_cut = true;
                self.dropped += 1;
                let client = (client, StreamDue::OverForClient, number);
                [Some(client), Some((source, StreamDue::OverForSource, number))]
            }
        }
    }

    fn drop_one(&mut self) -> Dues {
        self.dropped += 1;
        [None; 2]
    }

    /// A side closes a stream, or gives up the request that would have opened it. The other side learns of it after the
    /// frames that are in transit.
    pub(super) fn close(&mut self, at: Instant, exchange: &Exchange, by: Side) -> Dues {
        let number = match self.numbers.get(exchange) {
            Some(&number) => number,
            None => self.open(*exchange, at),
        };
        let Some(stream) = self.streams.get_mut(&number) else { return [None; 2] };
        stream.is_cut = true;
        let due = match by {
            Side::Client => {
                let known = self.links.closed_by_client(exchange, at);
                self.over(number, Side::Client);
                (known, StreamDue::OverForSource, number)
            }
            Side::Source => {
                let known = stream.order.close(&self.links, exchange, at);
                self.over(number, Side::Source);
                (known, StreamDue::OverForClient, number)
            }
        };
        [Some(due), None]
    }

    /// Something is due for a stream. None where the stream is closed already for that side.
    pub(super) fn due(&mut self, due: StreamDue, number: u32) -> Option<Happens> {
        let stream = self.streams.get_mut(&number)?;
        let exchange = stream.exchange;
        match due {
            StreamDue::Frame => stream.frames.pop_front().map(Happens::Arrives),
            StreamDue::OverForClient => {
                self.over(number, Side::Client).then_some(Happens::Closed(exchange, Side::Client))
            }
            StreamDue::OverForSource => {
                self.over(number, Side::Source).then_some(Happens::Closed(exchange, Side::Source))
            }
        }
    }

    /// Closes the streams that are open for the client at the end of the run; returns them in the order of opening.
    pub(super) fn end(&mut self) -> Vec<Exchange> {
        let open = self.streams.iter().filter(|(_, stream)| !stream.over[Side::Client as usize]);
        let open: Vec<(u32, Exchange)> = open.map(|(&number, stream)| (number, stream.exchange)).collect();
        for &(number, _) in &open {
            self.over(number, Side::Client);
        }
        open.into_iter().map(|(_, exchange)| exchange).collect()
    }

    /// The number of frames that never arrived, since the last call.
    pub(super) fn dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }

    /// Closes a stream for one side. False where it was closed before.
    fn over(&mut self, number: u32, side: Side) -> bool {
        let Some(stream) = self.streams.get_mut(&number) else { return false };
        let was_over = std::mem::replace(&mut stream.over[side as usize], true);
        if stream.over[Side::Client as usize] {
            self.dropped += stream.frames.len() as u64;
            stream.frames.clear();
        }
        if stream.over == [true; 2] {
            self.numbers.remove(&stream.exchange);
            self.streams.remove(&number);
        }
        !was_over
    }
}
