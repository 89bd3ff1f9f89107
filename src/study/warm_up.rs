//! The warm-up of `warmup = "auto"`, by MSER-5 (White 1997, "An effective truncation heuristic for bias reduction in simulation
//! output").
//!
//! A run begins with empty queues and full intervals, and its first events are known sooner or later than all others. They
//! are left out as far as this makes the mean of the rest more certain. The rule looks at the latencies of ten replications,
//! client by client, in the order in which the events occurred, and cuts all clients where the last of them settles: they have
//! the same events. These are the first ten whatever the number of replications, so that this number changes nothing.
//!
//! The latencies of the n-th events are averaged first (Welch). In a single replication the rule cuts off early events that are
//! late by chance, and not those that are early: of M/M/1 at a load of 0.9 over 900 events it makes the bias of the mean half as
//! large again, and halves it where ten are averaged.

use super::predict::stability;
use super::replication::{Replication, replicate};
use crate::measure::Receipt;
use crate::parallel;
use crate::scenario::{Client, Scenario, Settling};
use crate::sim::RunOptions;
use crate::study::human;
use crate::time::{Instant, Span};
use thiserror::Error;

/// Why no warm-up is found.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unsettled {
    /// A client has too few latencies.
    #[error(
        "“{client}” learns of {events} events in one of the replications that are looked at, and a warm-up is found from \
         {LEAST_EVENTS} on; make `duration` longer, or give `warmup` a time"
    )]
    TooFew {
        /// Its name.
        client: String,
        /// The events that it learns of.
        events: usize,
    },
    /// The latencies of a client still change in the second half.
    #[error(
        "the latency of “{client}” still changes in the second half of the run, which is too short for a warm-up to be found; \
         make `duration` longer, or give `warmup` a time"
    )]
    TooShort {
        /// Its name.
        client: String,
    },
    /// A client never settles.
    #[error("“{client}” cannot keep up, so its latency grows as long as the run: {because}")]
    Unstable {
        /// Its name.
        client: String,
        /// Why.
        because: String,
    },
}

/// The scenario with its warm-up: found where it is to be found, and unchanged where it is given or was found. A run that is
/// stopped meanwhile leaves it as it is.
///
/// # Errors
/// Where none can be found.
pub fn settled(scenario: &Scenario, options: RunOptions<'_>) -> Result<Scenario, Unsettled> {
    match scenario.settling {
        Settling::Given | Settling::Found | Settling::NotFound => return Ok(scenario.clone()),
        Settling::ToFind => {}
    }
    for client in &scenario.clients {
        if let Some(overload) = stability(scenario, client) {
            let because = human::clause(&overload.because);
            return Err(Unsettled::Unstable { client: client.name.clone(), because });
        }
    }
    let series = parallel::map((0..LOOKED_AT).collect(), |number| {
        let replication = replicate(scenario, number, options, &|| ())?;
        let of = |(index, client)| series(scenario, &replication, index, client);
        Some(scenario.clients.iter().enumerate().map(of).collect::<Vec<Series>>())
    });
    let Some(series) = series.into_iter().collect::<Option<Vec<Vec<Series>>>>() else {
        return Ok(scenario.clone());
    };
    let mut warmup = Span::ZERO;
    for (index, client) in scenario.clients.iter().enumerate() {
        let own: Vec<&Series> = series.iter().map(|replication| &replication[index]).collect();
        warmup = warmup.max(of_client(client, &own)?);
    }
    Ok(Scenario { warmup, settling: Settling::Found, ..scenario.clone() })
}

/// The same for a run that goes on without a warm-up where none can be found.
pub(super) fn settled_if_possible(scenario: &Scenario, options: RunOptions<'_>) -> Scenario {
    settled(scenario, options)
        .unwrap_or_else(|_| Scenario { settling: Settling::NotFound, ..scenario.clone() })
}

