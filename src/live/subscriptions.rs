//! The subscriptions that are registered at a source: the URLs to which it delivers events.

use super::access::is_loopback;
use super::lock;
use super::problem::Problem;
use super::target::Target;
use crate::policy::event_types::{EventTypes, Wanted, is_name};
use crate::policy::registration::{self, subscription_id};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard};

/// The subscriptions of one source.
#[derive(Debug)]
pub(super) struct Subscriptions {
    registered: Mutex<Registered>,
    /// How many it takes.
    most: usize,
    /// Whether it can verify the certificates of their endpoints.
    https: bool,
    /// The keys that a subscription has.
    keys: &'static [&'static str],
}

/// The keys of a subscription at the public source, which does no handshake.
const PUBLIC: &[&str] = &["url", "types"];
/// The keys of that of a client.
const OF_A_PARTY: &[&str] = &["url", "types", "handshake", "verify_token"];

#[derive(Debug, Default)]
struct Registered {
    added: u64,
    by_id: BTreeMap<String, Subscription>,
}

/// Where deliveries go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) to: Target,
    pub(super) address: SocketAddr,
    /// The types of event that it wants.
    pub(super) types: Wanted,
}

/// Subscriptions that the public source takes: each costs a delivery for every event.
pub(super) const MAX_SUBSCRIPTIONS: usize = 100;

impl Default for Subscriptions {
    fn default() -> Self {
        Self { keys: PUBLIC, ..Self::of_a_party(MAX_SUBSCRIPTIONS, false) }
    }
}

impl Subscriptions {
    /// Of the source of one client.
    pub(super) fn of_a_party(most: usize, https: bool) -> Self {
        Self { registered: Mutex::default(), most, https, keys: OF_A_PARTY }
    }

    /// The subscription in the body of a request.
    pub(super) fn read(&self, body: &[u8]) -> Result<Subscription, Problem> {
        let refuse = |detail| Problem::new(400, detail);
        let body: Value = serde_json::from_slice(body).map_err(|_| refuse("the body is not valid JSON"))?;
        if let Some(unknown) =
            body.as_object().and_then(|body| body.keys().find(|key| !self.keys.contains(&key.as_str())))
        {
            return Err(Problem::no_such("a subscription", unknown, self.keys));
        }
        let url =
            body.get("url").and_then(Value::as_str).ok_or_else(|| refuse("the body needs a url, as text"))?;
        let types = types(body.get("types")).map_err(refuse)?;
        let subscription = Subscription { types, ..Subscription::of(url)? };
        if subscription.to.https && !self.https {
            return Err(refuse(
                "this source cannot verify the certificate of that URL; give one with http://",
            ));
        }
        Ok(subscription)
    }

    /// Adds the subscription in the body of a request; returns its id and itself.
    pub(super) fn add(&self, body: &[u8]) -> Result<(String, Subscription), Problem> {
        let subscription = self.read(body)?;
        let mut registered = self.lock();
        if registered.by_id.len() >= self.most {
            let most = self.most;
            let full = format!("there are {most} subscriptions, and no more are taken; delete one first");
            return Err(Problem::new(409, full));
        }
        registered.added += 1;
        let id = subscription_id(registered.added);
        registered.by_id.insert(id.clone(), subscription.clone());
        Ok((id, subscription))
    }

    /// Removes a subscription; false if there is none with that id.
    pub(super) fn remove(&self, id: &str) -> bool {
        self.lock().by_id.remove(id).is_some()
    }

    /// All subscriptions, as JSON.
    pub(super) fn list(&self) -> String {
        let registered = self.lock();
        let all: Vec<Value> =
            registered.by_id.iter().map(|(id, subscription)| shown(id, subscription)).collect();
        json!({ "subscriptions": all }).to_string()
    }

    /// Whether there is no subscription.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().by_id.is_empty()
    }

    /// Whether there is a subscription with that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.lock().by_id.contains_key(id)
    }

    /// Where each event goes.
    pub(super) fn all(&self) -> BTreeMap<String, Subscription> {
        self.lock().by_id.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Registered> {
        lock(&self.registered)
    }
}

impl Subscription {
    /// Deliveries go only to this machine: a source that calls any URL can be misused to attack others.
    fn of(url: &str) -> Result<Self, Problem> {
        let to = Target::of(url)?;
        if !is_loopback(&to.host) {
            return Err(Problem::new(400, "only URLs of this machine (localhost) are called"));
        }
        let ip = to.host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Ok(Self { address: SocketAddr::new(ip, to.port), to, types: Wanted::All })
    }
}

fn shown(id: &str, subscription: &Subscription) -> Value {
    registration::subscription(id, &subscription.to.url, &subscription.types)
}

