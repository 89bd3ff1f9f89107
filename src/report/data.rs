//! The data files of a report: `summary.json`, the CSV tables, and the latency histograms.
//!
//! Their bytes depend on the results alone: nothing here reads a clock or uses a disk.

use super::names;
use crate::figure::Figure;
use crate::study::Results;
use crate::study::summary::Summary;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::IntervalLogWriterBuilder;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

/// The summary as `summary.json` has it: indented, keys in the order of the types, a newline at the end.
pub fn summary_json(summary: &Summary) -> String {
    let mut text = serde_json::to_string_pretty(summary).expect("a summary is plain data with text keys");
    text.push('\n');
    text
}

/// `events.csv`: a row for each event and member of a client; None where the run kept no rows. The columns
/// `member`, where a client has several, and `type` stand at the end.
pub fn events_csv(results: &Results) -> Option<Vec<u8>> {
    let rows = results.rows.as_ref()?;
    let members = results.summary.clients.iter().any(|client| client.count > 1);
    let mut head = vec!["event", "client", "occurred_s", "received_s", "latency_s", "attempts", "outcome"];
    if members {
        head.push("member");
    }
    head.push("type");
    Some(csv(&head, |table| {
        for row in rows {
            let mut fields = vec![
                row.event.clone(),
                text(&results.summary.clients[row.client].name),
                seconds(Some(row.occurred_s)),
                seconds(row.received_s),
                seconds(row.latency_s),
                row.attempts.to_string(),
                row.outcome.name().to_owned(),
            ];
            if members {
                fields.push(row.member.to_string());
            }
            fields.push(row.kind.clone());
            table.write_record(fields)?;
        }
        Ok(())
    }))
}

/// `replications.csv`: a row for each replication (from 1 on) and client, a column for each declared figure; `never` for
/// a time that never came, empty where nothing can be said.
pub fn replications_csv(results: &Results) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_replications(results, &mut bytes).expect("rows of one length are always written to memory");
    bytes
}

/// Writes `replications.csv` row by row.
///
/// # Errors
/// Where it cannot be written there.
pub fn write_replications(results: &Results, to: &mut dyn io::Write) -> io::Result<()> {
    let paths = Figure::ALL.iter().map(|figure| figure.path());
    let mut table = ::csv::Writer::from_writer(to);
    table.write_record(["replication", "client"].into_iter().chain(paths))?;
    for row in results.replications.rows() {
        let name = &results.summary.clients[row.client].name;
        let own = [(row.replication + 1).to_string(), name.clone()];
        table.write_record(own.into_iter().chain(row.figures.iter().map(spelt)))?;
    }
    table.flush()
}

/// `requests.csv`: the requests of each client in each bin of time, by their result: useful + empty + failed are all of
/// them. The last columns are how many of the useful ones were attempts after the first, and how many of the failed
/// ones had delivered a new event, but their sender received no answer in time.
pub fn requests_csv(results: &Results) -> Vec<u8> {
    let requests = &results.figures.requests;
    let head = ["client", "bin_start_s", "useful", "empty", "failed", "useful_retries", "failed_delivered"];
    csv(&head, |table| {
        for client in &requests.clients {
            let name = text(&results.summary.clients[client.client].name);
            let begins = |number: usize| requests.from_s + number as f64 * requests.bin_s;
            let drawn = client.bins.iter().enumerate().map(|(number, bin)| (begins(number), bin));
            for (start_s, bin) in drawn.chain(client.later.iter().map(|(start_s, bin)| (*start_s, bin))) {
                let failed = bin.failed + bin.unacknowledged;
                let counts = [bin.brought_news(), bin.empty, failed, bin.retries, bin.unacknowledged];
                let counts = counts.map(|count| count.to_string());
                table.write_record([name.clone(), seconds(Some(start_s))].iter().chain(&counts))?;
            }
        }
        Ok(())
    })
}

/// For each client a log of one interval with its whole latency histogram, in nanoseconds (`HdrHistogram` V2,
/// compressed): the interval is the run, counted from its own beginning. Its greatest value is told in
/// milliseconds, as the format's other readers expect.
pub fn histogram_logs(results: &Results) -> Vec<(String, Vec<u8>)> {
    let names: Vec<&str> = results.summary.clients.iter().map(|client| client.name.as_str()).collect();
    (names::stems(&names).into_iter().zip(&names).zip(&results.histograms))
        .map(|((stem, name), histogram)| {
            (format!("{stem}.hdr"), histogram_log(name, histogram, results.summary.duration_s))
        })
        .collect()
}

