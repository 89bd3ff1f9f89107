//! How often a 95 % interval contains the truth.

use super::{near, only};
use pollhook::study::summary::ClientSummary;
use rayon::prelude::*;

/// Ten short replications of about fifteen bursts, so that some have three times the events of others. An average of the
/// ratios of single replications, in place of the ratio of totals, lies 12 % too high here.
#[test]
fn the_interval_of_a_ratio_contains_the_truth_as_often_as_it_says() {
    const SEEDS: u64 = 400;
    let runs: Vec<ClientSummary> = (0..SEEDS)
        .into_par_iter()
        .map(|seed| {
            only(&format!(
                "seed = {seed}\nduration = \"10m\"\nreplications = 10\n\
                 events.arrivals = {{ process = \"bursts\", rate = \"1.5/m\", mean_size = 4 }}\n\
                 network.delay = \"100ms\"\n\
                 client = [{{ name = \"poll\", kind = \"poll\", interval = \"60s\" }}]\n"
            ))
        })
        .collect();
    let covered = |pointer: &str, truth: f64| {
        let contains = |run: &&ClientSummary| {
            let ends = run.interval.pointer(pointer).and_then(|ends| ends.as_array()).expect("an interval");
            ends[0].as_f64() <= Some(truth) && Some(truth) <= ends[1].as_f64()
        };
        runs.iter().filter(contains).count() as f64 / SEEDS as f64
    };
    // Four standard errors of the coverage in so many trials are 0.044.
    near("per event", covered("/requests/per_event", 1.0 / 6.0), 0.95, 0.044);
    near("mean latency", covered("/latency_s/mean", 30.1), 0.95, 0.044);
}
