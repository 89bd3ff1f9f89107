//! From arguments to library calls, and from their results to the terminal.
//!
//! Only this module uses clap, the terminal and paths; everything else is in the library.

mod args;
mod compare;
mod info;
mod inputs;
mod kinds;
mod live;
mod merge;
mod predict;
mod progress;
mod providers;
mod run;
mod running;
mod say;
mod serve;
mod shard;
mod stop;
mod sweep;
mod twin;
mod verify;

use args::{Arguments, Command};
use clap::Parser;
use say::{complain, print, warn};
use std::process::ExitCode;

/// How the program ends; each code has one meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// 0: done.
    Done,
    /// 3: an expectation does not hold; the report is written all the same.
    Unexpected,
    /// 1: the run failed.
    Failed,
    /// 2: bad usage or a bad scenario.
    Refused,
    /// 130: stopped by Ctrl-C; what was measured is written.
    Stopped,
}

impl End {
    const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Refused => 2,
            Self::Unexpected => 3,
            Self::Stopped => 130,
        }
    }
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let end = say::usage(&error);
            // With a scenario before it, the host of `--allow-remote HOST` is one word too many.
            let surplus = error.kind() == clap::error::ErrorKind::UnknownArgument;
            if surplus && std::env::args_os().any(|argument| argument == "--allow-remote") {
                say::note(serve::HOST_BY_EQUALS);
            }
            return ExitCode::from(end.code());
        }
    };
    let end = match arguments.command {
        Command::Run(options) => run::run(&options),
        Command::Predict(options) => predict::predict(&options),
        Command::Verify(options) => verify::verify(&options),
        Command::Sweep(options) => sweep::sweep(&options),
        Command::Twin(options) => twin::twin(&options),
        Command::Merge(options) => merge::merge(&options),
        Command::Compare(options) => compare::compare(&options),
        Command::Serve(options) => serve::serve(&options),
        Command::Check(scenarios) => inputs::check(&scenarios),
        Command::Providers { name, format } => providers::providers(name.as_deref(), format),
        Command::List => info::list(),
        Command::New { file, from, force } => info::new(&file, from.as_deref(), force),
        Command::Schema { summary: true } => print(&pollhook::figure::documentation()),
        Command::Schema { summary: false } => info::schema(),
        Command::Completions { shell } => info::completions(shell),
    };
    ExitCode::from(end.code())
}
