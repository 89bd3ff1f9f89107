//! `index.html`: one page in one file. First the sentence, then five numbers for each client, the charts, the checks, and
//! all parameters of the run.
//!
//! This module decides the order and the words; the figures come from the results, and the charts are already drawn. The
//! page is complete without its script, makes no network request, and escapes every text that it is given.

mod head;
mod parameters;
mod proof;
mod reproduce;
mod sure;
mod tables;

use crate::report::frame::Looks;
use crate::report::metric;
use crate::scenario;
use crate::study::{Results, Verdict, answer, human};
use askama::Template;
use head::{Contender, Notice};
use parameters::Row;
use proof::Proof;
use reproduce::Reproduce;
use sure::Look;
use tables::Table;

/// What a page shows beside the results, made elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// The charts in the order of the page; neighbours of one chapter share a heading.
    pub charts: Vec<ChartView>,
    /// For each client its colour and symbol, as in the charts.
    pub marks: Vec<Mark>,
    /// Style sheet that defines the fonts and the charts' colours (`--chart-paper`, `--chart-text`, ...).
    pub css: String,
}

/// One chart, ready for the page.
#[derive(Clone, Debug, Default)]
pub struct ChartView {
    /// Stem of its files.
    pub name: String,
    /// The heading of its chapter.
    pub chapter: String,
    /// A question.
    pub title: String,
    /// Its answer.
    pub subtitle: String,
    /// How to read it.
    pub how_to_read: String,
    /// An `<svg>` element with a title and a description for those who do not see it; taken as it is.
    pub inline_svg: String,
}

/// How a client is marked.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// The CSS variable of its colour, such as `--chart-client-1`.
    pub variable: String,
    /// Its symbol.
    pub symbol: char,
}

impl Mark {
    /// Of a client that is in no chart.
    fn unknown() -> Self {
        Self { variable: "--chart-text".to_owned(), symbol: '●' }
    }
}

/// The page.
pub fn page(results: &Results, material: &Material) -> String {
    let proof = proof::proof(results);
    let parameters = scenario::parameters(&results.scenario);
    let names: Vec<String> = results.scenario.clients.iter().map(|client| client.name.clone()).collect();
    let answer = answer::answer(&results.summary, &results.scenario, &results.replications);
    let colours = material
        .marks
        .iter()
        .map(|Mark { variable, .. }| format!("[data-client=\"{variable}\"] .mark{{color:var({variable})}}"));
    let page = Page {
        title: metric::unbroken(&results.scenario.title),
        about: metric::paragraphs(&results.scenario.about),
        facts: head::facts(results),
        sentence: said(&answer.sentence),
        exception: said(&answer.exception.unwrap_or_default()),
        notices: head::notices(results, &proof),
        columns: head::columns(results),
        contenders: head::contenders(results, &material.marks),
        chapters: chapters(results, material),
        // Under the chart, if there is one.
        attacks: tables::got_in(results)
            .filter(|_| material.charts.iter().all(|chart| chart.name != "attacks")),
        attack_costs: tables::attack_costs(results),
        groups: parameters::groups(&parameters, &names),
        parameters: parameters.len(),
        changed: parameters.iter().filter(|parameter| !parameter.is_default).count(),
        scenario_text: scenario::to_toml(&results.scenario),
        again: reproduce::reproduce(results),
        data: data_files(results),
        sure: sure::table(results),
        worst: sure::worst(results),
        proof,
        results,
        looks: Looks::new(&material.css, &colours.collect::<String>()),
    };
    page.render().expect("a page is text in memory")
}

