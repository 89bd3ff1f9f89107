//! Sends the requests of a world over real connections, and ends each exchange, at its deadline at the latest.

use super::client_driver::ClientDriver;
use super::connection::{Answered, Connections, Taken};
use super::wire::{self, Wire};
use super::{lock, stream};
use crate::model::exchange::{Answer, Request};
use crate::model::network::Links;
use crate::policy::channel::Opener;
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// The requests of one client, both ways.
#[derive(Debug)]
pub(super) struct Transport {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) wire: Wire,
    pub(super) links: Links,
    /// To the client's source.
    pub(super) to_source: Connections,
    /// To the client's endpoints, if it has any.
    pub(super) to_client: Option<Connections>,
    pub(super) sides: Sides,
}

/// The runtimes of the two sides. Each side's CPU time is measured, so that a task runs on the side whose work it does.
#[derive(Clone, Debug)]
pub(super) struct Sides {
    pub(super) source: Handle,
    pub(super) client: Handle,
}

impl Sides {
    /// The runtime of an exchange: its work is the opener's.
    pub(super) const fn of(&self, opener: Opener) -> &Handle {
        match opener {
            Opener::Client => &self.client,
            Opener::Source => &self.source,
        }
    }
}

impl Transport {
    /// Sends every request of the world. Ends with the driver.
    pub(super) async fn run(self: Arc<Self>, mut sends: mpsc::UnboundedReceiver<Request>) {
        while let Some(request) = sends.recv().await {
            let side = self.sides.of(request.exchange.channel.opener());
            side.spawn(Arc::clone(&self).exchange(request));
        }
    }

    async fn exchange(self: Arc<Self>, request: Request) {
        if request.exchange.channel.stays_connected() {
            return stream::read(&self.driver, &self.links, &self.wire, &self.to_source, &request).await;
        }
        let opener = request.exchange.channel.opener();
        let connections = match opener {
            Opener::Client => Some(&self.to_source),
            Opener::Source => self.to_client.as_ref(),
        };
        let Some(connections) = connections else { return };
        let clock = self.driver.clock;
        let taken = Mutex::new(Taken::default());
        let ended = {
            let trip = self.trip(&request, connections, &taken);
            tokio::time::timeout_at(clock.real(request.deadline).into(), trip).await
        };
        let taken = *lock(&taken);
        let answer = match ended {
            Err(_) => Answer::TimedOut,
            Ok(None) => Answer::Refused,
            Ok(Some(answered)) => self.read(&request, &answered),
        };
        if answer == Answer::TimedOut
            && let Some(delay) = self.links.there(opener).carry(&request.exchange)
        {
            self.driver.given_up(&request, request.sent + delay);
        }
        self.driver.answer(&request, answer, opener.by_direction(taken.written, taken.read));
    }

    /// Sends the request and waits for the answer, with the delay of the network; None if the connection was refused.
    async fn trip(
        &self,
        request: &Request,
        connections: &Connections,
        taken: &Mutex<Taken>,
    ) -> Option<Answered> {
        let clock = self.driver.clock;
        let opener = request.exchange.channel.opener();
        clock.sleep_until(request.sent + self.links.there(opener).delay(&request.exchange)).await;
        let answered = connections.exchange(self.wire.request(request), taken).await;
        if answered.is_none() {
            clock.sleep_until(clock.now() + self.links.back(opener).delay(&request.exchange)).await;
        }
        answered
    }

    fn read(&self, request: &Request, answered: &Answered) -> Answer {
        match (request.exchange.channel.opener(), answered.status) {
            // An answer with 200 that is not the expected page is invalid.
            (Opener::Client, 200) => {
                self.wire.read_page(request, &answered.body).unwrap_or(Answer::Status(502))
            }
            (_, status) => wire::refusal(status, |name| answered.headers.get(name)?.to_str().ok()),
        }
    }
}
