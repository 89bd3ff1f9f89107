//! Scenario files from outside: every shipped one loads, obeys the schema and survives being written and read;
//! every bad one is refused with messages that a snapshot keeps, by the reader and by the schema.
//!
//! `UPDATE=1` writes `scenarios/scenario.schema.json` anew.

use pollhook::scenario::{
    self, Override, Problems, Scenario, Shipped, load, parameters, resolved, shipped, template, to_toml,
};
use std::fs;
use std::path::{Path, PathBuf};

fn load_shipped(shipped: &Shipped) -> Scenario {
    load(shipped.name, shipped.text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn load_with(name: &str, set: &[&str]) -> Result<Scenario, Problems> {
    let overrides: Vec<Override> = set.iter().map(|set| set.parse().expect("PATH=VALUE")).collect();
    load(name, scenario::find(name).expect("a shipped scenario").text, &overrides)
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of the TOML files in a folder, sorted.
fn stems(name: &str) -> Vec<String> {
    let files = fs::read_dir(folder(name)).expect("the folder").map(|entry| entry.expect("an entry").path());
    let toml = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let mut stems: Vec<String> =
        toml.map(|path| path.file_stem().expect("a name").to_string_lossy().into()).collect();
    stems.sort();
    stems
}

fn bad(stem: &str) -> String {
    fs::read_to_string(folder("tests/bad").join(stem).with_extension("toml")).expect("a bad file")
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&scenario::schema()).expect("a valid schema")
}

fn as_json(toml: &str) -> serde_json::Value {
    serde_json::to_value(toml::from_str::<toml::Table>(toml).expect("TOML")).expect("JSON")
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let mut names: Vec<&str> = shipped().iter().map(|shipped| shipped.name).collect();
    assert_eq!(names.first(), Some(&"day"), "the first one runs when none is named");
    names.sort_unstable();
    assert_eq!(stems("scenarios"), names);
}

#[test]
fn every_shipped_scenario_asks_and_answers() {
    for shipped in shipped() {
        let scenario = load_shipped(shipped);
        assert!(shipped.text.starts_with("#:schema scenario.schema.json\n"), "{}", shipped.name);
        assert!(scenario.title.ends_with('?'), "{}: the title is no question", shipped.name);
        assert!(!scenario.about.is_empty(), "{}", shipped.name);
        assert!(!scenario.expectations.is_empty(), "{}", shipped.name);
    }
}

#[test]
fn what_is_written_loads_to_an_equal_scenario() {
    for shipped in shipped() {
        let scenario = load_shipped(shipped);
        let toml = to_toml(&scenario);
        let again = load(shipped.name, &toml, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(again, scenario, "{toml}");
        assert!(validator().is_valid(&as_json(&toml)), "{toml}");
    }
}

/// What the shipped scenarios do not use.
#[test]
fn every_kind_of_value_survives_being_written() {
    let unusual = [
        "title=\"two\\nlines, \\\"quoted\\\"\"",
        "drain=90s",
        "seed=18446744073709551615",
        "events.payload={ format = 'xml', size = '3KiB' }",
        "events.arrivals={ process = 'constant', rate = '0.7/m', first = '1ns' }",
        "source.service_time={ distribution = 'lognormal', median = '20ms', sigma = 0.1 }",
        "network.to_source={ distribution = 'pareto', min = '1ms', shape = 1.0001 }",
        "network.to_client={ distribution = 'uniform', min = '1ms', max = '1ms' }",
        "network.loss_to_client=0.3333333333333333",
        "client.poll 60s.interval={ distribution = 'exponential', mean = '1m' }",
        "client.0.phase=1.5s",
        "client.0.pacing=fixed-delay",
        "client.0.overrun=skip",
        "client.webhook.retries={ first = '1s', factor = 1.5, max = '1h', attempts = 9 }",
        "client.webhook.retry_jitter=decorrelated",
        "client.webhook.endpoint.capacity=1",
        "client.webhook.endpoint.queue=0",
        "client.webhook.reconcile=1m",
        "expect=[]",
        "outage=[{ party = 'source', from = '1m', for = '1m', mode = 'hang' }]",
        "answer={ client = 'webhook + poll 1m', against = 'poll exponential', metric = 'requests.per_event' }",
    ];
    let scenario = load_with("quiet-feed", &unusual).unwrap_or_else(|problems| panic!("{problems}"));
    let toml = to_toml(&scenario);
    assert_eq!(load("quiet-feed", &toml, &[]).as_ref(), Ok(&scenario), "{toml}");
    assert_eq!(scenario.source_outages.0.len(), 1);
}

#[test]
fn the_template_is_a_valid_scenario() {
    let scenario = load("mine", template(), &[]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.clients.len(), 2);
    assert!(validator().is_valid(&as_json(template())));
}

#[test]
fn the_committed_schema_is_the_one_of_the_program() {
    let path = folder("scenarios/scenario.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&scenario::schema()).expect("JSON");
        fs::write(&path, text + "\n").expect("a writable folder");
    }
    let committed: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).expect("the schema")).expect("JSON");
    assert!(committed == scenario::schema(), "out of date: run with UPDATE=1");
}

#[test]
fn the_committed_reference_is_what_the_declarations_say() {
    let path = folder("scenarios/reference.toml");
    let reference = scenario::reference();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &reference).expect("a writable folder");
    }
    assert!(fs::read_to_string(&path).expect("the reference") == reference, "out of date: run with UPDATE=1");
    load("reference", &reference, &[]).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_schema_accepts_every_shipped_scenario() {
    for shipped in shipped() {
        let json = as_json(shipped.text);
        let faults: Vec<String> = validator().iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", shipped.name);
    }
}

