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
    for broken in &sweep.answer.broken {
        text += &format!("{broken}\n");
    }
    for table in tables(sweep) {
        text += &format!("\n{}\n{}", table.title, columns(&table));
    }
    if sweep.replications() > 1 {
        text += "In parentheses: the 95 % interval over the replications, of the figures that have one.\n";
    }
    text
}

/// Rows that are shown of a table, equally far apart, beside the last and that of the setting that was found; the report has
/// all.
const ROWS: usize = 40;

fn columns(table: &Table) -> String {
    let all = table.rows.len();
    let step = all.div_ceil(ROWS).max(1);
    let is_shown = |row: &usize| row.is_multiple_of(step) || row + 1 == all || table.chosen == Some(*row);
    let shown: Vec<usize> = (0..all).filter(is_shown).collect();
    let rows = std::iter::once(&table.head).chain(shown.iter().map(|row| &table.rows[*row]));
    let rows: Vec<&[String]> = rows.map(Vec::as_slice).collect();
    let is_chosen = |line: usize| line.checked_sub(1).is_some_and(|row| table.chosen == Some(shown[row]));
    let lines = lines(&rows, |_| Side::Right).into_iter().enumerate();
    let mut text: String = lines
        .map(|(place, line)| format!(" {} {line}\n", if is_chosen(place) { ">" } else { " " }))
        .collect();
    if shown.len() < all {
        text += &format!("   {} of {all} rows; all are in the report\n", shown.len());
    }
    text
}
