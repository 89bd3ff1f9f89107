//! Speed of the live engine: webhooks over real HTTP on loopback, source and receiver in one process.
//! `cargo bench --bench live`; deliveries per second are in the throughput column.

use divan::Bencher;
use divan::counter::ItemsCount;
use pollhook::live::{self, Options};
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::scenario;
use std::sync::Arc;

fn main() {
    divan::main();
}

/// What secures the deliveries.
const SECURITY: [&str; 5] = [
    "scheme = 'none'",
    "scheme = 'signature'",
    "scheme = 'signature', format = 'github'",
    "scheme = 'none', https = true",
    "scheme = 'signature', https = true",
];

/// 800,000 events in a second, more than can be delivered, over 64 connections that are kept alive: the run ends
/// when the last one is delivered. The time includes setting up and closing. With signatures it should do at least 0.8 of
/// the deliveries per second without.
#[divan::bench(sample_count = 3, sample_size = 1, args = SECURITY)]
fn deliveries(bencher: Bencher<'_, '_>, security: &str) {
    let text = "duration = \"1s\"\n[events]\n\
        arrivals = { process = \"constant\", rate = \"800000/s\", first = \"0s\" }\n[network]\ndelay = \"0s\"\n\
        [[client]]\nkind = \"webhook\"\nworkers = 64\ndeadline = \"60s\"\nretries = []\n";
    let text = format!("{text}security = {{ {security} }}\n");
    let scenario = scenario::load("bench", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let once = || {
        let options = Options::default();
        let run = live::run(&scenario, &events, randomness, &options, |_| (), |_| ());
        let run = run.unwrap_or_else(|error| panic!("{error}"));
        let held = run.records[0].receipts.iter().filter(|receipt| receipt.by.is_some()).count();
        assert_eq!(held, events.occurred().len(), "every event is delivered");
    };
    bencher.counter(ItemsCount::new(events.occurred().len())).bench_local(once);
}
