//! From what the user named to scenarios: a path, the name of a shipped scenario, or standard input.

use super::args::CheckOptions;
use super::say::{clean, note};
use super::{End, complain, print};
use pollhook::scenario::{self, Override, Problems, Scenario};
use std::io::{IsTerminal, Read};
use std::path::Path;

/// Validates scenarios and says of each that it is fine, or what is not.
pub(crate) fn check(options: &CheckOptions) -> End {
    let mut end = End::Done;
    for name in &options.scenarios {
        match load(name, &options.overrides) {
            Ok(scenario) => {
                let clients = scenario.clients.len();
                let plural = if clients == 1 { "" } else { "s" };
                end = end.max(print(&format!("{}: fine ({clients} client{plural})\n", clean(name))));
            }
            Err(refused) => end = refused,
        }
    }
    end
}

/// Loads one scenario, or says why not.
pub(crate) fn load(name: &str, overrides: &[Override]) -> Result<Scenario, End> {
    let (stem, shown, text) =
        read(name).inspect_err(|message| complain(message)).map_err(|_| End::Refused)?;
    scenario::load(&stem, &text, overrides).map_err(|problems| {
        show(&problems.shown_as(shown));
        End::Refused
    })
}

fn show(problems: &Problems) {
    note(&problems.render(std::io::stderr().is_terminal()));
}

/// The scenario's name, what to call its file in messages, and its text.
fn read(name: &str) -> Result<(String, String, String), String> {
    if name == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        return match read {
            Ok(_) => Ok(("stdin".into(), "<standard input>".into(), text)),
            Err(error) => Err(format!("cannot read a scenario from standard input: {error}")),
        };
    }
    let path = Path::new(name);
    match std::fs::read(path) {
        Ok(bytes) => {
            let stem =
                path.file_stem().map_or_else(|| name.into(), |stem| stem.to_string_lossy().into_owned());
            match String::from_utf8(bytes) {
                Ok(text) => Ok((stem, name.into(), text)),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    Err(format!("{name} is no text in UTF-8 (byte {at}); a scenario is a TOML file"))
                }
            }
        }
        Err(error) => match scenario::find(name) {
            Some(shipped) => Ok((shipped.name.into(), format!("{}.toml", shipped.name), shipped.text.into())),
            None => Err(format!("cannot read {name}: {error}{}", suggestion(name))),
        },
    }
}

fn suggestion(name: &str) -> String {
    match scenario::nearest(name) {
        Some(shipped) => format!("; did you mean the shipped scenario `{shipped}`?"),
        None => "; `pollhook list` names the shipped scenarios".into(),
    }
}
