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
//! ```
//! use pollhook::{scenario, sim::RunOptions, study};
//!
//! let scenario = scenario::load("hello", r#"
//!     duration = "1h"
//!     [events]
//!     arrivals = { process = "poisson", rate = "60/h" }
//!     [[client]]
//!     kind = "poll"
//!     interval = "60s"
//! "#, &[]).expect("the scenario is valid");
//! let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it");
//! assert_eq!(results.summary.clients[0].requests.total, 60);
//! ```

#[cfg(feature = "chart")]
pub mod chart;
pub mod figure;
#[cfg(feature = "live")]
pub mod live;
pub mod measure;
pub mod model;
mod parallel;
pub mod policy;
#[cfg(feature = "report")]
pub mod report;
pub mod rng;
pub mod scenario;
pub mod sim;
pub mod study;
pub mod theory;
pub mod time;
