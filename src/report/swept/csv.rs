//! The tables of a sweep for other programs.

use crate::figure::{Figure, Metric};
use crate::report::data::{csv, spelt, text};
use crate::study;
use crate::sweep::{Point, Sweep, interval};

/// `sweep.csv`: a row for each setting and client; a column for each varied path, for each figure, for the ends of its 95 %
/// interval (`_low`, `_high`) where there are intervals, and for what theory predicts (`theory.`).
pub(super) fn sweep(sweep: &Sweep) -> Vec<u8> {
    let columns = columns(sweep);
    let mut head: Vec<&str> = vec!["point"];
    head.extend(sweep.grid.vary.iter().map(|one| one.path.as_str()));
    head.push("client");
    let names: Vec<String> = columns.iter().map(Column::name).collect();
    head.extend(names.iter().map(String::as_str));
    csv(&head, |table| {
        for point in &sweep.points {
            for (place, name) in sweep.clients().enumerate() {
                let own = [
                    vec![point.number.to_string()],
                    point.values.iter().map(|value| text(value)).collect(),
                    vec![text(name)],
                ];
                let cells = columns.iter().map(|column| spelt(&column.value(point, place)));
                table.write_record(own.concat().into_iter().chain(cells))?;
            }
        }
        Ok(())
    })
}

/// `replications.csv`: as of a run, with the number of the setting before each row.
pub(super) fn replications(sweep: &Sweep) -> Vec<u8> {
    let paths = Figure::ALL.iter().map(|figure| figure.path());
    let head: Vec<&str> = ["point", "replication", "client"].into_iter().chain(paths).collect();
    csv(&head, |table| {
        for point in &sweep.points {
            for row in point.ran.rows.rows() {
                let name = &point.ran.summary.clients[row.client].name;
                let own = [point.number.to_string(), (row.replication + 1).to_string(), name.clone()];
                table.write_record(own.into_iter().chain(row.figures.iter().map(spelt)))?;
            }
        }
        Ok(())
    })
}

/// A column of `sweep.csv`.
enum Column {
    Value(Metric, &'static str),
    Low(Metric, &'static str),
    High(Metric, &'static str),
}

impl Column {
    fn name(&self) -> String {
        match self {
            Self::Value(_, path) => (*path).to_owned(),
            Self::Low(_, path) => format!("{path}_low"),
            Self::High(_, path) => format!("{path}_high"),
        }
    }

    fn value(&self, point: &Point, client: usize) -> Option<f64> {
        let client = point.ran.summary.clients.get(client)?;
        match self {
            Self::Value(metric, _) => study::value(client, metric),
            Self::Low(metric, _) => interval(client, metric).map(|ends| ends.0),
            Self::High(metric, _) => interval(client, metric).map(|ends| ends.1),
        }
    }
}

/// An interval has its columns where some setting has one.
fn columns(sweep: &Sweep) -> Vec<Column> {
    let mut columns = Vec::new();
    for path in Metric::paths() {
        let Some(metric) = Metric::find(path) else { continue };
        let clients = || sweep.points.iter().flat_map(|point| &point.ran.summary.clients);
        let has_interval = clients().any(|client| interval(client, &metric).is_some());
        columns.push(Column::Value(metric.clone(), path));
        if has_interval {
            columns.extend([Column::Low(metric.clone(), path), Column::High(metric, path)]);
        }
    }
    columns
}
