//! The source's side: a delivery as a scheme sends it.

use super::body::{Mailgun, in_ascii, with_mailgun, with_zalo_timestamp, zalo_timestamp};
use super::code::{self, Hash, Signed, code};
use super::query;
use super::rule::{Format, Value};
use super::scheme::{BODY_HASH, MILLIS, SECONDS, Scheme, TOKEN};
use std::borrow::Cow;

/// A delivery before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The same for every attempt: ASCII letters, digits, `_` and `-`, and at most 50 of them.
    pub id: &'a str,
    /// When this attempt is signed, in seconds of Unix time.
    pub timestamp: u64,
    /// The URL of the endpoint. Where a format signs it the receiver must know it in the same spelling.
    pub url: &'a str,
    /// The media type of the body.
    pub content_type: &'a str,
    /// The body; UTF-8, as each of our formats is text.
    pub body: &'a str,
}

/// A delivery as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// The URL.
    pub url: Cow<'a, str>,
    /// What the scheme adds to the head.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Cow<'a, str>,
}

/// Why a delivery cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotSign {
    /// The secret is none of this scheme.
    Secret,
    /// The id has other characters or is longer than every format can carry.
    Id,
    /// The scheme signs JSON objects alone.
    Body,
}

/// Seals a delivery as a scheme does. For Basic Auth the secret is `USER:PASSWORD`, for Zalo `APP_ID:SECRET`.
pub fn seal<'a>(scheme: &Scheme, secret: &str, message: &Message<'a>) -> Result<Sealed<'a>, CannotSign> {
    let plain = Sealed { url: message.url.into(), headers: Vec::new(), body: message.body.into() };
    match scheme {
        Scheme::None => Ok(plain),
        Scheme::Token(name) if is_token(secret) => {
            Ok(Sealed { url: query::with(message.url, name, secret).into(), ..plain })
        }
        Scheme::Basic if secret.contains(':') => {
            Ok(Sealed { headers: vec![("authorization", basic(secret))], ..plain })
        }
        Scheme::Token(_) | Scheme::Basic => Err(CannotSign::Secret),
        Scheme::Signature(format) => sign(*format, secret, message),
    }
}

/// Signs a delivery.
pub fn sign<'a>(format: Format, secret: &str, message: &Message<'a>) -> Result<Sealed<'a>, CannotSign> {
    if !is_id(message.id) {
        return Err(CannotSign::Id);
    }
    let form = is_form(message.content_type);
    let seconds = format!("{:0SECONDS$}", message.timestamp);
    let (url, body, id, timestamp) = match format {
        Format::Twilio if !form => {
            let hash = code::hash(message.body.as_bytes());
            let url = query::with(message.url, BODY_HASH, &hash);
            (url.into(), message.body.into(), message.id.into(), seconds)
        }
        Format::Facebook => {
            let body = in_ascii(message.body).into();
            (message.url.into(), body, message.id.into(), seconds)
        }
        Format::Zalo => {
            let (body, timestamp) = stamped(message)?;
            (message.url.into(), body, message.id.into(), timestamp)
        }
        Format::Mailgun => {
            let token = format!("{:0<TOKEN$}", message.id);
            (message.url.into(), message.body.into(), token, seconds)
        }
        Format::StandardWebhooks
        | Format::Github
        | Format::Stripe
        | Format::Slack
        | Format::Shopify
        | Format::Twilio
        | Format::Square
        | Format::Websub
        | Format::Dropbox
        | Format::Notion => (Cow::from(message.url), Cow::from(message.body), message.id.to_owned(), seconds),
    };
    let signed =
        Signed { id: &id, timestamp: &timestamp, url: &url, body: body.as_bytes(), form, hash: Hash::Sha256 };
    let code = code(format, secret, &signed).ok_or(CannotSign::Secret)?;
    let rule = format.rule();
    let headers = rule.headers.iter().map(|&(name, value)| {
        let text = match value {
            Value::Id => id.clone(),
            Value::Timestamp => timestamp.clone(),
            Value::Signature => format!("{}{code}", rule.prefix),
            Value::StampedSignature => format!("t={timestamp},{}{code}", rule.prefix),
        };
        (name, text)
    });
    let headers = headers.collect();
    let body = if format == Format::Mailgun {
        with_mailgun(&body, &Mailgun { timestamp, token: id, signature: code }).into()
    } else {
        body
    };
    Ok(Sealed { url, headers, body })
}

/// The body with a timestamp of Zalo's: the one that it has, or that of the message.
fn stamped<'a>(message: &Message<'a>) -> Result<(Cow<'a, str>, String), CannotSign> {
    if let Some(timestamp) = zalo_timestamp(message.body.as_bytes()) {
        return Ok((message.body.into(), timestamp));
    }
    let timestamp = format!("{:0MILLIS$}", u128::from(message.timestamp) * 1000);
    let body = with_zalo_timestamp(message.body, &timestamp)
        .filter(|body| zalo_timestamp(body.as_bytes()).is_some())
        .ok_or(CannotSign::Body)?;
    Ok((body.into(), timestamp))
}

/// The value of `authorization` in Basic Auth.
pub(super) fn basic(secret: &str) -> String {
    format!("Basic {}", code::base64(secret))
}

/// Whether the media type is that of a form.
pub(super) fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Whether a token stands in a URL as it is.
fn is_token(secret: &str) -> bool {
    !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// A dot would let two messages have the same signed bytes; a quote would end a string of JSON.
fn is_id(id: &str) -> bool {
    (1..=TOKEN).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
