//! Assigns outages to their parties: in order of time, starting within the run, and without overlap for one
//! party.

use super::Named;
use super::clients::numbers_of;
use crate::policy::outage::{Mode, Outage, Outages};
use crate::scenario::form::{At, Form};
use crate::scenario::problems::Problem;
use crate::scenario::record::Value;
use crate::scenario::vocabulary::{OutageKeys, Party};
use crate::time::{Instant, Span};

/// Assigns the outages of the clients, and returns those of the source.
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
                let down = numbers_of(&whose, clients, problems);
                let asks = |client: &&Named| client.client.as_ref().is_some_and(|client| !client.is_called());
                if let Some(asks) = down.iter().map(|&number| &clients[number]).find(asks) {
                    let who = format!("{:?} is not a webhook client: it gets no deliveries", asks.name);
                    tell_nothing_to_lose(keys.mode, who, problems);
                }
                for client in down {
                    of_clients[client].extend(outage);
                }
            }
            (None, Some(Party::Source)) => {
                tell_nothing_to_lose(keys.mode, "the source gets no deliveries".to_owned(), problems);
                of_source.extend(outage);
            }
            // That both are missing is reported already.
            (None, None) => {}
        }
    }
    for (client, its) in clients.iter_mut().zip(of_clients) {
        let its = in_order(its, problems);
        if let Some(client) = &mut client.client {
            client.outages = its;
        }
    }
    for client in clients.iter() {
        tell_nothing_to_hint(client, problems);
    }
    in_order(of_source, problems)
}

/// Refuses `retry_after` where no answer carries it.
fn tell_nothing_to_hint(client: &Named, problems: &mut Vec<Problem>) {
    let Some(config) = &client.client else { return };
    let Some(endpoint) = config.webhook().map(|webhook| &webhook.endpoint) else { return };
    let is_sent =
        endpoint.queue.is_some() || config.outages.0.iter().any(|outage| outage.mode == Mode::Error);
    if endpoint.retry_after.is_some() && !is_sent {
        let message =
            format!("{:?} has `retry_after`, and its endpoint never answers 503 or 429", client.name);
        let help = "leave it out, or give a `queue` or an outage of mode \"error\"";
        problems.push(Problem::at(client.place, message, help));
    }
}

fn outage(keys: &OutageKeys, duration: Option<Span>, problems: &mut Vec<Problem>) -> Option<At<Outage>> {
    let At { value: from, place } = keys.from?;
    if let Some(duration) = duration.filter(|duration| from - Instant::START >= *duration) {
        let after = from - Instant::START;
        let message = format!("the outage begins after {after}, and the run ends after {duration}");
        problems.push(Problem::at(place, message, "let it begin within `duration`"));
    }
    Some(At { value: Outage { from, until: from + keys.lasts?, mode: keys.mode?.value }, place })
}

/// Refuses the modes in which only deliveries fail for a party that gets none.
fn tell_nothing_to_lose(mode: Option<At<Mode>>, who: String, problems: &mut Vec<Problem>) {
    if let Some(At { value: mode, place }) = mode.filter(|mode| !mode.value.stops_requests()) {
        let Value::Text(word) = Mode::write(&mode) else { return };
        let message = format!("`mode` is {word:?}, and {who}");
        problems.push(Problem::at(
            place,
            message,
            "name only clients of kind \"webhook\", or use another mode",
        ));
    }
}

fn in_order(mut outages: Vec<At<Outage>>, problems: &mut Vec<Problem>) -> Outages {
    outages.sort_by_key(|placed| placed.value.from);
    for pair in outages.windows(2) {
        if let [first, second] = pair
            && second.value.from < first.value.until
        {
            let until = first.value.until - Instant::START;
            let message =
                format!("this outage begins during another of the same party, which ends at {until}");
            problems.push(Problem::at(second.place, message, "merge them, or let the second begin later"));
        }
    }
    Outages(outages.into_iter().map(|placed| placed.value).collect())
}
