//! What receivers got: the newest requests of each.

use crate::live::lock;
use crate::live::serve::deliver::MAX_SUBSCRIPTIONS;
use crate::policy::security::Refusal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

/// All receivers.
#[derive(Debug)]
pub(in crate::live::serve) struct Receivers {
    kept: Mutex<All>,
    /// The longest body that is taken.
    pub(super) max_body: usize,
}

#[derive(Debug, Default)]
struct All {
    /// Requests to all of them so far.
    got: u64,
    by_name: BTreeMap<String, Receiver>,
}

#[derive(Debug, Default)]
struct Receiver {
    /// Requests so far.
    got: u64,
    /// The number of its newest among the requests to all.
    newest_of_all: u64,
    newest: VecDeque<(u64, Kept)>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Kept {
    /// Milliseconds of Unix time.
    pub(in crate::live::serve) at_ms: u64,
    pub(in crate::live::serve) method: String,
    pub(in crate::live::serve) target: String,
    pub(in crate::live::serve) headers: Vec<(String, String)>,
    pub(in crate::live::serve) body: String,
    pub(in crate::live::serve) verdict: Verdict,
    /// What the receiver did, in words.
    pub(in crate::live::serve) answered: String,
}

/// What a receiver makes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live::serve) enum Verdict {
    /// The source asks whether the receiver wants its deliveries.
    Handshake,
    /// It bears no proof, and none is expected.
    Unsecured,
    /// Its proof is right.
    Proven,
    /// Its proof is wrong, or it has none.
    Refused(Refusal),
}

/// Receivers at once: every subscription may have its own.
pub(in crate::live::serve) const RECEIVERS: usize = MAX_SUBSCRIPTIONS;
/// Requests that are kept of each.
pub(in crate::live::serve) const KEPT: usize = 20;

impl Receivers {
    pub(in crate::live::serve) fn new(max_body: usize) -> Self {
        Self { kept: Mutex::default(), max_body }
    }

    /// Keeps a request; returns its number, counted from 1. For a new receiver too many, the one that has got nothing
    /// for the longest time is forgotten.
    pub(super) fn keep(&self, name: &str, kept: Kept) -> u64 {
        let All { got, by_name } = &mut *lock(&self.kept);
        *got += 1;
        if !by_name.contains_key(name) && by_name.len() >= RECEIVERS {
            let oldest = by_name.iter().min_by_key(|(_, receiver)| receiver.newest_of_all);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                by_name.remove(&oldest);
            }
        }
        let receiver = by_name.entry(name.to_owned()).or_default();
        receiver.newest_of_all = *got;
        receiver.got += 1;
        receiver.newest.push_back((receiver.got, kept));
        if receiver.newest.len() > KEPT {
            receiver.newest.pop_front();
        }
        receiver.got
    }

    /// Notes what was done with a request.
    pub(super) fn answered(&self, name: &str, number: u64, words: String) {
        if let Some(receiver) = lock(&self.kept).by_name.get_mut(name)
            && let Some((_, kept)) = receiver.newest.iter_mut().find(|(kept, _)| *kept == number)
        {
            kept.answered = words;
        }
    }

    /// The names of the receivers, and how many requests each has got.
    pub(in crate::live::serve) fn all(&self) -> Vec<(String, u64)> {
        lock(&self.kept).by_name.iter().map(|(name, receiver)| (name.clone(), receiver.got)).collect()
    }

    /// The newest requests of a receiver, the newest first, each with its number.
    pub(in crate::live::serve) fn newest(&self, name: &str) -> Vec<(u64, Kept)> {
        let kept = lock(&self.kept);
        kept.by_name
            .get(name)
            .map(|receiver| receiver.newest.iter().rev().cloned().collect())
            .unwrap_or_default()
    }
}

impl Verdict {
    /// In a few words.
    pub(in crate::live::serve) fn words(self) -> String {
        match self {
            Self::Handshake => "handshake".into(),
            Self::Unsecured => "no proof expected".into(),
            Self::Proven => "proof right".into(),
            Self::Refused(refusal) => format!("proof {}", refusal.word()),
        }
    }
}

impl Kept {
    /// For the API.
    pub(in crate::live::serve) fn json(&self, number: u64) -> Value {
        let headers: Vec<Value> = self.headers.iter().map(|(name, value)| json!([name, value])).collect();
        json!({
            "number": number,
            "at_s": self.at_ms as f64 / 1e3,
            "method": self.method,
            "target": self.target,
            "headers": headers,
            "body": self.body,
            "verdict": self.verdict.words(),
            "answered": self.answered,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Kept {
        Kept {
            at_ms: 0,
            method: "POST".into(),
            target: "/".into(),
            headers: Vec::new(),
            body: String::new(),
            verdict: Verdict::Unsecured,
            answered: String::new(),
        }
    }

    #[test]
    fn a_receiver_too_many_takes_the_place_of_the_one_that_is_idle_the_longest() {
        let receivers = Receivers::new(1);
        for number in 0..RECEIVERS {
            assert_eq!(receivers.keep(&format!("r{number}"), request()), 1);
        }
        assert_eq!(receivers.keep("r0", request()), 2);
        assert_eq!(receivers.keep("new", request()), 1);
        let names: Vec<String> = receivers.all().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), RECEIVERS);
        assert!(
            names.contains(&"r0".into()) && names.contains(&"new".into()) && !names.contains(&"r1".into())
        );
        let last = (0..=KEPT).map(|_| receivers.keep("new", request())).last();
        assert_eq!(last, Some(KEPT as u64 + 2));
        assert_eq!(receivers.newest("new").len(), KEPT);
    }
}
