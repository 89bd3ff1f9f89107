//! The series of the charts, one struct for each chart, in seconds and counts. A chart only draws them; `series`
//! decides which part of a long run is shown.
//!
//! `client` is always the index of the client in the scenario.

use super::human;
use super::summary::Reached;
use crate::policy::channel::Channel;
use crate::policy::security::AttackKind;

/// The series of all charts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// A stretch of the run, request by request; None where no request was recorded.
    pub lanes: Option<Lanes>,
    /// Every attempt to deliver one event, for each webhook that has such a story.
    pub stories: Vec<Story>,
    /// Share of events known within a time.
    pub known: Vec<Known>,
    /// Requests over time.
    pub requests: RequestsOverTime,
    /// The time around the outages that a webhook saw; None where there is none.
    pub recovery: Option<Recovery>,
    /// The age of the oldest event that each client lacked.
    pub behind: Behind,
    /// Requests per hour against the rate of events.
    pub break_even: BreakEven,
    /// Requests against latency.
    pub trade_off: TradeOff,
    /// What setting up costs, beside what running costs.
    pub set_up: SetUpCosts,
    /// Events by outcome.
    pub fates: Vec<Fates>,
    /// Attacks by client and kind.
    pub attacks: Attacks,
    /// Outages of all parties.
    pub outages: Vec<OutageBand>,
    /// Number of replications. Series over time, and the outcomes of events, are of one replication; all others
    /// are of all.
    pub runs: u32,
    /// The number of that one replication, from 1 on.
    pub shown: u32,
    /// When events end; what is drawn later is in the drain.
    pub events_end_s: f64,
    /// The two clients that the report's first sentence compares.
    pub compared: Option<(usize, usize)>,
}

/// What became of the requests of attackers, client against attack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attacks {
    /// The kinds, and how old a replayed delivery was at least, in seconds.
    pub columns: Vec<(AttackKind, f64)>,
    /// The clients that were attacked.
    pub rows: Vec<AttackRow>,
}

/// The attacks on one client.
#[derive(Clone, Debug, PartialEq)]
pub struct AttackRow {
    /// The client.
    pub client: usize,
    /// One for each column; None: this attack was not made on it.
    pub cells: Vec<Option<AttackCell>>,
}

/// What became of one attack on one client.
#[derive(Clone, Debug, PartialEq)]
pub struct AttackCell {
    /// Requests of the attacker.
    pub sent: u64,
    /// Those that the endpoint took for the source's.
    pub accepted: u64,
    /// Those that got no answer, so that nothing is known of them.
    pub unanswered: u64,
    /// The statuses of the answers to the others.
    pub refused_with: Vec<String>,
}

impl AttackCell {
    /// Both together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.unanswered += other.unanswered;
        self.refused_with.extend(other.refused_with);
        self.refused_with.sort();
        self.refused_with.dedup();
        self
    }
}

/// An outage of one party.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageBand {
    /// The client; None: the source.
    pub client: Option<usize>,
    /// Beginning and end.
    pub span_s: (f64, f64),
}

/// Swim lanes of one stretch of time: the requests of each client, and when it held each event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lanes {
    /// Beginning and end of the stretch.
    pub span_s: (f64, f64),
    /// Why this stretch, as the end of the sentence "chosen because ...".
    pub chosen_because: String,
    /// When the event occurred for which the stretch was chosen.
    pub chosen_s: f64,
    /// What is not drawn (other members, other resources); empty where all is drawn.
    pub left_out: String,
    /// The events that occurred in the stretch.
    pub events_s: Vec<f64>,
    /// The type of each; empty where there is only one.
    pub types: Vec<String>,
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
    /// When this client held each event of the stretch, in the same order.
    pub held: Vec<Held>,
}

/// When a client held an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held {
    /// At that time, in seconds.
    At(f64),
    /// Never.
    Never,
    /// It is of a type for which the client does not ask.
    Unwanted,
}

/// One request of a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// When it was sent.
    pub sent_s: f64,
    /// When its sender knew its outcome.
    pub ended_s: f64,
    /// Its kind and outcome.
    pub kind: MarkKind,
    /// The channel that it belongs to.
    pub channel: Channel,
    /// The number of its delivery attempt, counted from 1; 0 for a request that the client sent.
    pub attempt: u32,
    /// Whether it delivers the event that the stretch was chosen for.
    pub chosen: bool,
}

/// The kind and outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A request of the client that brought no new event.
    AskedInVain,
    /// A request of the client that brought a new event.
    AskedAndGot,
    /// A request of the client that failed.
    AskedAndFailed,
    /// A stream that was opened. It is drawn as a line to its end.
    Connected,
    /// An event received on a stream.
    Streamed,
    /// A first attempt that was acknowledged.
    Delivery,
    /// A later attempt that was acknowledged.
    Retry,
    /// A delivery of an event already held.
    Duplicate,
    /// An attempt that was acknowledged, and whose event the client lost.
    NotKept,
    /// An attempt that brought the event and failed for its sender: the answer was lost, or came too late.
    Unacknowledged,
    /// An attempt that failed and brought nothing.
    FailedAttempt,
}

