//! The report of a sweep: `summary.json`, `sweep.csv`, `replications.csv`, charts and page, the text for a terminal, and
//! what is read back to go on with a sweep that was stopped.

mod csv;
mod page;
pub mod read;
mod table;
mod text;

pub use text::text;

use super::{File, pictures};
use crate::chart::{self, Chart, PngError};
use crate::sweep::Sweep;

/// Every file of a sweep's report. Of no `charts` the page has none either.
///
/// # Errors
/// Where a picture cannot be made.
pub fn files(sweep: &Sweep, charts: bool) -> Result<Vec<File>, PngError> {
    let charts: Vec<Chart> = if charts { chart::of_sweep(sweep) } else { Vec::new() };
    let mut files = vec![
        ("summary.json".to_owned(), json(sweep).into_bytes()),
        ("sweep.csv".to_owned(), csv::sweep(sweep)),
        ("replications.csv".to_owned(), csv::replications(sweep)),
    ];
    files.extend(pictures(&charts)?);
    files.push(("index.html".to_owned(), page::page(sweep, &charts).into_bytes()));
    Ok(files)
}

/// `summary.json`: an array of the summary of each setting, in the order of the grid.
pub fn json(sweep: &Sweep) -> String {
    let all: Vec<String> =
        sweep.points.iter().map(|point| super::data::summary_json(&point.ran.summary)).collect();
    let all: Vec<&str> = all.iter().map(|text| text.trim_end()).collect();
    format!("[\n{}\n]\n", all.join(",\n"))
}
