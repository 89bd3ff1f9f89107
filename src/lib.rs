//! pollhook: polling against webhooks on the same events.

#[cfg(feature = "report")]
pub mod chart;
#[cfg(feature = "live")]
pub mod live;
pub mod measure;
pub mod model;
pub mod policy;
#[cfg(feature = "report")]
pub mod report;
pub mod rng;
pub mod scenario;
pub mod sim;
pub mod study;
pub mod theory;
pub mod time;
