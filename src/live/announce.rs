//! Calls those who registered at the public source. They are no part of the scenario and of no figure, so each
//! event is sent to each of them once, and they are given ten seconds to answer.
//!
//! Whoever registers must not be able to slow the run down or to fill its memory: one delivery at a time goes to each
//! subscription, a few more wait for it, and what comes on top of those is dropped and counted.

use super::connection::{Connections, Taken};
use super::descriptors::Exhaustion;
use super::subscriptions::{Subscription, Subscriptions};
use super::wire::Wire;
use crate::model::exchange::Answer;
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

/// What became of the deliveries to whoever registered at the public source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Announcements {
    /// Answered with a status from 200 to 299.
    pub delivered: u64,
    /// Answered otherwise, with a body that is too long, or not in time.
    pub failed: u64,
    /// Not sent, for the receiver was too far behind.
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

/// Whoever calls the subscribers of one source.
#[derive(Clone, Debug)]
pub(super) struct Announcer {
    pub(super) wire: Wire,
    pub(super) subscriptions: Arc<Subscriptions>,
    pub(super) exhaustion: Exhaustion,
    pub(super) counts: Arc<Counts>,
}

impl Announcer {
    /// Sends every event that is announced to every subscription of that moment, until nothing more is announced.
    pub(super) async fn run(self, mut events: mpsc::Receiver<u32>) {
        let mut queues: BTreeMap<String, mpsc::Sender<u32>> = BTreeMap::new();
        while let Some(event) = events.recv().await {
            let subscriptions = self.subscriptions.all();
            queues.retain(|id, _| subscriptions.contains_key(id));
            for (id, subscription) in subscriptions {
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

    /// Takes note of a delivery that is not sent.
    pub(super) fn drop_one(&self) {
        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Delivers what waits for one subscription, one event after another, as long as there is the subscription.
    async fn deliver(self, id: String, to: Subscription, mut waiting: mpsc::Receiver<u32>) {
        let connections = Connections::to(to.address, ANSWER_BYTES, self.exhaustion.clone());
        while let Some(event) = waiting.recv().await {
            if !self.subscriptions.has(&id) {
                return;
            }
            let taken = Mutex::new(Taken::default());
            let exchange = connections.exchange(self.wire.announcement(event, &to), &taken);
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
