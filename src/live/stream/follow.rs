//! A stream of the public source: the log so far, then each event when it occurs, and heartbeats while there is none.

use super::{Opening, Outlet};
use crate::live::body::Body;
use crate::live::clock::Clock;
use crate::live::log::{Asked, Log, MAX_STREAMS, Stretch, no_more_streams};
use crate::live::problem::Problem;
use crate::model::events::EventId;
use crate::model::exchange::Ask;
use crate::policy::outage::{Mode, Outage, Outages};
use crate::time::Instant;
use hyper::Response;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The real time without an event after which a heartbeat is sent.
pub(in crate::live) const HEARTBEAT_AFTER: Duration = Duration::from_secs(15);

/// Events of the past that are looked up at once.
const AT_ONCE: u32 = 64;

/// Opens a stream of the events after the last one that the client names, until the client closes it, the source goes
/// down or the run ends. A source that hangs keeps the stream, and sends the events of the outage when it is up again.
pub(in crate::live) fn follow(
    log: &Log,
    asked: Asked,
    opening: Opening,
    clock: Clock,
) -> Result<Response<Body>, Problem> {
    let place = Arc::clone(&log.streams).try_acquire_owned().map_err(|_| no_more_streams(MAX_STREAMS))?;
    let (outlet, answer) = opening.accept(asked.wire.payload, Some(place));
    let hangs = |outage: &Outage| outage.mode == Mode::Hang;
    let (hangs, cuts): (Vec<Outage>, Vec<Outage>) = log.outages.0.iter().copied().partition(hangs);
    let next_cut = Outages(cuts).next_after(clock.now());
    let follower = Follower {
        asked,
        shown: log.shown.clone(),
        hangs: Outages(hangs),
        clock,
        sent: tokio::time::Instant::now(),
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
            () = down => outlet.cut(),
        }
    });
    Ok(answer)
}

struct Follower {
    asked: Asked,
    /// As the log has it.
    shown: watch::Receiver<Instant>,
    /// When the source hangs.
    hangs: Outages,
    clock: Clock,
    /// When something was last sent, or would have been where the source hangs.
    sent: tokio::time::Instant,
}

impl Follower {
    /// Sends the page of the events so far, then each further event when the source shows it; waits for a slow reader.
    async fn run(mut self, outlet: &Outlet) {
        let events = Arc::clone(&self.asked.wire.events);
        let Stretch { resource, after, .. } = self.asked.span;
        let (of, order) = (events.of(resource), events.in_order_of_showing(resource));
        let mut known = events.showing(*self.shown.borrow_and_update(), resource, 0);
        let mut ask = self.asked.ask();
        loop {
            let page = events.listing(&ask, known, AT_ONCE);
            for &place in &page.places {
                if !self.send(of[place as usize], outlet).await {
                    return;
                }
                ask = Ask::Since { resource, since: Instant::START, after: place + 1 };
            }
            if !page.has_more {
                break;
            }
        }
        loop {
            let before = known;
            known = events.showing(*self.shown.borrow_and_update(), resource, before);
            // What is shown late may be before the event that the reader named.
            let follows = |event: &&EventId| events.number(**event) >= after;
            for &event in order[before as usize..known as usize].iter().filter(follows) {
                if !self.send(event, outlet).await {
                    return;
                }
            }
            let quiet = tokio::time::timeout_at(self.sent + HEARTBEAT_AFTER, self.shown.changed());
            match quiet.await {
                Ok(Ok(())) => {}
                // The run is over, and no event follows.
                Ok(Err(_)) => return,
                Err(_) => {
                    self.sent = tokio::time::Instant::now();
                    if self.hangs.at(self.clock.now()).is_none() && !outlet.heartbeat().await {
                        return;
                    }
                }
            }
        }
    }

    /// Sends an event, once the source does not hang. False if the reader has left.
    async fn send(&mut self, event: EventId, outlet: &Outlet) -> bool {
        self.clock.sleep_until(self.hangs.up_from(self.clock.now())).await;
        self.sent = tokio::time::Instant::now();
        let wire = &self.asked.wire;
        outlet.event(wire.payload, wire.event(event)).await
    }
}
