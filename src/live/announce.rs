//! Calls those who registered at the public source. They are no part of the scenario and of no figure, so each
//! event is sent to each of them once, and they are given ten seconds to answer.

use super::connection::{Connections, Taken};
use super::descriptors::Exhaustion;
use super::subscriptions::Subscriptions;
use super::wire::Wire;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends every event that is announced to every subscription of that moment, until nothing more is announced.
pub(super) async fn announce(
    wire: Wire,
    subscriptions: Arc<Subscriptions>,
    exhaustion: Exhaustion,
    mut events: mpsc::UnboundedReceiver<u32>,
) {
    while let Some(event) = events.recv().await {
        for subscription in subscriptions.all() {
            let request = wire.announcement(event, &subscription);
            let connections = Connections::to(subscription.address, exhaustion.clone());
            tokio::spawn(async move {
                let taken = Mutex::new(Taken::default());
                // What a stranger answers, and whether, is no figure of the run.
                let _ = tokio::time::timeout(PATIENCE, connections.exchange(request, &taken)).await;
            });
        }
    }
}
