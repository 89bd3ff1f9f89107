//! The figures that a run reports for each client. Every figure is declared here, once.
//!
//! `[[expect]]` and `[answer]`, intervals, `replications.csv`, the schema and the documentation of `summary.json` read
//! these declarations. `study::value` reads a figure from a client's results, and `study::answer::clause` puts it into
//! words; there the compiler asks for every figure.

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
    /// It counts the attempts of each event: as replications differ, and by what a few events with all attempts change.
    Attempts,
    /// It is an average over time: as replications differ, and by the time until the first event.
    OverTime,
}

macro_rules! figures {
    (@noise) => { None };
    (@noise $noise:expr) => { Some($noise) };
    ($(#[doc = $about:literal] $name:ident = $path:literal, $label:literal, $unit:ident, $better:ident, $combine:ident, $events:ident, $lateness:ident $(, theory($noise:expr))?;)*) => {
        /// One figure of a client.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Figure {
            $(#[doc = $about] $name,)*
        }

        impl Figure {
            /// Every figure, in the order of `summary.json`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its place in [`ALL`](Self::ALL).
            pub const fn index(self) -> usize {
                self as usize
            }

            const fn declaration(self) -> Declaration {
                match self {
                    $(Self::$name => Declaration {
                        path: $path,
                        label: $label,
                        theory_path: concat!("theory.", $path),
                        unit: Unit::$unit,
                        better: Better::$better,
                        combine: Combine::$combine,
                        with_events: WithEvents::$events,
                        lateness: Lateness::$lateness,
                        noise: figures!(@noise $($noise)?),
                        about: $about.trim_ascii_start(),
                    },)*
                }
            }
        }
    };
}

#[derive(Clone, Copy, Debug)]
struct Declaration {
    path: &'static str,
    label: &'static str,
    theory_path: &'static str,
    unit: Unit,
    better: Better,
    combine: Combine,
    with_events: WithEvents,
    lateness: Lateness,
    /// None where no closed form predicts it.
    noise: Option<Noise>,
    about: &'static str,
}

figures! {
    /// Number of identical clients that this client stands for: `count` of the scenario.
    Count = "count", "members", Count, Neutral, Same, Unchanged, Unmoved;
    /// Requests sent in [warmup, duration).
    RequestsTotal = "requests.total", "requests", Count, Lower, Sum, Grows, Unmoved;
    /// Of `requests.total`, those answered 2xx that brought no event that the client did not have.
    RequestsEmpty = "requests.empty", "empty", Count, Lower, Sum, Shrinks, Unmoved;
    /// Of `requests.total`, those answered 2xx that brought at least one new event.
    RequestsNonEmpty = "requests.non_empty", "useful", Count, Neutral, Sum, Needed, Unmoved;
    /// Of `requests.total`, those refused, timed out or answered otherwise than 2xx.
    RequestsFailed = "requests.failed", "failed", Count, Lower, Sum, Grows, Unmoved;
    /// Of `requests.total`, deliveries that were not the first attempt.
    RequestsRetries = "requests.retries", "retries", Count, Lower, Sum, Needed, Unmoved;
    /// Of `requests.total`, polls.
    RequestsPolls = "requests.polls", "polls", Count, Neutral, Sum, Grows, Unmoved;
    /// Of `requests.polls`, those answered 2xx that brought no new event.
    RequestsEmptyPolls = "requests.empty_polls", "empty polls", Count, Lower, Sum, Shrinks, Unmoved;
    /// Requests sent after `duration`; not in `requests.total`.
    RequestsDrain = "requests.drain", "after end", Count, Neutral, Sum, Grows, Unmoved;
    /// `requests.total` divided by `events.occurred`.
    RequestsPerEvent = "requests.per_event", "per event", PerEvent, Lower, Mean, Needed, Unmoved, theory(Noise::Counted);
    /// `requests.total` per second of [warmup, duration).
    RequestsPerSecond = "requests.per_s", "per second", PerSecond, Lower, Mean, Grows, Unmoved, theory(Noise::Counted);
    /// `requests.empty_polls` divided by `requests.polls`.
    EmptyShare = "empty_share", "polls empty", Share, Lower, Share, Shrinks, PerEvent, theory(Noise::Polls);
    /// Events received on streams, of those sent in [warmup, duration).
    FramesEvents = "frames.events", "streamed", Count, Neutral, Sum, Needed, Unmoved;
    /// Heartbeats received on streams, of those sent in [warmup, duration).
    FramesHeartbeats = "frames.heartbeats", "heartbeats", Count, Lower, Sum, Shrinks, Unmoved;
    /// `frames.heartbeats` per second of [warmup, duration).
    FramesHeartbeatsPerSecond = "frames.heartbeats_per_s", "beats/s", PerSecond, Lower, Mean, Shrinks, Unmoved, theory(Noise::Counted);
    /// HTTP bytes from the client to the source, headers included.
    BytesToSource = "bytes.to_source", "to source", Bytes, Lower, Sum, Grows, Unmoved;
    /// HTTP bytes from the source to the client, headers included.
    BytesToClient = "bytes.to_client", "to client", Bytes, Lower, Sum, Grows, Unmoved;
    /// HTTP bytes in both directions.
    BytesTotal = "bytes.total", "bytes", Bytes, Lower, Sum, Grows, Unmoved;
    /// Events that occurred in [warmup, duration), counted once for each of the `count` clients.
    EventsOccurred = "events.occurred", "events", Count, Neutral, Sum, Needed, Unmoved;
    /// Of `events.occurred`, those that the client holds when the run ends.
    EventsDelivered = "events.delivered", "delivered", Count, Higher, Sum, Needed, Unmoved;
    /// Of `events.occurred`, those that the client can never hold: the sender gave up, or the client acknowledged and lost them.
    EventsLost = "events.lost", "lost", Count, Lower, Sum, Needed, Unmoved;
    /// Of `events.occurred`, those that are neither delivered nor lost when the run ends.
    EventsPending = "events.pending", "pending", Count, Lower, Sum, Needed, Unmoved;
    /// Deliveries received by the client, duplicates included.
    EventsReceipts = "events.receipts", "received", Count, Neutral, Sum, Needed, Unmoved;
    /// Of `events.receipts`, those of events that the client already held.
    EventsDuplicates = "events.duplicates", "duplicates", Count, Lower, Sum, Needed, Unmoved;
    /// Events received later than an event that occurred after them.
    EventsOutOfOrder = "events.out_of_order", "unordered", Count, Lower, Sum, Needed, Unmoved;
    /// `events.delivered` divided by `events.occurred`.
    DeliveredShare = "delivered_share", "delivered", Share, Higher, Share, Needed, Unmoved, theory(Noise::Events);
    /// Requests of all deliveries of the events counted, those sent after `duration` included.
    AttemptsTotal = "attempts.total", "deliveries", Count, Lower, Sum, Needed, Unmoved;
    /// `attempts.total` divided by `events.occurred`; 0 for a client without webhooks.
    AttemptsPerEvent = "attempts.per_event", "tries/event", PerEvent, Lower, Mean, Needed, Unmoved, theory(Noise::Attempts);
    /// `events.duplicates` divided by `events.occurred`.
    DuplicatesPerEvent = "attempts.duplicates_per_event", "again", PerEvent, Lower, Mean, Needed, Unmoved, theory(Noise::Attempts);
    /// Deliveries that the sender gave up after its last attempt.
    AttemptsGaveUp = "attempts.gave_up", "given up", Count, Lower, Sum, Needed, Unmoved;
    /// Events delivered, which the figures of `latency_s` are taken from.
    LatencyCount = "latency_s.count", "delivered", Count, Higher, Sum, Needed, Unmoved;
    /// Latency: the time from an event's occurrence until the client holds it; mean over the events delivered.
    LatencyMean = "latency_s.mean", "mean", Seconds, Lower, Mean, Needed, Typical, theory(Noise::Mean);
    /// Population standard deviation of the latency.
    LatencyStddev = "latency_s.stddev", "stddev", Seconds, Lower, Pooled, Needed, Typical, theory(Noise::Deviation);
    /// Shortest latency.
    LatencyMin = "latency_s.min", "min", Seconds, Lower, Extreme, Needed, Typical;
    /// Median latency.
    LatencyP50 = "latency_s.p50", "p50 of held", Seconds, Lower, Pooled, Needed, Typical, theory(Noise::Rank(0.5));
    /// 90th percentile of the latency.
    LatencyP90 = "latency_s.p90", "p90 of held", Seconds, Lower, Pooled, Needed, Typical, theory(Noise::Rank(0.9));
    /// 95th percentile of the latency.
    LatencyP95 = "latency_s.p95", "p95 of held", Seconds, Lower, Pooled, Needed, Tail, theory(Noise::Rank(0.95));
    /// 99th percentile of the latency.
    LatencyP99 = "latency_s.p99", "p99 of held", Seconds, Lower, Pooled, Needed, Tail, theory(Noise::Rank(0.99));
    /// 99.9th percentile of the latency.
    LatencyP999 = "latency_s.p999", "p99.9 held", Seconds, Lower, Pooled, Needed, Tail, theory(Noise::Rank(0.999));
    /// Longest latency.
    LatencyMax = "latency_s.max", "max of held", Seconds, Lower, Extreme, Needed, Tail, theory(Noise::Bound);
    /// Share of all events that the client held within 1 s of their occurrence; an event that never came counts as not held.
    KnownWithin1s = "known_within.1s", "in 1 s", Share, Higher, Share, Needed, Within;
    /// Share of all events that the client held within 10 s.
    KnownWithin10s = "known_within.10s", "in 10 s", Share, Higher, Share, Needed, Within;
    /// Share of all events that the client held within 1 minute.
    KnownWithin1m = "known_within.1m", "in 1 min", Share, Higher, Share, Needed, Within;
    /// Share of all events that the client held within 10 minutes.
    KnownWithin10m = "known_within.10m", "in 10 min", Share, Higher, Share, Needed, Within;
    /// Share of all events that the client held within 1 hour.
    KnownWithin1h = "known_within.1h", "in 1 h", Share, Higher, Share, Needed, Within;
    /// Time within which the client held half of all events that occurred; "never" where it held fewer.
    KnownAfterP50 = "known_after_s.p50", "p50", Seconds, Lower, Pooled, Needed, Typical;
    /// Time within which it held 95 % of all events, or "never".
    KnownAfterP95 = "known_after_s.p95", "p95", Seconds, Lower, Pooled, Needed, Tail;
    /// Time within which it held 99 % of all events, or "never".
    KnownAfterP99 = "known_after_s.p99", "p99", Seconds, Lower, Pooled, Needed, Tail;
    /// Time within which it held all events, or "never".
    KnownAfterMax = "known_after_s.max", "max", Seconds, Lower, Extreme, Needed, Tail;
    /// Age of information: now minus the occurrence of the newest event held, averaged over time.
    AgeMean = "age_s.mean", "age", Seconds, Lower, Mean, Needed, Typical, theory(Noise::OverTime);
    /// Share of time in which the client holds every event that has occurred.
    FreshShare = "fresh_share", "fresh", Share, Higher, Share, Needed, PerEvent, theory(Noise::OverTime);
}

impl Figure {
    /// Its path in a client's object of `summary.json`.
    pub const fn path(self) -> &'static str {
        self.declaration().path
    }

    /// Its heading in a table, at most eleven letters.
    pub const fn label(self) -> &'static str {
        self.declaration().label
    }

    /// Its unit.
    pub const fn unit(self) -> Unit {
        self.declaration().unit
    }

    /// Whether a lower or a higher value is better.
    pub const fn better(self) -> Better {
        self.declaration().better
    }

    /// How the values of replications become one.
    pub const fn combine(self) -> Combine {
        self.declaration().combine
    }

    /// How events change it.
    pub const fn with_events(self) -> WithEvents {
        self.declaration().with_events
    }

    /// Its definition, in one sentence.
    pub const fn about(self) -> &'static str {
        self.declaration().about
    }

    /// What the lateness of a live engine may change of it.
    pub const fn lateness(self) -> Lateness {
        self.declaration().lateness
    }

    /// How far it may be from its prediction by chance; None where no closed form predicts it.
    pub const fn noise(self) -> Option<Noise> {
        self.declaration().noise
    }

    /// Whether closed forms may predict it. The prediction has the same path under `theory.`.
    pub const fn is_predicted(self) -> bool {
        self.noise().is_some()
    }
}

