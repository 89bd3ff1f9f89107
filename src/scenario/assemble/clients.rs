//! The clients: their names, and the network of each.

use super::Named;
use crate::policy::limit::OnLimit;
use crate::policy::message::{Format as PayloadFormat, Payload};
use crate::policy::outage::Outages;
use crate::policy::paging::Order;
use crate::policy::schedule::PollSchedule;
use crate::policy::security::Security;
use crate::scenario::form::At;
use crate::scenario::keys::nearest;
use crate::scenario::mixed::{ALL, Whose};
use crate::scenario::problems::Problem;
use crate::scenario::record::{Item, Record, Value};
use crate::scenario::vocabulary::{ClientKeys, NetworkKeys};
use crate::scenario::{Client, Kind, LinkConfig, Network, Scenario};
use crate::time::Span;

/// All clients, in the order of the file.
pub(super) fn clients(
    keys: Vec<At<ClientKeys>>,
    general: &NetworkKeys,
    problems: &mut Vec<Problem>,
) -> Vec<Named> {
    let mut clients: Vec<Named> = Vec::new();
    for At { value: client, place } in keys {
        let name = client.common.name.clone().unwrap_or(At { value: String::new(), place });
        if !name.value.is_empty() && clients.iter().any(|other| other.name == name.value) {
            let message = format!("two clients are called {:?}", name.value);
            problems.push(Problem::at(name.place, message, "give one of them another `name`"));
        }
        if name.value == ALL {
            let message = format!("a client is called {ALL:?}, which means all clients");
            problems.push(Problem::at(name.place, message, "give it another `name`"));
        }
        let count = client.common.count.unwrap_or(At::nowhere(1));
        let types = client.common.types.as_ref().and_then(|types| types.place);
        let client = build(client, general);
        clients.push(Named { name: name.value, place, count, types, client });
    }
    clients
}

fn build(keys: ClientKeys, general: &NetworkKeys) -> Option<Client> {
    let ClientKeys { common, kind } = keys;
    Some(Client {
        name: common.name?.value,
        count: common.count?.value,
        types: common.types?.value,
        network: network(&common.network?, general)?,
        outages: Outages::default(),
        attacks: Vec::new(),
        kind: kind?,
    })
}

/// Zalo and Mailgun put a part of the signature into a JSON body.
pub(super) fn check_signatures(payload: Payload, clients: &[Named], problems: &mut Vec<Problem>) {
    for client in clients {
        let Some(Security::Signature { format, .. }) = client.client.as_ref().map(Client::security) else {
            continue;
        };
        if format.is_in_json() && payload.format != PayloadFormat::Json {
            let message = format!(
                "the signatures of {:?} are of format {:?}, which needs a JSON payload",
                client.name,
                format.rule().name
            );
            problems.push(Problem::at(client.place, message, "set `events.payload.format` to \"json\""));
        }
    }
}

/// The tables of the clients as they were read, in the order of the file.
pub(super) fn tables(run: &Record) -> &[Item] {
    match run.value("client") {
        Some(Value::List(tables)) => tables,
        _ => &[],
    }
}

/// Polls can be spread over what a limit allows only where there is one.
pub(super) fn check_spreading(scenario: &Scenario, run: &Record, problems: &mut Vec<Problem>) {
    if scenario.source.rate_limit.is_some() {
        return;
    }
    for (client, table) in scenario.clients.iter().zip(tables(run)) {
        let Kind::Poll(PollSchedule { on_limit: OnLimit::Spread, .. }) = client.kind else { continue };
        let place = match &table.value {
            Value::Table(keys) => keys.place_of("on_limit"),
            _ => table.place,
        };
        let message = format!("{:?} spreads its polls over a limit, and the source has none", client.name);
        problems.push(Problem::at(place, message, "give `[source] rate_limit`, or leave `on_limit` out"));
    }
}

/// Where events are shown in another order than they occur, only polls and what is sent whole are defined.
pub(super) fn check_commits(scenario: &Scenario, run: &Record, problems: &mut Vec<Problem>) {
    if scenario.source.commit_delay.constant().is_some() {
        return;
    }
    for (client, table) in scenario.clients.iter().zip(tables(run)) {
        let (key, what) = match &client.kind {
            Kind::Poll(schedule) if schedule.order == Order::Newest => {
                ("order", "asks for the newest events")
            }
            Kind::Poll(schedule) if schedule.conditional => {
                ("conditional", "asks by the id of its last event")
            }
            Kind::Poll(_) => continue,
            Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) => {
                ("kind", "is told of each event as it is shown")
            }
            Kind::Webhook(webhook) if webhook.thin => ("thin", "fetches what it is told of"),
            Kind::Webhook(webhook) if webhook.reconcile.is_some() => ("reconcile", "reconciles by a cursor"),
            Kind::Webhook(_) => continue,
        };
        let place = match &table.value {
            Value::Table(keys) => keys.place_of(key),
            _ => table.place,
        };
        let message = format!(
            "{:?} {what}, and `source.commit_delay` is drawn: events would be shown out of order",
            client.name
        );
        let help = format!("give a fixed `commit_delay`, or change `{key}`");
        problems.push(Problem::at(place, message, help));
    }
}

/// The client's own network takes precedence over the general one; in either table the key of one direction takes
/// precedence over the key of both.
fn network(own: &NetworkKeys, general: &NetworkKeys) -> Option<Network> {
    let to_source = LinkConfig {
        delay: own.to_source.or(own.delay).or(general.to_source).or(general.delay)?,
        loss: own.loss_to_source.or(own.loss).or(general.loss_to_source).or(general.loss)?,
    };
    let to_client = LinkConfig {
        delay: own.to_client.or(own.delay).or(general.to_client).or(general.delay)?,
        loss: own.loss_to_client.or(own.loss).or(general.loss_to_client).or(general.loss)?,
    };
    Some(Network { to_source, to_client, overhead: Span::ZERO })
}

/// The name, if a client has it.
pub(super) fn named(name: At<String>, clients: &[Named], problems: &mut Vec<Problem>) -> Option<String> {
    number_of(&name, clients, problems).map(|_| name.value)
}

/// The message for a name that no client has.
pub(in crate::scenario) fn unknown(name: &str) -> String {
    format!("no client is called {name:?}")
}

/// The number of the client of that name.
pub(super) fn number_of(name: &At<String>, clients: &[Named], problems: &mut Vec<Problem>) -> Option<usize> {
    let At { value: name, place } = name;
    let found = clients.iter().position(|client| client.name == *name);
    // If no client could be read at all, that is reported already.
    if found.is_none() && !clients.is_empty() {
        let names = || clients.iter().map(|client| client.name.as_str());
        let help = nearest(name, names()).map_or_else(
            || {
                format!(
                    "the clients are {}",
                    names().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
                )
            },
            |near| format!("did you mean {near:?}?"),
        );
        problems.push(Problem::at(*place, unknown(name), help));
    }
    found
}

/// The numbers of the clients that an outage or an attack is about, each once.
pub(super) fn numbers_of(whose: &Whose, clients: &[Named], problems: &mut Vec<Problem>) -> Vec<usize> {
    let names = match whose {
        Whose::All => return (0..clients.len()).collect(),
        Whose::Named(names) => names,
    };
    let mut numbers = Vec::new();
    for name in names {
        if let Some(number) = number_of(name, clients, problems)
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    numbers
}
