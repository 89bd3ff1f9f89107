//! The clients that cannot keep up, with the reason, where the sentence above does not tell it.

use super::RED;
use super::line::{self, Line, wrap};
use crate::study::{Results, human};
use anstyle::Style as Colour;

/// Up to [`MOST`] of them in full, and how many more there are.
pub(super) fn saturated(results: &Results, sentence: &str, columns: usize) -> Vec<Line> {
    let summary = &results.summary;
    let untold: Vec<(&str, String)> = (summary.clients.iter())
        .filter_map(|client| Some((client.name.as_str(), human::clause(client.unstable_because.as_deref()?))))
        .filter(|(_, because)| !sentence.contains(because))
        .collect();
    let mut lines: Vec<Line> = Vec::new();
    for (name, because) in untold.iter().take(MOST) {
        let text = format!("“{}” cannot keep up: {because}.", line::cut(name, 24));
        let mut told = wrap(&text, columns - 2).into_iter();
        lines.extend(told.next().map(|first| Line::of(format!(" {first}"), RED)));
        lines.extend(told.map(|next| Line::of(format!(" {next}"), Colour::new())));
    }
    match untold.len().saturating_sub(MOST) {
        0 => {}
        1 => lines.push(Line::of(" and 1 more cannot keep up, see the report", RED)),
        more => lines.push(Line::of(format!(" and {more} more cannot keep up, see the report"), RED)),
    }
    lines
}

/// Each takes two lines or three.
const MOST: usize = 2;
