//! The inputs of the closed forms. Only this module reads the scenario for them.
//!
//! Every structure is destructured without `..`, so that a new key does not compile until someone decides whether a
//! form depends on it. A key that no form depends on is bound to `_`.

mod hooks;
mod polls;
mod workload;

use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::limit::RateLimit;
use crate::policy::outage::Outage;
use crate::scenario::{Client, Drain, EventsConfig, Kind, LinkConfig, Network, Scenario, SourceConfig};
use crate::time::Span;
pub(super) use hooks::HookSetup;
pub(super) use polls::PollSetup;
pub(super) use workload::Workload;

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

    /// The delays of a round trip: to the source, service, back.
    pub(super) const fn trip(&self) -> [Delay; 3] {
        [self.to_source.delay, self.source.service_time, self.to_client.delay]
    }

    /// The mean of a round trip, in seconds, where nothing waits for a server; infinite where a part has none.
    pub(super) fn trip_mean_s(&self) -> f64 {
        self.trip().iter().map(Delay::mean_s).sum()
    }

    /// The share of requests that take time of a server of the source: a lost one does not reach it, and a 503 takes none.
    pub(super) fn worked(&self) -> f64 {
        (1.0 - self.source.failure_rate) * (1.0 - self.to_source.loss)
    }

    /// Chance that a request or its answer is lost.
    pub(super) fn lost(&self) -> f64 {
        1.0 - (1.0 - self.to_source.loss) * (1.0 - self.to_client.loss)
    }
}

impl Link {
    fn of(link: &LinkConfig) -> Self {
        let LinkConfig { delay, loss } = link;
        Self { delay: *delay, loss: *loss }
    }
}
