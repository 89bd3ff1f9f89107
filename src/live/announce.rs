//! Delivers events to the URLs that are registered at the public source. They are not part of the scenario and change
//! no figure, so each event is sent to each of them once, and they have ten seconds to answer.
//!
//! A receiver must not slow the run down or fill its memory: each subscription gets one delivery at a time, a limited
//! number of events wait for it, and further events are dropped and counted.

use super::connection::{Connections, Taken};
use super::descriptors::Exhaustion;
use super::subscriptions::{Subscription, Subscriptions};
use super::wire::Wire;
use crate::model::exchange::Answer;
use crate::scenario::Scenario;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);
/// Events that wait for one receiver.
const WAITING: usize = 1_000;
/// The longest body that a receiver may answer with: only the status counts.
pub(super) const ANSWER_BYTES: usize = 16 << 10;

/// The deliveries to URLs that are registered at the public source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Announcements {
    /// Answered with a status from 200 to 299.
    pub delivered: u64,
    /// Answered otherwise, with a body that is too long, or not in time.
    pub failed: u64,
    /// Not sent, because the receiver was too far behind.
    pub dropped: u64,
}

/// The counts while they grow.
#[derive(Debug, Default)]
pub(super) struct Counts {
    delivered: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

impl Counts {
    pub(super) fn now(&self) -> Announcements {
        let [delivered, failed, dropped] =
            [&self.delivered, &self.failed, &self.dropped].map(|count| count.load(Ordering::Relaxed));
        Announcements { delivered, failed, dropped }
    }
}

/// Delivers the events of one source to its subscriptions.
#[derive(Clone, Debug)]
pub(super) struct Announcer {
    /// Of all events.
    pub(super) wire: Wire,
    pub(super) scenario: Arc<Scenario>,
    pub(super) subscriptions: Arc<Subscriptions>,
    pub(super) exhaustion: Exhaustion,
    pub(super) counts: Arc<Counts>,
}

impl Announcer {
    /// Sends each event to the subscriptions that exist at that moment, until the channel closes.
    pub(super) async fn run(self, mut events: mpsc::Receiver<u32>) {
        let mut queues: BTreeMap<String, mpsc::Sender<u32>> = BTreeMap::new();
        while let Some(event) = events.recv().await {
            let subscriptions = self.subscriptions.all();
            queues.retain(|id, _| subscriptions.contains_key(id));
            for (id, subscription) in subscriptions {
                if !subscription.types.has(self.type_of(event)) {
                    continue;
                }
                let queue = queues.entry(id.clone()).or_insert_with(|| {
                    let (queue, waiting) = mpsc::channel(WAITING);
                    tokio::spawn(self.clone().deliver(id, subscription, waiting));
                    queue
                });
                if queue.try_send(event).is_err() {
                    self.drop_one();
                }
            }
        }
    }

    fn type_of(&self, event: u32) -> &str {
        self.scenario.events.types.name(self.wire.events.kind(event))
    }

    /// Counts a delivery that is not sent.
    pub(super) fn drop_one(&self) {
        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Delivers the waiting events of one subscription, one after another, until the subscription is deleted.
    async fn deliver(self, id: String, to: Subscription, mut waiting: mpsc::Receiver<u32>) {
        let connections = Connections::to(to.address, ANSWER_BYTES, self.exhaustion.clone());
        while let Some(event) = waiting.recv().await {
            if !self.subscriptions.has(&id) {
                return;
            }
            let taken = Mutex::new(Taken::default());
            let exchange = connections.exchange(self.wire.announcement(event, &to.to), &taken);
            let answered = tokio::time::timeout(PATIENCE, exchange).await;
            let count = match answered {
                Ok(Some(answered)) if Answer::Status(answered.status).acknowledges() => {
                    &self.counts.delivered
                }
                Ok(_) | Err(_) => &self.counts.failed,
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}
