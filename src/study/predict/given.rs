//! The inputs of the closed forms. Only this module reads the scenario for them.
//!
//! Every structure is destructured without `..`, so that a new key does not compile until someone decides whether a
//! form depends on it. A key that no form depends on is bound to `_`.

use crate::policy::arrivals::Arrivals;
use crate::policy::backoff::Backoff;
use crate::policy::batching::Batching;
use crate::policy::breaker::Breaker;
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::disable::Disable;
use crate::policy::limit::RateLimit;
use crate::policy::outage::{Mode, Outage};
use crate::policy::paging::{Order, Pages};
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase, PollSchedule};
use crate::policy::slow::SlowPenalty;
use crate::scenario::{
    Client, Drain, Endpoint, EventsConfig, Kind, LinkConfig, Network, Scenario, SourceConfig, Webhook,
};
use crate::time::{Instant, Span};

/// One client in one run.
#[derive(Clone, Debug)]
pub(super) struct Given<'a> {
    pub(super) run: Run,
    pub(super) source: Source<'a>,
    /// The client's `count`.
    pub(super) members: u32,
    pub(super) to_source: Link,
    pub(super) to_client: Link,
    /// When the client is down.
    pub(super) outages: &'a [Outage],
    pub(super) kind: &'a Kind,
}

/// The run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) arrivals: Arrivals,
    /// The share of the events that the client wants: a random part of all.
    pub(super) share: f64,
    pub(super) resources: u32,
    /// How long before its event a job started. Only polls depend on it: they then have forms of their own.
    pub(super) job: Option<Delay>,
    pub(super) duration_s: f64,
    pub(super) warmup_s: f64,
    pub(super) drain: Drain,
    /// Only the spread of the mean depends on it.
    pub(super) replications: u32,
}

/// The provider's API.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) service_time: Delay,
    pub(super) capacity: u32,
    pub(super) page_size: u32,
    pub(super) failure_rate: f64,
    /// Time from an event until the API shows it; None: each event has its own.
    pub(super) commit_delay: Option<Span>,
    /// The same as it is drawn.
    pub(super) commits: Delay,
    /// API requests that it answers to each member.
    pub(super) rate_limit: Option<RateLimit>,
    /// When the source is down.
    pub(super) outages: &'a [Outage],
}

/// One direction of the network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) delay: Delay,
    pub(super) loss: f64,
}

/// A poll channel of the client: its only channel, or the reconciling one of a webhook.
#[derive(Clone, Debug)]
pub(super) struct PollSetup<'a> {
    pub(super) given: &'a Given<'a>,
    pub(super) interval: Delay,
    pub(super) pacing: Pacing,
    pub(super) overrun: Overrun,
    pub(super) phase: Phase,
    pub(super) jitter: f64,
    pub(super) jitter_kind: JitterKind,
    pub(super) timeout_s: f64,
    pub(super) conditional: bool,
    /// The forms hold only where the interval does not depend on the events.
    pub(super) backoff: Option<Backoff>,
    pub(super) order: Order,
    pub(super) cursor: Cursor,
    pub(super) time_resolution: Option<Span>,
    pub(super) overlap: Option<Span>,
    /// `last_page` is not here: the forms hold only where one page takes all events.
    pub(super) pages: Pages,
}

