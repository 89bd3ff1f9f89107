//! The predictions of closed forms as a table for a terminal: a row for each figure, a column for each client.

use super::line::{cut, left, right, width, wrap};
use crate::figure::Figure;
use crate::report::metric;
use crate::report::predictions::Predicted;
use crate::study::human;
use std::fmt::Write;

/// The predictions for a terminal of so many columns. Clients beyond its width have tables of their own.
pub fn predictions(title: &str, predicted: &[Predicted<'_>], columns: usize) -> String {
    let columns = columns.max(LEAST_COLUMNS);
    let mut text = String::new();
    for line in wrap(&format!("{title}: what closed forms predict. Nothing was simulated."), columns) {
        push(&mut text, &line);
    }
    let has_form = |client: &&Predicted<'_>| Figure::ALL.iter().any(|&figure| client.value(figure).is_some());
    let with_form: Vec<&Predicted<'_>> = predicted.iter().filter(has_form).collect();
    for clients in tables(&with_form, columns) {
        text.push('\n');
        table(&mut text, clients);
    }
    let open: Vec<&Predicted<'_>> = predicted.iter().filter(|client| !client.missing().is_empty()).collect();
    if !open.is_empty() {
        push(&mut text, "\nWithout a closed form (–), and why");
    }
    for client in open {
        push(&mut text, &format!("  {}", cut(client.name(), columns - 2)));
        let has_form = has_form(&client);
        for (reason, figures) in by_reason(client.missing()) {
            // Where nothing at all is predicted, a list of all figures would say no more.
            let what = if !has_form && figures.len() == client.missing().len() {
                "all figures".to_owned()
            } else {
                figures.join(", ")
            };
            let line = format!("{what}: {}", metric::unbroken(reason));
            for line in wrap(&line, columns - 4) {
                push(&mut text, &format!("    {}", line.replace('\u{a0}', " ")));
            }
        }
    }
    text
}

fn push(text: &mut String, line: &str) {
    writeln!(text, "{}", line.trim_end()).expect("writing to a string does not fail");
}

/// The clients in groups that fit side by side.
fn tables<'a, 'b>(mut clients: &'a [&'b Predicted<'b>], columns: usize) -> Vec<&'a [&'b Predicted<'b>]> {
    let mut tables = Vec::new();
    while !clients.is_empty() {
        let mut used = FIGURE;
        let fit = clients.iter().take_while(|client| {
            used += 2 + column(client);
            used <= columns
        });
        let (table, rest) = clients.split_at(fit.count().max(1));
        tables.push(table);
        clients = rest;
    }
    tables
}

/// The width of a client's column.
fn column(client: &Predicted<'_>) -> usize {
    let cells = Figure::ALL.iter().filter_map(|&figure| cell(client, figure));
    cells.map(|cell| width(&cell)).chain([width(client.name()).min(NAME)]).max().unwrap_or(NAME)
}

/// None for a figure that such a client does not have.
fn cell(client: &Predicted<'_>, figure: Figure) -> Option<String> {
    match client.value(figure) {
        Some(value) => Some(human::figure(figure.unit(), value)),
        None => client.missing().iter().any(|(missing, _)| *missing == figure).then(metric::dash),
    }
}

fn table(text: &mut String, clients: &[&Predicted<'_>]) {
    let widths: Vec<usize> = clients.iter().map(|client| column(client)).collect();
    let row = |first: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells = cells.zip(&widths).map(|(cell, &width)| format!("  {}", right(&cell, width)));
        left(first, FIGURE) + &cells.collect::<String>()
    };
    push(text, &row("", &mut clients.iter().map(|client| client.name().to_owned())));
    for &figure in Figure::ALL {
        let cells: Vec<Option<String>> = clients.iter().map(|client| cell(client, figure)).collect();
        // The reasons below the tables name every figure, so that a row of dashes would say nothing more.
        if clients.iter().any(|client| client.value(figure).is_some()) {
            push(text, &row(figure.path(), &mut cells.into_iter().map(Option::unwrap_or_default)));
        }
    }
}

/// The reasons, in order, each with the paths of its figures.
fn by_reason(missing: &[(Figure, String)]) -> Vec<(&str, Vec<&'static str>)> {
    let mut reasons: Vec<(&str, Vec<&'static str>)> = Vec::new();
    for (figure, reason) in missing {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, figures)) => figures.push(figure.path()),
            None => reasons.push((reason, vec![figure.path()])),
        }
    }
    reasons
}

const LEAST_COLUMNS: usize = 60;
/// The column of the figures: the longest path.
const FIGURE: usize = 29;
/// Names are cut to this width.
const NAME: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::predictions::predict;

    fn scenario(clients: &str) -> crate::scenario::Scenario {
        let text = format!(
            "duration = \"30d\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"10/h\" }}\n{clients}"
        );
        crate::scenario::load("closed", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn each_figure_has_a_row_each_client_a_column_and_each_gap_a_reason() {
        let clients = "[[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"\n\
                       [[client]]\nname = \"hook\"\nkind = \"webhook\"\nretry_jitter = \"decorrelated\"\n\
                       endpoint = { failure_rate = 0.1 }\n";
        let scenario = scenario(clients);
        let text = predictions("closed", &predict(&scenario), 80);
        let row = |path: &str| text.lines().find(|line| line.starts_with(path)).expect(path).to_owned();
        assert!(row("latency_s.mean").contains("30 s") && row("latency_s.mean").ends_with('–'), "{text}");
        assert!(text.contains("no form with this retry_jitter"), "{text}");
        assert!(!row("empty_share").ends_with('–'), "a webhook without polls has none: {text}");
        assert!(text.lines().all(|line| width(line) <= 80), "{text}");
    }

    /// A source that is down has no form at all.
    #[test]
    fn a_figure_without_any_form_has_no_row() {
        let clients = "[[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"\n";
        let down = "[[outage]]\nparty = \"source\"\nfrom = \"1h\"\nfor = \"1h\"\n";
        let text = predictions("closed", &predict(&scenario(&format!("{clients}{down}"))), 80);
        assert!(!text.contains('–') || text.matches('–').count() == 1, "{text}");
        assert!(text.contains("  poll\n    all figures: no form with this outage of the source"), "{text}");
        let backed_off =
            format!("{}backoff = {{ factor = 2, max = \"10m\" }}\n", clients.trim_end().to_owned() + "\n");
        let text = predictions("closed", &predict(&scenario(&backed_off)), 80);
        let rows = text.split("\nWithout").next().unwrap_or_default();
        assert!(rows.contains("requests.per_s") && !rows.contains("age_s.mean"), "{text}");
    }

    #[test]
    fn many_clients_share_several_tables() {
        let client = |number: usize| {
            format!(
                "[[client]]\nname = \"a poller with a long name {number}\"\nkind = \"poll\"\ninterval = \"60s\"\n"
            )
        };
        let text = predictions("closed", &predict(&scenario(&(0..7).map(client).collect::<String>())), 80);
        assert_eq!(text.matches("\nlatency_s.mean").count(), 4, "{text}");
    }
}
