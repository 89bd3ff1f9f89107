//! The figures of a sweep as tables of text, for terminal and page.

use crate::study::human;
use crate::sweep::{Broken, Keeps, Point, Sweep, View, broken};

/// A table; the first cells of each row are the values of the setting.
pub(super) struct Table {
    pub(super) title: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// The row of the setting that was found.
    pub(super) chosen: Option<usize>,
}

impl Table {
    pub(super) fn is_chosen(&self, row: &usize) -> bool {
        self.chosen == Some(*row)
    }
}

/// With a wish one table of its figures; without, one of freshness and one of cost, each with a column for each client. Then
/// the claims that do not hold.
pub(super) fn tables(sweep: &Sweep) -> Vec<Table> {
    figures(sweep).into_iter().chain(broken_claims(sweep)).collect()
}

fn figures(sweep: &Sweep) -> Vec<Table> {
    let [fresh, cost] = &sweep.views;
    let Some(found) = &sweep.found else {
        return [fresh, cost].map(|view| of_clients(sweep, view)).into_iter().collect();
    };
    let rows = sweep.points.iter().zip(&found.keeps).map(|(point, keeps)| {
        let cells = [cell(point, fresh), cell(point, cost), word(*keeps).to_owned()];
        [point.values.clone(), cells.to_vec()].concat()
    });
    let title = if fresh.name == cost.name {
        fresh.name.clone()
    } else {
        format!("{} and {}", fresh.name, cost.name)
    };
    vec![Table {
        title,
        head: [keys(sweep), vec![fresh.path.clone(), cost.path.clone(), "keeps it".to_owned()]].concat(),
        rows: rows.collect(),
        chosen: found.chosen,
    }]
}

fn broken_claims(sweep: &Sweep) -> Option<Table> {
    let all = broken(sweep);
    let row = |Broken { point, client, metric, value, expected, .. }: &Broken| {
        let cells = [client, metric, value, expected].map(Clone::clone);
        [sweep.points[*point].values.clone(), cells.to_vec()].concat()
    };
    let head = ["client", "figure", "measured", "expected"].map(str::to_owned);
    (!all.is_empty()).then(|| Table {
        title: "Expectations that do not hold".to_owned(),
        head: [keys(sweep), head.to_vec()].concat(),
        rows: all.iter().map(row).collect(),
        chosen: None,
    })
}

fn of_clients(sweep: &Sweep, view: &View) -> Table {
    let names = sweep.shown_names();
    let views: Vec<View> = names.iter().enumerate().map(|(place, name)| view.of(place, name)).collect();
    let head = views.iter().map(|view| view.name.clone());
    let row =
        |point: &Point| [point.values.clone(), views.iter().map(|view| cell(point, view)).collect()].concat();
    Table {
        title: view.path.clone(),
        head: keys(sweep).into_iter().chain(head).collect(),
        rows: sweep.points.iter().map(row).collect(),
        chosen: None,
    }
}

/// What was varied, by its last key; by its whole path where two have the same.
fn keys(sweep: &Sweep) -> Vec<String> {
    let vary = &sweep.grid.vary;
    let is_alone = |key: &str| vary.iter().filter(|one| one.key() == key).count() == 1;
    vary.iter().map(|one| if is_alone(one.key()) { one.key().to_owned() } else { one.path.clone() }).collect()
}

fn cell(point: &Point, view: &View) -> String {
    let text = |value: f64| human::figure(view.metric.unit(), value);
    match (point.value(view), point.interval(view)) {
        (None, _) => "–".to_owned(),
        (Some(value), None) => text(value),
        (Some(value), Some((low, high))) => format!("{} ({} to {})", text(value), text(low), text(high)),
    }
}

const fn word(keeps: Keeps) -> &'static str {
    match keeps {
        Keeps::Yes => "yes",
        Keeps::Perhaps => "perhaps",
        Keeps::PerhapsNot => "perhaps not",
        Keeps::No => "no",
        Keeps::Unknown => "too few events",
    }
}
