//! Single events and requests of two reports, for the charts. They are of the first replication of each, as `events.csv`
//! and `requests.csv` are: pictures of one run, from which nothing is concluded.

use super::quantiles::{self, Shift};
use super::stories::{self, Beside};
use super::{Pairing, Report, scenarios};
use crate::measure::nearest_rank;
use crate::study::summary::Summary;
use crate::study::{Again, EventRow};
use std::collections::BTreeMap;

/// An event as `events.csv` has it, for one member of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The name of the event.
    pub id: String,
    /// The member of the client, from 0 on.
    pub member: u32,
    /// When it occurred.
    pub occurred_s: f64,
    /// How long it took until the member knew of it; infinite for never.
    pub latency_s: f64,
}

/// The single events and requests of a report.
#[derive(Clone, Debug, Default)]
pub struct Single {
    /// By client, in the order of the file; None for a report without `events.csv`.
    pub events: Option<BTreeMap<String, Vec<Event>>>,
    /// By client: when each bin begins, and the requests in it; None for a report without `requests.csv`.
    pub requests: Option<BTreeMap<String, Vec<(f64, u64)>>>,
    /// The run once more, or why it was not run; None where nobody asked for it.
    pub again: Option<Result<Again, String>>,
}

impl Single {
    /// Events as `events.csv` would have them.
    pub(super) fn of_rows(rows: &[EventRow], summary: &Summary) -> BTreeMap<String, Vec<Event>> {
        let mut events: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for row in rows {
            let latency_s = row.latency_s.unwrap_or(f64::INFINITY);
            let event =
                Event { id: row.event.clone(), member: row.member, occurred_s: row.occurred_s, latency_s };
            events.entry(summary.clients[row.client].name.clone()).or_default().push(event);
        }
        events
    }

    fn ran_again(&self) -> Option<&Again> {
        self.again.as_ref()?.as_ref().ok()
    }
}

/// What a chart shows of one client.
#[derive(Clone, Debug, PartialEq)]
pub struct Pictured {
    /// Its name in BASE.
    pub client: String,
    /// Its kind.
    pub kind: String,
    /// How late its events were known in BASE and OTHER; None where a report has none.
    pub known: Option<[Lateness; 2]>,
    /// The differences, event by event; None where the events are not the same.
    pub paired: Option<Paired>,
    /// Its requests in bins of one width: when each begins, and how many in BASE and OTHER; empty where the reports
    /// have bins of different widths, or other events.
    pub requests: Vec<(f64, [u64; 2])>,
    /// The difference of each quantile; None where a report has no single events.
    pub shift: Option<Shift>,
    /// The event with the largest difference; None where the events are not the same or were not run again.
    pub beside: Option<Beside>,
}

/// How late the events of one report were known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lateness {
    /// All, sorted; infinite for never.
    pub sorted_s: Vec<f64>,
}

impl Lateness {
    /// The time within which this share of all events was known; infinite for never, None without events.
    pub fn at(&self, share: f64) -> Option<f64> {
        let rank = nearest_rank(share, self.sorted_s.len() as u64);
        self.sorted_s.get(rank as usize - 1).copied()
    }

    /// How many were never known.
    pub fn never(&self) -> usize {
        self.sorted_s.iter().rev().take_while(|time| time.is_infinite()).count()
    }
}

/// The same events in both reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Paired {
    /// OTHER's latency less BASE's, sorted: infinite for an event that OTHER alone never knew, negative infinite for one
    /// that BASE alone never knew, zero for one that neither knew.
    pub sorted_s: Vec<f64>,
    /// The event with the largest difference, and its latencies in BASE and OTHER.
    pub most: Option<(Event, [f64; 2])>,
}

impl Paired {
    /// The events that OTHER knew later, and those that it knew sooner.
    pub fn later_and_sooner(&self) -> (usize, usize) {
        let sooner = self.sorted_s.partition_point(|difference| *difference < 0.0);
        let later = self.sorted_s.len() - self.sorted_s.partition_point(|difference| *difference <= 0.0);
        (later, sooner)
    }
}

/// What the charts show of the clients that both reports have. `renamed` OTHER already has BASE's names.
pub(super) fn pictured(base: &Report, other: &Report, pairing: Pairing) -> Vec<Pictured> {
    let both = base.summary.clients.iter().filter(|client| other.replications.contains_key(&client.name));
    let [before, now] = [base, other].map(|report| &report.summary);
    // Another replication has other events.
    let is_paired = pairing != Pairing::Independent
        && before.replication == now.replication
        && scenarios::count_the_same(&before.scenario, &now.scenario);
    both.enumerate()
        .map(|(number, client)| {
            let events = |report: &Report| report.single.events.as_ref()?.get(&client.name).cloned();
            let events = events(base).zip(events(other));
            let known = events.as_ref().map(|(base, other)| [lateness(base), lateness(other)]);
            let place =
                |report: &Report| report.summary.clients.iter().position(|own| own.name == client.name);
            let places = place(base).zip(place(other));
            let again = base.single.ran_again().zip(other.single.ran_again());
            let replications = |report: &Again, place: usize| -> Vec<Lateness> {
                report.late_s(place).map(|own| Lateness { sorted_s: own.to_vec() }).collect()
            };
            let runs = again.zip(places).map(|(runs, places)| {
                let (base, other) = (replications(runs.0, places.0), replications(runs.1, places.1));
                let n =
                    if pairing == Pairing::Independent { usize::MAX } else { base.len().min(other.len()) };
                [base, other].map(|mut all| {
                    all.truncate(n);
                    all
                })
            });
            // A report that is not run again has the events of one replication.
            let runs = runs.or_else(|| known.clone().map(|both| both.map(|one| vec![one])));
            let draws = (base.summary.seed, number as u64);
            Pictured {
                shift: runs.and_then(|[base, other]| quantiles::shift(&base, &other, pairing, draws)),
                beside: (again.zip(places).filter(|_| is_paired))
                    .and_then(|(runs, places)| stories::beside([runs.0, runs.1], [places.0, places.1])),
                client: client.name.clone(),
                kind: client.kind.clone(),
                known,
                paired: events.filter(|_| is_paired).map(|(base, other)| paired(&base, &other)),
                // Requests follow the events: where those are others, so are the times at which they are sent.
                requests: if is_paired { requests(base, other, &client.name) } else { Vec::new() },
            }
        })
        .collect()
}

