//! `index.html` of a comparison: the sentence, what differs, the charts, the tables. Complete without a script, and
//! without a request to anywhere.

use super::text::{matrix_clients, matrix_rows};
use super::{Cells, HEAD, MARKS, change_line, clients, how, title};
use crate::chart::Chart;
use crate::compare::Comparison;
use crate::report::several::{Drawn, drawn, style};
use askama::Template;

#[derive(Template)]
#[template(path = "compared/page.html")]
struct Page<'a> {
    title: String,
    sentence: &'a str,
    exception: &'a str,
    changes: Vec<(String, Vec<[String; 3]>)>,
    warnings: &'a [String],
    charts: Vec<Drawn<'a>>,
    lacks_events: bool,
    tables: Vec<Table>,
    how: String,
    marks: &'static str,
    gates: &'a [crate::compare::Gated],
    style: String,
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
            client: comparison.client_title(1, client),
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
        sentence: &comparison.answer.sentence,
        exception: comparison.answer.exception.as_deref().unwrap_or_default(),
        changes: changes.collect(),
        warnings: &comparison.warnings,
        charts: drawn(charts),
        lacks_events: comparison.lacks_events(),
        tables,
        how: how(comparison, 1),
        marks: MARKS,
        gates: &comparison.gates,
        style: style(),
    };
    page.render().expect("a page is text in memory")
}
