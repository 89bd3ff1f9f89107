//! Speed of virtual time. `cargo bench --bench engine`; requests per second and core are in the throughput column.

use divan::Bencher;
use divan::counter::ItemsCount;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::scenario::{self, Scenario};
use pollhook::sim::{self, Path, RunOptions};
use std::sync::Arc;

fn main() {
    divan::main();
}

/// Pollers contending for a source of limited capacity: every poll is worked.
fn contending(pollers: u32, hours: u32) -> Scenario {
    load(&format!(
        "duration = \"{hours}h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"4/h\" }}\n\
         [source]\nservice_time = \"1ms\"\ncapacity = 4\n[network]\ndelay = \"20ms\"\n\
         [[client]]\nkind = \"poll\"\ninterval = \"60s\"\ncount = {pollers}\n"
    ))
}

#[divan::bench(args = [(1_000, 100), (100_000, 1)], sample_count = 5, sample_size = 1)]
fn every_poll_worked(bencher: Bencher<'_, '_>, (pollers, hours): (u32, u32)) {
    let scenario = contending(pollers, hours);
    run(bencher, &scenario, Path::Plain);
}

/// A million resources polled once a minute for a day, with 10,000 events: 1.44 billion polls, none of them worked
/// unless it brings something.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_quiet_resources(bencher: Bencher<'_, '_>) {
    let scenario = load(
        "duration = \"24h\"\n[events]\nresources = 1000000\n\
         arrivals = { process = \"poisson\", rate = \"10000/d\" }\n\
         [[client]]\nkind = \"poll\"\ninterval = \"60s\"\n",
    );
    run(bencher, &scenario, Path::Shortest);
}

/// A million deliveries with a tenth of them failing once.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn deliveries(bencher: Bencher<'_, '_>) {
    let scenario = load(
        "duration = \"1000s\"\n[events]\narrivals = { process = \"poisson\", rate = \"1000/s\" }\n\
         [[client]]\nkind = \"webhook\"\nendpoint = { failure_rate = 0.1 }\n",
    );
    run(bencher, &scenario, Path::Plain);
}

fn load(text: &str) -> Scenario {
    scenario::load("bench", text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn run(bencher: Bencher<'_, '_>, scenario: &Scenario, path: Path) {
    let randomness = Randomness::new(scenario.seed, 0);
    let once = || {
        let events = Arc::new(Events::draw(scenario, randomness));
        sim::run(scenario, &scenario.clients[0], &events, randomness, RunOptions::to_the_end(path))
    };
    let requests = once().map_or(0, |record| record.requests.total());
    bencher.counter(ItemsCount::new(requests)).bench_local(once);
}
