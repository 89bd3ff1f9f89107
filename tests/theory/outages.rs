//! Runs with outages against the closed forms that the report states.

use crate::{near, only, summary};
use pollhook::scenario;
use pollhook::sim::RunOptions;
use pollhook::study::{self, figures::MarkKind};

/// The first scenario, 300 times: about 100 events in each of its outages for every one that a single day has.
#[test]
fn the_day_agrees_with_theory() {
    let day = scenario::find("day").unwrap().text.replace("seed = 42", "seed = 42\nreplications = 300");
    let summary = summary(&day);
    let [poll, webhook] = [&summary.clients[0], &summary.clients[1]];
    for client in [poll, webhook] {
        let (latency, theory) = (&client.latency_s, &client.theory.latency_s);
        let expected = theory.mean.unwrap();
        // The events of one outage arrive together, so their number varies like a Poisson variable.
        let reach = 4.0 * theory.stddev.unwrap() / (latency.count as f64).sqrt();
        near(&client.name, latency.mean, expected, reach);
        near(&client.name, latency.stddev, theory.stddev.unwrap(), 0.05 * theory.stddev.unwrap());
        for (measured, expected) in [(latency.p50, theory.p50), (latency.p95, theory.p95)] {
            near(&client.name, measured, expected.unwrap(), 0.02 * expected.unwrap());
        }
    }
    let polls = poll.requests.total as f64;
    near("polls per second", poll.requests.per_s, poll.theory.requests.per_s.unwrap(), 1e-9);
    near("empty", poll.requests.empty as f64 / polls, poll.theory.empty_share.unwrap(), 0.003);
    near("fresh", poll.fresh_share, poll.theory.fresh_share.unwrap(), 0.003);
    near("age", poll.age_s.mean, poll.theory.age_s.mean.unwrap(), 8.0);
    near("attempts", webhook.attempts.per_event, webhook.theory.attempts.per_event.unwrap(), 0.008);
    near(
        "deliveries per event",
        webhook.requests.per_event,
        webhook.theory.requests.per_event.unwrap(),
        0.008,
    );
}

/// An event each minute, and ten of them while the receiver acknowledges and loses all. The sender does not retry them.
#[test]
fn what_is_acknowledged_and_not_kept_is_lost_unless_a_poll_looks_for_it() {
    let text = |reconcile: &str| {
        format!(
            "duration = \"1h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
             [[client]]\nname = \"it\"\nkind = \"webhook\"\nreconcile = \"{reconcile}\"\n\
             [[outage]]\nclient = \"it\"\nfrom = \"10m30s\"\nfor = \"10m\"\nmode = \"lose\"\n"
        )
    };
    let alone = only(&text("none"));
    let (events, attempts) = (&alone.events, &alone.attempts);
    assert_eq!((events.occurred, events.delivered, events.lost, events.pending), (59, 49, 10, 0));
    assert_eq!((attempts.total, attempts.gave_up, alone.requests.failed), (59, 0, 0));
    near("latency", alone.latency_s.max, 0.02, 1e-12);
    assert_eq!(alone.theory.latency_s.mean, None, "no form knows of it");
    let beside = only(&text("7m"));
    let events = &beside.events;
    assert_eq!((events.occurred, events.delivered, events.lost, events.pending), (59, 59, 0, 0));
    assert!(beside.latency_s.max.unwrap() > 30.0, "the first poll after the outage brings them");
}

/// Only what the endpoint receives is lost: the poll beside the hooks goes on, so each event is late by its interval at
/// most, however long the outage is.
#[test]
fn polls_bring_what_is_lost_while_it_is_lost() {
    let client = only(
        "duration = \"12h\"\n[events]\narrivals = { process = \"constant\", rate = \"60/h\" }\n\
         [[client]]\nname = \"it\"\nkind = \"webhook\"\nreconcile = \"15m\"\n\
         [[outage]]\nclient = \"it\"\nfrom = \"1h\"\nfor = \"6h\"\nmode = \"lose\"\n",
    );
    let events = &client.events;
    assert_eq!((events.occurred, events.delivered, events.lost, events.pending), (719, 719, 0, 0));
    let (p99, max) = (client.latency_s.p99.unwrap(), client.latency_s.max.unwrap());
    assert!(p99 > 13.0 * 60.0 && max <= 15.0 * 60.0 + 0.04, "{p99} s, at most {max} s");
    assert!(
        (23..=25).contains(&(client.requests.polls / 2)),
        "{} polls in 48 intervals",
        client.requests.polls
    );
}

/// A delivery that waits for a handler when the outage begins is acknowledged then, and lost.
#[test]
fn what_waits_for_a_handler_that_keeps_nothing_is_lost() {
    let client = only(
        "duration = \"150s\"\n[events]\narrivals = { process = \"constant\", rate = \"1/m\" }\n\
         [[client]]\nname = \"it\"\nkind = \"webhook\"\ndeadline = \"1h\"\n\
         endpoint = { service_time = \"90s\", capacity = 1 }\n\
         [[outage]]\nclient = \"it\"\nfrom = \"130s\"\nfor = \"1m\"\nmode = \"lose\"\n",
    );
    assert_eq!((client.events.delivered, client.events.lost, client.attempts.total), (1, 1, 2));
}

/// In the lanes such a delivery is no duplicate: the client does not hold its event, before or after.
#[test]
fn the_lanes_tell_what_was_not_kept_from_a_duplicate() {
    let scenario = crate::scenario(
        "duration = \"1h\"\n[events]\narrivals = { process = \"constant\", rate = \"60/h\" }\n\
         [[client]]\nname = \"it\"\nkind = \"webhook\"\nreconcile = \"7m\"\n\
         [[outage]]\nclient = \"it\"\nfrom = \"10m30s\"\nfor = \"10m\"\nmode = \"lose\"\n",
    );
    let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("it is not stopped");
    let lanes = results.figures.lanes.expect("something was late");
    let kinds: Vec<MarkKind> = lanes.lanes[0].marks.iter().map(|mark| mark.kind).collect();
    assert!(kinds.contains(&MarkKind::NotKept) && !kinds.contains(&MarkKind::Duplicate), "{kinds:?}");
}
