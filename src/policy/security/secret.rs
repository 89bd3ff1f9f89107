//! The secrets of a run. They are drawn from its seed, so that a run can be repeated; they protect nothing else.

use super::code::base64;
use super::rule::Format;
use super::scheme::Scheme;
use super::setting::{APP, STANDARD, Security, USER};
use crate::rng::{Purpose, Randomness};
use rand::RngExt;

/// The valid secrets of a client's endpoint, the oldest first.
pub fn secrets(security: &Security, randomness: Randomness, client: u64) -> Vec<String> {
    let scheme = security.scheme();
    let drawn = randomness.stream(Purpose::Secret);
    (0..u64::from(security.secrets())).map(|number| secret(&scheme, drawn.at(client, number))).collect()
}

/// A secret of a scheme.
pub fn secret(scheme: &Scheme, mut draws: impl RngExt) -> String {
    let bytes: [u8; 24] = draws.random();
    let key: String = bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    match scheme {
        Scheme::None | Scheme::Token(_) => key,
        Scheme::Basic => format!("{USER}:{key}"),
        Scheme::Signature(Format::StandardWebhooks) => format!("{STANDARD}{}", base64(bytes)),
        Scheme::Signature(Format::Zalo) => format!("{APP}:{key}"),
        Scheme::Signature(_) => key,
    }
}
