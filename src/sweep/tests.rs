//! Sweeps of small scenarios against what is known of them.

use super::*;
use crate::scenario;

const TEXT: &str = "title = \"t\"\nduration = \"10000s\"\nseed = 3\n[network]\ndelay = \"0s\"\n[events]\n\
    arrivals = { process = \"poisson\", rate = \"360/h\" }\n[[client]]\nname = \"poll\"\nkind = \"poll\"\n\
    interval = \"10s\"\n[[client]]\nkind = \"webhook\"\n";

fn swept(vary: &[&str], set: &[&str], wishes: &[&str], cheapest: Option<&str>) -> Sweep {
    swept_of(TEXT, vary, set, wishes, cheapest)
}

fn swept_of(text: &str, vary: &[&str], set: &[&str], wishes: &[&str], cheapest: Option<&str>) -> Sweep {
    let grid = Grid::new(vary.iter().map(|text| text.parse().unwrap()).collect()).unwrap();
    let set: Vec<_> = set.iter().map(|text| text.parse().unwrap()).collect();
    let load = |more: Vec<_>| {
        scenario::load("t", text, &[set.clone(), more].concat()).unwrap_or_else(|error| panic!("{error}"))
    };
    let scenarios: Vec<Scenario> =
        grid.settings.iter().map(|setting| load(grid.overrides(setting))).collect();
    let ran = run(scenarios.iter().collect(), RunOptions::TO_THE_END, || ());
    let asked = Asked {
        wishes: wishes.iter().map(|text| text.parse().unwrap()).collect(),
        cheapest: cheapest.map(|text| text.parse().unwrap()),
    };
    Sweep::new(load(Vec::new()), grid, ran, asked).unwrap()
}

/// Every 10 s a poll, so that the 99th percentile is near 0.99 intervals: 40 s is the longest interval below 42 s.
#[test]
fn the_longest_interval_that_keeps_a_limit_is_the_cheapest() {
    let intervals = "client.poll.interval=10s,20s,40s,80s";
    let sweep = swept(&[intervals], &["replications=4"], &["poll.latency_s.p99 < 42s"], None);
    let found = sweep.found.as_ref().unwrap();
    assert_eq!((found.chosen, found.cheaper, found.nearest), (Some(2), Some(3), None));
    assert_eq!(found.keeps, [Keeps::Yes, Keeps::Yes, Keeps::Yes, Keeps::No]);
    let sentence = &sweep.answer.sentence;
    assert!(
        sentence.starts_with("interval = 40s is the cheapest setting that keeps poll.latency_s.p99 < 42s: "),
        "{sentence}"
    );
    assert!(
        sweep.answer.exception.starts_with("3 of 4 settings keep it. Its 95 % intervals: latency_s.p99 ")
            && sweep.answer.exception.contains("The next cheaper, interval = 80s, does not keep it: "),
        "{:?}",
        sweep.answer
    );
    // One replication has no interval, and that is said.
    let once = swept(&[intervals], &[], &["poll.latency_s.p99 < 42s"], Some("poll.requests.total"));
    assert!(
        once.answer.exception.ends_with("--replications 30 tells how far chance moves it."),
        "{:?}",
        once.answer
    );
}

#[test]
fn a_limit_inside_the_interval_of_a_figure_is_kept_only_perhaps() {
    let of = |wish: &str| swept(&["client.poll.interval=40s"], &["replications=4"], &[wish], None);
    let sweep = of("poll.latency_s.mean < 1h");
    let view = &sweep.views[0];
    let (low, high) = sweep.points[0].interval(view).unwrap();
    let value = sweep.points[0].value(view).unwrap();
    assert!(low < value && value < high && high - low < 10.0);
    let keeps = |limit: f64| of(&format!("poll.latency_s.mean < {limit}")).found.unwrap().keeps[0];
    assert_eq!(keeps(high + 0.01), Keeps::Yes);
    assert_eq!(keeps((value + high) / 2.0), Keeps::Perhaps);
    assert_eq!(keeps((low + value) / 2.0), Keeps::PerhapsNot);
    assert_eq!(keeps(low - 0.01), Keeps::No);
}

