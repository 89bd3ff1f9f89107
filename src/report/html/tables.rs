//! The table of numbers under each chart, in about [`ROWS`] rows. Where that leaves something out, a note says where
//! the rest is.

mod attacks;
mod wire;

use crate::report::metric::{dash, duration, moments, number, per_run, unbroken};
use crate::study::Results;
use crate::study::figures::{Bin, Fate, Figures, Held};
use crate::study::human;
use std::collections::BTreeSet;

pub(super) use attacks::{costs as attack_costs, got_in};

/// A table of text. The first cell of each row names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) head: Vec<String>,
    /// What stands over the columns after the first, and over how many of them; empty where nothing does.
    pub(super) groups: Vec<(String, usize)>,
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
        "lanes" => lanes(results, &names),
        "behind" => behind(figures, &names),
        "story" => story(figures, &names),
        "recovery" => recovery(figures, &names),
        "requests" => requests(figures, &names),
        "bytes" => wire::bytes(figures, &names),
        "connections" => wire::connections(figures, &names),
        "break-even" => break_even(figures, &names),
        "trade-off" => trade_off(figures, &names),
        "fates" => fates(figures, &names),
        "attacks" => return got_in(results),
        _ => return None,
    };
    (!table.rows.is_empty()).then(|| Table { note: unbroken(&table.note), ..table })
}

/// Shares within a time, then times within which a share: both of all events that occurred.
fn known(results: &Results) -> Table {
    let within = [("1s", "1 s"), ("10s", "10 s"), ("1m", "1 min"), ("10m", "10 min"), ("1h", "1 h")];
    let after = ["50 %", "95 %", "99 %", "All"];
    let rows = results.summary.clients.iter().map(|client| {
        let occurred = client.events.occurred > 0;
        let known = |key: &str| client.known_within.get(key).copied().flatten().filter(|_| occurred);
        let share = |key: &str| known(key).map_or_else(dash, human::share);
        let runs = results.summary.replications;
        let missed = || number(per_run(client.events.lost + client.events.pending, runs));
        let never = if occurred { missed() } else { dash() };
        let reached = &client.known_after_s;
        let times = [reached.p50, reached.p95, reached.p99, reached.max].map(human::reached);
        [vec![client.name.clone()], within.map(|(key, _)| share(key)).into(), times.into(), vec![never]]
            .concat()
    });
    let titles = within.iter().map(|(_, title)| *title).chain(after);
    Table {
        head: std::iter::once("Client").chain(titles).chain(["Never"]).map(str::to_owned).collect(),
        groups: vec![
            ("Share known within".to_owned(), within.len()),
            ("Known after".to_owned(), after.len()),
            (String::new(), 1),
        ],
        rows: rows.collect(),
        note: "Of all events that occurred. A percentile is left out where there are too few events for it."
            .to_owned(),
    }
}

fn lanes(results: &Results, names: &[String]) -> Table {
    let Some(lanes) = &results.figures.lanes else { return Table::default() };
    let events = lanes.events_s.len();
    // Leaving out only a few rows would save little space.
    let shown = if events <= ROWS + ROWS / 2 { events } else { ROWS };
    let times = moments(&lanes.events_s[..shown]).into_iter();
    let rows = times.zip(&lanes.events_s).enumerate().map(|(event, (time, &at_s))| {
        let held = lanes.lanes.iter().map(|lane| match lane.held.get(event) {
            Some(Held::At(held_s)) => human::duration(held_s - at_s),
            Some(Held::Unwanted) => "not asked for".to_owned(),
            Some(Held::Never) | None => "never".to_owned(),
        });
        let time = match lanes.types.get(event) {
            Some(kind) => format!("{time} ({kind})"),
            None => time,
        };
        std::iter::once(time).chain(held).collect()
    });
    Table {
        head: head("Event at", lanes.lanes.iter().map(|lane| lane.client), names),
        rows: rows.collect(),
        note: left_out(shown, events, results.rows.is_some()),
        ..Table::default()
    }
}

fn behind(figures: &Figures, names: &[String]) -> Table {
    let (from_s, until_s) = figures.behind.span_s;
    let step_s = (until_s - from_s) / ROWS as f64;
    if step_s <= 0.0 {
        return Table::default();
    }
    let begins: Vec<f64> = (0..ROWS).map(|row| from_s + row as f64 * step_s).collect();
    let rows = moments(&begins).into_iter().zip(&begins).map(|(time, &from_s)| {
        let worst = figures.behind.clients.iter().map(|line| {
            let inside = line.points.iter().filter(|point| from_s <= point.0 && point.0 < from_s + step_s);
            inside.map(|point| point.1).reduce(f64::max).map_or_else(dash, human::duration)
        });
        std::iter::once(time).chain(worst).collect()
    });
    Table {
        head: head("From", figures.behind.clients.iter().map(|line| line.client), names),
        rows: rows.collect(),
        note: format!(
            "Age of the oldest event not yet known: the highest in each {}.",
            human::duration(step_s)
        ),
        ..Table::default()
    }
}

