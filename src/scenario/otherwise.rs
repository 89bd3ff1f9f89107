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
/// Characters of a value that are told.
const VALUE: usize = 60;
const PARAGRAPH: &str = "\n\n";
/// What stands between two values, and after the number of those that are not named.
const BETWEEN: &str = "; ";
const MORE: &str = " more";

/// Whether another value of that path makes another run of the same scenario.
pub fn is_of_the_run(path: &str) -> bool {
    ["seed", "replications"].contains(&path)
}

/// One value that was set otherwise.
struct Set {
    path: String,
    value: String,
    /// That of the original; None where it has none, or where it is not known.
    before: Option<String>,
}

/// What the paragraph says.
struct Told {
    set: Vec<Set>,
    /// Values that it only counts.
    more: usize,
}

/// Adds the paragraph to the text of a scenario with overrides. `original`: the same without them. Where that was itself
/// written from a run with other values, its paragraph becomes part of the new one, which speaks of the first original.
pub fn tell_otherwise(scenario: &mut Scenario, original: &Scenario) {
    // A client may be called by what was set.
    let mut original = original.clone();
    let renamed: Vec<(String, String)> = (original.clients.iter_mut().zip(&scenario.clients))
        .map(|(own, client)| (std::mem::replace(&mut own.name, client.name.clone()), client.name.clone()))
        .collect();
    let now = values(scenario);
    let before: BTreeMap<String, String> =
        values(&original).into_iter().map(|one| (one.path, one.value)).collect();
    let earlier = take_told(scenario, before.keys(), &renamed);
    let set = now.into_iter().filter(|one| !is_of_the_run(&one.path)).filter_map(|one| {
        let is_set = before.get(&one.path) != Some(&one.value);
        let before = match earlier.set.iter().find(|set| set.path == one.path) {
            Some(set) => set.before.clone(),
            None if !is_set => return None,
            // It may be one of those that the earlier paragraph only counts.
            None if earlier.more > 0 => None,
            None => before.get(&one.path).cloned(),
        };
        (before.as_ref() != Some(&one.value)).then_some(Set { path: one.path, value: one.value, before })
    });
    let set: Vec<Set> = set.collect();
    let more = earlier.more + set.len().saturating_sub(NAMED);
    if set.is_empty() && more == 0 {
        return;
    }
    let named = set.iter().take(NAMED).map(|Set { path, value, before }| match before {
        Some(before) => format!("{path} = {} (not {})", short(value), short(before)),
        None => format!("{path} = {}", short(value)),
    });
    let told: Vec<String> = named.chain((more > 0).then(|| format!("{more}{MORE}"))).collect();
    let told = format!("{SAYS}{}.", told.join(BETWEEN));
    let about = scenario.about.trim_end();
    scenario.about = if about.is_empty() { told } else { format!("{about}\n\n{told}") };
}

/// As much of a value as a sentence has room for: a trace has thousands of times.
fn short(value: &str) -> String {
    match value.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// Takes the paragraph out of the text of a scenario; `renamed`: what each client was called in it, and is called now.
fn take_told<'a>(
    scenario: &mut Scenario,
    paths: impl Iterator<Item = &'a String> + Clone,
    renamed: &[(String, String)],
) -> Told {
    let (told, about): (Vec<&str>, Vec<&str>) =
        scenario.about.split(PARAGRAPH).partition(|paragraph| paragraph.starts_with(SAYS));
    let mut more = 0;
    let mut set: Vec<(&str, String)> = Vec::new();
    for part in told.iter().flat_map(|told| said(told).unwrap_or_default().split(BETWEEN)) {
        if let Some(counted) = part.strip_suffix(MORE).and_then(|counted| counted.parse::<usize>().ok()) {
            more += counted;
            continue;
        }
        let part = follow(part, renamed);
        let own =
            paths.clone().filter_map(|path| Some((path, part.strip_prefix(path)?.strip_prefix(" = ")?)));
        match (own.max_by_key(|(path, _)| path.len()), set.last_mut()) {
            (Some((path, text)), _) => set.push((path, text.to_owned())),
            // A value may itself have what stands between two.
            (None, Some((_, text))) => *text += &format!("{BETWEEN}{part}"),
            (None, None) => {}
        }
    }
    let set = set.into_iter().map(|(path, text)| Set::read(path, &text)).collect();
    let about = about.join(PARAGRAPH);
    scenario.about = about;
    Told { set, more }
}

