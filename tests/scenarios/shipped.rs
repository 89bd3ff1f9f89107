//! The shipped scenarios and the template.

use crate::{as_json, load_shipped, stems, validator};
use pollhook::scenario::{load, shipped, template};

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
fn the_template_is_a_valid_scenario() {
    let scenario = load("mine", template(), &[]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.clients.len(), 2);
    let down = scenario.clients.iter().map(|client| client.outages.0.len());
    assert_eq!(down.collect::<Vec<_>>(), [1, 1], "the server of both is down");
    assert!(validator().is_valid(&as_json(template())));
}

#[test]
fn the_schema_accepts_every_shipped_scenario() {
    for shipped in shipped() {
        let json = as_json(shipped.text);
        let faults: Vec<String> = validator().iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", shipped.name);
    }
}
