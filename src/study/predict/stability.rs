//! Whether a client's load can be served at all. Where it cannot, means grow with the length of the
//! run and describe nothing, and a report must say so.

use super::given::{Given, HookSetup, PollSetup};
use super::hooks::Hooks;
use super::poll_process;
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::paging::Pages;
use crate::policy::schedule::Pacing;
use crate::scenario::{Client, Kind, Scenario};

/// Why the load exceeds what can be served, in a sentence with the numbers; None where it does not, as far as
/// rates tell. A load that equals what can be served exceeds it: the queue of random arrivals then grows without
/// end.
pub fn stability(scenario: &Scenario, client: &Client) -> Option<String> {
    let given = Given::of(scenario, client);
    match given.kind {
        Kind::Poll(schedule) => polling(&given.polls(schedule)),
        // A long poller asks again only after its answer: what waits grows only where no page can take it.
        // A stream carries whatever occurs.
        Kind::LongPoll(_) | Kind::Sse(_) => None,
        Kind::Webhook(webhook) => {
            let setup = given.hooks(webhook);
            let reconciling = setup.reconcile.and_then(|schedule| polling(&given.polls(schedule)));
            reconciling.or_else(|| hooks(&setup))
        }
    }
}

/// Why a poll channel does not keep up.
fn polling(polls: &PollSetup<'_>) -> Option<String> {
    endless(polls).or_else(|| page(polls)).or_else(|| api(polls))
}

/// An interval of infinite mean: the longer the run, the longer the gaps in it.
fn endless(polls: &PollSetup<'_>) -> Option<String> {
    polls.interval.mean_s().is_infinite().then(|| {
        "The interval between polls has no finite mean, so that gaps grow with the length of the run."
            .to_owned()
    })
}

/// More events than pages can bring: one a poll, or one a round trip.
fn page(polls: &PollSetup<'_>) -> Option<String> {
    let run = &polls.given.run;
    let page = f64::from(polls.given.source.page_size);
    let (gap_s, between) = match polls.pages {
        Pages::One => (gap_s(polls), "between two successful polls"),
        Pages::All => (trip_s(polls), "while a page is fetched"),
    };
    let events = run.arrivals.rate_per_s() / f64::from(run.resources) * gap_s;
    let random = matches!(run.arrivals, Arrivals::Poisson { .. }) || run.resources > 1;
    // A poller that never succeeds has no backlog to speak of: it has nothing at all.
    let over = events > page || random && events >= page;
    (over && events.is_finite()).then(|| {
        format!(
            "{} events occur {between} ({} s on average), and one page brings {page} at most.",
            short(events),
            short(gap_s)
        )
    })
}

/// More polls than the source can work on.
fn api(polls: &PollSetup<'_>) -> Option<String> {
    let source = &polls.given.source;
    let (capacity, loops) = (f64::from(source.capacity), polls.loops());
    let work_s = source.service_time.mean_s();
    // A loop waits for its own answer, so that as many loops as servers cannot overwhelm them; but the source goes on
    // with what its client has given up.
    let outnumbers = loops > capacity || work_s > polls.timeout_s;
    // A 503 takes no time of a server, a lost request does not reach one.
    let worked = (1.0 - source.failure_rate) * (1.0 - polls.given.to_source.loss);
    let cycle_s = if loops > capacity { cycle_s(polls) } else { cycle_s(polls).max(polls.timeout_s) };
    let polls_per_s = loops / cycle_s;
    let busy = product(polls_per_s * worked, work_s);
    (capacity > 0.0 && outnumbers && busy >= capacity).then(|| {
        format!(
            "{} polls a second of {} s each keep {} requests at work, and the source works on {capacity}.",
            short(polls_per_s),
            short(work_s),
            short(busy)
        )
    })
}

