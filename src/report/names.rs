//! Short forms of a client's name: its symbol in plain text, and the stem of its file names.
//!
//! Both depend only on the client's place among the others, so they are the same in every part of a report.

use crate::policy::channel::Channel;
use std::collections::BTreeSet;

/// For each client, given by its main channel, a symbol of one column that tells it from the others without colour:
/// the first of a kind has the kind's own, the others have one that no kind owns, and letters follow.
pub fn symbols(channels: &[Channel]) -> Vec<char> {
    let is_owned = |symbol: char| Channel::ALL.iter().any(|kind| kind.symbol() == symbol);
    let letters = ('a'..='z').filter(|letter| !OTHERS.contains(*letter));
    let mut others = OTHERS.chars().chain(letters).filter(|symbol| !is_owned(*symbol)).cycle();
    (channels.iter().enumerate())
        .map(|(place, channel)| {
            let first = !channels[..place].contains(channel);
            if first { channel.symbol() } else { others.next().unwrap_or('*') }
        })
        .collect()
}

/// What a second client of a kind has before letters.
const OTHERS: &str = "*+x#%@&";

/// For each name a file's stem: lower-case letters, digits and single hyphens, never empty, at most
/// 48 long before the number that tells equal ones apart.
pub fn stems(names: &[&str]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    (names.iter())
        .map(|name| {
            let stem = stem(name);
            let numbered = (2..).map(|number| format!("{stem}-{number}"));
            let free = std::iter::once(stem.clone()).chain(numbered).find(|stem| taken.insert(stem.clone()));
            free.unwrap_or(stem)
        })
        .collect()
}

fn stem(name: &str) -> String {
    let mut stem = String::new();
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            stem.push(c);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    stem.truncate(STEM_CHARS);
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() || RESERVED.contains(&stem) {
        format!("client-{stem}").trim_end_matches('-').to_owned()
    } else {
        stem.to_owned()
    }
}

const STEM_CHARS: usize = 48;

/// Names that Windows keeps for devices, whatever the ending.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_safe_and_told_apart() {
        let names = [
            "poll 60s",
            "poll  60s!",
            "poll-60s-2",
            "../../etc/passwd",
            "Zażółć ☃",
            "☃",
            "",
            "NUL",
            "poll 60s",
        ];
        let stems = stems(&names);
        assert_eq!(
            stems,
            [
                "poll-60s",
                "poll-60s-2",
                "poll-60s-2-2",
                "etc-passwd",
                "za",
                "client",
                "client-2",
                "client-nul",
                "poll-60s-3"
            ]
        );
        let long = "x".repeat(500);
        assert!(super::stems(&[&long, &long]).iter().all(|stem| stem.len() <= STEM_CHARS + 2));
    }

    #[test]
    fn the_first_of_each_kind_keeps_its_symbol() {
        let [poll, webhook] = [Channel::Poll, Channel::Webhook];
        assert_eq!(symbols(&[webhook, poll, webhook, poll, webhook]), ['^', 'o', '*', '+', 'x']);
        let many = symbols(&[webhook; 30]);
        assert_eq!(many.iter().collect::<BTreeSet<_>>().len(), 30);
    }

    /// A further client that stood under the symbol of another kind would be taken for it.
    #[test]
    fn no_further_client_has_the_symbol_of_a_kind() {
        let kinds = Channel::ALL.map(Channel::symbol);
        assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), kinds.len(), "{kinds:?}");
        let given = symbols(&[Channel::ALL.as_slice(), &[Channel::Webhook; 20]].concat());
        assert_eq!(given[..kinds.len()], kinds);
        assert!(given[kinds.len()..].iter().all(|symbol| !kinds.contains(symbol)), "{given:?}");
    }
}
