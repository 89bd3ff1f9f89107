//! The words of a scenario file and the choices that they stand for, in both directions. A test holds them to
//! the vocabulary, which has their meanings.

use crate::policy::message::Format;
use crate::policy::outage::Mode;
use crate::policy::retry::RetryJitter;
use crate::policy::schedule::{JitterKind, Overrun, Pacing};

pub(crate) const FORMAT: &[(&str, Format)] = &[("json", Format::Json), ("xml", Format::Xml)];
pub(crate) const PACING: &[(&str, Pacing)] =
    &[("fixed-rate", Pacing::FixedRate), ("fixed-delay", Pacing::FixedDelay)];
pub(crate) const OVERRUN: &[(&str, Overrun)] = &[("skip", Overrun::Skip), ("delay", Overrun::Delay)];
pub(crate) const JITTER_KIND: &[(&str, JitterKind)] =
    &[("interval", JitterKind::Interval), ("tick", JitterKind::Tick)];
pub(crate) const RETRY_JITTER: &[(&str, RetryJitter)] = &[
    ("none", RetryJitter::None),
    ("full", RetryJitter::Full),
    ("equal", RetryJitter::Equal),
    ("decorrelated", RetryJitter::Decorrelated),
];
pub(crate) const OUTAGE_MODE: &[(&str, Mode)] =
    &[("refuse", Mode::Refuse), ("hang", Mode::Hang), ("error", Mode::Error)];

/// The choice that a word stands for.
pub(crate) fn choice<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(name, _)| *name == word).map(|(_, choice)| *choice)
}

/// The word for a choice.
pub(crate) fn word<T: Copy + PartialEq>(words: &'static [(&'static str, T)], choice: T) -> &'static str {
    words.iter().find(|(_, other)| *other == choice).map_or("", |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::{Key, Shape};
    use crate::scenario::vocabulary;

    fn held<T>(keys: &[Key], key: &str, words: &[(&str, T)]) {
        let key = keys.iter().find(|other| other.name == key).expect("a key of that name");
        let Shape::Choice(vocabulary) = key.shape else { unreachable!("{key:?} is no choice") };
        let vocabulary: Vec<&str> = vocabulary.iter().map(|(word, _)| *word).collect();
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        assert_eq!(vocabulary, words);
    }

    #[test]
    fn the_words_are_those_of_the_vocabulary() {
        held(vocabulary::PAYLOAD.keys, "format", FORMAT);
        held(vocabulary::POLL, "pacing", PACING);
        held(vocabulary::POLL, "overrun", OVERRUN);
        held(vocabulary::POLL, "jitter_kind", JITTER_KIND);
        held(vocabulary::WEBHOOK, "retry_jitter", RETRY_JITTER);
        held(vocabulary::OUTAGE.keys, "mode", OUTAGE_MODE);
    }
}
