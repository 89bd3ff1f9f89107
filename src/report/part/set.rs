//! Whether parts are all of one run or of one sweep, each once.

use super::Head;
use crate::study::Shard;
use thiserror::Error;

/// Why parts are not one run. A part is named as the caller names it.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// There is none.
    #[error("there is no part")]
    Empty,
    /// One is of another run or sweep.
    #[error("{other} is not of the same whole as {first}: {what}")]
    OtherRun {
        /// The first part.
        first: String,
        /// The other.
        other: String,
        /// What differs.
        what: String,
    },
    /// One is there twice.
    #[error("part {shard} is there twice, in {first} and in {second}; leave one out")]
    Doubled {
        /// The part.
        shard: String,
        /// Where it is first.
        first: String,
        /// Where it is again.
        second: String,
    },
    /// Some are not there.
    #[error("{missing}; nothing is merged until all are there")]
    Missing {
        /// Which, as a clause.
        missing: String,
    },
}

/// The places of the parts in the list, by their numbers.
///
/// # Errors
/// Where they are not all parts of one run or of one sweep, each once.
pub fn complete(parts: &[(String, Head)]) -> Result<Vec<usize>, SetError> {
    let Some((first, head)) = parts.first() else { return Err(SetError::Empty) };
    let of = head.shard.of();
    for (name, other) in parts {
        if let Some(what) = difference(head, other) {
            return Err(SetError::OtherRun { first: first.clone(), other: name.clone(), what });
        }
    }
    let mut places: Vec<Option<usize>> = vec![None; of as usize];
    for (index, (name, head)) in parts.iter().enumerate() {
        if let Some(earlier) = places[head.shard.number() as usize - 1].replace(index) {
            let first = parts[earlier].0.clone();
            return Err(SetError::Doubled { shard: head.shard.to_string(), first, second: name.clone() });
        }
    }
    let missing: Vec<String> = (1..=of)
        .zip(&places)
        .filter(|(_, place)| place.is_none())
        .filter_map(|(number, _)| Shard::new(number, of))
        .map(|shard| shard.to_string())
        .collect();
    if missing.is_empty() {
        return Ok(places.into_iter().flatten().collect());
    }
    let are = if missing.len() == 1 { "is" } else { "are" };
    let shown = missing.len().min(SHOWN);
    let more = missing.len() - shown;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(SetError::Missing { missing: format!("part {}{more} {are} missing", missing[..shown].join(", ")) })
}

/// What makes two parts those of different runs or sweeps.
fn difference(head: &Head, other: &Head) -> Option<String> {
    let of = |key: &str, name: &str| {
        let (own, others) = (head.number(key), other.number(key));
        (own != others).then(|| format!("its {name} is {others}, not {own}"))
    };
    if head.name != other.name {
        return Some(format!("it is of {}, not {}", other.name, head.name));
    }
    match (&head.sweep, &other.sweep) {
        (None, Some(_)) => return Some("it is a part of a sweep, not of a run".to_owned()),
        (Some(_), None) => return Some("it is a part of a run, not of a sweep".to_owned()),
        (None, None) | (Some(_), Some(_)) => {}
    }
    let number = of("seed", "seed").or_else(|| of("replications", "number of replications"));
    let (own, others) = (head.shard.of(), other.shard.of());
    let shards = (own != others).then(|| format!("it is one of {others} parts, not {own}"));
    let scenario = (head.scenario != other.scenario).then(|| {
        let keys = head.scenario.as_object().into_iter().flatten();
        let differs = keys.filter(|(key, value)| other.scenario.get(*key) != Some(value));
        let mut keys: Vec<&str> = differs.map(|(key, _)| key.as_str()).collect();
        // The text says what was set, which is named as well.
        if keys.len() > 1 {
            keys.retain(|key| *key != "about");
        }
        format!("the scenarios differ in {}", keys.join(", "))
    });
    let sweep = || head.sweep.as_ref()?.difference(other.sweep.as_ref()?);
    number.or(shards).or(scenario).or_else(sweep)
}

/// Missing parts that are named at most.
const SHOWN: usize = 20;
