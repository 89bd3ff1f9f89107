//! All subscriptions of a source, and which of them an event is delivered to.

mod attempts;

use super::attempt::{Attempt, Cause};
use super::handshake;
use super::letter::Letter;
use super::settings::Settings;
use super::subscriber::{Chosen, State, Subscriber};
use super::target::Target;
use super::way::Way;
use crate::live::clock::Clock;
use crate::live::lock;
use crate::live::serve::problem::Problem;
use crate::live::serve::recent::Happening;
use crate::policy::event_types::{EventTypes, TypeId};
use crate::policy::registration::subscription_id;
use crate::policy::security::secret::secret;
use crate::policy::security::{Scheme, sign};
use crate::rng::Randomness;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast};

/// The subscriptions of a source.
#[derive(Debug)]
pub(in crate::live::serve) struct Hub {
    pub(in crate::live::serve) defaults: Settings,
    way: Way,
    pub(in crate::live::serve) clock: Clock,
    randomness: Randomness,
    subscribers: Mutex<BTreeMap<String, Arc<Subscriber>>>,
    /// Numbers of the subscriptions, the attempts and the test events so far.
    subscribed: AtomicU64,
    attempted: AtomicU64,
    tested: AtomicU32,
    /// Places for attempts to all subscriptions together: without them the deliveries to the source's own receivers
    /// could take every connection that it accepts.
    room: Semaphore,
    changes: broadcast::Sender<Change>,
    /// Since when, and how many requests have changed something.
    rate: Mutex<(tokio::time::Instant, u32)>,
}

/// An attempt has begun or ended.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Change {
    pub(in crate::live::serve) subscriber: Arc<Subscriber>,
    /// As it was then.
    pub(in crate::live::serve) attempt: Attempt,
}

/// Subscriptions that a source takes: each keeps its newest attempts whole.
pub(in crate::live::serve) const MAX_SUBSCRIPTIONS: usize = 50;
/// Attempts to all subscriptions that are under way at once.
const AT_ONCE: usize = 48;
/// Requests that change something, in a second.
const CHANGES_PER_S: u32 = 200;
/// Changes that a slow watcher may be behind.
const BEHIND: usize = 256;
/// The number of the first test event: far from those of events that occur.
pub(in crate::live::serve) const FIRST_TEST: u32 = 4_000_000_000;

impl Hub {
    pub(in crate::live::serve) fn new(
        defaults: Settings,
        way: Way,
        clock: Clock,
        randomness: Randomness,
    ) -> Self {
        Self {
            defaults,
            way,
            clock,
            randomness,
            subscribers: Mutex::default(),
            subscribed: AtomicU64::new(0),
            attempted: AtomicU64::new(0),
            tested: AtomicU32::new(0),
            room: Semaphore::new(AT_ONCE),
            changes: broadcast::channel(BEHIND).0,
            rate: Mutex::new((tokio::time::Instant::now(), 0)),
        }
    }

    /// Where the source listens.
    pub(in crate::live::serve) fn address(&self) -> SocketAddr {
        self.way.own[0]
    }

    /// Where the source and its receivers themselves listen.
    pub(in crate::live::serve) fn own(&self) -> &[SocketAddr] {
        &self.way.own
    }

    /// Counts a request that changes something, or causes deliveries.
    ///
    /// # Errors
    /// There are too many of them.
    pub(in crate::live::serve) fn count_change(&self) -> Result<(), Problem> {
        let mut rate = lock(&self.rate);
        if rate.0.elapsed() >= Duration::from_secs(1) {
            *rate = (tokio::time::Instant::now(), 0);
        }
        rate.1 += 1;
        if rate.1 <= CHANGES_PER_S {
            return Ok(());
        }
        let many = format!("{CHANGES_PER_S} changes in a second, and no more are taken; wait a second");
        Err(Problem::new(429, many))
    }

    /// All subscriptions, in the order of their ids.
    pub(in crate::live::serve) fn all(&self) -> Vec<Arc<Subscriber>> {
        lock(&self.subscribers).values().cloned().collect()
    }

    pub(in crate::live::serve) fn get(&self, id: &str) -> Result<Arc<Subscriber>, Problem> {
        lock(&self.subscribers).get(id).cloned().ok_or_else(|| Problem::unknown("subscription"))
    }

    pub(in crate::live::serve) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Registers a URL.
    pub(in crate::live::serve) async fn subscribe(
        &self,
        asked: Map<String, Value>,
    ) -> Result<Arc<Subscriber>, Problem> {
        let chosen = self.choice(asked, None).await?;
        let mut subscribers = lock(&self.subscribers);
        if subscribers.len() >= MAX_SUBSCRIPTIONS {
            let full = format!(
                "there are {MAX_SUBSCRIPTIONS} subscriptions, and no more are taken; delete one first"
            );
            return Err(Problem::new(409, full));
        }
        let number = self.subscribed.fetch_add(1, Ordering::Relaxed) + 1;
        let id = subscription_id(number);
        let subscriber = Arc::new(Subscriber::new(id.clone(), chosen));
        subscribers.insert(id, Arc::clone(&subscriber));
        Ok(subscriber)
    }

    /// Changes some settings of a subscription. Deliveries that are pending get the new ones with their next attempt.
    pub(in crate::live::serve) async fn update(
        &self,
        subscriber: &Subscriber,
        changed: Map<String, Value>,
    ) -> Result<(), Problem> {
        let chosen = self.choice(changed, Some(&subscriber.chosen())).await?;
        subscriber.choose(chosen);
        Ok(())
    }

