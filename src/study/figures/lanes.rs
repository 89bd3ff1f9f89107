//! The series along time: the swim lanes, and the stories of single events.

use crate::policy::channel::Channel;

/// Swim lanes of one stretch of time: the requests of each client, and when it held each event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lanes {
    /// Beginning and end of the stretch.
    pub span_s: (f64, f64),
    /// Why this stretch, as the end of the sentence "chosen because ...".
    pub chosen_because: String,
    /// What is not drawn (other members, other resources); empty where all is drawn.
    pub left_out: String,
    /// The events that occurred in the stretch.
    pub events_s: Vec<f64>,
    /// The one of them for which the stretch was chosen.
    pub chosen: usize,
    /// The type of each; empty where there is only one.
    pub types: Vec<String>,
    /// One for each client.
    pub lanes: Vec<Lane>,
}

/// One client's lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The client.
    pub client: usize,
    /// Its requests, in order of time.
    pub marks: Vec<Mark>,
    /// When this client held each event of the stretch, in the same order.
    pub held: Vec<Held>,
}

/// When a client held an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held {
    /// At that time, in seconds.
    At(f64),
    /// Never.
    Never,
    /// It is of a type for which the client does not ask.
    Unwanted,
}

/// One request of a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// When it was sent.
    pub sent_s: f64,
    /// When its sender knew its outcome.
    pub ended_s: f64,
    /// Its kind and outcome.
    pub kind: MarkKind,
    /// The channel that it belongs to.
    pub channel: Channel,
    /// The number of its delivery attempt, counted from 1; 0 for a request that the client sent.
    pub attempt: u32,
    /// Whether it delivers the event that the stretch was chosen for.
    pub chosen: bool,
}

/// The kind and outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A request of the client that brought no new event.
    AskedInVain,
    /// A request of the client that brought a new event.
    AskedAndGot,
    /// A request of the client that failed.
    AskedAndFailed,
    /// A stream that was opened. It is drawn as a line to its end.
    Connected,
    /// An event received on a stream.
    Streamed,
    /// A first attempt that was acknowledged.
    Delivery,
    /// A later attempt that was acknowledged.
    Retry,
    /// A delivery of an event already held.
    Duplicate,
    /// An attempt that was acknowledged, and whose event the client lost.
    NotKept,
    /// An attempt that brought the event and failed for its sender: the answer was lost, or came too late.
    Unacknowledged,
    /// An attempt that failed and brought nothing.
    FailedAttempt,
}

/// The delivery of one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// The client.
    pub client: usize,
    /// Which event it is: `the first event that never came`.
    pub because: String,
    /// When it occurred.
    pub occurred_s: f64,
    /// Seconds from then until the client held it; None: never.
    pub known_after_s: Option<f64>,
    /// Whether a poll brought it that no delivery had announced.
    pub found: bool,
    /// In order.
    pub attempts: Vec<Attempt>,
    /// When the client, or the source, was down, in seconds from the occurrence.
    pub down_s: Vec<(f64, f64)>,
}

/// One attempt of a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// Seconds from the occurrence until it was sent.
    pub sent_after_s: f64,
    /// Seconds from the occurrence until its sender knew its result.
    pub ended_after_s: f64,
    /// An HTTP status, or why there is none.
    pub status: String,
    /// What came of it.
    pub end: AttemptEnd,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It brought the event.
    Delivered,
    /// It was acknowledged, and the client held the event already.
    Again,
    /// It was acknowledged, and the client lost the event.
    NotKept,
    /// It brought the event, and failed for its sender.
    Unacknowledged,
    /// It failed and brought nothing.
    Failed,
}

/// How a client came to know one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The event's id on the wire.
    pub event: String,
    /// Its deliveries, and when it was known.
    pub story: Story,
    /// What the client sent until it knew the event, each with the seconds from the occurrence to its sending and its end.
    pub asked: Vec<Asked>,
}

/// A request of a client while an event waited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// Seconds from the occurrence until it was sent, at least zero.
    pub sent_after_s: f64,
    /// Seconds from the occurrence until its outcome was known.
    pub ended_after_s: f64,
    /// Its outcome.
    pub kind: MarkKind,
}
