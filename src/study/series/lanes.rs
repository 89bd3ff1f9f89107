//! The part of a run that the swim lanes show, request by request: the time around the event that some client learnt of
//! latest.

use crate::measure::{Outcome, Receipt, Record, Traced};
use crate::model::Arrival;
use crate::model::events::Events;
use crate::model::exchange::Exchange;
use crate::policy::channel::Opener;
use crate::scenario::{Client, Scenario};
use crate::study::figures::{Held, Lane, Lanes, Mark, MarkKind};
use crate::study::human;
use crate::study::replication::Replication;
use crate::time::{Instant, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Requests of one lane at most: more could not be distinguished.
const MARKS: usize = 150;
/// Events among which one is looked for whose time can be shown, the latest ones.
const CANDIDATES: usize = 200_000;

pub(super) fn lanes(scenario: &Scenario, first: &Replication) -> Option<Lanes> {
    let resource = first.events.busiest_resource();
    let own = scenario.clients.iter().map(|client| first.events_of(scenario, client)).collect();
    let seen = Seen { scenario, first, own, resource };
    let latest = seen.latest()?;
    let (from, until) = (latest.begin, latest.end);
    let in_stretch = |at: Instant| from <= at && at < until;
    let events: Vec<u32> = seen.events().filter(|&event| in_stretch(seen.occurred(event))).collect();
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    let lanes = each.map(|(index, (client, record))| {
        // A connection is shown for as long as it stays, any other request where it was sent.
        let is_open = |traced: &Traced| {
            let Exchange { channel, part, .. } = traced.exchange;
            channel.stays_connected() && part == 0 && traced.sent < until && traced.ended >= from
        };
        let shown = record.trace.iter().filter(|traced| in_stretch(traced.sent) || is_open(traced));
        let shown = shown.filter(|traced| seen.concerns(index, traced));
        let held = events.iter().map(|&event| match seen.held(index, event) {
            None => Held::Unwanted,
            Some(Instant::NEVER) => Held::Never,
            Some(at) => Held::At(at.as_secs_f64()),
        });
        let any = |traced: &Traced, holds: &dyn Fn(&Receipt) -> bool| {
            let member = traced.exchange.party as usize;
            traced.delivered().any(|event| {
                record.receipts.get(event as usize * client.count as usize + member).is_some_and(holds)
            })
        };
        // A delivery that was acknowledged without its events being held has lost them.
        let is_kept = |traced: &Traced| any(traced, &|receipt| receipt.held <= traced.ended);
        let brought = |traced: &Traced| {
            let by = Arrival::delivery(traced.exchange.part);
            any(traced, &|receipt| {
                receipt.by == Some(by) || u32::from(receipt.announced) == traced.exchange.part
            })
        };
        let chosen = seen.own[index].place(latest.late.event);
        let mark = |traced| mark(traced, chosen, (brought(traced), is_kept(traced)));
        Lane { client: index, marks: shown.map(mark).collect(), held: held.collect() }
    });
    Some(Lanes {
        span_s: (from.as_secs_f64(), until.as_secs_f64()),
        chosen_s: latest.late.occurred.as_secs_f64(),
        chosen_because: latest.late.because(scenario),
        left_out: left_out(scenario),
        events_s: events.iter().map(|&event| seen.occurred(event).as_secs_f64()).collect(),
        types: events.iter().filter_map(|&event| seen.kind(event)).collect(),
        lanes: lanes.collect(),
    })
}

/// What the lanes can show: the first member of each client, and one resource.
struct Seen<'a> {
    scenario: &'a Scenario,
    first: &'a Replication,
    /// The events of each client.
    own: Vec<Arc<Events>>,
    resource: u32,
}

/// An event that some client learnt of late.
struct Late {
    client: usize,
    /// Its number in the whole stream.
    event: u32,
    occurred: Instant,
    /// None: never.
    latency: Option<Span>,
    /// Until it was known, or a later event was.
    wait: Span,
    /// Until its sender was done with it, too.
    story: Span,
    /// Attempts of its delivery; 0 where it was not delivered.
    attempts: u32,
}

/// What is shown of a late event.
struct Stretch {
    late: Late,
    begin: Instant,
    end: Instant,
}

impl Late {
    /// From before it occurred until after it was known, or until its sender was done with it: a quarter of that time
    /// before and after, and at least so much.
    fn span(&self, least_margin_s: f64, whole: bool) -> (Instant, Instant) {
        let over = if whole { self.story } else { self.wait };
        let margin = Span::from_secs_f64((over.as_secs_f64() / 4.0).max(least_margin_s));
        ((self.occurred - margin).max(Instant::START), self.occurred + over + margin)
    }