/// What a path in a client's object of `summary.json` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A measured figure.
    Measured(Figure),
    /// The prediction of a closed form for a figure.
    Predicted(Figure),
    /// Requests with that outcome: an HTTP status, `refused`, `timeout` or `unanswered`.
    Answered(String),
}

impl Metric {
    /// The figure at that path; None where there is none.
    pub fn find(path: &str) -> Option<Self> {
        let at = |path: &str| Figure::ALL.iter().copied().find(|figure| figure.path() == path);
        if let Some(outcome) = path.strip_prefix(BY_STATUS) {
            is_outcome(outcome).then(|| Self::Answered(outcome.to_owned()))
        } else if let Some(path) = path.strip_prefix(THEORY) {
            at(path).filter(|figure| figure.is_predicted()).map(Self::Predicted)
        } else {
            at(path).map(Self::Measured)
        }
    }

    /// Every path but those of outcomes, which are `requests.by_status.` and an outcome.
    pub fn paths() -> impl Iterator<Item = &'static str> {
        let measured = Figure::ALL.iter().map(|figure| figure.path());
        let predicted = Figure::ALL.iter().filter(|figure| figure.is_predicted());
        measured.chain(predicted.map(|figure| figure.declaration().theory_path))
    }

    /// Its unit.
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Measured(figure) | Self::Predicted(figure) => figure.unit(),
            Self::Answered(_) => Unit::Count,
        }
    }

    /// Whether a lower or a higher value is better.
    pub const fn better(&self) -> Better {
        match self {
            Self::Measured(figure) | Self::Predicted(figure) => figure.better(),
            Self::Answered(_) => Better::Neutral,
        }
    }

    /// How the values of replications become one.
    pub const fn combine(&self) -> Combine {
        match self {
            Self::Measured(figure) => figure.combine(),
            Self::Predicted(_) => Combine::Same,
            Self::Answered(_) => Combine::Sum,
        }
    }

    /// How events change it.
    pub const fn with_events(&self) -> WithEvents {
        match self {
            Self::Measured(figure) => figure.with_events(),
            Self::Predicted(_) => WithEvents::Unchanged,
            Self::Answered(_) => WithEvents::Grows,
        }
    }
}

