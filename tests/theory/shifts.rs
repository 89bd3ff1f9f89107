//! The band of the difference of quantiles: it contains zero where nothing differs, and the shift where that is known.

use pollhook::RunOptions;
use pollhook::compare::{Options, Quantile, Report, Single, compare};
use pollhook::scenario::{self, Override};
use pollhook::study::{self, Again};
use std::collections::BTreeMap;

/// A poll without a network: the latency of its events is uniform between zero and the interval.
const TEXT: &str = "replications = 20\nduration = \"1h\"\n[network]\ndelay = \"0s\"\n\
    [events]\narrivals = { process = \"poisson\", rate = \"120/h\" }\n\
    [[client]]\nname = \"poll\"\nkind = \"poll\"\n";

fn report(seed: u64, interval: &str) -> Report {
    let set = |path: &str, value: &str| Override { path: path.into(), value: value.into() };
    let overrides = [set("seed", &seed.to_string()), set("client.poll.interval", interval)];
    let scenario = scenario::load("shift", TEXT, &overrides).unwrap_or_else(|problems| panic!("{problems}"));
    let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).unwrap();
    let rows = results.replications.rows().map(|row| row.figures.clone()).collect();
    let mut report = Report {
        name: interval.to_owned(),
        summary: results.summary,
        replications: BTreeMap::from([("poll".to_owned(), rows)]),
        single: Single::default(),
    };
    report.take_again(Ok(Again::new(&scenario, scenario.replications, 0)));
    report
}

/// The quantiles that are no tails.
fn quantiles(base: &Report, other: &Report) -> Vec<Quantile> {
    let options = Options { all: false, margin: 0.01, gates: Vec::new(), strict: false };
    let comparison = compare(&[base.clone(), other.clone()], &options).unwrap();
    let shift = comparison.pictured[0].shift.clone().unwrap();
    shift.quantiles.into_iter().filter(|quantile| !quantile.is_tail).collect()
}

/// The share of the quantiles whose band contains this, for each seed.
fn contained(pairs: &[Vec<Quantile>], shift_s: impl Fn(f64) -> f64) -> Vec<f64> {
    let holds = |quantile: &&Quantile| {
        let (low, high) = quantile.band.expect("there are enough replications");
        (low..=high).contains(&shift_s(quantile.share))
    };
    pairs.iter().map(|all| all.iter().filter(holds).count() as f64 / all.len() as f64).collect()
}

/// Over the seeds a band of 95 % contains the truth at 95 % of the quantiles. Those of a seed go together, so that their
/// share scatters by about 0.13 from seed to seed, and its mean over 40 by 0.02: the lower bound is three of that below.
fn is_a_band_of_95_percent(shares: &[f64]) {
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((0.89..=0.995).contains(&mean), "{mean}: {shares:?}");
    let most = shares.iter().filter(|share| **share >= 0.8).count();
    assert!(most * 10 >= shares.len() * 8, "{most} of {}: {shares:?}", shares.len());
}

#[test]
fn the_band_of_equal_scenarios_contains_zero() {
    let of = |seed: u64| quantiles(&report(seed, "60s"), &report(seed + 1_000, "60s"));
    let pairs: Vec<Vec<Quantile>> = (1..=40).map(of).collect();
    is_a_band_of_95_percent(&contained(&pairs, |_| 0.0));
}

/// Ten seconds more of interval are ten seconds times the share at each quantile.
#[test]
fn the_band_of_a_longer_interval_contains_the_shift() {
    let of = |seed: u64| quantiles(&report(seed, "60s"), &report(seed, "70s"));
    let pairs: Vec<Vec<Quantile>> = (1..=40).map(of).collect();
    is_a_band_of_95_percent(&contained(&pairs, |share| 10.0 * share));
    // And it is narrow enough to tell that there is one.
    let upper = pairs.iter().flatten().filter(|quantile| quantile.share > 0.5);
    let told = upper.clone().filter(|quantile| quantile.band.is_some_and(|(low, _)| low > 0.0)).count();
    assert!(told * 10 >= upper.count() * 9);
}
