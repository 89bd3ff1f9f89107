//! The published vectors, and what must hold for every delivery.

use super::sign::{CannotSign, Message, Sealed, seal, sign};
use super::verify::{Received, Verified, open, verify};
use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Vector {
    name: String,
    format: String,
    secrets: Vec<String>,
    id: Option<String>,
    timestamp: Option<u64>,
    url: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    body_base64: Option<String>,
    now: u64,
    tolerance_s: Option<u64>,
    valid: bool,
    why: Option<String>,
    signs: bool,
}

fn vectors() -> Vec<Vector> {
    #[derive(Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }
    serde_json::from_str::<File>(include_str!("../../../vectors/signatures.json")).unwrap().vectors
}

#[test]
fn every_vector_is_accepted_or_refused_for_its_reason() {
    for vector in vectors() {
        let format = Format::named(&vector.format).unwrap();
        let secrets: Vec<&str> = vector.secrets.iter().map(String::as_str).collect();
        let headers: Vec<(&str, &[u8])> =
            vector.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let body = match (vector.body, vector.body_base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(bytes)) => STANDARD.decode(bytes).unwrap(),
            _ => panic!("{}: one body", vector.name),
        };
        let received = Received { url: &vector.url, headers: &headers, body: &body };
        let found = verify(format, &secrets, &received, vector.now, vector.tolerance_s);
        assert_eq!(
            found.as_ref().err().map(|refusal| refusal.word()),
            vector.why.as_deref(),
            "{}",
            vector.name
        );
        assert_eq!(found.is_ok(), vector.valid, "{}", vector.name);
    }
}

#[test]
fn signing_makes_the_headers_of_the_vectors() {
    let mut signed = BTreeSet::new();
    for vector in vectors().into_iter().filter(|vector| vector.signs) {
        let format = Format::named(&vector.format).unwrap();
        let message = Message {
            id: vector.id.as_deref().unwrap_or("msg_1"),
            timestamp: vector.timestamp.unwrap_or(0),
            url: &vector.url,
            content_type: vector.headers.get("content-type").map_or("", String::as_str),
            body: vector.body.as_deref().unwrap(),
        };
        let sealed = sign(format, &vector.secrets[0], &message).unwrap();
        for (name, value) in vector.headers.iter().filter(|(name, _)| *name != "content-type") {
            let made = sealed.headers.iter().find(|(made, _)| made == name);
            assert_eq!(made.map(|(_, value)| value), Some(value), "{}: {name}", vector.name);
        }
        assert_eq!((&*sealed.url, &*sealed.body), (message.url, message.body), "{}", vector.name);
        signed.insert(vector.format);
    }
    assert_eq!(signed.len(), Format::ALL.len() - 1, "all but mailgun, which has no header: {signed:?}");
}

#[test]
fn mailgun_signs_in_the_body() {
    let token = "a".repeat(50);
    let data = r#"{"id":"evt_1","n":1}"#;
    let message = Message { id: &token, timestamp: 1_700_000_000, body: data, ..MESSAGE };
    let sealed = sign(Format::Mailgun, "mg-key", &message).unwrap();
    let body: serde_json::Value = serde_json::from_str(&sealed.body).unwrap();
    assert_eq!(
        body["signature"]["signature"],
        "bf65f58f6ab4ab9e1aa6e0479708db48b74a13728b1bebf11fb81e2cb526a87f"
    );
    assert_eq!(body["event-data"]["id"], "evt_1");
}

const MESSAGE: Message<'static> = Message {
    id: "evt_0000000042",
    timestamp: 1_700_000_000,
    url: "https://localhost/hooks/00000000",
    content_type: "application/json",
    body: r#"{"id":"evt_0000000042","data":"...."}"#,
};
const FORM: &str = "application/x-www-form-urlencoded";

fn secret(scheme: &Scheme) -> &'static str {
    match scheme {
        Scheme::Signature(Format::StandardWebhooks) => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        Scheme::Signature(Format::Zalo) | Scheme::Basic => "1234567890:super-secret",
        Scheme::None | Scheme::Token(_) | Scheme::Signature(_) => "a-secret",
    }
}

fn schemes() -> Vec<Scheme> {
    let signatures = Format::ALL.map(Scheme::Signature);
    [Scheme::None, Scheme::Token("auth".into()), Scheme::Basic].into_iter().chain(signatures).collect()
}

