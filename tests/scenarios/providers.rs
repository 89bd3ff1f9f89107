//! Provider profiles: every shipped one is whole, and a client takes from it what it does not say itself.

use crate::{folder, stems, validator};
use pollhook::scenario::{
    self, Mark, Override, Profile, Scenario, Shipped, load, load_with_files, parameters, profiles, to_toml,
};
use std::fs;

fn with_client(keys: &str) -> String {
    format!(
        "[events]\narrivals = {{ process = \"poisson\", rate = \"60/h\" }}\n[[client]]\nkind = \"webhook\"\n{keys}\n"
    )
}

fn loaded(keys: &str) -> Scenario {
    load("it", &with_client(keys), &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What a client with that profile says of the key.
fn parameter(scenario: &Scenario, key: &str) -> (String, Option<Mark>) {
    let path = format!("client.{}.{key}", scenario.clients[0].name);
    let found = parameters(scenario).into_iter().find(|parameter| parameter.path == path);
    found.map(|parameter| (parameter.value, parameter.mark)).unwrap_or_else(|| panic!("{path}"))
}

#[test]
fn every_profile_of_the_folder_is_shipped_and_marks_what_it_says() {
    let names: Vec<&str> = profiles().iter().map(|profile| profile.name).collect();
    assert_eq!(stems("scenarios/providers"), names);
    for Shipped { name, text } in profiles() {
        let profile = Profile::load(name, text).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        let scenario = loaded(&format!("provider = {name:?}"));
        assert_eq!(scenario.clients[0].name, *name);
        let defaults = profile.facts.iter().filter(|fact| fact.is_default);
        for fact in defaults {
            let paths = parameters(&scenario);
            let own = format!("client.{name}.{}", fact.key);
            let of_fact =
                paths.iter().filter(|one| one.path == own || one.path.starts_with(&format!("{own}.")));
            let marks: Vec<_> = of_fact.map(|parameter| parameter.mark).collect();
            assert!(
                !marks.is_empty() && marks.iter().all(|mark| *mark == Some(fact.mark)),
                "{name}: {}",
                fact.key
            );
        }
        // Without them the general defaults of pollhook would pass for the provider's.
        for key in ["deadline", "retries"] {
            assert!(profile.fact(key).is_some_and(|fact| fact.is_default), "{name}: {key}");
        }
        for fact in &profile.facts {
            assert!(fact.short.len() <= 22, "{name}: {:?} is too wide for a table", fact.short);
        }
    }
}

#[test]
fn what_the_client_says_itself_comes_first() {
    let scenario = loaded("provider = \"slack\"\ndeadline = \"1s\"\nworkers = 3");
    assert_eq!(parameter(&scenario, "provider"), ("slack".into(), None));
    assert_eq!(parameter(&scenario, "deadline"), ("1s".into(), None));
    assert_eq!(parameter(&scenario, "retries"), ("0s, 1m, 5m".into(), Some(Mark::Documented)));
    assert_eq!(parameter(&scenario, "security.format"), ("slack".into(), Some(Mark::Source)));
    let none: Override = "client.slack.security={ scheme = 'none' }".parse().unwrap();
    let scenario = load("it", &with_client("provider = \"slack\""), &[none]).unwrap();
    assert_eq!(parameter(&scenario, "security.scheme"), ("none".into(), None));
    let other: Override = "client.slack.provider=wix".parse().unwrap();
    let scenario = load("it", &with_client("provider = \"slack\""), &[other]).unwrap();
    assert_eq!(
        (scenario.clients[0].name.as_str(), parameter(&scenario, "deadline").0),
        ("wix", "1s250ms".into())
    );
}

#[test]
fn a_scenario_with_a_profile_is_written_with_its_marks() {
    let scenario = loaded("provider = \"stripe\"");
    let toml = to_toml(&scenario);
    assert_eq!(load("it", &toml, &[]).as_ref(), Ok(&scenario), "{toml}");
    assert!(validator().is_valid(&crate::as_json(&toml)), "{toml}");
    let figures = &scenario::resolved(&scenario)["client"][0]["provider"]["figures"];
    let told = |figure: usize| (figures[figure]["key"].as_str(), figures[figure]["mark"].as_str());
    assert_eq!(told(0), (Some("handshake"), Some("third party")));
    assert_eq!(told(1), (Some("deadline"), Some("modelled")));
}

#[test]
fn an_error_is_shown_in_the_file_that_has_it() {
    let good = fs::read_to_string(folder("scenarios/providers/wix.toml")).unwrap();
    let bad = good
        .replace("deadline = \"1.25s\"", "deadline = \"1.25\"\nworkers = 2\nretry_jitter = \"full\"")
        .replacen("\"documented\"", "\"documents\"", 1);
    let files = |path: &str| match path {
        "mine/bad.toml" => Ok(bad.clone()),
        "mine/good.toml" => Ok(good.clone()),
        other => Err(format!("{other} is not there")),
    };
    let load = |keys: &str| load_with_files("it", &with_client(keys), &[], &files);
    let scenario = load("provider = \"mine/good.toml\"").unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(
        (scenario.clients[0].name.as_str(), parameter(&scenario, "provider").0),
        ("good", "good".into())
    );
    let again = scenario::load("it", &to_toml(&scenario), &[]);
    assert_eq!(again.as_ref(), Ok(&scenario), "the file of a report needs no profile");
    let refused = ["mine/bad.toml", "mine/none.toml", "strpe", "nobody"]
        .map(|wanted| load(&format!("provider = {wanted:?}")).expect_err(wanted).to_string());
    insta::assert_snapshot!("providers", refused.join("\n"));
    let poll = with_client("provider = \"wix\"").replace("webhook", "poll");
    let problems = scenario::load("it", &poll, &[]).expect_err("a poller has no provider").to_string();
    assert!(problems.contains("`provider` does not go with kind = \"poll\""), "{problems}");
}