fn histogram_log(name: &str, histogram: &Histogram<u64>, duration_s: f64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let length = Duration::try_from_secs_f64(duration_s).unwrap_or_default();
    let written = IntervalLogWriterBuilder::new()
        .add_comment("[Histogram log format version 1.3]")
        .add_comment(&format!("[Latency of {} in nanoseconds]", name.escape_debug()))
        .with_base_time(UNIX_EPOCH)
        .with_max_value_divisor(1e6)
        .begin_log_with(&mut bytes, &mut serializer)
        .map_err(hdrhistogram::serialization::interval_log::IntervalLogWriterError::from)
        .and_then(|mut log| log.write_histogram(histogram, Duration::ZERO, length, None));
    written.expect("a histogram is always written to memory");
    bytes
}

/// A figure as a cell: `never` for a time that never came, empty where nothing can be said.
#[expect(clippy::ref_option, reason = "it maps over figures")]
pub(super) fn spelt(figure: &Option<f64>) -> String {
    match figure {
        Some(number) if number.is_infinite() => "never".to_owned(),
        Some(number) => number.to_string(),
        None => String::new(),
    }
}

/// The figure that a cell spells: see [`spelt`].
pub(super) fn figure(cell: &str) -> Result<Option<f64>, String> {
    match cell {
        "" => Ok(None),
        "never" => Ok(Some(f64::INFINITY)),
        number => number.parse().map(Some).map_err(|_| format!("`{number}` is no number")),
    }
}

/// A table with these columns.
pub(super) fn csv(head: &[&str], fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    (table.write_record(head).and_then(|()| fill(&mut table)))
        .expect("rows of one length are always written to memory");
    table.into_inner().expect("memory takes the rest as well")
}

/// A text as a cell. Spreadsheets run a cell that begins as a formula does, so such a one gets an apostrophe before it
/// (<https://owasp.org/www-community/attacks/CSV_Injection>); numbers never pass through here and keep their sign.
pub(super) fn text(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

/// To the nanosecond, without zeros at the end.
pub(super) fn seconds(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| {
        let text = format!("{value:.9}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_summary_reads_back_equal() {
        let summary = sample::day().summary;
        let text = summary_json(&summary);
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn events_have_a_row_each_and_quote_what_needs_it() {
        let mut results = sample::day();
        results.summary.clients[0].name = "poll, \"fast\"".to_owned();
        let rows = results.rows.as_mut().unwrap();
        (rows[0].received_s, rows[0].latency_s) = (Some(rows[0].occurred_s + 0.1), Some(0.1));
        (rows[1].received_s, rows[1].latency_s) = (None, None);
        let text = String::from_utf8(events_csv(&results).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "event,client,occurred_s,received_s,latency_s,attempts,outcome,type");
        assert_eq!(lines.len(), 1 + results.rows.as_ref().unwrap().len());
        assert!(
            lines[1].contains("\"poll, \"\"fast\"\"\"") && lines[1].ends_with(",0.1,0,polled,event"),
            "{}",
            lines[1]
        );
        assert!(lines[2].ends_with(",,,1,first_try,event"), "{}", lines[2]);
    }

    #[test]
    fn a_name_is_never_a_formula_and_a_negative_number_stays_one() {
        let mut results = sample::day();
        results.summary.clients[0].name = "=HYPERLINK(\"http://example.com\")".to_owned();
        results.summary.clients[1].name = "-1 + 2".to_owned();
        results.rows.as_mut().unwrap()[0].latency_s = Some(-0.5);
        let events = String::from_utf8(events_csv(&results).unwrap()).unwrap();
        assert!(events.contains(",\"'=HYPERLINK(") && events.contains(",'-1 + 2,"), "{events}");
        assert!(events.lines().nth(1).unwrap().contains(",-0.5,"));
        let requests = String::from_utf8(requests_csv(&results)).unwrap();
        assert!(requests.contains("\n\"'=HYPERLINK(") && requests.contains("\n'-1 + 2,"));
    }

    #[test]
    fn members_get_a_column_where_there_are_several_and_no_rows_no_file() {
        let mut results = sample::day();
        results.summary.clients[1].count = 3;
        let text = String::from_utf8(events_csv(&results).unwrap()).unwrap();
        assert!(
            text.lines().all(|line| line.split(',').count() == 9) && text.contains(",outcome,member,type\n")
        );
        results.rows = None;
        assert!(events_csv(&results).is_none());
    }

    #[test]
    fn requests_of_all_bins_add_up_to_those_of_the_figures() {
        let results = sample::day();
        let text = String::from_utf8(requests_csv(&results)).unwrap();
        assert_eq!(
            text.lines().next(),
            Some("client,bin_start_s,useful,empty,failed,useful_retries,failed_delivered")
        );
        let sum: u64 = text
            .lines()
            .skip(1)
            .flat_map(|line| line.split(',').skip(2).take(3))
            .map(|n| n.parse::<u64>().unwrap())
            .sum();
        let bins = results.figures.requests.clients.iter().flat_map(|client| &client.bins);
        assert_eq!(sum, bins.map(|bin| bin.useful + bin.empty + bin.failed + bin.retries).sum::<u64>());
    }
}