/// A webhook channel of the client.
#[derive(Clone, Debug)]
pub(super) struct HookSetup<'a> {
    pub(super) given: &'a Given<'a>,
    pub(super) deadline_s: f64,
    pub(super) retries: &'a Retries,
    pub(super) retry_jitter: RetryJitter,
    /// The `Retry-After` of every answer 503 or 429, where the sender honours it.
    pub(super) retry_after: Option<Span>,
    /// 0: unlimited, as is the capacity.
    pub(super) workers: u32,
    /// Whether the events of a member are delivered one after the other.
    pub(super) ordered: bool,
    /// How events are collected that are sent together.
    pub(super) batch: Option<Batching>,
    /// Whether a delivery only announces its events.
    pub(super) thin: bool,
    /// Whether the client then fetches by cursor, one request at a time.
    pub(super) coalesce: bool,
    /// The pause before a fetch is repeated that did not bring what was announced.
    pub(super) fetch_again: Option<Span>,
    /// The forms hold only where no breaker opens.
    pub(super) breaker: Option<Breaker>,
    /// The forms hold only where no attempt is slow.
    pub(super) slow_penalty: Option<SlowPenalty>,
    /// The delay of the attempt after the last retry.
    pub(super) redeliver_after: Option<Span>,
    /// `enable_after` is not here: the forms hold only where nothing is disabled.
    pub(super) disable_after: Disable,
    pub(super) service_time: Delay,
    pub(super) capacity: u32,
    pub(super) queue: Option<u32>,
    pub(super) failure_rate: f64,
    pub(super) dedupe: bool,
    /// How long an event is remembered that was processed; None: forever.
    pub(super) dedupe_window_s: Option<f64>,
    pub(super) reconcile: Option<&'a PollSchedule>,
    /// The age up to which a signature is accepted.
    pub(super) tolerance_s: Option<f64>,
}

impl<'a> Given<'a> {
    pub(super) fn of(scenario: &'a Scenario, client: &'a Client) -> Self {
        let Scenario {
            name: _,
            title: _,
            about: _,
            duration,
            warmup,
            settling: _,
            drain,
            seed: _,
            replications,
            events: EventsConfig { resources, types, payload: _, arrivals, job },
            source:
                SourceConfig {
                    service_time,
                    capacity,
                    page_size,
                    failure_rate,
                    commit_delay,
                    rate_limit,
                    billing: _,
                },
            source_outages,
            // Clients do not contend with each other.
            clients: _,
            answer: _,
            expectations: _,
        } = scenario;
        let Client {
            name: _,
            count,
            types: wanted,
            // Predictions are of the scenario, which has none.
            network: Network { to_source, to_client, overhead: _ },
            outages,
            attacks: _,
            kind,
        } = client;
        Self {
            run: Run {
                arrivals: arrivals.clone(),
                share: types.share(wanted),
                resources: *resources,
                job: *job,
                duration_s: duration.as_secs_f64(),
                warmup_s: warmup.as_secs_f64(),
                drain: *drain,
                replications: *replications,
            },
            source: Source {
                service_time: *service_time,
                capacity: *capacity,
                page_size: *page_size,
                failure_rate: *failure_rate,
                commit_delay: commit_delay.constant(),
                commits: *commit_delay,
                rate_limit: *rate_limit,
                outages: &source_outages.0,
            },
            members: *count,
            to_source: Link::of(to_source),
            to_client: Link::of(to_client),
            outages: &outages.0,
            kind,
        }
    }

    /// Chance that a request or its answer is lost.
    pub(super) fn lost(&self) -> f64 {
        1.0 - (1.0 - self.to_source.loss) * (1.0 - self.to_client.loss)
    }

