//! The series behind the charts, one struct a chart, in seconds and plain counts. A chart draws what stands
//! here and decides nothing; how much of a long run is shown is decided where these are made.
//!
//! `client` is always the index of the client in the scenario.

use super::summary::Reached;
use crate::policy::channel::Channel;

/// Everything that is charted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// The interesting stretch, request by request; None where nothing was traced.
    pub lanes: Option<Lanes>,
    /// Share of events known within a time.
    pub known: Vec<Known>,
    /// Requests over time.
    pub requests: RequestsOverTime,
    /// How far behind each client was.
    pub behind: Behind,
    /// Requests per hour against event rate.
    pub break_even: BreakEven,
    /// Cost against freshness.
    pub trade_off: TradeOff,
    /// What became of the events.
    pub fates: Vec<Fates>,
    /// Times at which a party was down.
    pub outages: Vec<OutageBand>,
    /// How many replications there are. What runs along time, and what became of each event, is of the first; all else is
    /// of all.
    pub runs: u32,
    /// When events end; what is drawn after that is of the drain.
    pub events_end_s: f64,
    /// The two clients that the report's first sentence compares.
    pub compared: Option<(usize, usize)>,
}

/// A party's outage.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageBand {
    /// None: the source.
    pub client: Option<usize>,
    /// Beginning and end.
    pub span_s: (f64, f64),
}

/// Swim lanes of one stretch: who calls whom, and when each event became known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lanes {
    /// The stretch.
    pub span_s: (f64, f64),
    /// Why this stretch, as the end of the sentence "chosen because ...".
    pub chosen_because: String,
    /// When the event occurred that it was chosen for.
    pub chosen_s: f64,
    /// What is left out to keep it legible (other members, other resources); empty where nothing is.
    pub left_out: String,
    /// The events that occurred in the stretch.
    pub events_s: Vec<f64>,
    /// One for each client.
    pub lanes: Vec<Lane>,
}

/// One client's lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The client.
    pub client: usize,
    /// Its requests, in order of time.
    pub marks: Vec<Mark>,
    /// For each event of the stretch (the same order): when this client held it; None: never.
    pub held_s: Vec<Option<f64>>,
}

/// One request as drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// When it was sent.
    pub sent_s: f64,
    /// When its outcome was known to its sender.
    pub ended_s: f64,
    /// What it was and came to.
    pub kind: MarkKind,
    /// The channel that it belongs to.
    pub channel: Channel,
    /// Which attempt of its delivery, counted from 1; 0 for a request of the client's own.
    pub attempt: u32,
    /// Whether it delivers the event that the stretch was chosen for.
    pub chosen: bool,
}

/// What a request was and came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A request of the client's own that brought nothing new.
    AskedInVain,
    /// One that brought something.
    AskedAndGot,
    /// One that failed.
    AskedAndFailed,
    /// A connection that was opened and stays: a line from there to its end.
    Connected,
    /// An event that came on it.
    Streamed,
    /// A first attempt that was acknowledged.
    Delivery,
    /// A later attempt that was acknowledged.
    Retry,
    /// A delivery of an event already held.
    Duplicate,
    /// An attempt that was acknowledged, and whose event was not kept.
    NotKept,
    /// An attempt that failed.
    FailedAttempt,
}

/// One client's share of events known within a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The client.
    pub client: usize,
    /// Events that occurred.
    pub occurred: u64,
    /// (latency in seconds, share known within it), both rising; at most 600 points.
    pub steps: Vec<(f64, f64)>,
    /// Share of the events that occurred which it never held (lost or pending).
    pub never: f64,
    /// How many events that is.
    pub never_count: u64,
    /// When half of all events were known, where there are enough of them.
    pub p50: Option<Reached>,
    /// When 99 % were.
    pub p99: Option<Reached>,
    /// The closed form's curve, where there is one.
    pub theory: Option<Vec<(f64, f64)>>,
}

/// Requests in bins of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestsOverTime {
    /// When the first bin begins.
    pub from_s: f64,
    /// Width of a bin: a human step.
    pub bin_s: f64,
    /// One for each client; all have the same number of bins.
    pub clients: Vec<RequestBins>,
}

/// One client's requests in bins of time, by what they came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestBins {
    /// The client.
    pub client: usize,
    /// In order of time; those after the end of the events are of the drain.
    pub bins: Vec<Bin>,
    /// Beyond the time that is drawn: when a bin of the same width begins, and what is in it. Empty ones are left out.
    pub later: Vec<(f64, Bin)>,
}

