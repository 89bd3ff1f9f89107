//! The numbers under each chart, for those who read rather than look: one table for each.
//!
//! A table tells what the chart shows in at most [`ROWS`] rows; where that leaves something out, its note says
//! where the rest is.

use crate::report::metric::clock;
use crate::study::Results;
use crate::study::figures::{Bin, Fate, Figures};
use crate::study::human;
use std::collections::BTreeSet;

/// A table of text. The first cell of each row names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// What it leaves out; empty where nothing is.
    pub(super) note: String,
}

/// The table of the chart of that name; None for a chart that has none or shows nothing.
pub(super) fn table(chart: &str, results: &Results) -> Option<Table> {
    let figures = &results.figures;
    let names: Vec<String> = results.summary.clients.iter().map(|client| client.name.clone()).collect();
    let table = match chart {
        "known" => known(results),
        "percentiles" => percentiles(results),
        "lanes" => lanes(results, &names),
        "behind" => behind(figures, &names),
        "requests" => requests(figures, &names),
        "break-even" => break_even(figures, &names),
        "trade-off" => trade_off(figures, &names),
        "fates" => fates(figures, &names),
        _ => return None,
    };
    (!table.rows.is_empty()).then_some(table)
}

fn known(results: &Results) -> Table {
    let columns = [("1s", "1 s"), ("10s", "10 s"), ("1m", "1 min"), ("10m", "10 min"), ("1h", "1 h")];
    let rows = results.summary.clients.iter().map(|client| {
        let share = |key: &str| client.known_within.get(key).map_or_else(dash, |&share| human::share(share));
        let never = human::count(client.events.lost + client.events.pending);
        [vec![client.name.clone()], columns.map(|(key, _)| share(key)).into(), vec![never]].concat()
    });
    Table {
        head: [vec!["Known within"], columns.map(|(_, title)| title).into(), vec!["Never"]]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        rows: rows.collect(),
        note: "Shares of all events that occurred.".to_owned(),
    }
}

