//! What the program says: results on standard output, all else on standard error.
//!
//! A message that nobody can be told is dropped; a result that cannot be written is a failure. Text from outside, such
//! as a file's name, never steers the terminal.

use super::End;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Says what went wrong.
pub(crate) fn complain(message: impl Display) {
    let colour = anstyle::AnsiColor::Red.on_default().bold();
    note(&format!("{colour}error{}: {}\n", anstyle::Reset, clean(&message.to_string())));
}

/// Says what went wrong without harm to the results.
pub(crate) fn warn(message: impl Display) {
    let colour = anstyle::AnsiColor::Yellow.on_default().bold();
    note(&format!("{colour}warning{}: {}\n", anstyle::Reset, clean(&message.to_string())));
}

/// Writes on standard error as it is, colours included; where that is full or closed, nobody is told.
pub(crate) fn note(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Prints a result on standard output. A reader that has gone away is no failure, a disk that is full is one.
#[must_use]
pub(crate) fn print(text: &str) -> End {
    written(anstream::stdout().write_all(text.as_bytes()).and_then(|()| anstream::stdout().flush()))
}

/// Shows what clap has to say: help or a version on standard output, or bad usage on standard error.
#[must_use]
pub(crate) fn usage(error: &clap::Error) -> End {
    let shown = error.print();
    if error.use_stderr() { End::Refused } else { written(shown.and_then(|()| std::io::stdout().flush())) }
}

fn written(result: std::io::Result<()>) -> End {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(format!("cannot write to standard output: {error}"));
            End::Failed
        }
        _ => End::Done,
    }
}

/// The text without control characters, but for the ends of its lines.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n';
    if text.contains(steers) { text.replace(steers, "?").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file may be called anything, and its name stands in messages and before the progress bar.
    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(clean("a\u{1b}]0;title\u{7}b\u{9b}31m\nc"), "a?]0;title?b?31m\nc");
        assert_eq!(clean("poll 60 s"), "poll 60 s");
    }
}