#[test]
fn where_no_setting_keeps_the_wish_the_nearest_is_named() {
    let sweep = swept(
        &["client.poll.interval=20s,10s,40s"],
        &[],
        &["poll.latency_s.max < 5s", "webhook.latency_s.max < 5s"],
        None,
    );
    let found = sweep.found.as_ref().unwrap();
    assert_eq!((found.chosen, found.cheaper, found.nearest), (None, None, Some(1)));
    assert!(
        sweep.answer.sentence.starts_with("None of 3 settings keeps poll.latency_s.max < 5s and webhook"),
        "{:?}",
        sweep.answer
    );
    assert!(sweep.answer.sentence.contains("The nearest is interval = 10s, with "), "{:?}", sweep.answer);
}

/// At one event an interval, 360 an hour and 10 s, a poll and a webhook send equally many requests.
#[test]
fn polling_and_being_called_cost_the_same_at_one_event_an_interval() {
    let near =
        |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    let sweep = swept(&["events.arrivals.rate=36/h,180/h,720/h,3600/h"], &[], &[], None);
    let [crossing] = crossings(&sweep).try_into().unwrap();
    assert_eq!(crossing.client, "poll");
    near(crossing.at, 0.1);
    let exception = &sweep.answer.exception;
    assert!(
        exception.starts_with(
            "Up to 180/h, the number of requests for each event with poll is higher than with webhook, from 720/h on the opposite."
        ),
        "{exception}"
    );
    near(crossings(&swept(&[INTERVALS], &[], &[], None))[0].at, 10.0);
    let both = swept(&["client.0.interval=1s,100s", "events.arrivals.rate=36/h,3600/h"], &[], &[], None);
    assert_eq!(crossings(&both), []);
    near(one_event_an_interval(&both).unwrap(), 1.0);
    // A poller asks for each of two resources.
    near(crossings(&swept(&[INTERVALS], &["events.resources=2"], &[], None))[0].at, 20.0);
}

const INTERVALS: &str = "client.poll.interval=1s..100s:log:3";

/// Where theory does not know the requests for each event, or they are not inverse to λT, nothing is drawn.
#[test]
fn where_a_poll_is_not_one_in_each_interval_no_crossing_is_drawn() {
    let arrivals = |process: &str| format!("events.arrivals={process}");
    let bursts = arrivals("{ process = 'bursts', rate = '360/h', mean_size = 4 }");
    let rates = "events.arrivals.rate=36/h,3600/h";
    for (vary, set) in [
        (INTERVALS, &[bursts.as_str()][..]),
        (rates, &[&bursts]),
        (INTERVALS, &[&arrivals("{ process = 'diurnal', rate = '360/h', amplitude = 0.5, period = '1h' }")]),
        (
            INTERVALS,
            &[&arrivals("{ process = 'flash-crowd', rate = '36/h', at = '1h', factor = 9, decay = '9m' }")],
        ),
        (INTERVALS, &["client.poll.backoff={ factor = 2, max = '5m' }"]),
        // The gap between two polls is the interval and the round trip.
        ("client.poll.interval=1s,3s,20s", &["client.poll.pacing=fixed-delay", "source.service_time=2s"]),
        // Beyond all values.
        ("client.poll.interval=1s,3s", &[]),
    ] {
        let sweep = swept(&[vary], set, &[], None);
        assert_eq!(crossings(&sweep), [], "{vary} {set:?}");
    }
    let two = swept(&["client.0.interval=1s,100s", rates], &[&bursts], &[], None);
    assert_eq!(one_event_an_interval(&two), None);
}

