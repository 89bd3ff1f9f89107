//! Streams over real connections: the source sends frames, and the client reads them.

mod follow;
mod outlet;
mod reader;
mod socket;
mod table;

pub(super) use follow::{HEARTBEAT_AFTER, follow};
pub(super) use outlet::{Opening, Outlet};
pub(super) use socket::socket_key;
pub(super) use table::{Outgoing, Streams};

use super::client_driver::ClientDriver;
use super::connection::{Connections, Taken};
use super::endpoint::{react, refuse};
use super::lock;
use super::server::Handled;
use super::wire::{self, Wire};
use crate::model::Side;
use crate::model::exchange::{Answer, Exchange, Request, Says};
use crate::model::network::{InOrder, Links, Transit};
use crate::policy::framing::Framing;
use crate::time::Instant;
use hyper::body::Incoming;
use reader::Reader;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot};

/// The source's side: a client of the scenario asks for a stream.
pub(super) async fn open(
    driver: &Arc<ClientDriver>,
    links: &Links,
    wire: &Wire,
    framing: Framing,
    request: &mut hyper::Request<Incoming>,
) -> Handled {
    match wire.read_opening(driver, request.uri(), request.headers()) {
        Ok(asked) => {
            let opening = match Opening::of(framing, request) {
                Ok(opening) => opening,
                Err(problem) => return Handled::Answer(problem.response()),
            };
            react(driver, links, &asked, |answer| match answer {
                Answer::Opened => serve(driver, links, wire, asked.exchange, opening),
                Answer::Status(status) => wire::status(status),
                Answer::Busy { status, retry_after_s } => wire::busy(status, retry_after_s),
                Answer::Page { .. }
                | Answer::Shown { .. }
                | Answer::Refused
                | Answer::Closed
                | Answer::TimedOut
                | Answer::Aborted => wire::status(500),
            })
            .await
        }
        Err(foreign) => refuse(foreign),
    }
}

fn serve(
    driver: &Arc<ClientDriver>,
    links: &Links,
    wire: &Wire,
    stream: Exchange,
    opening: Opening,
) -> hyper::Response<super::body::Body> {
    // If the client has given it up meanwhile, the answer is never read.
    let Some((opened, to_send)) = driver.take_stream(&stream) else { return wire::status(500) };
    let (outlet, answer) = opening.accept(wire.payload, None);
    let sender = FrameSender { driver: Arc::clone(driver), links: links.clone(), wire: wire.clone(), stream };
    tokio::spawn(sender.run(order(links, &stream, opened), to_send, outlet));
    answer
}

/// Sends the frames of one stream.
struct FrameSender {
    driver: Arc<ClientDriver>,
    links: Links,
    wire: Wire,
    stream: Exchange,
}

impl FrameSender {
    /// Runs until a side closes the stream or a frame is lost. Frames keep their order.
    async fn run(self, mut order: InOrder, mut to_send: mpsc::UnboundedReceiver<Outgoing>, outlet: Outlet) {
        let clock = self.driver.clock;
        loop {
            let next = tokio::select! {
                next = to_send.recv() => next,
                () = outlet.closed() => None,
            };
            match next {
                Some(Outgoing::Frame(frame)) => match order.send(&self.links, &frame) {
                    Transit::Arrives(at) => {
                        clock.sleep_until(at).await;
                        let is_read = match frame.says {
                            Says::Event(event) => {
                                outlet.event(self.wire.payload, self.wire.event(event)).await
                            }
                            Says::Heartbeat => outlet.heartbeat().await,
                        };
                        if !is_read {
                            break;
                        }
                    }
                    Transit::Cut { client, source } => {
                        clock.sleep_until(client).await;
                        outlet.cut();
                        clock.sleep_until(source).await;
                        break;
                    }
                },
                Some(Outgoing::Close(at)) => {
                    clock.sleep_until(order.close(&self.links, &self.stream, at)).await;
                    outlet.cut();
                    break;
                }
                None => break,
            }
        }
        self.driver.closed(&self.stream, Side::Source);
    }
}

/// The client's side: asks for a stream and reads it to its end.
pub(super) async fn read(
    driver: &ClientDriver,
    links: &Links,
    wire: &Wire,
    connections: &Connections,
    request: &Request,
) {
    let (clock, opener) = (driver.clock, request.exchange.channel.opener());
    let taken = Mutex::new(Taken::default());
    let opening = async {
        clock.sleep_until(request.sent + links.there(opener).delay(&request.exchange)).await;
        let streaming = connections.stream(wire.request(request), &taken).await;
        if streaming.is_none() {
            clock.sleep_until(clock.now() + links.back(opener).delay(&request.exchange)).await;
        }
        streaming
    };
    let opened = tokio::time::timeout_at(clock.real(request.deadline).into(), opening).await;
    let taken = *lock(&taken);
    if opened.is_err()
        && let Some(delay) = links.there(opener).carry(&request.exchange)
    {
        driver.given_up(request, request.sent + delay);
    }
    let opens = request.exchange.channel.framing().map(Framing::status);
    let opened = match opened {
        Err(_) => Err(Answer::TimedOut),
        Ok(None) => Err(Answer::Refused),
        // An answer with that status that is not a stream is invalid.
        Ok(Some(answered)) if Some(answered.status()) == opens => {
            Reader::of(&request.exchange, wire, answered).await.ok_or(Answer::Status(502))
        }
        Ok(Some(answered)) => Err(wire::refusal(answered.status(), |name| answered.header(name))),
    };
    let bytes = (taken.written, taken.read);
    let mut reader = match opened {
        Ok(reader) => reader,
        Err(answer) => return driver.answer(request, answer, bytes),
    };
    let (leave, left) = oneshot::channel();
    let stream = request.exchange;
    let Some(opened) = driver.join(request, leave, bytes) else { return };
    let at = tokio::select! {
        at = left => at.ok(),
        () = receive(driver, links, wire, (stream, opened), &mut reader) => None,
    };
    match at {
        // The source learns of it after one delay to the source.
        Some(at) => {
            clock.sleep_until(links.closed_by_client(&stream, at)).await;
        }
        None => driver.closed(&stream, Side::Client),
    }
}

/// The order of the frames of a stream that the source opens at that time: they come after its answer.
fn order(links: &Links, stream: &Exchange, opened: Instant) -> InOrder {
    InOrder::after(opened + links.back(stream.channel.opener()).delay(stream))
}

/// Reads frames until the stream ends, breaks or has a frame that was not sent.
async fn receive(
    driver: &ClientDriver,
    links: &Links,
    wire: &Wire,
    (stream, opened): (Exchange, Instant),
    reader: &mut Reader,
) {
    let mut order = order(links, &stream, opened);
    while let Some(event) = reader.next(wire).await {
        let Some(frame) = driver.frame(&stream, event, reader.taken()) else { return };
        if let Transit::Arrives(due) = order.send(links, &frame) {
            driver.late(due);
        }
    }
}
