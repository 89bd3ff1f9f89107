//! `index.html` of a sweep: the sentence, the charts, what was varied, the table. Complete without a script, and without a
//! request to anywhere.

use super::table::{Table, tables};
use crate::chart::Chart;
use crate::report::frame::Looks;
use crate::report::metric::unbroken;
use crate::report::several::{Drawn, drawn, looks};
use crate::sweep::{Sweep, Vary};
use askama::Template;

#[derive(Template)]
#[template(path = "swept/page.html")]
struct Page<'a> {
    title: &'a str,
    name: &'a str,
    facts: Vec<String>,
    about: Vec<String>,
    sentence: String,
    exception: String,
    broken: &'a [String],
    vary: &'a [Vary],
    wishes: Vec<&'a str>,
    charts: Vec<Drawn>,
    tables: Vec<Table>,
    looks: Looks,
}

pub(super) fn page(sweep: &Sweep, charts: &[Chart]) -> String {
    let replications = sweep.replications();
    let runs = if replications == 1 { "1 run".to_owned() } else { format!("{replications} runs") };
    let page = Page {
        title: &sweep.base.title,
        name: &sweep.base.name,
        facts: vec![
            "sweep".to_owned(),
            format!("{} of {} settings", sweep.points.len(), sweep.grid.settings.len()),
            format!("{runs} of each"),
            format!("seed {}", sweep.base.seed),
            format!("pollhook {}", env!("CARGO_PKG_VERSION")),
        ],
        about: crate::report::metric::paragraphs(&sweep.base.about),
        sentence: unbroken(&sweep.answer.sentence),
        exception: unbroken(&sweep.answer.exception),
        broken: &sweep.answer.broken,
        vary: &sweep.grid.vary,
        wishes: sweep.asked.wishes.iter().map(|wish| wish.text.as_str()).collect(),
        charts: drawn(charts),
        tables: tables(sweep),
        looks: looks(),
    };
    page.render().expect("a page is text in memory")
}
