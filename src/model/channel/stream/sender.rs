//! The source's side of streams: it sends events and heartbeats on each stream that is open.

use super::timer;
use crate::model::channel::Shared;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Exchange, Frame, Reaction, Request, Says};
use crate::model::{Observation, Outbox, Side};
use crate::policy::channel::Channel;
use crate::policy::outage::{Mode, Outages};
use crate::scenario::Stream;
use crate::time::Instant;

/// The streams to one client.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    channel: Channel,
    config: Stream,
    outages: Outages,
    /// For each loop of the client, its stream.
    feeds: Vec<Option<Feed>>,
    /// For each loop, the number of the first stream that the client has not closed. A request for an earlier one is too late.
    first: Vec<u32>,
    /// For each loop, the number of events before the first that is sent on its latest stream.
    from: Vec<u32>,
}

/// One stream that is open.
#[derive(Clone, Copy, Debug)]
struct Feed {
    stream: Exchange,
    resource: u32,
    /// The number of events of the resource that were sent, on this stream or an earlier one, or that are not sent.
    cursor: u32,
    /// The number of frames that were sent.
    frames: u32,
    /// Whether the answer that opens it has left.
    is_open: bool,
    /// When the last heartbeat was sent; before the first one, when the stream was opened.
    beat: Instant,
    /// When the last frame was sent.
    sent: Instant,
    /// The time of its timer. A timer of another time belongs to an earlier stream and is ignored.
    next: Instant,
}

impl Sender {
    pub(super) fn new(channel: Channel, config: &Stream, outages: &Outages, loops: usize) -> Self {
        let (config, outages) = (config.clone(), outages.clone());
        let none = vec![0; loops];
        Self { channel, config, outages, feeds: vec![None; loops], first: none.clone(), from: none }
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        for outage in &self.outages.0 {
            out.wake(outage.from, timer(self.channel, Side::Source, OUTAGE));
        }
    }

    /// A client asks for a stream. It is opened when a server has worked on the request, and the events that the client
    /// missed follow at once.
    pub(super) fn arrives(
        &mut self,
        now: Instant,
        request: &Request,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let Ask::Stream { resource, cursor, replay } = request.ask else { return };
        let stream = request.exchange;
        let first = &mut self.first[stream.party as usize];
        if stream.number < *first {
            out.reply(now, request, Reaction::Silence);
            return;
        }
        // A client that asks again has given up what it asked for before, even if that arrives later.
        *first = stream.number;
        if let Some(reaction) = shared.source.rejects(now, request) {
            out.reply(now, request, reaction);
            return;
        }
        let Some(opens) = shared.source.work(now, request, out) else { return };
        out.reply(opens, request, Reaction::Answer(Answer::Opened));
        let passed = if replay { 0 } else { shared.source.after(resource, cursor) };
        shared.pass_over(stream.party, cursor..cursor + passed, out);
        let from = cursor + passed;
        self.from[stream.party as usize] = from;
        let feed = Feed {
            stream,
            resource,
            cursor: from,
            frames: 0,
            is_open: false,
            beat: opens,
            sent: opens,
            next: opens,
        };
        if self.feeds[stream.party as usize].replace(feed).is_none() {
            out.observe(Observation::Connected { at: now });
        }
        if opens > now {
            out.wake(opens, timer(self.channel, Side::Source, stream.party));
        } else {
            self.due(now, stream.party, shared, out);
        }
    }

    /// The number of events of its resource before the first that is sent on the latest stream of a loop.
    pub(super) fn from(&self, number: u32) -> u32 {
        self.from[number as usize]
    }

    /// An event has occurred. It is sent on every stream of its resource, unless the source is down.
    pub(super) fn occur(&mut self, now: Instant, event: EventId, shared: &Shared, out: &mut impl Outbox) {
        if self.outages.at(now).is_some() {
            return;
        }
        let resource = shared.events.resource(event);
        for member in 0..shared.members {
            self.catch_up(now, member * shared.resources + resource, shared, out);
        }
    }

    /// Sends the events that have occurred and were not sent.
    fn catch_up(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let Some(feed) = self.feeds[number as usize].as_mut().filter(|feed| feed.is_open) else { return };
        let after = shared.source.after(feed.resource, feed.cursor) as usize;
        for &event in &shared.events.of(feed.resource)[feed.cursor as usize..][..after] {
            feed.push(now, Says::Event(event), out);
            feed.cursor += 1;
        }
    }

