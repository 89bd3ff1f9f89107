//! What receivers got: the newest requests of each.

use crate::live::lock;
use crate::live::serve::problem::Problem;
use crate::policy::security::Refusal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

/// All receivers.
#[derive(Debug)]
pub(in crate::live::serve) struct Receivers {
    by_name: Mutex<BTreeMap<String, Receiver>>,
    /// The longest body that is taken.
    pub(super) max_body: usize,
}

#[derive(Debug, Default)]
struct Receiver {
    /// Requests so far.
    got: u64,
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

/// Receivers at once.
const RECEIVERS: usize = 20;
/// Requests that are kept of each.
const KEPT: usize = 20;

impl Receivers {
    pub(in crate::live::serve) fn new(max_body: usize) -> Self {
        Self { by_name: Mutex::default(), max_body }
    }

    /// Keeps a request; returns its number, counted from 1.
    pub(super) fn keep(&self, name: &str, kept: Kept) -> Result<u64, Problem> {
        let mut by_name = lock(&self.by_name);
        if !by_name.contains_key(name) && by_name.len() >= RECEIVERS {
            return Err(Problem::new(409, "there are 20 receivers, and no more are made; use one of them"));
        }
        let receiver = by_name.entry(name.to_owned()).or_default();
        receiver.got += 1;
        receiver.newest.push_back((receiver.got, kept));
        if receiver.newest.len() > KEPT {
            receiver.newest.pop_front();
        }
        Ok(receiver.got)
    }

    /// Notes what was done with a request.
    pub(super) fn answered(&self, name: &str, number: u64, words: String) {
        if let Some(receiver) = lock(&self.by_name).get_mut(name)
            && let Some((_, kept)) = receiver.newest.iter_mut().find(|(kept, _)| *kept == number)
        {
            kept.answered = words;
        }
    }

    /// The names of the receivers, and how many requests each has got.
    pub(in crate::live::serve) fn all(&self) -> Vec<(String, u64)> {
        lock(&self.by_name).iter().map(|(name, receiver)| (name.clone(), receiver.got)).collect()
    }

    /// The newest requests of a receiver, the newest first, each with its number.
    pub(in crate::live::serve) fn newest(&self, name: &str) -> Vec<(u64, Kept)> {
        let by_name = lock(&self.by_name);
        by_name.get(name).map(|receiver| receiver.newest.iter().rev().cloned().collect()).unwrap_or_default()
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
