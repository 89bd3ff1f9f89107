//! What the parts of a webhook are for, in one line each.

use crate::policy::security::{Format, Value};

/// What a header of a delivery is for; empty where nothing is known of it.
pub(super) fn of_header(name: &str) -> &'static str {
    match name {
        "host" => "which server is meant: several may share one address",
        "content-type" => "how to read the body",
        "content-length" => "how many bytes the body has",
        "webhook-id" => "the event’s id, the same in every attempt: a receiver knows a duplicate by it",
        "webhook-timestamp" => {
            "when this attempt was sent, in seconds since 1970: an old one may be a replay"
        }
        "x-request-id" => "the name of this one request",
        "authorization" => "user and password in base64, which anybody on the way can read without https",
        "webhook-request-origin" => "who asks to deliver here (CloudEvents)",
        _ => of_signature(name),
    }
}

/// The headers of the formats of signatures.
fn of_signature(name: &str) -> &'static str {
    let rules = Format::ALL.map(Format::rule);
    let value = rules.iter().flat_map(|rule| rule.headers).find(|(header, _)| *header == name);
    match value.map(|(_, value)| value) {
        Some(Value::Id) => "the id of this delivery",
        Some(Value::Timestamp) => "when it was signed, in seconds since 1970",
        Some(Value::Signature) => {
            "made of the message with the secret: who does not know that cannot make it"
        }
        Some(Value::StampedSignature) => "when it was signed, and the signature made with the secret",
        None => "",
    }
}

/// What a status says to the source.
pub(super) const fn of_status(status: u16) -> &'static str {
    match status {
        200..=299 => "received: the source is done with this event",
        300..=399 => "elsewhere: redirects of webhooks are not followed, so this is a failure",
        401 | 403 => "refused: the receiver does not believe that this is from the source",
        410 => "gone: the receiver wants no more",
        429 => "too many at once: try later",
        400..=499 => "the receiver finds fault with the request",
        500..=599 => "the receiver failed: try later",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_of_a_scheme_is_explained() {
        for format in Format::ALL {
            for (name, _) in format.rule().headers {
                assert!(!of_header(name).is_empty(), "{name}");
            }
        }
        assert!(of_header("x-unknown").is_empty());
        assert!(of_status(200).starts_with("received") && of_status(500).ends_with("later"));
    }
}
