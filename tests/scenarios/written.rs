//! Writing a scenario: as a file that loads to an equal scenario, as JSON, and as a list of parameters.

use crate::{as_json, load_shipped, load_with, validator};
use pollhook::Scenario;
use pollhook::scenario::{from_resolved, load, parameters, resolved, shipped, to_toml};

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

/// Keys and values that no shipped scenario uses.
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
    assert_eq!(through_json(&scenario), scenario);
    assert_eq!(scenario.source_outages.0.len(), 1);
}

/// The scenario that a `summary.json` with this one leads to.
fn through_json(scenario: &Scenario) -> Scenario {
    let text = serde_json::to_string(&resolved(scenario)).expect("JSON");
    let none = |path: &str| Err(format!("no file is called {path}"));
    let json = serde_json::from_str(&text).expect("JSON");
    from_resolved(&json, &none).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_scenario_of_a_summary_is_the_one_that_ran() {
    for shipped in shipped() {
        let scenario = load_shipped(shipped);
        assert_eq!(through_json(&scenario), scenario);
    }
}

/// A value that was changed by hand, and a key that no scenario has.
#[test]
fn a_summary_that_no_version_wrote_has_no_scenario() {
    let none = |path: &str| Err(format!("no file is called {path}"));
    let mut json = resolved(&load_shipped(&shipped()[0]));
    json["duration_s"] = 1e-12.into();
    assert!(from_resolved(&json, &none).is_err());
    let mut json = resolved(&load_shipped(&shipped()[0]));
    json["durations"] = 1.into();
    assert!(from_resolved(&json, &none).is_err());
    assert!(from_resolved(&serde_json::Value::Null, &none).is_err());
}

#[test]
fn the_resolved_scenario_names_every_unit() {
    let day = load_shipped(&shipped()[0]);
    insta::assert_snapshot!("day-resolved", serde_json::to_string_pretty(&resolved(&day)).expect("JSON"));
}

#[test]
fn parameters_mark_the_values_that_are_not_defaults() {
    let lines = parameters(&load_shipped(&shipped()[0])).into_iter().map(|parameter| {
        let mark = if parameter.is_default { ' ' } else { '*' };
        format!("{mark} {} = {}", parameter.path, parameter.value)
    });
    insta::assert_snapshot!("day-parameters", lines.collect::<Vec<_>>().join("\n"));
}
