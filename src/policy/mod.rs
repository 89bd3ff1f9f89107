//! Every decision that a scenario may vary, one per file: its configuration, and the pure function of
//! (configuration, history, draw) that decides. Both engines use these functions.
//!
//! Nothing here knows a scenario file, a machine of the model, a clock or a socket.

pub mod arrivals;
pub mod attacked;
pub mod backoff;
pub mod batching;
pub mod billing;
pub mod breaker;
pub mod channel;
pub mod conditional;
pub mod content;
pub mod cursor;
pub mod delay;
pub mod disable;
pub mod event_stream;
pub mod event_types;
pub mod framing;
pub mod handshake;
pub mod heartbeat;
pub mod job;
pub mod limit;
pub mod mark;
pub mod message;
pub mod outage;
pub mod paging;
pub mod reconnect;
pub mod registration;
pub mod retry;
pub mod schedule;
pub mod security;
pub mod share;
pub mod sizes;
pub mod slow;
pub mod websocket;
