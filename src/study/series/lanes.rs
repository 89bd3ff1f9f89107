//! The interesting stretch of a run, request by request: chosen by the run itself, about its latest event.

use crate::measure::{Outcome, Record, Traced};
use crate::policy::channel::Opener;
use crate::scenario::{Client, Scenario};
use crate::study::figures::{Lane, Lanes, Mark, MarkKind};
use crate::study::human;
use crate::study::replication::Replication;
use crate::time::{Instant, Span};

/// Requests of one lane at most: more would not be told apart.
const MARKS: usize = 150;

pub(super) fn lanes(scenario: &Scenario, first: &Replication) -> Option<Lanes> {
    let resource = first.events.busiest_resource();
    let seen = Seen { scenario, first, resource };
    let latest = seen.latest()?;
    let (from, until) = (latest.begin, latest.end);
    let in_stretch = |at: Instant| from <= at && at < until;
    let events: Vec<u32> = seen.events().filter(|&event| in_stretch(seen.occurred(event))).collect();
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    let lanes = each.map(|(index, (client, record))| {
        let shown = record.trace.iter().filter(|traced| in_stretch(traced.sent) || in_stretch(traced.ended));
        let shown = shown.filter(|traced| seen.concerns(traced));
        let held_s = events.iter().map(|&event| {
            let held = record.receipts[event as usize * client.count as usize].held;
            (held != Instant::NEVER).then(|| held.as_secs_f64())
        });
        Lane { client: index, marks: shown.map(mark).collect(), held_s: held_s.collect() }
    });
    Some(Lanes {
        span_s: (from.as_secs_f64(), until.as_secs_f64()),
        chosen_because: latest.because(scenario),
        left_out: left_out(scenario),
        events_s: events.iter().map(|&event| seen.occurred(event).as_secs_f64()).collect(),
        lanes: lanes.collect(),
    })
}

/// What the lanes can show: the first member of each client, and one resource.
struct Seen<'a> {
    scenario: &'a Scenario,
    first: &'a Replication,
    resource: u32,
}

/// An event that some client learnt of late, and the stretch that shows it from before it occurred until after it
/// was known.
struct Late {
    client: usize,
    occurred: Instant,
    /// None: never.
    latency: Option<Span>,
    begin: Instant,
    end: Instant,
}

impl Late {
    fn because(&self, scenario: &Scenario) -> String {
        let name = human::name(&scenario.clients[self.client].name);
        match self.latency {
            Some(latency) => {
                format!("{name} learnt of an event {} late here", human::duration(latency.as_secs_f64()))
            }
            None => format!("{name} never learnt of an event here"),
        }
    }
}

