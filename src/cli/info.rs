//! The commands that run nothing: list, new, schema, completions.

use super::args::Arguments;
use super::say::clean;
use super::{End, complain, inputs, print};
use clap::CommandFactory;
use clap_complete::Shell;
use pollhook::scenario;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// One line for each shipped scenario: its name and its question.
pub(crate) fn list() -> End {
    let shipped = scenario::shipped();
    let width = shipped.iter().map(|shipped| shipped.name.len()).max().unwrap_or(0);
    let mut lines = String::new();
    for one in shipped {
        match scenario::load(one.name, one.text, &[]) {
            Ok(scenario) => lines += &format!("{:width$}  {}\n", one.name, scenario.title),
            Err(problems) => {
                complain(problems);
                return End::Failed;
            }
        }
    }
    print(&lines)
}

/// Writes the template, or the shipped scenario `from`, and makes the folder of the file. Never overwrites a file, and takes
/// the name of a shipped scenario only with `force`.
pub(crate) fn new(file: &Path, from: Option<&str>, force: bool) -> End {
    let text = match from.map(|name| scenario::find(name).ok_or(name)) {
        None => scenario::template(),
        Some(Ok(shipped)) => shipped.text,
        Some(Err(unknown)) => {
            complain(format!("no shipped scenario is called {unknown:?}{}", inputs::suggestion(unknown)));
            return End::Refused;
        }
    };
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    if let (Some(shipped), false) = (scenario::find(&name), force) {
        let name = shipped.name;
        complain(format!("{name} is the name of a shipped scenario; name another file, or use --force"));
        return End::Refused;
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), std::fs::create_dir_all);
    let created = made.and_then(|()| OpenOptions::new().write(true).create_new(true).open(file));
    match created.and_then(|mut created| created.write_all(text.as_bytes())) {
        Ok(()) => {
            let file = file.to_string_lossy();
            let file = clean(&file);
            print(&format!("{file} is written; next: pollhook run {file}\n"))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            complain(format!("{} exists already; name another file, or move it away", file.display()));
            End::Refused
        }
        Err(error) => {
            complain(format!("cannot write {}: {error}", file.display()));
            // A partial file would prevent the next try. If it cannot be removed, the error above is enough.
            let _ = std::fs::remove_file(file);
            End::Failed
        }
    }
}

/// Prints the JSON Schema.
pub(crate) fn schema() -> End {
    match serde_json::to_string_pretty(&scenario::schema()) {
        Ok(text) => print(&format!("{text}\n")),
        Err(error) => {
            complain(error);
            End::Failed
        }
    }
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: Shell) -> End {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "pollhook", &mut script);
    print(&String::from_utf8_lossy(&script))
}
