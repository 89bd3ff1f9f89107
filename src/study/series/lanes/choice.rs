//! Which event the swim lanes are about: what a client lost comes before what it learnt late.

use super::Seen;
use crate::measure::Record;
use crate::scenario::{Client, Scenario};
use crate::study::human;
use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Requests of one lane at most: more could not be distinguished.
const MARKS: usize = 150;
/// Requests of one lane at most around what matters most, where fewer do not show it. They touch one another, but what
/// waits and what is lost can be seen.
const CROWD: usize = 600;
/// Events among which one is looked for whose time can be shown, what matters most.
const CANDIDATES: usize = 200_000;

/// What an event says of the clients; what matters most is first.
#[derive(Clone, Copy, Debug)]
enum Says {
    /// A compared client lost it, and the other one, of that place in the scenario, holds it.
    LostByOne(usize),
    /// The client lost it.
    Lost,
    /// The client did not hold it when the run ended, and might have later.
    Pending,
    /// It was known, late or soon.
    Known,
}

impl Says {
    const fn rank(self) -> u8 {
        match self {
            Self::LostByOne(_) => 0,
            Self::Lost => 1,
            Self::Pending => 2,
            Self::Known => 3,
        }
    }

    const fn is_lost(self) -> bool {
        match self {
            Self::LostByOne(_) | Self::Lost => true,
            Self::Pending | Self::Known => false,
        }
    }

    /// Whether it is worth a crowded picture. What waits when the run ends is no loss yet.
    const fn is_worth_a_crowd(self) -> bool {
        match self {
            Self::LostByOne(_) | Self::Lost | Self::Known => true,
            Self::Pending => false,
        }
    }
}

/// An event that some client learnt of late, or never.
pub(super) struct Late {
    client: usize,
    /// Its number in the whole stream.
    pub(super) event: u32,
    says: Says,
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
pub(super) struct Stretch {
    pub(super) late: Late,
    pub(super) begin: Instant,
    pub(super) end: Instant,
}

/// How much of a story is shown.
#[derive(Clone, Copy)]
struct Extent {
    /// Before and after it, as a part of its length.
    margin: f64,
    /// Before and after it, at least.
    least_margin_s: f64,
    /// Until its sender was done with it, not only until it was known.
    whole: bool,
}

impl Late {
    /// From before it occurred until after it was known, or until its sender was done with it.
    fn span(&self, Extent { margin, least_margin_s, whole }: Extent) -> (Instant, Instant) {
        let over = if whole { self.story } else { self.wait };
        let margin = Span::from_secs_f64((over.as_secs_f64() * margin).max(least_margin_s));
        ((self.occurred - margin).max(Instant::START), self.occurred + over + margin)
    }

