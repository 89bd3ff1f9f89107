//! The open streams of one client, and the frames of each that the source has sent and the client has not received.
//!
//! As for exchanges, a frame on the wire is only a name: it is valid only if it is the next one that was sent.

use crate::model::Side;
use crate::model::exchange::{Exchange, Frame, Says};
use crate::time::Instant;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::{mpsc, oneshot};

/// The streams that are not closed for both sides.
#[derive(Debug, Default)]
pub(in crate::live) struct Streams {
    entries: BTreeMap<Exchange, Entry>,
    /// Streams that the client gave up before a task sent on them: the source has to learn of it.
    unserved: Vec<Exchange>,
}

#[derive(Debug)]
struct Entry {
    /// When the source opened it.
    opened: Instant,
    frames: VecDeque<Frame>,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    /// Until the task that sends them takes this.
    to_send: Option<mpsc::UnboundedReceiver<Outgoing>>,
    /// Tells the task that reads for the client to stop, and at which time.
    leave: Option<oneshot::Sender<Instant>>,
    /// Bytes of its opening: to the source, to the client.
    bytes: (u64, u64),
    /// Whether it is closed for the client, and for the source.
    over: [bool; 2],
}

/// What the source does on a stream.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) enum Outgoing {
    /// A frame.
    Frame(Frame),
    /// It closes the stream at that time.
    Close(Instant),
}

impl Streams {
    /// The world opens a stream at that time.
    pub(in crate::live) fn open(&mut self, opened: Instant, stream: Exchange) {
        let (outgoing, to_send) = mpsc::unbounded_channel();
        let (frames, to_send) = (VecDeque::new(), Some(to_send));
        let entry = Entry { opened, frames, outgoing, to_send, leave: None, bytes: (0, 0), over: [false; 2] };
        self.entries.insert(stream, entry);
    }

    /// When the source opened a stream, and the receiver of what it sends on it; None if the stream is closed or the receiver
    /// is taken already.
    pub(in crate::live) fn take(
        &mut self,
        stream: &Exchange,
    ) -> Option<(Instant, mpsc::UnboundedReceiver<Outgoing>)> {
        let entry = self.entries.get_mut(stream)?;
        Some((entry.opened, entry.to_send.take()?))
    }

    /// The client has received the head of the answer; `bytes` are those of both directions, and `leave` ends its
    /// reading. Returns when the source opened it; None if there is no such stream.
    pub(in crate::live) fn join(
        &mut self,
        stream: &Exchange,
        leave: oneshot::Sender<Instant>,
        bytes: (u64, u64),
    ) -> Option<Instant> {
        let entry = self.entries.get_mut(stream)?;
        (entry.leave, entry.bytes) = (Some(leave), bytes);
        Some(entry.opened)
    }

    /// Bytes of the opening of a stream; None if it is closed for both sides.
    pub(in crate::live) fn bytes(&self, stream: &Exchange) -> Option<(u64, u64)> {
        self.entries.get(stream).map(|entry| entry.bytes)
    }

    /// The source sends a frame; false if the stream is closed for a side, so that it cannot arrive.
    pub(in crate::live) fn push(&mut self, frame: Frame) -> bool {
        let Some(entry) = self.entries.get_mut(&frame.stream) else { return false };
        if entry.over != [false; 2] {
            return false;
        }
        entry.frames.push_back(frame);
        // If the connection broke, the task that sends has ended, and the stream is closed soon.
        let _ = entry.outgoing.send(Outgoing::Frame(frame));
        true
    }

    /// A frame of an event or a heartbeat has arrived. None if it is not the next one that was sent.
    pub(in crate::live) fn arrive(&mut self, stream: &Exchange, event: Option<u32>) -> Option<Frame> {
        let entry = self.entries.get_mut(stream).filter(|entry| !entry.over[Side::Client as usize])?;
        let next = entry.frames.front()?;
        let is_next = match next.says {
            Says::Event(sent) => event == Some(sent),
            Says::Heartbeat => event.is_none(),
        };
        if is_next { entry.frames.pop_front() } else { None }
    }

    /// A side closes a stream, or gives up the request that would have opened it; returns the number of dropped frames.
    pub(in crate::live) fn close(&mut self, at: Instant, stream: &Exchange, by: Side) -> u64 {
        let Some(entry) = self.entries.get_mut(stream) else {
            self.unserved.push(*stream);
            return 0;
        };
        let is_unserved = entry.to_send.is_some();
        // If the connection broke, the task that sends or reads has ended.
        match by {
            Side::Client => {
                let _ = entry.leave.take().map(|leave| leave.send(at));
            }
            Side::Source => {
                let _ = entry.outgoing.send(Outgoing::Close(at));
            }
        }
        let (_, dropped) = self.over(stream, by);
        if by == Side::Client && is_unserved {
            self.unserved.push(*stream);
        }
        dropped
    }

    /// A side learns that a stream is closed. Returns whether that is new to it, and the number of dropped frames.
    pub(in crate::live) fn over(&mut self, stream: &Exchange, side: Side) -> (bool, u64) {
        let Some(entry) = self.entries.get_mut(stream) else { return (false, 0) };
        let is_new = !std::mem::replace(&mut entry.over[side as usize], true);
        let dropped = if entry.over[Side::Client as usize] { entry.frames.len() as u64 } else { 0 };
        if dropped > 0 {
            entry.frames.clear();
        }
        if entry.over == [true; 2] {
            self.entries.remove(stream);
        }
        (is_new, dropped)
    }

    /// A stream that the client gave up before a task sent on it: it is closed for the source now.
    pub(in crate::live) fn next_unserved(&mut self) -> Option<Exchange> {
        let stream = self.unserved.pop()?;
        self.over(&stream, Side::Source);
        Some(stream)
    }

    /// The streams that are open for the client.
    pub(in crate::live) fn open_for_client(&self) -> impl Iterator<Item = Exchange> + '_ {
        let open = self.entries.iter().filter(|(_, entry)| !entry.over[Side::Client as usize]);
        open.map(|(stream, _)| *stream)
    }
}