/// More deliveries than the workers or the handlers can take.
fn hooks(setup: &HookSetup<'_>) -> Option<String> {
    let rate_per_s = setup.given.run.arrivals.rate_per_s();
    let hooks = Hooks::of(setup);
    let attempts = hooks.as_ref().map_or(1.0, |hooks| hooks.worked.attempts);
    let busy_s = occupation(setup);
    let sent_per_s = rate_per_s * f64::from(setup.given.members) * attempts;
    let busy = sent_per_s * busy_s;
    if setup.workers > 0 && busy >= f64::from(setup.workers) {
        return Some(format!(
            "{} attempts a second of {} s each keep {} workers busy, and there are {}.",
            short(sent_per_s),
            short(busy_s),
            short(busy),
            setup.workers
        ));
    }
    let works_s = setup.service_time.mean_s();
    // Recognised duplicates take no work.
    let spared = hooks.filter(|_| setup.dedupe).map_or(0.0, |hooks| hooks.worked.duplicates);
    let works = attempts * (1.0 - setup.given.to_client.loss) - spared;
    let busy = product(rate_per_s * works, works_s);
    let unlimited = setup.queue.is_none();
    (unlimited && setup.capacity > 0 && busy >= f64::from(setup.capacity)).then(|| {
        format!(
            "{} deliveries a second of {} s each keep {} handlers at work, and an endpoint has {}.",
            short(rate_per_s * works),
            short(works_s),
            short(busy),
            setup.capacity
        )
    })
}

/// How long an attempt occupies a worker on average, without any wait.
fn occupation(setup: &HookSetup<'_>) -> f64 {
    let lost = 1.0 - (1.0 - setup.given.to_client.loss) * (1.0 - setup.given.to_source.loss);
    let trip_s: f64 = setup.parts().iter().map(Delay::mean_s).sum();
    lost * setup.deadline_s + (1.0 - lost) * trip_s.min(setup.deadline_s)
}

/// The time between the polls of a loop that succeed.
fn gap_s(polls: &PollSetup<'_>) -> f64 {
    match poll_process::process(polls) {
        Some(process) => process.gap.mean,
        None => cycle_s(polls) / (1.0 - polls.failure()),
    }
}

/// The time between two polls of a loop; on average, and as the schedule would have it.
fn cycle_s(polls: &PollSetup<'_>) -> f64 {
    match polls.pacing {
        Pacing::FixedRate => polls.interval.mean_s(),
        Pacing::FixedDelay => polls.interval.mean_s() + trip_s(polls),
    }
}

/// The mean time from a poll to its end.
fn trip_s(polls: &PollSetup<'_>) -> f64 {
    polls.trip().iter().map(Delay::mean_s).sum::<f64>().min(polls.timeout_s)
}

/// A rate times a mean time: nothing at rate 0, however long the time.
fn product(rate_per_s: f64, mean_s: f64) -> f64 {
    if rate_per_s > 0.0 { rate_per_s * mean_s } else { 0.0 }
}

