//! The time around the outages of a run: the events that wait, the requests that are sent for them, and the events that
//! arrive. So it can be seen whether a receiver that comes back is kept down by what waited for it.

use crate::measure::{Outcome, Record, Traced};
use crate::model::Arrival;
use crate::scenario::{Client, Scenario};
use crate::study::figures::{Recovery, RecoveryBin, RecoveryLine};
use crate::study::replication::Replication;
use crate::time::{Instant, Span};

/// Steps of the line of waiting events.
const STEPS: i64 = 200;
/// Bins of requests at most.
const BINS: i64 = 120;
/// Of fewer bins in the record, the requests that were kept one by one are counted in about so many others.
const COARSE: i64 = 40;
const FINE: i64 = 60;
/// Receipts (events × members) that are looked at, of all clients together.
const RECEIPTS: usize = 20_000_000;

/// None where no outage is of a webhook, or of the source of one.
pub(super) fn recovery(scenario: &Scenario, first: &Replication) -> Option<Recovery> {
    let (from, until) = span(scenario, first)?;
    let bin = first.records.first()?.bin;
    let is_fine = (until - from).0 / bin.0 < COARSE && is_kept(scenario, first, until);
    let width = if is_fine {
        human_step(Span((until - from).0 / FINE))
    } else {
        Span(bin.0 * (((until - from).0 / bin.0 + BINS - 1) / BINS).max(1))
    };
    // A bin of the chart begins where one of the record does.
    let warmed_up = Instant::START + scenario.warmup;
    let from = warmed_up + width * ((from - warmed_up).0 / width.0);
    let ended = last_end(scenario)?;
    let clients = scenario.clients.iter().zip(&first.records).enumerate().map(|(index, (client, record))| {
        let held = held(client, record, first.events_of(scenario, client).occurred());
        RecoveryLine {
            client: index,
            waiting: waiting(&held, (from, until)),
            bins: bins(&held, &requests(record, client, warmed_up, is_fine), (from, until), width),
            caught_up_s: caught_up(&held, ended).map(|span| span.as_secs_f64()),
            never: (record.receipts.len() - held.len()) as u64,
        }
    });
    let clients = clients.collect();
    Some(Recovery {
        span_s: (from.as_secs_f64(), until.as_secs_f64()),
        bin_s: width.as_secs_f64(),
        ended_s: ended.as_secs_f64(),
        clients,
    })
}

/// Whether every request of that time was kept one by one.
fn is_kept(scenario: &Scenario, first: &Replication, until: Instant) -> bool {
    scenario.events.resources == 1
        && scenario.clients.iter().all(|client| client.count == 1)
        && first.records.iter().all(|record| record.trace_ends.is_none_or(|ends| ends >= until))
}