    fn because(&self, scenario: &Scenario) -> String {
        let name = human::name(&scenario.clients[self.client].name);
        let late = |latency: Span| human::duration(latency.as_secs_f64());
        match self.latency {
            Some(_) if self.story > self.wait && self.attempts > 1 => {
                format!("{name} was sent one event {} times here", self.attempts)
            }
            Some(latency) => format!("{name} learnt of an event {} late here", late(latency)),
            None => format!("{name} never learnt of an event here"),
        }
    }
}

impl Seen<'_> {
    fn occurred(&self, event: u32) -> Instant {
        self.first.events.occurred()[event as usize]
    }

    fn events(&self) -> impl DoubleEndedIterator<Item = u32> {
        let from = Instant::START + self.scenario.warmup;
        self.first.events.of(self.resource).iter().copied().filter(move |&event| self.occurred(event) >= from)
    }

    fn concerns(&self, client: usize, traced: &Traced) -> bool {
        match traced.exchange.channel.opener() {
            Opener::Client => true,
            Opener::Source => {
                traced.delivered().any(|event| self.own[client].resource(event) == self.resource)
            }
        }
    }

    /// The type of an event; None where there is only one.
    fn kind(&self, event: u32) -> Option<String> {
        let types = &self.scenario.events.types;
        types.are_several().then(|| types.name(self.first.events.kind(event)).to_owned())
    }

    /// When the first member of a client held an event; None: it does not want it.
    fn held(&self, client: usize, event: u32) -> Option<Instant> {
        let members = self.scenario.clients[client].count as usize;
        let place = self.own[client].place(event)?;
        Some(self.first.records[client].receipts[place as usize * members].held)
    }

    /// The latest event whose whole stretch was traced and has no lane of more than [`MARKS`] requests. Where
    /// there is none, the latest that was traced, its stretch cut short.
    fn latest(&self) -> Option<Stretch> {
        let sent = self.sent();
        let traced_until = self.first.records.iter().filter_map(|record| record.trace_ends).min();
        let all = (0..self.scenario.clients.len())
            .flat_map(|client| self.late_events(client))
            .filter(|late| traced_until.is_none_or(|ends| late.occurred < ends));
        // Events that never came are first, then the latest ones; of equals, the earliest.
        let mut late = first_by_key(all, CANDIDATES, |late| {
            let latency = late.latency.unwrap_or(Span(i64::MAX));
            (std::cmp::Reverse(latency), late.occurred, late.client, late.event)
        });
        let fits = |(begin, end): (Instant, Instant)| {
            let marks = |sent: &Vec<Instant>| {
                sent.partition_point(|&at| at < end) - sent.partition_point(|&at| at < begin)
            };
            traced_until.is_none_or(|ends| end <= ends) && sent.iter().map(marks).all(|n| n <= MARKS)
        };
        // If a few events and polls before and after it are too many, only the event is shown; if that is too long as
        // well, only until the event is known.
        let longest_period_s = self.longest_period_s();
        for (margin_s, whole) in
            [(longest_period_s, true), (0.0, true), (longest_period_s, false), (0.0, false)]
        {
            let place = late.iter().position(|late| fits(late.span(margin_s, whole)));
            if let Some(place) = place {
                let late = late.swap_remove(place);
                let (begin, end) = late.span(margin_s, whole);
                return Some(Stretch { late, begin, end });
            }
        }
        let late = late.into_iter().next()?;
        let (begin, mut end) = late.span(0.0, false);
        for sent in &sent {
            let first = sent.partition_point(|&at| at < begin);
            end = sent.get(first + MARKS).map_or(end, |&crowded| end.min(crowded));
        }
        end = traced_until.map_or(end, |ends| end.min(ends)).max(begin + Span(1));
        Some(Stretch { late, begin, end })
    }

    /// When each client's requests of what is shown were sent, in order.
    fn sent(&self) -> Vec<Vec<Instant>> {
        let of = |(client, record): (usize, &Record)| {
            let shown = record.trace.iter().filter(|traced| self.concerns(client, traced));
            let mut sent: Vec<Instant> = shown.map(|traced| traced.sent).collect();
            sent.sort_unstable();
            sent
        };
        self.first.records.iter().enumerate().map(of).collect()
    }

    /// Each event that the client wants with how late it was, the last first. The wait for what never came ends when a
    /// later event came.
    fn late_events(&self, client: usize) -> impl Iterator<Item = Late> {
        let done = self.done(client);
        let mut caught_up: Option<Instant> = None;
        let wanted = self.events().rev().filter_map(move |event| Some((event, self.held(client, event)?)));
        wanted.map(move |(event, held)| {
            let occurred = self.occurred(event);
            let latency = (held != Instant::NEVER).then(|| held - occurred);
            if latency.is_some() {
                caught_up = Some(held);
            }
            let wait = latency
                .or_else(|| caught_up.map(|at| at - occurred))
                .unwrap_or_else(|| Span::from_secs_f64(2.0 * self.longest_period_s()));
            let (ended, attempts) = done.get(&event).copied().unwrap_or((occurred, 0));
            Late { client, event, occurred, latency, wait, story: wait.max(ended - occurred), attempts }
        })
    }

    /// For each event that was delivered, by its number: when the last of its attempts ended, and how many there were.
    fn done(&self, client: usize) -> BTreeMap<u32, (Instant, u32)> {
        let mut done: BTreeMap<u32, (Instant, u32)> = BTreeMap::new();
        for traced in &self.first.records[client].trace {
            for event in traced.delivered() {
                let number = self.own[client].number(event);
                let (ended, attempts) = done.entry(number).or_insert((traced.ended, 0));
                *ended = (*ended).max(traced.ended);
                *attempts = (*attempts).max(traced.exchange.part);
            }
        }
        done
    }

    /// The longest of the intervals and of the gap between events.
    fn longest_period_s(&self) -> f64 {
        let scenario = self.scenario;
        let intervals =
            scenario.clients.iter().filter_map(Client::schedule).map(|schedule| schedule.interval.mean_s());
        let gap_s = f64::from(scenario.events.resources) / scenario.events.arrivals.rate_per_s();
        intervals.fold(0.0, f64::max).max(gap_s).min(scenario.duration.as_secs_f64() / 4.0)
    }
}