fn lateness(events: &[Event]) -> Lateness {
    let mut sorted_s: Vec<f64> = events.iter().map(|event| event.latency_s).collect();
    sorted_s.sort_by(f64::total_cmp);
    Lateness { sorted_s }
}

fn paired(base: &[Event], other: &[Event]) -> Paired {
    let of_base: BTreeMap<(&str, u32), f64> =
        base.iter().map(|event| ((event.id.as_str(), event.member), event.latency_s)).collect();
    let mut most: Option<(Event, [f64; 2])> = None;
    let mut sorted_s = Vec::new();
    let difference = |[base, other]: [f64; 2]| if base == other { 0.0 } else { other - base };
    for event in other {
        let Some(&before) = of_base.get(&(event.id.as_str(), event.member)) else { continue };
        let both = [before, event.latency_s];
        sorted_s.push(difference(both));
        let farther = most.as_ref().is_none_or(|most| difference(both).abs() > difference(most.1).abs());
        if farther && both[0] != both[1] {
            most = Some((event.clone(), both));
        }
    }
    sorted_s.sort_by(f64::total_cmp);
    Paired { sorted_s, most }
}

fn requests(base: &Report, other: &Report, client: &str) -> Vec<(f64, [u64; 2])> {
    let of = |report: &Report| report.single.requests.as_ref()?.get(client).cloned();
    let Some((base, other)) = of(base).zip(of(other)) else { return Vec::new() };
    let width = |bins: &[(f64, u64)]| {
        bins.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::INFINITY, libm::fmin)
    };
    let widths = [width(&base), width(&other)];
    if !widths.iter().all(|width| width.is_finite() && *width > 0.0)
        || (widths[0] - widths[1]).abs() > 1e-6 * widths[0]
    {
        return Vec::new();
    }
    // Bins of one width begin at its multiples: those of both reports fall together.
    let place = |start: f64| libm::round(start / widths[0]) as i64;
    let mut bins: BTreeMap<i64, [u64; 2]> = BTreeMap::new();
    for (side, list) in [base, other].iter().enumerate() {
        for (start, sent) in list {
            bins.entry(place(*start)).or_default()[side] += sent;
        }
    }
    bins.into_iter().map(|(place, sent)| (place as f64 * widths[0], sent)).collect()
}

/// What the charts lack, because a report does not have it.
pub(super) fn missing(reports: [&Report; 2]) -> Vec<String> {
    let mut lines = Vec::new();
    for Report { name, single, .. } in reports {
        if single.events.is_none() {
            lines.push(format!(
                "{name} has no events.csv, so that no single events are drawn. A sweep keeps none, and a run of more than \
                 a million rows writes it with --all-events."
            ));
        }
        if single.requests.is_none() {
            lines.push(format!("{name} has no requests.csv, so that no requests in time are drawn."));
        }
        if let Some(Err(why)) = &single.again {
            lines.push(format!(
                "{name} was not run again: {why}. So quantiles have no band, and no event is told attempt by attempt."
            ));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(latencies: &[f64]) -> Vec<Event> {
        let event = |(number, latency_s): (usize, &f64)| Event {
            id: format!("evt_{number}"),
            member: 0,
            occurred_s: number as f64,
            latency_s: *latency_s,
        };
        latencies.iter().enumerate().map(event).collect()
    }

    #[test]
    fn events_are_paired_by_name_and_never_is_the_largest_difference() {
        let (base, mut other) = (events(&[1.0, 2.0, 3.0, 4.0]), events(&[1.0, 1.0, 5.0, f64::INFINITY]));
        other.swap(0, 3);
        let pair = paired(&base, &other);
        assert_eq!(pair.sorted_s, [-1.0, 0.0, 2.0, f64::INFINITY]);
        assert_eq!(pair.later_and_sooner(), (2, 1));
        let (event, both) = pair.most.unwrap();
        assert_eq!((event.id.as_str(), both), ("evt_3", [4.0, f64::INFINITY]));
        let never = events(&[f64::INFINITY]);
        let neither = paired(&never, &never);
        assert_eq!((neither.sorted_s.as_slice(), neither.most), (&[0.0][..], None));
    }

    #[test]
    fn a_share_of_the_events_is_known_within_the_latency_of_one_of_them() {
        let late = lateness(&events(&[4.0, 1.0, f64::INFINITY, 2.0]));
        assert_eq!((late.at(0.5), late.at(0.75), late.at(1.0)), (Some(2.0), Some(4.0), Some(f64::INFINITY)));
        assert_eq!((late.never(), Lateness::default().at(0.5)), (1, None));
        // 7 % of a hundred are seven, though the product is a little more.
        let hundred = lateness(&events(&(1..=100).map(f64::from).collect::<Vec<_>>()));
        assert_eq!(hundred.at(0.07), Some(7.0));
    }
}