/// What a reader must know of a warm-up that was to be found.
pub fn note(scenario: &Scenario) -> Option<String> {
    match scenario.settling {
        Settling::Given | Settling::ToFind => None,
        Settling::Found if scenario.warmup == Span::ZERO => Some(
            "no warm-up is left out: the first events are like the rest (MSER-5, ten replications)"
                .to_owned(),
        ),
        Settling::Found => Some(format!(
            "the first {} are left out as warm-up (MSER-5, ten replications)",
            human::duration(scenario.warmup.as_secs_f64())
        )),
        Settling::NotFound => {
            Some("no warm-up is left out, though one was to be: the run is too short to find it".to_owned())
        }
    }
}

/// When each event occurred that the client learns of, in order, and its latency in seconds.
type Series = Vec<(Instant, f64)>;

/// The events that the client never learns of have no latency and are left out.
fn series(scenario: &Scenario, replication: &Replication, index: usize, client: &Client) -> Series {
    let events = replication.events_of(scenario, client);
    let receipts = replication.records[index].receipts.chunks(client.count.max(1) as usize);
    (events.occurred().iter().zip(receipts))
        .filter_map(|(&occurred, members)| Some((occurred, mean_s(occurred, members)?)))
        .collect()
}

/// The warm-up of one client, from its latencies in each of several replications.
fn of_client(client: &Client, replications: &[&Series]) -> Result<Span, Unsettled> {
    let events = replications.iter().map(|series| series.len()).min().unwrap_or(0);
    if events < LEAST_EVENTS {
        return Err(Unsettled::TooFew { client: client.name.clone(), events });
    }
    let size = (BATCH * replications.len()) as f64;
    let batch = |batch: usize| {
        let events = batch * BATCH..(batch + 1) * BATCH;
        let sum_s: f64 =
            replications.iter().flat_map(|series| &series[events.clone()]).map(|event| event.1).sum();
        sum_s / size
    };
    let means: Vec<f64> = (0..events / BATCH).map(batch).collect();
    match truncation(&means) {
        None => Err(Unsettled::TooShort { client: client.name.clone() }),
        Some(0) => Ok(Span::ZERO),
        Some(batches) => {
            let first = replications.iter().map(|series| (series[batches * BATCH].0 - Instant::START).0);
            Ok(Span(first.sum::<i64>() / replications.len() as i64))
        }
    }
}

/// The mean latency of an event over the members that hold it.
fn mean_s(occurred: Instant, members: &[Receipt]) -> Option<f64> {
    let held = members.iter().filter(|receipt| receipt.by.is_some());
    let (sum_s, count) = held.fold((0.0, 0_u32), |(sum_s, count), receipt| {
        (sum_s + (receipt.held - occurred).as_secs_f64(), count + 1)
    });
    (count > 0).then(|| sum_s / f64::from(count))
}

/// How many of the first means are left out so that the standard error of the mean of the rest is least; of equal ones
/// the fewest. Only the first half is searched: a short rest may be even by chance. None where the least is at the end
/// of that half, because then it falls on.
fn truncation(means: &[f64]) -> Option<usize> {
    let half = means.len() / 2;
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    let mut least = (f64::INFINITY, 0);
    // From the end on, so that the sums are of what remains.
    for (place, value) in means.iter().enumerate().rev() {
        count += 1.0;
        let apart = value - mean;
        mean += apart / count;
        squares += apart * (value - mean);
        let error = squares / (count * count);
        if place <= half && error <= least.0 {
            least = (error, place);
        }
    }
    let is_at_the_end = least.1 * 10 >= half * 9;
    (!is_at_the_end).then_some(least.1)
}

