//! Deliveries of a source that runs by itself: subscriptions, their attempts, and what went over the wire.

mod attempt;
mod handshake;
mod hub;
mod letter;
mod line;
mod reach;
mod send;
mod settings;
mod subscriber;
mod target;
mod way;

pub(super) use attempt::{Attempt, Cause, Outcome, Received, Written};
pub(super) use handshake::{Shaken, TOKEN};
pub(super) use hub::{Change, Hub, MAX_SUBSCRIPTIONS};
pub use reach::Reach;
pub(super) use settings::Settings;
pub(super) use subscriber::{PENDING, State, Subscriber};
pub(super) use way::Way;
