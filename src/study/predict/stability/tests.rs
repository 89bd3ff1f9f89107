//! Loads just below and just above what can be served.

use super::{Effect, short};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::limit::RateLimit;
use crate::policy::paging::{Order, Pages};
use crate::policy::retry::Retries;
use crate::policy::schedule::Phase;
use crate::scenario::{self, Client, Scenario};
use crate::study::predict::predict;
use crate::study::predict::sample::{hook, poller, scenario, schedule, seconds, webhook};
use crate::study::summary::{ClientSummary, Theory};
use crate::time::{Instant, Span};

/// The reason alone.
fn stability(scenario: &Scenario, client: &Client) -> Option<String> {
    super::stability(scenario, client).map(|overload| overload.because)
}

/// Latencies grow, unless a queue is short and nothing waits before it, or the client never asks again for what it did not see.
#[test]
fn what_comes_of_an_overload() {
    let effect = |scenario: &Scenario, client: &Client| super::stability(scenario, client).unwrap().effect;
    let mut client = webhook();
    hook(&mut client).endpoint.service_time = seconds(1.0);
    hook(&mut client).endpoint.capacity = 1;
    assert_eq!(effect(&scenario(2.0), &client), Effect::LatenciesGrow);
    hook(&mut client).endpoint.queue = Some(10);
    assert_eq!(effect(&scenario(2.0), &client), Effect::TurnedAway);
    hook(&mut client).ordered = true;
    assert_eq!(effect(&scenario(2.0), &client), Effect::LatenciesGrow);
    (hook(&mut client).ordered, hook(&mut client).workers) = (false, 1);
    assert_eq!(effect(&scenario(2.0), &client), Effect::LatenciesGrow);

    let mut few = scenario(1.0);
    few.source.rate_limit =
        Some(RateLimit { requests: 1, per: Span::from_secs(60), not_modified_free: false });
    few.source.page_size = 8;
    let mut poll = poller(60.0);
    assert_eq!(effect(&few, &poll), Effect::LatenciesGrow);
    schedule(&mut poll).order = Order::Newest;
    schedule(&mut poll).pages = Pages::One;
    assert_eq!(effect(&few, &poll), Effect::PassedOver);
    // What makes a source slow makes a feed late, too.
    few.source.page_size = 100;
    few.source.rate_limit = None;
    (few.source.capacity, few.source.service_time) = (1, seconds(31.0));
    poll.count = 2;
    assert_eq!(effect(&few, &poll), Effect::NothingInTime);
    schedule(&mut poll).timeout = Span::from_secs(40);
    assert_eq!(effect(&few, &poll), Effect::LatenciesGrow);
    // Whoever waits for each answer asks less often.
    schedule(&mut poll).timeout = Span::from_secs(63);
    assert_eq!(effect(&few, &poll), Effect::AsksLess);
    // The queue of the endpoint turns nothing away where it is the fetches that do not keep up.
    few.source.rate_limit =
        Some(RateLimit { requests: 1, per: Span::from_secs(200), not_modified_free: false });
    let mut thin = webhook();
    (hook(&mut thin).thin, hook(&mut thin).endpoint.queue) = (true, Some(1));
    assert_eq!(effect(&few, &thin), Effect::LatenciesGrow);
}

/// A limit that just takes the events on average: those that come at random gather.
#[test]
fn a_limit_that_is_just_the_load() {
    let mut scenario = scenario(1.0);
    scenario.source.rate_limit =
        Some(RateLimit { requests: 6, per: Span::from_secs(60), not_modified_free: false });
    scenario.source.page_size = 10;
    assert!(stability(&scenario, &poller(5.0)).is_some());
    scenario.events.arrivals = Arrivals::Constant { rate_per_s: 1.0, first: Instant::START };
    assert_eq!(stability(&scenario, &poller(5.0)), None);
}

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
    // As many loops as servers cannot overload them, unless polls time out before they are worked on.
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
    // A short queue turns away what it cannot hold. At a load that is just what can be served it is full now and then.
    hook(&mut client).endpoint.queue = Some(10);
    assert_eq!(
        stability(&scenario(1.5), &client).unwrap(),
        "1.5 deliveries a second of 1 s each keep 1.5 handlers at work, and an endpoint has 1, so that the 10 places of its \
         queue are taken and it refuses the others."
    );
    assert_eq!(stability(&scenario(1.0), &client), None);
}

