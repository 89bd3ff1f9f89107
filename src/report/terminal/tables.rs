//! The two tables of the terminal: cost and latency of each client, and the share that it knew within a time.

use super::DIM;
use super::line::{Line, left, right, width, wrap};
use crate::figure::{Figure, Metric};
use crate::policy::channel::{Channel, Opener};
use crate::report::{attacks, metric, names};
use crate::study::Results;
use crate::study::answer;
use crate::study::human;
use crate::study::summary::{ClientSummary, Reached};
use anstyle::{AnsiColor, Style as Colour};

/// The table of figures and the one of shares known within a time, over the first `rows` clients.
pub(super) fn tables(results: &Results, rows: usize, columns: usize) -> Vec<Line> {
    let clients = &results.summary.clients;
    let runs = results.summary.replications;
    let channels: Vec<Channel> =
        results.scenario.clients.iter().map(|client| client.kind.channel()).collect();
    let marks: Vec<(char, Colour)> = names::symbols(&channels).into_iter().zip(colours(&channels)).collect();
    let chosen = chosen(results, rows);
    let shown = || chosen.iter().map(|&place| (&clients[place], marks[place]));
    let titles: &[&str] = if runs > 1 { &["for one run"] } else { &["cost and latency", "cost, time"] };
    let asked = answer::asked_figure(&results.scenario).filter(|metric| !is_shown(metric));
    let label = asked.as_ref().map(metric::label);
    let mut heads = FIGURES.to_vec();
    if let Some(label) = &label {
        heads[ASKED] = label;
    }
    let figures = shown().map(|(client, mark)| {
        let mut cells = figures(client, runs).to_vec();
        if let Some(asked) = &asked {
            cells[ASKED] = answer::told(client, asked, runs).unwrap_or_else(|| "-".to_owned());
        }
        (client, mark, cells)
    });
    let mut figures: Vec<Row<'_>> = figures.collect();
    // Without pollers this column is empty, and its room goes to the names.
    if clients.iter().all(|client| client.requests.polls == 0) {
        heads.remove(EMPTY);
        figures.iter_mut().for_each(|(.., cells)| drop(cells.remove(EMPTY)));
    }
    if columns == super::COLUMNS {
        make_room(&mut heads, &mut figures, answer::asked_figure(&results.scenario).as_ref());
    }
    let mut lines = table(titles, &heads, &figures, columns);
    lines.extend(sure(results, columns));
    lines.extend(frames(shown().map(|(client, _)| client), runs, columns));
    lines.extend(attacked(results, rows < clients.len(), columns));
    lines.extend(set_up(results, &chosen, columns));
    lines.extend(after_the_end(shown().map(|(client, _)| client), runs, columns));
    lines.push(Line::default());
    let known: Vec<Row<'_>> =
        shown().map(|(client, mark)| (client, mark, known(client, runs).to_vec())).collect();
    lines.extend(table(&["known within"], &KNOWN, &known, columns));
    if rows < clients.len() {
        lines.push(Line::of(format!(" and {} more in the report", clients.len() - rows), DIM));
    }
    lines.push(Line::default());
    lines
}

