//! Which client is the best at each setting.

use super::apart::compared;
use super::{Point, Sweep, View, crossing};
use crate::figure::{Better, Unit};
use crate::scenario::Scenario;
use crate::study::human;
use std::cmp::Ordering;

/// The best client at a setting, in one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Best {
    /// One client; the figure of the next is so many times it, or it is so many times that of the next.
    One {
        /// Its place in the scenario.
        client: usize,
        /// Above 1; infinite where the next never has the figure.
        times: f64,
    },
    /// The best and another are about the same.
    Several,
    /// Fewer than two clients have the figure.
    Unknown,
}

/// The best client at each setting. None for a figure of which neither more nor less is better.
pub(super) fn best(base: &Scenario, points: &[Point], view: &View) -> Option<Vec<Best>> {
    let is_lower = view.metric.better().is_lower()?;
    let clients = base.clients.iter().enumerate();
    let views: Vec<View> = clients.map(|(place, client)| view.of(place, &client.name)).collect();
    Some(points.iter().map(|point| at(point, &views, is_lower)).collect())
}

fn at(point: &Point, views: &[View], is_lower: bool) -> Best {
    let mut known: Vec<(f64, &View)> =
        views.iter().filter_map(|view| Some((point.value(view)?, view))).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0));
    if !is_lower {
        known.reverse();
    }
    let [(own, one), others @ ..] = known.as_slice() else { return Best::Unknown };
    let Some((next, _)) = others.first() else { return Best::Unknown };
    if !own.is_finite() {
        return Best::Unknown;
    }
    let (less, more) = (own.min(*next), own.max(*next));
    let times = if less > 0.0 { more / less } else { f64::INFINITY };
    // One that is further off may be less sure than the next.
    if others.iter().any(|(_, other)| compared(point, one, other) == Some(Ordering::Equal)) {
        return Best::Several;
    }
    Best::One { client: one.client, times }
}

/// At how many settings each client is the best, the most frequent first, and at how many several are.
pub fn counted(best: &[Best]) -> (Vec<(usize, usize)>, usize) {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for one in best {
        let Best::One { client, .. } = one else { continue };
        match counts.iter_mut().find(|(own, _)| own == client) {
            Some((_, count)) => *count += 1,
            None => counts.push((*client, 1)),
        }
    }
    counts.sort_by_key(|&(client, count)| (std::cmp::Reverse(count), client));
    (counts, best.iter().filter(|one| **one == Best::Several).count())
}

/// `requests.per_event is lowest with “poll …” at 26 of 49 settings, with “webhook” at 21, about the same at 2`. None where
/// no client is the best anywhere.
pub fn told(sweep: &Sweep, view: &View, best: &[Best]) -> Option<String> {
    let (counts, ties) = counted(best);
    let names = sweep.shown_names();
    let mut each: Vec<String> = counts
        .iter()
        .map(|(client, count)| format!("with {} at {count}", human::name(&names[*client])))
        .collect();
    *each.first_mut()? += &format!(" of {} settings", best.len());
    if ties > 0 {
        each.push(format!("about the same at {ties}"));
    }
    let which = match (view.metric.better(), view.metric.unit()) {
        (Better::Higher, _) => "highest",
        (Better::Lower | Better::Neutral, Unit::Seconds) => "shortest",
        (Better::Lower | Better::Neutral, _) => "lowest",
    };
    Some(format!("{} is {which} {}", view.words, each.join(", ")))
}

/// Events in an interval at which a run may give either client fewer requests.
const NEAR_THE_LINE: std::ops::Range<f64> = 0.8..1.25;

/// Where a poller sends fewer requests than the others: wherever more than one event occurs in an interval. None where it
/// is not so at every setting, or theory does not know.
pub(super) fn above_one_event(sweep: &Sweep) -> Option<String> {
    let (poller, in_an_interval) = crossing::events_in_an_interval(sweep)?;
    let best = sweep.best[1].as_deref()?;
    let agrees = |(best, events): (&Best, &f64)| match best {
        // Close to the line chance decides.
        _ if NEAR_THE_LINE.contains(events) => true,
        Best::One { client, .. } => (*client == poller) == (*events > 1.0),
        Best::Several | Best::Unknown => false,
    };
    let both_sides = [
        in_an_interval.iter().any(|events| *events > 1.0),
        in_an_interval.iter().any(|events| *events < 1.0),
    ];
    (both_sides == [true; 2] && best.iter().zip(&in_an_interval).all(agrees)).then(|| {
        format!(
            "{} is lowest with {} wherever more than one event occurs in an interval, λ > 1/T.",
            human::capitalised(&sweep.views[1].words),
            human::name(&sweep.shown_names()[poller])
        )
    })
}
