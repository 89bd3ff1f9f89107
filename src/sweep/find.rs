//! The cheapest setting that keeps every wish.

use super::view::of_aim;
use super::{Point, Sweep, View, Wish};
use crate::figure::Metric;
use std::cmp::Ordering;

/// Whether a setting keeps the wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeps {
    /// Each figure keeps its limit, with the whole of its interval where it has one.
    Yes,
    /// Each figure keeps its limit, but an interval reaches beyond one: other events may break it.
    Perhaps,
    /// A figure is beyond its limit, but its interval reaches within: with other events it may keep it.
    PerhapsNot,
    /// A figure is not known: too few events.
    Unknown,
    /// A figure is beyond its limit.
    No,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Of each point, whether it keeps the wishes.
    pub keeps: Vec<Keeps>,
    /// The cheapest point that keeps them; where none surely does, the cheapest that perhaps does.
    pub chosen: Option<usize>,
    /// The point that is next cheaper, and does not keep them.
    pub cheaper: Option<usize>,
    /// Where none keeps them: the point that is least beyond the first limit.
    pub nearest: Option<usize>,
}

pub(super) fn find(sweep: &Sweep) -> Result<Option<Found>, String> {
    let Some(first) = sweep.asked.wishes.first() else { return Ok(None) };
    let views: Vec<(View, &Wish)> = (sweep.asked.wishes.iter())
        .map(|wish| Ok((of_aim(&sweep.base, &wish.aim)?, wish)))
        .collect::<Result<_, String>>()?;
    let keeps =
        |point: &Point| views.iter().map(|(view, wish)| kept(point, view, wish)).max().unwrap_or(Keeps::Yes);
    let keeps: Vec<Keeps> = sweep.points.iter().map(keeps).collect();
    let cost = |place: usize| sweep.points[place].value(&sweep.views[1]);
    let fresh = |place: usize| sweep.points[place].value(&views[0].0).map(|value| first.misses_by(value));
    // Of equally cheap settings, the one that is furthest within the first limit.
    let by_cost = |one: &usize, other: &usize| {
        less_first(cost(*one), cost(*other)).then(less_first(fresh(*one), fresh(*other)))
    };
    let cheapest = |wanted: Keeps| {
        let fitting = (0..keeps.len()).filter(|place| keeps[*place] == wanted && cost(*place).is_some());
        fitting.min_by(by_cost)
    };
    let chosen = cheapest(Keeps::Yes).or_else(|| cheapest(Keeps::Perhaps));
    let cheaper = chosen.and_then(|chosen| {
        let below = (0..keeps.len()).filter(|place| less_first(cost(*place), cost(chosen)) == Ordering::Less);
        below.max_by(by_cost)
    });
    // The nearest breaks the fewest wishes, and those by the least.
    let broken = |place: usize| {
        let point = &sweep.points[place];
        let misses = views.iter().filter(|(view, wish)| kept(point, view, wish) > Keeps::Perhaps);
        let by = misses.clone().next().and_then(|(view, wish)| Some(wish.misses_by(point.value(view)?)));
        (misses.count(), by)
    };
    let nearest = (0..keeps.len()).filter(|_| chosen.is_none()).min_by(|one, other| {
        let (one, other) = (broken(*one), broken(*other));
        one.0.cmp(&other.0).then(less_first(one.1, other.1))
    });
    Ok(Some(Found { keeps, chosen, cheaper, nearest }))
}

fn kept(point: &Point, view: &View, wish: &Wish) -> Keeps {
    let Some(value) = point.value(view) else { return Keeps::Unknown };
    let scatters = matches!(&view.metric, Metric::Measured(figure) if figure.combine().scatters());
    let [is_low_met, is_high_met] = match point.interval(view) {
        Some((low, high)) => [low, high].map(|end| wish.is_met_by(end)),
        // Of several runs a figure lacks its interval for want of events; one run is exact for its seed.
        None if point.ran.summary.replications > 1 && scatters => [true, false],
        None => [wish.is_met_by(value); 2],
    };
    match (wish.is_met_by(value), is_low_met && is_high_met, is_low_met || is_high_met) {
        (true, true, _) => Keeps::Yes,
        (true, false, _) => Keeps::Perhaps,
        (false, _, true) => Keeps::PerhapsNot,
        (false, _, false) => Keeps::No,
    }
}

/// The lesser first, what is not known last.
fn less_first(one: Option<f64>, other: Option<f64>) -> Ordering {
    let known = |value: Option<f64>| value.filter(|value| !value.is_nan()).unwrap_or(f64::INFINITY);
    known(one).total_cmp(&known(other))
}
