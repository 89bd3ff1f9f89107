//! The same pollers in pollhook and in two other discrete-event simulators, as ratios of their speeds. What each of them
//! does is in the README beside this crate.

mod in_nexosim;
mod in_pollhook;
mod in_simrs;
mod work;

use std::time::Instant;
use work::{Totals, Work};

/// A simulator: its name, and how it does the work.
type Engine = (&'static str, fn(&Work) -> Totals);

const ENGINES: [Engine; 3] =
    [("pollhook", in_pollhook::run), ("NeXosim", in_nexosim::run), ("simrs", in_simrs::run)];

/// Repetitions, of which the median counts. The engines take turns, so that what slows the machine down meets all.
const REPETITIONS: usize = 7;

fn main() {
    println!(
        "| pollers | polls | events received | million polls per second: pollhook | NeXosim | simrs | pollhook / NeXosim | pollhook / simrs |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (pollers, hours) in [(1_000, 50), (100_000, 1)] {
        let work = Work::new(pollers, hours);
        let expected = in_pollhook::run(&work);
        let mut took_s = [const { Vec::new() }; ENGINES.len()];
        for _ in 0..REPETITIONS {
            for ((name, run), took_s) in ENGINES.iter().zip(&mut took_s) {
                let begins = Instant::now();
                let totals = run(&work);
                took_s.push(begins.elapsed().as_secs_f64());
                assert!(totals == expected, "{name} and pollhook compute different figures");
            }
        }
        let median = |mut all: Vec<f64>| {
            all.sort_by(f64::total_cmp);
            all[REPETITIONS / 2]
        };
        let took_s = took_s.map(median);
        let [own, nexosim, simrs] = took_s.map(|took_s| expected.polls as f64 / took_s / 1e6);
        println!(
            "| {pollers} | {} | {} | {own:.2} | {nexosim:.2} | {simrs:.2} | {:.1} | {:.1} |",
            expected.polls,
            expected.latencies.len(),
            own / nexosim,
            own / simrs
        );
    }
}
