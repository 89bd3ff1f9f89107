//! Every setting of every client by cost and freshness, and those that no other one beats in both.

use super::{MANY, Subject, axis_of, spread, title_of};
use crate::chart::canvas::{Canvas, draw};
use crate::chart::colours::Role;
use crate::chart::document::Chart;
use crate::chart::labels::Places;
use crate::chart::letters::SMALL;
use crate::chart::plot::{Frame, Plot, room_for};
use crate::chart::{Sketch, WIDTH};
use crate::study::human;
use crate::sweep::{Point, View, frontier};

const HEIGHT: f64 = 420.0;

/// The settings of one client that have both figures.
struct Cloud {
    client: usize,
    /// (cost, freshness) and the point.
    places: Vec<((f64, f64), usize)>,
    frontier: Vec<usize>,
}

/// None where the settings of the client in question are all alike, or only one has both figures.
pub(super) fn chart(subject: &Subject<'_>) -> Option<Chart> {
    let [fresh, cost] = &subject.sweep.views;
    let main = cloud(subject, fresh, cost)?;
    let [first, .., last] = main.frontier.as_slice() else { return None };
    let others = subject
        .clients
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != main.client && *place != cost.client);
    let others: Vec<Cloud> = others
        .filter(|_| fresh.client == cost.client)
        .filter_map(|(place, (name, _))| cloud(subject, &fresh.of(place, name), &cost.of(place, name)))
        .collect();
    let body = draw((WIDTH, HEIGHT), |canvas| paint(canvas, subject, &main, &others));
    let told = |place: usize| {
        let point = &subject.sweep.points[place];
        format!("{} ({} for {})", point.values.join(", "), spelt(point, fresh), spelt(point, cost))
    };
    let subtitle = format!(
        "{}: {} of {} settings are beaten by no other in both figures, from {} to {}.",
        human::name(&fresh.name),
        main.frontier.len(),
        main.places.len(),
        told(*first),
        told(*last)
    );
    let description = main.frontier.iter().map(|place| told(*place)).collect::<Vec<_>>().join("; ");
    let how = "Each symbol: one setting of one client. The line joins the settings that no \
               other one beats in both figures. Ringed: the setting that was found.";
    let how = if subject.sweep.found.is_some() {
        how
    } else {
        how.trim_end_matches(" Ringed: the setting that was found.")
    };
    let sketch = Sketch { subtitle, description, height: HEIGHT, body };
    Some(Chart::with_words("frontier", "The sweep", "Which settings are worth their cost?", how, sketch))
}

fn cloud(subject: &Subject<'_>, fresh: &View, cost: &View) -> Option<Cloud> {
    let points = &subject.sweep.points;
    let place = |(place, point): (usize, &Point)| {
        let at = (point.value(cost)?, point.value(fresh)?);
        (at.0.is_finite() && at.1.is_finite()).then_some((at, place))
    };
    let places: Vec<((f64, f64), usize)> = points.iter().enumerate().filter_map(place).collect();
    (!places.is_empty()).then(|| Cloud {
        client: fresh.client,
        places,
        frontier: frontier(points, fresh, cost),
    })
}

fn spelt(point: &Point, view: &View) -> String {
    point.value(view).map_or_else(|| "–".to_owned(), |value| human::figure(view.metric.unit(), value))
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, main: &Cloud, others: &[Cloud]) {
    let [fresh, cost] = &subject.sweep.views;
    let all = || std::iter::once(main).chain(others).flat_map(|cloud| &cloud.places).map(|(at, _)| *at);
    let x = axis_of(cost.metric.unit(), &all().map(|at| at.0).collect::<Vec<_>>());
    let y = axis_of(fresh.metric.unit(), &all().map(|at| at.1).collect::<Vec<_>>());
    let frame = Frame { left: room_for(&y, 62.0), top: 30.0, right: WIDTH - 24.0, bottom: HEIGHT - 48.0 };
    let mut plot = Plot::new(canvas, frame, x, y);
    plot.upright_axis(&title_of(fresh));
    plot.level_axis(&title_of(cost));
    let style = subject.style(main.client);
    let at = |place: usize| main.places.iter().find(|(_, own)| *own == place).map(|(at, _)| *at);
    plot.line(main.frontier.iter().filter_map(|place| at(*place)), style.line(), 1.75);
    let mut places = Places::default();
    for cloud in others.iter().chain([main]) {
        let size = if cloud.places.len() > MANY { 3.0 } else { 4.5 };
        for (value, _) in &cloud.places {
            let spot = plot.at(*value);
            canvas.symbol(spot, subject.style(cloud.client), size);
            places.reserve_symbol(spot, size + 0.5);
        }
    }
    for pair in main.frontier.windows(2) {
        let (Some(one), Some(other)) = (at(pair[0]), at(pair[1])) else { continue };
        places.reserve_line(plot.at(one), plot.at(other), 2.0);
    }
    if let Some(spot) = subject.sweep.found.as_ref().and_then(|found| at(found.chosen?)) {
        canvas.ring(plot.at(spot), 9.0, Role::Text.stroke(), 1.5);
        places.reserve(plot.at(spot), 10.0, 10.0);
    }
    let Frame { left, top, right, bottom } = frame;
    let bounds = [left, top, right, bottom];
    for cloud in others {
        let Some((value, _)) = cloud.places.first() else { continue };
        let (name, style) = &subject.clients[cloud.client];
        let letters = SMALL.role(style.stroke().role);
        places.write_clear(canvas, plot.at(*value), bounds, &[(letters.fit(name, 180.0), letters)]);
    }
    let chosen = subject.sweep.found.as_ref().and_then(|found| found.chosen);
    let named = spread(main.frontier.len(), NAMES).into_iter().map(|place| main.frontier[place]);
    let named = chosen.into_iter().chain(named.filter(|place| Some(*place) != chosen));
    for (value, place) in named.filter_map(|place| Some((at(place)?, place))) {
        let words = SMALL.fit(&subject.sweep.points[place].values.join(", "), 180.0);
        places.write_clear(canvas, plot.at(value), bounds, &[(words, SMALL.role(Role::Text))]);
    }
}

/// Settings on the line that are named.
const NAMES: usize = 16;