/// Half of the handlers fail and half of the answers are lost. A recognised duplicate takes no work and cannot fail, so
/// that it needs no further attempt: the load is 0.89, where duplicates that fail would make it 1.02.
#[test]
fn recognised_duplicates_add_no_load() {
    let mut client = webhook();
    client.network.to_source.loss = 0.5;
    hook(&mut client).deadline = Span::from_secs(60);
    hook(&mut client).retries = Retries::List(vec![Span::SECOND; 4]);
    hook(&mut client).endpoint.service_time = seconds(0.1);
    hook(&mut client).endpoint.capacity = 1;
    hook(&mut client).endpoint.failure_rate = 0.5;
    assert_eq!(stability(&scenario(4.6), &client), None);
    hook(&mut client).endpoint.dedupe = false;
    assert!(stability(&scenario(4.6), &client).is_some());
}

/// An infinite mean makes a client unstable, and no figure NaN.
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

/// A lost request occupies a worker until the deadline, and is sent again.
#[test]
fn failures_are_load_too() {
    let mut client = webhook();
    hook(&mut client).workers = 1;
    client.network.to_client.loss = 0.5;
    assert_eq!(stability(&scenario(0.19), &client), None);
    assert!(stability(&scenario(0.2), &client).is_some());
}

fn streams(keys: &str, rate: &str, count: u32) -> ClientSummary {
    let text = format!(
        "duration = \"1h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"{rate}\" }}\n{keys}\n[[client]]\nkind = \"sse\"\ncount = {count}\n"
    );
    only(&text)
}

/// Connects of a second each, with a timeout of 30 s and `reconnect` of 1 s. Of 50, those that time out succeed at
/// the second or third attempt. Of 61, those that time out never succeed.
#[test]
fn more_connects_than_the_source_works_on_in_time() {
    let of = |count| streams("[source]\ncapacity = 1\nservice_time = \"1s\"", "1/s", count);
    let (enough, many) = (of(50), of(61));
    assert_eq!((enough.unstable_because, enough.delivered_share), (None, Some(1.0)));
    assert_eq!(
        many.unstable_because.as_deref(),
        Some(
            "61 streams connect together, and the source needs 61 s for them: those that time out after 30 s come again before it is done."
        )
    );
    assert!(many.delivered_share.is_some_and(|share| share < 0.5), "{:?}", many.delivered_share);
}

/// Of three frames two arrive before one is lost. Of three requests two open a stream: on average 5.4 s after the last one broke. Fewer
/// events make no backlog.
#[test]
fn streams_that_break_before_they_have_brought_enough() {
    let of = |rate: &str, keys: &str| {
        only(&format!(
            "duration = \"12h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"{rate}\" }}\n[network]\n\
             delay = \"200ms\"\nloss_to_client = 0.333333333\n[[client]]\nkind = \"sse\"\nreconnect = \"3s\"\ntimeout = \"1s\"\n{keys}"
        ))
    };
    let (many, few) = (of("30/m", ""), of("12/m", ""));
    assert_eq!(
        many.unstable_because.as_deref(),
        Some(
            "2 frames arrive before a stream breaks at a lost one, and until the next one is open, 5.4 s later, 2.7 events occur."
        )
    );
    // As many as the streams bring, and those of the last minutes are missing.
    assert!(many.latency_s.p95.is_some_and(|p95| p95 > 3600.0), "{:?}", many.latency_s);
    assert_eq!(few.unstable_because, None);
    assert!(few.latency_s.p95.is_some_and(|p95| p95 < 120.0), "{:?}", few.latency_s);
    // What is missed is not repeated.
    assert_eq!(of("30/m", "replay = false\n").unstable_because, None);
}

/// A stream carries any number of frames: they do not queue.
#[test]
fn frames_alone_make_no_stream_unstable() {
    let far = only(
        "duration = \"1h\"\n[events]\narrivals = { process = \"poisson\", rate = \"10/s\" }\n[network]\nto_client = \"10m\"\n\
         [[client]]\nkind = \"sse\"\ntimeout = \"11m\"\n",
    );
    assert_eq!(far.delivered_share, Some(1.0));
    assert!(far.stable && far.latency_s.p95.is_some_and(|p95| p95 < 600.1), "{:?}", far.latency_s);
}

