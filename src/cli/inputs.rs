//! Finds and loads the scenarios that the user names: a path, the name of a shipped scenario, or standard input.

use super::args::CheckOptions;
use super::say::{clean, note};
use super::{End, complain, print};
use pollhook::scenario::{self, Override, Problems, Profile, Scenario};
use pollhook::study;
use std::cell::OnceCell;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::Path;
use std::sync::OnceLock;

/// Validates scenarios, and prints for each that it is fine, or its errors.
pub(crate) fn check(options: &CheckOptions) -> End {
    let mut end = End::Done;
    for name in &options.scenarios {
        match load(name, &options.overrides) {
            Ok(scenario) => {
                let clients = scenario.clients.len();
                let plural = if clients == 1 { "" } else { "s" };
                let shown = if name == STANDARD_INPUT { "standard input" } else { name };
                end = end.max(print(&format!("{}: fine ({clients} client{plural})\n", clean(shown))));
                for note in study::notes(&scenario) {
                    end = end.max(print(&format!("  note: {note}\n")));
                }
            }
            Err(refused) => end = refused,
        }
    }
    end
}

/// Loads one scenario, or says why not.
pub(crate) fn load(name: &str, overrides: &[Override]) -> Result<Scenario, End> {
    Input::read(name)?.load(overrides)
}

/// A scenario that was read and is not loaded yet.
pub(crate) struct Input {
    /// The scenario's name.
    stem: String,
    /// What its file is called in messages.
    shown: String,
    text: String,
    /// The scenario without overrides; None where it is none. Known from the first time on that it is needed.
    original: OnceCell<Option<Scenario>>,
}

impl Input {
    /// Reads a scenario, or says why it cannot.
    pub(crate) fn read(name: &str) -> Result<Self, End> {
        let (stem, shown, text) =
            read(name).inspect_err(|message| complain(message)).map_err(|_| End::Refused)?;
        Ok(Self { stem, shown, text, original: OnceCell::new() })
    }

    /// The scenario with these overrides, and in its text what they set; or says why there is none.
    pub(crate) fn load(&self, overrides: &[Override]) -> Result<Scenario, End> {
        let mut scenario = self.with(overrides).map_err(|problems| {
            show(&problems.shown_as(self.shown.clone()));
            End::Refused
        })?;
        if !overrides.iter().all(|set| scenario::is_of_the_run(&set.path))
            && let Some(original) = self.original.get_or_init(|| self.with(&[]).ok())
        {
            scenario::tell_otherwise(&mut scenario, original);
        }
        Ok(scenario)
    }

    fn with(&self, overrides: &[Override]) -> Result<Scenario, Problems> {
        let folder = Path::new(&self.shown).parent().unwrap_or_else(|| Path::new("")).to_owned();
        let files = |path: &str| match path {
            STANDARD_INPUT if self.shown == SHOWN => Err("standard input is the scenario itself".to_owned()),
            STANDARD_INPUT => PIPED.get_or_init(piped).clone(),
            _ => profile_text(&folder.join(path)),
        };
        scenario::load_with_files(&self.stem, &self.text, overrides, &files)
    }
}

/// Loads a provider profile, or says why not: a path, or the name of an embedded one.
pub(crate) fn profile(name: &str) -> Result<Profile, End> {
    let (stem, text) = match scenario::find_profile(name) {
        Some(profile) => (profile.name.to_owned(), profile.text.to_owned()),
        None => {
            let path = Path::new(name);
            let text = profile_text(path).map_err(|error| {
                let near = scenario::nearest_profile(name).map_or_else(
                    || format!(" ({error}); `pollhook providers` lists the profiles"),
                    |near| format!("; did you mean `{near}`?"),
                );
                complain(format!("no provider profile or file is called {name:?}{near}"));
                End::Refused
            })?;
            (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text)
        }
    };
    Profile::load(&stem, &text).map_err(|problems| {
        show(&problems.shown_as(name));
        End::Refused
    })
}

/// The text of the profile at that path, seen from the current folder.
pub(crate) fn profile_file(path: &str) -> Result<String, String> {
    profile_text(Path::new(path))
}

/// The text of a profile's file.
fn profile_text(path: &Path) -> Result<String, String> {
    let bytes = std::fs::File::open(path).and_then(bounded).map_err(|error| error.to_string())?;
    text(&path.to_string_lossy(), bytes)
}

fn show(problems: &Problems) {
    note(&problems.render(std::io::stderr().is_terminal()));
}

/// The scenario's name, what to call its file in messages, and its text.
fn read(name: &str) -> Result<(String, String, String), String> {
    if name == STANDARD_INPUT {
        let bytes = bounded(std::io::stdin())
            .map_err(|error| format!("cannot read a scenario from standard input: {error}"))?;
        return Ok(("stdin".into(), SHOWN.into(), text("standard input", bytes)?));
    }
    let path = Path::new(name);
    match std::fs::File::open(path).and_then(bounded) {
        Ok(bytes) => {
            let stem =
                path.file_stem().map_or_else(|| name.into(), |stem| stem.to_string_lossy().into_owned());
            Ok((stem, name.into(), text(name, bytes)?))
        }
        Err(error) if error.kind() == ErrorKind::FileTooLarge => Err(format!("cannot read {name}: {error}")),
        Err(error) => match scenario::find(name) {
            Some(shipped) => Ok((shipped.name.into(), format!("{}.toml", shipped.name), shipped.text.into())),
            None if error.kind() == ErrorKind::NotFound => {
                Err(format!("no scenario and no file is called {name}{}", suggestion(name)))
            }
            None => Err(format!("cannot read {name}: {error}{}", suggestion(name))),
        },
    }
}

/// Reads the whole input, but refuses one that is larger than a scenario may be before all of it is in memory.
fn bounded(source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(scenario::MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > scenario::MAX_FILE_BYTES {
        let most = scenario::MAX_FILE_BYTES;
        let message =
            format!("it has more than {most} bytes, the most that a scenario has; is this the right file?");
        return Err(std::io::Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

fn text(shown: &str, bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{shown} is no text in UTF-8 (byte {at}); a scenario is a TOML file")
    })
}

/// What to add to a complaint about a name that no shipped scenario has.
pub(crate) fn suggestion(name: &str) -> String {
    match scenario::nearest(name) {
        Some(shipped) => format!("; did you mean the shipped scenario `{shipped}`?"),
        None => "; `pollhook list` names the shipped scenarios".into(),
    }
}

/// The text of standard input, for a scenario that names it as a file.
fn piped() -> Result<String, String> {
    let bytes = bounded(std::io::stdin()).map_err(|error| error.to_string())?;
    text("standard input", bytes)
}

/// A sweep reads its scenario once for each setting, and standard input only once.
static PIPED: OnceLock<Result<String, String>> = OnceLock::new();

/// In place of a path: the scenario, or a file that it names, comes from standard input.
const STANDARD_INPUT: &str = "-";
/// What a scenario from standard input is called in messages.
const SHOWN: &str = "<standard input>";
