//! Outages, given to the parties that they are of: in order of time, within the run, and never two of one party
//! at once.

use super::{Named, clients};
use crate::policy::outage::{Outage, Outages};
use crate::scenario::form::At;
use crate::scenario::mixed::Whose;
use crate::scenario::problems::Problem;
use crate::scenario::vocabulary::{OutageKeys, Party};
use crate::time::{Instant, Span};

/// Gives every client its outages, and returns those of the source.
pub(super) fn outages(
    keys: Vec<OutageKeys>,
    duration: Option<Span>,
    clients: &mut [Named],
    problems: &mut Vec<Problem>,
) -> Outages {
    let mut of_source = Vec::new();
    let mut of_clients: Vec<Vec<At<Outage>>> = clients.iter().map(|_| Vec::new()).collect();
    for keys in keys {
        let outage = outage(&keys, duration, problems);
        match (keys.client, keys.party) {
            (Some(whose), _) => {
                for client in down(&whose, clients, problems) {
                    of_clients[client].extend(outage);
                }
            }
            (None, Some(Party::Source)) => of_source.extend(outage),
            // That neither is there is told already.
            (None, None) => {}
        }
    }
    for (client, its) in clients.iter_mut().zip(of_clients) {
        let its = in_order(its, problems);
        if let Some(client) = &mut client.client {
            client.outages = its;
        }
    }
    in_order(of_source, problems)
}

/// The numbers of the clients that an outage is of, each once.
fn down(whose: &Whose, clients: &[Named], problems: &mut Vec<Problem>) -> Vec<usize> {
    let names = match whose {
        Whose::All => return (0..clients.len()).collect(),
        Whose::Named(names) => names,
    };
    let mut down = Vec::new();
    for name in names {
        if let Some(client) = clients::number_of(name, clients, problems)
            && !down.contains(&client)
        {
            down.push(client);
        }
    }
    down
}

fn outage(keys: &OutageKeys, duration: Option<Span>, problems: &mut Vec<Problem>) -> Option<At<Outage>> {
    let At { value: from, place } = keys.from?;
    if let Some(duration) = duration.filter(|duration| from - Instant::START >= *duration) {
        let after = from - Instant::START;
        let message = format!("the outage begins after {after}, and the run is over after {duration}");
        problems.push(Problem::at(place, message, "let it begin within `duration`"));
    }
    Some(At { value: Outage { from, until: from + keys.lasts?, mode: keys.mode? }, place })
}

fn in_order(mut outages: Vec<At<Outage>>, problems: &mut Vec<Problem>) -> Outages {
    outages.sort_by_key(|placed| placed.value.from);
    for pair in outages.windows(2) {
        if let [first, second] = pair
            && second.value.from < first.value.until
        {
            let until = first.value.until - Instant::START;
            let message = format!("this outage begins while another of the same party lasts, until {until}");
            problems.push(Problem::at(second.place, message, "make them one, or let the second begin later"));
        }
    }
    Outages(outages.into_iter().map(|placed| placed.value).collect())
}