#[test]
fn numbers_are_short() {
    for (value, text) in
        [(10.0, "10"), (1.5, "1.5"), (0.0125, "0.0125"), (1234.5, "1\u{202f}235"), (100.0, "100")]
    {
        assert_eq!(short(value), text);
    }
}

fn only(text: &str) -> ClientSummary {
    let scenario = scenario::load("check", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
    results.expect("nobody stops it").summary.clients.remove(0)
}

/// Jobs of 20 s, asked for every 2 s at a source that works on one poll of 1 s at a time. A job takes two polls at least, so that 0.6
/// jobs a second are too many, whatever the timeout; of 0.4 polls time out after 30 s. Of 0.2, and of 0.4 that are waited for,
/// every end is known, by fewer polls than the ten that are due. Of 0.08 most of the ten come, and all at a source that takes no time.
#[test]
fn a_job_takes_more_than_one_poll() {
    let of = |rate: &str, timeout: &str, service_time: &str| {
        only(&format!(
            "duration = \"3h\"\nseed = 1\n[events]\narrivals = {{ process = \"poisson\", rate = \"{rate}/s\" }}\njob = \"20s\"\n\
             [source]\ncapacity = 1\nservice_time = \"{service_time}\"\n[[client]]\nkind = \"poll\"\ninterval = \"2s\"\n\
             timeout = \"{timeout}\"\n"
        ))
    };
    let many = of("0.6", "12h", "1s");
    assert_eq!(
        many.unstable_because.as_deref(),
        Some(
            "0.6 jobs end in a second, and 2 polls of 1 s for each keep 1.2 requests at work: the source works on 1."
        )
    );
    assert!(many.latency_s.mean > Some(500.0), "{:?}", many.latency_s);
    let late = of("0.4", "30s", "1s");
    assert!(
        late.unstable_because.is_some_and(|why| why.starts_with("20 jobs are open at a time on average"))
    );
    assert!(late.delivered_share.is_some_and(|value| value < 0.9), "{:?}", late.delivered_share);
    for (rate, timeout, busy) in [("0.4", "12h", "4"), ("0.2", "30s", "2")] {
        let fewer = of(rate, timeout, "1s");
        let because =
            format!("10 polls of 1 s for each keep {busy} requests at work: the source works on 1.");
        assert!(fewer.unstable_because.is_some_and(|why| why.ends_with(&because)), "{rate}");
        assert_eq!(fewer.delivered_share, Some(1.0), "{rate}");
        assert!(fewer.requests.per_event.is_some_and(|value| value < 7.0), "{rate}: {:?}", fewer.requests);
    }
    for (rate, service_time) in [("0.08", "1s"), ("0.4", "0s")] {
        let known = of(rate, "30s", service_time);
        assert_eq!((known.unstable_because, known.delivered_share), (None, Some(1.0)), "{rate}");
        assert!(known.requests.per_event > Some(8.0), "{rate}: {:?}", known.requests);
    }
}

/// Two thousand polls of 20 ms each at the same time take 40 s. Those that time out after 30 s are the same each time.
#[test]
fn the_last_of_a_herd_starve() {
    let (mut scenario, mut client) = (scenario(0.01), poller(60.0));
    (scenario.source.capacity, scenario.source.service_time) = (1, seconds(0.02));
    client.count = 2000;
    schedule(&mut client).timeout = Span::from_secs(30);
    assert_eq!(stability(&scenario, &client), None);
    schedule(&mut client).phase = Phase::At(Instant::START);
    assert_eq!(
        stability(&scenario, &client).unwrap(),
        "2\u{202f}000 polls come together, and the source needs 40 s for them: the last ones time out after 30 s, and they are the same \
         each time."
    );
    schedule(&mut client).jitter = 0.1;
    assert_eq!(stability(&scenario, &client), None);
    (schedule(&mut client).jitter, client.count) = (0.0, 1400);
    assert_eq!(stability(&scenario, &client), None);
}

/// Of a hundred long polls, each a second of work, none that comes after the thirtieth or so is answered in time.
#[test]
fn long_polls_that_wait_together() {
    let of = |count: u32, rate: &str| {
        only(&format!(
            "duration = \"1h\"\nseed = 3\n[events]\narrivals = {{ process = \"poisson\", rate = \"{rate}\" }}\n\
             [source]\ncapacity = 1\nservice_time = \"1s\"\n[[client]]\nkind = \"long-poll\"\ncount = {count}\n"
        ))
    };
    let many = of(100, "1/m");
    assert!(many.unstable_because.is_some_and(|why| why.starts_with("100 long polls wait together")));
    assert!(many.delivered_share.is_some_and(|value| value < 0.1), "{:?}", many.delivered_share);
    let few = of(5, "1/m");
    assert_eq!((few.unstable_because, few.delivered_share), (None, Some(1.0)));
    assert_eq!(
        of(5, "12/m").unstable_because.as_deref(),
        Some("1 answer a second of 1 s each would keep 1 request at work, and the source works on 1.")
    );
}

/// Ten polls a minute apart, and none in the rest of the hour, in which most events occur: the page shows three of 21.
#[test]
fn a_feed_that_spends_its_quota_at_once() {
    let of = |rate: &str| {
        only(&format!(
            "duration = \"12h\"\nseed = 1\n[events]\narrivals = {{ process = \"poisson\", rate = \"{rate}/h\" }}\n\
             [source]\npage_size = 3\nrate_limit = {{ requests = 10, per = \"1h\" }}\n\
             [[client]]\nkind = \"poll\"\ninterval = \"60s\"\norder = \"newest\"\n"
        ))
    };
    let lost = of("25");
    assert_eq!(
        lost.unstable_because.as_deref(),
        Some(
            "21.2 events occur between two successful polls (3\u{202f}060 s for most events), and the page has the newest 3, so that the \
             others are lost."
        )
    );
    assert!(lost.delivered_share.is_some_and(|value| value < 0.4), "{:?}", lost.delivered_share);
    assert_eq!(of("1").unstable_because, None);
}

/// A round trip of 2.5 s and a timeout of 2 s: nothing is ever known. Of 3 s, everything is.
#[test]
fn answers_that_are_never_in_time() {
    for kind in ["poll\"\ninterval = \"10s", "long-poll\"\nhold = \"1s", "sse", "websocket"] {
        let of = |timeout: &str| {
            only(&format!(
                "duration = \"1h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"2/m\" }}\n[network]\ndelay = \"1s\"\n\
                 [source]\nservice_time = \"500ms\"\n[[client]]\nkind = \"{kind}\"\ntimeout = \"{timeout}\"\n"
            ))
        };
        let hasty = of("2s");
        let because = "An answer takes 2.5 s at least, and every request times out after 2 s.";
        assert_eq!(hasty.unstable_because.as_deref(), Some(because), "{kind}");
        assert_eq!(hasty.delivered_share, Some(0.0), "{kind}");
        let patient = of("3s");
        assert_eq!((patient.unstable_because, patient.delivered_share), (None, Some(1.0)), "{kind}");
    }
}

/// Each way of 0.2 s on average and a timeout of 10 ms: each is so short for one in twenty requests, both for fewer than one in 400.
#[test]
fn answers_that_are_hardly_ever_in_time() {
    let of = |timeout: &str| {
        only(&format!(
            "duration = \"1h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"2/m\" }}\n\
             [network]\ndelay = {{ distribution = \"exponential\", mean = \"200ms\" }}\n\
             [[client]]\nkind = \"poll\"\ninterval = \"10s\"\ntimeout = \"{timeout}\"\n"
        ))
    };
    let hasty = of("10ms");
    let because = "An answer takes 0.4 s on average, and a request times out after 0.01 s: fewer than 1 in 100 is in time.";
    assert_eq!(hasty.unstable_because.as_deref(), Some(because));
    assert!(hasty.requests.polls > 300 && hasty.requests.non_empty <= 3, "{:?}", hasty.requests);
    assert_eq!(of("100ms").unstable_because, None);
}
