//! The live engine against virtual time: the same scenario and seed over real HTTP, event by event. Bounded in
//! time and number, loopback only.

mod answer;
mod api;
mod batches;
mod commits;
mod cuts;
mod faults;
mod hostile;
mod https;
mod jobs;
mod limits;
mod machine;
mod offline;
mod outages;
mod parity;
mod receivers;
mod security;
mod set_up;
mod sides;
#[path = "../stream/mod.rs"]
mod stream;
mod streams;
mod thin;
mod turns;
mod types;

use machine::must_hold;
use pollhook::live::{self, LiveRun, Options};
use pollhook::measure::{BytesBin, Ledger, Record};
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::scenario::{self, Found, Scenario};
use pollhook::sim::{self, RunOptions};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs at the same time would make each other late, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

/// What holds for a client's record in every run: the ledger balances, every request has one outcome, and nothing is
/// held before it occurs.
fn balances(events: &Events, record: &Record, members: u32) {
    let ledger = Ledger::of(events.occurred().len(), &record.receipts, members, Found::Never);
    assert_eq!(ledger.occurred, ledger.delivered + ledger.lost + ledger.pending, "{ledger:?}");
    let carried: u64 = record.receipts.iter().map(|receipt| u64::from(receipt.attempts)).sum();
    // Polls that bring an event again have no attempts.
    let again: u64 = if carried == 0 { ledger.duplicates } else { 0 };
    assert!(ledger.duplicates <= ledger.receipts && ledger.receipts <= carried + again, "{ledger:?}");
    let by_status: u64 = record.requests.by_status().into_values().sum();
    assert_eq!(record.requests.total(), by_status);
    let in_bins: u64 = record.bytes.iter().map(BytesBin::total).sum();
    assert_eq!(record.requests.bytes_to_source + record.requests.bytes_to_client, in_bins);
    for (receipts, &occurred) in record.receipts.chunks(members as usize).zip(events.occurred()) {
        assert!(receipts.iter().all(|receipt| receipt.held > occurred), "{receipts:?} of {occurred:?}");
    }
}

/// A scenario run both ways.
struct Both {
    events: Arc<Events>,
    live: LiveRun,
    simulated: Vec<Record>,
}

fn load(text: &str) -> Scenario {
    scenario::load("live", text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn options() -> Options {
    Options::default()
}

fn both(text: &str) -> Both {
    both_with(text, &options())
}

fn both_with(text: &str, options: &Options) -> Both {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let scenario = load(text);
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let live = live::run(&scenario, &events, randomness, options, |_| (), |_| ()).unwrap();
    let each = scenario.clients.iter();
    let simulated =
        each.map(|client| sim::run(&scenario, client, &events, randomness, RunOptions::TO_THE_END).unwrap());
    let simulated: Vec<Record> = simulated.collect();
    must_hold(|| {
        assert_eq!((live.stopped, live.foreign, live.lateness.negative), (None, 0, 0));
        assert_eq!(live.records.len(), simulated.len());
        for (record, client) in live.records.iter().zip(&scenario.clients) {
            balances(&events.wanted(&scenario, &client.types), record, client.count);
        }
    });
    Both { events, live, simulated }
}

/// The latencies of a record in seconds, None for what was never held.
fn latencies_s(events: &Events, record: &Record) -> Vec<Option<f64>> {
    let held = record.receipts.iter().zip(events.occurred());
    held.map(|(receipt, &occurred)| receipt.by.map(|_| (receipt.held - occurred).as_secs_f64())).collect()
}

/// Live minus virtual for each event held in both, sorted by size.
fn differences_s(both: &Both, client: usize) -> Vec<f64> {
    let live = latencies_s(&both.events, &both.live.records[client]);
    let simulated = latencies_s(&both.events, &both.simulated[client]);
    let mut differences: Vec<f64> =
        live.iter().zip(&simulated).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
    differences.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    differences
}
