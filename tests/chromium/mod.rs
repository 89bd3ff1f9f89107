//! Where Chromium is, and how it is started: by itself, without a screen, asking nobody for anything.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Chromium, by the names that systems give it; who runs the tests is told if there is none.
pub(crate) fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file());
    if found.is_none() {
        skipped();
    }
    found
}

#[expect(clippy::print_stderr, reason = "who runs the tests is told what was not tried")]
fn skipped() {
    eprintln!("skipped: no Chromium found in PATH");
}

/// The command that starts it with a profile in that folder.
pub(crate) fn command(program: &Path, folder: &Path) -> Command {
    let mut profile = OsString::from("--user-data-dir=");
    profile.push(folder.join("profile"));
    let mut command = Command::new(program);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"])
        // What the browser would ask for on its own account leads nowhere.
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        .arg(profile);
    command
}
