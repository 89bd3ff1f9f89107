//! How often a 95 % interval contains the truth.

use super::{near, scenario};
use pollhook::figure::Figure;
use pollhook::sim::RunOptions;
use pollhook::study;
use pollhook::study::summary::{ClientSummary, Reached};
use rayon::prelude::*;

/// What intervals are judged by.
struct Run {
    clients: Vec<ClientSummary>,
    /// Figures of the first client less those of the second, in the order of [`DIFFERENCES`].
    apart: [Option<[f64; 2]>; DIFFERENCES.len()],
}

const DIFFERENCES: [Figure; 4] =
    [Figure::LatencyMean, Figure::KnownAfterP50, Figure::KnownAfterP95, Figure::KnownAfterP99];

/// One scenario with seeds from 0 on.
fn runs(seeds: u64, text: &str) -> Vec<Run> {
    let run = |seed: u64| {
        let scenario = scenario(&format!("seed = {seed}\n{text}"));
        let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("it is not stopped");
        let two = results.summary.clients.len() > 1;
        let apart =
            DIFFERENCES.map(|figure| two.then(|| study::difference(&results, [0, 1], figure)).flatten());
        Run { clients: results.summary.clients, apart }
    };
    (0..seeds).into_par_iter().map(run).collect()
}

/// In which share of the runs the interval of a client's figure contains the truth, and in which share it is withheld.
fn covered(runs: &[Run], client: usize, figure: Figure, truth: f64) -> (f64, f64) {
    let ends: Vec<[f64; 2]> = runs
        .iter()
        .filter_map(|run| study::interval(&run.clients[client], figure))
        .map(|ends| ends.map(Reached::seconds))
        .collect();
    let contains = ends.iter().filter(|[low, high]| *low <= truth && truth <= *high).count();
    (contains as f64 / ends.len() as f64, 1.0 - ends.len() as f64 / runs.len() as f64)
}

/// Ten short replications of about fifteen bursts, so that some have three times the events of others. An average of the
/// ratios of single replications, in place of the ratio of totals, lies 12 % too high here.
#[test]
fn the_interval_of_a_ratio_contains_the_truth_as_often_as_it_says() {
    let runs = runs(
        400,
        "duration = \"10m\"\nreplications = 10\n\
         events.arrivals = { process = \"bursts\", rate = \"1.5/m\", mean_size = 4 }\n\
         network.delay = \"100ms\"\n\
         client = [{ name = \"poll\", kind = \"poll\", interval = \"60s\" }]\n",
    );
    let near = |what: &str, figure: Figure, truth: f64| {
        let (covered, withheld) = covered(&runs, 0, figure, truth);
        // Four standard errors of the coverage in so many trials are 0.044.
        near(what, covered, 0.95, 0.044);
        assert_eq!(withheld, 0.0, "{what}");
    };
    near("per event", Figure::RequestsPerEvent, 1.0 / 6.0);
    near("mean latency", Figure::LatencyMean, 30.1);
    near("median latency", Figure::LatencyP50, 30.1);
    near("events", Figure::EventsOccurred, 600.0);
    let (_, withheld) = covered(&runs, 0, Figure::LatencyP99, 59.5);
    assert!(withheld > 0.9, "600 events are too few for an interval of p99: {withheld}");
}

/// The coverage that ARCHITECTURE.md names, over 1,000 seeds.
#[test]
#[ignore = "it runs for a minute"]
fn intervals_contain_the_truth_as_often_as_architecture_says() {
    let independent = "{ process = \"poisson\", rate = \"6/m\" }";
    let bursts = "{ process = \"bursts\", rate = \"1.5/m\", mean_size = 4 }";
    let mut wrong = Vec::new();
    for (process, arrivals) in [("poisson", independent), ("bursts", bursts)] {
        for replications in [10, 30, 100] {
            let runs = runs(
                1_000,
                &format!(
                    "duration = \"20m\"\nreplications = {replications}\nevents.arrivals = {arrivals}\n\
                     network.delay = \"100ms\"\n\
                     client = [{{ name = \"poll\", kind = \"poll\", interval = \"60s\" }}, \
                               {{ name = \"often\", kind = \"poll\", interval = \"20s\" }}]\n"
                ),
            );
            let events = 120.0 * f64::from(replications);
            for (place, truth) in [20.0, 20.0, 38.0, 39.6].into_iter().enumerate() {
                let apart: Vec<[f64; 2]> = runs.iter().filter_map(|run| run.apart[place]).collect();
                let shown = apart.len() as f64;
                // A percentile whose own interval is withheld has no difference.
                if shown < 1.0 && DIFFERENCES[place] == Figure::KnownAfterP99 {
                    continue;
                }
                let covered =
                    apart.iter().filter(|[low, high]| *low <= truth && truth <= *high).count() as f64 / shown;
                let four_errors = 4.0 * (0.95 * 0.05 / shown).sqrt();
                let (least, most) =
                    if shown == 1_000.0 { (0.93, 0.98) } else { (0.95 - four_errors, 0.95 + four_errors) };
                if !(least..=most).contains(&covered) {
                    let path = DIFFERENCES[place].path();
                    wrong.push(format!(
                        "{process} x {replications}, difference of {path}: {covered:.3} of {shown}"
                    ));
                }
            }
            for (figure, truth) in [
                (Figure::LatencyMean, 30.1),
                (Figure::LatencyStddev, 60.0 / 12_f64.sqrt()),
                (Figure::KnownAfterP50, 30.1),
                (Figure::KnownAfterP95, 57.1),
                (Figure::KnownAfterP99, 59.5),
                (Figure::KnownWithin10s, 9.9 / 60.0),
                (Figure::RequestsPerEvent, 1.0 / 6.0),
                (Figure::EventsOccurred, events),
            ] {
                let (covered, withheld) = covered(&runs, 0, figure, truth);
                // Bursts of four on average count as one event in seven.
                let independent = if process == "bursts" { events / 7.0 } else { events };
                if figure == Figure::KnownAfterP99 && independent < 1_000.0 {
                    assert_eq!(withheld, 1.0, "{process} x {replications}: {independent} events");
                    continue;
                }
                // Where ten independent events beyond it are just about to be expected, the seeds with more have an interval.
                let shown = 1_000.0 * (1.0 - withheld);
                if shown < 1.0 {
                    continue;
                }
                // Ends are whole ranks, the next ones outside, which makes some intervals a little wider.
                let four_errors = 4.0 * (0.95 * 0.05 / shown).sqrt();
                let (least, most) =
                    if withheld == 0.0 { (0.93, 0.98) } else { (0.95 - four_errors, 0.95 + four_errors) };
                if !(least..=most).contains(&covered) {
                    wrong.push(format!(
                        "{process} x {replications}, {}: {covered:.3} of {shown} shown",
                        figure.path()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
