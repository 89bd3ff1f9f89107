//! Streams over real connections: the source sends frames, and the client reads them.

mod follow;
mod table;

pub(super) use follow::{HEARTBEAT_AFTER, follow};
pub(super) use table::{Outgoing, Streams};

use super::body::{Cut, Parts, growing};
use super::client_driver::ClientDriver;
use super::connection::{Connections, Streaming, Taken};
use super::endpoint::{react, refuse};
use super::lock;
use super::server::Handled;
use super::wire::{self, Wire};
use crate::model::Side;
use crate::model::exchange::{Answer, Exchange, Request};
use crate::model::network::{InOrder, Links, Transit};
use crate::policy::event_stream;
use crate::policy::message;
use crate::time::Instant;
use bytes::{Buf, BytesMut};
use hyper::body::Incoming;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot};

/// The source's side: a client of the scenario asks for a stream.
pub(super) async fn open(
    driver: &Arc<ClientDriver>,
    links: &Links,
    wire: &Wire,
    request: &hyper::Request<Incoming>,
) -> Handled {
    match wire.read_opening(driver, request.uri(), request.headers()) {
        Ok(asked) => {
            react(driver, links, &asked, |answer| match answer {
                Answer::Opened => serve(driver, links, wire, asked.exchange),
                Answer::Status(status) => wire::status(status),
                Answer::Busy { status, retry_after_s } => wire::busy(status, retry_after_s),
                _ => wire::status(500),
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
) -> hyper::Response<super::body::Body> {
    // If the client has given it up meanwhile, the answer is never read.
    let Some(to_send) = driver.take_stream(&stream) else { return wire::status(500) };
    let (parts, body) = growing();
    let sender = FrameSender { driver: Arc::clone(driver), links: links.clone(), wire: wire.clone(), stream };
    tokio::spawn(sender.run(to_send, parts));
    wire::opened(body)
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
    async fn run(self, mut to_send: mpsc::UnboundedReceiver<Outgoing>, parts: Parts) {
        let clock = self.driver.clock;
        let mut order = InOrder::after(Instant::START);
        loop {
            let next = tokio::select! {
                next = to_send.recv() => next,
                () = parts.closed() => None,
            };
            match next {
                Some(Outgoing::Frame(frame)) => match order.send(&self.links, &frame) {
                    Transit::Arrives(at) => {
                        clock.sleep_until(at).await;
                        if parts.send(Ok(self.wire.frame(&frame))).await.is_err() {
                            break;
                        }
                    }
                    Transit::Cut { client, source } => {
                        clock.sleep_until(client).await;
                        let _ = parts.send(Err(Cut)).await;
                        clock.sleep_until(source).await;
                        break;
                    }
                },
                Some(Outgoing::Close(at)) => {
                    clock.sleep_until(order.close(&self.links, &self.stream, at)).await;
                    let _ = parts.send(Err(Cut)).await;
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
    let (streaming, answer) = match opened {
        Err(_) => (None, Answer::TimedOut),
        Ok(None) => (None, Answer::Refused),
        Ok(Some(streaming)) => match streaming.status() {
            200 if streaming.media_type() == Some(event_stream::MEDIA_TYPE) => {
                (Some(streaming), Answer::Opened)
            }
            // An answer with 200 that is not a stream is invalid.
            200 => (None, Answer::Status(502)),
            status => (None, Answer::Status(status)),
        },
    };
    let bytes = (taken.written, taken.read);
    let Some(mut streaming) = streaming else {
        driver.answer(request, answer, bytes);
        return;
    };
    let (leave, left) = oneshot::channel();
    let stream = request.exchange;
    if !driver.join(request, leave, bytes) {
        return;
    }
    let at = tokio::select! {
        at = left => at.ok(),
        () = receive(driver, links, wire, stream, &mut streaming) => None,
    };
    match at {
        // The source learns of it after one delay to the source.
        Some(at) => {
            clock.sleep_until(links.closed_by_client(&stream, at)).await;
        }
        None => driver.closed(&stream, Side::Client),
    }
}

/// Reads frames until the stream ends, breaks or has a frame that was not sent.
async fn receive(
    driver: &ClientDriver,
    links: &Links,
    wire: &Wire,
    stream: Exchange,
    streaming: &mut Streaming,
) {
    let (mut buffer, mut order) = (BytesMut::new(), InOrder::after(Instant::START));
    while let Some(part) = streaming.next().await {
        buffer.extend_from_slice(&part);
        while let Some(end) = buffer.windows(2).position(|end| end == b"\n\n") {
            let text = buffer.split_to(end + 2);
            let Ok(text) = std::str::from_utf8(&text) else { return };
            let event = match event_stream::read_frame(text) {
                None => None,
                Some(id) => match message::parse_event_id(id) {
                    Some(id) if id > 0 => match wire.events.place(id - 1) {
                        Some(event) => Some(event),
                        None => return,
                    },
                    _ => return,
                },
            };
            let Some(frame) = driver.frame(&stream, event, streaming.read()) else { return };
            if let Transit::Arrives(due) = order.send(links, &frame) {
                driver.late(due);
            }
        }
        if buffer.remaining() > wire.max_frame_bytes() {
            return;
        }
    }
}
