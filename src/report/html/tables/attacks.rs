//! The tables of attacks: what got into which clients, and what each attack cost.

use super::Table;
use crate::report::attacks::{Cost, cell, for_each_delivery, kinds};
use crate::study::Results;

/// What got in of each attack, a row for all clients to which it is the same; None without attacks.
pub(in crate::report::html) fn got_in(results: &Results) -> Option<Table> {
    let summary = &results.summary;
    let kinds = kinds(summary);
    let mut rows: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for client in summary.clients.iter().filter(|client| !client.attacks.is_empty()) {
        let cells: Vec<String> = kinds.iter().map(|kind| cell(client, kind, summary.replications)).collect();
        match rows.iter_mut().find(|(_, known)| *known == cells) {
            Some((names, _)) => names.push(&client.name),
            None => rows.push((vec![&client.name], cells)),
        }
    }
    (!rows.is_empty()).then(|| Table {
        head: std::iter::once("Client".to_owned()).chain(kinds).collect(),
        rows: rows.into_iter().map(|(names, cells)| [vec![names.join("; ")], cells].concat()).collect(),
        note: "“All” and “2 of 9”: so many requests of the attacker the endpoint took for the source's; what got in counts \
               in no other figure. A number alone is the status with which it refused every one."
            .to_owned(),
        ..Table::default()
    })
}

/// What each attack cost the endpoints; None without attacks.
pub(in crate::report::html) fn costs(results: &Results) -> Option<Table> {
    let summary = &results.summary;
    let window_s = summary.duration_s - results.scenario.warmup.as_secs_f64();
    let rows = kinds(summary).into_iter().filter_map(|kind| {
        let cost = Cost::of(summary, &kind)?;
        Some(vec![
            kind,
            cost.requests(),
            cost.taken_in(),
            cost.sent_out(),
            cost.held(),
            cost.at_once(window_s),
        ])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let most = summary.clients.iter().filter(|client| client.attacked.sent > 0 && client.attempts.total > 0);
    let most = most.map(for_each_delivery).next();
    let head =
        ["Attack", "Requests", "Taken in, each", "Sent out, each", "Held, each", "Held open at a time"];
    (!rows.is_empty()).then(|| Table {
        head: head.map(str::to_owned).into(),
        rows,
        note: format!(
            "On average over all clients that were attacked: HTTP bytes with their heads, and how long a request held a \
             connection. No handler works on what is refused.{}",
            most.map_or_else(String::new, |most| format!(
                " The first of these clients answered {most} requests of attackers for each delivery of its source."
            ))
        ),
        ..Table::default()
    })
}
