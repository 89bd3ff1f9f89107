//! The figures that a run reports for each client. Every figure is declared here, once.
//!
//! `[[expect]]` and `[answer]`, intervals, `replications.csv`, the schema and the documentation of `summary.json` read
//! these declarations. `study::value` reads a figure from a client's results, and `study::answer::clause` puts it into
//! words; there the compiler asks for every figure.

mod kinds;
mod status;

pub use kinds::{Better, Combine, HadBy, Lateness, Noise, Unit, WithEvents};
pub use status::Status;

macro_rules! figures {
    (@optional) => { None };
    (@optional $given:expr) => { Some($given) };
    (@had_by) => { HadBy::Every };
    (@had_by $had_by:ident) => { HadBy::$had_by };
    ($(#[doc = $about:literal] $name:ident = $path:literal, $label:literal, $unit:ident, $better:ident, $combine:ident, $events:ident, $lateness:ident $(, per($per:ident))? $(, at($quantile:literal))? $(, theory($noise:expr))? $(, of($had_by:ident))?;)*) => {
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
                        per: figures!(@optional $(Figure::$per)?),
                        quantile: figures!(@optional $($quantile)?),
                        noise: figures!(@optional $($noise)?),
                        had_by: figures!(@had_by $($had_by)?),
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
    /// None where it is no ratio, or one to the time.
    per: Option<Figure>,
    /// None where it is no percentile.
    quantile: Option<f64>,
    /// None where no closed form predicts it.
    noise: Option<Noise>,
    had_by: HadBy,
    about: &'static str,
}

figures! {
    /// Number of identical clients that this client stands for: `count` of the scenario.
    Count = "count", "members", Count, Neutral, Same, Unchanged, Unmoved;
    /// Requests sent in [warmup, duration).
    RequestsTotal = "requests.total", "requests", Count, Lower, Sum, Grows, Unmoved;
    /// Of `requests.total`, those answered 2xx or 304 that brought no event that the client did not have.
    RequestsEmpty = "requests.empty", "empty", Count, Lower, Sum, Shrinks, Unmoved;
    /// Of `requests.total`, those answered 2xx that brought at least one new event.
    RequestsNonEmpty = "requests.non_empty", "useful", Count, Neutral, Sum, Needed, Unmoved;
    /// Of `requests.total`, those refused, timed out or answered otherwise than 2xx or 304.
    RequestsFailed = "requests.failed", "failed", Count, Lower, Sum, Grows, Unmoved;
    /// Of `requests.total`, deliveries that were not the first attempt.
    RequestsRetries = "requests.retries", "retries", Count, Lower, Sum, Needed, Unmoved;
    /// Of `requests.total`, polls.
    RequestsPolls = "requests.polls", "polls", Count, Neutral, Sum, Grows, Unmoved;
    /// Of `requests.polls`, those answered 2xx or 304 that brought no new event.
    RequestsEmptyPolls = "requests.empty_polls", "empty polls", Count, Lower, Sum, Shrinks, Unmoved;
    /// Requests sent after `duration`; not in `requests.total`.
    RequestsDrain = "requests.drain", "after end", Count, Neutral, Sum, Grows, Unmoved;
    /// `requests.total` divided by `events.occurred`.
    RequestsPerEvent = "requests.per_event", "per event", PerEvent, Lower, Mean, Needed, Unmoved, per(EventsOccurred), theory(Noise::Counted);
    /// `requests.total` per second of [warmup, duration).
    RequestsPerSecond = "requests.per_s", "per second", PerSecond, Lower, Mean, Grows, Unmoved, theory(Noise::Counted);
    /// `requests.empty_polls` divided by `requests.polls`.
    EmptyShare = "empty_share", "polls empty", Share, Lower, Share, Shrinks, PerEvent, per(RequestsPolls), theory(Noise::Polls), of(Asking);
    /// Of `requests.total`, the calls: those that the source bills (`source.billing`).
    CallsBilled = "calls.billed", "billed", Count, Lower, Sum, Grows, Unmoved;
    /// Events received on streams, of those sent in [warmup, duration).
    FramesEvents = "frames.events", "streamed", Count, Neutral, Sum, Needed, Unmoved;
    /// Heartbeats received on streams, of those sent in [warmup, duration).
    FramesHeartbeats = "frames.heartbeats", "heartbeats", Count, Lower, Sum, Shrinks, Unmoved;
    /// `frames.heartbeats` per second of [warmup, duration).
    FramesHeartbeatsPerSecond = "frames.heartbeats_per_s", "beats/s", PerSecond, Lower, Mean, Shrinks, Unmoved, theory(Noise::Rare), of(Connected);
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
    /// Of `events.occurred`, those that the client can never hold: the sender gave up, the client acknowledged and lost them, or asks for later events.
    EventsLost = "events.lost", "lost", Count, Lower, Sum, Needed, Unmoved;
    /// Of `events.occurred`, those that are neither delivered nor lost when the run ends.
    EventsPending = "events.pending", "pending", Count, Lower, Sum, Needed, Unmoved;
    /// Deliveries received by the client, duplicates included; of polls, the events that came again.
    EventsReceipts = "events.receipts", "received", Count, Neutral, Sum, Needed, Unmoved;
    /// Of `events.receipts`, those of events that the client already held.
    EventsDuplicates = "events.duplicates", "duplicates", Count, Lower, Sum, Needed, Unmoved;
    /// Of `events.duplicates`, those that a handler processed like new events, so that their side effects happened again.
    EventsProcessedAgain = "events.processed_again", "done again", Count, Lower, Sum, Needed, Unmoved;
    /// Events received later than an event that occurred after them.
    EventsOutOfOrder = "events.out_of_order", "unordered", Count, Lower, Sum, Needed, Unmoved;
    /// `events.delivered` divided by `events.occurred`.
    DeliveredShare = "delivered_share", "delivered", Share, Higher, Share, Needed, Unmoved, per(EventsOccurred), theory(Noise::Events);
    /// Requests of all deliveries of the events counted, those sent after `duration` included.
    AttemptsTotal = "attempts.total", "deliveries", Count, Lower, Sum, Needed, Unmoved;
    /// `attempts.total` divided by `events.occurred`; 0 for a client without webhooks.
    AttemptsPerEvent = "attempts.per_event", "tries/event", PerEvent, Lower, Mean, Needed, Unmoved, per(EventsOccurred), theory(Noise::Attempts), of(Called);
    /// `events.duplicates` divided by `events.occurred`.
    DuplicatesPerEvent = "attempts.duplicates_per_event", "again", PerEvent, Lower, Mean, Needed, Unmoved, per(EventsOccurred), theory(Noise::Attempts), of(Called);
    /// Deliveries that the sender gave up and sent once more, from its dead letters.
    AttemptsRedelivered = "attempts.redelivered", "redelivered", Count, Neutral, Sum, Needed, Unmoved;
    /// Deliveries that the sender gave up for good: after its last attempt, or because they were due while it had disabled the client.
    AttemptsGaveUp = "attempts.gave_up", "given up", Count, Lower, Sum, Needed, Unmoved;
    /// Events delivered, which the figures of `latency_s` are taken from.
    LatencyCount = "latency_s.count", "delivered", Count, Higher, Sum, Needed, Unmoved;
    /// Latency: the time from an event's occurrence until the client holds it; mean over the events delivered.
    LatencyMean = "latency_s.mean", "mean", Seconds, Lower, Mean, Needed, Typical, per(LatencyCount), theory(Noise::Mean);
    /// Population standard deviation of the latency.
    LatencyStddev = "latency_s.stddev", "stddev", Seconds, Lower, Pooled, Needed, Typical, theory(Noise::Deviation);
    /// Shortest latency.
    LatencyMin = "latency_s.min", "min", Seconds, Lower, Extreme, Needed, Typical;
    /// Median latency.
    LatencyP50 = "latency_s.p50", "p50 of held", Seconds, Lower, Pooled, Needed, Typical, per(LatencyCount), at(0.5), theory(Noise::Rank(0.5));
    /// 90th percentile of the latency.
    LatencyP90 = "latency_s.p90", "p90 of held", Seconds, Lower, Pooled, Needed, Typical, per(LatencyCount), at(0.9), theory(Noise::Rank(0.9));
    /// 95th percentile of the latency.
    LatencyP95 = "latency_s.p95", "p95 of held", Seconds, Lower, Pooled, Needed, Tail, per(LatencyCount), at(0.95), theory(Noise::Rank(0.95));
    /// 99th percentile of the latency.
    LatencyP99 = "latency_s.p99", "p99 of held", Seconds, Lower, Pooled, Needed, Tail, per(LatencyCount), at(0.99), theory(Noise::Rank(0.99));
    /// 99.9th percentile of the latency.
    LatencyP999 = "latency_s.p999", "p99.9 held", Seconds, Lower, Pooled, Needed, Tail, per(LatencyCount), at(0.999), theory(Noise::Rank(0.999));
    /// Longest latency.
    LatencyMax = "latency_s.max", "max of held", Seconds, Lower, Extreme, Needed, Tail, theory(Noise::Bound);
    /// Share of all events that the client held within 1 s of their occurrence; an event that never came counts as not held.
    KnownWithin1s = "known_within.1s", "in 1 s", Share, Higher, Share, Needed, Within, per(EventsOccurred);
    /// Share of all events that the client held within 10 s.
    KnownWithin10s = "known_within.10s", "in 10 s", Share, Higher, Share, Needed, Within, per(EventsOccurred);
    /// Share of all events that the client held within 1 minute.
    KnownWithin1m = "known_within.1m", "in 1 min", Share, Higher, Share, Needed, Within, per(EventsOccurred);
    /// Share of all events that the client held within 10 minutes.
    KnownWithin10m = "known_within.10m", "in 10 min", Share, Higher, Share, Needed, Within, per(EventsOccurred);
    /// Share of all events that the client held within 1 hour.
    KnownWithin1h = "known_within.1h", "in 1 h", Share, Higher, Share, Needed, Within, per(EventsOccurred);
    /// Time within which the client held half of all events that occurred; "never" where it held fewer.
    KnownAfterP50 = "known_after_s.p50", "p50", Seconds, Lower, Pooled, Needed, Typical, per(EventsOccurred), at(0.5);
    /// Time within which it held 95 % of all events, or "never".
    KnownAfterP95 = "known_after_s.p95", "p95", Seconds, Lower, Pooled, Needed, Tail, per(EventsOccurred), at(0.95);
    /// Time within which it held 99 % of all events, or "never".
    KnownAfterP99 = "known_after_s.p99", "p99", Seconds, Lower, Pooled, Needed, Tail, per(EventsOccurred), at(0.99);
    /// Time within which it held all events, or "never".
    KnownAfterMax = "known_after_s.max", "max", Seconds, Lower, Extreme, Needed, Tail;
    /// Age of information: now minus the occurrence of the newest event held, averaged over time.
    AgeMean = "age_s.mean", "age", Seconds, Lower, Mean, Needed, Typical, theory(Noise::OverTime);
    /// Share of time in which the client holds every event that has occurred.
    FreshShare = "fresh_share", "fresh", Share, Higher, Share, Needed, PerEvent, theory(Noise::OverTime);
    /// Requests that set the client up before the run: the registration of a URL and the handshake of the source, or the opening of a stream.
    SetupRequests = "setup.requests", "set-up", Count, Lower, Sum, Unchanged, Unmoved;
    /// Times that something goes to the other side and back until the client is set up: each request, and the handshake of TLS.
    SetupRoundTrips = "setup.round_trips", "round trips", Count, Lower, Sum, Unchanged, Unmoved;
    /// HTTP bytes of `setup.requests` and their answers.
    SetupBytes = "setup.bytes", "set-up B", Bytes, Lower, Sum, Unchanged, Unmoved;
    /// From the first message of the set-up until the first event can arrive; of the slowest member.
    SetupFirstEvent = "setup.first_event_after_s", "first after", Seconds, Lower, Extreme, Unchanged, Typical;
    /// Time in [warmup, duration) in which the source sent nothing, because it had disabled the client after failures; mean of its members.
    DisabledSeconds = "disabled_s", "disabled", Seconds, Lower, Mean, Needed, Typical;
    /// Deliveries that were due in [warmup, duration) and sent later, because the receiver answered slowly.
    HeldBackDelayed = "held_back.delayed", "delayed", Count, Lower, Sum, Needed, Unmoved;
    /// Deliveries that were due in [warmup, duration) and given up unsent, because the receiver answered too slowly.
    HeldBackDropped = "held_back.dropped", "dropped", Count, Lower, Sum, Needed, Unmoved;
    /// Deliveries that were due in [warmup, duration) while a breaker was open; a retry that waits counts again.
    HeldBackWaited = "held_back.waited", "waited", Count, Lower, Sum, Needed, Unmoved;
    /// How often a breaker opened in [warmup, duration).
    HeldBackOpened = "held_back.opened", "opened", Count, Lower, Sum, Needed, Unmoved;
    /// Time in [warmup, duration) in which the breaker was open, so that nothing was sent; mean of its members.
    HeldBackOpen = "held_back.open_s", "open", Seconds, Lower, Mean, Needed, Typical;
    /// Requests of attackers, sent in [warmup, duration).
    AttackedSent = "attacked.sent", "attacks", Count, Neutral, Sum, Unchanged, Unmoved;
    /// Of `attacked.sent`, those that the endpoint took for the source's.
    AttackedAccepted = "attacked.accepted", "got in", Count, Lower, Sum, Unchanged, Unmoved;
    /// Of `attacked.sent`, those that the endpoint refused.
    AttackedRefused = "attacked.refused", "kept out", Count, Neutral, Sum, Unchanged, Unmoved;
    /// Of `attacked.sent`, those that got no answer, so that nothing is known of them.
    AttackedUnanswered = "attacked.unanswered", "no answer", Count, Neutral, Sum, Unchanged, Unmoved;
    /// HTTP bytes that the endpoint took in from attackers, headers included.
    AttackedBytesToClient = "attacked.bytes.to_client", "taken in", Bytes, Lower, Sum, Unchanged, Unmoved;
    /// HTTP bytes of the answers to attackers.
    AttackedBytesToAttacker = "attacked.bytes.to_attacker", "sent out", Bytes, Lower, Sum, Unchanged, Unmoved;
    /// Time for which requests of attackers held a connection, all together; in a live run real time, whatever its speed.
    AttackedHeld = "attacked.held_s", "held open", Seconds, Lower, Sum, Unchanged, Tail;
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

    /// Whether it counts requests of attackers.
    pub fn is_of_attackers(self) -> bool {
        self.path().starts_with("attacked.")
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

    /// What a mean, a share or a percentile is taken over, so that a replication weighs as much as it has of it. None
    /// where it is taken over time, of which every replication has the same.
    pub const fn per(self) -> Option<Self> {
        self.declaration().per
    }

    /// Of a percentile, the share of [`per`](Self::per) that is not above it.
    pub const fn quantile(self) -> Option<f64> {
        self.declaration().quantile
    }

    /// Which clients have it.
    pub const fn had_by(self) -> HadBy {
        self.declaration().had_by
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
    /// Requests that ended so.
    Answered(Status),
}

impl Metric {
    /// The figure at that path; None where there is none.
    pub fn find(path: &str) -> Option<Self> {
        let at = |path: &str| Figure::ALL.iter().copied().find(|figure| figure.path() == path);
        if let Some(outcome) = path.strip_prefix(BY_STATUS) {
            outcome.parse().ok().map(Self::Answered)
        } else if let Some(path) = path.strip_prefix(THEORY) {
            at(path).filter(|figure| figure.is_predicted()).map(Self::Predicted)
        } else {
            at(path).map(Self::Measured)
        }
    }

    /// How `CLIENT.METRIC` may be read: the client, the path, and what that names. A client's name may have dots, so there
    /// may be several readings; the one with the longest path is first.
    pub fn readings(text: &str) -> impl Iterator<Item = (&str, &str, Self)> {
        let dots = text.match_indices('.').map(|(dot, _)| (&text[..dot], &text[dot + 1..]));
        dots.filter_map(|(client, path)| Some((client, path, Self::find(path)?)))
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
pub fn by_status_pattern() -> String {
    format!(r"^requests\.by_status\.([1-5][0-9][0-9]|{})$", Status::UNANSWERED.join("|"))
}

const BY_STATUS: &str = "requests.by_status.";
const THEORY: &str = "theory.";

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
    let unanswered = Status::UNANSWERED.join("`, `");
    table
        + &format!(
            "| `requests.by_status.*` | count | neutral | sum | Requests answered with that HTTP status, or not answered: `{unanswered}`. |\n"
        )
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
        assert_eq!(answered("503"), Some(Metric::Answered(Status::Http(503))));
        assert_eq!(answered("timeout").map(|metric| metric.combine()), Some(Combine::Sum));
        for name in Status::UNANSWERED {
            assert!(matches!(answered(name), Some(Metric::Answered(status)) if status.to_string() == *name));
        }
        assert!(
            answered("999").is_none()
                && answered("+50").is_none()
                && Metric::find("requests.by_status").is_none()
        );
        assert!(Metric::find("theory.requests.total").is_none());
    }

    #[test]
    fn the_documentation_has_a_line_for_each() {
        let table = documentation();
        assert_eq!(table.lines().count(), Figure::ALL.len() + 3);
        assert!(table.contains("| `latency_s.p99` | s | lower | of all events | 99th percentile of the latency. Predicted under `theory.`. |"));
    }
}