/// The requests of one bin; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// The client's own requests and first attempts that brought something new.
    pub useful: u64,
    /// Answered and nothing new: the client's own requests in vain, duplicates.
    pub empty: u64,
    /// Failed, attempts of any number and polls.
    pub failed: u64,
    /// Attempts after the first that brought something new.
    pub retries: u64,
}

impl RequestBins {
    /// Every bin, those beyond the time that is drawn too.
    pub fn all(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().chain(self.later.iter().map(|(_, bin)| bin))
    }
}

impl Bin {
    /// All that brought something new, at whatever attempt.
    pub const fn brought_news(&self) -> u64 {
        self.useful + self.retries
    }
}

/// How far behind each client was: the age of the oldest event that it does not hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Behind {
    /// The time that is shown.
    pub span_s: (f64, f64),
    /// One for each client.
    pub clients: Vec<BehindLine>,
}

/// One client's line.
#[derive(Clone, Debug, PartialEq)]
pub struct BehindLine {
    /// The client.
    pub client: usize,
    /// (time, age of the oldest unknown event in seconds): the greatest in each of at most 600 steps.
    pub points: Vec<(f64, f64)>,
    /// The worst moment: (time, age).
    pub worst: Option<(f64, f64)>,
    /// What brought the event that was waited for then, such as `retry 3`.
    pub ended_by: Option<String>,
    /// Whether that is the end of the time that is shown, with the event still unknown.
    pub growing: bool,
}

/// Requests per hour against event rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BreakEven {
    /// The rate at which events occurred, per hour.
    pub here_per_h: f64,
    /// What each client would send at other rates.
    pub lines: Vec<BreakEvenLine>,
    /// Where two lines meet.
    pub crossing: Option<Crossing>,
}

/// One client's line.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakEvenLine {
    /// The client.
    pub client: usize,
    /// (events per hour, requests per hour), rising in the first.
    pub points: Vec<(f64, f64)>,
    /// What was measured at the scenario's rate.
    pub measured_per_h: f64,
}

/// Where a poller and a webhook send alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// The two clients.
    pub clients: (usize, usize),
    /// Events per hour.
    pub events_per_h: f64,
    /// Requests per hour.
    pub requests_per_h: f64,
}

/// Cost against freshness.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TradeOff {
    /// One for each client that delivered something.
    pub points: Vec<TradeOffPoint>,
    /// Clients that missed the fewest events.
    pub fullest: Vec<usize>,
    /// Of these, the clients that send the fewest requests; several where they are alike.
    pub cheapest: Vec<usize>,
    /// Of the fullest, those of the least mean latency; several where they are alike.
    pub freshest: Vec<usize>,
    /// What a fixed-interval poller would cost and bring at other intervals: (requests per day, mean latency in seconds).
    pub polling: Vec<(f64, f64)>,
}

/// One client's place.
#[derive(Clone, Debug, PartialEq)]
pub struct TradeOffPoint {
    /// The client.
    pub client: usize,
    /// Requests per day.
    pub requests_per_day: f64,
    /// Mean latency in seconds.
    pub mean_s: f64,
    /// 99th percentile, where there are enough events.
    pub p99_s: Option<f64>,
    /// Share of events never held.
    pub never: f64,
    /// Whether another client is at least as cheap, as fresh and as complete, and better in one, as far as the run can
    /// tell.
    pub dominated: bool,
}

/// What became of one client's events.
#[derive(Clone, Debug, PartialEq)]
pub struct Fates {
    /// The client.
    pub client: usize,
    /// Events by fate, in the order of [`Fate`], none of them zero; their sum is the number that occurred.
    pub counts: Vec<(Fate, u64)>,
    /// Receipts of events that it held already, beside that sum.
    pub duplicates: u64,
}

/// What became of an event for one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// A request of the client's own brought it.
    Asked,
    /// It came on a connection that stays open.
    Streamed,
    /// The first attempt of its delivery brought it.
    FirstTry,
    /// The attempt after that many failures brought it.
    Retry(u32),
    /// A request of the client's own found it, beside the deliveries.
    Reconciled,
    /// The run ended before it was held or lost.
    Pending,
    /// It is never held: its sender gave it up, or was told that it had arrived.
    Lost,
}

impl Fate {
    /// As `events.csv` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "polled",
            Self::Streamed => "streamed",
            Self::FirstTry => "first_try",
            Self::Retry(_) => "retried",
            Self::Reconciled => "reconciled",
            Self::Pending => "pending",
            Self::Lost => "lost",
        }
    }
}