    pub(super) fn because(&self, scenario: &Scenario) -> String {
        let name = human::name(&scenario.clients[self.client].name);
        let late = |latency: Span| human::duration(latency.as_secs_f64());
        match self.latency {
            Some(_) if self.story > self.wait && self.attempts > 1 => {
                format!("{name} was sent one event {} times here", self.attempts)
            }
            Some(latency) => format!("{name} learnt of an event {} late here", late(latency)),
            None => match self.says {
                Says::LostByOne(other) => {
                    let other = human::name(&scenario.clients[other].name);
                    format!("{name} never learnt of an event here that {other} knew")
                }
                Says::Lost | Says::Pending | Says::Known => format!("{name} never learnt of an event here"),
            },
        }
    }
}

impl Seen<'_> {
    /// The event that says most of the clients: one that a compared client lost and the other did not, else one that any
    /// client lost, else the latest one. A lane gets [`MARKS`] requests at most, or [`CROWD`] where what matters most has
    /// no room otherwise; where it has none in these either, its stretch is cut short, or another one is shown.
    pub(super) fn choice(&self, compared: Option<(usize, usize)>) -> Option<Stretch> {
        let sent = self.sent();
        let traced_until = self.first.records.iter().filter_map(|record| record.trace_ends).min();
        let all = (0..self.scenario.clients.len())
            .flat_map(|client| self.late_events(client, compared))
            .filter(|late| traced_until.is_none_or(|ends| late.occurred < ends));
        // Of what says the same, the latest ones; of equals, the earliest.
        let late = first_by_key(all, CANDIDATES, |late| {
            let latency = late.latency.unwrap_or(Span(i64::MAX));
            (late.says.rank(), Reverse(latency), late.occurred, late.client, late.event)
        });
        // Requests of the fullest lane; None where they were not all traced.
        let most = |(begin, end): (Instant, Instant)| {
            let marks = |sent: &Vec<Instant>| {
                sent.partition_point(|&at| at < end) - sent.partition_point(|&at| at < begin)
            };
            let is_traced = traced_until.is_none_or(|ends| end <= ends);
            is_traced.then(|| sent.iter().map(marks).max().unwrap_or(0))
        };
        let foremost = late.first()?;
        let (lost, may_crowd) = (foremost.says.is_lost(), foremost.says.is_worth_a_crowd());
        // What is less than half as late as the latest is another story.
        let alike = late.partition_point(|late| match (foremost.latency, late.latency) {
            (None, None) => late.says.rank() == foremost.says.rank(),
            (Some(latest), Some(latency)) => latency.0 >= latest.0 / 2,
            (None, Some(_)) | (Some(_), None) => false,
        });
        // If a few events and polls before and after it are too many, only the event is shown; if that is too long as
        // well, only until the event is known.
        let least_margin_s = self.longest_period_s();
        let extents = [(least_margin_s, true), (0.0, true), (least_margin_s, false), (0.0, false)]
            .map(|(least_margin_s, whole)| Extent { margin: 0.25, least_margin_s, whole });
        let roomy = |late: &[Late]| {
            extents.iter().find_map(|&extent| {
                let fits = |late: &Late| most(late.span(extent)).is_some_and(|n| n <= MARKS);
                Some((late.iter().position(fits)?, extent))
            })
        };
        let crowded = |late: &[Late]| {
            [0.25, 0.0625].iter().find_map(|&margin| {
                let extent = Extent { margin, least_margin_s: 0.0, whole: false };
                let marks = |(place, late): (usize, &Late)| Some((most(late.span(extent))?, place));
                let mut fitting = late.iter().enumerate().filter_map(marks).filter(|&(n, _)| n <= CROWD);
                // All that is lost is lost alike, so that the clearest picture is shown.
                let chosen = if lost { fitting.min() } else { fitting.next() };
                chosen.map(|(_, place)| (place, extent))
            })
        };
        let span = |(place, extent): (usize, Extent)| (place, late[place].span(extent));
        let cut = (0, cut_short(foremost, &sent, traced_until));
        // Hundreds of requests of one moment cannot be cut short, and are one mark.
        let is_clear = || most(cut.1).is_some_and(|n| n <= CROWD);
        let (place, (begin, end)) = (roomy(&late[..alike]).map(span))
            .or_else(|| if may_crowd { crowded(&late[..alike]).map(span) } else { None })
            // What is late by little is no story beside what was lost.
            .or_else(|| (lost && is_clear()).then_some(cut))
            .or_else(|| roomy(&late).map(span))
            .unwrap_or(cut);
        Some(Stretch { late: late.into_iter().nth(place)?, begin, end })
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
    fn late_events(&self, client: usize, compared: Option<(usize, usize)>) -> impl Iterator<Item = Late> {
        let other = match compared {
            Some((one, other)) if one == client => Some(other),
            Some((one, other)) if other == client => Some(one),
            Some(_) | None => None,
        };
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
            let knew = |other: &usize| self.held(*other, event).is_some_and(|at| at != Instant::NEVER);
            let says = match (latency, other.filter(knew)) {
                (Some(_), _) => Says::Known,
                (None, _) if !self.has_lost(client, event) => Says::Pending,
                (None, Some(other)) => Says::LostByOne(other),
                (None, None) => Says::Lost,
            };
            let story = wait.max(ended - occurred);
            Late { client, event, occurred, says, latency, wait, story, attempts }
        })
    }

    /// Whether the client can never hold an event any more.
    fn has_lost(&self, client: usize, event: u32) -> bool {
        let config = &self.scenario.clients[client];
        let receipt =
            |place: u32| &self.first.records[client].receipts[place as usize * config.count as usize];
        self.own[client].place(event).is_some_and(|place| receipt(place).is_lost(config.found()))
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

/// As much before and after an event as has room: a quarter of the requests before it.
fn cut_short(late: &Late, sent: &[Vec<Instant>], traced_until: Option<Instant>) -> (Instant, Instant) {
    let (mut begin, mut end) = late.span(Extent { margin: 0.25, least_margin_s: 0.0, whole: false });
    for sent in sent {
        let at = sent.partition_point(|&at| at < late.occurred);
        begin = at.checked_sub(MARKS / 4).map_or(begin, |first| begin.max(sent[first]));
        end = sent.get(at + MARKS - MARKS / 4).map_or(end, |&crowded| end.min(crowded));
    }
    end = traced_until.map_or(end, |ends| end.min(ends)).max(late.occurred + Span(1));
    (begin, end)
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

#[cfg(test)]
mod tests;
