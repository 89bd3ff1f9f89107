//! `compare.md`, for the comment of a pull request.

use super::text::{matrix_clients, matrix_rows};
use super::{Cells, HEAD, MARKS, change_line, clients, how, result, title};
use crate::compare::Comparison;

/// The comparison as Markdown.
pub fn markdown(comparison: &Comparison) -> String {
    let mut text = format!("**{}**\n", escape(&comparison.answer.text()));
    for run in 1..comparison.sides.len() {
        let side = &comparison.sides[run];
        text += &format!("\n### {}\n\n", escape(&title(comparison, run)));
        if side.changes.is_empty() {
            text += "The scenarios are the same.\n";
        } else {
            let rows: Vec<Vec<String>> =
                side.changes.iter().map(|change| change_line(change).to_vec()).collect();
            text += &table(&["parameter", "base", "other"].map(str::to_owned), &rows);
        }
    }
    for warning in &comparison.warnings {
        text += &format!("\n> **Warning:** {}\n", escape(warning));
    }
    let mut head = vec!["client".to_owned()];
    let mut rows = Vec::new();
    if comparison.sides.len() == 2 {
        head.extend(HEAD.map(str::to_owned));
        for client in clients(comparison, 1) {
            for row in comparison.rows_of(1).filter(|row| row.client == client) {
                rows.push(
                    [vec![comparison.client_title(1, client)], Cells::of(row).list().to_vec()].concat(),
                );
            }
        }
    } else {
        head.push("metric".to_owned());
        head.extend(comparison.sides.iter().map(|side| side.name.clone()));
        for client in matrix_clients(comparison) {
            for row in matrix_rows(comparison, client) {
                rows.push([vec![client.to_owned()], row].concat());
            }
        }
    }
    text += &format!("\n{}\n{}\n\n{MARKS}\n", table(&head, &rows), escape(&how(comparison, 1)));
    if !comparison.gates.is_empty() {
        text += "\n";
    }
    for gate in &comparison.gates {
        text += &format!("- `{}`: {} – {}\n", gate.text, result(gate, "**failed**"), escape(&gate.because));
    }
    text
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|{}\n", " --- |".repeat(head.len()));
    line(head) + &rule + &rows.iter().map(|row| line(row)).collect::<String>()
}

/// A name may have any character, and must neither end a cell nor begin a link or a tag.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '|' | '<' | '>' | '*' | '_' | '[' | ']' | '`' | '\\' | '#' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
