//! Clients whose names differ because their settings do: a client without a name is called by what it does, so that
//! `poll 60s` becomes `poll 30s` with its interval.

use super::{Change, Report};
use std::borrow::Cow;

/// A client of BASE and the one of OTHER that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// Its name in BASE, by which the rows call it.
    pub base: String,
    /// Its name in OTHER.
    pub other: String,
}

impl Renamed {
    /// As a parameter that differs.
    pub(super) fn change(&self) -> Change {
        Change {
            path: format!("client.{}.name", self.base),
            base: Some(self.base.clone().into()),
            other: Some(self.other.clone().into()),
        }
    }
}

/// OTHER with BASE's names for the clients that only changed theirs, and which these are.
///
/// Two clients belong together where each is missing in the other report, they are of one kind, and there is no other
/// choice: they stand in the same place of equally many clients, or no other client of their kind is missing.
pub(super) fn in_the_words_of<'r>(base: &Report, other: &'r Report) -> (Cow<'r, Report>, Vec<Renamed>) {
    let [of_base, of_other] = [base, other].map(clients);
    let alone = |one: &[Client], others: &[Client]| -> Vec<(usize, Client)> {
        let is_alone = |client: &&(usize, Client)| !others.iter().any(|other| other.name == client.1.name);
        one.iter().cloned().enumerate().collect::<Vec<_>>().iter().filter(is_alone).cloned().collect()
    };
    let (gone, new) = (alone(&of_base, &of_other), alone(&of_other, &of_base));
    let of_a_kind =
        |list: &[(usize, Client)], kind: &str| list.iter().filter(|(_, client)| client.kind == kind).count();
    let belong = |(place, one): &(usize, Client), (other_place, other): &(usize, Client)| {
        let same_place = place == other_place && of_base.len() == of_other.len();
        let only_ones = of_a_kind(&gone, &one.kind) == 1 && of_a_kind(&new, &one.kind) == 1;
        one.kind == other.kind && (same_place || only_ones)
    };
    let pairs: Vec<Renamed> = (gone.iter())
        .filter_map(|one| {
            let other = new.iter().find(|other| belong(one, other))?;
            Some(Renamed { base: one.1.name.clone(), other: other.1.name.clone() })
        })
        .collect();
    if pairs.is_empty() { (Cow::Borrowed(other), pairs) } else { (Cow::Owned(renamed(other, &pairs)), pairs) }
}

#[derive(Clone)]
struct Client {
    name: String,
    kind: String,
}

fn clients(report: &Report) -> Vec<Client> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let list = report.summary.scenario["client"].as_array().into_iter().flatten();
    list.map(|client| Client { name: text(&client["name"]), kind: text(&client["kind"]) }).collect()
}

fn renamed(report: &Report, pairs: &[Renamed]) -> Report {
    let name = |own: &str| {
        pairs.iter().find(|pair| pair.other == own).map_or_else(|| own.to_owned(), |pair| pair.base.clone())
    };
    let mut report = report.clone();
    for client in &mut report.summary.clients {
        client.name = name(&client.name);
    }
    for client in report.summary.scenario["client"].as_array_mut().into_iter().flatten() {
        if let Some(own) = client["name"].as_str() {
            client["name"] = name(own).into();
        }
    }
    let Report { replications, single, .. } = &mut report;
    *replications = std::mem::take(replications).into_iter().map(|(own, rows)| (name(&own), rows)).collect();
    let requests = single.requests.take();
    single.requests = requests.map(|all| all.into_iter().map(|(own, bins)| (name(&own), bins)).collect());
    let events = single.events.take();
    single.events = events.map(|all| all.into_iter().map(|(own, rows)| (name(&own), rows)).collect());
    report
}
