//! Checks that the counts of a run add up: requests, the ledger, bytes.

use crate::counted;
use pollhook::measure::{Ledger, Outcome, Record, Status};
use pollhook::policy::billing::Free;
use pollhook::scenario::{Client, Kind, Scenario};
use pollhook::study::summary::ClientSummary;
use pollhook::study::{Replication, Results};
use pollhook::time::{Instant, Span};

/// Checks the figures and not the JSON, which has null for NaN.
pub(crate) fn numbers_are_numbers(results: &Results) {
    let figures = format!("{:?}", results.summary.clients);
    assert!(!figures.contains("NaN"), "{figures}");
    assert!(!figures.contains("Some(inf)") && !figures.contains(": inf,"), "{figures}");
    let rows = format!("{:?}", results.replications.rows().collect::<Vec<_>>());
    assert!(!rows.contains("NaN"), "{rows}");
    for client in &results.summary.clients {
        let share = |share: Option<f64>| share.is_none_or(|share| (0.0..=1.0).contains(&share));
        assert!(share(client.fresh_share) && share(client.empty_share) && share(client.delivered_share));
        assert!(client.age_s.mean.is_none_or(|age| age >= 0.0), "age {:?}", client.age_s.mean);
    }
}

/// Every request that a machine sent has ended, not before it was sent.
pub(crate) fn requests_end_once(record: &Record) {
    assert_eq!(record.sent, record.ended, "requests sent, and ended");
    assert_eq!(record.pushed, record.landed, "frames sent, and ended");
    assert!(record.trace.iter().all(|traced| traced.sent <= traced.ended), "an end before its beginning");
    let bins: u64 = record.bins.iter().map(|bin| bin.total()).sum();
    assert_eq!(bins, record.requests.total(), "requests by time");
    let drain: u64 = record.drain_bins.values().map(|bin| bin.total()).sum();
    assert_eq!(drain, record.requests.drain, "requests of the drain by time");
    assert!(record.sent >= record.requests.total() + record.requests.drain);
}

pub(crate) fn requests_are_summed<'a>(summary: &ClientSummary, records: impl Iterator<Item = &'a Record>) {
    let requests = &summary.requests;
    assert_eq!(requests.total, requests.by_status.values().sum::<u64>(), "requests by status");
    assert_eq!(requests.total, requests.empty + requests.non_empty + requests.failed, "requests by outcome");
    assert!(requests.empty_polls <= requests.polls && requests.polls + requests.retries <= requests.total);
    let (mut total, mut to_source, mut to_client) = (0, 0, 0);
    for record in records {
        total += record.requests.total();
        to_source += record.requests.bytes_to_source;
        to_client += record.requests.bytes_to_client;
    }
    assert_eq!(requests.total, total, "requests of all replications");
    let bytes = summary.bytes;
    assert_eq!(
        (bytes.to_source, bytes.to_client, bytes.total),
        (to_source, to_client, to_source + to_client)
    );
}

/// The bill, from the counts by status; of clients whose answers without news are empty pages, 304 or none.
pub(crate) fn calls_are_those_of_the_bill(scenario: &Scenario, client: &Client, summary: &ClientSummary) {
    let (requests, free) = (&summary.requests, &scenario.source.billing.free);
    assert!(summary.calls.billed <= requests.total, "{} calls", summary.calls.billed);
    if client.is_called() {
        let all_free = !client.asks() && free.contains(&Free::Deliveries);
        assert!(!all_free || summary.calls.billed == 0, "a delivery is free");
        return;
    }
    if client.may_duplicate() || client.channels().any(|channel| channel.stays_connected()) {
        return;
    }
    let of = |status: &str| requests.by_status.get(status).copied().unwrap_or_default();
    let (limited, not_modified) = (of("429"), of("304"));
    let unbilled = |free: &Free| match free {
        Free::NotModified => not_modified,
        Free::Empty => requests.empty - not_modified,
        Free::Limited => limited,
        Free::Failed => requests.failed - limited,
        Free::Deliveries => 0,
    };
    assert_eq!(summary.calls.billed, requests.total - free.iter().map(unbilled).sum::<u64>(), "calls");
}

