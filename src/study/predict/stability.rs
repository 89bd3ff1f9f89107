//! Whether a client's load can be served. Where it cannot, queues and mean latencies grow with the length of the run,
//! and a report must say so.

use super::given::{Given, HookSetup, PollSetup};
use super::hooks::Hooks;
use super::{batched, ordered, poll_process};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::paging::{Order, Pages};
use crate::policy::schedule::Pacing;
use crate::scenario::{self, Client, Kind, Scenario};

/// Why the load exceeds what can be served, in a sentence with the numbers. None where it does not, as far as mean
/// rates tell. A load equal to what can be served exceeds it, because the queue of random arrivals then grows without
/// end.
///
/// - A poller: more events than its pages bring, or than the page of a feed shows, more polls than the source works on, or an interval without a finite
///   mean.
/// - A stream: more connects than the source works on before their timeout. Frames never make it unstable: the model has
///   no bandwidth, and a scenario's delays have a finite mean, so that frames do not queue.
/// - A webhook: more attempts than its workers or handlers work on, so that its queue grows or stays full, or more events
///   than its line of ordered deliveries lets through.
/// - A poller of jobs: more of them than requests that the source works on.
/// - Whoever asks: more events than the requests that the source answers in each window can bring.
/// - A long poller sends one request at a time and waits for its answer: else never, as far as rates tell.
pub fn stability(scenario: &Scenario, client: &Client) -> Option<String> {
    let given = Given::of(scenario, client);
    match given.kind {
        Kind::Poll(schedule) if given.run.job.is_some() => jobs(&given.polls(schedule)),
        Kind::Poll(schedule) => polling(&given.polls(schedule)),
        Kind::LongPoll(_) => quota(&given, page_size(&given)),
        Kind::Sse(config) | Kind::WebSocket(config) => connects(&given, config),
        Kind::Webhook(webhook) => {
            let setup = given.hooks(webhook);
            let reconciling = setup.reconcile.and_then(|schedule| polling(&given.polls(schedule)));
            reconciling.or_else(|| hooks(&setup)).or_else(|| fetches(&setup))
        }
    }
}

/// Why a poll channel does not keep up.
fn polling(polls: &PollSetup<'_>) -> Option<String> {
    endless(polls)
        .or_else(|| page(polls))
        .or_else(|| api(polls))
        .or_else(|| quota(polls.given, page_size(polls.given)))
}

/// Why polls for jobs do not keep up: not even one for each gets through. Where all do not, jobs are asked for less often.
fn jobs(polls: &PollSetup<'_>) -> Option<String> {
    endless(polls).or_else(|| quota(polls.given, 1.0)).or_else(|| {
        let source = &polls.given.source;
        let (capacity, work_s) = (f64::from(source.capacity), source.service_time.mean_s());
        let ends_per_s = polls.given.run.rate_per_s() * f64::from(polls.given.members);
        let busy = product(ends_per_s, work_s);
        (capacity > 0.0 && busy >= capacity).then(|| {
            format!(
                "{} jobs end in a second, and one poll of {} s for each keeps {} requests at work: the source works on \
                 {capacity}.",
                short(ends_per_s),
                short(work_s),
                short(busy)
            )
        })
    })
}

/// An interval without a finite mean: the longer the run, the longer its longest gap.
fn endless(polls: &PollSetup<'_>) -> Option<String> {
    polls.interval.mean_s().is_infinite().then(|| {
        "The interval between polls has no finite mean, so that gaps grow with the length of the run."
            .to_owned()
    })
}

/// More events than pages can bring: one page per poll, or one per round trip.
fn page(polls: &PollSetup<'_>) -> Option<String> {
    let run = &polls.given.run;
    let page = f64::from(polls.given.source.page_size);
    let (gap_s, between) = match polls.pages {
        Pages::One => (gap_s(polls), "between two successful polls"),
        Pages::All => (trip_s(polls), "while a page is fetched"),
    };
    let events = run.rate_per_s() / f64::from(run.resources) * gap_s;
    let random = !matches!(run.arrivals, Arrivals::Constant { .. }) || run.share < 1.0 || run.resources > 1;
    // A poller that never succeeds has no backlog to speak of: it has nothing at all.
    let over = events > page || random && events >= page;
    let brings = match polls.order {
        Order::Oldest => format!("one page brings {page} at most"),
        Order::Newest => format!("the page has the newest {page}, so that the others are lost"),
    };
    (over && events.is_finite()).then(|| {
        format!("{} events occur {between} ({} s on average), and {brings}.", short(events), short(gap_s))
    })
}

