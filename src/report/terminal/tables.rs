//! The two tables: cost and latency of each client, and how much it knew within a time.
//!
//! It knows how many rows it may have and not why.

use super::DIM;
use super::line::{COLUMNS, Line, left, right, width};
use crate::report::{metric, names};
use crate::study::Results;
use crate::study::answer;
use crate::study::human;
use crate::study::summary::{ClientSummary, Reached};
use anstyle::{AnsiColor, Style as Colour};

/// The table of figures and the one of shares known within a time, over the first `rows` clients.
pub(super) fn tables(results: &Results, rows: usize) -> Vec<Line> {
    let clients = &results.summary.clients;
    let webhooks: Vec<bool> =
        results.scenario.clients.iter().map(|client| client.webhook().is_some()).collect();
    let marks: Vec<(char, Colour)> = names::symbols(&webhooks).into_iter().zip(colours(&webhooks)).collect();
    let chosen = chosen(results, rows);
    let shown = || chosen.iter().map(|&place| (&clients[place], &marks[place]));
    let mut lines = table(
        "cost and latency",
        &FIGURES,
        shown().map(|(client, mark)| (client, *mark, figures(client))).collect(),
    );
    lines.push(Line::default());
    lines.extend(table(
        "known within",
        &KNOWN,
        shown().map(|(client, mark)| (client, *mark, known(client))).collect(),
    ));
    if rows < clients.len() {
        lines.push(Line::of(format!(" and {} more in the report", clients.len() - rows), DIM));
    }
    lines.push(Line::default());
    lines
}

/// Which clients have a row where not all can: the two that the sentence speaks of, and the first of the others.
fn chosen(results: &Results, rows: usize) -> Vec<usize> {
    let named = answer::compared_clients(&results.summary, &results.scenario);
    let mut chosen: Vec<usize> = named.into_iter().flatten().take(rows).collect();
    for place in 0..results.summary.clients.len() {
        if chosen.len() < rows && !chosen.contains(&place) {
            chosen.push(place);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// A client's name with its mark, and the cells of its row.
type Row<'a, const N: usize> = (&'a ClientSummary, (char, Colour), [String; N]);

/// Columns as wide as their widest cell; the name takes what is left.
fn table<const N: usize>(title: &str, head: &[&str; N], rows: Vec<Row<'_, N>>) -> Vec<Line> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let widest = rows.iter().map(|row| width(&row.2[column])).max().unwrap_or(0);
        2 + widest.max(width(head[column])).clamp(CELL.0, CELL.1)
    });
    let name_columns = COLUMNS - 3 - widths.iter().sum::<usize>();
    let cells = |cells: [&str; N]| {
        cells.iter().zip(widths).map(|(cell, width)| right(cell, width)).collect::<String>()
    };
    let mut lines = vec![Line::of(format!(" {}{}", left(title, name_columns + 2), cells(*head)), DIM)];
    for (client, (symbol, colour), values) in &rows {
        let name = left(&client.name, name_columns);
        let values = cells(std::array::from_fn(|column| values[column].as_str()));
        lines.push(Line::of(format!(" {symbol} {name}"), *colour).then(values, Colour::new()));
    }
    lines
}

fn figures(client: &ClientSummary) -> [String; 7] {
    // Over all events: a client that loses its slow ones must not look fast.
    let known = &client.known_after_s;
    let latency =
        |reached: Option<Reached>| reached.map_or_else(|| "-".to_owned(), |r| human::reached(Some(r)));
    let empty = metric::empty_share(&client.requests).map_or_else(|| "-".to_owned(), human::share);
    [
        short_count(client.requests.total),
        empty,
        latency(known.p50),
        latency(known.p95),
        latency(known.p99),
        latency(known.max),
        short_count(client.events.lost + client.events.pending),
    ]
}

fn known(client: &ClientSummary) -> [String; 6] {
    // Of no events no share was known.
    let known = |key: &str| client.known_within.get(key).filter(|_| client.events.occurred > 0);
    let share = |key: &str| known(key).map_or_else(|| "-".to_owned(), |&share| human::share(share));
    let never = short_count(client.events.lost + client.events.pending);
    [share("1s"), share("10s"), share("1m"), share("10m"), share("1h"), never]
}

/// A count that fits a column: in full below ten million, then as a power of ten.
fn short_count(number: u64) -> String {
    if number < 10_000_000 { human::count(number) } else { format!("{:.2e}", number as f64) }
}

/// The first poller is blue and the first webhook yellow, as in the charts; the others follow.
fn colours(webhooks: &[bool]) -> Vec<Colour> {
    let mut others = [AnsiColor::Magenta, AnsiColor::Cyan, AnsiColor::Green].into_iter().cycle();
    let (mut poller_seen, mut webhook_seen) = (false, false);
    (webhooks.iter())
        .map(|&webhook| {
            let (seen, own) = match webhook {
                true => (&mut webhook_seen, AnsiColor::Yellow),
                false => (&mut poller_seen, AnsiColor::BrightBlue),
            };
            let first = !std::mem::replace(seen, true);
            let colour = if first { own } else { others.next().unwrap_or(AnsiColor::Cyan) };
            Colour::new().fg_color(Some(colour.into()))
        })
        .collect()
}

const FIGURES: [&str; 7] = ["requests", "empty", "p50", "p95", "p99", "max", "never"];
const KNOWN: [&str; 6] = ["1 s", "10 s", "1 min", "10 min", "1 h", "never"];

/// Least and greatest width of a cell.
const CELL: (usize, usize) = (5, 8);