#[test]
fn what_is_on_the_frontier_is_beaten_by_no_other() {
    let sweep = swept(&["client.poll.interval=10s,20s,40s", "client.poll.jitter=0.0,0.5"], &[], &[], None);
    let [fresh, cost] = &sweep.views;
    let on = frontier(&sweep.points, fresh, cost);
    let of =
        |place: usize| (sweep.points[place].value(cost).unwrap(), sweep.points[place].value(fresh).unwrap());
    let beats = |one: (f64, f64), other: (f64, f64)| one.0 <= other.0 && one.1 <= other.1 && one != other;
    for place in 0..sweep.points.len() {
        let is_beaten = (0..sweep.points.len()).any(|other| beats(of(other), of(place)));
        assert_eq!(on.contains(&place), !is_beaten, "{place}");
    }
    assert!(on.len() >= 3);
}

#[test]
fn a_default_name_that_follows_what_is_varied_is_shown_without_it() {
    let grid = Grid::new(vec!["client.poll 60s.interval=10s,20s".parse().unwrap()]).unwrap();
    let text = "duration = \"600s\"\n[events]\narrivals = { process = \"poisson\", rate = \"1/s\" }\n[[client]]\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nkind = \"webhook\"\n";
    let load = |set: &[_]| scenario::load("t", text, set).unwrap();
    let scenarios: Vec<Scenario> =
        grid.settings.iter().map(|setting| load(&grid.overrides(setting))).collect();
    let ran = run(scenarios.iter().collect(), RunOptions::TO_THE_END, || ());
    let sweep = Sweep::new(load(&[]), grid, ran, Asked::default()).unwrap();
    assert_eq!(sweep.shown_names(), ["poll …", "webhook"]);
    assert_eq!(sweep.clients().collect::<Vec<_>>(), ["poll 60s", "webhook"]);
}

/// A poll sends 1/(λT) requests for each event and a webhook one; without delays the webhook knows each event at once.
#[test]
fn the_best_client_of_each_setting() {
    let sweep = swept(&["events.arrivals.rate=360/h,3600/h", "client.0.interval=1s,30s"], &[], &[], None);
    let [fresh, cost] = &sweep.views;
    assert_eq!(cost.path, "requests.per_event");
    let [poll, webhook] = [0, 1];
    for (best, events) in sweep.best[1].clone().unwrap().into_iter().zip([0.1, 3.0, 1.0, 30.0]) {
        let expected = if events > 1.0 { poll } else { webhook };
        match best {
            // On the line either may be the best, by a little.
            Best::One { times, .. } if events == 1.0 => assert!(times < 1.1, "{times}"),
            Best::One { client, times } => {
                let ratio = libm::fmax(events, 1.0 / events);
                assert!(
                    client == expected && (times / ratio - 1.0).abs() < 0.15,
                    "{events}: {client} {times}"
                );
            }
            Best::Several => assert_eq!(events, 1.0),
            Best::Unknown => panic!("both have the figure"),
        }
    }
    let all_to_one = sweep.best[0].clone().unwrap();
    assert!(all_to_one.iter().all(|best| *best == Best::One { client: webhook, times: f64::INFINITY }));
    let told = &sweep.answer.sentence;
    assert!(
        told.starts_with(&format!(
            "Of all clients, {} is shortest with webhook at 4 of 4 settings; ",
            fresh.words
        )),
        "{told}"
    );
    let where_so = "The number of requests for each event is lowest with poll wherever more than one event occurs in an interval, λ > 1/T. Over 4 settings, ";
    assert!(sweep.answer.exception.starts_with(where_so), "{:?}", sweep.answer);
    // Below one event in each interval nothing can be said of what is above it.
    let below = swept(&["events.arrivals.rate=36/h,72/h", "client.0.interval=1s,2s"], &[], &[], None);
    assert!(!below.answer.exception.contains("wherever"), "{:?}", below.answer);
}