/// A part of the paragraph with the present name of its client.
fn follow(part: &str, renamed: &[(String, String)]) -> String {
    let of_client = |(was, now): &(String, String)| {
        let rest = part.strip_prefix("client.")?.strip_prefix(was.as_str())?.strip_prefix('.')?;
        Some(format!("client.{now}.{rest}"))
    };
    renamed.iter().find_map(of_client).unwrap_or_else(|| part.to_owned())
}

impl Set {
    /// Reads `5s (not 30s)`.
    fn read(path: &str, text: &str) -> Self {
        let both = text.strip_suffix(')').and_then(|text| text.split_once(" (not "));
        let (value, before) = both.map_or((text, None), |(value, before)| (value, Some(before.to_owned())));
        Self { path: path.to_owned(), value: value.to_owned(), before }
    }
}

/// What was set otherwise than in the file of a scenario: `client.poll.interval = 5s (not 60s)`, or None.
pub fn set_otherwise(scenario: &Scenario) -> Option<&str> {
    scenario.about.split(PARAGRAPH).find_map(said)
}

/// What a paragraph says was set, if it is that one.
fn said(paragraph: &str) -> Option<&str> {
    let told = paragraph.strip_prefix(SAYS)?.trim_end();
    Some(told.strip_suffix('.').unwrap_or(told))
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
    fn of_a_long_value_the_beginning_is_told() {
        let times: Vec<String> = (1..1000).map(|s| format!("\"{s}s\"")).collect();
        let trace = format!("{{ process = \"trace\", times = [{}] }}", times.join(", "));
        let scenario = with(&[("events.arrivals", &trace), ("duration", "1h")]);
        let told = set_otherwise(&scenario).unwrap();
        assert!(told.contains("times = 1s, 2s, 3s,") && told.contains('…') && told.len() < 400, "{told}");
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

    /// Loads what a page gives to run a scenario again, with another override.
    fn again(scenario: &Scenario, set: &[(&str, &str)]) -> Scenario {
        let text = crate::scenario::to_toml(scenario);
        let set = set.iter().map(|&(path, value)| Override { path: path.into(), value: value.into() });
        let load = |set: &[Override]| load("it", &text, set).unwrap_or_else(|problems| panic!("{problems}"));
        let mut scenario = load(&set.collect::<Vec<_>>());
        tell_otherwise(&mut scenario, &load(&[]));
        scenario
    }

    #[test]
    fn what_is_set_again_is_told_against_the_first_original() {
        let first = with(&[("client.poll 60s.interval", "5s")]);
        let second = again(&first, &[("client.poll 60s.interval", "7s")]);
        assert_eq!(set_otherwise(&second), Some("client.poll 60s.interval = 7s (not 1m)"));
        assert_eq!(second.about.matches(SAYS).count(), 1);
        let third = again(&second, &[("source.page_size", "7")]);
        assert_eq!(
            set_otherwise(&third),
            Some("source.page_size = 7 (not 100); client.poll 60s.interval = 7s (not 1m)")
        );
        // What is set back is as in the original.
        let back = again(&third, &[("client.poll 60s.interval", "60s")]);
        assert_eq!(set_otherwise(&back), Some("source.page_size = 7 (not 100)"));
        assert_eq!(again(&back, &[("source.page_size", "100")]).about, "Polls every minute.");
    }

    #[test]
    fn what_is_set_again_follows_the_name_of_its_client() {
        let renamed = with(&[("client.poll 30s.interval", "5s")]);
        let text = crate::scenario::to_toml(&renamed).replace("name = \"poll 5s\"\n", "");
        let set = [Override { path: "client.poll 5s.interval".into(), value: "7s".into() }];
        let load = |set: &[Override]| load("it", &text, set).unwrap_or_else(|problems| panic!("{problems}"));
        let mut again = load(&set);
        tell_otherwise(&mut again, &load(&[]));
        assert_eq!(set_otherwise(&again), Some("client.poll 7s.interval = 7s (not 30s)"));
    }

    #[test]
    fn values_that_were_only_counted_stay_counted() {
        let many = [
            ("source.page_size", "7"),
            ("source.failure_rate", "0.1"),
            ("source.capacity", "3"),
            ("source.commit_delay", "1s"),
            ("duration", "2h"),
            ("warmup", "1m"),
            ("events.resources", "2"),
            ("client.poll 60s.interval", "5s"),
            ("client.poll 60s.timeout", "3s"),
            ("client.poll 60s.jitter", "0.1"),
        ];
        let first = with(&many);
        assert!(first.about.ends_with("; 2 more."), "{}", first.about);
        let second = again(&first, &[("client.poll 30s.timeout", "4s")]);
        assert!(second.about.ends_with("; 3 more."), "{}", second.about);
    }
}
