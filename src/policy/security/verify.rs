//! The endpoint's side: whether a delivery is the source's own.

use super::Refusal;
use super::body::{mailgun, zalo_timestamp};
use super::code::{self, Hash, Signed, code};
use super::query;
use super::rule::{Format, Timestamp, Value};
use super::scheme::Scheme;
use super::sign::{basic, is_form};
use subtle::{Choice, ConstantTimeEq};

/// A delivery as it arrives. Nothing in it is trusted.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The URL, as the sender spells it.
    pub url: &'a str,
    /// Names in any case, values of any bytes.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, byte for byte: parsed and written again it would have another signature.
    pub body: &'a [u8],
}

/// A delivery that is the source's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What a replay is known by, where the format has it.
    pub id: Option<String>,
}

/// Verifies a delivery by any scheme. Each of the secrets is valid: there are two while one replaces the other.
pub fn open(
    scheme: &Scheme,
    secrets: &[&str],
    received: &Received<'_>,
    now_s: u64,
    tolerance_s: Option<u64>,
) -> Result<Verified, Refusal> {
    let one_of = |given: &str, proof: &dyn Fn(&str) -> String| {
        let equal = secrets.iter().map(|secret| equal(given, &proof(secret)));
        let found = equal.fold(Choice::from(0), |found, equal| found | equal);
        if found.into() { Ok(Verified { id: None }) } else { Err(Refusal::Wrong) }
    };
    match scheme {
        Scheme::None => Ok(Verified { id: None }),
        Scheme::Token(name) => {
            let given = query::parameter(received.url, name).ok_or(Refusal::Missing)?;
            one_of(given, &|secret| secret.to_owned())
        }
        Scheme::Basic => {
            let given = received.header("authorization")?;
            let is_basic = given.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("basic "));
            let given = if is_basic { &given[6..] } else { return Err(Refusal::Malformed) };
            one_of(given, &|secret| basic(secret).split_off("Basic ".len()))
        }
        Scheme::Signature(format) => verify(*format, secrets, received, now_s, tolerance_s),
    }
}

/// Verifies a signature, and then, with a tolerance, its age: so what is too old is known to have been genuine. The
/// age may be the tolerance, and is of no account where the format signs no time.
pub fn verify(
    format: Format,
    secrets: &[&str],
    received: &Received<'_>,
    now_s: u64,
    tolerance_s: Option<u64>,
) -> Result<Verified, Refusal> {
    let claim = Claim::read(format, received)?;
    if !claim.is_genuine(format, secrets, received) {
        return Err(Refusal::Wrong);
    }
    if let (Some(place), Some(tolerance_s)) = (format.rule().timestamp, tolerance_s) {
        let signed_s = seconds(&claim.timestamp, place).ok_or(Refusal::Malformed)?;
        if now_s.saturating_sub(signed_s) > tolerance_s {
            return Err(Refusal::TooOld);
        }
        let early = signed_s.saturating_sub(now_s) > tolerance_s;
        if early && format.rule().refuses_future {
            return Err(Refusal::FromTheFuture);
        }
    }
    let id = Some(claim.id).filter(|id| !id.is_empty());
    Ok(Verified { id })
}

/// What a delivery says of itself; a part that the format does not have is empty.
struct Claim {
    id: String,
    timestamp: String,
    /// Codes, of which one must be right.
    codes: Vec<String>,
    /// The hash function that it names.
    hash: Hash,
}

