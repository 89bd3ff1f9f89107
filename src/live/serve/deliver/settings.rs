//! What a subscription may choose. Its keys are those of a webhook client of a scenario, and are read as such: so a
//! provider profile, a schedule or a scheme means here what it means in a run.

use super::handshake::TOKEN;
use crate::live::serve::problem::Problem;
use crate::policy::event_types::{EventTypes, Wanted};
use crate::policy::message::{Format, Payload};
use crate::scenario::{self, Scenario, Webhook};
use serde_json::{Map, Value, json};

/// How deliveries of a subscription are made.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Settings {
    pub(in crate::live::serve) payload: Payload,
    pub(in crate::live::serve) webhook: Webhook,
    /// The types of event that it wants.
    pub(in crate::live::serve) types: Wanted,
    /// The types that the source has.
    pub(in crate::live::serve) known: EventTypes,
    /// What a handshake has to name at the endpoint.
    pub(in crate::live::serve) token: String,
    /// The secret that the subscriber has chosen.
    pub(super) secret: Option<String>,
}

/// The keys of a subscription beside its URL.
const KEYS: [&str; 14] = [
    "types",
    "payload",
    "provider",
    "deadline",
    "retries",
    "retry_jitter",
    HONOUR,
    "ordered",
    "disable_after",
    "enable_after",
    "redeliver_after",
    "security",
    "handshake",
    VERIFY_TOKEN,
];
const HONOUR: &str = "honour_retry_after";
const VERIFY_TOKEN: &str = "verify_token";
/// The keys of `security` that the sender keeps to; the others are the receiver's.
const SECURITY: [&str; 3] = ["scheme", "format", "token_name"];

impl Settings {
    /// Those of a subscription that chooses nothing: as the first webhook client of the scenario, or the defaults of
    /// one, but without a scheme.
    pub(in crate::live::serve) fn of(scenario: &Scenario) -> Self {
        let plain = Self::read(&Map::new(), None).expect("the defaults of a webhook are valid");
        let client = scenario.clients.iter().find_map(|client| client.webhook());
        let webhook = match client {
            None => plain.webhook.clone(),
            Some(client) => Webhook {
                deadline: client.deadline,
                retries: client.retries.clone(),
                retry_jitter: client.retry_jitter,
                honour_retry_after: client.honour_retry_after,
                ordered: client.ordered,
                disable_after: client.disable_after,
                enable_after: client.enable_after,
                redeliver_after: client.redeliver_after,
                ..plain.webhook.clone()
            },
        };
        let known = scenario.events.types.clone();
        Self { payload: scenario.events.payload, webhook, known, ..plain }
    }

