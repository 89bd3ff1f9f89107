//! Why a figure of a client has no closed form: which settings stand in the way.
//!
//! It is found by trying. Settings are made as simple as they can be, one after the other, until the figure is
//! predicted. So a reason is never wrong; where no setting of this list helps, the reason is not known.

use super::{predict, stability, steady};
use crate::figure::{Figure, HadBy};
use crate::policy::arrivals::Arrivals;
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::disable::Disable;
use crate::policy::event_types::Wanted;
use crate::policy::heartbeat::HeartbeatWhen;
use crate::policy::outage::Outages;
use crate::policy::paging::{Order, Pages};
use crate::policy::reconnect::ReconnectJitter;
use crate::policy::retry::RetryJitter;
use crate::policy::schedule::{Overrun, Pacing, Phase, PollSchedule};
use crate::policy::security::Security;
use crate::scenario::{Client, Drain, Kind, LongPoll, Scenario, Stream, Webhook};
use crate::study::summary::Theory;
use crate::study::value::predicted;
use crate::time::Span;

/// What closed forms say of one client.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outlook {
    /// The predictions; None for each figure without one.
    pub theory: Theory,
    /// Why the client cannot keep up, in a sentence; None where it can.
    pub unstable_because: Option<String>,
    /// The figures without a prediction that such a client has, and why.
    pub missing: Vec<(Figure, String)>,
}

/// What closed forms say of a client, and why they do not say more.
pub fn outlook(scenario: &Scenario, client: &Client) -> Outlook {
    let theory = predict(scenario, client);
    let unstable_because = stability(scenario, client).map(|overload| overload.because);
    let all = || Figure::ALL.iter().copied();
    let open = all().filter(|&figure| figure.is_predicted() && applies(figure, client));
    let open: Vec<Figure> = open.filter(|&figure| predicted(&theory, figure).is_none()).collect();
    let reasons: Vec<String> = match &unstable_because {
        Some(why) => open.iter().map(|_| why.clone()).collect(),
        None => reasons(scenario, client, &open),
    };
    Outlook { theory, unstable_because, missing: open.into_iter().zip(reasons).collect() }
}

/// Whether such a client has the figure at all.
fn applies(figure: Figure, client: &Client) -> bool {
    match figure.had_by() {
        HadBy::Every => true,
        HadBy::Asking => client.schedule().is_some() || matches!(client.kind, Kind::LongPoll(_)),
        HadBy::Connected => client.kind.channel().stays_connected(),
        HadBy::Called => client.is_called(),
    }
}

/// For each of the figures why it has no form.
fn reasons(scenario: &Scenario, client: &Client, open: &[Figure]) -> Vec<String> {
    // Only what changes something can be a reason.
    let changing: Vec<&Simpler> = SIMPLER.iter().filter(|one| with(scenario, client, &[one]).2).collect();
    let singly: Vec<(&Simpler, Theory)> =
        changing.iter().map(|one| (*one, theory(scenario, client, &[one]))).collect();
    let simplest = theory(scenario, client, &changing);
    let mut reasons = Vec::new();
    for &figure in open {
        let single = singly.iter().find(|(_, theory)| predicted(theory, figure).is_some());
        reasons.push(if let Some((one, _)) = single {
            format!("no form with this {}", one.name)
        } else if predicted(&simplest, figure).is_some() {
            let names: Vec<&str> =
                fewest(scenario, client, &changing, figure).iter().map(|one| one.name).collect();
            format!("no form with {} together", names.join(", "))
        } else {
            "no form is known for such a client".to_owned()
        });
    }
    reasons
}

/// A smallest part of the changes after which the figure is predicted.
fn fewest<'a>(scenario: &Scenario, client: &Client, all: &[&'a Simpler], figure: Figure) -> Vec<&'a Simpler> {
    let mut needed = all.to_vec();
    for one in all.iter().rev() {
        let without: Vec<&Simpler> =
            needed.iter().copied().filter(|other| !std::ptr::eq(*other, *one)).collect();
        if predicted(&theory(scenario, client, &without), figure).is_some() {
            needed = without;
        }
    }
    needed
}

fn theory(scenario: &Scenario, client: &Client, changes: &[&Simpler]) -> Theory {
    let (scenario, client, _) = with(scenario, client, changes);
    predict(&scenario, &client)
}

/// Both after the changes, and whether these change anything.
fn with(scenario: &Scenario, client: &Client, changes: &[&Simpler]) -> (Scenario, Client, bool) {
    let (mut simple, mut simple_client) = (scenario.clone(), client.clone());
    for change in changes {
        (change.make)(&mut simple, &mut simple_client);
    }
    let is_other = simple != *scenario || simple_client != *client;
    (simple, simple_client, is_other)
}

