//! The series of what goes over the wire: bytes, and the connections that stay open.

pub use crate::measure::BytesBin;

/// HTTP bytes in bins of time, until the end of the events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BytesOverTime {
    /// When the first bin begins.
    pub from_s: f64,
    /// Width of a bin, a round number.
    pub bin_s: f64,
    /// One for each client; all have the same number of bins.
    pub clients: Vec<BytesBins>,
    /// Whether they say what the requests over time do not.
    pub say_more: bool,
}

/// One client's bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct BytesBins {
    /// The client.
    pub client: usize,
    /// In order of time.
    pub bins: Vec<BytesBin>,
}

impl BytesBins {
    /// The sum of all bins, which is `bytes.total` of this run.
    pub fn total(&self) -> u64 {
        self.bins.iter().map(BytesBin::total).sum()
    }
}

/// The connections that the source holds open, in bins of time, until the end of the events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectionsOverTime {
    /// Beginning and end.
    pub span_s: (f64, f64),
    /// Width of a bin, a round number. The last one ends with the events.
    pub bin_s: f64,
    /// One for each client that keeps any open.
    pub clients: Vec<ConnectionLine>,
}

/// One client's connections.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionLine {
    /// The client.
    pub client: usize,
    /// In order of time.
    pub bins: Vec<Connections>,
    /// How many were open on average.
    pub mean: f64,
    /// The most that were open at a time.
    pub most: u32,
}

/// The connections of one bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connections {
    /// How many were open on average.
    pub mean: f64,
    /// The fewest that were open at a time.
    pub least: u32,
    /// The most that were open at a time.
    pub most: u32,
}
