//! A stream of the public source: the log so far, then each event when it occurs, and heartbeats while there is none.

use super::{Opening, Outlet};
use crate::live::body::Body;
use crate::live::clock::Clock;
use crate::live::log::{Asked, Log, MAX_STREAMS, no_more_streams};
use crate::live::problem::Problem;
use crate::live::wire::Wire;
use crate::policy::outage::{Mode, Outage, Outages};
use hyper::Response;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// The real time without an event after which a heartbeat is sent.
pub(in crate::live) const HEARTBEAT_AFTER: Duration = Duration::from_secs(15);

/// Opens a stream of the events after the last one that the client names, until the client closes it, the source goes
/// down or the run ends. A source that hangs keeps the stream, and sends the events of the outage when it is up again.
pub(in crate::live) fn follow(
    log: &Log,
    asked: Asked,
    opening: Opening,
    clock: Clock,
) -> Result<Response<Body>, Problem> {
    let place = Arc::clone(&log.streams).try_acquire_owned().map_err(|_| no_more_streams(MAX_STREAMS))?;
    let (outlet, answer) = opening.accept();
    let (resource, cursor) = (asked.span.resource, asked.cursor());
    let hangs = |outage: &Outage| outage.mode == Mode::Hang;
    let (hangs, cuts): (Vec<Outage>, Vec<Outage>) = log.outages.0.iter().copied().partition(hangs);
    let next_cut = Outages(cuts).next_after(clock.now());
    let follower = Follower {
        wire: asked.wire,
        occurred: log.occurred.clone(),
        hangs: Outages(hangs),
        clock,
        resource,
        cursor,
        _place: place,
    };
    tokio::spawn(async move {
        let down = async {
            match next_cut {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = follower.run(&outlet) => {}
            () = outlet.closed() => {}
            () = down => outlet.cut().await,
        }
    });
    Ok(answer)
}

struct Follower {
    wire: Wire,
    /// How many events have occurred.
    occurred: watch::Receiver<u32>,
    /// When the source hangs.
    hangs: Outages,
    clock: Clock,
    resource: u32,
    /// Events of the resource that were sent.
    cursor: u32,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// Sends the events so far, then each further event; waits for a slow reader.
    async fn run(mut self, outlet: &Outlet) {
        let events = Arc::clone(&self.wire.events);
        let listed = events.of(self.resource);
        let resource = self.resource;
        loop {
            let occurred = *self.occurred.borrow_and_update();
            let known = events.cursor_before(resource, occurred);
            for &event in listed.get(self.cursor as usize..known as usize).unwrap_or_default() {
                self.until_up().await;
                if !outlet.event(self.wire.payload, self.wire.event(event)).await {
                    return;
                }
                self.cursor += 1;
            }
            match tokio::time::timeout(HEARTBEAT_AFTER, self.occurred.changed()).await {
                Ok(Ok(())) => {}
                // The run is over, and no event follows.
                Ok(Err(_)) => return,
                Err(_) if self.hangs.at(self.clock.now()).is_some() => {}
                Err(_) => {
                    if !outlet.heartbeat().await {
                        return;
                    }
                }
            }
        }
    }

    /// Waits while the source hangs.
    async fn until_up(&self) {
        self.clock.sleep_until(self.hangs.up_from(self.clock.now())).await;
    }
}