    /// Reads what a subscription chooses; `defaults` has the rest.
    pub(in crate::live::serve) fn read(
        chosen: &Map<String, Value>,
        defaults: Option<&Self>,
    ) -> Result<Self, Problem> {
        if let Some(unknown) = chosen.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(Problem::no_such("a subscription", unknown, &[&["url"], &KEYS[..]].concat()));
        }
        for (key, value) in chosen {
            check_values(key, value)?;
        }
        let mut client = chosen.clone();
        let payload = client.remove("payload").unwrap_or_else(|| json!({}));
        let secret = take_secret(&mut client)?;
        let token = take_token(&mut client)?;
        // A scenario would ask for an endpoint that sends one.
        let honours = client.remove(HONOUR);
        client.insert("kind".into(), json!("webhook"));
        client.insert("name".into(), json!("the subscription"));
        let known = defaults
            .map_or_else(|| EventTypes(vec![("event".into(), 1.0)]), |defaults| defaults.known.clone());
        let types: Map<String, Value> =
            known.0.iter().map(|(name, weight)| (name.clone(), json!(weight))).collect();
        let document = json!({
            "duration": "1m",
            "events": {
                "types": types,
                "payload": payload_with(payload, defaults.map(|defaults| defaults.payload))?,
                "arrivals": { "process": "constant", "rate": "1/s" },
            },
            "client": [client],
        });
        let text = toml::to_string(&document)
            .map_err(|_| Problem::new(400, "a key has a value of a kind that no key has"))?;
        let read = scenario::load("subscription", &text, &[])
            .map_err(|problems| Problem::new(400, problems.sentences().collect::<Vec<_>>().join("; ")))?;
        let types = read.clients.first().map_or(Wanted::All, |client| client.types.clone());
        let mut webhook =
            read.clients.iter().find_map(|client| client.webhook()).cloned().expect("it is one");
        if let Some(Self { webhook: defaults, .. }) = defaults.filter(|_| !chosen.contains_key("provider")) {
            let is_default = |key| !chosen.contains_key(key);
            if is_default("deadline") {
                webhook.deadline = defaults.deadline;
            }
            webhook.honour_retry_after = defaults.honour_retry_after;
            if is_default("ordered") {
                webhook.ordered = defaults.ordered;
            }
            // A time until it is enabled belongs to the rule that disables it.
            if is_default("disable_after") {
                webhook.disable_after = defaults.disable_after;
                webhook.enable_after = defaults.enable_after;
            }
            if is_default("redeliver_after") {
                webhook.redeliver_after = defaults.redeliver_after;
            }
            if is_default("retries") {
                webhook.retries = defaults.retries.clone();
                if is_default("retry_jitter") {
                    webhook.retry_jitter = defaults.retry_jitter;
                }
            }
        }
        match honours {
            None => {}
            Some(Value::Bool(honours)) => webhook.honour_retry_after = honours,
            Some(_) => return Err(Problem::new(400, "honour_retry_after is true or false")),
        }
        Ok(Self { payload: read.events.payload, webhook, types, known, token, secret })
    }
}

/// Refuses what TOML has not, with the key that has it.
fn check_values(key: &str, value: &Value) -> Result<(), Problem> {
    match value {
        Value::Null => Err(Problem::new(400, format!("{key} is null; leave it out, or give it a value"))),
        Value::Number(number) if number.is_u64() && !number.is_i64() => {
            Err(Problem::new(400, format!("{key} is {number}, which is too large a number")))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| check_values(key, item)),
        Value::Object(keys) => {
            keys.iter().try_for_each(|(inner, value)| check_values(&format!("{key}.{inner}"), value))
        }
    }
}

/// Takes the secret out of the security, which has no such key in a scenario.
fn take_secret(client: &mut Map<String, Value>) -> Result<Option<String>, Problem> {
    let Some(Value::Object(security)) = client.get_mut("security") else { return Ok(None) };
    let secret = security.remove("secret");
    if let Some(unknown) = security.keys().find(|key| !SECURITY.contains(&key.as_str())) {
        let known = SECURITY.join(", ");
        return Err(Problem::new(
            400,
            format!("security has no key {unknown:?} here; it has {known}, secret"),
        ));
    }
    match secret {
        None => Ok(None),
        Some(Value::String(secret)) if secret.len() <= SECRET_BYTES => Ok(Some(secret)),
        Some(_) => Err(Problem::new(400, "secret is a text of at most 200 bytes")),
    }
}

/// Takes the token of the handshake, which a run draws.
fn take_token(client: &mut Map<String, Value>) -> Result<String, Problem> {
    match client.remove(VERIFY_TOKEN) {
        None => Ok(TOKEN.to_owned()),
        Some(Value::String(token)) if is_plain(&token) => Ok(token),
        Some(_) => Err(Problem::new(400, "verify_token is a text of letters and digits, at most 100")),
    }
}

/// Whether a token stands in a URL as it is.
fn is_plain(token: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (1..=100).contains(&token.len()) && token.bytes().all(plain)
}

const SECRET_BYTES: usize = 200;

/// The payload as it is chosen, with the rest from the source's own.
fn payload_with(chosen: Value, own: Option<Payload>) -> Result<Value, Problem> {
    let Value::Object(mut chosen) = chosen else {
        return Err(Problem::new(400, "payload is an object, such as {\"format\":\"xml\"}"));
    };
    if let Some(own) = own {
        chosen.entry("format").or_insert_with(|| json!(format_name(own.format)));
        chosen.entry("size").or_insert_with(|| json!(format!("{}B", own.size_bytes)));
    }
    Ok(Value::Object(chosen))
}

