//! What the program prints: results on standard output, everything else on standard error.
//!
//! A message that cannot be written is dropped; a result that cannot be written is a failure. Text from outside, such
//! as the name of a file, cannot control the terminal.

use super::End;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Says what went wrong.
pub(crate) fn complain(message: impl Display) {
    let colour = anstyle::AnsiColor::Red.on_default().bold();
    note(&format!("{colour}error{}: {}\n", anstyle::Reset, clean(&message.to_string())));
}

/// Says what went wrong without an effect on the results.
pub(crate) fn warn(message: impl Display) {
    let colour = anstyle::AnsiColor::Yellow.on_default().bold();
    note(&format!("{colour}warning{}: {}\n", anstyle::Reset, clean(&message.to_string())));
}

/// Writes to standard error as it is, with colours; an error of that is ignored.
pub(crate) fn note(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Prints a result to standard output. A closed pipe is not a failure; a full disk is.
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
    let controls = |c: char| c.is_control() && c != '\n';
    if text.contains(controls) { text.replace(controls, "?").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file may have any name, and the name is part of messages and of the progress bar.
    #[test]
    fn no_text_controls_the_terminal() {
        assert_eq!(clean("a\u{1b}]0;title\u{7}b\u{9b}31m\nc"), "a?]0;title?b?31m\nc");
        assert_eq!(clean("poll 60 s"), "poll 60 s");
    }
}
