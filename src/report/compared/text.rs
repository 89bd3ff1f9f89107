//! The comparison as text for a terminal.

use super::{Cells, HEAD, MARKS, change_line, clients, heading, how, result, title};
use crate::compare::Comparison;
use crate::report::columns::{Side, lines};

/// The comparison in lines: the sentence, what differs in the scenarios, the warnings, the tables, the gates.
pub fn text(comparison: &Comparison) -> String {
    let mut text = format!("{}\n", comparison.answer.text());
    for run in 1..comparison.sides.len() {
        let side = &comparison.sides[run];
        text += &format!("\n{}\n", title(comparison, run));
        if side.changes.is_empty() {
            text += "  The scenarios are the same.\n";
        }
        for [path, base, other] in side.changes.iter().map(change_line) {
            text += &format!("  {path}: {} -> {}\n", short(&base), short(&other));
        }
    }
    text += "\n";
    for warning in &comparison.warnings {
        text += &format!("Warning: {warning}\n");
    }
    if comparison.sides.len() == 2 {
        text += &tables(comparison);
    } else {
        text += &matrix(comparison);
    }
    text += &format!("\n{}\n{MARKS}\n", how(comparison, 1));
    for gate in &comparison.gates {
        let run = if comparison.sides.len() > 2 {
            format!(" ({})", comparison.sides[gate.run].name)
        } else {
            String::new()
        };
        text += &format!("--fail-if {}{run}: {} – {}\n", gate.text, result(gate, "FAILED"), gate.because);
    }
    text
}

fn tables(comparison: &Comparison) -> String {
    let mut text = String::new();
    for client in clients(comparison, 1) {
        let rows = comparison.rows_of(1).filter(|row| row.client == client);
        let rows: Vec<Vec<String>> = rows.map(|row| Cells::of(row).list().to_vec()).collect();
        text += &format!("\n{}\n", heading(comparison, 1, client));
        text += &columns(&HEAD.map(str::to_owned), &rows);
    }
    text
}

/// From three runs on: a column for each, its change from BASE behind the value.
fn matrix(comparison: &Comparison) -> String {
    let mut head = vec!["metric".to_owned()];
    head.extend(comparison.sides.iter().map(|side| side.name.clone()));
    let mut text = String::new();
    for client in matrix_clients(comparison) {
        text += &format!("\n{client}\n{}", columns(&head, &matrix_rows(comparison, client)));
    }
    text
}

/// The clients of all runs.
pub(super) fn matrix_clients(comparison: &Comparison) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in (1..comparison.sides.len()).flat_map(|run| clients(comparison, run)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A row for each figure of a client: its path, BASE's value, and for each OTHER value, change and mark.
pub(super) fn matrix_rows(comparison: &Comparison, client: &str) -> Vec<Vec<String>> {
    // What changed in one of the runs comes first.
    let mut rows: Vec<_> = comparison.rows.iter().filter(|row| row.client == client).collect();
    rows.sort_by_key(|row| (row.rank(), row.figure));
    let mut figures = Vec::new();
    for row in rows {
        if !figures.contains(&row.figure) {
            figures.push(row.figure);
        }
    }
    (figures.into_iter())
        .map(|figure| {
            let of = |run: usize| {
                comparison
                    .rows_of(run)
                    .find(|row| row.client == client && row.figure == figure)
                    .map(Cells::of)
            };
            let all: Vec<Option<Cells>> = (1..comparison.sides.len()).map(of).collect();
            let base = all.iter().flatten().next().map_or_else(String::new, |cells| cells.base.clone());
            let mut row = vec![figure.path().to_owned(), base];
            row.extend(all.into_iter().map(|cells| {
                cells.map_or_else(
                    || "–".to_owned(),
                    |cells| {
                        let mark = cells.mark.split(", about").next().unwrap_or_default();
                        format!("{} ({}, {mark})", cells.other, cells.change)
                    },
                )
            }));
            row
        })
        .collect()
}

/// The first column and the last to the left, the others to the right.
fn columns(head: &[String], rows: &[Vec<String>]) -> String {
    let all: Vec<&[String]> = std::iter::once(head).chain(rows.iter().map(Vec::as_slice)).collect();
    let is_outer = |column: usize| column == 0 || column + 1 == head.len();
    let side = |column: usize| if is_outer(column) { Side::Left } else { Side::Right };
    lines(&all, side).iter().map(|line| format!("  {line}\n")).collect()
}

fn short(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).collect::<String>() + "…"
    }
}
