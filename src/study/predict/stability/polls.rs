//! Polls that do not keep up with the events, or with the source.

use super::{Effect, Overload, product, short, things};
use crate::policy::arrivals::Arrivals;
use crate::policy::paging::{Order, Pages};
use crate::policy::schedule::{Pacing, Phase};
use crate::study::predict::given::{Given, PollSetup, Run};
use crate::study::predict::poll_process;

/// Why a poll channel does not keep up.
pub(super) fn polling(polls: &PollSetup<'_>) -> Option<Overload> {
    let grows = Effect::LatenciesGrow;
    let limited = match polls.order {
        Order::Oldest => grows,
        Order::Newest => Effect::PassedOver,
    };
    (endless(polls).map(|why| grows.because(why)))
        .or_else(|| page(polls).map(|why| limited.because(why)))
        .or_else(|| api(polls))
        .or_else(|| herd(polls).map(|why| grows.because(why)))
        .or_else(|| quota(polls.given, page_size(polls.given)).map(|why| limited.because(why)))
}

/// An interval without a finite mean: the longer the run, the longer its longest gap.
pub(super) fn endless(polls: &PollSetup<'_>) -> Option<String> {
    polls.interval.mean_s().is_infinite().then(|| {
        "The interval between polls has no finite mean, so that gaps grow with the length of the run."
            .to_owned()
    })
}

/// More events than pages can bring: one page per poll, or one per round trip.
fn page(polls: &PollSetup<'_>) -> Option<String> {
    let run = &polls.given.run;
    let page = f64::from(polls.given.source.page_size);
    let average = |seconds: f64| format!("{} s on average", short(seconds));
    let (gap_s, between, how) = match (polls.pages, polls.order) {
        (Pages::All, _) => (trip_s(polls), "while a page is fetched", average(trip_s(polls))),
        (Pages::One, Order::Newest) if let Some(gap_s) = common_gap_s(polls) => {
            (gap_s, "between two successful polls", format!("{} s for most events", short(gap_s)))
        }
        (Pages::One, _) => (gap_s(polls), "between two successful polls", average(gap_s(polls))),
    };
    let events = run.rate_per_s() / f64::from(run.resources) * gap_s;
    // A poller that never succeeds has no backlog to speak of: it has nothing at all.
    let over = exceeds(run, events, page);
    let brings = match polls.order {
        Order::Oldest => format!("one page brings {page} at most"),
        Order::Newest => format!("the page has the newest {page}, so that the others are lost"),
    };
    (over && events.is_finite()).then(|| {
        format!("{} {between} ({how}), and {brings}.", things(events, "event occurs", "events occur"))
    })
}

/// Whether so many events are more than there is room for. Where they come at random, or belong to one of several resources at random, so
/// are as many as there is room for.
fn exceeds(run: &Run, events: f64, room: f64) -> bool {
    let random = !matches!(run.arrivals, Arrivals::Constant { .. }) || run.share < 1.0 || run.resources > 1;
    events > room || random && events >= room
}

/// More polls than the source can work on. Each loop waits for its own answer, so that at most one request of each is there, unless
/// requests time out: then those that their clients have given up fill the queue.
fn api(polls: &PollSetup<'_>) -> Option<Overload> {
    let source = &polls.given.source;
    let (capacity, loops) = (f64::from(source.capacity), polls.loops());
    let work_s = source.service_time.mean_s();
    // A loop waits for its own answer, so that as many loops as servers cannot overload them, unless requests time out:
    // the source also works on those that its client has given up.
    let outnumbers = loops > capacity || work_s > polls.timeout_s;
    // At least so many, where the interval grows.
    let longest_s = polls.backoff.map_or(0.0, |backoff| backoff.max.as_secs_f64());
    let cycle_s = cycle_s(polls).max(longest_s);
    let cycle_s = if loops > capacity { cycle_s } else { cycle_s.max(polls.timeout_s) };
    let polls_per_s = loops / cycle_s;
    let busy = product(polls_per_s * polls.given.worked(), work_s);
    (capacity > 0.0 && outnumbers && busy >= capacity).then(|| {
        let round_s = product(loops / capacity, work_s) + trip_s(polls) - work_s;
        let effect = if round_s < polls.timeout_s { Effect::AsksLess } else { Effect::LatenciesGrow };
        effect.because(format!(
            "{} of {} s each {} at work, and the source works on {capacity}.",
            things(polls_per_s, "poll a second", "polls a second"),
            short(work_s),
            keep(polls_per_s, busy)
        ))
    })
}

/// `keep 2 requests`, after the number of those that do.
pub(super) fn keep(number: f64, busy: f64) -> String {
    let keep = if short(number) == "1" { "keeps" } else { "keep" };
    format!("{keep} {}", things(busy, "request", "requests"))
}

/// Loops that ask together, of which the last wait longer than their timeout: the same ones each time, as nothing moves a poll.
fn herd(polls: &PollSetup<'_>) -> Option<String> {
    let source = &polls.given.source;
    let together = matches!(polls.phase, Phase::At(_))
        && polls.pacing == Pacing::FixedRate
        && polls.backoff.is_none()
        && polls.jitter == 0.0
        && polls.interval.constant().is_some()
        && polls.given.to_source.delay.constant().is_some()
        && polls.given.lost() == 0.0
        && source.failure_rate == 0.0;
    let work_s = product(polls.loops(), source.service_time.mean_s()) / f64::from(source.capacity);
    (together && source.capacity > 0 && work_s > polls.timeout_s).then(|| {
        format!(
            "{} polls come together, and the source needs {} s for them: the last ones time out after {} s, and they are the same \
             each time.",
            short(polls.loops()),
            short(work_s),
            short(polls.timeout_s)
        )
    })
}

/// More events than the requests that the source answers a member can bring, each so many at most.
pub(super) fn quota(given: &Given<'_>, each: f64) -> Option<String> {
    let limit = given.source.rate_limit?;
    let (window_s, requests) = (limit.per.as_secs_f64(), f64::from(limit.requests));
    let events = given.run.rate_per_s() * window_s;
    exceeds(&given.run, events, each * requests).then(|| {
        format!(
            "{} in {} s, and the source answers {} in that time, which bring {each} each at most.",
            things(events, "event occurs", "events occur"),
            short(window_s),
            things(requests, "request", "requests")
        )
    })
}

pub(super) fn page_size(given: &Given<'_>) -> f64 {
    f64::from(given.source.page_size)
}

/// Where gaps between polls that succeed have several lengths: one that no more than half of the events fall short of, and no more than
/// half exceed.
fn common_gap_s(polls: &PollSetup<'_>) -> Option<f64> {
    let mut gaps = poll_process::process(polls)?.gaps?;
    gaps.sort_by(|one, other| one.0.total_cmp(&other.0));
    let all_s: f64 = gaps.iter().map(|(gap_s, number)| gap_s * number).sum();
    let mut left_s = all_s / 2.0;
    let common = gaps.into_iter().find(|(gap_s, number)| {
        left_s -= gap_s * number;
        left_s <= 0.0
    });
    common.map(|gap| gap.0)
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
    polls.given.trip_mean_s().min(polls.timeout_s)
}
