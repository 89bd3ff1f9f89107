//! The code of a signature: which bytes each format signs, with which key and function.

use super::query;
use super::rule::Format;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// What is signed of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub(super) id: &'a str,
    /// As it is sent.
    pub(super) timestamp: &'a str,
    pub(super) url: &'a str,
    pub(super) body: &'a [u8],
    /// Whether the body is a form.
    pub(super) form: bool,
    /// Of WebSub, which names it in the signature.
    pub(super) hash: Hash,
}

/// The hash functions that WebSub allows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }
}

/// The code, encoded as it is sent; None where the secret is none of this format.
pub(super) fn code(format: Format, secret: &str, signed: &Signed<'_>) -> Option<String> {
    let Signed { id, timestamp, url, body, form, hash } = *signed;
    let (id, timestamp, url) = (id.as_bytes(), timestamp.as_bytes(), url.as_bytes());
    let key = secret.as_bytes();
    Some(match format {
        Format::StandardWebhooks => {
            base64(sha256(&standard_key(secret)?, &[id, b".", timestamp, b".", body]))
        }
        Format::Github | Format::Facebook | Format::Dropbox | Format::Notion => hex(sha256(key, &[body])),
        Format::Websub => match hash {
            Hash::Sha1 => hex(sha1(key, &[body])),
            Hash::Sha256 => hex(sha256(key, &[body])),
            Hash::Sha384 => hex(keyed(Hmac::<Sha384>::new_from_slice(key), &[body])),
            Hash::Sha512 => hex(keyed(Hmac::<Sha512>::new_from_slice(key), &[body])),
        },
        Format::Zalo => {
            let (app, key) = secret.split_once(':')?;
            hex(Sha256::digest([app.as_bytes(), body, timestamp, key.as_bytes()].concat()))
        }
        Format::Stripe => hex(sha256(key, &[timestamp, b".", body])),
        Format::Slack => hex(sha256(key, &[b"v0:", timestamp, b":", body])),
        Format::Shopify => base64(sha256(key, &[body])),
        Format::Twilio => {
            let parameters = if form { query::sorted(body) } else { Vec::new() };
            base64(sha1(key, &[url, &parameters]))
        }
        Format::Square => base64(sha256(key, &[url, body])),
        Format::Mailgun => hex(sha256(key, &[timestamp, id])),
    })
}

/// SHA-256 in hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

/// The bytes after `whsec_`, of which the specification asks for 24 to 64.
fn standard_key(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}

fn sha256(key: &[u8], parts: &[&[u8]]) -> impl AsRef<[u8]> {
    keyed(Hmac::<Sha256>::new_from_slice(key), parts)
}

fn sha1(key: &[u8], parts: &[&[u8]]) -> impl AsRef<[u8]> {
    keyed(Hmac::<Sha1>::new_from_slice(key), parts)
}

fn keyed<M: Mac>(mac: Result<M, hmac::digest::InvalidLength>, parts: &[&[u8]]) -> impl AsRef<[u8]> + use<M> {
    let mut mac = mac.expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}