/// Every attempt of each story, as far as there is room.
fn story(figures: &Figures, names: &[String]) -> Table {
    let attempts = figures.stories.iter().flat_map(|story| {
        story.attempts.iter().map(move |attempt| {
            vec![
                name(names, story.client),
                human::count(attempt.number.into()),
                human::duration(attempt.sent_after_s),
                human::duration(attempt.ended_after_s - attempt.sent_after_s),
                attempt.status.clone(),
            ]
        })
    });
    let all = figures.stories.iter().map(|story| story.attempts.len()).sum::<usize>();
    let shown = if all <= 3 * ROWS { all } else { 2 * ROWS };
    Table {
        head: ["Client", "Attempt", "Sent after", "Took", "Answer"].map(str::to_owned).into(),
        rows: attempts.take(shown).collect(),
        note: if shown < all { format!("The first {shown} of {all} attempts.") } else { String::new() },
        ..Table::default()
    }
}

/// What waited, was sent and arrived in each part of the time around the outages.
fn recovery(figures: &Figures, names: &[String]) -> Table {
    let Some(recovery) = &figures.recovery else { return Table::default() };
    let bins = recovery.clients.iter().map(|line| line.bins.len()).max().unwrap_or(0);
    let joint = bins.div_ceil(ROWS).max(1);
    let begins: Vec<f64> =
        (0..bins).step_by(joint).map(|bin| recovery.span_s.0 + bin as f64 * recovery.bin_s).collect();
    let width_s = joint as f64 * recovery.bin_s;
    let rows = moments(&begins).into_iter().zip(&begins).enumerate().map(|(row, (time, &from_s))| {
        let cells = recovery.clients.iter().flat_map(|line| {
            let within = line.waiting.iter().filter(|(at, _)| from_s <= *at && *at < from_s + width_s);
            let bins = line.bins.iter().skip(row * joint).take(joint);
            let sums = bins.fold([0; 3], |[sent, failed, arrived], bin| {
                [sent + bin.sent, failed + bin.failed, arrived + bin.arrived]
            });
            let waiting = within.map(|(_, waiting)| *waiting).max().unwrap_or(0);
            [waiting, sums[0], sums[1], sums[2]].map(human::count)
        });
        std::iter::once(time).chain(cells).collect()
    });
    let columns = ["Wait at most", "Sent", "Failed", "Arrived"];
    let heads = recovery.clients.iter().flat_map(|_| columns);
    Table {
        head: std::iter::once("From").chain(heads).map(str::to_owned).collect(),
        groups: recovery.clients.iter().map(|line| (name(names, line.client), columns.len())).collect(),
        rows: rows.collect(),
        note: format!(
            "Events that wait, requests and events that arrive, in each {}.",
            human::duration(width_s)
        ),
    }
}

/// What each client costs: its requests, the frames on its streams where a client has any, and the bytes of both.
pub(super) fn costs(results: &Results) -> Table {
    let summary = &results.summary;
    let runs = summary.replications;
    let days = (summary.duration_s - results.scenario.warmup.as_secs_f64()) / 86_400.0;
    let streams = summary.clients.iter().any(|client| client.frames.events + client.frames.heartbeats > 0);
    let drain = summary.clients.iter().any(|client| client.requests.has_long_drain());
    let rows = summary.clients.iter().map(|client| {
        let (requests, frames, bytes) = (&client.requests, &client.frames, &client.bytes);
        let count = |sum: u64| number(per_run(sum, runs));
        let per_event = |sum: u64| {
            let events = client.events.occurred;
            if events > 0 { human::amount(sum as f64 / events as f64) } else { dash() }
        };
        let per_day = |sum: u64| if days > 0.0 { human::amount(per_run(sum, runs) / days) } else { dash() };
        let of_frames =
            if streams { vec![count(frames.events), count(frames.heartbeats)] } else { Vec::new() };
        [
            vec![client.name.clone(), count(requests.total)],
            if drain { vec![count(requests.drain)] } else { Vec::new() },
            vec![per_event(requests.total), per_day(requests.total)],
            of_frames,
            vec![
                count(bytes.to_source),
                count(bytes.to_client),
                per_event(bytes.total),
                per_day(bytes.total),
            ],
        ]
        .concat()
    });
    let of_frames: &[&str] = if streams { &["Events", "Heartbeats"] } else { &[] };
    let of_drain: &[&str] = if drain { &["After the end"] } else { &[] };
    let head = [
        &["Client", if drain { "Until the end" } else { "All" }],
        of_drain,
        &["Per event", "Per day"],
        of_frames,
        &["To source", "To client", "Both, per event", "Both, per day"],
    ];
    let groups = [("Requests", 3 + of_drain.len()), ("Frames on streams", of_frames.len()), ("Bytes", 4)];
    let after =
        if drain { " The rates and the bytes are without requests after the end of the events." } else { "" };
    Table {
        head: head.concat().into_iter().map(str::to_owned).collect(),
        groups: groups
            .into_iter()
            .filter(|(_, columns)| *columns > 0)
            .map(|(group, columns)| (group.to_owned(), columns))
            .collect(),
        rows: rows.collect(),
        note: format!("Bytes are those of HTTP messages and frames, heads included.{after}"),
    }
}

