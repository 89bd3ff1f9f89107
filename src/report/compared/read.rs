//! Reads the data files of a report back.

use crate::compare::{Event, Report, Single};
use crate::figure::Figure;
use crate::report::data::figure;
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
        return Err(format!(
            "{name} holds several summaries; name the folder of one run, or of a sweep one setting by its number, \
             such as {name}/1"
        ));
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
    Ok(Report { name: name.to_owned(), summary, replications, single: Single::default() })
}

/// The single events and requests of a report from the texts of its `events.csv` and `requests.csv`, each of which may be
/// missing.
///
/// # Errors
/// Where one of them is not what pollhook writes.
pub fn single(report: &Report, events: Option<&str>, requests: Option<&str>) -> Result<Single, String> {
    let wrong =
        |file: &str, why: String| format!("{file} of {} is not one of pollhook's: {why}", report.name);
    // The files spell a name that a spreadsheet would take for a formula otherwise.
    let names: BTreeMap<String, String> = (report.summary.clients.iter())
        .map(|client| (super::super::data::text(&client.name), client.name.clone()))
        .collect();
    Ok(Single {
        events: events
            .map(|text| rows_of_events(text, &names))
            .transpose()
            .map_err(|why| wrong("events.csv", why))?,
        requests: requests
            .map(|text| rows_of_requests(text, &names))
            .transpose()
            .map_err(|why| wrong("requests.csv", why))?,
        again: None,
    })
}

/// The cells of these columns, row by row; None for a column that the table does not have.
fn cells<const N: usize>(
    text: &str,
    columns: [&str; N],
    mut take: impl FnMut([Option<&str>; N]) -> Result<(), String>,
) -> Result<(), String> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().map_err(|error| error.to_string())?.clone();
    let places = columns.map(|name| head.iter().position(|column| column == name));
    let mut record = csv::StringRecord::new();
    while table.read_record(&mut record).map_err(|error| error.to_string())? {
        take(places.map(|place| place.and_then(|place| record.get(place))))?;
    }
    Ok(())
}

fn number<T: std::str::FromStr>(cell: Option<&str>) -> Result<T, String> {
    let cell = cell.ok_or("a column is missing")?;
    cell.parse().map_err(|_| format!("`{cell}` is no number"))
}

fn rows_of_events(
    text: &str,
    names: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Vec<Event>>, String> {
    let mut all: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    let columns = ["client", "event", "member", "occurred_s", "latency_s"];
    cells(text, columns, |[client, event, member, occurred, latency]| {
        let Some(name) = client.and_then(|client| names.get(client)) else { return Ok(()) };
        let event = Event {
            id: event.unwrap_or_default().to_owned(),
            member: member.map_or(Ok(0), |member| number(Some(member)))?,
            occurred_s: number(occurred)?,
            latency_s: if latency == Some("") { f64::INFINITY } else { number(latency)? },
        };
        match all.get_mut(name) {
            Some(events) => events.push(event),
            None => _ = all.insert(name.clone(), vec![event]),
        }
        Ok(())
    })?;
    Ok(all)
}

fn rows_of_requests(
    text: &str,
    names: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Vec<(f64, u64)>>, String> {
    let mut all: BTreeMap<String, Vec<(f64, u64)>> = BTreeMap::new();
    let columns = ["client", "bin_start_s", "useful", "empty", "failed"];
    cells(text, columns, |[client, start, useful, empty, failed]| {
        let Some(name) = client.and_then(|client| names.get(client)) else { return Ok(()) };
        let sent = number::<u64>(useful)? + number::<u64>(empty)? + number::<u64>(failed)?;
        all.entry(name.clone()).or_default().push((number(start)?, sent));
        Ok(())
    })?;
    Ok(all)
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
        let value =
            |place: Option<usize>| figure(place.and_then(|place| record.get(place)).unwrap_or_default());
        let figures = places.iter().map(|place| value(*place)).collect::<Result<Vec<_>, String>>()?;
        rows.entry(record.get(client).unwrap_or_default().to_owned()).or_default().push(figures);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{data, sample};
    use crate::study::ReplicationRow;

    #[test]
    fn what_was_written_reads_back() {
        let mut results = sample::day();
        let mut rows: Vec<ReplicationRow> = results.replications.rows().collect();
        rows[0].figures[Figure::KnownAfterMax.index()] = Some(f64::INFINITY);
        rows[0].figures[Figure::LatencyP999.index()] = None;
        results.replications = rows.into_iter().collect();
        let summary = data::summary_json(&results.summary);
        let replications = String::from_utf8(data::replications_csv(&results)).unwrap();
        let report = report("day", &summary, &replications).unwrap();
        assert_eq!(report.summary, results.summary);
        for row in results.replications.rows() {
            let name = &results.summary.clients[row.client].name;
            assert_eq!(report.replications[name][row.replication as usize], row.figures);
        }
    }

    /// What the charts show is what the run had.
    #[test]
    fn single_events_and_requests_read_back() {
        let mut results = sample::day();
        results.summary.clients[0].name = "=poll".to_owned();
        let rows = results.rows.as_mut().unwrap();
        (rows[0].received_s, rows[0].latency_s) = (None, None);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (events, requests) =
            (text(data::events_csv(&results).unwrap()), text(data::requests_csv(&results)));
        let summary = data::summary_json(&results.summary);
        let report = report("day", &summary, &text(data::replications_csv(&results))).unwrap();
        let read = single(&report, Some(&events), Some(&requests)).unwrap();
        let rows = results.rows.unwrap();
        for (place, client) in results.summary.clients.iter().enumerate() {
            let own: Vec<f64> = (rows.iter().filter(|row| row.client == place))
                .map(|row| row.latency_s.unwrap_or(f64::INFINITY))
                .collect();
            let same = read.events.as_ref().unwrap()[&client.name].iter().map(|event| event.latency_s);
            assert!(same.zip(&own).all(|(read, own)| read == *own || (read - own).abs() < 1e-9));
            let sent: u64 = read.requests.as_ref().unwrap()[&client.name].iter().map(|bin| bin.1).sum();
            let own = &results.figures.requests.clients[place];
            let bins = own.bins.iter().chain(own.later.iter().map(|(_, bin)| bin));
            let own: u64 =
                bins.map(|bin| bin.brought_news() + bin.empty + bin.failed + bin.unacknowledged).sum();
            assert_eq!(sent, own, "{}", client.name);
        }
        let none = single(&report, None, None).unwrap();
        assert!(none.events.is_none() && none.requests.is_none());
        let wrong = requests.replacen(",0,", ",x,", 1);
        assert!(single(&report, None, Some(&wrong)).unwrap_err().contains("requests.csv of day"));
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
