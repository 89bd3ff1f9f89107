//! The shortcut: where nothing contends and nothing fails, the number of empty polls follows from the clock, so only
//! polls that bring events are simulated. The cost grows with the number of events, not with the number of polls.

mod regular;
mod ticks;
mod walk;

use crate::measure::{Record, Recorder, exchange_bytes};
use crate::model::events::Events;
use crate::policy::channel::Channel;
use crate::policy::schedule::Phase;
use crate::rng::{Purpose, Randomness};
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
use regular::Regular;
use ticks::{NotEmpty, ticks_by_bin};
use walk::Walk;

/// Whether the shortcut gives a client's figures: it is a fixed-rate poller that nothing disturbs.
pub(super) fn applies(scenario: &Scenario, client: &Client) -> bool {
    Regular::of(scenario, client).is_some()
}

/// Whether there are so many polls that the shortcut is faster than the plain path.
pub(super) fn pays(scenario: &Scenario, client: &Client) -> bool {
    let Some(regular) = Regular::of(scenario, client) else { return false };
    let polls_per_loop = scenario.duration.as_secs_f64() / regular.interval.as_secs_f64();
    f64::from(client.count) * f64::from(scenario.events.resources) * polls_per_loop > MANY_POLLS
}

/// The plain path simulates so many polls in about a tenth of a second.
const MANY_POLLS: f64 = 1e6;

/// Runs the client; the record equals that of the plain path. Nothing happens after `limit`.
pub(super) fn run(
    scenario: &Scenario,
    client: &Client,
    events: &Events,
    randomness: Randomness,
    limit: Instant,
    mut recorder: Recorder,
) -> Record {
    let regular = Regular::of(scenario, client).expect("the shortcut applies");
    let sizes = scenario.sizes(client);
    let walk = Walk { scenario, events, regular, limit, sizes };
    let loops = client.count * scenario.events.resources;
    let phases = randomness.stream(Purpose::Phase);
    let phase = |poll_loop: u32| match regular.phase {
        Phase::At(at) => at,
        Phase::Random => Instant::START + regular.interval.scaled(phases.unit(u64::from(poll_loop), 0)),
    };
    let traced = events.busiest_resource();
    let end = Instant::START + scenario.duration;
    let mut not_empty = NotEmpty { end, warmup: 0, bins: vec![0; recorder.bins()] };
    for member in 0..client.count {
        for resource in events.busy_resources() {
            let poll_loop = member * scenario.events.resources + resource;
            let ticks =
                walk.polls(poll_loop, (member, resource), phase(poll_loop), &mut recorder, &mut not_empty);
            if poll_loop == traced {
                walk.keep_empty(poll_loop, phase(poll_loop), &ticks, &mut recorder);
            }
        }
    }
    let quiet = |poll_loop: &u32| events.of(poll_loop % scenario.events.resources).is_empty();
    if walk.ends_under_way() {
        for poll_loop in (0..loops).filter(quiet) {
            let open = walk.unanswered(poll_loop, phase(poll_loop), &[], &mut recorder, &mut not_empty);
            if poll_loop == traced {
                walk.keep_empty(poll_loop, phase(poll_loop), open.as_slice(), &mut recorder);
            }
        }
    } else if quiet(&traced) {
        walk.keep_empty(traced, phase(traced), &[], &mut recorder);
    }
    let (warmup, ticks) = ticks_by_bin((0..loops).map(phase), regular.interval, &recorder, end);
    recorder.polls_of_the_warmup(warmup - not_empty.warmup);
    let nothing = regular.nothing();
    let bytes = exchange_bytes(&sizes, Channel::Poll, 0, nothing);
    for (bin, (&all, &not_empty)) in ticks.iter().zip(&not_empty.bins).enumerate() {
        recorder.empty_polls(bin, all - not_empty, nothing, bytes);
    }
    recorder.finish(walk.limit)
}
