//! A progress bar on a terminal; nothing in a pipe or a file.

use super::say::clean;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of `steps` steps for a run of that name; hidden in a pipe, or if `quiet`.
pub(crate) fn bar(name: &str, steps: u64, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(steps), target).with_message(clean(name).into_owned());
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent}% {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
