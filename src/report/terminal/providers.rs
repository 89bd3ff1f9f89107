//! Provider profiles as text: all side by side, or one with every fact, mark and source.

use super::COLUMNS;
use super::line::wrap;
use crate::scenario::{Fact, Mark, Profile};

/// All profiles side by side, in two tables.
pub fn providers(profiles: &[Profile]) -> String {
    let tables = TABLES.map(|columns| table(profiles, columns));
    let marks = "D documented, S source code of the provider, T third party, U unverified, M modelled: chosen because the \
                 provider publishes no figure. A dash: nothing was found. `pollhook providers NAME` has every fact with its \
                 source.";
    format!("{}\n{}\n", tables.join("\n"), wrap(marks, COLUMNS).join("\n"))
}

/// A profile with all that is known of the provider.
pub fn provider(profile: &Profile) -> String {
    let mut text = format!("{}: {}\n", profile.name, profile.title);
    text += &block(&profile.about, "");
    for fact in &profile.facts {
        let told = if fact.is_default { "" } else { ", a fact only" };
        text += &format!("\n{:INDENT$}{} ({}{told})\n", fact.key, fact.value, fact.mark.name());
        text += &block(fact.text.as_deref().unwrap_or_default(), "");
        text += &block(&fact.source, if fact.mark == Mark::Modelled { "why: " } else { "from: " });
    }
    let defaults: Vec<&str> =
        (profile.facts.iter().filter(|fact| fact.is_default).map(|fact| fact.key)).collect();
    let used = format!(
        "A webhook client with provider = {:?} has these values of {}, unless it has its own. What is \
         marked as a fact only changes no run.",
        profile.name,
        defaults.join(", ")
    );
    format!("{text}\n{}\n", wrap(&used, COLUMNS).join("\n"))
}

/// A text under a heading.
fn block(text: &str, prefix: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let lines = wrap(&format!("{prefix}{text}"), COLUMNS - INDENT);
    lines.iter().map(|line| format!("{:INDENT$}{line}\n", "")).collect()
}

/// A line for each profile. The keys of `columns` are those of facts.
fn table(profiles: &[Profile], columns: &[(&str, &str)]) -> String {
    let heading = std::iter::once("provider").chain(columns.iter().map(|(heading, _)| *heading));
    let mut rows: Vec<Vec<String>> = vec![heading.map(str::to_owned).collect()];
    for profile in profiles {
        let cells = columns.iter().map(|(_, key)| profile.fact(key).map_or_else(|| "-".to_owned(), cell));
        rows.push(std::iter::once(profile.name.clone()).chain(cells).collect());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn cell(fact: &Fact) -> String {
    let mark = match fact.mark {
        Mark::Documented => 'D',
        Mark::Source => 'S',
        Mark::ThirdParty => 'T',
        Mark::Unverified => 'U',
        Mark::Modelled => 'M',
    };
    format!("{} {mark}", fact.short)
}

/// The columns of the two tables: heading and key of the fact.
const TABLES: [&[(&str, &str)]; 2] = [
    &[
        ("deadline", "deadline"),
        ("retries", "retries"),
        ("success", "success"),
        ("ordered", "ordered"),
        ("batch", "batch"),
        ("what stops it", "disable_after"),
    ],
    &[
        ("security", "security"),
        ("handshake", "handshake"),
        ("duplicates told by", "dedupe"),
        ("poll limit", "poll_limit"),
        ("304 free", "not_modified"),
    ],
];
/// The column of the values.
const INDENT: usize = 15;

#[cfg(test)]
mod tests {
    use super::provider;
    use crate::scenario::{Profile, profiles};

    #[test]
    fn a_handshake_that_no_source_does_is_a_fact_only() {
        let told = |text: &str| {
            let mut lines = text.lines().map(str::trim_start);
            lines.any(|line| line.starts_with("handshake ") && line.ends_with(", a fact only)"))
        };
        let only: Vec<&str> = profiles()
            .iter()
            .filter(|shipped| told(&provider(&Profile::load(shipped.name, shipped.text).unwrap())))
            .map(|shipped| shipped.name)
            .collect();
        assert_eq!(only, ["airtable", "discord", "msgraph", "notion", "telegram", "zoom"]);
    }
}
