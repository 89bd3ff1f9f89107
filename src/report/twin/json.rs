//! `twin.json`.

use crate::scenario::resolved;
use crate::study::summary::Reached;
use crate::twin::{ClientTwin, Gap, Twin};
use serde_json::{Value, json};

/// The version of this format.
const SCHEMA: u32 = 1;

/// The twin run as JSON: times in seconds of the scenario, `"never"` where an event was never known.
pub fn json(twin: &Twin) -> String {
    let (sentence, exception) = twin.answer();
    let answer = format!("{sentence} {exception}");
    let whole = json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "answer": answer.trim_end(),
        "verdict": twin.verdict().name(),
        "seed": twin.scenario.seed,
        "replications": twin.replications,
        "band_s": { "mean": twin.band.mean.as_secs_f64(), "p99": twin.band.p99.as_secs_f64() },
        "network": {
            "each_way_s": twin.network.each_way.as_secs_f64(),
            "round_trips": twin.network.round_trips,
        },
        "live": twin.live,
        "clients": twin.clients.iter().map(client).collect::<Vec<Value>>(),
        "scenario": resolved(&twin.scenario),
    });
    let mut text = serde_json::to_string_pretty(&whole).expect("plain data with text keys");
    text.push('\n');
    text
}

fn client(client: &ClientTwin) -> Value {
    let [live_only, virtual_only] = client.known_by_one();
    let [live, simulated] = client.requests;
    json!({
        "name": client.name,
        "kind": client.channel.name(),
        "verdict": client.verdict().name(),
        "events": client.pairs.len(),
        "known_live_only": live_only,
        "known_virtual_only": virtual_only,
        "requests": { "live": live, "virtual": simulated },
        "uncalibrated_mean_gap_s": client.uncalibrated_s,
        "gaps": client.gaps.iter().map(gap).collect::<Vec<Value>>(),
    })
}

fn gap(gap: &Gap) -> Value {
    let time = |seconds: f64| if seconds.is_finite() { Reached::After(seconds) } else { Reached::Never };
    let gap_s = gap.gap_s();
    json!({
        "measure": gap.measure.name(),
        "live_s": time(gap.live_s),
        "virtual_s": time(gap.simulated_s),
        "gap_s": gap_s.is_finite().then_some(gap_s),
        "low_s": gap.interval_s.map(|interval| interval[0]),
        "high_s": gap.interval_s.map(|interval| interval[1]),
        "verdict": gap.verdict.map(|verdict| verdict.name()),
    })
}