/// Only the reader can judge what several keys mean together.
const BEYOND_THE_SCHEMA: [&str; 9] = [
    "beyond-time",
    "endless-retries",
    "references",
    "run-of-nothing",
    "too-large",
    "too-many",
    "too-many-members",
    "too-many-events",
    "without-effect",
];

#[test]
fn what_is_too_large_to_be_a_scenario_is_refused_before_it_is_parsed() {
    let problems = load("large", &"[".repeat(10 << 20), &[]).expect_err("10 MB");
    assert!(problems.to_string().contains("a scenario has at most 1048576"), "{problems}");
    let deep = load("deep", &"[".repeat(1 << 20), &[]).expect_err("a million brackets");
    assert!(deep.to_string().len() < 100_000, "{}", deep.to_string().len());
    for nested in ["[", "{a="] {
        let deep = load("deep", &format!("a={}", nested.repeat(300_000)), &[]).expect_err("never closed");
        assert!(deep.len() < 5, "told once, not for each bracket: {}", deep.len());
    }
}

#[test]
fn of_many_faults_the_first_are_shown_and_the_others_counted() {
    let keys: String = (0..60_000).map(|n| format!("k{n} = 1\n")).collect();
    let text = keys + scenario::find("quiet-feed").expect("shipped").text;
    let problems = load("many", &text, &[]).expect_err("unknown keys");
    assert!(
        problems.len() >= 60_000 && problems.to_string().contains("and 59950 more"),
        "{}",
        problems.len()
    );
}

#[test]
fn more_results_than_fit_are_refused() {
    let clients: String =
        (0..25).map(|n| format!("[[client]]\nname = \"{n}\"\nkind = \"webhook\"\n")).collect();
    let text = |replications: u32| {
        format!(
            "replications = {replications}\n[events]\narrivals = {{ process = \"poisson\", rate = \"10/h\" }}\n{clients}"
        )
    };
    let problems = load("many", &text(9_000), &[]).expect_err("too much to keep").to_string();
    assert!(
        problems.contains("225000 results would be kept") && problems.contains("lower `replications`"),
        "{problems}"
    );
    assert!(load("many", &text(8_000), &[]).is_ok());
}

#[test]
fn a_name_that_no_folder_can_have_is_refused_with_the_remedy() {
    let text = scenario::find("quiet-feed").expect("shipped").text;
    for name in ["", ".", "..", ".hidden", "a/b", "bell\u{7}", &"long".repeat(60)] {
        let problems = load(name, text, &[]).expect_err("an impossible name");
        assert!(problems.to_string().contains("help: "), "{problems}");
    }
    assert!(load("a name. with 200 bytes", text, &[]).is_ok());
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = validator();
    for stem in stems("tests/bad").iter().filter(|stem| *stem != "syntax") {
        let text = bad(stem);
        assert!(load(stem, &text, &[]).is_err(), "{stem}");
        let accepted = validator.is_valid(&as_json(&text));
        assert!(!accepted || BEYOND_THE_SCHEMA.contains(&stem.as_str()), "{stem} obeys the schema");
    }
}

#[test]
fn every_fault_of_a_bad_file_is_told_at_its_place() {
    for stem in stems("tests/bad") {
        let problems = load(&stem, &bad(&stem), &[]).expect_err("a bad file");
        let rendered = problems.shown_as(format!("tests/bad/{stem}.toml")).render(false);
        insta::assert_snapshot!(stem, rendered);
    }
}