/// Within 2 % several clients are the best, and within their intervals, too.
#[test]
fn what_chance_may_turn_round_has_no_best_client() {
    let ties = |replications: &str| {
        let sweep = swept(&["seed=1,2,3,4,5,6"], &[replications], &[], None);
        counted(sweep.best[1].as_deref().unwrap()).1
    };
    // One event in each interval: the requests of a run differ by 3 % or so, and those of many have an interval around 1.
    let [alone, often] = [ties("replications=1"), ties("replications=10")];
    assert!(often >= 5 && alone < often, "{alone} and {often} of 6");
}

/// Pollers whose numbers of polls are not about the same, and the intervals of each event's cost overlap nevertheless, since
/// the number of events scatters.
const POLLERS: &str = "title = \"t\"\nduration = \"20m\"\nreplications = 4\n[events]\n\
    arrivals = { process = \"poisson\", rate = \"60/h\" }\n\
    [[client]]\nname = \"a\"\nkind = \"poll\"\ninterval = \"20s\"\n\
    [[client]]\nname = \"b\"\nkind = \"poll\"\ninterval = \"22s\"\n";

/// They have the same events, so that the one that sends more requests does so for the same events in every run.
#[test]
fn clients_that_differ_in_every_run_are_told_apart_though_their_intervals_overlap() {
    let sweep = swept_of(POLLERS, &["seed=1,2,3,4,5,6"], &[], &[], None);
    let cost = &sweep.views[1];
    let other = cost.of(1, "b");
    for (point, best) in sweep.points.iter().zip(sweep.best[1].clone().unwrap()) {
        let [one, next] = [cost, &other].map(|view| point.interval(view).unwrap());
        assert!(one.0 < next.1, "they overlap: {one:?} {next:?}");
        assert!(matches!(best, Best::One { client: 1, times } if (times - 1.1).abs() < 0.02), "{best:?}");
    }
}

/// A poller whose intervals are drawn sends a number of polls that scatters: it may be behind the second by its mean, and
/// not be apart from the first all the same.
#[test]
fn a_client_that_chance_may_put_first_leaves_no_best_one() {
    let drawn = "[[client]]\nname = \"drawn\"\nkind = \"poll\"\n\
        interval = { distribution = \"exponential\", mean = \"21s\" }\n";
    // As many events in each run, so that the intervals of the other two are apart.
    let text = format!("{POLLERS}{drawn}").replace("poisson", "constant");
    let sweep = swept_of(&text, &["seed=1,2,3,4,5,6,7,8,9,10,11,12"], &[], &[], None);
    let cost = &sweep.views[1];
    let views = [0, 1, 2].map(|client| cost.of(client, ""));
    let mut third = 0;
    for (point, best) in sweep.points.iter().zip(sweep.best[1].clone().unwrap()) {
        let [a, b, drawn] = views.each_ref().map(|view| point.value(view).unwrap());
        // The other two do not scatter.
        if b < a && a < drawn && point.interval(&views[2]).unwrap().0 < b {
            assert_eq!(best, Best::Several, "{a} {b} {drawn}");
            third += 1;
        }
    }
    assert!(third > 0, "the third place is taken by the drawn one at some seed");
}

/// At 60 s both poll equally often: neither has more there.
#[test]
fn where_two_cost_the_same_neither_is_ahead() {
    let text = POLLERS.replace("replications = 4\n", "").replace("22s", "60s");
    let told = |values: &str| {
        let sweep = swept_of(&text, &[&format!("client.a.interval={values}")], &[], &[], None);
        sweep.answer.exception.split(". ").next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(told("30s,60s,120s"), @"Up to 30s, the number of requests for each event with a is higher than with b, from 120s on the opposite, in between about the same");
    insta::assert_snapshot!(told("30s,60s"), @"Up to 30s, the number of requests for each event with a is higher than with b, from 60s on about the same");
    insta::assert_snapshot!(told("60s,61s,120s"), @"Up to 61s, the number of requests for each event with a is about the same as with b, from 120s on lower");
    insta::assert_snapshot!(told("30s,120s"), @"Up to 30s, the number of requests for each event with a is higher than with b, from 120s on the opposite");
}
