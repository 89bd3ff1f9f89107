//! The story of one event for each webhook: every attempt to deliver the event that fared worst.

use crate::measure::{Outcome, Record, Traced};
use crate::model::Arrival;
use crate::policy::channel::Opener;
use crate::scenario::{Client, Scenario};
use crate::study::figures::{Attempt, AttemptEnd, Story};
use crate::study::replication::Replication;
use crate::time::{Instant, Span};
use std::collections::BTreeMap;

/// Stories that are told, of the first clients that have one.
const STORIES: usize = 8;

/// Of the first member of each webhook client, whose requests are kept one by one.
pub(super) fn stories(scenario: &Scenario, first: &Replication) -> Vec<Story> {
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    let told = each.filter_map(|(index, (client, record))| story(scenario, first, (index, client), record));
    told.take(STORIES).collect()
}

/// The first event that was lost, or else the one that came latest; None where none took more than one attempt.
fn story(
    scenario: &Scenario,
    first: &Replication,
    (index, client): (usize, &Client),
    record: &Record,
) -> Option<Story> {
    let events = first.events_of(scenario, client);
    let occurred = events.occurred();
    let receipt = |event: u32| record.receipts[event as usize * client.count as usize];
    let mut deliveries: BTreeMap<u32, Vec<&Traced>> = BTreeMap::new();
    for traced in record.trace.iter().filter(|traced| traced.exchange.channel.opener() == Opener::Source) {
        deliveries.entry(traced.exchange.number).or_default().push(traced);
    }
    // Where the trace has been cut, a delivery may have had more attempts than are known.
    deliveries.retain(|&event, attempts| {
        let counts = occurred[event as usize] >= Instant::START + scenario.warmup;
        counts && attempts.len() > 1 && attempts.len() as u32 == receipt(event).attempts
    });
    let never =
        |event: &&u32| receipt(**event).held == Instant::NEVER && receipt(**event).is_lost(client.found());
    let lost = deliveries.keys().find(never).copied();
    let latency = |event: u32| receipt(event).held - occurred[event as usize];
    let known = deliveries.keys().copied().filter(|&event| receipt(event).by.is_some());
    let slowest = || known.max_by_key(|&event| (latency(event), std::cmp::Reverse(event)));
    let (event, because) = match lost {
        Some(event) => (event, "the first event that never came"),
        None => (slowest()?, "the slowest event with more than one attempt"),
    };
    Some(tell(scenario, first, (index, event), &deliveries.remove(&event)?, because))
}

/// The deliveries of an event, which has that place among those of the client, to its first member.
pub(super) fn tell(
    scenario: &Scenario,
    first: &Replication,
    (index, event): (usize, u32),
    attempts: &[&Traced],
    because: &str,
) -> Story {
    let client = &scenario.clients[index];
    let receipt = first.records[index].receipts[event as usize * client.count as usize];
    let at = first.events_of(scenario, client).occurred()[event as usize];
    let after_s = |time: Instant| (time - at).as_secs_f64();
    let mut attempts = attempts.to_vec();
    attempts.sort_by_key(|traced| traced.exchange.part);
    let attempts = attempts.into_iter().map(|traced| {
        let attempt = traced.exchange.part;
        let brought =
            receipt.by == Some(Arrival::delivery(attempt)) || u32::from(receipt.announced) == attempt;
        Attempt {
            number: traced.exchange.part,
            sent_after_s: after_s(traced.sent),
            ended_after_s: after_s(traced.ended),
            status: traced.status.to_string(),
            end: match (traced.outcome, brought) {
                (Outcome::Failed, true) => AttemptEnd::Unacknowledged,
                (Outcome::Failed, false) => AttemptEnd::Failed,
                (_, true) => AttemptEnd::Delivered,
                (_, false) if receipt.held <= traced.ended => AttemptEnd::Again,
                (_, false) => AttemptEnd::NotKept,
            },
        }
    });
    let down = client.outages.0.iter().chain(&scenario.source_outages.0);
    let down = down.filter(|outage| outage.until > at);
    let down = down.map(|outage| ((outage.from - at).max(Span::ZERO).as_secs_f64(), after_s(outage.until)));
    Story {
        client: index,
        because: because.to_owned(),
        occurred_s: at.as_secs_f64(),
        known_after_s: receipt.by.map(|_| after_s(receipt.held)),
        found: client.kind.channel().opener() == Opener::Source
            && receipt.by.is_some_and(|by| by.channel.opener() == Opener::Client)
            && receipt.announced == 0,
        attempts: attempts.collect(),
        down_s: down.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;
    use crate::sim::RunOptions;
    use crate::study::replication::replicate;

    fn of(client: &str) -> Vec<Story> {
        let text = format!(
            "duration = \"400s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"0.1/s\" }}\n\
             [network]\ndelay = \"1s\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\n{client}\n\
             [[outage]]\nclient = \"it\"\nfrom = \"95s\"\nfor = \"20s\"\nmode = \"error\"\n"
        );
        let scenario = scenario::load("story", &text, &[]).expect("it is valid");
        let run = replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped");
        stories(&scenario, &run)
    }

    /// The events of 100 s and 110 s meet the outage. That of 100 s fails at 0 s and 7 s and comes after 16 s + 1 s; that
    /// of 110 s fails once and comes after 7 s + 1 s.
    #[test]
    fn the_slowest_event_is_told_attempt_by_attempt() {
        let stories = of("retries = [\"5s\", \"7s\", \"9s\"]");
        let [story] = stories.as_slice() else { panic!("{stories:?}") };
        let told =
            |attempt: &Attempt| (attempt.number, attempt.sent_after_s, attempt.status.clone(), attempt.end);
        let told: Vec<_> = story.attempts.iter().map(told).collect();
        let expected = [
            (1, 0.0, "503".to_owned(), AttemptEnd::Failed),
            (2, 7.0, "503".to_owned(), AttemptEnd::Failed),
            (3, 16.0, "200".to_owned(), AttemptEnd::Delivered),
        ];
        assert_eq!((story.occurred_s, told.as_slice()), (100.0, expected.as_slice()));
        assert_eq!((story.known_after_s, story.down_s.as_slice()), (Some(17.0), [(0.0, 15.0)].as_slice()));
    }

    #[test]
    fn a_lost_event_comes_before_a_slow_one() {
        let stories = of("retries = [\"5s\"]");
        assert_eq!((stories[0].occurred_s, stories[0].known_after_s), (100.0, None));
        assert_eq!(stories[0].attempts.len(), 2);
        assert!(of("retries = []").is_empty(), "one attempt is no story");
    }
}
