//! How an endpoint shows, before the first delivery, that it wants the deliveries of a source: the handshakes that
//! providers do. Which messages they have, and which answer is right.
//!
//! The source sends one request to the URL that was registered. A token that the client chose with its registration
//! shows the endpoint whose request it is; a challenge, drawn anew each time, shows the source that the answer is made
//! for this request.

use super::message::{HOST, Head, acknowledgement, problem_with, status_line};
use crate::rng::{Purpose, Randomness};
use rand::RngExt;
use serde_json::{Value, json};

/// A handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Handshake {
    /// Whatever URL is registered gets the deliveries.
    #[default]
    None,
    /// A test message that has to be answered 2xx.
    Ping,
    /// A GET whose parameter `hub.challenge` is the right answer: WebSub, Facebook.
    ChallengeGet,
    /// A POST of type `url_verification` whose `challenge` is the right answer: Slack.
    ChallengePost,
    /// An OPTIONS whose answer has to allow the origin of the source: `CloudEvents`.
    Options,
}

/// What a handshake is about.
#[derive(Clone, Copy, Debug)]
pub struct Hook<'a> {
    /// The path of the registered URL, with its parameters.
    pub path: &'a str,
    /// What the client gave with the registration.
    pub token: &'a str,
    /// What the answer has to contain.
    pub challenge: &'a str,
}

/// A request that may be a handshake, as it came to an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and parameters.
    pub path: &'a str,
    /// The value of [`REQUEST_ORIGIN`].
    pub origin: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// An answer to a handshake, as it came to the source.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The status.
    pub status: u16,
    /// The value of [`ALLOWED_ORIGIN`].
    pub allowed_origin: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// Why the source does not take a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// The status is not 2xx.
    Status,
    /// The answer is not the challenge.
    Challenge,
    /// The answer does not allow the origin.
    Origin,
}

/// The name under which the source asks.
pub const ORIGIN: &str = "pollhook.example";
/// The header in which an OPTIONS has that name.
pub const REQUEST_ORIGIN: &str = "webhook-request-origin";
/// The header of the answer that allows it.
pub const ALLOWED_ORIGIN: &str = "webhook-allowed-origin";
/// Letters of a token, and of a challenge: 128 bits in hexadecimal.
pub const WORD: usize = 32;

/// A token or a challenge of a client: drawn from the seed, so that a run can be repeated.
pub fn word_of(randomness: Randomness, client: u64, number: u64) -> String {
    word(randomness.stream(Purpose::Handshake).at(client, number))
}

