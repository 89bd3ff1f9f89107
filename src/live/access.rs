//! Which requests a server on loopback accepts.
//!
//! Every web page that the user has open can reach a port on loopback. A page may send simple requests anywhere
//! (<https://fetch.spec.whatwg.org/#cors-safelisted-request-header>), and its own domain may resolve to this machine
//! (DNS rebinding). So the host of a request must be this machine, a page of another site cannot change anything, and
//! the body of a subscription must be sent as JSON, which a page of another site may not do without a preflight.

use super::problem::Problem;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue, ORIGIN};
use hyper::http::uri::Authority;
use hyper::{Method, Request, Uri};
use std::net::IpAddr;

/// Refuses a request to another host than this machine, and a change by a web page of another site.
pub(super) fn check<B>(request: &Request<B>) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Problem::new(400, "a request needs one Host header"));
    };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    let asked_for = [host.as_ref().map(Authority::host), Some(request.uri().host().unwrap_or("localhost"))];
    if !asked_for.into_iter().all(|host| host.is_some_and(is_loopback)) {
        return Err(Problem::new(421, "ask for this machine by its name, localhost or 127.0.0.1"));
    }
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads { Ok(()) } else { check_page(request.headers(), "change anything here") }
}

/// Refuses a web page of another site, which may not do `what`.
pub(super) fn check_page(headers: &HeaderMap, what: &str) -> Result<(), Problem> {
    if headers.contains_key(ORIGIN) && own_origin(headers).is_none() {
        return Err(Problem::new(403, format!("a web page from elsewhere may not {what}")));
    }
    Ok(())
}

/// The origin of a request from a page of this machine, which may read the answer.
pub(super) fn own_origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (origin, None) = (origins.next()?, origins.next()) else { return None };
    let uri: Uri = origin.to_str().ok()?.parse().ok()?;
    let is_page = matches!(uri.scheme_str(), Some("http" | "https"));
    (is_page && uri.host().is_some_and(is_loopback)).then_some(origin)
}

/// The headers of an answer that a page of this machine may read beside those that it always may
/// (<https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>).
pub(super) const READABLE: HeaderValue =
    HeaderValue::from_static("allow, etag, link, location, retry-after, x-poll-interval");

/// Refuses a body that is not sent as JSON.
pub(super) fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(415, "send the body with content-type: application/json"))
}

/// Whether a name or an address is this machine's.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder().method(method).uri("/subscriptions");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap()).err().map(|refusal| refusal.status)
    }

    #[test]
    fn only_this_machine_is_asked() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:8080"] {
            assert_eq!(asked("GET", &[("host", host)]), None, "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:8080", "192.168.0.7", "[::2]:80", "", "a b"] {
            assert_eq!(asked("GET", &[("host", host)]), Some(421), "{host}");
        }
        assert_eq!(asked("GET", &[]), Some(400));
        assert_eq!(asked("GET", &[("host", "localhost"), ("host", "evil.example")]), Some(400));
    }

    #[test]
    fn a_page_from_elsewhere_changes_nothing() {
        let from = |method, origin| asked(method, &[("host", "localhost"), ("origin", origin)]);
        for origin in
            ["http://evil.example", "null", "http://localhost.evil.example", "file://", "ftp://localhost"]
        {
            assert_eq!(from("POST", origin), Some(403), "{origin}");
            assert_eq!(from("DELETE", origin), Some(403), "{origin}");
            assert_eq!(from("GET", origin), None, "{origin}");
        }
        for origin in ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173"] {
            assert_eq!(from("POST", origin), None, "{origin}");
        }
    }

    #[test]
    fn only_json_registers() {
        let sent_as = |media_type: &'static str| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
            check_json(&headers).is_ok()
        };
        assert!(sent_as("application/json") && sent_as("Application/JSON; charset=utf-8"));
        assert!(!sent_as("text/plain") && !sent_as("application/x-www-form-urlencoded"));
        assert!(check_json(&HeaderMap::new()).is_err());
    }
}
