//! pollhook runs a polling client and a webhook subscriber side by side on the same simulated events, in virtual time
//! or over real HTTP, and measures what each one knew, when, and at what cost.
//!
//! ```text
//! time  rng  figure
//!  └─ policy      every decision that a scenario may vary, and the kinds of channel
//!      └─ scenario    TOML -> Scenario, resolved and valid; the only parser
//!          └─ model       the machines: inbox, source, channels
//!              └─ measure     observations -> counts, receipts, the loss ledger
//!                  ├─ sim     driver 1: virtual time
//!                  └─ live    driver 2: tokio and hyper; hyper nowhere else
//!                      └─ study   replications, intervals, theory beside them, the series of the charts
//!                          └─ chart   pictures from results
//!                              └─ report  files, page and text
//! theory          closed forms of plain numbers
//! ```
//!
//! A module names only those above it (`tests/layers.rs`). Time is passed in, and every random draw is a function of its key; so a
//! virtual run's bytes depend on scenario, seed and version alone. Without features there is no file, no socket
//! and no terminal in the library.
//!
//! # The face of the library
//!
//! [`Scenario::load`] reads a scenario, [`run`] runs it in virtual time, and [`Results`] has what came out:
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
//! Who wants to look into a run while it goes on drives a [`Session`], one client through one replication; who brings a
//! clock and a network of their own drives a [`World`]:
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
//! The modules themselves are hidden: the program, its tests and its benchmarks use them, and they change without
//! notice.

#[cfg(feature = "chart")]
#[doc(hidden)]
pub mod chart;
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
pub mod sim;
#[doc(hidden)]
pub mod study;
#[doc(hidden)]
pub mod theory;
#[doc(hidden)]
pub mod time;

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

/// Runs a scenario in virtual time; None where `options.stop` was raised before anything had happened.
pub fn run(scenario: &Scenario, options: RunOptions<'_>) -> Option<Results> {
    study::run(scenario, options, false, || ())
}
