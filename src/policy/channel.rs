//! The kinds of channel through which events reach a client, and the capabilities of each.
//!
//! Outside the model, the live engine and the reading of a scenario no code asks which kind a client is: charts,
//! reports and figures read these capabilities. A new kind is a new variant; the compiler lists the arms that it needs.

use super::framing::Framing;

/// A kind of channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// The client asks at intervals.
    Poll,
    /// The client keeps a request open that the source holds until there is an event (RFC 6202).
    LongPoll,
    /// The client keeps one answer open, on which the source sends events as they occur (server-sent events, WHATWG HTML).
    Sse,
    /// The same over a connection that has changed its protocol (WebSocket, RFC 6455).
    WebSocket,
    /// The source sends each event to the client's endpoint.
    Webhook,
    /// The client fetches the events that a webhook has only announced. No client has this channel alone.
    Fetch,
}

/// The party that opens an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opener {
    /// The client asks the source.
    Client,
    /// The source calls the client.
    Source,
}

/// What determines how many requests a channel sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Time: the number does not depend on the events.
    Clock,
    /// The events: a number for each event.
    Events,
    /// Both: more with more events, and some without events.
    Both,
    /// Neither: one, and another each time that the stream breaks.
    Breaks,
}

/// The words for a channel's requests and clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// One request.
    pub request: &'static str,
    /// Several.
    pub requests: &'static str,
    /// The channel as the subject of a sentence: "Polling", "Webhooks".
    pub subject: &'static str,
    /// Whether `subject` is a plural.
    pub plural: bool,
}

impl Opener {
    /// Sorts the amounts of a request and of its answer by direction: (towards the source, towards the client).
    #[inline]
    pub const fn by_direction(self, asked: u64, answered: u64) -> (u64, u64) {
        match self {
            Self::Client => (asked, answered),
            Self::Source => (answered, asked),
        }
    }
}

impl Channel {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Poll, Self::LongPoll, Self::Sse, Self::WebSocket, Self::Webhook, Self::Fetch];

    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::LongPoll => "long-poll",
            Self::Sse => "sse",
            Self::WebSocket => "websocket",
            Self::Webhook => "webhook",
            Self::Fetch => "fetch",
        }
    }

    /// The party that opens its exchanges.
    pub const fn opener(self) -> Opener {
        match self {
            Self::Poll | Self::LongPoll | Self::Sse | Self::WebSocket | Self::Fetch => Opener::Client,
            Self::Webhook => Opener::Source,
        }
    }

    /// What determines how many requests it sends.
    pub const fn pace(self) -> Pace {
        match self {
            Self::Poll => Pace::Clock,
            Self::LongPoll | Self::Fetch => Pace::Both,
            Self::Sse | Self::WebSocket => Pace::Breaks,
            Self::Webhook => Pace::Events,
        }
    }

    /// Whether it may bring an event more than once, or after another channel has brought it.
    pub const fn may_duplicate(self) -> bool {
        match self {
            Self::Poll | Self::LongPoll | Self::Sse | Self::WebSocket | Self::Fetch => false,
            Self::Webhook => true,
        }
    }

    /// Whether a request of it opens a stream, on which events come until it is closed or cut.
    pub const fn stays_connected(self) -> bool {
        self.framing().is_some()
    }

    /// How that stream is written; None: a request of it opens none.
    pub const fn framing(self) -> Option<Framing> {
        match self {
            Self::Sse => Some(Framing::EventStream),
            Self::WebSocket => Some(Framing::WebSocket),
            Self::Poll | Self::LongPoll | Self::Webhook | Self::Fetch => None,
        }
    }

    /// Whether its requests are answered as soon as they are worked on, and never wait for an event.
    pub const fn is_answered_at_once(self) -> bool {
        match self {
            Self::Poll | Self::Webhook | Self::Fetch => true,
            Self::LongPoll | Self::Sse | Self::WebSocket => false,
        }
    }

    /// The words for its requests and clients.
    pub const fn words(self) -> Words {
        match self {
            Self::Poll => Words { request: "poll", requests: "polls", subject: "Polling", plural: false },
            Self::LongPoll => {
                Words { request: "poll", requests: "polls", subject: "Long polling", plural: false }
            }
            Self::Sse => Words {
                request: "connection",
                requests: "connections",
                subject: "Server-sent events",
                plural: true,
            },
            Self::WebSocket => {
                Words { request: "connection", requests: "connections", subject: "WebSockets", plural: true }
            }
            Self::Webhook => {
                Words { request: "delivery", requests: "deliveries", subject: "Webhooks", plural: true }
            }
            Self::Fetch => {
                Words { request: "fetch", requests: "fetches", subject: "Fetching", plural: false }
            }
        }
    }

    /// The symbol of the first client of this kind, in plain text.
    pub const fn symbol(self) -> char {
        match self {
            Self::Poll => 'o',
            Self::LongPoll => '~',
            Self::Sse => '=',
            Self::WebSocket => '>',
            Self::Webhook => '^',
            Self::Fetch => ':',
        }
    }
}
