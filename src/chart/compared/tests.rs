//! Each chart is shown for a pair of runs of which it says something, and left out for one of which it does not.

use super::super::{Theme, png};
use super::of_comparison;
use crate::compare::{Comparison, Event, Options, Report, Single, compare};
use crate::scenario::{self, Override};
use crate::sim::RunOptions;
use crate::study;
use std::collections::BTreeMap;

const TEXT: &str = "seed = 7\nreplications = 4\nduration = \"2h\"\n[events]\narrivals = { process = \"poisson\", rate = \"60/h\" }\n\
    [[client]]\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nname = \"hook\"\nkind = \"webhook\"\n";
const OUTAGE: &str = "[[outage]]\nclient = \"hook\"\nfrom = \"50m\"\nfor = \"20m\"\nmode = \"refuse\"\n";

fn report(name: &str, text: &str, changes: &[(&str, &str)]) -> Report {
    let set = |&(path, value): &(&str, &str)| Override { path: path.into(), value: value.into() };
    let overrides: Vec<Override> = changes.iter().map(set).collect();
    let scenario = scenario::load("pair", text, &overrides).unwrap_or_else(|problems| panic!("{problems}"));
    let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it");
    let client = |place: usize| results.summary.clients[place].name.clone();
    let mut replications: BTreeMap<String, Vec<Vec<Option<f64>>>> = BTreeMap::new();
    for row in results.replications.rows() {
        replications.entry(client(row.client)).or_default().push(row.figures.clone());
    }
    let mut events: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for row in results.rows.iter().flatten() {
        events.entry(client(row.client)).or_default().push(Event {
            id: row.event.clone(),
            member: row.member,
            occurred_s: row.occurred_s,
            latency_s: row.latency_s.unwrap_or(f64::INFINITY),
        });
    }
    let bins = &results.figures.requests;
    let requests = bins.clients.iter().map(|own| {
        let sent = own.bins.iter().enumerate().map(|(place, bin)| {
            let all = bin.brought_news() + bin.empty + bin.failed + bin.unacknowledged;
            (bins.from_s + place as f64 * bins.bin_s, all)
        });
        (client(own.client), sent.collect())
    });
    let single = Single { events: Some(events), requests: Some(requests.collect()), again: None };
    let mut report = Report { name: name.to_owned(), summary: results.summary, replications, single };
    report.take_again(Ok(study::Again::new(&scenario, scenario.replications, 0)));
    report
}

fn compared(reports: &[Report]) -> Comparison {
    compare(reports, &Options { all: false, margin: 0.01, gates: Vec::new(), strict: false }).unwrap()
}

/// The charts of these reports; for a reader that asks for them, as pictures.
fn names(label: &str, reports: &[Report]) -> Vec<&'static str> {
    let folder = std::env::var_os("POLLHOOK_CHARTS").map(std::path::PathBuf::from);
    let charts = of_comparison(&compared(reports));
    for chart in &charts {
        let picture = png(&chart.svg(Theme::Light)).expect("a chart can be drawn");
        assert!(picture.len() > 4_000, "{} of {label}", chart.name);
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{label}-{}.png", chart.name)), picture).unwrap();
            let dark = png(&chart.svg(Theme::Dark)).expect("a chart can be drawn");
            std::fs::write(folder.join(format!("{label}-{}-dark.png", chart.name)), dark).unwrap();
        }
    }
    charts.iter().map(|chart| chart.name).collect()
}

#[test]
fn a_chart_is_shown_where_it_says_something() {
    let base = report("base", TEXT, &[]);
    let fast = report("fast", TEXT, &[("client.poll 60s.interval", "20s")]);
    let outage = report("outage", &(TEXT.to_owned() + OUTAGE), &[]);
    let seed = report("seed", TEXT, &[("seed", "8")]);
    let pair = |one: &Report, other: &Report| [one.clone(), other.clone()];
    assert_eq!(names("same", &pair(&base, &base)), [""; 0]);
    assert_eq!(names("fast", &pair(&base, &fast)), ["ratios", "known", "differences", "quantiles", "beside"]);
    assert_eq!(
        names("outage", &pair(&base, &outage)),
        ["ratios", "known", "differences", "quantiles", "beside", "requests"]
    );
    let of_seed = names("seed", &pair(&base, &seed));
    assert_eq!(of_seed, ["ratios", "known", "quantiles"], "events of other seeds are not the same");
    let between = report("between", TEXT, &[("client.poll 60s.interval", "40s")]);
    assert_eq!(names("three", &[base.clone(), between, fast.clone()]), ["ratios", "slopes"]);
    let mut without = fast;
    without.single.again = None;
    let of_one_run = names("one", &[base.clone(), without.clone()]);
    assert_eq!(of_one_run, ["ratios", "known", "differences", "quantiles"]);
    let told = |reports: &[Report], is_live: bool| {
        let mut comparison = compared(reports);
        comparison.sides.iter_mut().for_each(|side| side.is_live = is_live);
        let charts = of_comparison(&comparison);
        charts.iter().find(|chart| chart.name == "quantiles").unwrap().subtitle.clone()
    };
    let pair = [base.clone(), without.clone()];
    assert!(told(&pair, false).ends_with("and these were not run again."), "{}", told(&pair, false));
    assert!(told(&pair, true).ends_with("a live run cannot be run again."), "{}", told(&pair, true));
    without.single.events = None;
    assert_eq!(names("without", &[base, without]), ["ratios"]);
}

#[test]
fn sentences_name_both_reports_and_the_share_that_is_later() {
    let base = report("base", TEXT, &[]);
    let fast = report("fast", TEXT, &[("client.poll 60s.interval", "20s")]);
    let charts = of_comparison(&compared(&[base, fast]));
    let told = |name: &str| {
        let chart = charts.iter().find(|chart| chart.name == name).unwrap();
        chart.subtitle.replace(['\u{a0}', '\u{202f}'], " ")
    };
    let known = told("known");
    assert!(
        known.starts_with("One run of each. poll 20s instead of poll 60s: the typical event is known after "),
        "{known}"
    );
    assert!(known.contains(" in fast, ") && known.ends_with(" in base."), "{known}");
    let differences = told("differences");
    assert!(differences.contains("later for ") && differences.contains("sooner for "), "{differences}");
    let quantiles = told("quantiles");
    assert!(quantiles.contains("the typical event ") && quantiles.contains(" s sooner"), "{quantiles}");
    assert!(quantiles.ends_with(
        "4 runs of each, taken together: no band, because fewer than 6 do not show how much chance does."
    ));
    let beside = told("beside");
    assert!(
        beside.contains(" into the run, is known after ") && beside.contains(" in fast and known after "),
        "{beside}"
    );
    assert!(differences.contains(" instead of ") && differences.contains(" into the run)"), "{differences}");
}