/// The first `most` items in the order of `key`. At no time are more than twice as many kept.
fn first_by_key<T, K: Ord>(
    items: impl Iterator<Item = T>,
    most: usize,
    key: impl Fn(&T) -> K + Copy,
) -> Vec<T> {
    let mut kept = Vec::new();
    for item in items {
        kept.push(item);
        if kept.len() == 2 * most {
            kept.select_nth_unstable_by_key(most, key);
            kept.truncate(most);
        }
    }
    kept.sort_by_key(key);
    kept.truncate(most);
    kept
}

/// For a delivery: whether it brought its event, and whether the event was held by its end.
pub(super) fn mark(traced: &Traced, chosen: Option<u32>, (brought, is_kept): (bool, bool)) -> Mark {
    let channel = traced.exchange.channel;
    let kind = match (channel.opener(), traced.outcome) {
        (Opener::Client, Outcome::Useful | Outcome::Empty) if channel.stays_connected() => {
            if traced.exchange.part == 0 { MarkKind::Connected } else { MarkKind::Streamed }
        }
        (Opener::Client, Outcome::Useful) => MarkKind::AskedAndGot,
        (Opener::Client, Outcome::Empty) => MarkKind::AskedInVain,
        (Opener::Client, Outcome::Failed) => MarkKind::AskedAndFailed,
        (Opener::Source, Outcome::Failed) if brought => MarkKind::Unacknowledged,
        (Opener::Source, Outcome::Failed) => MarkKind::FailedAttempt,
        (Opener::Source, Outcome::Empty) if is_kept => MarkKind::Duplicate,
        (Opener::Source, Outcome::Empty) => MarkKind::NotKept,
        (Opener::Source, Outcome::Useful) if traced.exchange.part == 1 => MarkKind::Delivery,
        (Opener::Source, Outcome::Useful) => MarkKind::Retry,
    };
    let (attempt, chosen) = match channel.opener() {
        Opener::Client => (0, false),
        Opener::Source => (traced.exchange.part, chosen.is_some_and(|chosen| traced.delivers(chosen))),
    };
    let (sent_s, ended_s) = (traced.sent.as_secs_f64(), traced.ended.as_secs_f64());
    Mark { sent_s, ended_s, kind, channel, attempt, chosen }
}

fn left_out(scenario: &Scenario) -> String {
    let members: u32 = scenario.clients.iter().map(|client| client.count - 1).sum();
    let resources = scenario.events.resources - 1;
    let part = |n: u32, what: &str| (n > 0).then(|| format!("{} other {what}", human::count(u64::from(n))));
    let parts: Vec<String> =
        [part(members, "members"), part(resources, "resources")].into_iter().flatten().collect();
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_an_order_are_those_of_a_whole_sort() {
        let numbers = || (0..1_000_u64).map(|n| n * 7_919 % 1_009);
        let mut sorted: Vec<u64> = numbers().collect();
        sorted.sort_unstable();
        for most in [1, 2, 33, 999, 1_000, 5_000] {
            let expected: Vec<u64> = sorted.iter().copied().take(most).collect();
            assert_eq!(first_by_key(numbers(), most, |&n| n), expected, "{most}");
        }
    }
}
