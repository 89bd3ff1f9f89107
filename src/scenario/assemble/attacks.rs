//! Assigns attacks to the webhook clients whose URL was found.

use super::Named;
use super::clients::numbers_of;
use crate::figure::Metric;
use crate::policy::security::{Attack, AttackKind};
use crate::scenario::form::At;
use crate::scenario::mixed::{ALL, Whose};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::vocabulary::AttackKeys;
use crate::time::Span;

/// Assigns the attacks, in the order of the file.
pub(super) fn attacks(
    keys: Vec<AttackKeys>,
    duration: Option<Span>,
    clients: &mut [Named],
    problems: &mut Vec<Problem>,
) {
    for AttackKeys { client: whose, kind, rate, after } in keys {
        let (Some(whose), Some(kind), Some(rate), Some(after)) = (whose, kind, rate, after) else { continue };
        if after.value > Span::ZERO && kind != AttackKind::Replay {
            let message = format!("`after` is given, and `kind` is {:?}", kind.name());
            problems.push(Problem::at(after.place, message, "leave `after` out: only a replay has it"));
        }
        if duration.is_some_and(|duration| rate.value * duration.as_secs_f64() > MAX_REQUESTS) {
            let message = format!("the attacker sends more than {MAX_REQUESTS} requests");
            problems.push(Problem::at(rate.place, message, "lower `rate` or shorten `duration`"));
        }
        let has_url = |client: &Named| client.client.as_ref().is_none_or(|client| client.webhook().is_some());
        if whose == Whose::All && !clients.iter().any(has_url) {
            let message = "no client is a webhook client: there is no URL to be found";
            problems.push(Problem::at(rate.place, message, "leave the attack out"));
        }
        let attack = Attack { kind, rate_per_s: rate.value, after: after.value };
        for number in numbers_of(&whose, clients, problems) {
            let Named { name, client, .. } = &mut clients[number];
            match client {
                Some(client) if client.webhook().is_some() => client.attacks.push(attack),
                Some(_) if whose != Whose::All => {
                    let message = format!("{name:?} is not a webhook client: it has no URL to be found");
                    problems.push(Problem::at(
                        place(&whose, name),
                        message,
                        "name only clients of kind \"webhook\"",
                    ));
                }
                Some(_) | None => {}
            }
        }
    }
}

/// A claim about attackers is about a client that is attacked.
pub(super) fn check_claim(
    metric: Option<&Metric>,
    name: &At<String>,
    clients: &[Named],
    problems: &mut Vec<Problem>,
) {
    let Some(Metric::Measured(figure)) = metric.filter(|_| !clients.is_empty()) else { return };
    let is_meant = |client: &&Named| name.value == ALL || client.name == name.value;
    let mut meant = clients.iter().filter(is_meant).peekable();
    let is_attacked = |client: &Named| client.client.as_ref().is_none_or(|client| !client.attacks.is_empty());
    if figure.is_of_attackers() && meant.peek().is_some() && !meant.any(is_attacked) {
        let whom = if name.value == ALL { "anybody".to_owned() } else { format!("{:?}", name.value) };
        let message = format!("`{}` counts attacks, and nobody attacks {whom}", figure.path());
        let help = "add an `[[attack]]`, or ask about another metric";
        problems.push(Problem::at(name.place, message, help));
    }
}

/// Where the attack names the client.
fn place(whose: &Whose, name: &str) -> Option<Place> {
    match whose {
        Whose::All => None,
        Whose::Named(names) => names.iter().find(|given| given.value == name)?.place,
    }
}

/// The most requests of one attack.
const MAX_REQUESTS: f64 = 1e6;