fn arrive(scheme: &Scheme, sealed: &Sealed<'_>, content_type: &str, now: u64) -> Result<Verified, Refusal> {
    let mut headers: Vec<(&str, &[u8])> =
        sealed.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    headers.push(("content-type", content_type.as_bytes()));
    let received = Received { url: &sealed.url, headers: &headers, body: sealed.body.as_bytes() };
    open(scheme, &["other", secret(scheme)], &received, now, Some(300))
}

#[test]
fn what_is_added_is_what_is_sent() {
    for scheme in schemes() {
        for (content_type, body) in [("application/json", MESSAGE.body), (FORM, "a=1&b=2")] {
            let message = Message { content_type, body, ..MESSAGE };
            let Ok(sealed) = seal(&scheme, secret(&scheme), &message) else {
                assert_eq!((&scheme, content_type), (&Scheme::Signature(Format::Zalo), FORM));
                continue;
            };
            let lines = sealed.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n").len());
            let sent = Added {
                url: (sealed.url.len() - message.url.len()) as u64,
                head: lines.sum::<usize>() as u64,
                body: (sealed.body.len() - message.body.len()) as u64,
            };
            let added = scheme.added(message.id.len(), secret(&scheme).len(), content_type == FORM);
            assert_eq!(added, sent, "{scheme:?} {content_type}");
        }
    }
}

#[test]
fn each_part_of_a_rule_is_true() {
    for format in Format::ALL {
        let (rule, scheme) = (format.rule(), Scheme::Signature(format));
        assert_eq!(Format::named(rule.name), Some(format));
        assert!(!rule.source.is_empty());
        let sealed = seal(&scheme, secret(&scheme), &MESSAGE).unwrap();
        let signed_at = MESSAGE.timestamp;
        let verified = arrive(&scheme, &sealed, MESSAGE.content_type, signed_at).unwrap();
        assert_eq!(verified.id.is_some(), rule.id.is_some(), "{format:?}");
        let late = arrive(&scheme, &sealed, MESSAGE.content_type, signed_at + 301).err();
        assert_eq!(late, rule.timestamp.map(|_| Refusal::TooOld), "{format:?}");
        let early = arrive(&scheme, &sealed, MESSAGE.content_type, signed_at - 301).err();
        assert_eq!(early, rule.refuses_future.then_some(Refusal::FromTheFuture), "{format:?}");
        let elsewhere = Sealed { url: sealed.url.replace("hooks", "hocks").into(), ..sealed.clone() };
        let elsewhere = arrive(&scheme, &elsewhere, MESSAGE.content_type, signed_at);
        assert_eq!(elsewhere.is_err(), rule.signs.contains(&Part::Url), "{format:?}");
        let other_id = sealed.headers.iter().position(|&(name, _)| {
            rule.headers.iter().any(|&(header, value)| header == name && value == Value::Id)
        });
        if let Some(place) = other_id {
            let mut sealed = sealed;
            sealed.headers[place].1 = "evt_0000000043".into();
            let found = arrive(&scheme, &sealed, MESSAGE.content_type, signed_at);
            assert_eq!(found.is_err(), rule.signs.contains(&Part::Id), "{format:?}");
            assert_eq!(found.is_err(), rule.id == Some(Id::Signed), "{format:?}");
        }
    }
}

/// Virtual time counts by the lengths, without a secret.
#[test]
fn the_secrets_of_a_run_are_those_of_their_scheme() {
    let randomness = crate::rng::Randomness::new(7, 0);
    let schemes = [
        Security::Token { token_name: "auth".into(), secrets: 2, https: true },
        Security::Basic { secrets: 1, https: false },
    ];
    let signatures = Format::ALL.into_iter().map(|format| Security::Signature {
        format,
        tolerance: None,
        replay: Replay::Accept,
        secrets: 2,
        https: false,
    });
    for security in schemes.into_iter().chain(signatures) {
        let secrets = secret::secrets(&security, randomness, 0);
        assert_eq!(secrets.len(), security.secrets() as usize);
        assert!(secrets.iter().collect::<BTreeSet<_>>().len() == secrets.len(), "they differ");
        for secret in secrets {
            assert_eq!(secret.len(), security.scheme().secret_bytes(), "{security:?}");
            seal(&security.scheme(), &secret, &MESSAGE).unwrap();
        }
    }
    assert!(secret::secrets(&Security::OPEN, randomness, 0).is_empty());
}

