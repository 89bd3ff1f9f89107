//! A scenario as the content of a file, the inverse of assembling. The scenario in a TOML file, in `summary.json` and in
//! the parameter table of a report is written from this.

use super::declare::Keys;
use super::form::At;
use super::mixed::{Limit, Whose, is_time};
use super::record::Record;
use super::vocabulary::{
    AnswerKeys, AttackKeys, ClientCommon, ClientKeys, Events, ExpectKeys, File, NetworkKeys, OutageKeys,
    Party,
};
use super::{AnswerConfig, Bound, Client, EventsConfig, Expectation, Network, Scenario, Settling, Warmup};
use crate::policy::outage::{Outage, Outages};
use crate::policy::security::Attack;
use crate::time::Span;

/// Every parameter of a scenario, under the keys of the vocabulary.
pub(crate) fn describe(scenario: &Scenario) -> Record {
    file(scenario).write_keys()
}

/// The general `[network]` is left out: it is part of the network of each client.
fn file(scenario: &Scenario) -> File {
    let Scenario {
        name: _,
        title,
        about,
        duration,
        warmup,
        settling,
        drain,
        seed,
        replications,
        events: EventsConfig { resources, types, payload, arrivals, job },
        source,
        source_outages: _,
        clients,
        answer,
        expectations,
    } = scenario;
    let events = Events {
        resources: Some(At::nowhere(*resources)),
        types: Some(At::nowhere(types.clone())),
        payload: Some(*payload),
        arrivals: Some(arrivals.clone()),
        job: Some(*job),
    };
    File {
        title: Some(title.clone()),
        about: Some(about.clone()),
        duration: Some(At::nowhere(*duration)),
        warmup: Some(At::nowhere(match settling {
            Settling::Given => Warmup::Given(*warmup),
            Settling::ToFind | Settling::Found | Settling::NotFound => Warmup::Auto,
        })),
        drain: Some(*drain),
        seed: Some(*seed),
        replications: Some(At::nowhere(*replications)),
        events: Some(events),
        source: Some(source.clone()),
        network: None,
        client: Some(clients.iter().map(|one| At::nowhere(client(one))).collect()),
        outage: Some(outages(scenario)),
        attack: Some(attacks(scenario)),
        answer: answer.as_ref().map(answer_keys),
        expect: Some(expectations.iter().map(expectation).collect()),
    }
}

fn client(client: &Client) -> ClientKeys {
    let Client { name, count, types, network, outages: _, attacks: _, kind } = client;
    let common = ClientCommon {
        name: Some(At::nowhere(name.clone())),
        count: Some(At::nowhere(*count)),
        types: Some(At::nowhere(types.clone())),
        network: Some(network_keys(network)),
    };
    ClientKeys { common, kind: Some(kind.clone()) }
}

fn network_keys(network: &Network) -> NetworkKeys {
    // No key sets the overhead.
    let Network { to_source, to_client, overhead: _ } = network;
    NetworkKeys {
        delay: None,
        to_source: Some(to_source.delay),
        to_client: Some(to_client.delay),
        loss: None,
        loss_to_source: Some(to_source.loss),
        loss_to_client: Some(to_client.loss),
    }
}

/// The outages of the source first, then those of each client.
fn outages(scenario: &Scenario) -> Vec<OutageKeys> {
    let of = |whose: OutageKeys, outages: &Outages| -> Vec<OutageKeys> {
        outages.0.iter().map(|outage| outage_of(whose.clone(), outage)).collect()
    };
    let source = OutageKeys { party: Some(Party::Source), ..OutageKeys::default() };
    let mut all = of(source, &scenario.source_outages);
    for client in &scenario.clients {
        let whose = Whose::Named(vec![At::nowhere(client.name.clone())]);
        all.extend(of(OutageKeys { client: Some(whose), ..OutageKeys::default() }, &client.outages));
    }
    all
}

fn outage_of(whose: OutageKeys, outage: &Outage) -> OutageKeys {
    let Outage { from, until, mode } = *outage;
    OutageKeys {
        from: Some(At::nowhere(from)),
        lasts: Some(until - from),
        mode: Some(At::nowhere(mode)),
        ..whose
    }
}

/// The attacks on each client.
fn attacks(scenario: &Scenario) -> Vec<AttackKeys> {
    let each = scenario.clients.iter().flat_map(|client| {
        client.attacks.iter().map(|attack| {
            let Attack { kind, rate_per_s, after } = *attack;
            AttackKeys {
                client: Some(Whose::Named(vec![At::nowhere(client.name.clone())])),
                kind: Some(kind),
                rate: Some(At::nowhere(rate_per_s)),
                after: Some(At::nowhere(after)),
            }
        })
    });
    each.collect()
}

fn answer_keys(answer: &AnswerConfig) -> AnswerKeys {
    let AnswerConfig { client, against, metric, yes_if } = answer;
    AnswerKeys {
        client: Some(At::nowhere(client.clone())),
        against: against.clone().map(At::nowhere),
        metric: metric.clone(),
        yes_if: yes_if.map(At::nowhere),
    }
}

fn expectation(expectation: &Expectation) -> ExpectKeys {
    let Expectation { client, metric, bound } = expectation;
    let limit = |limit: f64| {
        let is_duration = is_time(metric) && limit >= 0.0;
        Some(At::nowhere(if is_duration {
            Limit::Time(Span::from_secs_f64(limit))
        } else {
            Limit::Number(limit)
        }))
    };
    let keys = ExpectKeys {
        client: Some(At::nowhere(client.clone())),
        metric: Some(metric.clone()),
        ..ExpectKeys::default()
    };
    match *bound {
        Bound::Below(of) => ExpectKeys { below: limit(of), ..keys },
        Bound::Above(of) => ExpectKeys { above: limit(of), ..keys },
        Bound::Equals(of) => ExpectKeys { equals: limit(of), ..keys },
    }
}
