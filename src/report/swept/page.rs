//! `index.html` of a sweep: the sentence, the charts, what was varied, the table. Complete without a script, and without a
//! request to anywhere.

use super::table::{Table, tables};
use crate::chart::Chart;
use crate::report::metric::unbroken;
use crate::report::several::{Drawn, drawn, style};
use crate::sweep::{Sweep, Vary};
use askama::Template;

#[derive(Template)]
#[template(path = "swept/page.html")]
struct Page<'a> {
    title: &'a str,
    about: Vec<String>,
    sentence: String,
    exception: String,
    vary: &'a [Vary],
    wishes: Vec<&'a str>,
    charts: Vec<Drawn<'a>>,
    tables: Vec<Table>,
    run: String,
    style: String,
}

pub(super) fn page(sweep: &Sweep, charts: &[Chart]) -> String {
    let replications = sweep.replications();
    let runs = if replications == 1 { "1 run".to_owned() } else { format!("{replications} runs") };
    let page = Page {
        title: &sweep.base.title,
        about: crate::report::metric::paragraphs(&sweep.base.about),
        sentence: unbroken(&sweep.answer.sentence),
        exception: unbroken(&sweep.answer.exception),
        vary: &sweep.grid.vary,
        wishes: sweep.asked.wishes.iter().map(|wish| wish.text.as_str()).collect(),
        charts: drawn(charts),
        tables: tables(sweep),
        run: format!(
            "{} of {} settings, {runs} of each, seed {}, pollhook {}.",
            sweep.points.len(),
            sweep.grid.settings.len(),
            sweep.base.seed,
            env!("CARGO_PKG_VERSION")
        ),
        style: style(),
    };
    page.render().expect("a page is text in memory")
}
