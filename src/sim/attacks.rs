//! What becomes of the requests of an attacker: it depends on the scheme of the endpoint, and on the deliveries that could
//! be recorded before. They take nothing from the endpoint, so they are counted after the run.

use crate::measure::{AttackCounts, Receipt, Status};
use crate::model::events::Events;
use crate::policy::attacked::{Costs, longest_body};
use crate::policy::security::judge;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};

/// Each attack on the client until that time.
pub(super) fn attacks(
    scenario: &Scenario,
    client: &Client,
    events: &Events,
    receipts: &[Receipt],
    until: Instant,
) -> Vec<AttackCounts> {
    if client.attacks.is_empty() {
        return Vec::new();
    }
    let recorded = recorded(receipts, client.count as usize);
    let costs = costs(scenario, client, events.occurred().len());
    let until = until.min(Instant::START + scenario.duration);
    let each = client.attacks.iter().map(|attack| {
        let mut counts = AttackCounts::default();
        for at in attack.times(until, &client.outages) {
            let uses_a_delivery = attack.kind.uses_a_delivery(client.security());
            let before = recorded.partition_point(|&(held, _)| held <= at - attack.after);
            let (age, events) = match recorded[..before].last().filter(|_| uses_a_delivery) {
                Some(&(held, events)) => (at - held, Some(events)),
                None if uses_a_delivery => continue,
                None => (Span::ZERO, None),
            };
            if at >= Instant::START + scenario.warmup {
                let turned = judge(client.security(), attack.kind, age);
                let status = turned.map_or(200, |turned| turned.status());
                counts.count(Status::Http(status), costs.of(attack.kind, events, turned));
            }
        }
        counts
    });
    each.collect()
}

/// When each delivery arrived, in order, and how many events it carried.
fn recorded(receipts: &[Receipt], members: usize) -> Vec<(Instant, u32)> {
    let mut recorded: Vec<(Instant, u32)> = Vec::new();
    for member in 0..members {
        let mut of_member = receipts.iter().skip(member).step_by(members).peekable();
        while let Some(first) = of_member.next() {
            let mut events = 1;
            while of_member.next_if(|next| next.follows).is_some() {
                events += 1;
            }
            if first.is_delivered() {
                recorded.push((first.held, events));
            }
        }
    }
    recorded.sort_unstable();
    recorded
}

fn costs(scenario: &Scenario, client: &Client, events: usize) -> Costs {
    let most = client.webhook().and_then(|webhook| webhook.batch.as_ref()?.max);
    let events = events.min(most.map_or(usize::MAX, |most| most as usize));
    let payload = scenario.events.payload;
    let longest = longest_body(payload, client.content(), events, client.security());
    Costs::new(payload, client.security(), scenario.sizes(client), longest)
}
