//! The series of the charts, one struct for each chart, in seconds and counts. A chart only draws them; `series`
//! decides which part of a long run is shown.
//!
//! `client` is always the index of the client in the scenario.

mod costs;
mod lanes;
mod late;
mod wire;

use crate::policy::channel::Channel;
use crate::policy::security::AttackKind;
pub use costs::{
    Bin, BreakEven, BreakEvenLine, Crossing, PaysOff, RequestBins, RequestsOverTime, SetUpCosts, SetUpLine,
    TradeOff, TradeOffPoint,
};
pub use lanes::{Asked, Attempt, AttemptEnd, Held, Lane, Lanes, Mark, MarkKind, Story, Told};
pub use late::{Behind, BehindLine, Known, Recovery, RecoveryBin, RecoveryLine};
pub use wire::{BytesBin, BytesBins, BytesOverTime, ConnectionLine, Connections, ConnectionsOverTime};

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
    /// Bytes over time.
    pub bytes: BytesOverTime,
    /// Open connections over time.
    pub connections: ConnectionsOverTime,
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