/// The paths of outcomes, as a JSON Schema pattern.
pub const BY_STATUS_PATTERN: &str = r"^requests\.by_status\.([1-5][0-9][0-9]|refused|timeout|unanswered)$";

const BY_STATUS: &str = "requests.by_status.";
const THEORY: &str = "theory.";

fn is_outcome(status: &str) -> bool {
    let is_code = status.len() == 3 && status.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
    is_code || ["refused", "timeout", "unanswered"].contains(&status)
}

/// All figures as a Markdown table. It documents a client's object in `summary.json` and the columns of
/// `replications.csv`.
pub fn documentation() -> String {
    let mut table = String::from(
        "| path | unit | better | replications | what it is |\n| --- | --- | --- | --- | --- |\n",
    );
    for figure in Figure::ALL {
        let theory = if figure.is_predicted() { " Predicted under `theory.`." } else { "" };
        let (unit, better, combine) = (figure.unit().name(), figure.better().name(), figure.combine().name());
        table += &format!(
            "| `{}` | {unit} | {better} | {combine} | {}{theory} |\n",
            figure.path(),
            figure.about()
        );
    }
    table
        + "| `requests.by_status.*` | count | neutral | sum | Requests answered with that HTTP status, `refused`, `timeout` or `unanswered`. |\n"
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

    /// Whether the values of single replications vary around the combined one, so that they give it an interval.
    pub const fn has_interval(self) -> bool {
        match self {
            Self::Mean | Self::Share => true,
            Self::Same | Self::Sum | Self::Pooled | Self::Extreme => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_its_figure() {
        for (index, &figure) in Figure::ALL.iter().enumerate() {
            assert_eq!(figure.index(), index);
            assert_eq!(Metric::find(figure.path()), Some(Metric::Measured(figure)));
        }
        assert!(Metric::paths().all(|path| Metric::find(path).is_some()));
        let mut paths: Vec<&str> = Metric::paths().collect();
        let count = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), count, "no path twice");
    }

    #[test]
    fn outcomes_are_figures() {
        let answered = |outcome: &str| Metric::find(&format!("requests.by_status.{outcome}"));
        assert_eq!(answered("503"), Some(Metric::Answered("503".into())));
        assert_eq!(answered("timeout").map(|metric| metric.combine()), Some(Combine::Sum));
        assert!(answered("999").is_none() && Metric::find("requests.by_status").is_none());
        assert!(Metric::find("theory.requests.total").is_none());
    }

    #[test]
    fn the_documentation_has_a_line_for_each() {
        let table = documentation();
        assert_eq!(table.lines().count(), Figure::ALL.len() + 3);
        assert!(table.contains("| `latency_s.p99` | s | lower | of all events | 99th percentile of the latency. Predicted under `theory.`. |"));
    }
}
