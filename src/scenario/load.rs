//! From text to [`Scenario`]: parse, apply the overrides, check against the vocabulary, assemble.

use super::declare::Keys;
use super::document::{self, Raw, RawValue};
use super::overridden;
use super::overrides::{self, Override};
use super::problems::{Problems, Sources};
use super::vocabulary::File;
use super::{Scenario, assemble, check, provider, trace};

/// Reads a scenario. `name` becomes the scenario's name: the file name without its ending.
///
/// # Errors
/// All errors of the text and the overrides, each with its place. If the text is not valid TOML, only its syntax errors
/// are reported. A profile that is not embedded is unknown here.
pub fn load(name: &str, text: &str, overrides: &[Override]) -> Result<Scenario, Problems> {
    load_with_files(name, text, overrides, &|path| Err(format!("no file is read here, so not {path}")))
}

/// As [`load()`]. `files` reads the text of a provider profile that a client names by its path, or says why it cannot.
///
/// # Errors
/// As [`load()`], and those of the profiles.
pub fn load_with_files(
    name: &str,
    text: &str,
    overrides: &[Override],
    files: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Scenario, Problems> {
    if text.len() > MAX_FILE_BYTES {
        let message =
            format!("{name}.toml has {} bytes; a scenario has at most {MAX_FILE_BYTES}", text.len());
        return Err(Problems::outside(message, "is this the right file?"));
    }
    load_of_any_length(name, text, overrides, files)
}

/// As [`load_with_files`], for a text that the program wrote itself: with the times of a trace it may be longer than a file
/// of a user.
pub(super) fn load_of_any_length(
    name: &str,
    text: &str,
    overrides: &[Override],
    files: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Scenario, Problems> {
    if let Some((message, help)) = unusable(name) {
        return Err(Problems::outside(message, help));
    }
    let mut sources = Sources::default();
    let start = sources.add(format!("{name}.toml"), text);
    let mut document = match document::parse(text, start) {
        Ok(document) => document,
        Err(problems) => return Err(Problems::of_syntax(sources, problems)),
    };
    let before = overridden::before(&document);
    let set = overrides.iter().map(|set| overrides::apply(&mut document, set, &before, &mut sources));
    let mut problems: Vec<_> = set.filter_map(Result::err).collect();
    let end = start + text.len();
    overridden::follow_names(&before, &mut document, end);
    name_clients(&mut document);
    provider::apply(&mut document, files, &mut sources, &mut problems);
    trace::apply(&mut document, files, &mut problems);
    let record = check::check(&document, &File::TABLE, &mut problems);
    let scenario = assemble::assemble(name, &record, &mut problems);
    overridden::tell_removed(&before, end, &mut problems);
    if let Some(scenario) = &scenario {
        overridden::tell_of_other_kind(&before, &document, end, scenario, &mut problems);
    }
    debug_assert!(scenario.is_some() || !problems.is_empty(), "a refused scenario has a problem");
    scenario.filter(|_| problems.is_empty()).ok_or_else(|| Problems::new(sources, problems))
}

impl Scenario {
    /// Reads a scenario from TOML and applies `overrides`. `name` is the name of its report.
    ///
    /// # Errors
    /// All errors of the text and the overrides, each with its place.
    pub fn load(name: &str, text: &str, overrides: &[Override]) -> Result<Self, Problems> {
        load(name, text, overrides)
    }
}

/// The reason why a report folder cannot have this name.
fn unusable(name: &str) -> Option<(String, &'static str)> {
    if name.len() > MAX_NAME_BYTES {
        let message =
            format!("the scenario's name has {} bytes, and its report folder has the same name", name.len());
        return Some((message, "give the file a name of at most 200 bytes"));
    }
    let shown = name.chars().all(|c| !c.is_control() && !matches!(c, '/' | '\\'));
    if name.trim().is_empty() || name.starts_with('.') || !shown {
        let message = format!("the scenario's name is {name:?}, and its report folder has the same name");
        return Some((message, "rename the file: no dot at its beginning, no slash, no control characters"));
    }
    None
}

/// The longest text of a scenario, in bytes: far above any real one, and still read quickly.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// Most file systems accept 255 bytes; the rest is for the temporary name of the folder.
const MAX_NAME_BYTES: usize = 200;

/// Gives each client without a name its default name.
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
