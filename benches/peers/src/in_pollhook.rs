//! pollhook: the model of the program, every poll worked.

use crate::work::{Totals, Work};
use pollhook::sim::{self, Path, RunOptions};

pub fn run(work: &Work) -> Totals {
    let client = &work.scenario.clients[0];
    let options = RunOptions::to_the_end(Path::Plain);
    let record = sim::run(&work.scenario, client, &work.events, work.randomness, options);
    let record = record.expect("nobody stops it");
    let mut totals = Totals::new();
    totals.polls = record.sent;
    for (receipts, &occurred) in record.receipts.chunks(client.count as usize).zip(work.events.occurred()) {
        receipts.iter().for_each(|receipt| totals.record((receipt.held - occurred).0));
    }
    totals
}
