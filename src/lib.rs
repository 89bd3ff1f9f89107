//! pollhook runs polling clients, webhook subscribers and event streams side by side on the same simulated events, in
//! virtual time or over real HTTP, and measures when each client knows of an event, and at what cost.
//!
//! ```text
//! time  rng  figure
//!  └─ policy      every decision that a scenario can vary, and the kinds of channel
//!      └─ scenario    TOML -> Scenario, resolved and valid; the only parser
//!          └─ model       the state machines: inbox, source, channels
//!              └─ measure     observations -> counts, receipts, the ledger of losses
//!                  ├─ sim     driver 1: virtual time
//!                  └─ live    driver 2: tokio and hyper; hyper nowhere else
//!                      └─ study   replications, intervals, comparison with theory, the series of the charts
//!                          ├─ compare     reports side by side
//!                          ├─ sweep       a scenario at every setting of a grid
//!                              └─ chart   pictures of results
//!                                  └─ report  files, page and text
//! theory          closed forms of plain numbers
//! ```
//!
//! A module uses only modules above it (`tests/layers`). Time is an argument, and every random draw is a function of
//! its key, so the bytes of a virtual run depend only on scenario, seed and version. Without features the library uses no
//! file, no socket and no terminal.
//!
//! # The public interface
//!
//! [`Scenario::load`] reads a scenario, [`run`] runs it in virtual time, and [`Results`] has the result:
//!
//! ```
//! use pollhook::{RunOptions, Scenario};
//!
//! let scenario = Scenario::load("hello", r#"
//!     duration = "1h"
//!     [events]
//!     arrivals = { process = "poisson", rate = "60/h" }
//!     [[client]]
//!     kind = "poll"
//!     interval = "60s"
//! "#, &[]).expect("the scenario is valid");
//! let results = pollhook::run(&scenario, RunOptions::TO_THE_END).expect("nobody stops it");
//! assert_eq!(results.summary.clients[0].requests.total, 60);
//! ```
//!
//! To inspect a run while it continues, use a [`Session`], which runs one client through one replication. To use your own
//! clock and network, drive a [`World`]. A session:
//!
//! ```
//! use pollhook::{Events, Instant, Path, Randomness, Scenario, Session, Span};
//! use std::sync::Arc;
//!
//! # let text = r#"
//! #     duration = "1h"
//! #     [events]
//! #     arrivals = { process = "poisson", rate = "60/h" }
//! #     [[client]]
//! #     kind = "poll"
//! #     interval = "60s"
//! # "#;
//! let scenario = Arc::new(Scenario::load("hello", text, &[]).expect("the scenario is valid"));
//! let randomness = Randomness::new(scenario.seed, 0);
//! let events = Arc::new(Events::draw(&scenario, randomness));
//! let mut session = Session::new(&scenario, &scenario.clients[0], &events, randomness, Path::Plain);
//! let half = Instant::START + Span::from_secs_f64(1800.0);
//! session.advance(half);
//! assert_eq!(session.snapshot(half).requests.total(), 30);
//! session.advance(session.limit());
//! assert_eq!(session.finish(None).requests.total(), 60);
//! ```
//!
//! The modules are hidden. The program, its tests and its benchmarks use them, and they change without notice.

#[cfg(feature = "chart")]
#[doc(hidden)]
pub mod chart;
#[doc(hidden)]
pub mod compare;
#[doc(hidden)]
pub mod figure;
#[cfg(feature = "live")]
#[doc(hidden)]
pub mod live;
#[doc(hidden)]
pub mod measure;
#[doc(hidden)]
pub mod model;
mod parallel;
#[doc(hidden)]
pub mod policy;
#[cfg(feature = "report")]
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod rng;
#[doc(hidden)]
pub mod scenario;
#[doc(hidden)]
pub mod scratch;
#[doc(hidden)]
pub mod sim;
#[doc(hidden)]
pub mod study;
#[doc(hidden)]
pub mod sweep;
#[doc(hidden)]
pub mod theory;
#[doc(hidden)]
pub mod time;
#[doc(hidden)]
pub mod twin;

#[doc(inline)]
pub use {
    measure::{Ledger, Receipt, Record},
    model::events::{EventId, Events},
    model::exchange::{Answer, Ask, Exchange, Reaction, Request},
    model::{Arrival, Input, Observation, Outbox, Side, Timer, World},
    rng::Randomness,
    scenario::{Client, Kind, Override, Problems, Scenario},
    sim::{Path, RunOptions, Session},
    study::summary::Summary,
    study::{Check, EventRow, Results, Verdict},
    time::{Instant, Span},
};

/// Runs a scenario in virtual time; None if `options.stop` was set before anything happened.
pub fn run(scenario: &Scenario, options: RunOptions<'_>) -> Option<Results> {
    study::run(scenario, options, false, || ())
}