#[derive(Template)]
#[template(path = "html/page.html")]
struct Page<'a> {
    title: String,
    about: Vec<String>,
    facts: Vec<String>,
    sentence: Vec<Said>,
    exception: Vec<Said>,
    notices: Vec<Notice>,
    columns: [&'static str; 5],
    contenders: Vec<Contender>,
    chapters: Vec<Chapter<'a>>,
    attacks: Option<Table>,
    attack_costs: Option<Table>,
    sure: Option<Table>,
    worst: Vec<Look>,
    proof: Proof,
    groups: Vec<(String, Vec<Row<'a>>)>,
    parameters: usize,
    scenario_text: String,
    changed: usize,
    again: Reproduce,
    data: Vec<(String, &'static str)>,
    results: &'a Results,
    looks: Looks,
}

/// A part of a sentence.
struct Said {
    text: String,
    /// Whether it is an option of the command line, within which no line ends.
    is_option: bool,
}

/// A sentence in parts.
fn said(sentence: &str) -> Vec<Said> {
    let whole = metric::unbroken(sentence);
    let words = whole.split_inclusive(' ').map(|word| (word.starts_with("--"), word));
    let mut parts: Vec<Said> = Vec::new();
    for (is_option, word) in words {
        match parts.last_mut().filter(|last| last.is_option == is_option) {
            Some(last) => last.text += word,
            None => parts.push(Said { text: word.to_owned(), is_option }),
        }
    }
    parts
}

/// Charts under one heading.
struct Chapter<'a> {
    title: &'a str,
    /// What each client costs, in the chapter of the requests.
    costs: Option<Table>,
    /// What setting it up cost, where that is worth telling.
    set_up: Option<Table>,
    figures: Vec<FigureView<'a>>,
}

/// A chart with its table.
struct FigureView<'a> {
    chart: &'a ChartView,
    table: Option<Table>,
    /// The events whose stories another chart tells, where this one shows the worst points.
    stories: String,
}

/// The charts under the headings of their chapters, in the order in which they come.
fn chapters<'a>(results: &Results, material: &'a Material) -> Vec<Chapter<'a>> {
    let stories = stories(results);
    let is_told = material.charts.iter().any(|chart| chart.name == "story");
    let view = |chart: &'a ChartView| FigureView {
        chart,
        table: tables::table(&chart.name, results),
        stories: Some(&stories)
            .filter(|_| is_told && ["lanes", "known", "behind"].contains(&chart.name.as_str()))
            .cloned()
            .unwrap_or_default(),
    };
    let same = |one: &ChartView, other: &ChartView| one.chapter == other.chapter;
    let is_of_costs = |chart: &ChartView| chart.name == "requests";
    let chapter = |charts: &'a [ChartView]| Chapter {
        title: &charts[0].chapter,
        costs: charts.iter().any(is_of_costs).then(|| tables::costs(results)),
        set_up: charts.iter().any(is_of_costs).then(|| tables::set_up(results)).flatten(),
        figures: charts.iter().map(view).collect(),
    };
    material.charts.chunk_by(same).map(chapter).collect()
}

/// Which events have a story, and why: `of “hook” the first event that never came, 13:04; of ...`.
fn stories(results: &Results) -> String {
    let told = results.figures.stories.iter().map(|story| {
        let name = human::quoted(&results.summary.clients[story.client].name);
        format!("of {name} {}, {}", story.because, metric::clock(story.occurred_s))
    });
    let told: Vec<String> = told.collect();
    match told.split_at_checked(STORIES) {
        Some((first, more)) if !more.is_empty() => {
            format!("{}; and of {} more", first.join("; "), more.len())
        }
        _ => told.join("; "),
    }
}

/// Events that are named under a chart.
const STORIES: usize = 3;

/// The files next to the page, each with a short description.
fn data_files(results: &Results) -> Vec<(String, &'static str)> {
    let mut files = vec![("summary.json".to_owned(), "every figure of this page")];
    if results.rows.is_some() {
        files.push(("events.csv".to_owned(), "a row for each event and client"));
    }
    files.push(("replications.csv".to_owned(), "every figure of each replication"));
    files.push(("requests.csv".to_owned(), "requests in each bin of time"));
    let names: Vec<&str> = results.summary.clients.iter().map(|client| client.name.as_str()).collect();
    let logs =
        super::names::stems(&names).into_iter().map(|stem| (format!("{stem}.hdr"), "latency, HdrHistogram"));
    files.extend(logs);
    files
}

#[cfg(test)]
mod tests;
