//! What is known beforehand: a run with a slower network is found to be slower by just that, intervals contain the gap of
//! many runs, and engines that differ by the whole band are rarely taken for equal.

use super::gaps::gaps;
use super::{Band, Equivalence, Measure, Pair, Twin};
use crate::rng::{Purpose, Randomness};
use crate::scenario::{self, Scenario};
use crate::sim::RunOptions;
use crate::study::summary::Live;
use crate::study::{Replication, replicate};
use crate::time::{Instant, Span};

const BAND: Band = Band { mean: Span::from_millis(5), p99: Span::from_millis(10) };

fn scenario() -> Scenario {
    let text = "duration = \"10m\"\nwarmup = \"1m\"\nreplications = 2\n[events]\narrivals = { process = \"poisson\", rate = \"3/s\" }\n\
        [network]\ndelay = \"20ms\"\n[[client]]\nkind = \"poll\"\ninterval = \"7s\"\n\
        [[client]]\nname = \"hook\"\nkind = \"webhook\"\ncount = 2\n[[client]]\nkind = \"long-poll\"\n";
    scenario::load("twin", text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Both replications over a network that adds so much to each delay.
fn over(scenario: &Scenario, overhead: Span) -> Vec<Replication> {
    let mut slower = scenario.clone();
    for client in &mut slower.clients {
        client.network.overhead = overhead;
    }
    (0..scenario.replications)
        .map(|number| replicate(&slower, number, RunOptions::TO_THE_END, &|| ()).expect("nobody stops it"))
        .collect()
}

/// The calibration sees what the network adds, and after it no event differs. Without it a webhook is later by one way; a
/// poll at its ticks is later by the way back, and catches as much more of the events.
#[test]
fn a_slower_network_is_found_and_taken_out() {
    let scenario = scenario();
    let overhead = Span::from_millis(3);
    let twin = Twin::new(&scenario, &over(&scenario, overhead), Live::default(), BAND);
    assert_eq!(twin.network.each_way, overhead);
    assert!(twin.network.round_trips > 300, "{:?}", twin.network);
    assert_eq!(twin.verdict(), Equivalence::Within, "{:?}", twin.answer());
    for client in &twin.clients {
        assert!(client.pairs.iter().all(|pair| pair.gap() == Some(Span::ZERO)), "{}", client.name);
        assert!(client.pairs.iter().all(|pair| pair.occurred >= Instant::START + scenario.warmup));
        assert_eq!(client.requests[0], client.requests[1]);
        assert!(client.gaps.iter().all(|gap| gap.gap_s() == 0.0));
    }
    assert_eq!(twin.clients[1].pairs.len(), 2 * twin.clients[0].pairs.len(), "two members");
    let hook = twin.clients[1].uncalibrated_s.unwrap();
    assert!((hook - 0.003).abs() < 1e-9, "{hook}");
    assert!(
        twin.answer().0.starts_with("Live agrees with virtual time: of every client"),
        "{:?}",
        twin.answer()
    );
}

/// A network that is slower by more than the band, one way only: the calibration divides it between both ways, and what is
/// left is told.
#[test]
fn what_no_calibration_explains_is_beyond_the_band() {
    let scenario = scenario();
    let mut live = over(&scenario, Span::ZERO);
    for receipt in live.iter_mut().flat_map(|one| &mut one.records[1].receipts) {
        receipt.held += Span::from_millis(12);
    }
    let twin = Twin::new(&scenario, &live, Live::default(), BAND);
    let verdicts: Vec<Equivalence> = twin.clients.iter().map(super::ClientTwin::verdict).collect();
    assert_eq!(verdicts, [Equivalence::Within, Equivalence::Beyond, Equivalence::Within]);
    assert_eq!(
        twin.answer().0.replace('\u{a0}', " "),
        "Live differs from virtual time: “hook” is 12 ms ± 0 s later live, on average, and 5 ms was allowed."
    );
}

/// A machine that is late in stretches: for each 8 events by the same exponential time, beside another of each event; on
/// average by that gap.
fn late(machine: u64, mean_gap_s: f64, latencies_s: impl Iterator<Item = f64>) -> Vec<Pair> {
    (0..)
        .zip(latencies_s)
        .map(|(event, simulated)| {
            let own = exponential(machine, Purpose::Gap, event);
            let stretch = exponential(machine, Purpose::Phase, event / 8);
            let known = |seconds| Some(Span::from_secs_f64(seconds));
            Pair {
                replication: 0,
                event,
                member: 0,
                occurred: Instant(i64::from(event)),
                live: known(simulated + mean_gap_s + 0.02 * (own + stretch - 2.0)),
                simulated: known(simulated),
            }
        })
        .collect()
}

/// The same events for every machine.
fn synthetic(machine: u64, events: u32, mean_gap_s: f64) -> Vec<Pair> {
    late(machine, mean_gap_s, (0..events).map(|event| exponential(1, Purpose::Arrival, event)))
}

fn exponential(seed: u64, purpose: Purpose, id: u32) -> f64 {
    -libm::log(1.0 - Randomness::new(seed, 0).stream(purpose).unit(u64::from(id), 0))
}

const MACHINES: u64 = 200;

/// 90 % intervals of 2,000 events contain the gap that machines have on average, in 90 ± 8.5 % (four standard errors) of the
/// runs. That of a percentile is known from the mean over all runs; where all events take equally long, its interval is
/// somewhat narrow.
#[test]
fn intervals_contain_the_gap() {
    let fixed = |machine| late(machine, 0.003, std::iter::repeat_n(0.02, 2_000));
    for (name, least, runs) in [
        (
            "exponential",
            0.815,
            (0..MACHINES).map(|machine| synthetic(machine, 2_000, 0.003)).collect::<Vec<_>>(),
        ),
        ("fixed", 0.72, (0..MACHINES).map(fixed).collect()),
    ] {
        let all: Vec<_> = runs.iter().map(|pairs| gaps(pairs, BAND)).collect();
        for measure in [Measure::Mean, Measure::Percentile(0.9), Measure::P99] {
            let of = |gaps: &Vec<super::Gap>| *gaps.iter().find(|gap| gap.measure == measure).unwrap();
            let centre = all.iter().map(|gaps| of(gaps).gap_s()).sum::<f64>() / MACHINES as f64;
            let truth = if measure == Measure::Mean { 0.003 } else { centre };
            let covered = all.iter().filter(|gaps| {
                let [low, high] = of(gaps).interval_s.unwrap();
                (low..=high).contains(&truth)
            });
            let share = covered.count() as f64 / MACHINES as f64;
            assert!((least..=0.985).contains(&share), "{name}, {measure:?}: {share}");
        }
    }
}

/// The size of the test: engines that differ by the whole band are called equal in at most 5 % (and four standard errors).
#[test]
fn a_gap_as_large_as_the_band_is_rarely_called_equal() {
    let wide = Band { mean: Span::from_millis(100), p99: Span::SECOND };
    let verdicts: Vec<Equivalence> = (0..MACHINES)
        .map(|machine| gaps(&synthetic(machine, 2_000, 0.1), wide)[0].verdict.unwrap())
        .collect();
    let within = verdicts.iter().filter(|verdict| **verdict == Equivalence::Within).count();
    assert!(within as f64 <= MACHINES as f64 * (0.05 + 4.0 * 0.0154), "{within}");
    assert!(verdicts.contains(&Equivalence::CannotTell));
    let half = Band { mean: Span::from_millis(200), p99: Span::SECOND };
    assert_eq!(gaps(&synthetic(1, 2_000, 0.1), half)[0].verdict, Some(Equivalence::Within));
}

/// Events that only virtual time brought are told as such.
#[test]
fn events_that_live_lost_are_beyond_every_band() {
    let scenario = scenario();
    let mut live = over(&scenario, Span::ZERO);
    for receipt in live.iter_mut().flat_map(|one| one.records[1].receipts.iter_mut().step_by(40)) {
        receipt.held = Instant::NEVER;
    }
    let (sentence, exception) = Twin::new(&scenario, &live, Live::default(), BAND).answer();
    assert_eq!(
        sentence.replace('\u{a0}', " "),
        "Live differs from virtual time: more than 1 % of the events of “hook” were never known live, but in virtual time."
    );
    assert!(exception.contains("events were known in one engine only."), "{exception}");
}

/// An endpoint that fails for good: the same events are lost in both engines, more than 1 % of them. They agree; and where
/// one engine alone knew a few of them nothing is told, for a reason that is not the number of events.
#[test]
fn engines_that_lose_the_same_events_agree() {
    let lossy = |alone: usize| {
        let mut pairs = synthetic(1, 2_000, 0.0);
        for (place, pair) in pairs.iter_mut().step_by(20).enumerate() {
            (pair.live, pair.simulated) = (None, pair.simulated.filter(|_| place < alone));
        }
        pairs
    };
    let p99 = |pairs: &[Pair]| gaps(pairs, BAND).into_iter().find(|gap| gap.measure == Measure::P99).unwrap();
    let (same, other) = (p99(&lossy(0)), p99(&lossy(3)));
    assert!(same.is_never_in_both() && other.is_never_in_both());
    assert_eq!((same.interval_s, same.verdict), (None, Some(Equivalence::Within)));
    assert_eq!((other.interval_s, other.verdict), (None, Some(Equivalence::CannotTell)));
    let scenario = scenario();
    let mut live = over(&scenario, Span::ZERO);
    live[0].records[1].receipts[400].held = Instant::NEVER;
    let mut twin = Twin::new(&scenario, &live, Live::default(), BAND);
    twin.clients[1].pairs = lossy(3);
    twin.clients[1].gaps = gaps(&twin.clients[1].pairs, BAND);
    let (_, exception) = twin.answer();
    assert!(
        exception.starts_with("The 99th percentile of “hook” cannot be told, because too many of its events"),
        "{exception}"
    );
}

/// Twenty batches of twenty events and more, however they are divided among replications.
#[test]
fn uneven_replications_make_batches_enough() {
    for sizes in [&[15, 15, 3][..], &[1, 1, 18], &[40, 2], &[1; 20], &[2, 500, 7]] {
        let mut pairs = synthetic(1, sizes.iter().sum(), 0.0);
        let of = sizes.iter().zip(0..).flat_map(|(&size, number)| std::iter::repeat_n(number, size as usize));
        pairs.iter_mut().zip(of).for_each(|(pair, replication)| pair.replication = replication);
        assert!(gaps(&pairs, BAND)[0].interval_s.is_some(), "{sizes:?}");
    }
}

#[test]
fn few_events_tell_nothing_and_lost_ones_tell_a_difference() {
    let verdict = |pairs: &[Pair], measure: Measure| {
        gaps(pairs, BAND).into_iter().find(|gap| gap.measure == measure)?.verdict
    };
    let few = synthetic(1, 19, 0.0);
    assert_eq!(verdict(&few, Measure::Mean), Some(Equivalence::CannotTell));
    // Twenty and more always make twenty batches.
    for events in [20, 21, 39, 91, 198] {
        let mean = gaps(&synthetic(1, events, 0.0), BAND)[0];
        assert!(mean.interval_s.is_some(), "{events} events");
    }
    assert_eq!(verdict(&few, Measure::P99), None);
    let hundred = synthetic(1, 999, 0.0);
    assert_eq!(verdict(&hundred, Measure::P99), Some(Equivalence::CannotTell));
    let mut lossy = synthetic(1, 2_000, 0.0);
    lossy.iter_mut().step_by(50).for_each(|pair| pair.live = None);
    assert_eq!(verdict(&lossy, Measure::P99), Some(Equivalence::Beyond));
    assert_eq!(verdict(&[], Measure::Mean), None);
}