/// Which clients have a row where not all can: those that the sentence speaks of, and the first of the others.
fn chosen(results: &Results, rows: usize) -> Vec<usize> {
    let mut chosen = answer::named_clients(&results.summary, &results.scenario);
    chosen.truncate(rows);
    for place in 0..results.summary.clients.len() {
        if chosen.len() < rows && !chosen.contains(&place) {
            chosen.push(place);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// A client's name with its mark, and the cells of its row.
type Row<'a> = (&'a ClientSummary, (char, Colour), Vec<String>);

/// Makes room for names of up to [`NAME_AT_MOST`] columns: a shorter head first, then without the columns that the others
/// tell best of. The figure that the sentence is about stays.
fn make_room(heads: &mut Vec<&str>, rows: &mut [Row<'_>], asked: Option<&Metric>) {
    let wanted = rows.iter().map(|(client, ..)| width(&client.name)).max().unwrap_or(0).min(NAME_AT_MOST);
    let fits = |heads: &[&str], rows: &[Row<'_>]| {
        let taken: usize = (0..heads.len()).map(|column| column_width(column, heads, rows)).sum();
        3 + wanted + taken <= super::COLUMNS
    };
    if fits(heads, rows) {
        return;
    }
    if let Some(head) = heads.iter_mut().find(|head| **head == FIGURES[EMPTY]) {
        *head = "empty";
    }
    for (spared, figure) in SPARED {
        let is_asked = figure.is_some() && asked == figure.map(Metric::Measured).as_ref();
        let column = heads.iter().position(|head| *head == spared);
        if let Some(column) = column.filter(|_| !is_asked && !fits(heads, rows)) {
            heads.remove(column);
            rows.iter_mut().for_each(|(.., cells)| drop(cells.remove(column)));
        }
    }
}

/// As wide as its widest cell or its head, with the gap before it.
fn column_width(column: usize, heads: &[&str], rows: &[Row<'_>]) -> usize {
    let widest = rows.iter().map(|row| width(&row.2[column])).max().unwrap_or(0);
    2 + widest.clamp(CELL.0, CELL.1).max(width(heads[column]))
}

/// Columns as wide as their widest cell; the name takes what is left. What does not fit beside the names is folded
/// below, with the names again.
fn table(titles: &[&str], head: &[&str], rows: &[Row<'_>], columns: usize) -> Vec<Line> {
    let widths: Vec<usize> = (0..head.len()).map(|column| column_width(column, head, rows)).collect();
    let mut lines = Vec::new();
    let mut from = 0;
    while from < head.len() {
        // At full width all fits, however short that makes the names.
        let room = if columns < super::COLUMNS { columns - 3 - NAME } else { columns };
        let fit =
            (from + 1..=head.len()).rev().find(|&until| widths[from..until].iter().sum::<usize>() <= room);
        let part = from..fit.unwrap_or(from + 1);
        let widths = &widths[part.clone()];
        let name_columns = columns.saturating_sub(3 + widths.iter().sum::<usize>());
        let cells = |cells: &[&str]| {
            cells.iter().zip(widths).map(|(cell, &width)| right(cell, width)).collect::<String>()
        };
        let fits = |title: &&&str| width(title) <= name_columns + 1;
        let title = titles.iter().find(fits).or_else(|| titles.last()).filter(|_| from == 0).unwrap_or(&"");
        let head = cells(&head[part.clone()]);
        lines.push(Line::of(format!(" {}{head}", left(title, name_columns + 2)), DIM));
        for (client, (symbol, colour), values) in rows {
            let name = left(&client.name, name_columns);
            let values: Vec<&str> = values[part.clone()].iter().map(String::as_str).collect();
            lines.push(Line::of(format!(" {symbol} {name}"), *colour).then(cells(&values), Colour::new()));
        }
        from = part.end;
    }
    lines
}

/// Whether the tables show that figure to everyone.
fn is_shown(metric: &Metric) -> bool {
    matches!(
        metric,
        Metric::Measured(
            Figure::RequestsTotal
                | Figure::EmptyShare
                | Figure::EventsLost
                | Figure::KnownAfterP50
                | Figure::KnownAfterP95
                | Figure::KnownAfterP99
                | Figure::KnownAfterMax
                | Figure::KnownWithin1s
                | Figure::KnownWithin10s
                | Figure::KnownWithin1m
                | Figure::KnownWithin10m
                | Figure::KnownWithin1h
        )
    )
}

/// A line for the clients with streams: the frames that came on them.
fn frames<'a>(clients: impl Iterator<Item = &'a ClientSummary>, runs: u32, columns: usize) -> Vec<Line> {
    let with_frames = clients.filter(|client| client.frames.events + client.frames.heartbeats > 0);
    let told = with_frames.map(|client| {
        let number = |sum: u64| metric::number(metric::per_run(sum, runs));
        let (events, beats) = (number(client.frames.events), number(client.frames.heartbeats));
        format!("{} {events} events and {beats} heartbeats", human::name(&client.name))
    });
    below(" frames on streams", told.collect(), columns)
}

/// A line for the clients that the sentence compares, with several replications: the 95 % intervals of what it compares.
fn sure(results: &Results, columns: usize) -> Vec<Line> {
    let named = answer::compared_clients(&results.summary, &results.scenario);
    let told = named.into_iter().flatten().filter_map(|place| {
        let client = &results.summary.clients[place];
        let interval = metric::interval(client, Figure::KnownAfterP50, results.summary.replications)?;
        Some(format!("{} {interval}", human::name(&client.name)))
    });
    below(" p50, 95 % sure", told.collect(), columns)
}

/// Under a table, what does not fit into its columns.
fn below(what: &str, told: Vec<String>, columns: usize) -> Vec<Line> {
    if told.is_empty() {
        return Vec::new();
    }
    let text = format!("{what}: {}", told.join(", "));
    wrap(&text, columns - 1).into_iter().map(|line| Line::of(format!(" {line}"), DIM)).collect()
}

/// Which attacks got in, and what each cost. Of more clients than have a row, the cost is in the report alone.
fn attacked(results: &Results, is_folded: bool, columns: usize) -> Vec<Line> {
    let costs = attacks::costs(&results.summary).filter(|_| !is_folded);
    let told = [attacks::sentence(&results.summary), costs];
    let lines = told.into_iter().flatten().flat_map(|said| wrap(&format!(" {said}"), columns - 1));
    lines.map(|line| Line::of(format!(" {line}"), DIM)).collect()
}

/// What setting up took, where it takes more than to register a URL, and when it has paid for itself.
fn set_up(results: &Results, chosen: &[usize], columns: usize) -> Vec<Line> {
    let costs = &results.figures.set_up;
    let lines = costs.lines.iter().filter(|line| costs.is_told && chosen.contains(&line.client));
    // To register a URL alone is one round trip.
    let asks_more = |client: usize| {
        let summary = &results.summary.clients[client];
        let least = u64::from(summary.count) * u64::from(results.summary.replications);
        results.scenario.clients[client].is_called() && summary.setup.round_trips > least
    };
    let told = lines.filter(|line| asks_more(line.client)).map(|line| {
        let name = |client: usize| human::name(&results.summary.clients[client].name);
        let after_s = results.summary.clients[line.client].setup.first_event_after_s;
        let pays = line.pays_off.as_ref().map_or_else(String::new, |pays| {
            format!(", pays for itself {} against {}", pays.words(), name(pays.against))
        });
        let (requests, after) = (metric::number(line.set_up), human::duration(after_s));
        let requests = if requests == "1" { "1 request".to_owned() } else { format!("{requests} requests") };
        format!("{} {requests} in {after}{pays}", name(line.client))
    });
    below(" setting up", told.collect(), columns)
}

/// A line where a good part of a client's requests was sent after the end: how many of each client were.
fn after_the_end<'a>(
    clients: impl Iterator<Item = &'a ClientSummary>,
    runs: u32,
    columns: usize,
) -> Vec<Line> {
    let after: Vec<&ClientSummary> = clients.filter(|client| client.requests.drain > 0).collect();
    if !after.iter().any(|client| client.requests.has_long_drain()) {
        return Vec::new();
    }
    let told = after.into_iter().map(|client| {
        let drain = metric::number(metric::per_run(client.requests.drain, runs));
        format!("{} {drain}", human::name(&client.name))
    });
    below(" sent after the end, and not in “requests” and “B/event”", told.collect(), columns)
}

fn figures(client: &ClientSummary, runs: u32) -> [String; 7] {
    // Over all events: a client that loses its slow ones must not look fast.
    let known = &client.known_after_s;
    let latency =
        |reached: Option<Reached>| reached.map_or_else(|| "-".to_owned(), |r| human::reached(Some(r)));
    let empty = metric::empty_share(&client.requests).map_or_else(|| "-".to_owned(), human::share);
    [
        short_count(client.requests.total, runs),
        empty,
        latency(known.p50),
        latency(known.p95),
        latency(known.p99),
        latency(known.max),
        short(client.bytes.total as f64 / client.events.occurred as f64),
    ]
}

fn known(client: &ClientSummary, runs: u32) -> [String; 6] {
    let known = |key: &str| client.known_within.get(key).copied().flatten();
    let share = |key: &str| known(key).map_or_else(|| "-".to_owned(), human::share);
    let never = short_count(client.events.lost + client.events.pending, runs);
    [share("1s"), share("10s"), share("1m"), share("10m"), share("1h"), never]
}

/// A count that fits a column, for one run: in full below ten million, then as a power of ten.
fn short_count(sum: u64, runs: u32) -> String {
    short(metric::per_run(sum, runs))
}

/// A number that fits a column; a dash for one that is not finite, a ratio without events.
fn short(number: f64) -> String {
    match number {
        _ if !number.is_finite() => "-".to_owned(),
        _ if number < 1e7 => metric::number(number),
        _ => format!("{number:.2e}"),
    }
}

/// The first that asks is blue and the first that is called yellow, as in the charts; the others follow.
fn colours(channels: &[Channel]) -> Vec<Colour> {
    let mut others = [AnsiColor::Magenta, AnsiColor::Cyan, AnsiColor::Green].into_iter().cycle();
    let colour = |(place, channel): (usize, &Channel)| {
        let opener = channel.opener();
        let first = channels[..place].iter().all(|earlier| earlier.opener() != opener);
        let colour = match opener {
            _ if !first => others.next().unwrap_or(AnsiColor::Cyan),
            Opener::Client => AnsiColor::BrightBlue,
            Opener::Source => AnsiColor::Yellow,
        };
        Colour::new().fg_color(Some(colour.into()))
    };
    channels.iter().enumerate().map(colour).collect()
}

const FIGURES: [&str; 7] = ["requests", "polls empty", "p50", "p95", "p99", "max", "B/event"];
const KNOWN: [&str; 6] = ["1 s", "10 s", "1 min", "10 min", "1 h", "never"];

/// The column of what only polls have.
const EMPTY: usize = 1;

/// The column that makes room for the figure that the sentence is about.
const ASKED: usize = 3;

/// Which columns leave their room to the names, the first of them first, and their figure where a sentence may be about it.
const SPARED: [(&str, Option<Figure>); 3] =
    [("p95", Some(Figure::KnownAfterP95)), ("B/event", None), ("max", Some(Figure::KnownAfterMax))];

/// Least and greatest width of a cell.
const CELL: (usize, usize) = (3, 11);

/// A name of so many columns is not cut at full width.
const NAME_AT_MOST: usize = 24;

/// Least width of a name on a narrow terminal.
const NAME: usize = 12;
