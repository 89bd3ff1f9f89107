//! Random changes of the shipped scenarios.

use pollhook::scenario::{load, shipped};

/// A shipped scenario with some changes that `choices` selects: flipped bytes; lines that are removed, doubled or
/// exchanged; exchanged values.
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

/// Reading any text gives a scenario, or problems that each have a place.
#[test]
fn a_mutated_scenario_is_read_or_refused_with_a_place() {
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
                let is_syntax = problems.messages().any(|message| message.starts_with("not TOML"));
                let shown = if is_syntax { 3 } else { 50 };
                prop_assert!(places >= problems.len().min(shown), "{}", problems);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
