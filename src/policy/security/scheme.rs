//! The schemes, and how many bytes each adds to a delivery.

use super::rule::{Format, Value};

/// How a delivery shows whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Not at all.
    None,
    /// By a secret in the URL, as the parameter of this name.
    Token(String),
    /// By Basic Auth; the secret is `USER:PASSWORD`.
    Basic,
    /// By a signature.
    Signature(Format),
}

/// The bytes that a scheme adds to a delivery, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// In the URL.
    pub url: u64,
    /// In lines of the head, line ends included.
    pub head: u64,
    /// In the body; it may lengthen the digits of `content-length`.
    pub body: u64,
}

/// What Mailgun puts before the event's data, around timestamp, token and code; and after it.
pub(super) const MAILGUN: [&str; 5] =
    [r#"{"signature":{"timestamp":""#, r#"","token":""#, r#"","signature":""#, r#""},"event-data":"#, "}"];
/// What Zalo has in the body, around the timestamp.
pub(super) const ZALO: [&str; 2] = [r#""timestamp":""#, r#"","#];
/// The parameter in which Twilio sends the hash of a body that is no form.
pub(super) const BODY_HASH: &str = "bodySHA256";

/// A timestamp in seconds, until the year 2286.
pub(super) const SECONDS: usize = 10;
/// A timestamp in milliseconds.
pub(super) const MILLIS: usize = 13;
/// A token of Mailgun's.
pub(super) const TOKEN: usize = 50;
const SHA256_HEX: usize = 64;

impl Scheme {
    /// What it adds to a delivery with an id of that length, whose body is a form or, else, JSON.
    pub fn added(&self, id_bytes: usize, secret_bytes: usize, form: bool) -> Added {
        let line = |name: &str, value: usize| name.len() + 2 + value + 2;
        let of = |url: usize, head: usize, body: usize| Added {
            url: url as u64,
            head: head as u64,
            body: body as u64,
        };
        match self {
            Self::None => Added::default(),
            Self::Token(name) => of(1 + name.len() + 1 + secret_bytes, 0, 0),
            Self::Basic => of(0, line("authorization", "Basic ".len() + secret_bytes.div_ceil(3) * 4), 0),
            Self::Signature(format) => {
                let rule = format.rule();
                let signature = rule.prefix.len() + rule.code_bytes;
                let value = |value| match value {
                    Value::Id => id_bytes,
                    Value::Timestamp => SECONDS,
                    Value::Signature => signature,
                    Value::StampedSignature => "t=,".len() + SECONDS + signature,
                };
                let head = rule.headers.iter().map(|&(name, carries)| line(name, value(carries))).sum();
                let (url, body) = format.added_outside_the_head(form);
                of(url, head, body)
            }
        }
    }
}

impl Format {
    /// Whether a part of the signature stands in the body, which has to be a JSON object.
    pub const fn is_in_json(self) -> bool {
        matches!(self, Self::Zalo | Self::Mailgun)
    }

    fn added_outside_the_head(self, form: bool) -> (usize, usize) {
        let length = |parts: &[&str]| parts.iter().map(|part| part.len()).sum::<usize>();
        match self {
            Self::Zalo => (0, length(&ZALO) + MILLIS),
            Self::Mailgun => (0, length(&MAILGUN) + SECONDS + TOKEN + SHA256_HEX),
            Self::Twilio if !form => (1 + BODY_HASH.len() + 1 + SHA256_HEX, 0),
            Self::StandardWebhooks
            | Self::Github
            | Self::Facebook
            | Self::Stripe
            | Self::Slack
            | Self::Shopify
            | Self::Twilio
            | Self::Square
            | Self::Websub
            | Self::Dropbox
            | Self::Notion => (0, 0),
        }
    }
}
