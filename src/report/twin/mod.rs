//! The report of a scenario in both engines: `twin.json`, `twin.csv`, charts and page, and the text for a terminal.

mod csv;
mod json;
mod page;
mod text;

pub use json::json;
pub use text::text;

use super::{File, pictures};
use crate::chart::{self, Chart, PngError};
use crate::study::human::{count, duration, time};
use crate::twin::{ClientTwin, Gap, Twin};

/// Every file of the report. Of no `charts` the page has none either.
///
/// # Errors
/// Where a picture cannot be made.
pub fn files(twin: &Twin, charts: bool) -> Result<Vec<File>, PngError> {
    let charts: Vec<Chart> = if charts { chart::of_twin(twin) } else { Vec::new() };
    let mut files =
        vec![("twin.json".to_owned(), json(twin).into_bytes()), ("twin.csv".to_owned(), csv::pairs(twin))];
    files.extend(pictures(&charts)?);
    files.push(("index.html".to_owned(), page::page(twin, &charts).into_bytes()));
    Ok(files)
}

const HEAD: [&str; 7] = ["known after", "live", "virtual", "gap", "90 % interval", "band", "verdict"];

/// A row of the table of a client, as texts.
fn cells(twin: &Twin, gap: &Gap) -> [String; 7] {
    [
        gap.measure.name(),
        time(gap.live_s),
        time(gap.simulated_s),
        signed(gap.gap_s()),
        gap.interval_s
            .map_or_else(super::metric::dash, |[low, high]| format!("{} to {}", signed(low), signed(high))),
        (gap.measure.band(twin.band))
            .map_or_else(String::new, |band| format!("±{}", duration(band.as_secs_f64()))),
        gap.verdict.map_or_else(String::new, |verdict| verdict.name().to_owned()),
    ]
}

fn signed(seconds: f64) -> String {
    match seconds {
        0.0 => "0 s".to_owned(),
        f64::INFINITY => "never live".to_owned(),
        f64::NEG_INFINITY => "never in virtual time".to_owned(),
        later if later > 0.0 => format!("+{}", duration(later)),
        sooner => duration(sooner),
    }
}

/// `243 events; requests 1,440 live and 1,440 in virtual time`.
fn counts(client: &ClientTwin) -> String {
    let [live, simulated] = client.requests.map(count);
    format!("{} events; requests: {live} live, {simulated} in virtual time", count(client.pairs.len() as u64))
}

/// What was run, how late the machine was and what its network added.
fn how(twin: &Twin) -> Vec<String> {
    let runs = if twin.replications == 1 {
        "1 replication".to_owned()
    } else {
        format!("{} replications", count(twin.replications.into()))
    };
    let speed = twin.live.speed;
    let times = if speed == 1.0 {
        "in real time".to_owned()
    } else {
        format!(
            "{} times as fast as real time; all times are the scenario's",
            crate::study::human::number(speed)
        )
    };
    let mut lines = vec![format!(
        "{runs} over real HTTP on loopback {times}, beside the same in virtual time with the same events (seed {}).",
        twin.scenario.seed
    )];
    lines.push(if twin.network.round_trips == 0 {
        "No round trip was there to measure loopback with: virtual time has the scenario's network alone.".to_owned()
    } else {
        let without = twin.clients.iter().filter_map(|client| {
            Some(format!("{} {}", client.name, signed(client.uncalibrated_s?)))
        });
        format!(
            "Loopback and the timers add {} to each delay (half of the median over {} round trips), which virtual time has, \
             too. Without that the mean gaps are: {}.",
            duration(twin.network.each_way.as_secs_f64()),
            count(twin.network.round_trips),
            without.collect::<Vec<_>>().join(", ")
        )
    });
    if let (Some(p50), Some(max)) = (twin.live.lateness_s.p50, twin.live.lateness_s.max) {
        lines.push(format!(
            "The machine acted late by {} typically, {} at most.",
            duration(p50),
            duration(max)
        ));
    }
    lines
}