pub(crate) fn ledger_balances(
    scenario: &Scenario,
    client: &Client,
    index: usize,
    summary: &ClientSummary,
    replications: &[Replication],
) {
    let is_alone = client.channels().count() == 1;
    let mut sum = Ledger::default();
    let (mut firsts, mut carried) = (0, 0);
    for replication in replications {
        let (receipts, occurred) = counted(scenario, replication, index);
        let ledger = Ledger::of(occurred.len(), receipts, client.count, client.found());
        assert_eq!(ledger.occurred, ledger.delivered + ledger.lost + ledger.pending, "{ledger:?}");
        sum.add(&ledger);
        let delivered = receipts.iter().filter(|receipt| receipt.is_delivered());
        firsts += delivered.count() as u64;
        carried += receipts.iter().map(|receipt| u64::from(receipt.attempts)).sum::<u64>();
        if client.webhook().is_some() && is_alone {
            let record = &replication.records[index];
            let firsts = record.receipts.iter().filter(|receipt| !receipt.follows);
            let attempts: u64 = firsts.map(|receipt| u64::from(receipt.attempts)).sum();
            assert_eq!(attempts, record.ended, "attempts by event, and requests");
        }
    }
    let events = summary.events;
    assert_eq!(events.occurred, events.delivered + events.lost + events.pending, "{events:?}");
    assert_eq!(events.receipts, firsts + events.duplicates, "receipts are firsts and duplicates: {events:?}");
    assert_eq!(
        (
            events.occurred,
            events.delivered,
            events.lost,
            events.pending,
            events.receipts,
            events.out_of_order
        ),
        (sum.occurred, sum.delivered, sum.lost, sum.pending, sum.receipts, sum.out_of_order)
    );
    let attempts = summary.attempts;
    assert_eq!(
        (attempts.total, attempts.redelivered, attempts.gave_up),
        (sum.attempts, sum.redelivered, sum.gave_up)
    );
    let redelivers = client.webhook().is_some_and(|webhook| webhook.redeliver_after.is_some());
    assert!(redelivers || attempts.redelivered == 0);
    assert_eq!(events.processed_again, sum.processed_again);
    let endpoint = client.webhook().map(|webhook| &webhook.endpoint);
    match endpoint.map(|endpoint| (endpoint.dedupe, endpoint.dedupe_window)) {
        // A notice has no work to do: its event is fetched once more.
        Some((false, _)) if client.is_thin() => assert_eq!(events.processed_again, 0),
        Some((false, _)) => assert_eq!(events.processed_again, events.duplicates, "nothing is remembered"),
        Some((true, Some(_))) => assert!(events.processed_again <= events.duplicates, "{events:?}"),
        None if client.schedule().is_some_and(|schedule| !schedule.dedupe) => {
            assert_eq!(events.processed_again, events.duplicates, "nothing is known");
        }
        Some((true, None)) | None => assert_eq!(events.processed_again, 0, "nothing is forgotten"),
    }
    if client.is_called() {
        assert!(events.receipts <= carried, "a receipt without an attempt: {events:?}");
    } else {
        assert!(client.may_duplicate() || events.receipts == 0, "{events:?}");
    }
    assert!(summary.attempts.total <= carried, "an attempt without an event: {:?}", summary.attempts);
}

