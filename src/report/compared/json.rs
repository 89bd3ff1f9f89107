//! `compare.json`.

use crate::compare::{Change, Comparison, Row};
use serde_json::{Value, json};

/// The version of this format.
const SCHEMA: u32 = 1;

/// The comparison as JSON. `pairing` and `scenario_diff` at the top are those of the first OTHER.
pub fn json(comparison: &Comparison) -> String {
    let first = comparison.sides.get(1);
    let runs: Vec<Value> = (comparison.sides.iter().enumerate())
        .map(|(run, side)| {
            json!({
                "name": side.name,
                "scenario": side.scenario,
                "version": side.version,
                "engine": if side.is_live { "live" } else { "virtual" },
                "seed": side.seed,
                "replications": side.replications,
                "answer": side.answer,
                "pairing": (run > 0).then(|| side.pairing.name()),
                "scenario_diff": changes(&side.changes),
                "renamed": side.renamed.iter().map(|pair| json!({ "base": pair.base, "other": pair.other }))
                    .collect::<Vec<Value>>(),
            })
        })
        .collect();
    let gates: Vec<Value> = (comparison.gates.iter())
        .map(|gate| {
            json!({ "condition": gate.text, "run": gate.run, "result": gate.outcome.name(), "because": gate.because,
                "fails": gate.fails })
        })
        .collect();
    let whole = json!({
        "schema": SCHEMA,
        "answer": comparison.answer.text(),
        "warnings": comparison.warnings,
        "runs": runs,
        "scenario_diff": changes(first.map_or(&[], |side| &side.changes)),
        "pairing": first.map(|side| side.pairing.name()),
        "margin": comparison.margin,
        "rows": comparison.rows.iter().map(row).collect::<Vec<Value>>(),
        "gates": gates,
    });
    let mut text = serde_json::to_string_pretty(&whole).expect("plain data with text keys");
    text.push('\n');
    text
}

fn changes(changes: &[Change]) -> Vec<Value> {
    (changes.iter())
        .map(|change| json!({ "path": change.path, "base": change.base, "other": change.other }))
        .collect()
}

fn row(row: &Row) -> Value {
    json!({
        "run": row.run,
        "client": row.client,
        "metric": row.figure.path(),
        "unit": row.figure.unit().name(),
        "better": row.figure.better().name(),
        "base": value(row.base),
        "other": value(row.other),
        "difference": row.difference,
        "low": row.interval.map(|interval| interval.0),
        "high": row.interval.map(|interval| interval.1),
        "ratio": row.ratio(),
        "ratio_low": row.ratio_interval.map(|interval| interval.0),
        "ratio_high": row.ratio_interval.map(|interval| interval.1),
        "n": row.n,
        "agree": row.agree,
        "verdict": row.verdict.name(),
        "replications_needed": row.needed,
        "gate": row.gate.map(|passes| if passes { "pass" } else { "fail" }),
    })
}

/// A number, `"never"` or null.
fn value(value: Option<f64>) -> Value {
    match value {
        Some(never) if never.is_infinite() => "never".into(),
        value => value.into(),
    }
}