/// A setting, and how to make it as simple as it can be.
struct Simpler {
    name: &'static str,
    make: fn(&mut Scenario, &mut Client),
}

macro_rules! simpler {
    ($($name:literal: $make:expr;)*) => {
        /// In the order in which they are tried.
        const SIMPLER: &[Simpler] = &[$(Simpler { name: $name, make: $make }),*];
    };
}

simpler! {
    "outage of the source": |scenario, _| scenario.source_outages = Outages::default();
    "outage of the client": |_, client| client.outages = Outages::default();
    "events.arrivals": |scenario, _| {
        let rate_per_s = scenario.events.arrivals.rate_per_s();
        scenario.events.arrivals = Arrivals::Poisson { rate_per_s };
    };
    "events.job": |scenario, _| {
        if let Some(job) = &mut scenario.events.job {
            *job = Delay::Exponential { mean: Span::from_secs_f64(job.mean_s()).max(Span(1)) };
        }
    };
    "batch": |_, client| hook(client, |hook| hook.batch = None);
    "thin": |_, client| hook(client, |hook| hook.thin = false);
    "ordered": |_, client| hook(client, |hook| hook.ordered = false);
    "workers": |_, client| hook(client, |hook| hook.workers = 0);
    "reconcile": |_, client| hook(client, |hook| hook.reconcile = None);
    "disable_after": |_, client| hook(client, |hook| hook.disable_after = Disable::Never);
    "breaker": |_, client| hook(client, |hook| hook.breaker = None);
    "slow_penalty": |_, client| hook(client, |hook| hook.slow_penalty = None);
    "redeliver_after": |_, client| hook(client, |hook| hook.redeliver_after = None);
    "endpoint.capacity": |_, client| hook(client, |hook| hook.endpoint.capacity = 0);
    "endpoint.queue": |_, client| hook(client, |hook| hook.endpoint.queue = None);
    "retry_jitter": |_, client| hook(client, |hook| hook.retry_jitter = RetryJitter::None);
    "honour_retry_after": |_, client| hook(client, |hook| hook.honour_retry_after = false);
    "endpoint.dedupe": |_, client| hook(client, |hook| hook.endpoint.dedupe = true);
    "endpoint.failure_rate": |_, client| hook(client, |hook| hook.endpoint.failure_rate = 0.0);
    "endpoint.dedupe_window": |_, client| hook(client, |hook| hook.endpoint.dedupe_window = None);
    "endpoint.service_time": |_, client| hook(client, |hook| hook.endpoint.service_time = Delay::ZERO);
    "deadline": |_, client| hook(client, |hook| hook.deadline = hook.deadline.max(Span::from_secs(86_400)));
    "security": |_, client| hook(client, |hook| hook.security = Security::OPEN);
    "source.rate_limit": |scenario, _| scenario.source.rate_limit = None;
    "source.capacity": |scenario, _| scenario.source.capacity = 0;
    "source.page_size": |scenario, _| scenario.source.page_size = u32::MAX;
    "source.failure_rate": |scenario, _| scenario.source.failure_rate = 0.0;
    "source.commit_delay": |scenario, _| scenario.source.commit_delay = Delay::ZERO;
    "source.service_time": |scenario, _| scenario.source.service_time = Delay::ZERO;
    "network.loss": |_, client| {
        (client.network.to_source.loss, client.network.to_client.loss) = (0.0, 0.0);
    };
    "network.delay": |_, client| {
        constant(&mut client.network.to_source.delay);
        constant(&mut client.network.to_client.delay);
    };
    "order": |_, client| polls(client, |polls| polls.order = Order::Oldest);
    "cursor": |_, client| polls(client, |polls| polls.cursor = Cursor::Id);
    "backoff": |_, client| polls(client, |polls| polls.backoff = None);
    "pages": |_, client| polls(client, |polls| polls.pages = Pages::All);
    "jitter": |_, client| polls(client, |polls| polls.jitter = 0.0);
    "pacing": |_, client| polls(client, |polls| polls.pacing = Pacing::FixedRate);
    "overrun": |_, client| polls(client, |polls| polls.overrun = Overrun::Skip);
    "phase": |_, client| polls(client, |polls| polls.phase = Phase::Random);
    "interval": |_, client| polls(client, |polls| constant(&mut polls.interval));
    "timeout": |_, client| {
        polls(client, |polls| polls.timeout = steady(Span::from_secs_f64(polls.interval.mean_s())).timeout);
    };
    "pause": |_, client| {
        if let Kind::LongPoll(long_poll) = &mut client.kind {
            long_poll.pause = Span::ZERO;
        }
    };
    "idle_timeout": |_, client| match &mut client.kind {
        Kind::LongPoll(LongPoll { idle_timeout, .. })
        | Kind::Sse(Stream { idle_timeout, .. })
        | Kind::WebSocket(Stream { idle_timeout, .. }) => *idle_timeout = None,
        Kind::Poll(_) | Kind::Webhook(_) => {}
    };
    "reconnect_jitter": |_, client| {
        if let Kind::Sse(stream) | Kind::WebSocket(stream) = &mut client.kind {
            stream.reconnect_jitter = ReconnectJitter::None;
        }
    };
    "heartbeat_when": |_, client| {
        if let Kind::Sse(stream) | Kind::WebSocket(stream) = &mut client.kind {
            stream.heartbeat_when = HeartbeatWhen::Always;
        }
    };
    "types": |_, client| client.types = Wanted::All;
    "count": |_, client| client.count = 1;
    "events.resources": |scenario, _| scenario.events.resources = 1;
    "drain": |scenario, _| scenario.drain = Drain::Auto;
    "duration: it is too short": |scenario, _| {
        scenario.duration = scenario.warmup + Span::from_secs(100 * 365 * 86_400);
    };
}