    async fn choice(
        &self,
        mut asked: Map<String, Value>,
        before: Option<&Chosen>,
    ) -> Result<Chosen, Problem> {
        let to = match (asked.remove("url"), before) {
            (Some(Value::String(url)), _) => Target::of(&url)?,
            (None, Some(before)) => before.to.clone(),
            (None | Some(_), _) => return Err(Problem::new(400, "the body needs a url, as text")),
        };
        if let Some(before) = before {
            let kept = before.asked.iter().filter(|(key, _)| !asked.contains_key(*key));
            let kept: Map<String, Value> = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
            asked.extend(kept);
        }
        let settings = Settings::read(&asked, Some(&self.defaults))?;
        let scheme = settings.webhook.security.scheme();
        let kept = before.filter(|before| before.settings.webhook.security.scheme() == scheme);
        let secret = match (&settings.secret, kept) {
            (Some(secret), _) => secret.clone(),
            (None, Some(before)) => before.secret.clone(),
            (None, None) if scheme == Scheme::None => String::new(),
            (None, None) => secret(&scheme, UnwrapErr(SysRng)),
        };
        to.addresses(&self.way).await.map_err(|why| Problem::new(400, why))?;
        let again = before.filter(|before| before.to == to && before.agrees_as(&settings));
        let shaken = again.and_then(|before| before.shaken.clone());
        let mut chosen = Chosen { asked, to, settings, shaken, secret };
        let event = Happening { number: 0, resource: 0, kind: 0, occurred: self.clock.now() };
        chosen
            .letter(&scheme, event, 0, 0)
            .written()
            .map_err(|cannot| Problem::new(400, unsigned(cannot)))?;
        if again.is_none() {
            chosen.shaken = {
                let Chosen { settings, secret, to, .. } = &chosen;
                handshake::shake(settings, secret, to, &self.way).await?
            };
        }
        Ok(chosen)
    }

    /// Ends a subscription; what is pending is not sent.
    pub(in crate::live::serve) fn remove(&self, id: &str) -> Result<(), Problem> {
        let removed = lock(&self.subscribers).remove(id).ok_or_else(|| Problem::unknown("subscription"))?;
        removed.state.send_replace(State::Deleted);
        Ok(())
    }

    /// Delivers an event that occurs to every subscription that wants its type.
    pub(in crate::live::serve) fn announce(self: &Arc<Self>, event: Happening) {
        for subscriber in self.all() {
            if !self.wants(&subscriber.chosen(), event.kind) {
                continue;
            }
            match subscriber.state() {
                State::Disabled if self.once_more(&subscriber).is_none() => subscriber.give_up(false),
                State::Disabled | State::Active | State::Paused | State::Deleted => {
                    self.deliver(&subscriber, event, Cause::Event);
                }
            }
        }
    }

    /// The types of the source's events.
    pub(in crate::live::serve) const fn types(&self) -> &EventTypes {
        &self.defaults.known
    }

    /// Whether a subscription wants events of a type.
    pub(in crate::live::serve) fn wants(&self, chosen: &Chosen, kind: TypeId) -> bool {
        chosen.settings.types.has(self.types().name(kind))
    }

    /// The type of that name, which a subscription has to want, or else the first that it wants.
    pub(in crate::live::serve) fn kind(
        &self,
        chosen: &Chosen,
        named: Option<&str>,
    ) -> Result<TypeId, Problem> {
        let known: Vec<&str> = self.types().names().collect();
        let wanted: Vec<&str> =
            known.iter().copied().filter(|name| chosen.settings.types.has(name)).collect();
        if let Some(named) = named.filter(|named| !known.contains(named)) {
            return Err(Problem::no_such("the source", named, &known));
        }
        let is_it = |name: &str| wanted.contains(&name) && named.is_none_or(|named| named == name);
        let kind = known.iter().position(|name| is_it(name)).and_then(|at| TypeId::try_from(at).ok());
        kind.ok_or_else(|| {
            let wanted = wanted.join(", ");
            Problem::new(
                409,
                format!("the subscription wants no event of that type, only {wanted}; PATCH its types first"),
            )
        })
    }

    /// Delivers an event of no meaning; returns it.
    pub(in crate::live::serve) fn test(
        self: &Arc<Self>,
        subscriber: &Arc<Subscriber>,
        kind: TypeId,
    ) -> Option<Happening> {
        let number = FIRST_TEST + self.tested.fetch_add(1, Ordering::Relaxed) % (u32::MAX - FIRST_TEST);
        let event = Happening { number, resource: 0, kind, occurred: self.clock.now() };
        self.deliver(subscriber, event, Cause::Test).then_some(event)
    }
}

impl Chosen {
    /// Whether the same handshake would be done with those settings.
    fn agrees_as(&self, settings: &Settings) -> bool {
        let of = |settings: &Settings| (settings.webhook.handshake, settings.token.clone());
        of(&self.settings) == of(settings)
    }

    fn letter<'a>(&'a self, scheme: &'a Scheme, event: Happening, serial: u64, sent_s: u64) -> Letter<'a> {
        let Settings { payload, known: types, .. } = &self.settings;
        Letter { to: &self.to, payload: *payload, types, scheme, secret: &self.secret, event, serial, sent_s }
    }
}

fn unsigned(cannot: sign::CannotSign) -> &'static str {
    match cannot {
        sign::CannotSign::Secret => {
            "the secret has not the shape of its scheme: of Standard Webhooks whsec_ and base64, of basic USER:PASSWORD, \
             of zalo APP_ID:SECRET, of a token letters and digits"
        }
        sign::CannotSign::Id | sign::CannotSign::Body => "the scheme cannot sign this payload",
    }
}
