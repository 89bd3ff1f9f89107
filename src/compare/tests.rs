//! Pairs of runs that must trigger each warning, mark and gate, run in virtual time.

use super::*;
use crate::figure::Figure;
use crate::scenario::{self, Override};
use crate::sim::RunOptions;

const TEXT: &str = "seed = 7\nreplications = 8\nduration = \"2h\"\n[events]\narrivals = { process = \"poisson\", rate = \"60/h\" }\n\
    [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nname = \"hook\"\nkind = \"webhook\"\n";

fn report(name: &str, changes: &[(&str, &str)]) -> Report {
    of(TEXT, name, changes)
}

fn of(text: &str, name: &str, changes: &[(&str, &str)]) -> Report {
    let set = |&(path, value): &(&str, &str)| Override { path: path.into(), value: value.into() };
    let overrides: Vec<Override> = changes.iter().map(set).collect();
    let scenario = scenario::load("pair", text, &overrides).unwrap_or_else(|problems| panic!("{problems}"));
    let results =
        crate::study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it");
    let mut replications: BTreeMap<String, Vec<Vec<Option<f64>>>> = BTreeMap::new();
    for row in results.replications.rows() {
        let client = &results.summary.clients[row.client].name;
        replications.entry(client.clone()).or_default().push(row.figures.clone());
    }
    Report { name: name.to_owned(), summary: results.summary, replications, single: Single::default() }
}

fn options(gates: &[&str], strict: bool) -> Options {
    let gates = gates.iter().map(|gate| gate.parse().unwrap()).collect();
    Options { all: false, margin: 0.01, gates, strict }
}

fn compared(base: &Report, other: &Report) -> Comparison {
    compare(&[base.clone(), other.clone()], &options(&[], false)).unwrap()
}

fn verdict(comparison: &Comparison, client: &str, figure: Figure) -> Verdict {
    let row = comparison.rows.iter().find(|row| row.client == client && row.figure == figure);
    row.unwrap_or_else(|| panic!("{client} {}", figure.path())).verdict
}

#[test]
fn a_report_beside_itself_is_the_same_in_every_figure() {
    let base = report("base", &[]);
    let comparison = compared(&base, &base);
    assert!(comparison.rows.iter().all(|row| row.verdict == Verdict::SameBytes), "{:?}", comparison.rows);
    assert!(comparison.warnings.is_empty() && comparison.sides[1].changes.is_empty());
    assert!(comparison.answer.text().contains("the same"), "{}", comparison.answer.text());
}

#[test]
fn a_shorter_interval_is_sooner_and_asks_more_and_leaves_the_other_client_alone() {
    let comparison = compared(&report("base", &[]), &report("other", &[("client.poll.interval", "20s")]));
    assert_eq!(comparison.sides[1].pairing, Pairing::SameEvents);
    assert_eq!(verdict(&comparison, "poll", Figure::KnownAfterP50), Verdict::Better);
    assert_eq!(verdict(&comparison, "poll", Figure::RequestsTotal), Verdict::Worse);
    assert_eq!(verdict(&comparison, "hook", Figure::KnownAfterP50), Verdict::SameBytes);
    let paths: Vec<&str> = comparison.sides[1].changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["client.poll.interval_s"]);
    let text = comparison.answer.text();
    assert!(text.starts_with("Better: poll, ") && text.contains("But worse: poll, "), "{text}");
    assert!(text.contains("in 8 of 8 runs"), "{text}");
}

#[test]
fn each_warning_has_a_pair_that_triggers_it() {
    let base = report("base", &[]);
    let said = |changes: &[(&str, &str)]| compared(&base, &report("other", changes)).warnings.join("\n");
    assert!(
        said(&[("client.poll.interval", "20s"), ("client.hook.deadline", "5s")])
            .contains("2 parameters changed")
    );
    assert!(said(&[("duration", "1h")]).contains("not comparable"));
    assert!(said(&[("replications", "5")]).contains("only the 5 replications"));
    assert!(said(&[("seed", "8"), ("replications", "1")]).contains("nothing tells"));
    assert!(said(&[("replications", "1")]).contains("exact for this seed"));
    assert_eq!(said(&[("client.poll.interval", "20s")]), "");
    let mut old = base.clone();
    old.summary.version = "0.0.1".to_owned();
    old.summary.complete = false;
    let warnings = compared(&base, &old).warnings.join("\n");
    assert!(warnings.contains("0.0.1") && warnings.contains("stopped before"), "{warnings}");
}

