//! The CPU time of a live run.

use serde::{Deserialize, Serialize};

/// CPU time by side, in real seconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct Cpu {
    /// The source's threads.
    pub source: f64,
    /// The clients' threads.
    pub client: f64,
}
