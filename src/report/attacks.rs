//! Attacks on webhook clients, client against attack: what got in, and how the rest was answered.

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

/// What became of the attacks of a kind on a client: how many of how many got in, and the other answers.
pub(super) fn cell(client: &ClientSummary, kind: &str, runs: u32) -> String {
    let Some(attack) = client.attacks.iter().find(|attack| words(attack) == kind) else { return dash() };
    let count = |sum: u64| number(per_run(sum, runs));
    let silence = (attack.unanswered > 0).then_some("no answer");
    let refused: Vec<&str> = attack.refused_with().chain(silence).collect();
    let answers = if refused.is_empty() { String::new() } else { format!(" ({})", refused.join(", ")) };
    format!("{} of {}{answers}", count(attack.accepted), count(attack.sent))
}

/// How many requests of attackers the endpoint had to answer for each delivery of the source.
pub(super) fn for_each_delivery(client: &ClientSummary) -> String {
    match client.attempts.total {
        0 => dash(),
        deliveries => number(client.attacked.sent as f64 / deliveries as f64),
    }
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