#[test]
fn a_fault_of_an_override_is_told_at_the_override() {
    let set = [
        "evnts.arrivals.rate=5/s",
        "events.arrivals.rate=0/s",
        "client.webhok.deadline=5s",
        "client.poll 60s.intervall=5s",
        "client.webhook.endpoint.queue=lots",
        "outage.3.for=1h",
        "duration.hours=3",
    ];
    let problems = load_with("day", &set).expect_err("bad overrides");
    insta::assert_snapshot!("overrides", problems.shown_as("scenarios/day.toml").render(false));
}

#[test]
fn an_override_that_takes_a_client_away_from_a_claim_says_so() {
    let renamed = load_with("quiet-feed", &["client.poll 60s.interval=5s"]).expect_err("a renamed client");
    let text = renamed.to_string();
    assert!(text.contains("no client is called \"poll 60s\"") && text.contains("--set expect=[]"), "{text}");
    let back = "client.0.name=poll 60s";
    assert!(
        text.contains(&format!("renames it to \"poll 5s\": restore the name with --set \"{back}\"")),
        "{text}"
    );
    assert!(load_with("quiet-feed", &["client.poll 60s.interval=5s", back]).is_ok());
    assert!(
        load_with("quiet-feed", &["client.poll 60s.interval=5s", "expect=[]", "answer={client='webhook'}"])
            .is_ok()
    );
    let removed = load_with("quiet-feed", &["client=[{ kind = 'webhook' }]"]).expect_err("a removed client");
    assert!(removed.to_string().contains("an override removes it"), "{removed}");
}

#[test]
fn an_override_that_takes_the_sense_from_a_claim_says_so() {
    let poll = "client.0={ name = 'works, then answers', kind = 'poll', interval = '1s' }";
    let text = load_with("burst", &[poll]).expect_err("attempts of a poller").to_string();
    for metric in ["attempts.total", "events.duplicates", "attempts.gave_up"] {
        let what =
            format!("`{metric}` has no meaning for \"works, then answers\", which is of kind \"poll\"");
        assert!(text.contains(&what) && text.contains("--set expect=[]"), "{text}");
    }
    assert!(!text.contains("`events.lost`"), "a poller may lose nothing, but the claim is one: {text}");
    assert!(load_with("burst", &[poll, "expect=[]"]).is_ok());
}

#[test]
fn an_override_takes_effect() {
    let set = [
        "seed=7",
        "events.arrivals.rate=5/s",
        "client.poll 60s.interval=5s",
        "outage.1.for=1h",
        "source.capacity=4",
    ];
    let scenario = load_with("day", &set).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((scenario.seed, scenario.source.capacity), (7, 4));
    assert_eq!(scenario.events.arrivals.rate_per_s(), 5.0);
    let outage = scenario.client("webhook").expect("the client").outages.0[0];
    assert_eq!((outage.until - outage.from).as_secs_f64(), 3600.0);
}

#[test]
fn an_outage_is_of_one_client_of_several_or_of_all() {
    let outages = ["outage=[{ client = '*', from = '1h', for = '1m' }, \
         { client = ['webhook', 'poll 60s', 'webhook'], from = '2h', for = '1m' }, \
         { client = 'webhook', from = '3h', for = '1m' }]"];
    let scenario = load_with("day", &outages).unwrap_or_else(|problems| panic!("{problems}"));
    let times: Vec<usize> = scenario.clients.iter().map(|client| client.outages.0.len()).collect();
    assert_eq!(times, [2, 3, 1]);
}

#[test]
fn an_answer_names_a_client_another_and_a_figure() {
    let load = |answer: &str| load_with("quiet-feed", &[answer]);
    let whole = load("answer={ client = 'webhook', against = 'poll 60s', metric = 'requests.per_event' }");
    let whole = whole.unwrap_or_else(|problems| panic!("{problems}")).answer.expect("an answer");
    assert_eq!(whole.against.as_deref(), Some("poll 60s"));
    assert_eq!(whole.metric.as_deref(), Some("requests.per_event"));
    let least = load("answer={ client = 'webhook' }").unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(least.answer.expect("an answer").against, None);
    assert!(load("answer={ against = 'webhook' }").is_err(), "an answer is about a client");
    let yes =
        load("answer={ client = 'webhook', against = 'poll 60s', metric = 'bytes.total', yes_if = 'below' }");
    let yes = yes.unwrap_or_else(|problems| panic!("{problems}")).answer.expect("an answer");
    assert_eq!(yes.yes_if, Some(scenario::Relation::Below));
    for alone in ["metric = 'bytes.total'", "against = 'poll 60s'"] {
        let refused = load(&format!("answer={{ client = 'webhook', {alone}, yes_if = 'above' }}"));
        let problems = refused.expect_err("yes is said of a figure of two clients").to_string();
        assert!(problems.contains("`yes_if` compares a figure of two clients"), "{problems}");
    }
}

