//! From text to [`Scenario`]: parse, lay the overrides over it, check it against the vocabulary, put it together.

use super::declare::Keys;
use super::document::{self, Raw, RawValue};
use super::overrides::{self, Override};
use super::problems::{Problems, Sources};
use super::vocabulary::File;
use super::{Scenario, assemble, check};

/// Reads a scenario. `name` becomes the scenario's name: that of the file without its ending.
///
/// # Errors
/// Everything that is wrong with the text and the overrides, each at its place. What is not TOML is told alone,
/// for the rest of such a file cannot be judged.
pub fn load(name: &str, text: &str, overrides: &[Override]) -> Result<Scenario, Problems> {
    let mut sources = Sources::default();
    let start = sources.add(format!("{name}.toml"), text);
    let mut document = match document::parse(text, start) {
        Ok(document) => document,
        Err(problems) => return Err(Problems::new(sources, problems)),
    };
    let set = overrides.iter().map(|set| overrides::apply(&mut document, set, &mut sources));
    let mut problems: Vec<_> = set.filter_map(Result::err).collect();
    name_clients(&mut document);
    let record = check::check(&document, &File::TABLE, &mut problems);
    let scenario = assemble::assemble(name, &record, &mut problems);
    debug_assert!(scenario.is_some() || !problems.is_empty(), "a refusal has a reason");
    scenario.filter(|_| problems.is_empty()).ok_or_else(|| Problems::new(sources, problems))
}

/// Gives each client that has no name the one that follows from what it does.
fn name_clients(document: &mut Raw) {
    let clients =
        document.table_mut().map(|table| table.0.iter_mut().filter(|(key, _)| key.name == "client"));
    for (_, clients) in clients.into_iter().flatten() {
        let RawValue::List(clients) = &mut clients.value else { continue };
        for client in clients {
            let place = client.place;
            let Some(table) = client.table_mut() else { continue };
            if let Some(name) = table.client_name() {
                table.entry("name", place, RawValue::Text(name));
            }
        }
    }
}