/// The types that a subscription names; all where it names none.
fn types(named: Option<&Value>) -> Result<Wanted, &'static str> {
    let Some(named) = named else { return Ok(Wanted::All) };
    let names = named.as_array().filter(|names| (1..=EventTypes::MOST).contains(&names.len()));
    let text = |name: &Value| name.as_str().filter(|name| is_name(name)).map(str::to_owned);
    let names: Option<Vec<String>> = names.and_then(|names| names.iter().map(text).collect());
    names
        .map(Wanted::These)
        .ok_or("types is a list of types of event, such as [\"comment\"]; leave it out for all")
}

/// The body that registers a URL.
#[cfg(any(test, fuzzing))]
fn registration(url: &str) -> String {
    json!({ "url": url }).to_string()
}

/// For the fuzz target: any body and any URL.
#[cfg(fuzzing)]
pub(super) fn read_anything(text: &str) {
    let subscriptions = Subscriptions::default();
    let _ = subscriptions.add(text.as_bytes());
    let taken = subscriptions.add(registration(text).as_bytes()).is_ok();
    if let Ok(subscription) = Subscription::of(text) {
        assert!(taken && subscription.address.ip().is_loopback() && subscription.to.path.starts_with('/'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is registered is refused or called on this machine.
        #[test]
        fn any_url_is_refused_or_called_here(
            body in prop::collection::vec(any::<u8>(), 0..40),
            url in prop_oneof![
                any::<String>(),
                "http://(localhost|127\\.0\\.0\\.1|\\[::1\\]|10\\.0\\.0\\.1|a@localhost)(:[0-9]{0,6})?[/?#]?[ -~]{0,10}",
                "[a-z]{0,5}:?/{0,2}[\\[\\]@:.0-9a-z]{0,15}",
            ],
        ) {
            let subscriptions = Subscriptions::default();
            let _ = subscriptions.add(&body);
            prop_assert_eq!(subscriptions.add(registration(&url).as_bytes()).is_ok(), Subscription::of(&url).is_ok());
            if let Ok(taken) = Subscription::of(&url) {
                prop_assert!(taken.address.ip().is_loopback() && taken.address.port() > 0, "{:?}", taken);
            }
        }
    }

    #[test]
    fn only_this_machine_is_called() {
        let subscriptions = Subscriptions::default();
        for (url, taken) in [
            ("http://localhost:9000/hook", true),
            ("http://127.0.0.1:9000/hook?x=1", true),
            ("http://[::1]:9000/", true),
            ("https://localhost:9000/hook", false),
            ("http://example.com/hook", false),
            ("http://169.254.169.254/latest", false),
            ("nonsense", false),
            ("http://localhost:99999/hook", false),
            ("http://user:secret@localhost:9000/hook", false),
        ] {
            assert_eq!(subscriptions.add(registration(url).as_bytes()).is_ok(), taken, "{url}");
        }
        assert_eq!(subscriptions.all().len(), 3);
        assert!(subscriptions.has("sub_000001") && !subscriptions.has("sub_000004"));
        assert!(subscriptions.remove("sub_000001") && !subscriptions.remove("sub_000001"));
        assert!(subscriptions.add(b"{}").is_err() && subscriptions.add(b"[").is_err());
        let shaken = br#"{"url":"http://localhost:9000/","handshake":"ping"}"#;
        assert_eq!(
            subscriptions.add(shaken).unwrap_err().detail,
            "a subscription has no \"handshake\"; it has url, types"
        );
    }

    #[test]
    fn a_subscription_is_to_all_types_or_to_those_that_it_names() {
        let add = |types: &str| {
            let subscriptions = Subscriptions::default();
            let body = format!("{{\"url\":\"http://localhost:9000/\"{types}}}");
            subscriptions.add(body.as_bytes()).ok()?;
            subscriptions.all().pop_last().map(|(_, subscription)| subscription.types)
        };
        assert_eq!(add(""), Some(Wanted::All));
        assert_eq!(add(",\"types\":[\"like\"]"), Some(Wanted::These(vec!["like".to_owned()])));
        for wrong in ["[]", "\"like\"", "[7]", "[\"a b\"]", "null"] {
            assert_eq!(add(&format!(",\"types\":{wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn a_source_takes_so_many_and_says_so() {
        let subscriptions = Subscriptions::default();
        let body = registration("http://localhost:9000/hook");
        assert!((0..MAX_SUBSCRIPTIONS).all(|_| subscriptions.add(body.as_bytes()).is_ok()));
        let refused = subscriptions.add(body.as_bytes()).unwrap_err();
        assert!(
            refused.status == 409 && refused.detail.contains(&MAX_SUBSCRIPTIONS.to_string()),
            "{refused:?}"
        );
        assert!(subscriptions.remove("sub_000050") && subscriptions.add(body.as_bytes()).is_ok());
    }
}
