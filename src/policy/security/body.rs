//! What formats put into a body, and read there.

use super::scheme::{MAILGUN, ZALO};
use serde::Deserialize;
use std::fmt::Write;

/// Facebook signs JSON in ASCII: every other character is written as its escapes.
pub(super) fn in_ascii(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(escaped, "\\u{unit:04x}").expect("a string takes all that is written");
        }
    }
    escaped
}

/// The timestamp in a body of Zalo's, as it stands there.
pub(super) fn zalo_timestamp(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        timestamp: String,
    }
    serde_json::from_slice::<Body>(body).ok().map(|body| body.timestamp)
}

/// A JSON object with a timestamp before its other fields; None where the body is none with a field.
pub(super) fn with_zalo_timestamp(body: &str, timestamp: &str) -> Option<String> {
    let fields = body.strip_prefix('{').filter(|fields| fields.trim_start().starts_with('"'))?;
    Some(format!("{{{}{timestamp}{}{fields}", ZALO[0], ZALO[1]))
}

/// What Mailgun has in the body to verify it by.
#[derive(Debug, Deserialize)]
pub(super) struct Mailgun {
    pub(super) timestamp: String,
    pub(super) token: String,
    pub(super) signature: String,
}

/// Reads it.
pub(super) fn mailgun(body: &[u8]) -> Option<Mailgun> {
    #[derive(Deserialize)]
    struct Body {
        signature: Mailgun,
    }
    serde_json::from_slice::<Body>(body).ok().map(|body| body.signature)
}

/// The body with the event's data in it.
pub(super) fn with_mailgun(data: &str, signature: &Mailgun) -> String {
    let Mailgun { timestamp, token, signature } = signature;
    let [start, before_token, before_code, before_data, end] = MAILGUN;
    [start, timestamp, before_token, token, before_code, signature, before_data, data, end].concat()
}
