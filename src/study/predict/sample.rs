//! Simple scenarios and clients for the tests of this folder, which a test changes.

use crate::policy::arrivals::Arrivals;
use crate::policy::billing::Billing;
use crate::policy::delay::Delay;
use crate::policy::disable::Disable;
use crate::policy::event_types::{EventTypes, Wanted};
use crate::policy::handshake::Handshake;
use crate::policy::message::{Format, Payload};
use crate::policy::outage::{Mode, Outage, Outages};
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::security::Security;
use crate::scenario::{
    Client, Drain, Endpoint, EventsConfig, Kind, LinkConfig, Network, Scenario, Settling, SourceConfig,
    Webhook,
};
use crate::time::{Instant, Span};

pub(super) fn seconds(seconds: f64) -> Delay {
    Delay::Constant(Span::from_secs_f64(seconds))
}

pub(super) fn exponential(mean_s: f64) -> Delay {
    Delay::Exponential { mean: Span::from_secs_f64(mean_s) }
}

/// Poisson events for a million seconds; all else is the default.
pub(super) fn scenario(rate_per_s: f64) -> Scenario {
    Scenario {
        name: "sample".into(),
        title: String::new(),
        about: String::new(),
        duration: Span::from_secs(1_000_000),
        warmup: Span::ZERO,
        settling: Settling::Given,
        drain: Drain::Auto,
        seed: 1,
        replications: 1,
        events: EventsConfig {
            resources: 1,
            types: EventTypes(vec![("event".into(), 1.0)]),
            payload: Payload { format: Format::Json, size_bytes: 300 },
            arrivals: Arrivals::Poisson { rate_per_s },
            job: None,
        },
        source: SourceConfig {
            service_time: Delay::ZERO,
            capacity: 0,
            page_size: 100,
            failure_rate: 0.0,
            commit_delay: Delay::ZERO,
            rate_limit: None,
            billing: Billing { free: Vec::new() },
        },
        source_outages: Outages::default(),
        clients: Vec::new(),
        answer: None,
        expectations: Vec::new(),
    }
}

fn client(kind: Kind) -> Client {
    let leg = LinkConfig { delay: Delay::ZERO, loss: 0.0 };
    Client {
        name: "sample".into(),
        count: 1,
        types: Wanted::All,
        network: Network { to_source: leg.clone(), to_client: leg, overhead: Span::ZERO },
        outages: Outages::default(),
        attacks: Vec::new(),
        kind,
    }
}

/// A poller at a fixed rate and a random phase, over a network without delay.
pub(super) fn poller(interval_s: f64) -> Client {
    client(Kind::Poll(super::steady(Span::from_secs_f64(interval_s))))
}

/// A webhook without failures, queues or retries, over a network without delay.
pub(super) fn webhook() -> Client {
    client(Kind::Webhook(Box::new(Webhook {
        provider: None,
        handshake: Handshake::None,
        deadline: Span::from_secs(10),
        retries: Retries::List(Vec::new()),
        retry_jitter: RetryJitter::None,
        honour_retry_after: true,
        ordered: false,
        batch: None,
        thin: false,
        coalesce: true,
        fetch_again: None,
        workers: 0,
        breaker: None,
        slow_penalty: None,
        disable_after: Disable::Never,
        enable_after: None,
        redeliver_after: None,
        endpoint: Endpoint {
            service_time: Delay::ZERO,
            capacity: 0,
            queue: None,
            overload_status: 503,
            retry_after: None,
            failure_rate: 0.0,
            dedupe: true,
            dedupe_window: None,
        },
        reconcile: None,
        security: Security::OPEN,
    })))
}

/// The webhook of a client, to change it.
pub(super) fn hook(client: &mut Client) -> &mut Webhook {
    let Kind::Webhook(webhook) = &mut client.kind else { panic!("the sample has no webhook") };
    webhook
}

/// The polling of a client, to change it.
pub(super) fn schedule(client: &mut Client) -> &mut crate::policy::schedule::PollSchedule {
    let Kind::Poll(schedule) = &mut client.kind else { panic!("the sample does not poll") };
    schedule
}

/// Down for a minute.
pub(super) fn outage() -> Outages {
    let at = |seconds| Instant::START + Span::from_secs(seconds);
    Outages(vec![Outage { from: at(60), until: at(120), mode: Mode::Refuse }])
}

/// Fails where a figure is missing or differs by more than `tolerance`.
pub(super) fn near(value: Option<f64>, expected: f64, tolerance: f64) {
    assert!(value.is_some_and(|value| (value - expected).abs() <= tolerance), "{value:?} against {expected}");
}
