//! The types of event that clients ask for: each is one of the source's.

use super::Named;
use crate::policy::event_types::{EventTypes, Wanted};
use crate::scenario::keys::{any_of, nearest};
use crate::scenario::problems::Problem;

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
