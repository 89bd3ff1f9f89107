//! The charts of a sweep: a line for each client along one varied path, a map of the settings of two, and the settings that
//! are worth their cost.

mod cells;
mod crossover;
mod frontier;
mod lines;
mod map;

use super::axis::Axis;
use super::document::Chart;
use super::style::{ClientStyle, client_styles};
use super::{labels, text};
use crate::figure::Unit;
use crate::policy::channel::Channel;
use crate::sweep::{Sweep, View};

/// The charts of a sweep that have something to say.
pub fn of_sweep(sweep: &Sweep) -> Vec<Chart> {
    let [fresh, cost] = &sweep.views;
    let subject = Subject::new(sweep);
    let charts = match sweep.grid.vary.as_slice() {
        [_] => [
            lines::chart(&subject, fresh, ("fresh", "What does it do to freshness?")),
            lines::chart(&subject, cost, ("cost", "What does it cost?")),
        ],
        [_, _] => [
            map::chart(&subject, fresh, ("fresh", "Which settings are fresh?")),
            map::chart(&subject, cost, ("cost", "Which settings are cheap?")),
        ],
        _ => [None, None],
    };
    crossover::chart(&subject)
        .into_iter()
        .chain(charts.into_iter().flatten())
        .chain(frontier::chart(&subject))
        .collect()
}

/// What is charted.
struct Subject<'s> {
    sweep: &'s Sweep,
    /// The name and style of each client.
    clients: Vec<(String, ClientStyle)>,
}

impl<'s> Subject<'s> {
    fn new(sweep: &'s Sweep) -> Self {
        let labels = labels(&sweep.base);
        let channels: Vec<Channel> = labels.iter().map(|label| label.channel).collect();
        let names = sweep.shown_names();
        let clients = names.iter().map(|name| text::clean(name)).zip(client_styles(&channels));
        Self { sweep, clients: clients.collect() }
    }

    /// The figure of each client, as many as are told apart.
    fn views(&self, view: &View) -> Vec<View> {
        self.clients.iter().take(CLIENTS).enumerate().map(|(place, (name, _))| view.of(place, name)).collect()
    }

    fn style(&self, client: usize) -> ClientStyle {
        self.clients.get(client).map_or_else(ClientStyle::default, |client| client.1)
    }
}

/// Lines of a chart at most.
const CLIENTS: usize = 8;

/// Settings that each have a symbol of full size.
const MANY: usize = 40;

/// Of so many places in a row at most so many, equally far apart, with the first and the last.
fn spread(count: usize, most: usize) -> Vec<usize> {
    let step = count.saturating_sub(1).div_ceil(most.saturating_sub(1).max(1)).max(1);
    let mut chosen: Vec<usize> = (0..count).step_by(step).collect();
    if let Some(last) = count.checked_sub(1).filter(|last| chosen.last() != Some(last)) {
        // One that is close to the last makes room for it.
        if chosen.len() > 1 && chosen.last().is_some_and(|before| 2 * (last - before) <= step) {
            chosen.pop();
        }
        chosen.push(last);
    }
    chosen
}

/// The upright or level axis of a figure: logarithmic where its values are above zero and far apart.
fn axis_of(unit: Unit, values: &[f64]) -> Axis {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (least, greatest) = finite().fold((f64::INFINITY, 0.0), |(least, greatest), value| {
        (libm::fmin(least, value), libm::fmax(greatest, value))
    });
    let is_wide = least > 0.0 && greatest > WIDE * least;
    match unit {
        Unit::Share => Axis::shares(),
        Unit::Seconds if is_wide => Axis::log_time(finite()),
        Unit::Seconds => Axis::durations(greatest, 5),
        _ if is_wide => Axis::log_amount(finite()),
        Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Bytes => Axis::amounts(greatest, 5),
    }
}

/// From this ratio on a linear axis would hide the lesser values.
const WIDE: f64 = 8.0;

/// What the axis of a figure is called.
fn title_of(view: &View) -> String {
    match view.metric.unit() {
        Unit::PerSecond => format!("{}, per second", view.path),
        Unit::Bytes => format!("{}, bytes", view.path),
        Unit::Seconds | Unit::Share | Unit::Count | Unit::PerEvent => view.path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spread_over_all_places() {
        assert_eq!(spread(5, 16), [0, 1, 2, 3, 4]);
        assert_eq!(spread(16, 16).len(), 16);
        assert_eq!(spread(100, 16), [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 99]);
        assert_eq!(spread(9, 4), [0, 3, 6, 8]);
        assert_eq!(spread(8, 4), [0, 3, 7]);
        for count in 0..300 {
            let chosen = spread(count, 12);
            assert!(chosen.len() <= 12 && chosen.is_sorted(), "{count}: {chosen:?}");
            assert_eq!(chosen.last(), count.checked_sub(1).as_ref());
        }
    }
}