/// The least step of whole seconds, as people count, that is no shorter; of less than a second, the span itself.
fn human_step(least: Span) -> Span {
    const STEPS_S: [i64; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
    let steps = STEPS_S.map(Span::from_secs);
    let step = steps.into_iter().find(|step| *step >= least);
    if least < Span::from_secs(1) { least.max(Span(1)) } else { step.unwrap_or(least) }
}

/// From the end of the outages until the last event that had waited for it arrived; None where none had.
fn caught_up(held: &[(Instant, Instant)], ended: Instant) -> Option<Span> {
    let waited = held.iter().filter(|(at, held)| *at < ended && *held >= ended);
    waited.map(|(_, held)| *held - ended).max()
}

/// The outages that a webhook sees: begin and end.
fn seen(scenario: &Scenario) -> impl Iterator<Item = (Instant, Instant)> {
    let called = scenario.clients.iter().filter(|client| client.is_called());
    let of_source = called.clone().next().map(|_| &scenario.source_outages);
    let all = called.map(|client| &client.outages).chain(of_source);
    all.flat_map(|outages| outages.0.iter().map(|outage| (outage.from, outage.until)))
}

fn last_end(scenario: &Scenario) -> Option<Instant> {
    seen(scenario).map(|(_, until)| until).max()
}

/// From a little before the first outage until the last event that waited through one has arrived, and a little more.
fn span(scenario: &Scenario, first: &Replication) -> Option<(Instant, Instant)> {
    let from = seen(scenario).map(|(from, _)| from).min()?.max(Instant::START + scenario.warmup);
    let end = last_end(scenario)?;
    if first.records.iter().map(|record| record.receipts.len()).sum::<usize>() > RECEIPTS || end <= from {
        return None;
    }
    let arrived = scenario.clients.iter().zip(&first.records).filter(|(client, _)| client.is_called());
    let arrived = arrived
        .flat_map(|(client, record)| held(client, record, first.events_of(scenario, client).occurred()));
    let waited = arrived.filter(|(at, held)| *at < end && *held >= end).map(|(_, held)| held).max();
    let over = waited.unwrap_or(end).max(end);
    let margin = Span((over - from).0 / 10);
    Some(((from - margin).max(Instant::START + scenario.warmup), over + margin))
}

/// When each event occurred and was held, of those that ever were, for each member.
fn held(client: &Client, record: &Record, occurred: &[Instant]) -> Vec<(Instant, Instant)> {
    let members = client.count as usize;
    let each = record.receipts.iter().enumerate().filter(|(_, receipt)| receipt.by.is_some());
    each.map(|(index, receipt)| (occurred[index / members], receipt.held)).collect()
}

/// The greatest number of events that have occurred and are held later, in each step.
fn waiting(held: &[(Instant, Instant)], (from, until): (Instant, Instant)) -> Vec<(f64, u64)> {
    let mut occurred: Vec<Instant> = held.iter().map(|(at, _)| *at).collect();
    let mut arrived: Vec<Instant> = held.iter().map(|(_, held)| *held).collect();
    occurred.sort_unstable();
    arrived.sort_unstable();
    let (mut came, mut went) = (0, 0);
    let mut points = Vec::new();
    for step in 1..=STEPS {
        let ends = from + Span(((until - from).0 as i128 * i128::from(step) / i128::from(STEPS)) as i64);
        let begins =
            from + Span(((until - from).0 as i128 * i128::from(step - 1) / i128::from(STEPS)) as i64);
        let mut most = 0;
        while came < occurred.len() && occurred[came] < ends {
            while went < arrived.len() && arrived[went] <= occurred[came] {
                went += 1;
            }
            came += 1;
            if occurred[came - 1] >= begins {
                // An event without delay has arrived when it occurs, and before others of the same moment.
                most = most.max(came.saturating_sub(went));
            }
        }
        // What waits at the beginning of the step counts as well.
        let before = arrived.partition_point(|at| *at <= begins);
        let there = occurred.partition_point(|at| *at <= begins);
        points.push((begins.as_secs_f64(), most.max(there.saturating_sub(before)) as u64));
    }
    points
}

/// How many requests were sent from each time on, and how many of them failed and brought nothing: one by one, or in the
/// bins of the record.
fn requests(record: &Record, client: &Client, warmed_up: Instant, is_fine: bool) -> Vec<(Instant, u64, u64)> {
    if is_fine {
        let is_request =
            |traced: &&Traced| !traced.exchange.channel.stays_connected() || traced.exchange.part == 0;
        let each = record.trace.iter().filter(is_request).map(|traced| {
            let by = Arrival::delivery(traced.exchange.part);
            let of = |event: u32| &record.receipts[event as usize * client.count as usize];
            let told = |event: u32| u32::from(of(event).announced) == traced.exchange.part;
            let brought = traced.delivered().any(|event| of(event).by == Some(by) || told(event));
            (traced.sent, 1, u64::from(traced.outcome == Outcome::Failed && !brought))
        });
        return each.collect();
    }
    let window = record.bins.iter().enumerate().map(|(bin, counts)| (bin as i64, counts));
    let drain = record.drain_bins.iter().map(|(bin, counts)| (*bin, counts));
    let each = window.chain(drain);
    each.map(|(bin, counts)| (warmed_up + record.bin * bin, counts.total(), counts.failed)).collect()
}

/// The requests by the time of their sending, and the events by the time at which they were held.
fn bins(
    held: &[(Instant, Instant)],
    requests: &[(Instant, u64, u64)],
    (from, until): (Instant, Instant),
    width: Span,
) -> Vec<RecoveryBin> {
    let count = ((until - from).0 + width.0 - 1) / width.0;
    let mut bins = vec![RecoveryBin::default(); count as usize];
    let place = |at: Instant| usize::try_from((at - from).0.div_euclid(width.0)).ok();
    for &(at, sent, failed) in requests {
        if let Some(bin) = place(at).and_then(|place| bins.get_mut(place)) {
            bin.sent += sent;
            bin.failed += failed;
        }
    }
    for (_, held) in held {
        if let Some(bin) = place(*held).and_then(|place| bins.get_mut(place)) {
            bin.arrived += 1;
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;
    use crate::sim::RunOptions;
    use crate::study::replication::replicate;

    /// One event a second, down from 100 s to 200 s, tried again every 10 s: a hundred wait at the end, and all have
    /// arrived 10 s later.
    #[test]
    fn what_waits_grows_while_the_receiver_is_down_and_arrives_when_it_is_back() {
        let text = "duration = \"400s\"\n[events]\narrivals = { process = \"constant\", rate = \"1/s\" }\n\
            [network]\ndelay = \"0s\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\n\
            retries = { first = \"10s\", factor = 1.0, max = \"10s\", attempts = 100 }\n\
            [[outage]]\nclient = \"it\"\nfrom = \"99500ms\"\nfor = \"100s\"\n";
        let scenario = scenario::load("recovery", text, &[]).expect("it is valid");
        let run = replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped");
        let recovery = recovery(&scenario, &run).expect("it has an outage");
        let line = &recovery.clients[0];
        let most = line.waiting.iter().map(|point| point.1).max();
        assert_eq!(most, Some(100), "{line:?}");
        assert_eq!((line.never, line.waiting[0].1, line.waiting[199].1), (0, 0, 0));
        assert_eq!(line.caught_up_s, Some(9.5), "the event of 189 s is tried at 199 s and 209 s");
        let (from, until) = recovery.span_s;
        assert!(from < 99.5 && (210.0..230.0).contains(&until), "{from} to {until}");
        let sum = |of: fn(&RecoveryBin) -> u64| line.bins.iter().map(of).sum::<u64>();
        // Each was refused at once and after every ten seconds: 10 events each for 1 to 10 times.
        assert_eq!(sum(|bin| bin.failed), (1..=10).map(|times| 10 * times).sum::<u64>());
        assert_eq!(sum(|bin| bin.sent) - sum(|bin| bin.failed), sum(|bin| bin.arrived));
    }

    #[test]
    fn a_poller_that_is_down_is_no_receiver_that_comes_back() {
        let text = "duration = \"400s\"\n[events]\narrivals = { process = \"constant\", rate = \"1/s\" }\n\
            [[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"10s\"\n\
            [[outage]]\nclient = \"it\"\nfrom = \"100s\"\nfor = \"100s\"\n";
        let scenario = scenario::load("recovery", text, &[]).expect("it is valid");
        let run = replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped");
        assert_eq!(recovery(&scenario, &run), None);
    }
}