/// The delivery of one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// The client.
    pub client: usize,
    /// Which event it is: `the first event that never came`.
    pub because: String,
    /// When it occurred.
    pub occurred_s: f64,
    /// Seconds from then until the client held it; None: never.
    pub known_after_s: Option<f64>,
    /// Whether a poll brought it that no delivery had announced.
    pub found: bool,
    /// In order.
    pub attempts: Vec<Attempt>,
    /// When the client, or the source, was down, in seconds from the occurrence.
    pub down_s: Vec<(f64, f64)>,
}

/// One attempt of a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// Seconds from the occurrence until it was sent.
    pub sent_after_s: f64,
    /// Seconds from the occurrence until its sender knew its result.
    pub ended_after_s: f64,
    /// An HTTP status, or why there is none.
    pub status: String,
    /// What came of it.
    pub end: AttemptEnd,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It brought the event.
    Delivered,
    /// It was acknowledged, and the client held the event already.
    Again,
    /// It was acknowledged, and the client lost the event.
    NotKept,
    /// It brought the event, and failed for its sender.
    Unacknowledged,
    /// It failed and brought nothing.
    Failed,
}

/// The share of events that one client held within a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The client.
    pub client: usize,
    /// Events that occurred.
    pub occurred: u64,
    /// (latency in seconds, share held within it), both increasing; at most 600 points.
    pub steps: Vec<(f64, f64)>,
    /// Share of the events that it did not hold when the run ended (lost or pending).
    pub never: f64,
    /// Number of these events.
    pub never_count: u64,
    /// The time within which it held half of all events; None with too few events.
    pub p50: Option<Reached>,
    /// The same for 99 %.
    pub p99: Option<Reached>,
    /// The predicted curve, where there is one.
    pub theory: Option<Vec<(f64, f64)>>,
}

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

/// The time around the outages that a webhook saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovery {
    /// The time that is shown.
    pub span_s: (f64, f64),
    /// When the last of the outages ended.
    pub ended_s: f64,
    /// Width of a bin.
    pub bin_s: f64,
    /// One for each client.
    pub clients: Vec<RecoveryLine>,
}

/// One client around the outages.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryLine {
    /// The client.
    pub client: usize,
    /// (time, events that have occurred and are held later): the most in each of 200 steps.
    pub waiting: Vec<(f64, u64)>,
    /// In order of time.
    pub bins: Vec<RecoveryBin>,
    /// Events of the whole run that were never held.
    pub never: u64,
    /// From the end of the outages until the last event that had waited for it arrived; None where none had.
    pub caught_up_s: Option<f64>,
}

/// The requests and the events of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecoveryBin {
    /// Requests that were sent.
    pub sent: u64,
    /// Of these, those that failed and brought nothing.
    pub failed: u64,
    /// Events that the client held for the first time.
    pub arrived: u64,
}

/// The age of the oldest event that each client lacks, over time.
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
    /// The time of the greatest age, and that age.
    pub worst: Option<(f64, f64)>,
    /// What brought the oldest event of that time, such as `retry 3`.
    pub ended_by: Option<String>,
    /// Whether the greatest age is at the end of the time that is shown, with the event still missing.
    pub growing: bool,
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

/// One client's events by outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Fates {
    /// The client.
    pub client: usize,
    /// Events by outcome, in the order of [`Fate`], without zeros; their sum is the number that occurred.
    pub counts: Vec<(Fate, u64)>,
    /// Deliveries of events that it already held, not in that sum.
    pub duplicates: u64,
}

/// The outcome of an event for one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// A poll of the client brought it.
    Asked,
    /// It came on a stream.
    Streamed,
    /// The first attempt of its delivery brought it.
    FirstTry,
    /// The attempt after that many failed ones brought it.
    Retry(u32),
    /// A reconciling poll of a webhook client found it.
    Reconciled,
    /// The run ended before it was held or lost.
    Pending,
    /// The client can never hold it: the sender gave up, or the client acknowledged and lost it.
    Lost,
}

impl Fate {
    /// As charts and tables say it: `by a poll`, `first attempt`, `retry 2`.
    pub fn words(self) -> String {
        match self {
            Self::Asked => format!("by a {}", Channel::Poll.words().request),
            Self::Streamed => format!("on a {}", Channel::Sse.words().request),
            Self::FirstTry => "first attempt".to_owned(),
            Self::Retry(retry) => format!("retry {retry}"),
            Self::Reconciled => "found by reconciling".to_owned(),
            Self::Pending => "still pending".to_owned(),
            Self::Lost => "never known".to_owned(),
        }
    }

    /// Its name in `events.csv`.
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
