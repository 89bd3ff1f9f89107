//! The network between a client and its source. Only here is decided how long a message takes and whether it is lost.

use super::exchange::Exchange;
use crate::policy::channel::Opener;
use crate::rng::{Purpose, Randomness};
use crate::scenario::{LinkConfig, Network};
use crate::time::Span;

/// One direction of the network.
#[derive(Clone, Debug)]
pub struct Link {
    config: LinkConfig,
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
        let link =
            |config: &LinkConfig, delay, loss| Link { config: config.clone(), randomness, delay, loss };
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
        self.config.delay.draw(|| {
            let (id, attempt) = exchange.key();
            self.randomness.stream(self.delay).at(id, attempt)
        })
    }
}