/// About three digits, as one would say it; the mean of a heavy tail may be infinite.
fn short(value: f64) -> String {
    if value.is_infinite() {
        return "∞".to_owned();
    }
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else if value >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::predict;
    use super::super::sample::{hook, poller, scenario, schedule, seconds, webhook};
    use super::*;
    use crate::study::summary::Theory;
    use crate::time::{Instant, Span};

    /// Ten events an interval, a page of eight.
    #[test]
    fn a_page_too_small() {
        let mut scenario = scenario(1.0);
        let mut one_page = poller(10.0);
        schedule(&mut one_page).pages = Pages::One;
        scenario.source.page_size = 8;
        let because = stability(&scenario, &one_page).unwrap();
        assert_eq!(
            because,
            "10 events occur between two successful polls (10 s on average), and one page brings 8 at most."
        );
        scenario.source.page_size = 10;
        assert!(stability(&scenario, &one_page).is_some());
        scenario.source.page_size = 11;
        assert_eq!(stability(&scenario, &one_page), None);
        // Failing polls gather more; periodic events fill a page exactly.
        scenario.source.failure_rate = 0.2;
        assert!(stability(&scenario, &one_page).is_some());
        (scenario.source.failure_rate, scenario.source.page_size) = (0.0, 10);
        scenario.events.arrivals = Arrivals::Constant { rate_per_s: 1.0, first: Instant::START };
        assert_eq!(stability(&scenario, &one_page), None);
        scenario.source.failure_rate = 1.0;
        assert_eq!(stability(&scenario, &one_page), None);
        // All pages of a poll bring as many as the round trips between them allow.
        assert_eq!(stability(&scenario, &poller(10.0)), None);
    }

    #[test]
    fn a_source_too_slow() {
        let mut scenario = scenario(0.001);
        (scenario.source.capacity, scenario.source.service_time) = (2, seconds(0.5));
        let mut client = poller(10.0);
        client.count = 39;
        assert_eq!(stability(&scenario, &client), None);
        client.count = 40;
        assert_eq!(
            stability(&scenario, &client).unwrap(),
            "4 polls a second of 0.5 s each keep 2 requests at work, and the source works on 2."
        );
        // A loop waits for its own answer: as many loops as servers cannot overwhelm them, unless they give up first.
        let mut eager = poller(0.1);
        eager.count = 2;
        assert!(stability(&scenario, &eager).is_some());
        schedule(&mut eager).timeout = Span::from_secs(30);
        assert_eq!(stability(&scenario, &eager), None);
    }

    #[test]
    fn too_few_workers_or_handlers() {
        let mut client = webhook();
        hook(&mut client).workers = 2;
        hook(&mut client).endpoint.service_time = seconds(1.0);
        assert_eq!(stability(&scenario(1.9), &client), None);
        assert_eq!(
            stability(&scenario(2.0), &client).unwrap(),
            "2 attempts a second of 1 s each keep 2 workers busy, and there are 2."
        );
        client.count = 4;
        assert!(stability(&scenario(0.5), &client).is_some());
        hook(&mut client).workers = 0;
        hook(&mut client).endpoint.capacity = 1;
        assert_eq!(stability(&scenario(0.9), &client), None);
        assert_eq!(
            stability(&scenario(1.5), &client).unwrap(),
            "1.5 deliveries a second of 1 s each keep 1.5 handlers at work, and an endpoint has 1."
        );
        // A short queue turns away what it cannot hold.
        hook(&mut client).endpoint.queue = Some(10);
        assert_eq!(stability(&scenario(1.5), &client), None);
    }

    /// A mean that is infinite makes no figure that is not a number: what needs it is unstable.
    #[test]
    fn times_without_a_mean() {
        let heavy = Delay::Pareto { min: Span::SECOND, shape: 1.0 };
        let mut slow = scenario(0.001);
        (slow.source.capacity, slow.source.service_time) = (1, heavy);
        assert_eq!(
            stability(&slow, &poller(60.0)).unwrap(),
            "0.0167 polls a second of ∞ s each keep ∞ requests at work, and the source works on 1."
        );
        slow.source.failure_rate = 1.0;
        assert_eq!(stability(&slow, &poller(60.0)), None);
        let mut rare = poller(60.0);
        schedule(&mut rare).interval = heavy;
        assert!(stability(&scenario(0.001), &rare).unwrap().contains("no finite mean"));
        assert_eq!(predict(&scenario(0.001), &rare), Theory::default());
        let mut client = webhook();
        hook(&mut client).endpoint.service_time = heavy;
        hook(&mut client).endpoint.capacity = 3;
        assert_eq!(
            stability(&scenario(0.001), &client).unwrap(),
            "0.001 deliveries a second of ∞ s each keep ∞ handlers at work, and an endpoint has 3."
        );
        client.network.to_client.loss = 1.0;
        assert_eq!(stability(&scenario(0.001), &client), None);
    }

    /// Lost requests keep a worker for the whole deadline, and are sent again.
    #[test]
    fn failures_are_load_too() {
        let mut client = webhook();
        hook(&mut client).workers = 1;
        client.network.to_client.loss = 0.5;
        assert_eq!(stability(&scenario(0.19), &client), None);
        assert!(stability(&scenario(0.2), &client).is_some());
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(10.0, "10"), (1.5, "1.5"), (0.0125, "0.0125"), (1234.5, "1234"), (100.0, "100")]
        {
            assert_eq!(short(value), text);
        }
    }
}
