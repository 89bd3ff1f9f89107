//! Reads the results of an earlier sweep back, to go on with it.

use crate::figure::Figure;
use crate::report::data::figure;
use crate::study::ReplicationRow;
use crate::study::summary::Summary;
use crate::sweep::Ran;

/// The results at the settings of an earlier sweep, from its `summary.json` and `replications.csv`.
///
/// # Errors
/// Where they are not what pollhook writes of a sweep; the sentence says why.
pub fn ran(summary: &str, replications: &str) -> Result<Vec<Ran>, String> {
    if !summary.trim_start().starts_with('[') {
        return Err("it is the report of one run, not of a sweep".to_owned());
    }
    let summaries: Vec<Summary> = serde_json::from_str(summary)
        .map_err(|error| format!("its summary.json is not that of a sweep by this version: {error}"))?;
    let mut all: Vec<Read> = summaries.into_iter().map(|summary| (summary, Vec::new())).collect();
    fill(&mut all, replications)
        .map_err(|why| format!("its replications.csv is not that of a sweep: {why}"))?;
    // A table that was cut short would make other intervals.
    if !all.iter().all(is_whole) {
        return Err("rows are missing in its replications.csv".to_owned());
    }
    let ran = |(summary, rows): Read| Ran { summary, rows: rows.into_iter().collect() };
    Ok(all.into_iter().map(ran).collect())
}

/// A setting with its rows.
type Read = (Summary, Vec<ReplicationRow>);

/// Whether it has the row of each client in each replication, in order.
fn is_whole((summary, rows): &Read) -> bool {
    let clients = summary.clients.len();
    let in_order = |(place, row): (usize, &ReplicationRow)| {
        (row.replication as usize, row.client) == (place / clients, place % clients)
    };
    rows.len() == summary.replications as usize * clients && rows.iter().enumerate().all(in_order)
}

fn fill(all: &mut [Read], text: &str) -> Result<(), String> {
    let mut table = ::csv::Reader::from_reader(text.as_bytes());
    let paths = Figure::ALL.iter().map(|figure| figure.path());
    let expected: Vec<&str> = ["point", "replication", "client"].into_iter().chain(paths).collect();
    if table.headers().map_err(|error| error.to_string())?.iter().ne(expected) {
        return Err("it has other columns than this version writes".to_owned());
    }
    // Settings that were not run have no summary, and their numbers are missing in the table.
    let mut last = None;
    let mut places = all.iter_mut();
    let mut ran = None;
    for record in table.records() {
        let record = record.map_err(|error| error.to_string())?;
        let point = record[0].to_owned();
        if last.as_ref() != Some(&point) {
            ran = places.next();
            last = Some(point);
        }
        let (summary, rows) = ran.as_mut().ok_or("it has more settings than summary.json")?;
        let client =
            summary.clients.iter().position(|client| client.name == record[2]).ok_or("an unknown client")?;
        let number: u32 =
            record[1].parse().ok().filter(|number| *number > 0).ok_or("a replication without a number")?;
        let figures = record.iter().skip(3).map(figure).collect::<Result<Vec<_>, String>>()?;
        rows.push(ReplicationRow { replication: number - 1, client, figures });
    }
    Ok(())
}