/// A token or a challenge, in hexadecimal digits.
pub fn word(mut draws: impl RngExt) -> String {
    let bytes: [u8; WORD / 2] = draws.random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The longest challenge that an endpoint sends back: it writes nothing at length for strangers.
const LONGEST: usize = 256;

impl Handshake {
    /// Every handshake.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Ping, Self::ChallengeGet, Self::ChallengePost, Self::Options];

    /// Its name in a scenario, and in a registration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ping => "ping",
            Self::ChallengeGet => "challenge-get",
            Self::ChallengePost => "challenge-post",
            Self::Options => "options",
        }
    }

    /// The handshake of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|handshake| handshake.name() == name)
    }

    /// Whether the client gives a token with its registration.
    pub const fn has_token(self) -> bool {
        match self {
            Self::None | Self::Ping | Self::Options => false,
            Self::ChallengeGet | Self::ChallengePost => true,
        }
    }

    /// The request of the source; None where there is none.
    pub fn request(self, hook: &Hook<'_>) -> Option<(Head, String)> {
        let Hook { path, token, challenge } = hook;
        let host = ("host", HOST.to_owned());
        match self {
            Self::None => None,
            Self::Ping => Some(post(path, &json!({ "type": PING }))),
            Self::ChallengeGet => {
                let joint = if path.contains('?') { '&' } else { '?' };
                let start = format!(
                    "GET {path}{joint}{MODE}={SUBSCRIBE}&{CHALLENGE}={challenge}&{TOKEN}={token} HTTP/1.1"
                );
                Some((Head { start, headers: vec![host] }, String::new()))
            }
            Self::ChallengePost => {
                let body = json!({ "type": URL_VERIFICATION, "token": token, "challenge": challenge });
                Some(post(path, &body))
            }
            Self::Options => {
                let headers = vec![host, (REQUEST_ORIGIN, ORIGIN.to_owned())];
                Some((Head { start: format!("OPTIONS {path} HTTP/1.1"), headers }, String::new()))
            }
        }
    }

    /// Whether the answer is the right one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn agreed(self, hook: &Hook<'_>, answered: &Answered<'_>) -> Result<(), Disagreement> {
        let Answered { status, allowed_origin, body } = *answered;
        let succeeded = if (200..300).contains(&status) { Ok(()) } else { Err(Disagreement::Status) };
        match self {
            Self::None => Ok(()),
            Self::Ping => succeeded,
            Self::ChallengeGet => succeeded.and_then(|()| equal(body, hook.challenge)),
            Self::ChallengePost => succeeded.and_then(|()| equal_or_in_json(body, hook.challenge)),
            // The consent is the header; the specification takes no account of the status.
            Self::Options => match allowed_origin {
                Some("*") => Ok(()),
                Some(origin) if origin.eq_ignore_ascii_case(ORIGIN) => Ok(()),
                Some(_) | None => Err(Disagreement::Origin),
            },
        }
    }

    /// The handshake that a request is; None where it is none.
    pub fn of(asked: &Asked<'_>) -> Option<Self> {
        match asked.method {
            "GET" if parameter(asked.path, CHALLENGE).is_some() => Some(Self::ChallengeGet),
            "OPTIONS" if asked.origin.is_some() => Some(Self::Options),
            "POST" => match type_of(asked.body)?.as_str() {
                PING => Some(Self::Ping),
                URL_VERIFICATION => Some(Self::ChallengePost),
                _ => None,
            },
            _ => None,
        }
    }

    /// The answer of an endpoint whose client registered with that token: its status, head and body.
    pub fn answer(self, asked: &Asked<'_>, token: &str) -> (u16, Head, String) {
        let refused = |detail| {
            let (head, body) = problem_with(403, Some(detail));
            (403, head, body)
        };
        let echo = |given: Option<String>, challenge: Option<String>| match challenge {
            _ if given.as_deref() != Some(token) => refused("the token is not that of the registration"),
            Some(challenge) if is_plain(&challenge) => text(challenge),
            Some(_) | None => refused("the challenge is missing, too long, or has other than plain letters"),
        };
        match self {
            Self::None | Self::Ping => (200, acknowledgement(), String::new()),
            Self::ChallengeGet => {
                let of = |name| parameter(asked.path, name).map(str::to_owned);
                if of(MODE).as_deref() == Some(SUBSCRIBE) {
                    echo(of(TOKEN), of(CHALLENGE))
                } else {
                    refused("hub.mode is not subscribe")
                }
            }
            Self::ChallengePost => {
                let body: Option<Value> = serde_json::from_slice(asked.body).ok();
                let of = |name| Some(body.as_ref()?.get(name)?.as_str()?.to_owned());
                echo(of("token"), of("challenge"))
            }
            Self::Options => match asked.origin {
                Some(origin) if origin.eq_ignore_ascii_case(ORIGIN) => {
                    let headers = vec![
                        ("allow", "OPTIONS, POST".to_owned()),
                        (ALLOWED_ORIGIN, ORIGIN.to_owned()),
                        ("content-length", "0".to_owned()),
                    ];
                    (200, Head { start: status_line(200), headers }, String::new())
                }
                Some(_) | None => refused("deliveries of that origin were not asked for"),
            },
        }
    }
}

impl Disagreement {
    /// In words for the client.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Status => "the endpoint did not answer the handshake with 2xx",
            Self::Challenge => "the endpoint did not answer with the challenge",
            Self::Origin => {
                "the answer of the endpoint has no webhook-allowed-origin that allows this source"
            }
        }
    }
}

const PING: &str = "ping";
const URL_VERIFICATION: &str = "url_verification";
const MODE: &str = "hub.mode";
const SUBSCRIBE: &str = "subscribe";
const CHALLENGE: &str = "hub.challenge";
const TOKEN: &str = "hub.verify_token";