impl Seen<'_> {
    fn occurred(&self, event: u32) -> Instant {
        self.first.events.occurred()[event as usize]
    }

    fn events(&self) -> impl Iterator<Item = u32> {
        let from = Instant::START + self.scenario.warmup;
        self.first.events.of(self.resource).iter().copied().filter(move |&event| self.occurred(event) >= from)
    }

    fn concerns(&self, traced: &Traced) -> bool {
        match traced.exchange.channel.opener() {
            Opener::Client => true,
            Opener::Source => self.first.events.resource(traced.exchange.number) == self.resource,
        }
    }

    /// The latest event whose whole stretch was traced and has no lane of more than [`MARKS`] requests. Where
    /// there is none, the latest that was traced, its stretch cut short.
    fn latest(&self) -> Option<Late> {
        let sent = self.sent();
        let traced_until = self.first.records.iter().filter_map(|record| record.trace_ends).min();
        let latest_first = |margin_s: f64| {
            let mut late: Vec<Late> = (0..self.scenario.clients.len())
                .flat_map(|client| self.late_events(client, margin_s))
                .filter(|late| traced_until.is_none_or(|ends| late.occurred < ends))
                .collect();
            // Never is later than late, and among equals the first counts.
            late.sort_by_key(|late| {
                (std::cmp::Reverse(late.latency.unwrap_or(Span(i64::MAX))), late.occurred, late.client)
            });
            late
        };
        let fits = |late: &&Late| {
            let marks = |sent: &Vec<Instant>| {
                sent.partition_point(|&at| at < late.end) - sent.partition_point(|&at| at < late.begin)
            };
            traced_until.is_none_or(|ends| late.end <= ends) && sent.iter().map(marks).all(|n| n <= MARKS)
        };
        // Where a few events and polls before and after are too many, a look at the event alone must do.
        for margin_s in [self.rhythm_s(), 0.0] {
            if let Some(late) = latest_first(margin_s).into_iter().find(|late| fits(&late)) {
                return Some(late);
            }
        }
        let mut late = latest_first(0.0).into_iter().next()?;
        for sent in &sent {
            let first = sent.partition_point(|&at| at < late.begin);
            late.end = sent.get(first + MARKS).map_or(late.end, |&crowded| late.end.min(crowded));
        }
        late.end = traced_until.map_or(late.end, |ends| late.end.min(ends)).max(late.begin + Span(1));
        Some(late)
    }

    /// When each client's requests of what is shown were sent, in order.
    fn sent(&self) -> Vec<Vec<Instant>> {
        let of = |record: &Record| {
            let shown = record.trace.iter().filter(|traced| self.concerns(traced));
            let mut sent: Vec<Instant> = shown.map(|traced| traced.sent).collect();
            sent.sort_unstable();
            sent
        };
        self.first.records.iter().map(of).collect()
    }

    /// Each event with the stretch that shows how late a client was: a quarter of the lateness before it and after
    /// its end, and at least that much. What never came ends when a later event came.
    fn late_events(&self, client: usize, least_margin_s: f64) -> Vec<Late> {
        let members = self.scenario.clients[client].count as usize;
        let receipts = &self.first.records[client].receipts;
        let mut caught_up: Option<Instant> = None;
        let mut late: Vec<Late> = self
            .events()
            .collect::<Vec<u32>>()
            .into_iter()
            .rev()
            .map(|event| {
                let (occurred, held) = (self.occurred(event), receipts[event as usize * members].held);
                let latency = (held != Instant::NEVER).then(|| held - occurred);
                if latency.is_some() {
                    caught_up = Some(held);
                }
                let over = latency
                    .or_else(|| caught_up.map(|at| at - occurred))
                    .unwrap_or_else(|| Span::from_secs_f64(2.0 * self.rhythm_s()));
                let margin = Span::from_secs_f64((over.as_secs_f64() / 4.0).max(least_margin_s));
                let begin = (occurred - margin).max(Instant::START);
                Late { client, occurred, latency, begin, end: occurred + over + margin }
            })
            .collect();
        late.reverse();
        late
    }

    /// The longest of the intervals and of the gap between events.
    fn rhythm_s(&self) -> f64 {
        let scenario = self.scenario;
        let intervals =
            scenario.clients.iter().filter_map(Client::schedule).map(|schedule| schedule.interval.mean_s());
        let gap_s = f64::from(scenario.events.resources) / scenario.events.arrivals.rate_per_s();
        intervals.fold(0.0, f64::max).max(gap_s).min(scenario.duration.as_secs_f64() / 4.0)
    }
}

fn mark(traced: &Traced) -> Mark {
    let kind = match (traced.exchange.channel.opener(), traced.outcome) {
        (Opener::Client, Outcome::Useful) => MarkKind::UsefulPoll,
        (Opener::Client, Outcome::Empty) => MarkKind::EmptyPoll,
        (Opener::Client, Outcome::Failed) => MarkKind::FailedPoll,
        (Opener::Source, Outcome::Failed) => MarkKind::FailedAttempt,
        (Opener::Source, Outcome::Empty) => MarkKind::Duplicate,
        (Opener::Source, Outcome::Useful) if traced.exchange.part == 1 => MarkKind::Delivery,
        (Opener::Source, Outcome::Useful) => MarkKind::Retry,
    };
    Mark { sent_s: traced.sent.as_secs_f64(), ended_s: traced.ended.as_secs_f64(), kind }
}

fn left_out(scenario: &Scenario) -> String {
    let members: u32 = scenario.clients.iter().map(|client| client.count - 1).sum();
    let resources = scenario.events.resources - 1;
    let part = |n: u32, what: &str| (n > 0).then(|| format!("{} other {what}", human::count(u64::from(n))));
    let parts: Vec<String> =
        [part(members, "members"), part(resources, "resources")].into_iter().flatten().collect();
    parts.join(" and ")
}
