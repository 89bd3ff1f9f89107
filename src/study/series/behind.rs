//! How far behind each client was over time.

use crate::measure::age_of_oldest_unknown;
use crate::scenario::Scenario;
use crate::study::figures::{Behind, BehindLine};
use crate::study::replication::Replication;
use crate::time::{Instant, Span};

/// Steps of a line.
const STEPS: usize = 400;
/// Events × members looked at: of more members than that only the first are.
const HOLDINGS: usize = 20_000_000;

pub(super) fn behind(scenario: &Scenario, first: &Replication) -> Behind {
    let from = Instant::START + scenario.warmup;
    let until = Instant::START + scenario.duration;
    let occurred = first.events.occurred();
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    let clients = each.map(|(index, (client, record))| {
        let members = (client.count as usize).min((HOLDINGS / occurred.len().max(STEPS)).max(1));
        let line = |member: usize| {
            let own =
                record.receipts[member.min(record.receipts.len())..].iter().step_by(client.count as usize);
            age_of_oldest_unknown(occurred, own, (from, until), STEPS)
        };
        let worst_of = |mut worst: Vec<(Instant, Span)>, other: Vec<(Instant, Span)>| {
            for (worst, other) in worst.iter_mut().zip(other) {
                if other.1 > worst.1 {
                    *worst = other;
                }
            }
            worst
        };
        let line = (0..members).map(line).reduce(worst_of).unwrap_or_default();
        let points: Vec<(f64, f64)> =
            line.iter().map(|(at, age)| (at.as_secs_f64(), age.as_secs_f64())).collect();
        let greatest = line.iter().max_by_key(|(at, age)| (*age, std::cmp::Reverse(*at)));
        let worst = greatest.filter(|(_, age)| *age > Span::ZERO);
        let growing = worst.is_some_and(|(at, _)| *at >= until);
        let worst = worst.map(|(at, age)| (at.as_secs_f64(), age.as_secs_f64()));
        BehindLine { client: index, points, worst, growing }
    });
    Behind { span_s: (from.as_secs_f64(), until.as_secs_f64()), clients: clients.collect() }
}
