//! Attacks on webhook clients: what got in, how the rest was answered, and what it cost.

use crate::report::metric::{dash, number, per_run};
use crate::study::human;
use crate::study::summary::{Attacked, ClientSummary, Summary};

/// The kinds of attack of a run, in the order in which they come first.
pub(super) fn kinds(summary: &Summary) -> Vec<String> {
    let mut kinds = Vec::new();
    for attack in summary.clients.iter().flat_map(|client| &client.attacks) {
        let kind = words(attack);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// A kind of attack as a heading.
fn words(attack: &Attacked) -> String {
    if attack.after_s > 0.0 {
        return format!("{} after {}", attack.kind, human::duration(attack.after_s));
    }
    attack.kind.clone()
}

/// What became of the attacks of a kind on a client: how many of how many got in, or how they were answered.
pub(super) fn cell(client: &ClientSummary, kind: &str, runs: u32) -> String {
    let Some(attack) = client.attacks.iter().find(|attack| words(attack) == kind) else { return dash() };
    let count = |sum: u64| number(per_run(sum, runs));
    match attack.accepted {
        _ if attack.sent == 0 => "none sent".to_owned(),
        accepted if accepted == attack.sent => "all".to_owned(),
        0 => {
            let silence = (attack.unanswered > 0).then(|| format!("{} no answer", count(attack.unanswered)));
            attack.refused_with().map(str::to_owned).chain(silence).collect::<Vec<_>>().join(", ")
        }
        accepted => format!("{} of {}", count(accepted), count(attack.sent)),
    }
}

/// How many requests of attackers the endpoint had to answer for each delivery of the source.
pub(super) fn for_each_delivery(client: &ClientSummary) -> String {
    match client.attempts.total {
        0 => dash(),
        deliveries => number(client.attacked.sent as f64 / deliveries as f64),
    }
}

/// What the attacks of a kind cost all clients together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    sent: u64,
    taken_in: u64,
    sent_out: u64,
    held_s: f64,
    runs: u32,
}

impl Cost {
    /// None where none was sent.
    pub(super) fn of(summary: &Summary, kind: &str) -> Option<Self> {
        let runs = summary.replications.max(1);
        let attacks = summary.clients.iter().flat_map(|client| &client.attacks);
        let none = Self { runs, ..Self::default() };
        let cost = attacks.filter(|attack| words(attack) == kind).fold(none, |cost, attack| Self {
            sent: cost.sent + attack.sent,
            taken_in: cost.taken_in + attack.bytes.to_client,
            sent_out: cost.sent_out + attack.bytes.to_attacker,
            held_s: cost.held_s + attack.held_s,
            ..cost
        });
        (cost.sent > 0).then_some(cost)
    }

    /// How many requests there were.
    pub(super) fn requests(&self) -> String {
        number(per_run(self.sent, self.runs))
    }

    /// Bytes of a request.
    pub(super) fn taken_in(&self) -> String {
        format!("{} B", human::amount(self.taken_in as f64 / self.sent as f64))
    }

    /// Bytes of an answer.
    pub(super) fn sent_out(&self) -> String {
        format!("{} B", human::amount(self.sent_out as f64 / self.sent as f64))
    }

    /// How long a request held a connection.
    pub(super) fn held(&self) -> String {
        human::duration(self.held_s / self.sent as f64)
    }

    /// How many connections were held at a time, by all attackers together in a run that counts so many seconds.
    pub(super) fn at_once(&self, window_s: f64) -> String {
        human::amount(self.held_s / (window_s * f64::from(self.runs)))
    }
}

/// What each kind of attack cost, in one sentence; None without attacks.
pub(super) fn costs(summary: &Summary) -> Option<String> {
    let told = kinds(summary).into_iter().filter_map(|kind| {
        let cost = Cost::of(summary, &kind)?;
        let held = if cost.held_s > 0.0 { format!(", held {}", cost.held()) } else { String::new() };
        Some(format!("{kind} {} in, {} out{held}", cost.taken_in(), cost.sent_out()))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("what a request of an attacker cost: {}", told.join("; ")))
}

/// Which attacks got into which client, in one sentence; None without attacks.
pub(super) fn sentence(summary: &Summary) -> Option<String> {
    let attacked: Vec<&ClientSummary> =
        summary.clients.iter().filter(|client| !client.attacks.is_empty()).collect();
    if attacked.is_empty() {
        return None;
    }
    // Clients that let in the same are named together.
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for client in attacked {
        let open = client.attacks.iter().filter(|attack| attack.accepted > 0);
        let open: Vec<String> = open.map(words).collect();
        let what = match open.as_slice() {
            [] if client.attacked.unanswered > 0 => "not known, some got no answer".to_owned(),
            [] => "nothing".to_owned(),
            open => open.join(", "),
        };
        let name = human::name(&client.name);
        match told.iter_mut().find(|(known, _)| *known == what) {
            Some((_, names)) => names.push(name),
            None => told.push((what, vec![name])),
        }
    }
    let told = told.into_iter().map(|(what, names)| format!("{}: {what}", names.join(", ")));
    Some(format!("attacks that got in: {}", told.collect::<Vec<_>>().join("; ")))
}