/// More polls than the source can work on.
fn api(polls: &PollSetup<'_>) -> Option<String> {
    let source = &polls.given.source;
    let (capacity, loops) = (f64::from(source.capacity), polls.loops());
    let work_s = source.service_time.mean_s();
    // A loop waits for its own answer, so that as many loops as servers cannot overload them, unless requests time out:
    // the source also works on those that its client has given up.
    let outnumbers = loops > capacity || work_s > polls.timeout_s;
    // A 503 takes no time of a server, a lost request does not reach one.
    let worked = (1.0 - source.failure_rate) * (1.0 - polls.given.to_source.loss);
    // At least so many, where the interval grows.
    let longest_s = polls.backoff.map_or(0.0, |backoff| backoff.max.as_secs_f64());
    let cycle_s = cycle_s(polls).max(longest_s);
    let cycle_s = if loops > capacity { cycle_s } else { cycle_s.max(polls.timeout_s) };
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

/// More events than the requests that the source answers a member can bring, each so many at most.
fn quota(given: &Given<'_>, each: f64) -> Option<String> {
    let limit = given.source.rate_limit?;
    let (window_s, requests) = (limit.per.as_secs_f64(), f64::from(limit.requests));
    let events = given.run.rate_per_s() * window_s;
    (events > each * requests).then(|| {
        format!(
            "{} events occur in {} s, and the source answers {requests} requests in that time, which bring {each} each at \
             most.",
            short(events),
            short(window_s)
        )
    })
}

/// More announced events than fetches may bring.
fn fetches(setup: &HookSetup<'_>) -> Option<String> {
    let each = if setup.coalesce { page_size(setup.given) } else { 1.0 };
    setup.thin.then(|| quota(setup.given, each)).flatten()
}

fn page_size(given: &Given<'_>) -> f64 {
    f64::from(given.source.page_size)
}

/// More connects than the source can work on before their timeout. All connect at the start, and again after a failure
/// of the source. Those that time out are worked on all the same, and come again after `timeout` and `reconnect`. While
/// work of more than one timeout is left then, none of them is ever in time.
fn connects(given: &Given<'_>, config: &scenario::Stream) -> Option<String> {
    let scenario::Stream {
        heartbeat: _,
        heartbeat_when: _,
        idle_timeout: _,
        replay: _,
        reconnect,
        // The bound is of the longest time to reconnect.
        reconnect_jitter: _,
        timeout,
    } = config;
    let source = &given.source;
    let (timeout_s, capacity) = (timeout.as_secs_f64(), f64::from(source.capacity));
    // A 503 takes no time of a server, a lost request does not reach one.
    let worked = (1.0 - source.failure_rate) * (1.0 - given.to_source.loss);
    let streams = f64::from(given.members) * f64::from(given.run.resources);
    let work_s = product(streams * worked, source.service_time.mean_s()) / capacity;
    (capacity > 0.0 && work_s >= 2.0 * timeout_s + reconnect.as_secs_f64()).then(|| {
        format!(
            "{} streams connect together, and the source needs {} s for them: those that time out after {} s come again \
             before it is done.",
            short(streams),
            short(work_s),
            short(timeout_s)
        )
    })
}

/// More deliveries than the workers or the handlers can take.
fn hooks(setup: &HookSetup<'_>) -> Option<String> {
    let rate_per_s = setup.given.run.rate_per_s() * batched::deliveries_per_event(setup);
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
    if let (true, Some(hooks)) = (setup.ordered, &hooks) {
        let blocked_s = ordered::blocked_s(setup, hooks, busy_s);
        let load = rate_per_s * blocked_s;
        if load >= 1.0 {
            let (one, come) = match setup.batch {
                None => ("event", "events occur"),
                Some(_) => ("batch", "batches are due"),
            };
            return Some(format!(
                "In order, each {one} blocks those behind it for {} s on average, retries included, and {} {come} in \
                 that time.",
                short(blocked_s),
                short(load)
            ));
        }
    }
    let works_s = setup.service_time.mean_s();
    // Recognised duplicates take no work.
    let spared = hooks.filter(|_| setup.dedupe).map_or(0.0, |hooks| hooks.worked.duplicates);
    let works = attempts * (1.0 - setup.given.to_client.loss) - spared;
    let busy = product(rate_per_s * works, works_s);
    let capacity = f64::from(setup.capacity);
    // A queue with a limit does not grow without end at a load that is just what can be served.
    let over = if setup.queue.is_some() { busy > capacity } else { busy >= capacity };
    (setup.capacity > 0 && over).then(|| {
        let full = setup.queue.map_or_else(String::new, |queue| match queue {
            0 => ", so that it refuses the others".to_owned(),
            1 => ", so that the one place of its queue is taken and it refuses the others".to_owned(),
            _ => format!(", so that the {queue} places of its queue are taken and it refuses the others"),
        });
        format!(
            "{} deliveries a second of {} s each keep {} handlers at work, and an endpoint has {}{full}.",
            short(rate_per_s * works),
            short(works_s),
            short(busy),
            setup.capacity
        )
    })
}

/// The mean time that an attempt occupies a worker, without queueing.
fn occupation(setup: &HookSetup<'_>) -> f64 {
    let lost = setup.given.lost();
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

/// The mean time between two polls of a loop, without queueing at the source.
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

/// A rate times a mean time. 0 at rate 0, even where the mean is infinite.
fn product(rate_per_s: f64, mean_s: f64) -> f64 {
    if rate_per_s > 0.0 { rate_per_s * mean_s } else { 0.0 }
}

/// A number with about three digits; ∞ for the mean of a heavy tail.
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
mod tests;