fn hook(client: &mut Client, change: impl FnOnce(&mut Webhook)) {
    if let Kind::Webhook(webhook) = &mut client.kind {
        change(webhook);
    }
}

/// Changes the polls of the client, its only channel or the reconciling one.
fn polls(client: &mut Client, change: impl FnOnce(&mut PollSchedule)) {
    match &mut client.kind {
        Kind::Poll(schedule) => change(schedule),
        Kind::Webhook(webhook) => webhook.reconcile.as_mut().map_or((), change),
        Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) => {}
    }
}

fn constant(delay: &mut Delay) {
    let mean_s = delay.mean_s();
    if mean_s.is_finite() {
        *delay = Delay::Constant(Span::from_secs_f64(mean_s));
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::policy::retry::Retries;

    fn reason(outlook: &Outlook, figure: Figure) -> &str {
        &outlook.missing.iter().find(|(open, _)| *open == figure).expect("it has no form").1
    }

    #[test]
    fn the_setting_that_stands_in_the_way_is_named() {
        let mut scenario = sample::scenario(0.01);
        let poller = sample::poller(10.0);
        let outlook_of = |scenario: &Scenario, client: &Client| outlook(scenario, client);
        assert_eq!(outlook_of(&scenario, &poller).missing, []);
        scenario.source_outages = sample::outage();
        let down = outlook_of(&scenario, &poller);
        assert_eq!(reason(&down, Figure::LatencyMean), "no form with this outage of the source");
        scenario.source_outages = Outages::default();
        scenario.source.failure_rate = 0.1;
        let mut hook = sample::webhook();
        let Kind::Webhook(webhook) = &mut hook.kind else { unreachable!() };
        webhook.retries = Retries::List(vec![Span::from_secs(5), Span::from_secs(60)]);
        (webhook.retry_jitter, webhook.endpoint.failure_rate) = (RetryJitter::Full, 0.4);
        let jittered = outlook_of(&scenario, &hook);
        assert_eq!(reason(&jittered, Figure::LatencyP90), "no form with this retry_jitter");
    }

    #[test]
    fn settings_that_stand_in_the_way_together_are_all_named() {
        let mut scenario = sample::scenario(0.01);
        scenario.source_outages = sample::outage();
        let mut poller = sample::poller(10.0);
        scenario.source.page_size = 1;
        poller.network.to_client.loss = 0.0;
        let both = outlook(&scenario, &poller);
        assert_eq!(
            reason(&both, Figure::LatencyMean),
            "no form with outage of the source, source.page_size together"
        );
    }

    #[test]
    fn a_client_that_cannot_keep_up_is_the_reason() {
        let scenario = sample::scenario(2.0);
        let mut hook = sample::webhook();
        let Kind::Webhook(webhook) = &mut hook.kind else { unreachable!() };
        (webhook.endpoint.capacity, webhook.endpoint.service_time) = (1, sample::seconds(1.0));
        let overloaded = outlook(&scenario, &hook);
        let why = overloaded.unstable_because.clone().expect("it is overloaded");
        assert_eq!(reason(&overloaded, Figure::LatencyMean), why);
    }
}
