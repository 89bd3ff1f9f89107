//! Carries requests: takes what a world wants sent, sends it over real connections, and brings the end of each
//! exchange back, by its deadline at the latest.

use super::client_driver::{ClientDriver, Send};
use super::connection::{Answered, Connections, Taken};
use super::endpoint::Links;
use super::wire::Wire;
use crate::model::exchange::{Answer, Request};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// The requests of one client, both ways.
#[derive(Debug)]
pub(super) struct Transport {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) wire: Wire,
    /// To the client's source, with the links that a poll and its answer take.
    pub(super) to_source: Option<(Connections, Links)>,
    /// To the client's endpoints, with the links that a delivery and its answer take.
    pub(super) to_client: Option<(Connections, Links)>,
}

impl Transport {
    /// Sends whatever there is to send. Never ends while the driver is there.
    pub(super) async fn run(self: Arc<Self>, mut sends: mpsc::UnboundedReceiver<Send>) {
        while let Some(send) = sends.recv().await {
            tokio::spawn(Arc::clone(&self).exchange(send));
        }
    }

    async fn exchange(self: Arc<Self>, send: Send) {
        let request = send.request;
        let way = match request {
            Request::Poll(_) => &self.to_source,
            Request::Attempt(_) => &self.to_client,
        };
        let Some((connections, links)) = way else { return };
        let clock = self.driver.clock;
        let taken = Mutex::new(Taken::default());
        let ended = {
            let trip = self.trip(send, connections, links, &taken);
            tokio::time::timeout_at(clock.real(send.deadline).into(), trip).await
        };
        let taken = *taken.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match ended {
            Err(_) => Answer::TimedOut,
            Ok(None) => Answer::Refused,
            Ok(Some(answered)) => self.read(&request, &answered),
        };
        let answered = if matches!(answer, Answer::TimedOut | Answer::Refused) { 0 } else { taken.read };
        let bytes = match request {
            Request::Poll(_) => (taken.written, answered),
            Request::Attempt(_) => (answered, taken.written),
        };
        self.driver.answer(send, answer, bytes);
    }

    /// The way there and back; None: the connection was refused, and that has come back.
    async fn trip(
        &self,
        send: Send,
        connections: &Connections,
        links: &Links,
        taken: &Mutex<Taken>,
    ) -> Option<Answered> {
        let clock = self.driver.clock;
        let there = links.there.delay(&send.request);
        clock.sleep_until(send.at + there).await;
        let answered = connections.exchange(self.wire.request(&send.request), taken).await;
        if answered.is_none() {
            let back = links.back.delay(&send.request);
            clock.sleep_until(clock.now() + back).await;
        }
        answered
    }

    fn read(&self, request: &Request, answered: &Answered) -> Answer {
        match (request, answered.status) {
            (Request::Poll(poll), 200) => match self.wire.read_page(poll, &answered.body) {
                Some(page) => page,
                // An answer that is no page is as good as none.
                None => Answer::Status(502),
            },
            (_, status) => Answer::Status(status),
        }
    }
}