#[test]
fn a_more_specific_key_goes_before_a_general_one_of_the_same_table_only() {
    let set = [
        "network.to_source=1s",
        "network.loss_to_client=0.5",
        "client.poll 60s.network={ delay = '3s', loss = 0.1 }",
    ];
    let scenario = load_with("break-even", &set).unwrap_or_else(|problems| panic!("{problems}"));
    let legs = |name: &str| {
        let network = &scenario.client(name).expect("the client").network;
        let leg = |leg: &scenario::LinkConfig| (leg.delay.mean_s(), leg.loss);
        (leg(&network.to_source), leg(&network.to_client))
    };
    assert_eq!(legs("poll 60s"), ((3.0, 0.1), (3.0, 0.1)));
    assert_eq!(legs("webhook"), ((1.0, 0.0), (0.02, 0.5)));
}

#[test]
fn the_reference_shows_every_key_with_its_default() {
    let reference = scenario::find("reference").expect("the reference");
    let mut keys = Vec::new();
    names_of_keys(&scenario::schema(), &mut keys);
    let shown = |key: &str| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        reference.text.match_indices(key).any(|(at, _)| {
            let (before, after) = (&reference.text[..at], &reference.text[at + key.len()..]);
            let is_header = before.ends_with(['[', '.']);
            !before.ends_with(is_part) && (after.starts_with(" = ") || is_header && after.starts_with(']'))
        })
    };
    let missing: Vec<&String> = keys.iter().filter(|key| !shown(key)).collect();
    assert!(keys.len() > 60 && missing.is_empty(), "{missing:?}");
    let chosen: Vec<String> = parameters(&load_shipped(reference))
        .into_iter()
        .filter(|parameter| !parameter.is_default)
        .map(|parameter| parameter.path)
        .collect();
    insta::assert_snapshot!("reference-chosen", chosen.join("\n"));
}

fn names_of_keys(schema: &serde_json::Value, keys: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if let ("properties", Some(properties)) = (name.as_str(), field.as_object()) {
                    keys.extend(
                        properties.keys().filter(|key| !keys.contains(key)).cloned().collect::<Vec<_>>(),
                    );
                }
                names_of_keys(field, keys);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| names_of_keys(item, keys)),
        _ => {}
    }
}

#[test]
fn the_resolved_scenario_tells_every_unit() {
    let day = load_shipped(&shipped()[0]);
    insta::assert_snapshot!("day-resolved", serde_json::to_string_pretty(&resolved(&day)).expect("JSON"));
}

#[test]
fn parameters_tell_what_was_chosen_from_what_was_left() {
    let lines = parameters(&load_shipped(&shipped()[0])).into_iter().map(|parameter| {
        let mark = if parameter.is_default { ' ' } else { '*' };
        format!("{mark} {} = {}", parameter.path, parameter.value)
    });
    insta::assert_snapshot!("day-parameters", lines.collect::<Vec<_>>().join("\n"));
}

/// A shipped scenario with a few things changed: bytes flipped, lines left out, doubled or exchanged, values
/// exchanged. `choices` decides.
fn mutated(text: &str, choices: &[(u8, u16, u16)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for &(what, first, second) in choices {
        let count = lines.len().max(1);
        let (a, b) = (usize::from(first) % count, usize::from(second) % count);
        let Some(line) = lines.get(a).cloned() else { continue };
        match what % 5 {
            0 => drop(lines.remove(a)),
            1 => lines.insert(b, line),
            2 => lines.swap(a, b),
            3 => {
                let value = |line: &str| line.split_once('=').map(|(_, value)| value.to_owned());
                if let (Some((key, _)), Some(other)) = (line.split_once('='), value(&lines[b])) {
                    lines[a] = format!("{key}={other}");
                }
            }
            _ => {
                let mut bytes = line.into_bytes();
                let length = bytes.len().max(1);
                if let Some(byte) = bytes.get_mut(usize::from(second) % length) {
                    *byte ^= 1 << (what % 7);
                }
                lines[a] = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
    }
    lines.join("\n")
}

/// Whatever stands in a file, reading it ends in a scenario or in problems that each have a place.
#[test]
fn a_mutated_scenario_is_read_or_refused_at_a_place() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let config = Config { cases: 3000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let choices = proptest::collection::vec(any::<(u8, u16, u16)>(), 1..8);
    runner
        .run(&(0..shipped().len(), choices), |(which, choices)| {
            let text = mutated(shipped()[which].text, &choices);
            if let Err(problems) = load("mutated", &text, &[]) {
                let places = problems.render(false).matches("--> ").count();
                prop_assert!(places >= problems.len().min(50), "{}", problems);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
