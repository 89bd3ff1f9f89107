use super::*;
use crate::sim::RunOptions;
use crate::study::figures::{Held, Lanes};
use crate::{scenario, study};

#[test]
fn the_first_in_an_order_are_those_of_a_whole_sort() {
    let numbers = || (0..1_000_u64).map(|n| n * 7_919 % 1_009);
    let mut sorted: Vec<u64> = numbers().collect();
    sorted.sort_unstable();
    for most in [1, 2, 33, 999, 1_000, 5_000] {
        let expected: Vec<u64> = sorted.iter().copied().take(most).collect();
        assert_eq!(first_by_key(numbers(), most, |&n| n), expected, "{most}");
    }
}

fn of(text: &str) -> Lanes {
    let scenario = scenario::load("test", text, &[]).expect("it is valid");
    let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it");
    results.figures.lanes.expect("there were events")
}

fn of_shipped(name: &str) -> Lanes {
    of(scenario::shipped().iter().find(|shipped| shipped.name == name).expect("it is shipped").text)
}

/// A client that catches up gets all that waited at once, which alone is more than a lane commonly takes.
#[test]
fn what_one_compared_client_lost_comes_before_any_wait() {
    for (name, loses, knew, because) in [
        ("closed-laptop", 0, 1, "feed never learnt of an event here that cursor knew"),
        ("feed", 0, 3, "“feed, 60s” never learnt of an event here that “cursor, 60s” knew"),
        ("one-in-a-thousand", 0, 3, "later never learnt of an event here that “a minute again” knew"),
    ] {
        let lanes = of_shipped(name);
        let (from, until) = lanes.span_s;
        assert_eq!(lanes.chosen_because, because, "{name}");
        assert!((from..until).contains(&lanes.events_s[lanes.chosen]), "{name}");
        assert_eq!(lanes.lanes[loses].held[lanes.chosen], Held::Never, "{name}");
        assert!(matches!(lanes.lanes[knew].held[lanes.chosen], Held::At(_)), "{name}");
        let most = lanes.lanes.iter().map(|lane| lane.marks.len()).max();
        assert!(most.is_some_and(|most| most <= CROWD), "{name}: {most:?}");
    }
}

/// It asks each second and gets 300 answers in a quarter of an hour, so that what occurs after the first five minutes
/// waits for the other ten.
#[test]
fn a_wait_for_a_rate_limit_comes_before_one_of_an_interval() {
    let lanes = of(r#"
        duration = "1h"
        events = { arrivals = { process = "poisson", rate = "30/h" } }
        source = { rate_limit = { requests = 300, per = "15m" } }
        client = [{ name = "limited", kind = "poll", interval = "1s" }, { kind = "webhook" }]
    "#);
    let event_s = lanes.events_s[lanes.chosen];
    let Held::At(held_s) = lanes.lanes[0].held[lanes.chosen] else { panic!("it learns of all") };
    assert!(held_s - event_s > 300.0, "{}", lanes.chosen_because);
}