/// Replications.
const LOOKED_AT: u32 = 10;
/// Events whose mean is one value of the series.
const BATCH: usize = 5;
/// Twenty batches.
const LEAST_EVENTS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: four batches that are higher, and then as many as it takes of two values in turn.
    #[test]
    fn what_is_unlike_the_rest_is_left_out() {
        let series = |rest: usize| -> Vec<f64> {
            let rest = (0..rest).map(|place| if place % 2 == 0 { 1.0 } else { 2.0 });
            [9.0, 8.0, 7.0, 6.0].into_iter().chain(rest).collect()
        };
        assert_eq!(truncation(&series(40)), Some(4));
        assert_eq!(truncation(&series(400)), Some(4));
        // The high ones are half of the series.
        assert_eq!(truncation(&series(4)), None);
    }

    #[test]
    fn an_even_series_is_kept_whole() {
        assert_eq!(truncation(&[0.25; 100]), Some(0));
        let turns: Vec<f64> = (0..100).map(|place| f64::from(place % 2)).collect();
        assert_eq!(truncation(&turns), Some(0));
        // A single value that stands out in the second half is no warm-up, and does not hide that there is none.
        let mut late = turns.clone();
        late[70] = 50.0;
        assert_eq!(truncation(&late), Some(0));
    }

    #[test]
    fn a_series_that_never_settles_has_none() {
        let trend = |slope: f64| (0..100).map(|place| slope * f64::from(place)).collect::<Vec<f64>>();
        assert_eq!((truncation(&trend(1.0)), truncation(&trend(-0.1))), (None, None));
    }

    #[test]
    fn the_number_of_replications_changes_nothing() {
        let one = scenario("poisson", "");
        let three = Scenario { replications: 3, ..one.clone() };
        let [one_s, three_s] =
            [&one, &three].map(|scenario| settled(scenario, RunOptions::TO_THE_END).expect("it settles"));
        assert_eq!((one_s.warmup, one_s.settling), (three_s.warmup, Settling::Found));
        assert_eq!(one_s.as_written(), one);
    }

    /// By hand: 40 batches of even latencies, the first two of them higher. The eleventh event occurs at 11 s in one
    /// replication and at 21 s in the other.
    #[test]
    fn the_warm_up_ends_where_the_first_event_that_counts_occurs_on_average() {
        let series = |first: i64| -> Series {
            let event = |n: i64| {
                let latency_s = if n < 10 { 100.0 } else { (n % 2) as f64 };
                (Instant::START + Span::from_secs(first + n), latency_s)
            };
            (0..200).map(event).collect()
        };
        let client = &scenario("poisson", "").clients[0];
        assert_eq!(of_client(client, &[&series(1), &series(11)]), Ok(Span::from_secs(16)));
        let short = series(1)[..99].to_vec();
        let few = Unsettled::TooFew { client: "it".to_owned(), events: 99 };
        assert_eq!(of_client(client, &[&series(1), &short]), Err(few));
    }

    fn scenario(process: &str, keys: &str) -> Scenario {
        let text = format!(
            "warmup = \"auto\"\nduration = \"1h\"\n[events]\narrivals = {{ process = \"{process}\", rate = \"1/s\" }}\n\
             [[client]]\nname = \"it\"\nkind = \"webhook\"\n{keys}"
        );
        crate::scenario::load("it", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn why_there_is_none_is_said() {
        let why = |keys: &str| {
            settled(&scenario("constant", keys), RunOptions::TO_THE_END).unwrap_err().to_string()
        };
        let overloaded = why("endpoint = { service_time = \"2s\", capacity = 1 }");
        assert!(overloaded.starts_with("“it” cannot keep up, so its latency grows"), "{overloaded}");
        let silent = why("retries = []\nendpoint = { failure_rate = 1.0 }");
        assert!(silent.starts_with("“it” learns of 0 events"), "{silent}");
    }

    /// Whatever the text says and the file that is written from it: the same warm-up, with its length beside it.
    #[test]
    fn a_scenario_as_it_ran_is_read_again() {
        let scenario = scenario("poisson", "");
        for settled in [scenario.clone(), settled(&scenario, RunOptions::TO_THE_END).expect("it settles")] {
            let resolved = crate::scenario::resolved(&settled);
            assert_eq!(resolved["warmup"], "auto");
            let read =
                crate::scenario::from_resolved(&resolved, &|_| Err(String::new())).expect("it is valid");
            assert_eq!(read, settled);
            let text = crate::scenario::to_toml(&settled);
            assert_eq!(crate::scenario::load("it", &text, &[]).expect("it is valid"), scenario);
        }
    }
}