#[test]
fn what_means_nothing_is_refused_with_the_remedy() {
    let base = report("base", &[]);
    let refused = |change: fn(&mut Report)| {
        let mut other = base.clone();
        change(&mut other);
        compare(&[base.clone(), other], &options(&[], false)).unwrap_err()
    };
    assert!(refused(|other| other.summary.schema = 2).contains("run its scenario again"));
    let engine = refused(|other| other.summary.engine = crate::study::summary::Engine::Live);
    assert!(engine.contains("the same one"), "{engine}");
}

/// Counts over windows of other lengths are no better or worse, and a warm-up that was found is no second change.
#[test]
fn counts_after_different_warm_ups_are_not_compared() {
    let base = report("base", &[]);
    let later = compared(&base, &report("later", &[("warmup", "1h")]));
    for figure in [Figure::RequestsTotal, Figure::BytesTotal, Figure::KnownAfterMax, Figure::EventsLost] {
        assert_eq!(verdict(&later, "poll", figure), Verdict::NotComparable, "{}", figure.path());
    }
    assert_ne!(verdict(&later, "poll", Figure::KnownAfterP50), Verdict::NotComparable);
    // The replications have the same events all the same; single runs count others.
    assert_eq!(later.sides[1].pairing, Pairing::SameEvents);
    let once = |warmup: &str| report("once", &[("warmup", warmup), ("replications", "1")]);
    assert_eq!(compared(&once("0s"), &once("1h")).sides[1].pairing, Pairing::Independent);
    let [warning] = &later.warnings[..] else { panic!("{:?}", later.warnings) };
    assert!(warning.replace('\u{a0}', " ").contains("a warm-up of 0 s and 1 h"), "{warning}");
    let gates = options(&["hook.bytes.total < -10%"], false);
    let gated = compare(&[base, report("later", &[("warmup", "1h")])], &gates).unwrap();
    assert_eq!(gated.gates[0].outcome, Outcome::CannotTell);
    let found = |name: &str, seconds: u32, changes: &[(&str, &str)]| {
        let mut report = report(name, changes);
        report.summary.scenario["warmup"] = "auto".into();
        report.summary.scenario["warmup_s"] = seconds.into();
        report
    };
    let both = compared(&found("base", 300, &[]), &found("other", 420, &[("client.poll.interval", "20s")]));
    assert!(
        both.warnings.iter().all(|warning| !warning.contains("parameters changed")),
        "{:?}",
        both.warnings
    );
}

/// The figures that changed come before those that did not.
#[test]
fn what_changed_stands_first() {
    let comparison = compared(&report("base", &[]), &report("other", &[("client.poll.interval", "20s")]));
    let ranks = |client: &str| {
        let own = comparison.rows.iter().filter(|row| row.client == client);
        own.map(Row::rank).collect::<Vec<_>>()
    };
    let poll = ranks("poll");
    assert!(poll.is_sorted() && poll[0] == 0 && poll[poll.len() - 1] == 7, "{poll:?}");
    let clients: Vec<&str> = comparison.rows.iter().map(|row| row.client.as_str()).collect();
    assert!(clients.is_sorted_by_key(|client| *client == "hook"), "{clients:?}");
}

/// A report as a live run of a scenario of that name would write it, after turns with the others.
fn live(name: &str, changes: &[(&str, &str)], turns: &[&str]) -> Report {
    let mut report = report(name, changes);
    report.summary.scenario["name"] = name.into();
    report.summary.engine = crate::study::summary::Engine::Live;
    let in_turns_with = turns.iter().map(|&turn| turn.to_owned()).collect();
    report.summary.live = Some(crate::study::summary::Live { in_turns_with, ..Default::default() });
    report
}

