//! The types of event that clients ask for: each is one of the source's.

use super::Named;
use crate::policy::event_types::{EventTypes, Wanted};
use crate::policy::message::Payload;
use crate::scenario::keys::{any_of, nearest};
use crate::scenario::problems::Problem;
use crate::scenario::record::Record;
use crate::scenario::units::spell_size;

/// Refuses a payload that is too short for an event of one of the types.
pub(super) fn check_size(types: &EventTypes, payload: Payload, run: &Record, problems: &mut Vec<Problem>) {
    let shortest = types.names().map(|name| (payload.shortest_bytes(name), name)).max();
    let Some((shortest, name)) = shortest.filter(|(shortest, _)| payload.size_bytes < *shortest) else {
        return;
    };
    let message =
        format!("`size` is {}, and an event of type {name:?} is longer", spell_size(payload.size_bytes));
    let place = run.place_at(&["events", "payload", "size"]);
    problems.push(Problem::at(place, message, format!("give at least \"{shortest}B\"")));
}

/// Refuses a type that no event has, and one that is named twice.
pub(super) fn check(types: &EventTypes, clients: &[Named], problems: &mut Vec<Problem>) {
    for client in clients {
        let Some(Wanted::These(wanted)) = client.client.as_ref().map(|client| &client.types) else {
            continue;
        };
        for (index, name) in wanted.iter().enumerate() {
            if wanted[..index].contains(name) {
                let message = format!("`types` names {name:?} twice");
                problems.push(Problem::at(client.types, message, "name each type once"));
            } else if !types.names().any(|known| known == name) {
                let message = format!("no event is of type {name:?}");
                let help = nearest(name, types.names()).map_or_else(
                    || {
                        let names = types.names().map(|known| format!("{known:?}"));
                        format!("expected {}; `events.types` has the types of a scenario", any_of(names))
                    },
                    |near| format!("did you mean {near:?}?"),
                );
                problems.push(Problem::at(client.types, message, help));
            }
        }
    }
}
