//! The network between a client and its source. Only here is decided how long a message takes and whether it is lost.

use super::exchange::{Exchange, Frame};
use crate::policy::channel::Opener;
use crate::rng::{Purpose, Randomness};
use crate::scenario::{LinkConfig, Network};
use crate::time::{Instant, Span};

/// One direction of the network.
#[derive(Clone, Debug)]
pub struct Link {
    config: LinkConfig,
    /// See [`Network::overhead`].
    overhead: Span,
    randomness: Randomness,
    delay: Purpose,
    loss: Purpose,
}

/// Both directions.
#[derive(Clone, Debug)]
pub struct Links {
    to_source: Link,
    to_client: Link,
}

impl Links {
    /// The network of one client in one replication.
    pub fn new(network: &Network, randomness: Randomness) -> Self {
        let overhead = network.overhead;
        let link = |config: &LinkConfig, delay, loss| Link {
            config: config.clone(),
            overhead,
            randomness,
            delay,
            loss,
        };
        Self {
            to_source: link(&network.to_source, Purpose::DelayToSource, Purpose::LossToSource),
            to_client: link(&network.to_client, Purpose::DelayToClient, Purpose::LossToClient),
        }
    }

    /// The direction of the requests of this opener.
    #[inline]
    pub const fn there(&self, opener: Opener) -> &Link {
        match opener {
            Opener::Client => &self.to_source,
            Opener::Source => &self.to_client,
        }
    }

    /// The direction of the answers to them.
    #[inline]
    pub const fn back(&self, opener: Opener) -> &Link {
        match opener {
            Opener::Client => &self.to_client,
            Opener::Source => &self.to_source,
        }
    }
}

impl Link {
    /// The delay of a message of that exchange; None where the message is lost.
    #[inline(always)]
    pub fn carry(&self, exchange: &Exchange) -> Option<Span> {
        // Without loss the key of the draw need not be computed.
        let lost = self.config.loss > 0.0 && {
            let (id, attempt) = exchange.key();
            self.randomness.stream(self.loss).happens(self.config.loss, id, attempt)
        };
        (!lost).then(|| self.delay(exchange))
    }

    /// The delay of a message of that exchange, without loss. A refused connection is never lost.
    #[inline(always)]
    pub fn delay(&self, exchange: &Exchange) -> Span {
        let modelled = self.config.delay.draw(|| {
            let (id, attempt) = exchange.key();
            self.randomness.stream(self.delay).at(id, attempt)
        });
        modelled + self.overhead
    }
}

/// The order of the frames of one stream. A frame that would overtake the frame before it arrives together with that
/// frame.
#[derive(Clone, Copy, Debug)]
pub struct InOrder {
    /// When the last frame sent so far arrives.
    latest: Instant,
}

/// What happens to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transit {
    /// It arrives at that time.
    Arrives(Instant),
    /// It is lost, which cuts the stream. The client learns of it when the frame would have arrived, and the source
    /// after one delay to the source.
    Cut {
        /// When the client learns of it.
        client: Instant,
        /// When the source learns of it.
        source: Instant,
    },
}

impl InOrder {
    /// The order of a stream whose opening answer arrives at that time.
    pub const fn after(opened: Instant) -> Self {
        Self { latest: opened }
    }

    /// The source sends a frame.
    pub fn send(&mut self, links: &Links, frame: &Frame) -> Transit {
        let (opener, exchange) = (frame.stream.channel.opener(), frame.exchange());
        let back = links.back(opener);
        self.latest = self.latest.max(frame.sent + back.delay(&exchange));
        if back.carry(&exchange).is_some() {
            return Transit::Arrives(self.latest);
        }
        Transit::Cut { client: self.latest, source: self.latest + links.there(opener).delay(&exchange) }
    }

    /// The source closes the stream at that time. Returns when the client learns of it: after all frames.
    pub fn close(&mut self, links: &Links, stream: &Exchange, at: Instant) -> Instant {
        let delay = links.back(stream.channel.opener()).delay(&closing(stream));
        self.latest = self.latest.max(at + delay);
        self.latest
    }
}

impl Links {
    /// The client closes a stream at that time. Returns when the source learns of it.
    pub fn closed_by_client(&self, stream: &Exchange, at: Instant) -> Instant {
        at + self.there(stream.channel.opener()).delay(&closing(stream))
    }
}

/// The key of the draws for the closing of a stream.
const fn closing(stream: &Exchange) -> Exchange {
    Exchange { part: u32::MAX, ..*stream }
}
