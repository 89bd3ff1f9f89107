//! The warm-up that is found (`warmup = "auto"`): what it makes of the bias of a run that begins empty.

use super::scenario;
use pollhook::scenario::Scenario;
use pollhook::sim::RunOptions;
use pollhook::study;
use rayon::prelude::*;

/// One handler with exponential times of a second on average, and so many events a second: M/M/1 from empty.
fn queue(seed: u64, warmup: &str, rate: f64, duration: &str) -> Scenario {
    scenario(&format!(
        "seed = {seed}\nreplications = 10\nduration = \"{duration}\"\nwarmup = \"{warmup}\"\n\
         [events]\narrivals = {{ process = \"poisson\", rate = \"{rate}/s\" }}\n[network]\ndelay = \"0s\"\n\
         [[client]]\nkind = \"webhook\"\ndeadline = \"1h\"\nretries = []\n\
         endpoint = {{ capacity = 1, service_time = {{ distribution = \"exponential\", mean = \"1s\" }} }}\n"
    ))
}

/// A poller at a fixed interval and a random phase is stationary from the start.
fn poller(seed: u64) -> Scenario {
    scenario(&format!(
        "seed = {seed}\nduration = \"1h\"\nwarmup = \"auto\"\n\
         [events]\narrivals = {{ process = \"poisson\", rate = \"1/s\" }}\n\
         [[client]]\nkind = \"poll\"\ninterval = \"10s\"\n"
    ))
}

fn warmup_s(scenario: &Scenario) -> Option<f64> {
    let settled = study::settled(scenario, RunOptions::TO_THE_END).ok()?;
    Some(settled.warmup.as_secs_f64())
}

/// The wait before a handler at a load of 0.9 is 9 s; over short runs that begin empty it is less. A warm-up is found in nearly
/// all, and brings the mean nearer.
#[test]
fn a_warm_up_takes_some_of_the_bias_of_an_empty_queue() {
    let mean = |scenario: &Scenario| {
        let results = study::run(scenario, RunOptions::TO_THE_END, false, || ()).unwrap();
        results.summary.clients[0].latency_s.mean.unwrap()
    };
    let both = |seed: u64| {
        let cut = study::settled(&queue(seed, "auto", 0.9, "1000s"), RunOptions::TO_THE_END).ok()?;
        assert!(cut.warmup.0 > 0, "seed {seed}");
        Some((mean(&queue(seed, "0s", 0.9, "1000s")), mean(&cut)))
    };
    let both: Vec<(f64, f64)> = (0..100).into_par_iter().filter_map(both).collect();
    let average = |of: fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>() / both.len() as f64;
    let [whole, cut] = [9.0 - average(|both| both.0), 9.0 - average(|both| both.1)];
    assert!(both.len() >= 80, "{} settle", both.len());
    assert!(whole > 0.7 && cut.abs() < 0.75 * whole, "bias {whole} without, {cut} with a warm-up");
}

#[test]
fn what_is_stationary_loses_little() {
    let shares: Vec<f64> =
        (0..200).into_par_iter().map(|seed| warmup_s(&poller(seed)).map_or(1.0, |at| at / 3_600.0)).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!(mean < 0.05, "{mean} of the run is left out on average");
}

/// Above a load of 1 the queue grows as long as the run.
#[test]
fn a_queue_that_never_settles_is_refused() {
    let refused = (0..50).into_par_iter().filter(|&seed| {
        let why = study::settled(&queue(seed, "auto", 1.05, "1h"), RunOptions::TO_THE_END).unwrap_err();
        matches!(why, study::Unsettled::Unstable { .. })
    });
    assert_eq!(refused.count(), 50);
}
