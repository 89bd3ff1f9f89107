//! What a part of a sweep says of the whole one, and the results at its settings.

use super::{PartError, Writer, frames};
use crate::report::data::summary_json;
use crate::scenario::{Scenario, resolved};
use crate::study::ReplicationRow;
use crate::study::summary::Summary;
use crate::sweep::{Asked, Grid, Ran, Vary, Wish};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Write};

/// What a sweep varies and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// The varied paths with their values.
    pub vary: Vec<Vary>,
    /// What a setting must keep, as it was written.
    pub find: Vec<String>,
    /// What it should cost least.
    pub cheapest: Option<String>,
    /// The digest of the scenario at every setting. Beside the scenario and the values, it depends on the files that the
    /// scenario names.
    settings_sha256: String,
}

impl Swept {
    /// That of a sweep with those scenarios, one for each setting of the grid.
    pub fn of(grid: &Grid, asked: &Asked, settings: &[Scenario]) -> Self {
        let settings = settings.iter().map(resolved);
        Self {
            vary: grid.vary.clone(),
            find: asked.wishes.iter().map(|wish| wish.text.clone()).collect(),
            cheapest: asked.cheapest.as_ref().map(|aim| format!("{}.{}", aim.client, aim.path)),
            settings_sha256: digest(settings),
        }
    }

    /// The grid.
    ///
    /// # Errors
    /// Where there can be no such grid.
    pub fn grid(&self) -> Result<Grid, String> {
        Grid::new(self.vary.clone())
    }

    /// What is asked.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn asked(&self) -> Result<Asked, String> {
        let wishes = self.find.iter().map(|text| text.parse::<Wish>()).collect::<Result<_, _>>()?;
        Ok(Asked { wishes, cheapest: self.cheapest.as_deref().map(str::parse).transpose()? })
    }

    /// What makes another one a different sweep.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let spelt = |one: &Self| {
            let each = one.vary.iter().map(|one| format!("{}={}", one.path, one.values.join(",")));
            each.collect::<Vec<_>>().join(" ")
        };
        let wishes = |one: &Self| [one.find.clone(), one.cheapest.clone().into_iter().collect()].concat();
        if self.vary != other.vary {
            return Some(format!("it varies {}, not {}", spelt(other), spelt(self)));
        }
        if wishes(self) != wishes(other) {
            return Some("--find or --cheapest is another one".to_owned());
        }
        let is_other = self.settings_sha256 != other.settings_sha256;
        is_other.then(|| {
            "its settings are other ones, as where a file that the scenario names differs".to_owned()
        })
    }

    /// The results at every setting, in the order of the grid, from those of all parts.
    ///
    /// # Errors
    /// Where some are missing, or are of other settings than the parts say.
    pub fn together(&self, points: Vec<(usize, Ran)>) -> Result<Vec<Option<Ran>>, String> {
        let mut all: Vec<Option<Ran>> = vec![None; self.grid()?.settings.len()];
        for (place, ran) in points {
            let place = all.get_mut(place).filter(|place| place.is_none());
            *place.ok_or("a part has a setting that belongs to another one")? = Some(ran);
        }
        let missing = || all.iter().position(Option::is_none);
        if let Some(missing) = missing() {
            return Err(format!("setting {} is in no part", missing + 1));
        }
        let settings = all.iter().flatten().map(|ran| ran.summary.scenario.clone());
        if digest(settings) == self.settings_sha256 {
            Ok(all)
        } else {
            Err("the results are of other settings than the parts say".to_owned())
        }
    }
}

/// The SHA-256 of scenarios, as hexadecimal digits.
fn digest(scenarios: impl Iterator<Item = serde_json::Value>) -> String {
    let mut hash = Sha256::new();
    scenarios.for_each(|scenario| hash.update(format!("{scenario}\n")));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The results at a setting as bytes: those of its report, whose text keeps every bit.
#[derive(Serialize, Deserialize)]
struct Frame {
    /// From 0 on, in the order of the grid.
    place: u32,
    summary: String,
    rows: Vec<ReplicationRow>,
}

impl<W: Write> Writer<W> {
    /// Writes the results at the setting in that place of the grid.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn add_point(&mut self, place: usize, ran: &Ran) -> io::Result<()> {
        let place = u32::try_from(place).map_err(io::Error::other)?;
        self.frame(&Frame { place, summary: summary_json(&ran.summary), rows: ran.rows.rows().collect() })
    }
}

/// The results of a part of a sweep, and the place of each setting in the grid.
///
/// # Errors
/// Where it is none. Whether it is whole is known at its end.
pub fn points(from: impl BufRead) -> Result<Vec<(usize, Ran)>, PartError> {
    let read = |frame: Result<Frame, PartError>| {
        let Frame { place, summary, rows } = frame?;
        let summary: Summary = serde_json::from_str(&summary).map_err(|_| PartError::Damaged)?;
        Ok((place as usize, Ran { summary, rows: rows.into_iter().collect() }))
    };
    frames::<Frame>(from)?.map(read).collect()
}
