//! Driver 2: real HTTP over TCP on loopback, in real time. The only place with sockets, tasks and a clock.
//!
//! ```text
//!               source side                             client side
//!   generator ─> ClientDriver (World) ── deliveries ──> Endpoint ─> ClientDriver
//!                Source API   <── polls ─────── ClientDriver (World)
//! ```
//!
//! The model decides; the engine carries out its effects. Each client has its own source with its own listener, because
//! limits hold for each client; one more source, the public one, answers any process of the machine. The sender delays
//! a request, and its receiver the answer; a lost request is really sent, and never answered. Timers have a resolution
//! of a millisecond, and their lateness is part of the result.

mod access;
mod announce;
mod attacker;
mod body;
mod client_driver;
mod clock;
mod connection;
mod cpu;
mod descriptors;
mod endpoint;
mod error;
mod generate;
mod guests;
mod jobs;
mod log;
mod patience;
mod problem;
mod query;
mod recording;
mod registering;
mod reply;
mod run;
mod secured;
mod serve;
mod server;
mod setting;
mod source;
mod stream;
mod subscriptions;
mod target;
mod tls;
mod transport;
mod wire;

pub use announce::Announcements;
pub use error::{LiveError, MAX_LOOPS};
pub use generate::Stall;
pub use log::MAX_STREAMS;
pub use recording::{Delivered, Recording};
pub use run::{LiveRun, Options, run};
pub use serve::{Reach, ServeOptions, serve};
pub use tls::Certificate;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex, whether or not another thread panicked with it: a panic ends the run by itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For the fuzz target `wire`: reads a text as everything that comes over the wire.
#[cfg(fuzzing)]
pub fn read_anything(text: &str) {
    wire::read_anything(text);
    target::read_any_url(text);
    subscriptions::read_anything(text);
    serve::read_anything(text);
}