#[test]
fn few_live_runs_have_no_verdict_whatever_they_measured() {
    let few = [("replications", "5")];
    let other = [few[0], ("client.poll.interval", "20s")];
    let comparison = compared(&live("a", &few, &["b"]), &live("b", &other, &["a"]));
    assert_eq!(verdict(&comparison, "poll", Figure::KnownAfterP50), Verdict::CannotTell);
    assert_eq!(verdict(&comparison, "hook", Figure::KnownAfterP50), Verdict::SameBytes);
    let [warning] = &comparison.warnings[..] else { panic!("{:?}", comparison.warnings) };
    assert!(warning.contains("these have 5 and 5") && warning.contains("--replications 6`"), "{warning}");
    assert!(comparison.answer.text().contains("at least 6 repetitions"), "{}", comparison.answer.text());
    assert!(comparison.rows.iter().all(|row| row.needed.is_none()), "no number of such runs is named");
    let gates = options(&["poll.requests.total > +5%"], false);
    let gated = compare(&[live("a", &few, &["b"]), live("b", &other, &["a"])], &gates).unwrap();
    assert_eq!(gated.gates[0].outcome, Outcome::CannotTell);
    assert!(gated.gates[0].because.contains("fewer than 6"), "{}", gated.gates[0].because);
}

/// Six repetitions are judged; a reader is warned where the machine may have changed in between.
#[test]
fn live_runs_that_took_no_turns_are_judged_with_a_warning() {
    let other = [("client.poll.interval", "20s")];
    let said = |turns: [&[&str]; 2]| {
        let comparison = compared(&live("a", &[], turns[0]), &live("b", &other, turns[1]));
        assert_eq!(verdict(&comparison, "poll", Figure::KnownAfterP50), Verdict::Better);
        comparison.warnings.join("\n")
    };
    assert_eq!(said([&["b"], &["c", "a"]]), "");
    for apart in [said([&[], &[]]), said([&["b"], &[]]), said([&["c"], &["a"]])] {
        assert!(apart.contains("did not take turns") && apart.contains("pollhook run --live"), "{apart}");
    }
}

#[test]
fn lengths_and_clients_that_only_one_has_are_marked() {
    let base = report("base", &[]);
    let comparison = compared(&base, &report("other", &[("duration", "1h")]));
    assert_eq!(verdict(&comparison, "poll", Figure::RequestsTotal), Verdict::NotComparable);
    let more = TEXT.to_owned() + "[[client]]\nname = \"stream\"\nkind = \"sse\"\n";
    let more = of(&more, "more", &[]);
    assert_eq!(verdict(&compared(&base, &more), "stream", Figure::RequestsTotal), Verdict::New);
    let fewer = compared(&more, &base);
    assert_eq!(verdict(&fewer, "stream", Figure::RequestsTotal), Verdict::Gone);
    assert_eq!(
        fewer.answer.text(),
        "What the reports have in common is the same: every such figure has the same value in every run. Not every report \
         has “stream”, of which nothing is compared."
    );
}

