//! A twin run as text for a terminal.

use super::{HEAD, cells, counts, how};
use crate::report::columns::{Side, lines};
use crate::twin::Twin;

/// The sentence, a table for each client, and how it was run.
pub fn text(twin: &Twin) -> String {
    let (sentence, exception) = twin.answer();
    let mut text = format!("{sentence}\n");
    if !exception.is_empty() {
        text += &format!("{exception}\n");
    }
    for client in &twin.clients {
        text += &format!("\n{} ({})\n", client.name, counts(client));
        let rows = client.gaps.iter().map(|gap| cells(twin, gap).to_vec());
        let rows: Vec<Vec<String>> = std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(rows).collect();
        let rows: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
        let is_outer = |column: usize| column == 0 || column + 1 == HEAD.len();
        let side = |column: usize| if is_outer(column) { Side::Left } else { Side::Right };
        text += &lines(&rows, side).iter().map(|line| format!("  {line}\n")).collect::<String>();
    }
    text += "\n";
    for line in how(twin) {
        text += &format!("{line}\n");
    }
    text
}
