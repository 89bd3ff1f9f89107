//! The part of a run that the swim lanes show, request by request: the time around one event. Which one is decided in
//! `choice`.

mod choice;

use crate::measure::{Outcome, Receipt, Traced};
use crate::model::Arrival;
use crate::model::events::Events;
use crate::model::exchange::Exchange;
use crate::policy::channel::Opener;
use crate::scenario::Scenario;
use crate::study::figures::{Held, Lane, Lanes, Mark, MarkKind};
use crate::study::human;
use crate::study::replication::Replication;
use crate::time::Instant;
use choice::Stretch;
use std::sync::Arc;

/// `compared` are the clients that the first sentence compares.
pub(super) fn lanes(
    scenario: &Scenario,
    first: &Replication,
    compared: Option<(usize, usize)>,
) -> Option<Lanes> {
    let resource = first.events.busiest_resource();
    let own = scenario.clients.iter().map(|client| first.events_of(scenario, client)).collect();
    let seen = Seen { scenario, first, own, resource };
    let Stretch { late, begin: from, end: until } = seen.choice(compared)?;
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
        let chosen = seen.own[index].place(late.event);
        let mark = |traced| mark(traced, chosen, (brought(traced), is_kept(traced)));
        Lane { client: index, marks: shown.map(mark).collect(), held: held.collect() }
    });
    Some(Lanes {
        span_s: (from.as_secs_f64(), until.as_secs_f64()),
        chosen: events.partition_point(|&event| event < late.event),
        chosen_because: late.because(scenario),
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
