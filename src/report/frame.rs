//! What the pages of runs, comparisons and sweeps have in common: fonts, style, script, and the policy that allows these
//! alone. `frame.html` puts them around what a page says.
//!
//! A page is complete without its script, and makes no request to anywhere.

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

/// How a page looks and what it may do.
pub(super) struct Looks {
    pub(super) style: String,
    pub(super) script: String,
    /// The content security policy.
    pub(super) policy: String,
}

impl Looks {
    /// `first`: the style sheet of fonts and colours. `own`: what this page adds to the style of all.
    pub(super) fn new(first: &str, own: &str) -> Self {
        let style = first.to_owned() + &tight(&squeezed(STYLE)) + own;
        let script = squeezed(SCRIPT);
        Self { policy: policy(&style, &script), style, script }
    }
}

/// The page may use its own style, script and fonts, and makes no requests.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; font-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(style),
        hash(script)
    )
}

/// A style sheet or script without its indentation, blank lines and lines of comment.
pub(super) fn squeezed(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A style sheet without the blanks around its punctuation; our own has none of these within its strings.
pub(super) fn tight(style: &str) -> String {
    let pairs = [(" { ", "{"), (" {", "{"), (" }", "}"), ("; ", ";"), (": ", ":"), (", ", ","), (" > ", ">")];
    pairs.into_iter().fold(style.to_owned(), |style, (wide, narrow)| style.replace(wide, narrow))
}

/// The pages of `serve` begin with the same.
pub(super) const STYLE: &str = concat!(include_str!("html/base.css"), include_str!("html/style.css"));
pub(super) const SCRIPT: &str = include_str!("html/script.js");
