//! What a figure declares of itself: its unit, which way is better, and what replications, events, lateness and chance do
//! to it.

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of requests, events or clients.
    Count,
    /// A number per event.
    PerEvent,
    /// A number per second.
    PerSecond,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A share, from 0 to 1.
    Share,
}

/// Whether a lower or a higher value is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// A lower value is better.
    Lower,
    /// A higher value is better.
    Higher,
    /// Neither: it only describes the run.
    Neutral,
}

impl Better {
    /// Whether it is a lower value that is better; None where neither is.
    pub const fn is_lower(self) -> Option<bool> {
        match self {
            Self::Lower => Some(true),
            Self::Higher => Some(false),
            Self::Neutral => None,
        }
    }
}

/// How the values of several replications become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// It is the same in every replication.
    Same,
    /// The sum of all replications.
    Sum,
    /// A ratio of sums over all replications.
    Mean,
    /// A ratio of sums that is at most 1.
    Share,
    /// Taken from the events of all replications together: percentiles and the standard deviation.
    Pooled,
    /// The minimum or the maximum of all replications.
    Extreme,
}

/// How events change a figure of a client that sends requests by itself, such as a poller. It decides what a run
/// without events says of the figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithEvents {
    /// Events do not change it.
    Unchanged,
    /// It counts requests, which the client sends without events, too. Events only add to it.
    Grows,
    /// It counts what happens while there is nothing new. Events take from it.
    Shrinks,
    /// It describes events, or requests that only events cause: without events it says nothing.
    Needed,
}

/// Which clients have a figure that is predicted. For the others it is 0 or null, and no closed form is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HadBy {
    /// Every client.
    Every,
    /// Clients that ask: by polls, beside webhooks too, or by long polls.
    Asking,
    /// Clients that stay connected to a stream.
    Connected,
    /// Clients that are called: by webhooks.
    Called,
}

/// What the lateness of a live engine may change of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lateness {
    /// Nothing, as long as no request times out for it.
    Unmoved,
    /// It is a typical or mean time, which hardly contains more than the 99th percentile of the lateness.
    Typical,
    /// It is a time of the tail, which may contain the greatest lateness.
    Tail,
    /// It is the share of events within a time, which lateness may move across it.
    Within,
    /// It is a share of time or of polls. Each late event may change it for as long as it is late.
    PerEvent,
}

/// How far a figure of a run may be from its prediction by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// It is the mean latency: as its standard deviation tells.
    Mean,
    /// It is the standard deviation of the latency: as replications differ, and by what a few slow events change.
    Deviation,
    /// It is the latency of that share of the events: as the number of events below it tells.
    Rank(f64),
    /// It is a bound that no run exceeds.
    Bound,
    /// It is a share of the polls: as their number tells.
    Polls,
    /// It is a share of the events: as their number tells.
    Events,
    /// It counts what happens in the window: as replications differ, and by what happens at the ends of the window.
    Counted,
    /// It counts what may be rare: the same, and as a number of independent things varies.
    Rare,
    /// It counts the attempts of each event: as replications differ, and by what a few events with all attempts change.
    Attempts,
    /// It is an average over time: as replications differ, and by the time until the first event.
    OverTime,
}

impl Unit {
    /// As the documentation names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::PerEvent => "per event",
            Self::PerSecond => "1/s",
            Self::Seconds => "s",
            Self::Bytes => "bytes",
            Self::Share => "share",
        }
    }
}

impl Better {
    /// As the documentation names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Neutral => "neutral",
        }
    }
}

impl Combine {
    /// Whether replications scatter about it, so that it has an interval, given enough events.
    pub const fn scatters(self) -> bool {
        match self {
            Self::Sum | Self::Mean | Self::Share | Self::Pooled => true,
            Self::Same | Self::Extreme => false,
        }
    }

    /// As the documentation names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Share => "share",
            Self::Pooled => "of all events",
            Self::Extreme => "extreme",
        }
    }
}
