//! The charts of a sweep: a line for each client along one varied path, a map of the settings of two, and the settings that
//! are worth their cost.

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
    charts.into_iter().flatten().chain(frontier::chart(&subject)).collect()
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