impl Claim {
    fn read(format: Format, received: &Received<'_>) -> Result<Self, Refusal> {
        let rule = format.rule();
        let header =
            |value| rule.header(value).ok_or(Refusal::Missing).and_then(|name| received.header(name));
        let bare = |codes: Vec<String>| Self {
            id: String::new(),
            timestamp: String::new(),
            codes,
            hash: Hash::Sha256,
        };
        let prefixed = || {
            let code = header(Value::Signature)?.strip_prefix(rule.prefix).ok_or(Refusal::Malformed)?;
            Ok(bare(vec![code.to_owned()]))
        };
        match format {
            Format::StandardWebhooks => {
                let id = header(Value::Id)?.to_owned();
                let timestamp = header(Value::Timestamp)?.to_owned();
                let codes = codes(header(Value::Signature)?.split(' '), rule.prefix)?;
                if id.contains('.') || timestamp.contains('.') {
                    return Err(Refusal::Malformed);
                }
                Ok(Self { id, timestamp, ..bare(codes) })
            }
            Format::Github | Format::Shopify => {
                // An id that is not under the signature may be left out, as a signature stands without it.
                let id = match header(Value::Id) {
                    Err(Refusal::Missing) => String::new(),
                    given => given?.to_owned(),
                };
                Ok(Self { id, ..prefixed()? })
            }
            Format::Facebook | Format::Twilio | Format::Square | Format::Dropbox | Format::Notion => {
                prefixed()
            }
            Format::Websub => {
                let (hash, code) = header(Value::Signature)?.split_once('=').ok_or(Refusal::Malformed)?;
                let hash = Hash::named(hash).ok_or(Refusal::Malformed)?;
                Ok(Self { hash, ..bare(vec![code.to_owned()]) })
            }
            Format::Zalo => {
                let claim = prefixed()?;
                let timestamp = zalo_timestamp(received.body).ok_or(Refusal::Malformed)?;
                Ok(Self { timestamp, ..claim })
            }
            Format::Stripe => {
                let parts = || header(Value::StampedSignature).map(|text| text.split(','));
                let timestamp =
                    parts()?.find_map(|part| part.strip_prefix("t=")).ok_or(Refusal::Malformed)?;
                let codes = codes(parts()?, rule.prefix)?;
                Ok(Self { timestamp: timestamp.to_owned(), ..bare(codes) })
            }
            Format::Slack => {
                let timestamp = header(Value::Timestamp)?.to_owned();
                Ok(Self { timestamp, ..prefixed()? })
            }
            Format::Mailgun => {
                let part = mailgun(received.body).ok_or(Refusal::Malformed)?;
                Ok(Self { id: part.token, timestamp: part.timestamp, ..bare(vec![part.signature]) })
            }
        }
    }

    /// Tries every secret with every code, without stopping at the first that fits.
    fn is_genuine(&self, format: Format, secrets: &[&str], received: &Received<'_>) -> bool {
        let form = received.header("content-type").is_ok_and(is_form);
        let (urls, form) = match format {
            Format::Twilio => {
                let hash = query::body_hash(received.url);
                let fits = hash.map_or(form, |hash| equal(hash, &code::hash(received.body)).into());
                if !fits {
                    return false;
                }
                (query::with_and_without_port(received.url), hash.is_none())
            }
            Format::StandardWebhooks
            | Format::Github
            | Format::Facebook
            | Format::Zalo
            | Format::Stripe
            | Format::Slack
            | Format::Shopify
            | Format::Square
            | Format::Mailgun
            | Format::Websub
            | Format::Dropbox
            | Format::Notion => (vec![received.url.to_owned()], form),
        };
        let mut found = Choice::from(0);
        for url in &urls {
            let Self { id, timestamp, hash, .. } = self;
            let signed = Signed { id, timestamp, url, body: received.body, form, hash: *hash };
            for right in secrets.iter().filter_map(|secret| code(format, secret, &signed)) {
                for given in &self.codes {
                    found |= equal(given, &right);
                }
            }
        }
        found.into()
    }
}

impl<'a> Received<'a> {
    /// A header that may stand there once, as text.
    fn header(&self, name: &str) -> Result<&'a str, Refusal> {
        let mut values = self.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        let (_, value) = values.next().ok_or(Refusal::Missing)?;
        let text = std::str::from_utf8(value).map_err(|_| Refusal::Malformed)?;
        if values.next().is_some() { Err(Refusal::Malformed) } else { Ok(text) }
    }
}

/// Most codes that are looked at in one header: a sender that replaces its secret sends two.
const CODES: usize = 16;

/// The codes of the known version.
fn codes<'a>(parts: impl Iterator<Item = &'a str>, prefix: &str) -> Result<Vec<String>, Refusal> {
    let codes: Vec<String> =
        parts.filter_map(|part| part.strip_prefix(prefix)).take(CODES).map(str::to_owned).collect();
    if codes.is_empty() { Err(Refusal::Malformed) } else { Ok(codes) }
}

/// The time in seconds: digits without a sign.
fn seconds(text: &str, place: Timestamp) -> Option<u64> {
    let number: u64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()?;
    Some(match place {
        Timestamp::Header | Timestamp::BodySeconds => number,
        Timestamp::BodyMillis => number / 1000,
    })
}

/// Compares texts in a time that tells nothing of where they differ. So each code has one spelling.
fn equal(given: &str, right: &str) -> Choice {
    given.as_bytes().ct_eq(right.as_bytes())
}