/// What setting each client up took; None where that is no more than to register a URL.
pub(super) fn set_up(results: &Results) -> Option<Table> {
    let costs = &results.figures.set_up;
    let runs = results.summary.replications;
    let names: Vec<String> = results.summary.clients.iter().map(|client| client.name.clone()).collect();
    let rows = costs.lines.iter().map(|line| {
        let setup = results.summary.clients[line.client].setup;
        let count = |sum: u64| number(per_run(sum, runs));
        let pays = line.pays_off.as_ref();
        vec![
            name(&names, line.client),
            count(setup.requests),
            count(setup.round_trips),
            count(setup.bytes),
            human::duration(setup.first_event_after_s),
            pays.map_or_else(dash, |pays| format!("{} against {}", pays.words(), name(&names, pays.against))),
        ]
    });
    let head = ["Client", "Requests", "Round trips", "Bytes", "First event after", "Paid for itself"];
    costs.is_told.then(|| Table {
        head: head.map(str::to_owned).into(),
        rows: rows.collect(),
        note: "Before the run begins, and in no other figure, but for the requests that open streams. Paid for itself: \
               from here on the poller has sent more requests; left out where the webhook misses events that it has."
            .to_owned(),
        ..Table::default()
    })
}

/// A column for each kind of request that a client has, in the order of the chart's key.
fn requests(figures: &Figures, names: &[String]) -> Table {
    let requests = &figures.requests;
    let bins = requests.clients.iter().map(|client| client.bins.len()).max().unwrap_or(0);
    let joint = bins.div_ceil(ROWS).max(1);
    let begins: Vec<f64> =
        (0..bins).step_by(joint).map(|first| requests.from_s + first as f64 * requests.bin_s).collect();
    let mut table = Table {
        head: vec!["From".to_owned()],
        rows: moments(&begins).into_iter().map(|time| vec![time]).collect(),
        note: format!(
            "Requests in each {}. Finer in requests.csv.",
            human::duration(joint as f64 * requests.bin_s)
        ),
        ..Table::default()
    };
    let goes_on = requests.clients.iter().any(|client| !client.later.is_empty());
    if goes_on {
        table.rows.push(vec!["later".to_owned()]);
    }
    for client in &requests.clients {
        let mut sums: Vec<[u64; KINDS.len()]> = client.bins.chunks(joint).map(sum).collect();
        if goes_on {
            sums.push(sum(client.later.iter().map(|(_, bin)| bin)));
        }
        let shown: Vec<usize> =
            (0..KINDS.len()).filter(|&kind| kind == 0 || sums.iter().any(|sum| sum[kind] > 0)).collect();
        table.groups.push((name(names, client.client), shown.len()));
        table.head.extend(shown.iter().map(|&kind| KINDS[kind].to_owned()));
        for (row, sum) in table.rows.iter_mut().zip(&sums) {
            row.extend(shown.iter().map(|&kind| human::count(sum[kind])));
        }
    }
    table
}

/// The requests of several bins, by [`KINDS`].
fn sum<'b>(bins: impl IntoIterator<Item = &'b Bin>) -> [u64; KINDS.len()] {
    bins.into_iter().fold([0; KINDS.len()], |[useful, retries, late, empty, failed], bin| {
        [
            useful + bin.brought_news(),
            retries + bin.retries,
            late + bin.unacknowledged,
            empty + bin.empty,
            failed + bin.failed,
        ]
    })
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
        note: format!("Requests per hour.{}", drain_included(figures.break_even.with_drain)),
        ..Table::default()
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
        head: ["Client", "Requests/day", "Mean", "99 %", "Never", "Dominated"].map(str::to_owned).into(),
        rows: rows.collect(),
        note: format!(
            "Dominated: another client is no worse in requests, mean and never, and better in at least one of \
             them.{}",
            drain_included(figures.trade_off.with_drain)
        ),
        ..Table::default()
    }
}

fn drain_included(with_drain: bool) -> &'static str {
    if with_drain { " Requests after the end of the events are included." } else { "" }
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
    let titles: Vec<String> = fates.iter().map(|&fate| heading(fate)).collect();
    Table {
        head: [vec!["Events".to_owned()], titles, vec!["Duplicates".to_owned()]].concat(),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// The words of the chart, as a heading.
fn heading(fate: Fate) -> String {
    let words = fate.words();
    words[..1].to_uppercase() + &words[1..]
}

fn head(first: &str, clients: impl Iterator<Item = usize>, names: &[String]) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(clients.map(|client| name(names, client))).collect()
}

fn name(names: &[String], client: usize) -> String {
    names.get(client).cloned().unwrap_or_default()
}

fn left_out(shown: usize, events: usize, listed: bool) -> String {
    match (events > shown, listed) {
        (false, _) => String::new(),
        (true, false) => format!("The first {shown} of {events} events."),
        (true, true) => format!("The first {shown} of {events} events; all of them in events.csv."),
    }
}

const ROWS: usize = 12;

const KINDS: [&str; 5] = ["Useful", "of them retries", "Unacknowledged", "Empty", "Failed"];