/// A refused connection carries no bytes. Those of any other request count when it is sent, those of an answer when it is
/// received.
pub(crate) fn bytes_are_those_of_the_requests(
    scenario: &Scenario,
    client: &Client,
    replications: &[Replication],
    index: usize,
) {
    let sizes = scenario.sizes(client);
    for replication in replications {
        let record = &replication.records[index];
        let requests = &record.requests;
        let by_status = requests.by_status();
        let carried = requests.total() - by_status.get(&Status::Refused).unwrap_or(&0);
        let after = client.webhook().and_then(|webhook| webhook.endpoint.retry_after);
        let limit = scenario.source.rate_limit;
        // Below ten seconds all answers of a source that limits its requests have one size.
        let alike = limit.is_none_or(|limit| limit.per < Span::from_secs(10));
        let answers = |wanted: &dyn Fn(u16) -> bool| -> u64 {
            let sized = by_status.iter().map(|(status, number)| match (status, after) {
                (Status::Http(status @ (429 | 503)), Some(after)) if wanted(*status) => {
                    number * sizes.busy(*status, after.as_secs_f64() as u32)
                }
                (Status::Http(429), None) if wanted(429) && limit.is_some() => number * sizes.busy(429, 1),
                (Status::Http(status), _) if wanted(*status) => number * sizes.status(*status),
                _ => 0,
            });
            sized.sum()
        };
        match &client.kind {
            Kind::Webhook(webhook) if client.channels().count() == 1 => {
                let whole = client.count == 1 && record.trace_ends.is_none() && carried == requests.total();
                if webhook.batch.is_none() {
                    assert_eq!(requests.bytes_to_client, carried * sizes.delivery(1), "bytes of deliveries");
                } else if whole {
                    let (from, until) =
                        (Instant::START + scenario.warmup, Instant::START + scenario.duration);
                    let counted =
                        record.trace.iter().filter(|traced| from <= traced.sent && traced.sent < until);
                    let bytes: u64 = counted.map(|traced| sizes.delivery(traced.events)).sum();
                    assert_eq!(requests.bytes_to_client, bytes, "bytes of batches");
                }
                assert_eq!(requests.bytes_to_source, answers(&|_| true), "bytes of their answers");
            }
            Kind::Webhook(_) => {}
            Kind::Sse(_) | Kind::WebSocket(_) => {
                let frames = sizes.frames();
                assert_eq!(
                    requests.bytes_to_source,
                    carried * frames.opening + requests.heartbeats * frames.heartbeat_answer,
                    "bytes of what opens streams, and of pongs"
                );
                let opens = client.kind.channel().framing().expect("a stream").status();
                let opened = by_status.get(&Status::Http(opens)).unwrap_or(&0);
                let sent = requests.event_frames * frames.event + requests.heartbeats * frames.heartbeat;
                let expected = opened * frames.opened + sent + answers(&|status| status != opens);
                if alike {
                    assert_eq!(requests.bytes_to_client, expected, "bytes of frames and answers");
                }
            }
            _ => {
                assert_eq!(requests.bytes_to_source, carried * sizes.poll(), "bytes of polls");
                let whole = alike
                    && client.count == 1
                    // Such pages have events that were held before.
                    && !client.may_duplicate()
                    && scenario.events.resources == 1
                    && scenario.source.page_size as usize > replication.events.occurred().len()
                    && record.trace_ends.is_none();
                if whole {
                    let pages = pages_bytes(scenario, client, record);
                    let expected = pages + answers(&|status| status != 200);
                    assert_eq!(requests.bytes_to_client, expected, "bytes of pages");
                }
            }
        }
    }
}

/// The bytes of the pages of a single loop whose pages are never full: from the number of events held when each arrived.
fn pages_bytes(scenario: &Scenario, client: &Client, record: &Record) -> u64 {
    let (from, until) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let sizes = scenario.sizes(client);
    let answered = record.trace.iter().filter(|traced| traced.outcome != Outcome::Failed);
    let counted = answered.filter(|traced| from <= traced.sent && traced.sent < until);
    // Their answers 304 are counted by status.
    let conditional = matches!(&client.kind, Kind::Poll(schedule) if schedule.conditional);
    let page = |ended: Instant| {
        let events = record.receipts.iter().filter(|receipt| receipt.held == ended).count();
        sizes.page(events as u32, false)
    };
    counted
        .map(|traced| match traced.outcome {
            Outcome::Empty if conditional => 0,
            Outcome::Empty => sizes.page(0, false),
            // Several polls may end at the same time, each with its job.
            Outcome::Useful if scenario.asks_for_jobs(client) => sizes.page(1, false),
            Outcome::Useful | Outcome::Failed => page(traced.ended),
        })
        .sum()
}
