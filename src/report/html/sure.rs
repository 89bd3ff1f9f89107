//! The table of intervals: between which values the figures of other seeds would lie.

use super::reproduce;
use super::tables::Table;
use crate::figure::Figure;
use crate::report::metric;
use crate::study::{self, Results, answer, human};

/// The figures that clients are compared by.
const SHOWN: [(Figure, &str); 7] = [
    (Figure::RequestsTotal, "Requests"),
    (Figure::BytesTotal, "Bytes"),
    (Figure::LatencyMean, "Mean"),
    (Figure::KnownAfterP50, "50 %"),
    (Figure::KnownAfterP95, "95 %"),
    (Figure::KnownAfterP99, "99 %"),
    (Figure::DeliveredShare, "Delivered"),
];

/// A row for each client, and under it why a percentile has no interval. None with one replication.
pub(super) fn table(results: &Results) -> Option<Table> {
    let (clients, runs) = (&results.summary.clients, results.summary.replications);
    let each = clients.iter().map(|client| {
        let cell = |(figure, _): &(Figure, &str)| {
            metric::interval(client, *figure, runs).unwrap_or_else(metric::dash)
        };
        std::iter::once(client.name.clone()).chain(SHOWN.iter().map(cell)).collect()
    });
    let rows: Vec<Vec<String>> = each.chain(difference(results)).collect();
    let withheld: Vec<String> = (0..clients.len()).filter_map(|client| withheld(results, client)).collect();
    let mut note = "Of 100 such intervals about 95 contain what very many runs would give. They come from how the \
                    runs differ, because a poll, a queue or an outage ties the events of one run together. The \
                    greatest latency has none: more runs only add to it."
        .to_owned();
    withheld.iter().for_each(|line| note += &format!(" {line}."));
    (runs > 1).then(|| Table {
        head: std::iter::once("Client").chain(SHOWN.map(|(_, title)| title)).map(str::to_owned).collect(),
        groups: vec![
            ("One run".to_owned(), 2),
            ("Latency".to_owned(), 1),
            ("Known after".to_owned(), 3),
            (String::new(), 1),
        ],
        rows,
        note: metric::unbroken(&note),
    })
}

/// How far the two clients are apart that the first sentence compares. They have the same events in each run, so the
/// difference is taken run by run.
fn difference(results: &Results) -> Option<Vec<String>> {
    let pair = answer::compared_clients(&results.summary, &results.scenario)?;
    let cell = |(figure, _): &(Figure, &str)| {
        let Some(ends) = study::difference(results, pair, *figure) else { return metric::dash() };
        let [low, high] = ends.map(|end| {
            let sign = if end < 0.0 { "−" } else { "" };
            format!("{sign}{}", human::figure(figure.unit(), end.abs()))
        });
        match ends {
            [from, until] if from == until => low,
            // Zero lies between them.
            [from, until] if from <= 0.0 && until >= 0.0 => format!("{low} to {high}: cannot be told apart"),
            _ => format!("{low} to {high}"),
        }
    };
    let [one, other] = pair.map(|client| &results.summary.clients[client].name);
    Some(std::iter::once(format!("{one} less {other}")).chain(SHOWN.iter().map(cell)).collect())
}

/// A run to look at.
pub(super) struct Look {
    pub(super) text: String,
    pub(super) command: String,
}

/// The worst run of each client that the sentence compares, and the command that shows it along time; empty with one
/// replication.
pub(super) fn worst(results: &Results) -> Vec<Look> {
    let look = |worst: study::Worst| {
        let client = &results.summary.clients[worst.client].name;
        let most = human::duration(worst.most_s);
        let what = match worst.never {
            0.0 => format!("an event was known only after {most}"),
            never => format!("{} never known, others after {most} at most", metric::events(never)),
        };
        let number = human::count(worst.replication.into());
        Look {
            text: metric::unbroken(&format!("The worst run of “{client}” is number {number}: {what}.")),
            command: reproduce::showing(results, worst.replication).command,
        }
    };
    study::worst(results).into_iter().map(look).collect()
}

/// `poll 60s: the 99 % rests on 243 events; an interval needs 1 000`.
fn withheld(results: &Results, client: usize) -> Option<String> {
    let percentiles = SHOWN.iter().filter(|(figure, _)| figure.quantile().is_some());
    let told = percentiles.filter_map(|(figure, title)| {
        study::why_no_interval(results, client, *figure).map(|because| format!("{title} {because}"))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("{}: {}", results.summary.clients[client].name, told.join("; ")))
}
