//! A sweep as text for a terminal.

use super::table::{Table, tables};
use crate::report::columns::{Side, lines};
use crate::sweep::Sweep;

/// The sentence and the figures of each setting.
pub fn text(sweep: &Sweep) -> String {
    let mut text = format!("{}\n", sweep.answer.sentence);
    if !sweep.answer.exception.is_empty() {
        text += &format!("{}\n", sweep.answer.exception);
    }
    for table in tables(sweep) {
        text += &format!("\n{}\n{}", table.title, columns(&table));
    }
    if sweep.points.len() > ROWS {
        text += &format!(" and {} more settings in the report\n", sweep.points.len() - ROWS);
    }
    if sweep.replications() > 1 {
        text += "In parentheses: the 95 % interval over the replications, of the figures that have one.\n";
    }
    text
}

/// Settings that are shown; the report has all.
const ROWS: usize = 40;

fn columns(table: &Table) -> String {
    let rows = std::iter::once(&table.head).chain(table.rows.iter().take(ROWS));
    let rows: Vec<&[String]> = rows.map(Vec::as_slice).collect();
    let is_chosen = |line: usize| table.chosen.is_some_and(|chosen| chosen + 1 == line);
    let lines = lines(&rows, |_| Side::Right).into_iter().enumerate();
    lines.map(|(place, line)| format!(" {} {line}\n", if is_chosen(place) { ">" } else { " " })).collect()
}
