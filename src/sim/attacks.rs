//! What becomes of the requests of an attacker: it depends on the scheme of the endpoint, and on the deliveries that could
//! be recorded before. They take nothing from the endpoint, so they are counted after the run.

use crate::measure::{AttackCounts, Receipt, Status};
use crate::policy::security::judge;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};

/// Each attack on the client until that time.
pub(super) fn attacks(
    scenario: &Scenario,
    client: &Client,
    receipts: &[Receipt],
    until: Instant,
) -> Vec<AttackCounts> {
    if client.attacks.is_empty() {
        return Vec::new();
    }
    let by_delivery = |receipt: &&Receipt| receipt.is_delivered();
    let mut recorded: Vec<Instant> =
        receipts.iter().filter(by_delivery).map(|receipt| receipt.held).collect();
    recorded.sort_unstable();
    let until = until.min(Instant::START + scenario.duration);
    let each = client.attacks.iter().map(|attack| {
        let mut counts = AttackCounts::default();
        for at in attack.times(until, &client.outages) {
            let before = recorded.partition_point(|&held| held <= at - attack.after);
            let age = match recorded[..before].last() {
                Some(&held) => at - held,
                None if attack.kind.uses_a_delivery(client.security()) => continue,
                None => Span::ZERO,
            };
            if at >= Instant::START + scenario.warmup {
                let status = judge(client.security(), attack.kind, age).err().unwrap_or(200);
                counts.count(Status::Http(status));
            }
        }
        counts
    });
    each.collect()
}