fn post(path: &str, body: &Value) -> (Head, String) {
    let body = body.to_string();
    let headers = vec![
        ("host", HOST.to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", body.len().to_string()),
    ];
    (Head { start: format!("POST {path} HTTP/1.1"), headers }, body)
}

/// Plain text, so that no browser takes what comes back for a page.
fn text(body: String) -> (u16, Head, String) {
    let headers = vec![("content-type", "text/plain".to_owned()), ("content-length", body.len().to_string())];
    (200, Head { start: status_line(200), headers }, body)
}

fn equal(body: &[u8], challenge: &str) -> Result<(), Disagreement> {
    if body == challenge.as_bytes() { Ok(()) } else { Err(Disagreement::Challenge) }
}

/// Slack takes the bare challenge, and JSON that has it.
fn equal_or_in_json(body: &[u8], challenge: &str) -> Result<(), Disagreement> {
    equal(body, challenge).or_else(|wrong| {
        let body: Value = serde_json::from_slice(body).map_err(|_| wrong)?;
        let given = body.get("challenge").and_then(Value::as_str).ok_or(wrong)?;
        equal(given.as_bytes(), challenge)
    })
}

/// What stands in a URL as it is.
fn is_plain(challenge: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (1..=LONGEST).contains(&challenge.len()) && challenge.bytes().all(plain)
}

/// A parameter of a URL, not decoded.
fn parameter<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn type_of(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("type")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOOK: Hook<'_> = Hook { path: "/hooks?auth=x", token: "abc", challenge: "0123456789" };

    fn sent(handshake: Handshake, hook: &Hook<'_>) -> (String, String, Option<String>, String) {
        let (head, body) = handshake.request(hook).expect("it has a request");
        let mut start = head.start.split(' ');
        let (method, path) = (start.next().unwrap_or_default(), start.next().unwrap_or_default());
        let origin = head.headers.iter().find(|(name, _)| *name == REQUEST_ORIGIN);
        (method.to_owned(), path.to_owned(), origin.map(|(_, value)| value.clone()), body)
    }

    /// The answer of an endpoint that knows that token, and what the source makes of it.
    fn shaken(handshake: Handshake, token: &str) -> (u16, Result<(), Disagreement>) {
        let (method, path, origin, body) = sent(handshake, &HOOK);
        let asked = Asked { method: &method, path: &path, origin: origin.as_deref(), body: body.as_bytes() };
        assert_eq!(Handshake::of(&asked), Some(handshake), "{asked:?}");
        let (status, head, body) = handshake.answer(&asked, token);
        let allowed = head.headers.iter().find(|(name, _)| *name == ALLOWED_ORIGIN);
        let allowed_origin = allowed.map(|(_, value)| value.as_str());
        let length = head.headers.iter().find(|(name, _)| *name == "content-length");
        assert_eq!(length.map(|(_, value)| value.clone()), Some(body.len().to_string()));
        (status, handshake.agreed(&HOOK, &Answered { status, allowed_origin, body: body.as_bytes() }))
    }

    #[test]
    fn an_endpoint_that_was_asked_for_agrees() {
        for handshake in Handshake::ALL {
            if handshake == Handshake::None {
                assert!(handshake.request(&HOOK).is_none());
                continue;
            }
            assert_eq!(shaken(handshake, HOOK.token), (200, Ok(())), "{handshake:?}");
            if handshake.has_token() {
                assert_eq!(shaken(handshake, "other"), (403, Err(Disagreement::Status)), "{handshake:?}");
            }
        }
    }

    #[test]
    fn messages_are_those_of_the_providers() {
        let get = sent(Handshake::ChallengeGet, &HOOK);
        assert_eq!((get.0.as_str(), get.3.as_str()), ("GET", ""));
        assert_eq!(get.1, "/hooks?auth=x&hub.mode=subscribe&hub.challenge=0123456789&hub.verify_token=abc");
        assert!(
            sent(Handshake::ChallengeGet, &Hook { path: "/hooks", ..HOOK }).1.starts_with("/hooks?hub.mode=")
        );
        let post: Value = serde_json::from_str(&sent(Handshake::ChallengePost, &HOOK).3).expect("JSON");
        assert_eq!(post["type"], "url_verification");
        let options = sent(Handshake::Options, &HOOK);
        assert_eq!((options.0.as_str(), options.2.as_deref()), ("OPTIONS", Some("pollhook.example")));
    }

    #[test]
    fn a_wrong_answer_is_none() {
        let agreed = |handshake: Handshake, status, allowed_origin, body: &str| {
            handshake.agreed(&HOOK, &Answered { status, allowed_origin, body: body.as_bytes() })
        };
        let challenge = HOOK.challenge;
        assert_eq!(agreed(Handshake::Ping, 204, None, ""), Ok(()));
        assert_eq!(agreed(Handshake::Ping, 404, None, ""), Err(Disagreement::Status));
        assert_eq!(agreed(Handshake::ChallengeGet, 404, None, challenge), Err(Disagreement::Status));
        assert_eq!(agreed(Handshake::ChallengeGet, 200, None, "0123456789\n"), Err(Disagreement::Challenge));
        assert_eq!(agreed(Handshake::ChallengePost, 200, None, r#"{"challenge":"0123456789"}"#), Ok(()));
        assert_eq!(agreed(Handshake::ChallengePost, 200, None, "{}"), Err(Disagreement::Challenge));
        // A status of success is no consent, and another status no refusal.
        assert_eq!(agreed(Handshake::Options, 200, None, ""), Err(Disagreement::Origin));
        assert_eq!(agreed(Handshake::Options, 200, Some("other.example"), ""), Err(Disagreement::Origin));
        assert_eq!(agreed(Handshake::Options, 405, Some("*"), ""), Ok(()));
    }

    /// Whoever finds an endpoint cannot make it write what he likes.
    #[test]
    fn only_plain_challenges_come_back() {
        let long = "a".repeat(LONGEST + 1);
        for challenge in ["", "<b>", "a%20b", long.as_str()] {
            let path = format!("/hooks?hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token=abc");
            let asked = Asked { method: "GET", path: &path, origin: None, body: b"" };
            assert_eq!(Handshake::ChallengeGet.answer(&asked, "abc").0, 403, "{challenge}");
        }
        let delivery = Asked { method: "POST", path: "/hooks", origin: None, body: br#"{"id":"evt_1"}"# };
        assert_eq!(Handshake::of(&delivery), None);
        assert_eq!(Handshake::of(&Asked { method: "GET", body: b"", ..delivery }), None);
    }
}
