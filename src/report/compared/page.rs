//! `index.html` of a comparison: the sentence, what differs, the charts, the tables. Complete without a script, and
//! without a request to anywhere.

use super::text::{matrix_clients, matrix_rows};
use super::{Cells, HEAD, MARKS, change_line, clients, heading, how, result, title};
use crate::chart::Chart;
use crate::compare::Comparison;
use crate::report::frame::Looks;
use crate::report::metric::unbroken;
use crate::report::several::{Drawn, drawn, looks};
use askama::Template;

#[derive(Template)]
#[template(path = "compared/page.html")]
struct Page<'a> {
    title: String,
    facts: Vec<String>,
    sentence: String,
    exception: String,
    changes: Vec<(String, Vec<[String; 3]>)>,
    warnings: &'a [String],
    charts: Vec<Drawn>,
    missing: &'a [String],
    tables: Vec<Table>,
    /// Whether a table has a column for each report.
    is_matrix: bool,
    how: String,
    marks: &'static str,
    gates: &'a [crate::compare::Gated],
    looks: Looks,
}

struct Table {
    client: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The page.
pub(super) fn page(comparison: &Comparison, charts: &[Chart]) -> String {
    let runs = 1..comparison.sides.len();
    let changes = runs.map(|run| {
        (title(comparison, run), comparison.sides[run].changes.iter().map(change_line).collect::<Vec<_>>())
    });
    let tables = if comparison.sides.len() == 2 {
        let of = |client: &str| Table {
            client: heading(comparison, 1, client),
            head: HEAD.map(str::to_owned).to_vec(),
            rows: (comparison.rows_of(1).filter(|row| row.client == client))
                .map(|row| Cells::of(row).list().to_vec())
                .collect(),
        };
        clients(comparison, 1).into_iter().map(of).collect()
    } else {
        let mut head = vec!["metric".to_owned()];
        head.extend(comparison.sides.iter().map(|side| side.name.clone()));
        (matrix_clients(comparison).into_iter())
            .map(|client| Table {
                client: client.to_owned(),
                head: head.clone(),
                rows: matrix_rows(comparison, client),
            })
            .collect()
    };
    let names: Vec<&str> = comparison.sides.iter().map(|side| side.name.as_str()).collect();
    let page = Page {
        title: names.join(" · "),
        facts: facts(comparison),
        sentence: unbroken(&comparison.answer.sentence),
        exception: unbroken(comparison.answer.exception.as_deref().unwrap_or_default()),
        changes: changes.collect(),
        warnings: &comparison.warnings,
        charts: drawn(charts),
        missing: &comparison.missing,
        tables,
        is_matrix: comparison.sides.len() > 2,
        how: how(comparison, 1),
        marks: MARKS,
        gates: &comparison.gates,
        looks: looks(),
    };
    page.render().expect("a page is text in memory")
}

/// What was compared: how many reports, their engine, and the version.
fn facts(comparison: &Comparison) -> Vec<String> {
    let engine = if comparison.sides[0].is_live { "live, over HTTP" } else { "virtual time" };
    vec![
        format!("{} reports", comparison.sides.len()),
        engine.to_owned(),
        format!("pollhook {}", env!("CARGO_PKG_VERSION")),
    ]
}
