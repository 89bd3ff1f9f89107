//! The figures that a run tells of each client: every one is declared here, once.
//!
//! `[[expect]]` and `[answer]`, intervals, `replications.csv`, the schema and the documentation of `summary.json` read
//! these declarations. How a figure is read from a client's results is `study::value`, where the compiler asks for
//! every figure.

/// What a figure counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// So many for each event.
    PerEvent,
    /// So many a second.
    PerSecond,
    /// A length of time in seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A part of a whole, from 0 to 1.
    Share,
}

/// Which way a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither: it tells what happened.
    Neutral,
}

/// How the figures of several replications become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// It is the same in each.
    Same,
    /// They are added up.
    Sum,
    /// It is the mean over all replications together: a ratio of sums.
    Mean,
    /// The same, and never above 1.
    Share,
    /// It is taken from the events of all replications together: percentiles, standard deviation.
    Pooled,
    /// It is the least or the greatest of them.
    Extreme,
}

macro_rules! figures {
    ($(#[doc = $about:literal] $name:ident = $path:literal, $label:literal, $unit:ident, $better:ident, $combine:ident $(, $theory:ident)?;)*) => {
        /// One figure of a client.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Figure {
            $(#[doc = $about] $name,)*
        }

        impl Figure {
            /// Every figure, in the order of `summary.json`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn declaration(self) -> Declaration {
                match self {
                    $(Self::$name => Declaration {
                        path: $path,
                        label: $label,
                        theory_path: concat!("theory.", $path),
                        unit: Unit::$unit,
                        better: Better::$better,
                        combine: Combine::$combine,
                        is_predicted: matches!(stringify!($($theory)?).as_bytes(), b"theory"),
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
    is_predicted: bool,
    about: &'static str,
}

figures! {
    /// How many clients alike.
    Count = "count", "members", Count, Neutral, Same;
    /// Requests sent in [warmup, duration).
    RequestsTotal = "requests.total", "requests", Count, Lower, Sum;
    /// Of them, those answered 2xx that brought no event that the client did not have.
    RequestsEmpty = "requests.empty", "empty", Count, Lower, Sum;
    /// Of them, those that brought something new.
    RequestsNonEmpty = "requests.non_empty", "useful", Count, Neutral, Sum;
    /// Of them, those refused, timed out, or answered otherwise.
    RequestsFailed = "requests.failed", "failed", Count, Lower, Sum;
    /// Of them, deliveries that were not the first attempt.
    RequestsRetries = "requests.retries", "retries", Count, Lower, Sum;
    /// Of them, polls.
    RequestsPolls = "requests.polls", "polls", Count, Neutral, Sum;
    /// Polls answered 2xx with nothing new.
    RequestsEmptyPolls = "requests.empty_polls", "empty polls", Count, Lower, Sum;
    /// Requests sent after duration, not in the total.
    RequestsDrain = "requests.drain", "after end", Count, Neutral, Sum;
    /// Requests in [warmup, duration) for each event that occurred.
    RequestsPerEvent = "requests.per_event", "per event", PerEvent, Lower, Mean, theory;
    /// Requests for each second of [warmup, duration).
    RequestsPerSecond = "requests.per_s", "per second", PerSecond, Lower, Mean, theory;
    /// Share of polls that were answered and brought nothing new.
    EmptyShare = "empty_share", "polls empty", Share, Lower, Share, theory;
    /// Events that came on streams, sent in [warmup, duration).
    FramesEvents = "frames.events", "streamed", Count, Neutral, Sum;
    /// Heartbeats that came on streams, sent in [warmup, duration).
    FramesHeartbeats = "frames.heartbeats", "heartbeats", Count, Lower, Sum;
    /// These heartbeats for each second of that time.
    FramesHeartbeatsPerSecond = "frames.heartbeats_per_s", "beats/s", PerSecond, Lower, Mean, theory;
    /// HTTP bytes from the client to the source, headers included.
    BytesToSource = "bytes.to_source", "to source", Bytes, Lower, Sum;
    /// HTTP bytes from the source to the client.
    BytesToClient = "bytes.to_client", "to client", Bytes, Lower, Sum;
    /// HTTP bytes both ways.
    BytesTotal = "bytes.total", "bytes", Bytes, Lower, Sum;
    /// Events in [warmup, duration), once for each of the clients alike.
    EventsOccurred = "events.occurred", "events", Count, Neutral, Sum;
    /// Events held at the end.
    EventsDelivered = "events.delivered", "delivered", Count, Higher, Sum;
    /// Events never to be held: given up, or acknowledged and not kept.
    EventsLost = "events.lost", "lost", Count, Lower, Sum;
    /// Events neither held nor given up when the run ended.
    EventsPending = "events.pending", "pending", Count, Lower, Sum;
    /// Deliveries that the client received.
    EventsReceipts = "events.receipts", "received", Count, Neutral, Sum;
    /// Receipts of events that the client held already.
    EventsDuplicates = "events.duplicates", "duplicates", Count, Lower, Sum;
    /// Events held later than one that occurred after them.
    EventsOutOfOrder = "events.out_of_order", "unordered", Count, Lower, Sum;
    /// Share of the events that occurred which the client held at the end.
    DeliveredShare = "delivered_share", "delivered", Share, Higher, Share, theory;
    /// Requests of all deliveries of the events counted, those of the drain included.
    AttemptsTotal = "attempts.total", "deliveries", Count, Lower, Sum;
    /// Attempts for each event; 0 for a client that nothing is delivered to.
    AttemptsPerEvent = "attempts.per_event", "tries/event", PerEvent, Lower, Mean, theory;
    /// Duplicates for each event.
    DuplicatesPerEvent = "attempts.duplicates_per_event", "again", PerEvent, Lower, Mean, theory;
    /// Deliveries that the sender gave up.
    AttemptsGaveUp = "attempts.gave_up", "given up", Count, Lower, Sum;
    /// Events delivered, of which the latencies are.
    LatencyCount = "latency_s.count", "delivered", Count, Higher, Sum;
    /// From an event's occurrence to its being held: mean over the events delivered.
    LatencyMean = "latency_s.mean", "mean", Seconds, Lower, Mean, theory;
    /// Standard deviation of these latencies as a whole population.
    LatencyStddev = "latency_s.stddev", "stddev", Seconds, Lower, Pooled, theory;
    /// The least of them.
    LatencyMin = "latency_s.min", "min", Seconds, Lower, Extreme;
    /// Their median.
    LatencyP50 = "latency_s.p50", "p50 of held", Seconds, Lower, Pooled, theory;
    /// Their 90th percentile.
    LatencyP90 = "latency_s.p90", "p90 of held", Seconds, Lower, Pooled, theory;
    /// Their 95th percentile.
    LatencyP95 = "latency_s.p95", "p95 of held", Seconds, Lower, Pooled, theory;
    /// Their 99th percentile.
    LatencyP99 = "latency_s.p99", "p99 of held", Seconds, Lower, Pooled, theory;
    /// Their 99.9th percentile.
    LatencyP999 = "latency_s.p999", "p99.9 held", Seconds, Lower, Pooled, theory;
    /// The greatest of them.
    LatencyMax = "latency_s.max", "max of held", Seconds, Lower, Extreme, theory;
    /// Share of all events that occurred which were known within 1 s; what never came counts as not known.
    KnownWithin1s = "known_within.1s", "in 1 s", Share, Higher, Share;
    /// The same within 10 s.
    KnownWithin10s = "known_within.10s", "in 10 s", Share, Higher, Share;
    /// The same within a minute.
    KnownWithin1m = "known_within.1m", "in 1 min", Share, Higher, Share;
    /// The same within ten minutes.
    KnownWithin10m = "known_within.10m", "in 10 min", Share, Higher, Share;
    /// The same within an hour.
    KnownWithin1h = "known_within.1h", "in 1 h", Share, Higher, Share;
    /// When half of all events that occurred were known: seconds, or "never".
    KnownAfterP50 = "known_after_s.p50", "p50", Seconds, Lower, Pooled;
    /// When 95 % of them were.
    KnownAfterP95 = "known_after_s.p95", "p95", Seconds, Lower, Pooled;
    /// When 99 % of them were.
    KnownAfterP99 = "known_after_s.p99", "p99", Seconds, Lower, Pooled;
    /// When all of them were.
    KnownAfterMax = "known_after_s.max", "max", Seconds, Lower, Extreme;
    /// Now minus the occurrence of the newest event held, averaged over time.
    AgeMean = "age_s.mean", "age", Seconds, Lower, Mean, theory;
    /// Share of time in which the client holds every event that has occurred.
    FreshShare = "fresh_share", "fresh", Share, Higher, Share, theory;
}

impl Figure {
    /// Where it stands in a client's object of `summary.json`.
    pub const fn path(self) -> &'static str {
        self.declaration().path
    }

    /// What a column of it is called: at most eleven letters.
    pub const fn label(self) -> &'static str {
        self.declaration().label
    }

    /// What it counts or measures.
    pub const fn unit(self) -> Unit {
        self.declaration().unit
    }

    /// Which way it is better.
    pub const fn better(self) -> Better {
        self.declaration().better
    }

    /// How replications become one.
    pub const fn combine(self) -> Combine {
        self.declaration().combine
    }

    /// What it is, in a line.
    pub const fn about(self) -> &'static str {
        self.declaration().about
    }

    /// Whether closed forms may predict it: then the prediction stands under `theory.` and its path.
    pub const fn is_predicted(self) -> bool {
        self.declaration().is_predicted
    }
}

/// What a path in a client's object leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A figure that was measured.
    Measured(Figure),
    /// What a closed form says of it.
    Predicted(Figure),
    /// Requests that were answered so: an HTTP status, `refused`, `timeout` or `unanswered`.
    Answered(String),
}

impl Metric {
    /// The figure at that path; None: there is none.
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

    /// Every path that is always there. Beside them, `requests.by_status.` and an outcome is a figure.
    pub fn paths() -> impl Iterator<Item = &'static str> {
        let measured = Figure::ALL.iter().map(|figure| figure.path());
        let predicted = Figure::ALL.iter().filter(|figure| figure.is_predicted());
        measured.chain(predicted.map(|figure| figure.declaration().theory_path))
    }

    /// What it counts or measures.
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Measured(figure) | Self::Predicted(figure) => figure.unit(),
            Self::Answered(_) => Unit::Count,
        }
    }

    /// Which way it is better.
    pub const fn better(&self) -> Better {
        match self {
            Self::Measured(figure) | Self::Predicted(figure) => figure.better(),
            Self::Answered(_) => Better::Neutral,
        }
    }

    /// How replications become one.
    pub const fn combine(&self) -> Combine {
        match self {
            Self::Measured(figure) => figure.combine(),
            Self::Predicted(_) => Combine::Same,
            Self::Answered(_) => Combine::Sum,
        }
    }
}

/// The paths by outcome, as a JSON Schema pattern.
pub const BY_STATUS_PATTERN: &str = r"^requests\.by_status\.([1-5][0-9][0-9]|refused|timeout|unanswered)$";

const BY_STATUS: &str = "requests.by_status.";
const THEORY: &str = "theory.";

fn is_outcome(status: &str) -> bool {
    let is_code = status.len() == 3 && status.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
    is_code || ["refused", "timeout", "unanswered"].contains(&status)
}

/// The figures as a table in Markdown: the documentation of a client's object in `summary.json`, and of the columns of
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
    /// In a word.
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
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Neutral => "neutral",
        }
    }
}

impl Combine {
    /// In a word.
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

    /// Whether the figures of single replications scatter about the whole one, so that they give it an interval.
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
        for &figure in Figure::ALL {
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
        assert!(table.contains("| `latency_s.p99` | s | lower | of all events | Their 99th percentile. Predicted under `theory.`. |"));
    }
}
