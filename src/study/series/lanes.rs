//! The interesting stretch of a run, request by request: chosen by the run itself, about its latest event.

use crate::measure::{Outcome, Traced};
use crate::model::exchange::Request;
use crate::scenario::{Client, Scenario};
use crate::sim::busiest_resource;
use crate::study::figures::{Lane, Lanes, Mark, MarkKind};
use crate::study::human;
use crate::study::run::Replication;
use crate::time::{Instant, Span};

/// Requests of one lane at most: more would not be told apart.
const MARKS: usize = 150;

pub(super) fn lanes(scenario: &Scenario, first: &Replication) -> Option<Lanes> {
    let resource = busiest_resource(&first.events);
    let seen = Seen { scenario, first, resource };
    let latest = seen.latest()?;
    let (from, until) = seen.stretch(&latest);
    let in_stretch = |at: Instant| from <= at && at < until;
    let events: Vec<u32> = seen.events().filter(|&event| in_stretch(seen.occurred(event))).collect();
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    let lanes = each.map(|(index, (client, record))| {
        let shown = record.trace.iter().filter(|traced| in_stretch(traced.sent) || in_stretch(traced.ended));
        let shown = shown.filter(|traced| seen.concerns(traced));
        let held_s = events.iter().map(|&event| {
            let held = record.holdings[event as usize * client.count as usize].held;
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

/// The event that some client learnt of the latest.
struct Latest {
    client: usize,
    occurred: Instant,
    /// None: never.
    latency: Option<Span>,
}

impl Latest {
    fn because(&self, scenario: &Scenario) -> String {
        let name = &scenario.clients[self.client].name;
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
        match traced.request {
            Request::Poll(_) => true,
            Request::Attempt(attempt) => self.first.events.resource(attempt.event) == self.resource,
        }
    }

    /// The latest of all; never is later than late, and among equals the first counts.
    fn latest(&self) -> Option<Latest> {
        let of_client = |(index, client): (usize, &Client)| {
            let holdings = &self.first.records[index].holdings;
            self.events()
                .map(move |event| {
                    let occurred = self.occurred(event);
                    let held = holdings[event as usize * client.count as usize].held;
                    Latest {
                        client: index,
                        occurred,
                        latency: (held != Instant::NEVER).then(|| held - occurred),
                    }
                })
                .collect::<Vec<_>>()
        };
        let all = self.scenario.clients.iter().enumerate().flat_map(of_client);
        all.max_by_key(|latest| {
            let lateness = latest.latency.unwrap_or(Span(i64::MAX));
            (lateness, std::cmp::Reverse(latest.occurred), std::cmp::Reverse(latest.client))
        })
    }

    /// A stretch about the latest event: a quarter of its lateness before it and after its arrival, long enough
    /// for a few events and polls, and short enough for no lane to have more than [`MARKS`] requests.
    fn stretch(&self, latest: &Latest) -> (Instant, Instant) {
        let scenario = self.scenario;
        let intervals = scenario.clients.iter().filter_map(Client::pull).map(|pull| pull.interval.mean_s());
        let gap_s = f64::from(scenario.events.resources) / scenario.events.arrivals.rate_per_s();
        let rhythm_s = intervals.fold(0.0, f64::max).max(gap_s).min(scenario.duration.as_secs_f64() / 4.0);
        let lateness = latest.latency.unwrap_or_else(|| Span::from_secs_f64(2.0 * rhythm_s));
        let margin = Span::from_secs_f64((lateness.as_secs_f64() / 4.0).max(rhythm_s));
        let begin = (latest.occurred - margin).max(Instant::START);
        let mut end = latest.occurred + lateness + margin;
        for record in &self.first.records {
            let mut sent: Vec<Instant> = record
                .trace
                .iter()
                .filter(|t| self.concerns(t))
                .map(|t| t.sent)
                .filter(|&at| at >= begin)
                .collect();
            sent.sort_unstable();
            if let Some(&crowded) = sent.get(MARKS) {
                end = end.min(crowded);
            }
            end = record.trace_ends.map_or(end, |ends| end.min(ends.max(begin + Span(1))));
        }
        (begin, end.max(begin + Span(1)))
    }
}

fn mark(traced: &Traced) -> Mark {
    let kind = match (traced.request, traced.outcome) {
        (Request::Poll(_), Outcome::Useful) => MarkKind::UsefulPoll,
        (Request::Poll(_), Outcome::Empty) => MarkKind::EmptyPoll,
        (Request::Poll(_), Outcome::Failed) => MarkKind::FailedPoll,
        (Request::Attempt(_), Outcome::Failed) => MarkKind::FailedAttempt,
        (Request::Attempt(_), Outcome::Empty) => MarkKind::Duplicate,
        (Request::Attempt(attempt), Outcome::Useful) if attempt.number == 1 => MarkKind::Delivery,
        (Request::Attempt(_), Outcome::Useful) => MarkKind::Retry,
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