/// The word for a format.
pub(in crate::live::serve) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Json => "json",
        Format::Xml => "xml",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::retry::Retries;
    use crate::policy::security::{Format as Signed, Scheme};
    use crate::time::Span;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Settings, String> {
        let scenario = scenario::load("busy-feed", scenario::find("busy-feed").unwrap().text, &[]).unwrap();
        let Value::Object(chosen) = serde_json::from_str(text).unwrap() else { panic!("{text}") };
        Settings::read(&chosen, Some(&Settings::of(&scenario))).map_err(|problem| problem.detail.into_owned())
    }

    #[test]
    fn keys_mean_what_they_mean_in_a_scenario() {
        let plain = read("{}").unwrap();
        assert_eq!(plain.webhook.retries, Retries::List(vec![Span::from_secs(5), Span::from_secs(300)]));
        assert_eq!(plain.webhook.security.scheme(), Scheme::None);
        let chosen = read(
            r#"{"payload":{"format":"xml"},"deadline":"3s","retries":{"first":"1s","factor":2,"max":"8s","attempts":4},
                "security":{"scheme":"signature","format":"stripe","secret":"mine"}}"#,
        )
        .unwrap();
        assert_eq!((chosen.payload.format, chosen.payload.size_bytes), (Format::Xml, 300));
        assert_eq!((chosen.webhook.deadline, chosen.webhook.retries.attempts()), (Span::from_secs(3), 4));
        assert_eq!(chosen.webhook.security.scheme(), Scheme::Signature(Signed::Stripe));
        assert_eq!(chosen.secret.as_deref(), Some("mine"));
        let slack = read(r#"{"provider":"slack"}"#).unwrap();
        assert_eq!(slack.webhook.security.scheme(), Scheme::Signature(Signed::Slack));
        assert_eq!(slack.webhook.deadline, Span::from_secs(3));
    }

    #[test]
    fn every_provider_can_be_chosen() {
        for profile in scenario::profiles() {
            let read = read(&format!(r#"{{"provider":"{}"}}"#, profile.name));
            assert!(read.is_ok(), "{}: {:?}", profile.name, read.err());
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, why) in [
            (r#"{"colour":"red"}"#, "colour"),
            (r#"{"workers":3}"#, "workers"),
            (r#"{"deadline":"soon"}"#, "deadline"),
            (r#"{"provider":"slak"}"#, "slak"),
            (r#"{"provider":"/etc/passwd"}"#, "no file is read here"),
            (r#"{"payload":"xml"}"#, "payload"),
            (r#"{"payload":{"format":"yaml"}}"#, "yaml"),
            (r#"{"security":{"scheme":"signature","tolerance":"5m"}}"#, "tolerance"),
            (r#"{"security":{"scheme":"none","secret":7}}"#, "secret"),
            (r#"{"payload":{"format":"xml"},"security":{"scheme":"signature","format":"zalo"}}"#, "JSON"),
            (r#"{"deadline":null}"#, "deadline is null"),
            (r#"{"retries":["5s",null]}"#, "retries is null"),
            (r#"{"payload":{"size":18446744073709551615}}"#, "payload.size is 18446744073709551615"),
            (r#"{"deadlin":"5s"}"#, "did you mean deadline?"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is chosen is read or refused, and never a panic.
        #[test]
        fn any_value_is_read_or_refused(
            key in prop::sample::select(KEYS.to_vec()),
            inner in prop_oneof![
                any::<String>().prop_map(Value::String),
                any::<i64>().prop_map(|number| json!(number)),
                any::<f64>().prop_map(|number| json!(number)),
                Just(Value::Null),
                prop::collection::vec("[0-9]{0,3}[smhd]", 0..3).prop_map(|list| json!(list)),
                ("[a-z_]{0,8}", "[a-z]{0,8}").prop_map(|(key, value)| json!({ key: value })),
                prop::sample::select(vec!["none", "token", "basic", "signature"])
                    .prop_map(|scheme| json!({ "scheme": scheme, "secret": "x" })),
            ],
        ) {
            let _ = Settings::read(&Map::from_iter([(key.to_owned(), inner)]), None);
        }
    }
}
