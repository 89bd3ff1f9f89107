//! How a client registers the URL of its endpoint at a source: the messages, whose bytes virtual time counts.

use super::event_types::Wanted;
use super::handshake::{Answered, Asked, Handshake, Hook, WORD};
use super::message::{HOST, Head, hook_path, status_line};
use serde_json::{Value, json};

/// The URL of a member's endpoint. The port has a fixed width, so that it cannot change the size of a message.
pub fn endpoint_url(https: bool, port: u16, member: u32) -> String {
    format!("http{}://127.0.0.1:{port:05}{}", if https { "s" } else { "" }, hook_path(member))
}

/// The request of a client that wants deliveries of events of these types to a URL.
pub fn request(url: &str, types: &Wanted, handshake: Handshake, token: &str) -> (Head, String) {
    let mut body = json!({ "url": url });
    add_types(&mut body, types);
    if handshake != Handshake::None {
        body["handshake"] = Value::from(handshake.name());
    }
    if handshake.has_token() {
        body["verify_token"] = Value::from(token);
    }
    let body = body.to_string();
    let headers = vec![
        ("host", HOST.to_owned()),
        ("content-type", JSON.to_owned()),
        ("content-length", body.len().to_string()),
    ];
    (Head { start: format!("POST {PATH} HTTP/1.1"), headers }, body)
}

/// The answer of a source that takes the URL, with the id of the subscription.
pub fn taken(id: &str, url: &str, types: &Wanted) -> (Head, String) {
    let body = subscription(id, url, types).to_string();
    let headers = vec![
        ("content-type", JSON.to_owned()),
        ("content-length", body.len().to_string()),
        ("location", format!("{PATH}/{id}")),
    ];
    (Head { start: status_line(201), headers }, body)
}

/// A subscription as its source shows it.
pub fn subscription(id: &str, url: &str, types: &Wanted) -> Value {
    let mut shown = json!({ "id": id, "url": url });
    add_types(&mut shown, types);
    shown
}

/// The types are left out where all are wanted.
fn add_types(body: &mut Value, types: &Wanted) {
    if let Wanted::These(names) = types {
        body["types"] = names.clone().into();
    }
}

/// The id of a subscription, counted from 1.
pub fn subscription_id(number: u64) -> String {
    format!("sub_{number:06}")
}

/// The requests until a URL is registered.
pub const fn requests(handshake: Handshake) -> u64 {
    match handshake {
        Handshake::None => 1,
        Handshake::Ping | Handshake::ChallengeGet | Handshake::ChallengePost | Handshake::Options => 2,
    }
}

/// The bytes of these requests and of their answers.
pub fn bytes(types: &Wanted, handshake: Handshake, https: bool) -> u64 {
    let word = "0".repeat(WORD);
    let (url, path) = (endpoint_url(https, 0, 0), hook_path(0));
    let hook = Hook { path: &path, token: &word, challenge: &word };
    let of = |(head, body): (Head, String)| head.bytes() + body.len() as u64;
    let shaken = handshake.request(&hook).map_or(0, |asked| {
        let (_, head, body) = handshake.answer(&asked_of(&asked), hook.token);
        of((head, body)) + of(asked)
    });
    of(request(&url, types, handshake, &word)) + of(taken(&subscription_id(1), &url, types)) + shaken
}

/// A request of the source as it comes to an endpoint.
pub fn asked_of((head, body): &(Head, String)) -> Asked<'_> {
    let mut start = head.start.split(' ');
    let (method, path) = (start.next().unwrap_or_default(), start.next().unwrap_or_default());
    Asked { method, path, origin: head.value(super::handshake::REQUEST_ORIGIN), body: body.as_bytes() }
}

/// An answer of an endpoint as it comes to the source.
pub fn answered_of((status, head, body): &(u16, Head, String)) -> Answered<'_> {
    let allowed_origin = head.value(super::handshake::ALLOWED_ORIGIN);
    Answered { status: *status, allowed_origin, body: body.as_bytes() }
}

/// Where the subscriptions of a source are.
pub const PATH: &str = "/subscriptions";
const JSON: &str = "application/json";

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted by hand: the lines of the two messages, each with its two bytes of line end, the empty line, and the body.
    #[test]
    fn a_registration_is_as_long_as_its_text() {
        let sent = "POST /subscriptions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                    content-length: 47\r\n\r\n{\"url\":\"http://127.0.0.1:00000/hooks/00000000\"}";
        let answered = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 65\r\n\
                        location: /subscriptions/sub_000001\r\n\r\n\
                        {\"id\":\"sub_000001\",\"url\":\"http://127.0.0.1:00000/hooks/00000000\"}";
        assert_eq!(bytes(&Wanted::All, Handshake::None, false), (sent.len() + answered.len()) as u64);
        assert_eq!(
            bytes(&Wanted::All, Handshake::None, true),
            bytes(&Wanted::All, Handshake::None, false) + 2
        );
        let pinged = "POST /hooks/00000000 HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                      content-length: 15\r\n\r\n{\"type\":\"ping\"}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        let named = r#""handshake":"ping","#.len();
        assert_eq!(
            bytes(&Wanted::All, Handshake::Ping, false),
            bytes(&Wanted::All, Handshake::None, false) + (pinged.len() + named) as u64
        );
    }

    #[test]
    fn whatever_is_drawn_is_as_long() {
        let types = Wanted::These(vec!["like".to_owned()]);
        for handshake in Handshake::ALL {
            let (token, challenge) = ("f".repeat(WORD), "a".repeat(WORD));
            let of = |(head, body): (Head, String)| head.bytes() + body.len() as u64;
            let (url, path) = (endpoint_url(false, 65_535, 999), hook_path(999));
            let hook = Hook { path: &path, token: &token, challenge: &challenge };
            let mut sum = of(request(&url, &types, handshake, &token))
                + of(taken(&subscription_id(1000), &url, &types));
            if let Some(asked) = handshake.request(&hook) {
                let answer = handshake.answer(&asked_of(&asked), &token);
                assert_eq!(handshake.agreed(&hook, &answered_of(&answer)), Ok(()));
                sum += of((answer.1, answer.2)) + of(asked);
            }
            assert_eq!(sum, bytes(&types, handshake, false), "{handshake:?}");
        }
    }
}