fn percentiles(results: &Results) -> Table {
    let rows = results.summary.clients.iter().map(|client| {
        let l = &client.latency_s;
        let cells = [l.min, l.p50, l.p90, l.p95, l.p99, l.p999, l.max, l.mean].map(duration);
        [vec![client.name.clone()], cells.into()].concat()
    });
    Table {
        head: ["Latency", "Least", "50 %", "90 %", "95 %", "99 %", "99.9 %", "Greatest", "Mean"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
        note:
            "Of the events that were delivered. A percentile that so few events cannot support is left open."
                .to_owned(),
    }
}

fn lanes(results: &Results, names: &[String]) -> Table {
    let Some(lanes) = &results.figures.lanes else { return Table::default() };
    let rows = lanes.events_s.iter().enumerate().take(ROWS).map(|(event, &at_s)| {
        let held = lanes.lanes.iter().map(|lane| match lane.held_s.get(event) {
            Some(Some(held_s)) => human::duration(held_s - at_s),
            _ => "never".to_owned(),
        });
        std::iter::once(clock(at_s)).chain(held).collect()
    });
    Table {
        head: head("Event at", lanes.lanes.iter().map(|lane| lane.client), names),
        rows: rows.collect(),
        note: left_out(lanes.events_s.len(), results.rows.is_some()),
    }
}

fn behind(figures: &Figures, names: &[String]) -> Table {
    let (from_s, until_s) = figures.behind.span_s;
    let step_s = (until_s - from_s) / ROWS as f64;
    if step_s <= 0.0 {
        return Table::default();
    }
    let rows = (0..ROWS).map(|row| {
        let from_s = from_s + row as f64 * step_s;
        let worst = figures.behind.clients.iter().map(|line| {
            let inside = line.points.iter().filter(|point| from_s <= point.0 && point.0 < from_s + step_s);
            inside.map(|point| point.1).reduce(f64::max).map_or_else(dash, human::duration)
        });
        std::iter::once(clock(from_s)).chain(worst).collect()
    });
    Table {
        head: head("From", figures.behind.clients.iter().map(|line| line.client), names),
        rows: rows.collect(),
        note: format!(
            "Age of the oldest event not yet known, its greatest in each {}.",
            human::duration(step_s)
        ),
    }
}

fn requests(figures: &Figures, names: &[String]) -> Table {
    let requests = &figures.requests;
    let bins = requests.clients.iter().map(|client| client.bins.len()).max().unwrap_or(0);
    let joint = bins.div_ceil(ROWS).max(1);
    let rows = (0..bins).step_by(joint).map(|first| {
        let cells = requests.clients.iter().map(|client| {
            let bins = client.bins.iter().skip(first).take(joint);
            let Bin { useful, empty, failed, retries } = bins.fold(Bin::default(), |sum, bin| Bin {
                useful: sum.useful + bin.useful,
                empty: sum.empty + bin.empty,
                failed: sum.failed + bin.failed,
                retries: sum.retries + bin.retries,
            });
            [useful, empty, failed, retries].map(human::count).join(" / ")
        });
        std::iter::once(clock(requests.from_s + first as f64 * requests.bin_s)).chain(cells).collect()
    });
    let width = human::duration(joint as f64 * requests.bin_s);
    Table {
        head: head("From", requests.clients.iter().map(|client| client.client), names),
        rows: rows.collect(),
        note: format!("Useful / empty / failed / retries in each {width}. Finer in requests.csv."),
    }
}

fn break_even(figures: &Figures, names: &[String]) -> Table {
    let lines = &figures.break_even.lines;
    let Some(first) = lines.first() else { return Table::default() };
    let every = first.points.len().div_ceil(ROWS / 2).max(1);
    let rows = (0..first.points.len()).step_by(every).map(|place| {
        let rate = format!("{}/h", human::amount(first.points[place].0));
        let cells =
            lines.iter().map(|line| line.points.get(place).map_or_else(dash, |point| human::amount(point.1)));
        std::iter::once(rate).chain(cells).collect()
    });
    let measured = lines.iter().map(|line| human::amount(line.measured_per_h));
    let here = format!("measured, {}/h", human::amount(figures.break_even.here_per_h));
    Table {
        head: head("Events", lines.iter().map(|line| line.client), names),
        rows: rows.chain([std::iter::once(here).chain(measured).collect()]).collect(),
        note: "Requests per hour.".to_owned(),
    }
}

fn trade_off(figures: &Figures, names: &[String]) -> Table {
    let rows = figures.trade_off.points.iter().map(|point| {
        vec![
            name(names, point.client),
            human::amount(point.requests_per_day),
            human::duration(point.mean_s),
            duration(point.p99_s),
            human::share(point.never),
            if point.dominated { "yes" } else { "no" }.to_owned(),
        ]
    });
    Table {
        head: ["Client", "Requests/day", "Mean", "99 %", "Never", "Outdone"].map(str::to_owned).into(),
        rows: rows.collect(),
        note: "Outdone: another client is no worse in requests, mean and never, and better in one of them."
            .to_owned(),
    }
}

fn fates(figures: &Figures, names: &[String]) -> Table {
    let fates: BTreeSet<Fate> =
        figures.fates.iter().flat_map(|client| &client.counts).map(|&(fate, _)| fate).collect();
    let rows = figures.fates.iter().map(|client| {
        let counts = fates.iter().map(|fate| {
            let count = client.counts.iter().find(|(other, _)| other == fate).map_or(0, |&(_, count)| count);
            human::count(count)
        });
        let counts: Vec<String> = counts.collect();
        [vec![name(names, client.client)], counts, vec![human::count(client.duplicates)]].concat()
    });
    let titles: Vec<String> = fates.iter().map(|&fate| spoken(fate)).collect();
    Table {
        head: [vec!["Events".to_owned()], titles, vec!["Duplicates beside".to_owned()]].concat(),
        rows: rows.collect(),
        note: String::new(),
    }
}

fn spoken(fate: Fate) -> String {
    match fate {
        Fate::Polled => "By a poll".to_owned(),
        Fate::FirstTry => "At first try".to_owned(),
        Fate::Retry(number) => format!("Retry {number}"),
        Fate::Swept => "By the sweep".to_owned(),
        Fate::Pending => "Pending".to_owned(),
        Fate::Lost => "Never".to_owned(),
    }
}

fn head(first: &str, clients: impl Iterator<Item = usize>, names: &[String]) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(clients.map(|client| name(names, client))).collect()
}

fn name(names: &[String], client: usize) -> String {
    names.get(client).cloned().unwrap_or_default()
}

fn left_out(events: usize, listed: bool) -> String {
    match (events > ROWS, listed) {
        (false, _) => String::new(),
        (true, false) => format!("The first {ROWS} of {events} events."),
        (true, true) => format!("The first {ROWS} of {events} events; all of them in events.csv."),
    }
}

fn duration(seconds: Option<f64>) -> String {
    seconds.map_or_else(dash, human::duration)
}

fn dash() -> String {
    "–".to_owned()
}

const ROWS: usize = 12;