/// Without a name a client is called by its interval.
#[test]
fn a_client_that_changed_its_name_with_its_interval_is_compared() {
    let unnamed = TEXT.replace("name = \"poll\"\n", "");
    let [slow, fast] =
        ["60s", "20s"].map(|interval| of(&unnamed, interval, &[("client.poll 60s.interval", interval)]));
    let gates = ["poll 60s.requests.total > +5%", "poll 20s.requests.total > +5%"];
    let comparison = compare(&[slow.clone(), fast.clone()], &options(&gates, false)).unwrap();
    assert_eq!(verdict(&comparison, "poll 60s", Figure::KnownAfterP50), Verdict::Better);
    assert!(comparison.gates.iter().all(|gate| gate.outcome == Outcome::Fail), "{:?}", comparison.gates);
    assert!(comparison.rows.iter().all(|row| !matches!(row.verdict, Verdict::New | Verdict::Gone)));
    let changes: Vec<&str> = comparison.sides[1].changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(changes, ["client.poll 60s.interval_s", "client.poll 60s.name"]);
    assert!(comparison.warnings.is_empty(), "one setting changed: {:?}", comparison.warnings);
    let text = comparison.answer.text();
    assert!(text.starts_with("Better: poll 20s instead of poll 60s, "), "{text}");
    // With two of a kind and another number of clients nothing tells which one is which.
    let two = unnamed + "[[client]]\nkind = \"poll\"\ninterval = \"5m\"\n";
    let comparison = compared(&of(&two, "two", &[("client.poll 60s.interval", "20s")]), &slow);
    assert_eq!(verdict(&comparison, "poll 60s", Figure::RequestsTotal), Verdict::New);
    // In the same place of equally many clients it does.
    let both = two.replace("60s", "20s").replace("5m", "1m");
    let comparison = compared(&of(&two, "two", &[]), &of(&both, "both", &[]));
    let pairs = &comparison.sides[1].renamed;
    let pairs: Vec<_> = pairs.iter().map(|pair| (pair.base.as_str(), pair.other.as_str())).collect();
    assert_eq!(pairs, [("poll 60s", "poll 20s"), ("poll 5m", "poll 1m")]);
}

#[test]
fn a_gate_fails_where_its_change_is_established_or_its_figure_missing() {
    let reports = [report("base", &[]), report("other", &[("client.poll.interval", "20s")])];
    let outcome = |gate: &str, strict: bool| {
        let comparison = compare(&reports, &options(&[gate], strict)).unwrap();
        (comparison.gates[0].outcome, comparison.fails())
    };
    assert_eq!(outcome("poll.requests.total > +5%", false), (Outcome::Fail, true));
    assert_eq!(outcome("poll.requests.total > +500%", false), (Outcome::Pass, false));
    assert_eq!(outcome("poll.known_after_s.p50 > +5%", false), (Outcome::Pass, false));
    assert_eq!(outcome("hook.fresh_share < -1%", false), (Outcome::Pass, false));
    assert_eq!(outcome("nobody.requests.total > +5%", false), (Outcome::Missing, true));
    assert_eq!(outcome("poll.nothing > +5%", false), (Outcome::Missing, true));
    // With other events the few of a run leave open what a slight change would be.
    let reports = [report("base", &[]), report("other", &[("seed", "8")])];
    let outcome = |strict: bool| {
        let comparison = compare(&reports, &options(&["poll.known_after_s.p50 > +0.1%"], strict)).unwrap();
        (comparison.gates[0].outcome, comparison.fails(), comparison.rows[0].gate)
    };
    assert_eq!(outcome(false), (Outcome::CannotTell, false, Some(true)));
    assert_eq!(outcome(true), (Outcome::CannotTell, true, Some(false)));
}

/// 200 pairs of the same scenario with other seeds. Chance calls a figure better or worse in at most 5 % of them; the
/// bound leaves four standard errors above that. The first sentence weighs all figures together.
#[test]
#[ignore = "four hundred runs of ten replications; .ci/run runs it"]
fn equal_scenarios_are_seldom_called_better_or_worse() {
    let seeds: Vec<String> = (1..=400).map(|seed| seed.to_string()).collect();
    let of_seed = |seed: &String| report("run", &[("seed", seed), ("replications", "10")]);
    let mut called: BTreeMap<(String, &str), u32> = BTreeMap::new();
    let mut sentences = 0;
    for pair in seeds.chunks(2) {
        let comparison = compared(&of_seed(&pair[0]), &of_seed(&pair[1]));
        assert_eq!(comparison.sides[1].pairing, Pairing::Independent);
        for row in comparison.rows.iter().filter(|row| row.verdict.is_a_change()) {
            *called.entry((row.client.clone(), row.figure.path())).or_default() += 1;
        }
        let sentence = comparison.answer.sentence;
        sentences += u32::from(sentence.starts_with("Better") || sentence.starts_with("Worse"));
    }
    // 200 pairs: 5 % are 10, with a standard error of 3.1.
    assert!(called.values().all(|&count| count <= 22), "{called:?}");
    assert!(sentences <= 10, "{sentences} sentences name a change; {called:?}");
}