#[test]
fn what_no_receiver_could_verify_is_not_signed() {
    let standard = Scheme::Signature(Format::StandardWebhooks);
    assert_eq!(seal(&standard, "whsec_c2hvcnQ=", &MESSAGE), Err(CannotSign::Secret));
    assert_eq!(seal(&standard, "a-secret", &MESSAGE), Err(CannotSign::Secret));
    let dotted = Message { id: "evt.1", ..MESSAGE };
    assert_eq!(seal(&standard, secret(&standard), &dotted), Err(CannotSign::Id));
    let zalo = Scheme::Signature(Format::Zalo);
    let number = Message { body: r#"{"timestamp":1}"#, ..MESSAGE };
    assert_eq!(seal(&zalo, secret(&zalo), &number), Err(CannotSign::Body));
    assert_eq!(seal(&Scheme::Token("auth".into()), "a&b", &MESSAGE), Err(CannotSign::Secret));
    assert_eq!(seal(&Scheme::Basic, "nobody", &MESSAGE), Err(CannotSign::Secret));
}

#[test]
fn a_header_stands_once() {
    let scheme = Scheme::Signature(Format::Github);
    let mut sealed = seal(&scheme, secret(&scheme), &MESSAGE).unwrap();
    sealed.headers.push(sealed.headers[1].clone());
    assert_eq!(arrive(&scheme, &sealed, "", 0), Err(Refusal::Malformed));
}

#[test]
fn facebook_escapes_what_is_outside_the_basic_plane_in_two() {
    let message = Message { body: r#"{"m":"ä😀"}"#, ..MESSAGE };
    let sealed = sign(Format::Facebook, "app-secret", &message).unwrap();
    assert_eq!(sealed.body, r#"{"m":"\u00e4\ud83d\ude00"}"#);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sealed_is_accepted(
        id in "[a-zA-Z0-9_-]{1,50}",
        timestamp in 0u64..10_000_000_000,
        data in "\\PC{0,40}",
    ) {
        let body = serde_json::json!({ "data": data }).to_string();
        let message = Message { id: &id, timestamp, body: &body, ..MESSAGE };
        for scheme in schemes() {
            let sealed = seal(&scheme, secret(&scheme), &message).unwrap();
            let found = arrive(&scheme, &sealed, message.content_type, timestamp);
            prop_assert!(found.is_ok(), "{:?}: {:?}", scheme, found);
        }
    }

    /// Of Mailgun's body the event's data are not signed.
    #[test]
    fn one_changed_byte_of_the_body_is_refused(place: prop::sample::Index, flip in 1u8..=255) {
        for format in Format::ALL.into_iter().filter(|&format| format != Format::Mailgun) {
            let scheme = Scheme::Signature(format);
            let sealed = sign(format, secret(&scheme), &MESSAGE).unwrap();
            let mut body = sealed.body.as_bytes().to_vec();
            let place = place.index(body.len());
            body[place] ^= flip;
            let mut headers: Vec<(&str, &[u8])> =
                sealed.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
            headers.push(("content-type", MESSAGE.content_type.as_bytes()));
            let received = Received { url: &sealed.url, headers: &headers, body: &body };
            let found = verify(format, &[secret(&scheme)], &received, MESSAGE.timestamp, None);
            prop_assert!(matches!(found, Err(Refusal::Wrong | Refusal::Malformed)), "{:?}: {:?}", format, found);
        }
    }

    #[test]
    fn no_bytes_panic(
        values in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..80),
                "(v1,|sha256=|mac=|t=|v1=|v0=|Basic |basic|[0-9]{1,25}|,| |\\PC)*".prop_map(String::into_bytes),
            ],
            4,
        ),
        url in "(https?://)?[a-z]{0,3}(:[0-9a-z]{0,6})?[/?&]?((auth|bodySHA256)=?\\PC{0,4}&?)*",
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..80),
            "(\\PC|[%+&=][0-9a-fA-F]?)*".prop_map(String::into_bytes),
            r#"\{"(timestamp|signature)":("[0-9]*"|\{\}|[0-9]|null)\}"#.prop_map(String::into_bytes),
        ],
        now: u64,
        tolerance: u64,
        form: bool,
    ) {
        for scheme in schemes() {
            let mut names = vec!["authorization"];
            if let Scheme::Signature(format) = scheme {
                names.extend(format.rule().headers.iter().map(|(name, _)| *name));
            }
            let mut headers: Vec<(&str, &[u8])> =
                names.iter().copied().zip(values.iter().map(Vec::as_slice)).collect();
            headers.push(("content-type", if form { FORM.as_bytes() } else { b"" }));
            let received = Received { url: &url, headers: &headers, body: &body };
            let found = open(&scheme, &[secret(&scheme)], &received, now, Some(tolerance));
            prop_assert_eq!(found.is_ok(), scheme == Scheme::None);
        }
    }
}
