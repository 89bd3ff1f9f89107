//! `index.html` of a twin run: the sentence, the charts, the tables. Complete without a script, and without a request to
//! anywhere.

use super::{HEAD, cells, counts, how};
use crate::chart::Chart;
use crate::report::frame::Looks;
use crate::report::metric::unbroken;
use crate::report::several::{Drawn, drawn, looks};
use crate::twin::Twin;
use askama::Template;

#[derive(Template)]
#[template(path = "twin/page.html")]
struct Page<'a> {
    title: &'a str,
    name: &'a str,
    facts: Vec<String>,
    sentence: String,
    exception: String,
    charts: Vec<Drawn>,
    tables: Vec<Table<'a>>,
    how: Vec<String>,
    looks: Looks,
}

struct Table<'a> {
    client: &'a str,
    counts: String,
    head: [&'static str; 7],
    rows: Vec<[String; 7]>,
}

pub(super) fn page(twin: &Twin, charts: &[Chart]) -> String {
    let (sentence, exception) = twin.answer();
    let page = Page {
        title: &twin.scenario.title,
        name: &twin.scenario.name,
        facts: vec![
            "twin: live beside virtual time".to_owned(),
            format!("seed {}", twin.scenario.seed),
            format!("pollhook {}", env!("CARGO_PKG_VERSION")),
        ],
        sentence: unbroken(&sentence),
        exception: unbroken(&exception),
        charts: drawn(charts),
        tables: (twin.clients.iter())
            .map(|client| Table {
                client: &client.name,
                counts: counts(client),
                head: HEAD,
                rows: client.gaps.iter().map(|gap| cells(twin, gap)).collect(),
            })
            .collect(),
        how: how(twin).iter().map(|line| unbroken(line)).collect(),
        looks: looks(),
    };
    page.render().expect("a page is text in memory")
}
