//! The tables of what goes over the wire: bytes, and the connections that stay open.

use super::{ROWS, Table, name};
use crate::report::metric::moments;
use crate::study::figures::{BytesBin, ConnectionLine, Figures};
use crate::study::human;

/// A column for each kind of bytes that a client has, in the order of the chart's key.
pub(super) fn bytes(figures: &Figures, names: &[String]) -> Table {
    let bytes = &figures.bytes;
    let bins = bytes.clients.iter().map(|client| client.bins.len()).max().unwrap_or(0);
    let joint = bins.div_ceil(ROWS).max(1);
    let mut table = begun(bins, joint, (bytes.from_s, bytes.bin_s));
    table.note = format!("HTTP bytes in each {}.", human::duration(joint as f64 * bytes.bin_s));
    for client in &bytes.clients {
        let sums: Vec<[u64; KINDS.len()]> = client.bins.chunks(joint).map(sum).collect();
        let is_shown = |kind: &usize| *kind == 0 || sums.iter().any(|sum| sum[*kind] > 0);
        let shown: Vec<usize> = (0..KINDS.len()).filter(is_shown).collect();
        table.groups.push((name(names, client.client), shown.len()));
        table.head.extend(shown.iter().map(|&kind| KINDS[kind].to_owned()));
        for (row, sum) in table.rows.iter_mut().zip(&sums) {
            row.extend(shown.iter().map(|&kind| human::size(sum[kind] as f64)));
        }
    }
    table
}

/// The bytes of several bins, by [`KINDS`].
fn sum(bins: &[BytesBin]) -> [u64; KINDS.len()] {
    bins.iter().fold([0; KINDS.len()], |[useful, heartbeats, empty, failed], bin| {
        [useful + bin.useful, heartbeats + bin.heartbeats, empty + bin.empty, failed + bin.failed]
    })
}

const KINDS: [&str; 4] = ["With events", "Heartbeats", "Empty", "Failed"];

/// The average, the fewest and the most of each client.
pub(super) fn connections(figures: &Figures, names: &[String]) -> Table {
    let connections = &figures.connections;
    let bins = connections.clients.iter().map(|line| line.bins.len()).max().unwrap_or(0);
    let joint = bins.div_ceil(ROWS).max(1);
    let (from_s, until_s) = connections.span_s;
    let mut table = begun(bins, joint, (from_s, connections.bin_s));
    let in_each = human::duration(joint as f64 * connections.bin_s);
    table.note = format!("Connections that the source held open in each {in_each}.");
    // The last bin ends with the events.
    let length_s = |bin: usize| (until_s - from_s - bin as f64 * connections.bin_s).min(connections.bin_s);
    let of_row = |line: &ConnectionLine, first: usize| {
        let own = || line.bins.iter().enumerate().skip(first).take(joint);
        let open_s: f64 = own().map(|(bin, connections)| connections.mean * length_s(bin)).sum();
        let mean = open_s / own().map(|(bin, _)| length_s(bin)).sum::<f64>();
        let least = own().map(|(_, connections)| connections.least).min().unwrap_or(0);
        let most = own().map(|(_, connections)| connections.most).max().unwrap_or(0);
        [human::amount(mean), human::count(least.into()), human::count(most.into())]
    };
    for line in &connections.clients {
        table.groups.push((name(names, line.client), 3));
        table.head.extend(["Average", "Fewest", "Most"].map(str::to_owned));
        for (row, first) in table.rows.iter_mut().zip((0..bins).step_by(joint)) {
            row.extend(of_row(line, first));
        }
    }
    table
}

/// A row for each `joint` bins, with its beginning.
fn begun(bins: usize, joint: usize, (from_s, bin_s): (f64, f64)) -> Table {
    let begins: Vec<f64> = (0..bins).step_by(joint).map(|first| from_s + first as f64 * bin_s).collect();
    let rows = moments(&begins).into_iter().map(|time| vec![time]).collect();
    Table { head: vec!["From".to_owned()], rows, ..Table::default() }
}
