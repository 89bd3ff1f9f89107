//! Outages, given to the parties that they are of: in order of time, within the run, and never two of one party
//! at once.

use super::clients::ALL;
use super::{Named, clients};
use crate::policy::outage::{Outage, Outages};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Item, Record, Value};
use crate::scenario::words::{self, choice};
use crate::time::{Instant, Span};

/// Gives every client its outages, and returns those of the source.
pub(super) fn outages(
    run: &Record,
    duration: Option<Span>,
    clients: &mut [Named<'_>],
    problems: &mut Vec<Problem>,
) -> Outages {
    let mut of_source = Vec::new();
    let mut of_clients: Vec<Vec<Placed>> = clients.iter().map(|_| Vec::new()).collect();
    for record in run.records("outage") {
        let place = record.place_of("from");
        let outage = outage(record, duration, problems);
        if record.item("client").is_none() {
            of_source.extend(outage.map(|outage| Placed { outage, place }));
        }
        for client in down(record, clients, problems) {
            of_clients[client].extend(outage.map(|outage| Placed { outage, place }));
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
fn down(record: &Record, clients: &[Named<'_>], problems: &mut Vec<Problem>) -> Vec<usize> {
    let names = match record.item("client") {
        None => return Vec::new(),
        Some(Item { value: Value::Text(all), .. }) if all == ALL => return (0..clients.len()).collect(),
        Some(Item { value: Value::List(names), .. }) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
    };
    let mut down = Vec::new();
    for name in names {
        let Value::Text(text) = &name.value else { continue };
        if let Some(client) = clients::of_that_name(text, name.place, clients, problems)
            && !down.contains(&client)
        {
            down.push(client);
        }
    }
    down
}

#[derive(Clone, Copy)]
struct Placed {
    outage: Outage,
    place: Option<Place>,
}

fn outage(record: &Record, duration: Option<Span>, problems: &mut Vec<Problem>) -> Option<Outage> {
    let from = record.span("from")?;
    if let Some(duration) = duration.filter(|duration| from >= *duration) {
        let message = format!("the outage begins after {from}, and the run is over after {duration}");
        problems.push(Problem::at(record.place_of("from"), message, "let it begin within `duration`"));
    }
    let from = Instant::START + from;
    Some(Outage {
        from,
        until: from + record.span("for")?,
        mode: choice(words::OUTAGE_MODE, record.text("mode")?)?,
    })
}

fn in_order(mut outages: Vec<Placed>, problems: &mut Vec<Problem>) -> Outages {
    outages.sort_by_key(|placed| placed.outage.from);
    for pair in outages.windows(2) {
        if let [first, second] = pair
            && second.outage.from < first.outage.until
        {
            let until = first.outage.until - Instant::START;
            let message = format!("this outage begins while another of the same party lasts, until {until}");
            problems.push(Problem::at(second.place, message, "make them one, or let the second begin later"));
        }
    }
    Outages(outages.into_iter().map(|placed| placed.outage).collect())
}