    /// A timer is due: a stream opens, a heartbeat may be due, or an outage of the source begins or ends.
    pub(super) fn due(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        if number == OUTAGE {
            self.outage(now, shared, out);
            return;
        }
        let is_down = self.outages.at(now).is_some();
        let Some(feed) = self.feeds[number as usize].as_mut().filter(|feed| feed.next == now) else { return };
        if !std::mem::replace(&mut feed.is_open, true) {
            if !is_down {
                self.catch_up(now, number, shared, out);
            }
        } else if !is_down && self.config.beats(feed) <= now {
            feed.push(now, Says::Heartbeat, out);
            feed.beat = now;
        } else if self.config.cuts(feed) <= now {
            // The source is beside the proxy and learns of it at once, so that this is as if it closed the stream.
            feed.close(now, out);
            self.feeds[number as usize] = None;
            return;
        }
        self.set_timer(number, is_down, out);
    }

    /// Sets the timer of a stream. The end of an outage sets it again; until then only the proxy acts.
    fn set_timer(&mut self, number: u32, is_down: bool, out: &mut impl Outbox) {
        let Some(feed) = &mut self.feeds[number as usize] else { return };
        let beats = if is_down { Instant::NEVER } else { self.config.beats(feed) };
        feed.next = beats.min(self.config.cuts(feed));
        if feed.next < Instant::NEVER {
            out.wake(feed.next, timer(self.channel, Side::Source, number));
        }
    }

    /// An outage of the source begins or ends. It closes the streams, or nothing is sent on them until its end.
    fn outage(&mut self, now: Instant, shared: &Shared, out: &mut impl Outbox) {
        match self.outages.at(now).map(|outage| (outage.mode, outage.until)) {
            Some((Mode::Refuse | Mode::Error | Mode::Lose | Mode::Gone, _)) => {
                for feed in self.feeds.iter_mut().filter_map(Option::take) {
                    feed.close(now, out);
                }
            }
            Some((Mode::Hang, until)) => {
                if self.feeds.iter().any(Option::is_some) {
                    out.wake(until, timer(self.channel, Side::Source, OUTAGE));
                }
            }
            None => {
                for number in 0..self.feeds.len() as u32 {
                    self.catch_up(now, number, shared, out);
                    if let Some(feed) = self.feeds[number as usize].as_mut().filter(|feed| feed.is_open) {
                        feed.beat = now;
                        self.set_timer(number, false, out);
                    }
                }
            }
        }
    }

    /// A client has closed a stream, or given up the request that would have opened it.
    pub(super) fn client_left(&mut self, now: Instant, stream: &Exchange, out: &mut impl Outbox) {
        let place = stream.party as usize;
        self.first[place] = self.first[place].max(stream.number + 1);
        let is_over = |feed: &mut Feed| feed.stream.number <= stream.number;
        if self.feeds[place].take_if(is_over).is_some() {
            out.observe(Observation::Disconnected { at: now });
        }
    }
}

impl Feed {
    /// The source closes it.
    fn close(&self, now: Instant, out: &mut impl Outbox) {
        out.close(now, &self.stream, Side::Source);
        out.observe(Observation::Disconnected { at: now });
    }

    fn push(&mut self, now: Instant, says: Says, out: &mut impl Outbox) {
        self.frames += 1;
        self.sent = now;
        out.push(Frame { stream: self.stream, number: self.frames, says, sent: now });
    }
}

impl Stream {
    /// When the next heartbeat is due.
    fn beats(&self, feed: &Feed) -> Instant {
        let due = |period| self.heartbeat_when.due(period, feed.beat, feed.sent);
        self.heartbeat.map_or(Instant::NEVER, due)
    }

    /// When the proxy closes a stream on which nothing more is sent.
    fn cuts(&self, feed: &Feed) -> Instant {
        self.idle_timeout.map_or(Instant::NEVER, |idle| feed.sent + idle)
    }
}

/// The number of the timers for the beginning and the end of outages; the others have the number of a loop.
const OUTAGE: u32 = u32::MAX;