    /// The poll channel with that schedule.
    pub(super) fn polls(&'a self, schedule: &PollSchedule) -> PollSetup<'a> {
        let in_effect = schedule.at_source(self.source.rate_limit, self.run.resources);
        let PollSchedule {
            interval,
            pacing,
            overrun,
            phase,
            jitter,
            jitter_kind,
            timeout,
            order,
            cursor,
            time_resolution,
            overlap,
            // It changes what is processed, and not what is known.
            dedupe: _,
            pages,
            last_page: _,
            on_limit: _,
            backoff,
            conditional,
        } = in_effect;
        PollSetup {
            given: self,
            interval,
            pacing,
            overrun,
            phase,
            jitter,
            jitter_kind,
            timeout_s: timeout.as_secs_f64(),
            conditional,
            backoff,
            order,
            cursor,
            time_resolution,
            overlap,
            pages,
        }
    }

    /// The webhook channel with those settings.
    pub(super) fn hooks(&'a self, webhook: &'a Webhook) -> HookSetup<'a> {
        let Webhook {
            provider: _,
            // Before the run begins.
            handshake: _,
            deadline,
            retries,
            retry_jitter,
            honour_retry_after,
            workers,
            ordered,
            batch,
            thin,
            coalesce,
            fetch_again,
            breaker,
            slow_penalty,
            disable_after,
            enable_after: _,
            redeliver_after,
            endpoint:
                Endpoint {
                    service_time,
                    capacity,
                    queue,
                    // The forms hold only where no queue is ever full.
                    overload_status: _,
                    retry_after,
                    failure_rate,
                    dedupe,
                    dedupe_window,
                },
            reconcile,
            security,
        } = webhook;
        HookSetup {
            given: self,
            deadline_s: deadline.as_secs_f64(),
            retries,
            retry_jitter: *retry_jitter,
            retry_after: retry_after.filter(|_| *honour_retry_after),
            workers: *workers,
            ordered: *ordered,
            batch: *batch,
            thin: *thin,
            coalesce: *coalesce,
            fetch_again: *fetch_again,
            breaker: *breaker,
            slow_penalty: *slow_penalty,
            disable_after: *disable_after,
            redeliver_after: *redeliver_after,
            service_time: *service_time,
            capacity: *capacity,
            queue: *queue,
            failure_rate: *failure_rate,
            dedupe: *dedupe,
            dedupe_window_s: dedupe_window.map(Span::as_secs_f64),
            reconcile: reconcile.as_ref(),
            tolerance_s: security.tolerance_s().map(|tolerance_s| tolerance_s as f64),
        }
    }
}

impl Link {
    fn of(link: &LinkConfig) -> Self {
        let LinkConfig { delay, loss } = link;
        Self { delay: *delay, loss: *loss }
    }
}

impl PollSetup<'_> {
    /// The delays from the snapshot to the client: service and network. An event that the API shows later is as late as if
    /// the answer took longer. None where that delay is to be added to two random ones.
    pub(super) fn answer(&self) -> Option<[Delay; 2]> {
        let (service, back, later) =
            (self.given.source.service_time, self.given.to_client.delay, self.given.source.commit_delay?);
        match (service, back) {
            (Delay::Constant(service), back) => Some([Delay::Constant(service + later), back]),
            (service, Delay::Constant(back)) => Some([service, Delay::Constant(back + later)]),
            (service, back) => (later == Span::ZERO).then_some([service, back]),
        }
    }

    /// The delays of a round trip: to the source, service, back.
    pub(super) const fn trip(&self) -> [Delay; 3] {
        [self.given.to_source.delay, self.given.source.service_time, self.given.to_client.delay]
    }

    /// Poll loops: one for each member and resource.
    pub(super) fn loops(&self) -> f64 {
        f64::from(self.given.members) * f64::from(self.given.run.resources)
    }

    /// Chance that a poll fails.
    pub(super) fn failure(&self) -> f64 {
        1.0 - (1.0 - self.given.lost()) * (1.0 - self.given.source.failure_rate)
    }
}