/// The table marks each figure by itself, and the sentence names what holds together with all others: it may not deny
/// what the table says.
#[test]
fn the_sentence_does_not_deny_a_mark_of_the_table() {
    let mut comparison = compared(&report("base", &[]), &report("other", &[("client.poll.interval", "20s")]));
    for row in comparison.rows.iter_mut().filter(|row| row.verdict == Verdict::Better) {
        row.chance = 0.04;
    }
    let marked = comparison.rows.iter().filter(|row| row.verdict == Verdict::Better).count();
    let text = answer::answer(&comparison).text();
    assert!(text.starts_with("Worse: poll, "), "{text}");
    let words = format!("{marked} figures are marked better, which chance may explain among so many.");
    assert!(marked > 1 && text.ends_with(&words), "{text}");
}

/// What a report does not have is said, and nothing else of it.
#[test]
fn what_is_not_drawn_is_named_with_its_reason() {
    let base = report("base", &[]);
    let scenario = scenario::load("pair", TEXT, &[]).unwrap();
    let again = || crate::study::Again::new(&scenario, 2, 0);
    let mut other = report("other", &[]);
    other.single.requests = Some(BTreeMap::new());
    let lines = compared(&base, &other).missing;
    let about =
        |name: &str, what: &str| lines.iter().any(|line| line.starts_with(name) && line.contains(what));
    assert!(
        about("base", "no events.csv") && about("base", "no requests.csv") && about("other", "no events.csv")
    );
    assert_eq!(lines.len(), 3);
    // Run again, the events are there; where it is another run, they are not taken.
    other.take_again(Ok(again()));
    let mut edited = report("edited", &[]);
    edited.single.requests = Some(BTreeMap::new());
    edited.replications.get_mut("poll").unwrap()[1][0] = Some(0.5);
    edited.take_again(Ok(again()));
    let lines = compared(&other, &edited).missing;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("edited has no events.csv"), "{lines:?}");
    assert!(lines[1].contains("edited was not run again: this program measures other figures"), "{lines:?}");
}

/// The event that both tell is the one whose latencies differ most.
#[test]
fn the_event_with_the_largest_difference_is_told_in_both() {
    let changes = [("client.poll.interval", "20s")];
    let with = |name: &str, changes: &[(&str, &str)]| {
        let mut report = report(name, changes);
        let set = |&(path, value): &(&str, &str)| Override { path: path.into(), value: value.into() };
        let scenario = scenario::load("pair", TEXT, &changes.iter().map(set).collect::<Vec<_>>()).unwrap();
        report.take_again(Ok(crate::study::Again::new(&scenario, 8, 0)));
        report
    };
    let comparison = compared(&with("base", &[]), &with("other", &changes));
    let [poll, hook] = &comparison.pictured[..] else { panic!() };
    assert!(hook.beside.is_none(), "nothing differs");
    let [base, other] = &poll.beside.as_ref().unwrap().told;
    let (event, both) = poll.paired.as_ref().unwrap().most.as_ref().unwrap();
    let known = [base, other].map(|told| told.story.known_after_s.unwrap());
    assert_eq!((&base.event, &other.event, known), (&event.id, &event.id, *both));
    assert_eq!((base.asked.len(), other.asked.len()), (1, 1), "each poll brings what waits");
}

#[test]
fn as_many_replications_are_run_again_as_are_a_second_of_work() {
    let of = |requests: u64, replications: u32| {
        let mut report = report("run", &[("replications", "1"), ("duration", "10m")]);
        report.summary.replications = replications;
        for client in &mut report.summary.clients {
            (client.requests.total, client.events.occurred) = (0, 0);
        }
        report.summary.clients[0].requests.total = requests;
        report.replications_again()
    };
    // Of all replications together.
    assert_eq!([of(3_000, 30), of(100_000_000, 1_000), of(1_000, 1_000)], [30, 10, 200]);
    assert_eq!([of(3_000_000, 1), of(6_000_000, 2), of(9_000_000, 1)], [1, 1, 0]);
}
