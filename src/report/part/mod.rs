//! The file of a part of a run or of a sweep, which `run --shard K/N` and `sweep --shard K/N` write and `merge` reads.
//!
//! The first line is JSON and says what the file is of. Then each replication or setting follows as its length (4 bytes,
//! little endian) and its content in the format of postcard (integers of variable length): what a replication adds to the
//! sums, or the results at a setting. The end is a length of `END`, and the SHA-256 of all bytes before. A file without its
//! end is one of a part that was stopped.

mod points;
mod set;
#[cfg(test)]
mod tests;

use crate::scenario::{Scenario, resolved};
use crate::study::{Shard, Tally};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read, Write};
use thiserror::Error;

pub use points::{Swept, points};
pub use set::{SetError, complete};

/// What a part is of: its first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT`], the version of the format.
    pollhook_part: u32,
    /// The version of pollhook.
    pub version: String,
    /// The scenario's name.
    pub name: String,
    /// The part.
    pub shard: Shard,
    /// The scenario as `summary.json` has it, seed and number of replications included. Of a sweep, without what is varied.
    pub scenario: serde_json::Value,
    /// What is varied; None: it is a part of a run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sweep: Option<Swept>,
}

impl Head {
    /// The head of that part of a run.
    pub fn of_run(scenario: &Scenario, shard: Shard) -> Self {
        Self {
            pollhook_part: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            name: scenario.name.clone(),
            shard,
            scenario: resolved(scenario),
            sweep: None,
        }
    }

    /// The head of that part of a sweep.
    pub fn of_sweep(base: &Scenario, shard: Shard, sweep: Swept) -> Self {
        Self { sweep: Some(sweep), ..Self::of_run(base, shard) }
    }

    /// The seed and the replications of the whole run.
    fn number(&self, key: &str) -> u64 {
        self.scenario.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default()
    }
}

/// Why a file is no part.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PartError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is something else.
    #[error("it is no part; `pollhook run --shard K/N` and `pollhook sweep --shard K/N` write one")]
    NoPart,
    /// Another version wrote it.
    #[error("version {0} wrote it, and this is version {version}; parts and merge have the same version", version = env!("CARGO_PKG_VERSION"))]
    OtherVersion(String),
    /// It has no end.
    #[error("it is cut off, because its run was stopped or it was copied by half; run that part again")]
    CutOff,
    /// Its bytes are not those that were written.
    #[error("its bytes are not those that were written; copy it once more, or run that part again")]
    Damaged,
}

/// Writes a part: replication by replication, or setting by setting.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Writer<W> {
    /// Writes the head.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(out: W, head: &Head) -> io::Result<Self> {
        let mut writer = Self { out, hash: Sha256::new() };
        writer.put(format!("{}\n", serde_json::to_string(head)?).as_bytes())?;
        Ok(writer)
    }

    /// Writes a replication.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn add(&mut self, tally: &Tally) -> io::Result<()> {
        self.frame(tally)
    }

    fn frame(&mut self, content: &impl Serialize) -> io::Result<()> {
        let bytes = postcard::to_allocvec(content).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len()).ok().filter(|&length| length < END);
        self.put(&length.ok_or_else(|| io::Error::other("a replication is too large"))?.to_le_bytes())?;
        self.put(&bytes)
    }

    /// Writes the end.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(mut self) -> io::Result<W> {
        self.put(&END.to_le_bytes())?;
        self.out.write_all(&self.hash.finalize())?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads a whole part and says what it is of. Its content is not kept.
///
/// # Errors
/// Where it is none, or not whole.
pub fn check(from: impl BufRead) -> Result<Head, PartError> {
    let mut reader = Reader::begin(from)?;
    while reader.frame()?.is_some() {}
    let head = reader.head.clone();
    reader.verify()?;
    Ok(head)
}

/// The replications of a part of a run, in order.
///
/// # Errors
/// Where it is none. Whether it is whole is known at its end.
pub fn tallies<R: BufRead>(from: R) -> Result<impl Iterator<Item = Result<Tally, PartError>>, PartError> {
    frames(from)
}

fn frames<T: DeserializeOwned>(
    from: impl BufRead,
) -> Result<impl Iterator<Item = Result<T, PartError>>, PartError> {
    let mut reader = Reader::begin(from)?;
    Ok(std::iter::from_fn(move || {
        let frame = reader.frame().transpose()?;
        Some(frame.and_then(|frame| postcard::from_bytes(&frame).map_err(|_| PartError::Damaged)))
    }))
}

struct Reader<R> {
    from: R,
    hash: Sha256,
    head: Head,
}

impl<R: BufRead> Reader<R> {
    fn begin(mut from: R) -> Result<Self, PartError> {
        let mut line = Vec::new();
        from.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut line)?;
        let begins = format!("{{\"pollhook_part\":{FORMAT}");
        let told: serde_json::Value = serde_json::from_slice(&line).map_err(|_| {
            // The first line of a part is long.
            if line.starts_with(begins.as_bytes()) { PartError::CutOff } else { PartError::NoPart }
        })?;
        let version = told.get("version").and_then(serde_json::Value::as_str);
        if told.get("pollhook_part").is_none() {
            return Err(PartError::NoPart);
        }
        if version != Some(env!("CARGO_PKG_VERSION")) {
            return Err(PartError::OtherVersion(version.unwrap_or("another").to_owned()));
        }
        let head: Head = serde_json::from_value(told).map_err(|_| PartError::Damaged)?;
        let mut hash = Sha256::new();
        hash.update(&line);
        Ok(Self { from, hash, head })
    }

    /// The bytes of the next replication; None at the end.
    fn frame(&mut self) -> Result<Option<Vec<u8>>, PartError> {
        let mut length = [0; 4];
        self.from.read_exact(&mut length).map_err(cut_off)?;
        self.hash.update(length);
        let length = u32::from_le_bytes(length);
        if length == END {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        self.from.by_ref().take(u64::from(length)).read_to_end(&mut bytes)?;
        if bytes.len() < length as usize {
            return Err(PartError::CutOff);
        }
        self.hash.update(&bytes);
        Ok(Some(bytes))
    }

    fn verify(mut self) -> Result<(), PartError> {
        let mut rest = Vec::new();
        let hash = self.hash.finalize();
        self.from.by_ref().take(hash.len() as u64 + 1).read_to_end(&mut rest)?;
        match rest.len() < hash.len() {
            true => Err(PartError::CutOff),
            false if rest[..] != hash[..] => Err(PartError::Damaged),
            false => Ok(()),
        }
    }
}

fn cut_off(error: io::Error) -> PartError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => PartError::CutOff,
        _ => PartError::Unreadable(error),
    }
}

const FORMAT: u32 = 1;
/// In place of a length: no more replications.
const END: u32 = u32::MAX;
/// A head is hardly longer than a scenario.
const LONGEST_HEAD: u64 = 16 << 20;