impl HookSetup<'_> {
    /// The delays of an attempt: to the client, handler, back.
    pub(super) const fn parts(&self) -> [Delay; 3] {
        [self.given.to_client.delay, self.service_time, self.given.to_source.delay]
    }

    /// Attempts in all, that of the dead letters included. While nothing is disabled, it is like one more retry, except
    /// that it is not jittered.
    pub(super) fn attempts(&self) -> u32 {
        self.retries.attempts() + u32::from(self.redeliver_after.is_some())
    }

    /// Whether any attempt may fail, by chance or in an outage. `late`: its answer always misses the deadline.
    pub(super) fn may_fail(&self, late: bool) -> bool {
        self.may_fail_up(late) || !self.given.outages.is_empty()
    }

    /// Whether the source can disable the client. Where attempts fail in outages alone, no row of failures is longer than
    /// from the beginning of the first to the last attempt in the last.
    pub(super) fn may_be_disabled(&self, late: bool) -> bool {
        let outages = self.given.outages;
        if self.disable_after == Disable::Never || !self.may_fail(late) {
            return false;
        }
        let by_chance = self.may_fail_up(late);
        match (self.disable_after, outages.first(), outages.last()) {
            _ if outages.iter().any(|outage| outage.mode == Mode::Gone) => true,
            (Disable::Gone, _, _) => false,
            (Disable::Unbroken(span), Some(first), Some(last)) if !by_chance => {
                (last.until - first.from).as_secs_f64() + self.deadline_s >= span.as_secs_f64()
            }
            _ => true,
        }
    }

    /// Whether an attempt may fail while the client is up.
    fn may_fail_up(&self, late: bool) -> bool {
        self.given.to_client.loss + self.given.to_source.loss + self.failure_rate > 0.0 || late
    }
}

/// The stationary stream of events that the closed forms assume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Workload {
    /// Events per second, of all resources.
    pub(super) rate_per_s: f64,
    /// Events per second of [warmup, duration): of periodic events the number that occur in it, divided by its length.
    pub(super) counted_per_s: f64,
    /// Whether they are a Poisson process; periodic otherwise.
    pub(super) poisson: bool,
    /// The length of [warmup, duration), in seconds.
    pub(super) window_s: f64,
}

impl Workload {
    /// None where the rate is not constant, as where the first event is later than one period after the warm-up, or where
    /// events cluster. A random part of a Poisson process is one; of periodic events it is neither periodic nor Poisson.
    pub(super) fn of(run: &Run) -> Option<Self> {
        let rate_per_s = run.rate_per_s();
        let poisson = match run.arrivals {
            Arrivals::Constant { .. } if run.share < 1.0 => return None,
            Arrivals::Constant { first, .. }
                if first.as_secs_f64() > run.warmup_s + 1.000_001 / rate_per_s =>
            {
                return None;
            }
            Arrivals::Constant { .. } => false,
            Arrivals::Poisson { .. } => true,
            // No form is for events that cluster, or at a rate that changes.
            Arrivals::Bursts { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::SelfExciting { .. }
            | Arrivals::FlashCrowd { .. }
            | Arrivals::Trace { .. } => return None,
        };
        let window_s = run.window_s();
        let counted_per_s =
            if poisson { rate_per_s } else { run.events(run.warmup_s, run.duration_s) / window_s };
        Some(Self { rate_per_s, counted_per_s, poisson, window_s })
    }

    /// Whether averages over time are near their limits: the window is at least twenty times as long as the memory of
    /// the process.
    pub(super) fn settles(&self, memory_s: f64) -> bool {
        self.window_s >= 20.0 * memory_s
    }
}

impl Run {
    /// The length of [warmup, duration), in seconds.
    pub(super) const fn window_s(&self) -> f64 {
        self.duration_s - self.warmup_s
    }

    /// Events per second that the client wants, in the long run.
    pub(super) fn rate_per_s(&self) -> f64 {
        self.share * self.arrivals.rate_per_s()
    }

    /// The expected number of events between two times, in seconds from the start.
    pub(super) fn events(&self, from_s: f64, until_s: f64) -> f64 {
        let before = |at_s: f64| self.arrivals.expected(Instant::START + Span::from_secs_f64(at_s.max(0.0)));
        self.share * (before(until_s) - before(from_s))
    }

    /// Whether the drain is long enough for what takes that many seconds.
    pub(super) fn drains(&self, longest_s: f64) -> bool {
        match self.drain {
            Drain::Auto => true,
            Drain::AtMost(limit) => longest_s <= limit.as_secs_f64(),
        }
    }
}
