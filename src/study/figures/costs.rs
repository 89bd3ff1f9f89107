//! The series of costs: requests over time, at other event rates, against freshness, and with the set-up.

use crate::study::human;

/// Requests in bins of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestsOverTime {
    /// When the first bin begins.
    pub from_s: f64,
    /// Width of a bin, a round number.
    pub bin_s: f64,
    /// One for each client; all have the same number of bins.
    pub clients: Vec<RequestBins>,
}

/// One client's requests in bins of time, by outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestBins {
    /// The client.
    pub client: usize,
    /// In order of time; those after the end of the events are in the drain.
    pub bins: Vec<Bin>,
    /// Bins of the same width after the time that is drawn, with their beginning. Empty ones are left out.
    pub later: Vec<(f64, Bin)>,
    /// How many requests of these bins were sent after the end of the events. 0 where the bins leave them out.
    pub drain: u64,
}

/// The requests of one bin; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Requests of the client and first attempts that brought a new event.
    pub useful: u64,
    /// Answered requests that brought no new event: empty polls and duplicates.
    pub empty: u64,
    /// Failed requests that brought nothing: attempts and polls.
    pub failed: u64,
    /// Attempts after the first that brought a new event.
    pub retries: u64,
    /// Attempts that brought a new event and failed for their sender: the answer was lost, or came too late.
    pub unacknowledged: u64,
}

impl RequestBins {
    /// Every bin, those after the time that is drawn included.
    pub fn all(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().chain(self.later.iter().map(|(_, bin)| bin))
    }
}

impl Bin {
    /// All requests that brought a new event and did not fail.
    pub const fn brought_news(&self) -> u64 {
        self.useful + self.retries
    }
}

/// Requests per hour against the rate of events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BreakEven {
    /// The rate at which events occurred, per hour.
    pub here_per_h: f64,
    /// The requests of each client at other rates.
    pub lines: Vec<BreakEvenLine>,
    /// Where two lines meet.
    pub crossing: Option<Crossing>,
    /// Clients without a line, because they cannot keep up at the rate of this run: the requests that this costs say
    /// nothing of another rate.
    pub overloaded: Vec<usize>,
    /// Whether requests after the end of the events are counted.
    pub with_drain: bool,
}

/// One client's line.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakEvenLine {
    /// The client.
    pub client: usize,
    /// (events per hour, requests per hour), increasing in the first.
    pub points: Vec<(f64, f64)>,
    /// The measured requests per hour at the scenario's rate.
    pub measured_per_h: f64,
}

/// Where a poller and a webhook send equally many requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// The two clients.
    pub clients: (usize, usize),
    /// Events per hour.
    pub events_per_h: f64,
    /// Requests per hour.
    pub requests_per_h: f64,
}

/// Requests against latency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TradeOff {
    /// One for each client that holds at least one event.
    pub points: Vec<TradeOffPoint>,
    /// Clients that missed the fewest events.
    pub fullest: Vec<usize>,
    /// Of these, the clients with the fewest requests; several where they are equal.
    pub cheapest: Vec<usize>,
    /// Of `fullest`, those with the shortest mean latency; several where they are equal.
    pub freshest: Vec<usize>,
    /// A fixed-interval poller at other intervals, predicted: (requests per day, mean latency in seconds).
    pub polling: Vec<(f64, f64)>,
    /// Whether requests after the end of the events are counted.
    pub with_drain: bool,
}

/// One client's point.
#[derive(Clone, Debug, PartialEq)]
pub struct TradeOffPoint {
    /// The client.
    pub client: usize,
    /// Requests per day.
    pub requests_per_day: f64,
    /// Mean latency in seconds.
    pub mean_s: f64,
    /// The 95 % intervals of requests per day and of the mean, with several replications.
    pub intervals: [Option<[f64; 2]>; 2],
    /// 99th percentile, where there are enough events.
    pub p99_s: Option<f64>,
    /// Share of the events that it did not hold when the run ended.
    pub never: f64,
    /// Whether another client is at least equal in requests, latency and events held, and better in one of them, as far
    /// as the run can tell.
    pub dominated: bool,
}

/// The requests of one member of each client from its set-up on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetUpCosts {
    /// One for each client.
    pub lines: Vec<SetUpLine>,
    /// Whether setting some client up takes more than to register a URL, so that it is worth telling.
    pub is_told: bool,
}

/// One client's requests from its set-up on.
#[derive(Clone, Debug, PartialEq)]
pub struct SetUpLine {
    /// The client.
    pub client: usize,
    /// Requests before the run.
    pub set_up: f64,
    /// Requests per second of the run.
    pub per_s: f64,
    /// When it has sent fewer requests than a poller; None: never, or it misses events that the poller has, or it is none
    /// that is called.
    pub pays_off: Option<PaysOff>,
}

/// When a client has sent fewer requests than a poller, its set-up included.
#[derive(Clone, Debug, PartialEq)]
pub struct PaysOff {
    /// The poller.
    pub against: usize,
    /// Seconds from the set-up on.
    pub after_s: f64,
    /// The events that occur in that time on average.
    pub events: f64,
}

impl PaysOff {
    /// `after 3 events (12 min)`.
    pub fn words(&self) -> String {
        let time = human::duration(self.after_s);
        match libm::ceil(self.events) {
            events if self.events > 1.0 => format!("after {} events ({time})", human::count(events as u64)),
            _ if self.events < 0.5 => format!("before the first event (after {time})"),
            _ => format!("with the first event (after {time})"),
        }
    }
}
