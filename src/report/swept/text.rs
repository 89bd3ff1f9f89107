//! A sweep as text for a terminal.

use super::table::{Table, tables};
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
    let shown: Vec<&Vec<String>> = table.rows.iter().take(ROWS).collect();
    let width = |column: usize| {
        let cells = shown.iter().map(|row| &row[column]).chain([&table.head[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let line = |cells: &[String], mark: &str| {
        let cells = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        format!(" {mark} {}\n", cells.collect::<Vec<_>>().join("  ")).replace(" \n", "\n")
    };
    let rows = shown.iter().enumerate();
    let rows = rows.map(|(place, row)| line(row, if table.chosen == Some(place) { ">" } else { " " }));
    line(&table.head, " ") + &rows.collect::<String>()
}
