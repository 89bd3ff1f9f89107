//! What a form of the page sends, as the API would get it.

use serde_json::{Map, Value, json};

/// The fields of a form, in the order in which they were sent.
pub(super) struct Fields(Vec<(String, String)>);

/// What a form of a new subscription was filled with, so that a refused one can be mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) url: String,
    pub(super) types: String,
    pub(super) format: String,
    pub(super) security: String,
    pub(super) handshake: String,
    pub(super) provider: String,
    pub(super) retries: String,
    pub(super) deadline: String,
    pub(super) verify_token: String,
}

impl Fields {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(super) fn read(body: &[u8]) -> Self {
        let pairs = body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
        let field = |pair: &[u8]| {
            let at = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
            (decoded(&pair[..at]), decoded(pair.get(at + 1..).unwrap_or_default()))
        };
        Self(pairs.map(field).collect())
    }

    /// The value of a field, without blanks around it; empty where there is none.
    pub(super) fn get(&self, name: &str) -> String {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    pub(super) fn filled(&self) -> Filled {
        Filled {
            url: self.get("url"),
            types: self.get("types"),
            format: self.get("format"),
            security: self.get("security"),
            handshake: self.get("handshake"),
            provider: self.get("provider"),
            retries: self.get("retries"),
            deadline: self.get("deadline"),
            verify_token: self.get("verify_token"),
        }
    }
}

impl Filled {
    /// The body of a request to the API. A field that is left empty is left out.
    pub(super) fn asked(&self) -> Map<String, Value> {
        let Self { url, types, format, security, handshake, provider, retries, deadline, verify_token } =
            self;
        let mut asked = Map::from_iter([("url".to_owned(), json!(url))]);
        let mut choose = |key: &str, text: &str, value: Value| {
            if !text.is_empty() {
                asked.insert(key.to_owned(), value);
            }
        };
        choose("payload", format, json!({ "format": format }));
        choose("provider", provider, json!(provider));
        choose("handshake", handshake, json!(handshake));
        choose("deadline", deadline, json!(deadline));
        choose("verify_token", verify_token, json!(verify_token));
        let list =
            |text: &str| json!(text.split([',', ' ']).filter(|one| !one.is_empty()).collect::<Vec<_>>());
        choose("retries", retries, list(retries));
        choose("types", types, list(types));
        let scheme = match security.as_str() {
            plain @ ("none" | "token" | "basic") => json!({ "scheme": plain }),
            format => json!({ "scheme": "signature", "format": format }),
        };
        choose("security", security, scheme);
        asked
    }
}

/// A text without the escapes of a form (<https://url.spec.whatwg.org/#urlencoded-parsing>).
fn decoded(text: &[u8]) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match (byte, digit(text.get(at + 1)), digit(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_comes_through_a_form(text: String, garbage in prop::collection::vec(any::<u8>(), 0..60)) {
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let fields = Fields::read(format!("a=1&url={encoded}&b").as_bytes());
            prop_assert_eq!(fields.get("url"), text.trim());
            let _ = Fields::read(&garbage).filled().asked();
        }
    }

    #[test]
    fn a_form_asks_for_what_is_filled_in() {
        let fields = Fields::read(
            b"url=http%3A%2F%2Flocalhost%2F+&format=&security=github&handshake=none&provider=&retries=5s%2C+5m&deadline=3s",
        );
        let asked = Value::Object(fields.filled().asked());
        let expected = json!({
            "url": "http://localhost/",
            "security": { "scheme": "signature", "format": "github" },
            "handshake": "none",
            "retries": ["5s", "5m"],
            "deadline": "3s",
        });
        assert_eq!(asked, expected);
        assert_eq!(decoded(b"%zz%4"), "%zz%4");
    }
}
