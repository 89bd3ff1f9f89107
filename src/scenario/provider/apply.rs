//! Between parsing and checking: a client that names a provider gets the values of the profile for the keys that it does not
//! have. Its key `provider` becomes a table with the name and the marks of these keys.

use super::profile::{Profile, defaults};
use crate::scenario::document::{self, Raw, RawKey, RawTable, RawValue, file_stem};
use crate::scenario::problems::{Place, Problem, Sources};
use crate::scenario::{find_profile, nearest_profile};

/// Applies the profile of each client. `files` reads the file of a path.
pub(in crate::scenario) fn apply(
    document: &mut Raw,
    files: &dyn Fn(&str) -> Result<String, String>,
    sources: &mut Sources,
    problems: &mut Vec<Problem>,
) {
    let clients = document.table_mut().into_iter().flat_map(|file| &mut file.0);
    for (_, clients) in clients.filter(|(key, _)| key.name == "client") {
        let RawValue::List(clients) = &mut clients.value else { continue };
        for client in clients.iter_mut().filter_map(Raw::table_mut) {
            let provider = client.get("provider").map(|provider| (provider.place, &provider.value));
            let (Some("webhook"), Some((place, RawValue::Text(wanted)))) = (client.text("kind"), provider)
            else {
                continue;
            };
            let wanted = wanted.clone();
            let before = problems.len();
            match text(&wanted, files) {
                Ok(text) => add(client, &wanted, &text, sources, problems),
                Err((message, help)) => problems.push(Problem::at(place, message, help)),
            }
            if problems.len() > before {
                // An unread profile would leave the keys that it has without their values.
                client.0.retain(|(key, _)| key.name != "provider");
            }
        }
    }
}

/// The content of a profile; or a message and its help.
fn text(wanted: &str, files: &dyn Fn(&str) -> Result<String, String>) -> Result<String, (String, String)> {
    if let Some(profile) = find_profile(wanted) {
        return Ok(profile.text.to_owned());
    }
    if is_path(wanted) {
        let help = "a path is relative to the folder of the scenario";
        return files(wanted).map_err(|why| (format!("`provider` cannot be read: {why}"), help.to_owned()));
    }
    let help = nearest_profile(wanted).map_or_else(
        || "`pollhook providers` lists the profiles; a path has a slash or ends with .toml".to_owned(),
        |near| format!("did you mean {near:?}?"),
    );
    Err((format!("no provider profile is called {wanted:?}"), help))
}

fn is_path(wanted: &str) -> bool {
    wanted.contains(['/', '\\']) || wanted.ends_with(".toml")
}

/// Adds the values of a profile to a client.
fn add(client: &mut RawTable, wanted: &str, text: &str, sources: &mut Sources, problems: &mut Vec<Problem>) {
    let shown = if is_path(wanted) { wanted.to_owned() } else { format!("providers/{wanted}.toml") };
    let start = sources.add(shown, text);
    let document = match document::parse(text, start) {
        Ok(document) => document,
        Err(faults) => return problems.extend(faults),
    };
    let name = file_stem(wanted);
    let Some(profile) = Profile::read(name, &document, problems) else { return };
    let mut figures = Vec::new();
    for (key, value) in defaults(&document).into_iter().flat_map(|table| &table.0) {
        let Some(fact) = profile.fact(&key.name).filter(|_| client.get(&key.name).is_none()) else {
            continue;
        };
        client.0.push((key.clone(), value.clone()));
        let fields =
            [("key", fact.key.to_owned()), ("mark", fact.mark.name()), ("source", fact.source.clone())];
        figures.push(table(fields.map(|(key, text)| (key, RawValue::Text(text))), key.place));
    }
    let place = client.get("provider").and_then(|provider| provider.place);
    let fields = [("name", RawValue::Text(name.to_owned())), ("figures", RawValue::List(figures))];
    let provider = table(fields, place);
    client
        .0
        .iter_mut()
        .filter(|(key, _)| key.name == "provider")
        .for_each(|(_, value)| *value = provider.clone());
}

/// A table at a place.
fn table<const N: usize>(fields: [(&str, RawValue); N], place: Option<Place>) -> Raw {
    let fields = fields.map(|(name, value)| (RawKey { name: name.to_owned(), place }, Raw { place, value }));
    Raw { place, value: RawValue::Table(RawTable(fields.into())) }
}
