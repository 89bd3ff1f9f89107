//! What Twilio signs of URLs and forms.

use super::scheme::BODY_HASH;
use std::collections::BTreeSet;

/// The parameters of a form, each once, sorted, names and values joined without anything between them.
pub(super) fn sorted(form: &[u8]) -> Vec<u8> {
    let parameters: BTreeSet<(Vec<u8>, Vec<u8>)> = form
        .split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            (decoded(halves.next().unwrap_or_default()), decoded(halves.next().unwrap_or_default()))
        })
        .collect();
    parameters.into_iter().flat_map(|(name, value)| [name, value]).flatten().collect()
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let digits = digits.filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match (first, digits.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (&byte, _) => bytes.push(byte),
        }
    }
    bytes
}

/// The URL with one more parameter.
pub(super) fn with(url: &str, name: &str, value: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}{name}={value}")
}

/// The value of a parameter of a URL, as it stands there.
pub(super) fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The hash of the body that a URL carries.
pub(super) fn body_hash(url: &str) -> Option<&str> {
    parameter(url, BODY_HASH)
}

/// The URL as it is, without its port, and with the port of its scheme: a proxy may have changed it on the way.
pub(super) fn with_and_without_port(url: &str) -> Vec<String> {
    let mut urls = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return urls };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            urls.push(format!("{scheme}://{name}{path}"));
        }
        Some(_) | None => {
            let port = if scheme == "https" { 443 } else { 80 };
            urls.push(format!("{scheme}://{host}:{port}{path}"));
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_sorted_each_once() {
        assert_eq!(sorted(b"b=2&a=%2B1+x&b=1&b=2&c&&d=%zz%4"), b"a+1 xb1b2cd%zz%4");
    }

    #[test]
    fn a_port_may_be_there_or_not() {
        assert_eq!(with_and_without_port("https://a.b:1234/c"), ["https://a.b:1234/c", "https://a.b/c"]);
        assert_eq!(with_and_without_port("http://a.b?c=d:1"), ["http://a.b?c=d:1", "http://a.b:80?c=d:1"]);
        assert_eq!(with_and_without_port("/c"), ["/c"]);
    }

    #[test]
    fn a_parameter_has_its_whole_name() {
        assert_eq!(parameter("/a?xauth=1&auth=2", "auth"), Some("2"));
        assert_eq!(parameter("/a?auth", "auth"), None);
    }
}
