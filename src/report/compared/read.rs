//! Reads the data files of a report back.

use crate::compare::Report;
use crate::figure::Figure;
use crate::study::summary::Summary;
use std::collections::BTreeMap;

/// A report from the texts of its `summary.json` and `replications.csv`.
///
/// # Errors
/// Where one of them is not what pollhook writes; the sentence says which and why.
pub fn report(name: &str, summary: &str, replications: &str) -> Result<Report, String> {
    let value: serde_json::Value = serde_json::from_str(summary)
        .map_err(|error| format!("summary.json of {name} is not JSON: {error}"))?;
    if value.is_array() {
        return Err(format!("{name} holds several summaries; name the folder of one run"));
    }
    let schema = value["schema"].as_u64();
    // Told apart before the fields are read: another schema has other fields.
    if schema != Some(u64::from(crate::study::summary::SCHEMA)) {
        let found = schema.map_or_else(|| "no schema".to_owned(), |schema| format!("schema {schema}"));
        return Err(format!(
            "summary.json of {name} has {found}, and this pollhook reads schema {}; run its scenario again with this \
             version",
            crate::study::summary::SCHEMA
        ));
    }
    let summary: Summary = serde_json::from_value(value)
        .map_err(|error| format!("summary.json of {name} is not one of pollhook's: {error}"))?;
    let replications = rows(replications)
        .map_err(|why| format!("replications.csv of {name} is not one of pollhook's: {why}"))?;
    if let Some(missing) = summary.clients.iter().find(|client| !replications.contains_key(&client.name)) {
        return Err(format!(
            "replications.csv of {name} has no row for the client `{}`; run the scenario again",
            missing.name
        ));
    }
    Ok(Report { name: name.to_owned(), summary, replications })
}

type Rows = BTreeMap<String, Vec<Vec<Option<f64>>>>;

/// The figures by client and replication. A column that this version does not know is passed over, and one that it
/// misses is empty.
fn rows(text: &str) -> Result<Rows, String> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| head.iter().position(|column| column == name);
    let client = place("client").ok_or("it has no column `client`")?;
    let places: Vec<Option<usize>> = Figure::ALL.iter().map(|figure| place(figure.path())).collect();
    let mut rows = Rows::new();
    for record in table.records() {
        let record = record.map_err(|error| error.to_string())?;
        let value = |place: Option<usize>| match place.and_then(|place| record.get(place)) {
            None | Some("") => Ok(None),
            Some("never") => Ok(Some(f64::INFINITY)),
            Some(number) => number.parse().map(Some).map_err(|_| format!("`{number}` is no number")),
        };
        let figures = places.iter().map(|place| value(*place)).collect::<Result<Vec<_>, String>>()?;
        rows.entry(record.get(client).unwrap_or_default().to_owned()).or_default().push(figures);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{data, sample};

    #[test]
    fn what_was_written_reads_back() {
        let mut results = sample::day();
        results.replications[0].figures[Figure::KnownAfterMax.index()] = Some(f64::INFINITY);
        results.replications[0].figures[Figure::LatencyP999.index()] = None;
        let summary = data::summary_json(&results.summary);
        let replications = String::from_utf8(data::replications_csv(&results)).unwrap();
        let report = report("day", &summary, &replications).unwrap();
        assert_eq!(report.summary, results.summary);
        for row in &results.replications {
            let name = &results.summary.clients[row.client].name;
            assert_eq!(report.replications[name][row.replication as usize], row.figures);
        }
    }

    #[test]
    fn what_is_no_report_is_refused_with_its_reason() {
        let results = sample::day();
        let summary = data::summary_json(&results.summary);
        let refused = |summary: &str, rows: &str| report("day", summary, rows).unwrap_err();
        assert!(refused("{", "").contains("not JSON"));
        assert!(refused("[]", "").contains("several"));
        assert!(refused("{\"schema\": 2}", "").contains("schema 2"));
        assert!(refused("{\"schema\": 1}", "").contains("not one of pollhook's"));
        assert!(refused(&summary, "").contains("no column"));
        assert!(refused(&summary, "replication,client\n").contains("no row for the client"));
        assert!(refused(&summary, "client,requests.total\na,x\n").contains("no number"));
    }
}
