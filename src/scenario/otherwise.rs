//! What a reader must know of a scenario that was run with other values than its file has: its title, its text and the names
//! of its clients speak of the file.
//!
//! It is a paragraph of the text, so that it is on every page, and in the scenario that a page gives to run it again.

use super::Scenario;
use super::parameters::values;
use std::collections::BTreeMap;

/// How the paragraph begins, by which it is known again.
const SAYS: &str = "Set otherwise than in the original, of which the title, this text and the names speak: ";
/// Values that are named.
const NAMED: usize = 8;

/// Whether another value of that path makes another run of the same scenario.
pub fn is_of_the_run(path: &str) -> bool {
    ["seed", "replications"].contains(&path)
}

/// Adds the paragraph to the text of a scenario with overrides. `original`: the same without them.
pub fn tell_otherwise(scenario: &mut Scenario, original: &Scenario) {
    // A client may be called by what was set.
    let mut original = original.clone();
    for (own, client) in original.clients.iter_mut().zip(&scenario.clients) {
        own.name.clone_from(&client.name);
    }
    let before: BTreeMap<String, String> =
        values(&original).into_iter().map(|one| (one.path, one.value)).collect();
    let set: Vec<String> = (values(scenario).into_iter())
        .filter(|one| !is_of_the_run(&one.path))
        .filter(|one| before.get(&one.path) != Some(&one.value))
        .map(|one| match before.get(&one.path) {
            Some(before) => format!("{} = {} (not {before})", one.path, one.value),
            None => format!("{} = {}", one.path, one.value),
        })
        .collect();
    if set.is_empty() {
        return;
    }
    let more = set.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    let told = format!("{SAYS}{}{more}.", set[..set.len().min(NAMED)].join("; "));
    let about = scenario.about.trim_end();
    scenario.about = if about.is_empty() { told } else { format!("{about}\n\n{told}") };
}

/// What was set otherwise than in the file of a scenario: `client.poll.interval = 5s (not 60s)`, or None.
pub fn set_otherwise(scenario: &Scenario) -> Option<&str> {
    let mut paragraphs = scenario.about.split("\n\n");
    paragraphs.find_map(|paragraph| paragraph.strip_prefix(SAYS)).map(|told| told.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Override, load};

    const TEXT: &str = "about = \"Polls every minute.\"\n[events]\narrivals = { process = \"poisson\", rate = \"1/m\" }\n\
        [[client]]\nname = \"poll 60s\"\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nkind = \"poll\"\ninterval = \"30s\"\n";

    fn with(set: &[(&str, &str)]) -> Scenario {
        let set = set.iter().map(|&(path, value)| Override { path: path.into(), value: value.into() });
        let load = |set: &[Override]| load("it", TEXT, set).unwrap_or_else(|problems| panic!("{problems}"));
        let mut scenario = load(&set.collect::<Vec<_>>());
        tell_otherwise(&mut scenario, &load(&[]));
        scenario
    }

    #[test]
    fn what_was_set_stands_after_the_text_of_the_file() {
        let scenario = with(&[("client.poll 60s.interval", "5s"), ("replications", "3"), ("seed", "9")]);
        assert_eq!(set_otherwise(&scenario), Some("client.poll 60s.interval = 5s (not 1m)"));
        assert!(scenario.about.starts_with("Polls every minute.\n\nSet otherwise than in the original, "));
        // What is called by its interval has another name then.
        let renamed = with(&[("client.poll 30s.interval", "5s")]);
        assert_eq!(set_otherwise(&renamed), Some("client.poll 5s.interval = 5s (not 30s)"));
    }

    #[test]
    fn what_is_as_in_the_file_is_not_told() {
        for set in [&[][..], &[("replications", "3")], &[("client.poll 60s.interval", "1m")]] {
            assert_eq!(set_otherwise(&with(set)), None, "{set:?}");
            assert_eq!(with(set).about, "Polls every minute.");
        }
    }

    /// The scenario that is written from it says the same, once.
    #[test]
    fn the_paragraph_is_kept_where_the_scenario_is_written_and_read() {
        let scenario = with(&[("client.poll 60s.interval", "5s")]);
        let again = load("it", &crate::scenario::to_toml(&scenario), &[])
            .unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(again, scenario);
    }
}
