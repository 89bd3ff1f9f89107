//! One subscription: its settings, its state, and the newest of its attempts.

use super::attempt::{Attempt, Cause, Ended, Written};
use super::handshake::Shaken;
use super::line::Line;
use super::settings::{Settings, format_name};
use super::target::Target;
use crate::live::lock;
use crate::live::serve::recent::Happening;

use crate::policy::disable::{Disable, Failure, Standing};
use crate::policy::event_types::Wanted;
use crate::policy::security::Scheme;
use crate::scenario::{Profile, find_profile};
use crate::time::{Instant, Span};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, watch};

/// A subscription while it exists.
#[derive(Debug)]
pub(in crate::live::serve) struct Subscriber {
    pub(in crate::live::serve) id: String,
    chosen: Mutex<Arc<Chosen>>,
    pub(super) state: watch::Sender<State>,
    log: Mutex<Log>,
    standing: Mutex<Standing>,
    /// Where its deliveries wait for their turn if they are ordered.
    pub(super) line: Line,
    /// Places for attempts that are under way.
    pub(super) room: Semaphore,
}

/// What the subscriber has chosen.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Chosen {
    /// As it was asked for, without the URL.
    pub(super) asked: Map<String, Value>,
    pub(in crate::live::serve) to: Target,
    pub(in crate::live::serve) settings: Settings,
    /// None where the endpoint was asked for no handshake.
    pub(in crate::live::serve) shaken: Option<Shaken>,
    /// Empty where the scheme needs none.
    pub(in crate::live::serve) secret: String,
}

/// Whether a subscription gets deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live::serve) enum State {
    Active,
    /// Its deliveries wait.
    Paused,
    /// It failed too often: what is due is given up until it is enabled again.
    Disabled,
    Deleted,
}

/// The newest attempts, and counts of all.
#[derive(Debug, Default)]
struct Log {
    attempts: VecDeque<Attempt>,
    counts: Counts,
}

/// Of all deliveries of a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::live::serve) struct Counts {
    /// Acknowledged.
    pub(in crate::live::serve) delivered: u64,
    /// Not acknowledged by any attempt.
    pub(in crate::live::serve) gave_up: u64,
    /// Attempts that were not acknowledged.
    pub(in crate::live::serve) failed_attempts: u64,
    /// Under way, or waiting for a retry or their turn.
    pub(in crate::live::serve) pending: u64,
    /// Not sent because too many were waiting.
    pub(in crate::live::serve) dropped: u64,
}

/// Attempts of one subscription that are kept.
pub(in crate::live::serve) const KEPT: usize = 100;
/// Attempts of one subscription that are under way at once.
const AT_ONCE: usize = 4;
/// Deliveries of one subscription that are not finished.
pub(in crate::live::serve) const PENDING: u64 = 1_000;

impl Subscriber {
    pub(super) fn new(id: String, chosen: Chosen) -> Self {
        Self {
            id,
            chosen: Mutex::new(Arc::new(chosen)),
            state: watch::channel(State::Active).0,
            log: Mutex::default(),
            standing: Mutex::default(),
            line: Line::default(),
            room: Semaphore::new(AT_ONCE),
        }
    }

    pub(in crate::live::serve) fn chosen(&self) -> Arc<Chosen> {
        Arc::clone(&lock(&self.chosen))
    }

    pub(super) fn choose(&self, chosen: Chosen) {
        *lock(&self.chosen) = Arc::new(chosen);
    }

    pub(in crate::live::serve) fn state(&self) -> State {
        *self.state.borrow()
    }

    pub(in crate::live::serve) fn counts(&self) -> Counts {
        lock(&self.log).counts
    }

    /// The kept attempts, the newest first.
    pub(in crate::live::serve) fn attempts(&self) -> Vec<Attempt> {
        lock(&self.log).attempts.iter().rev().cloned().collect()
    }

    /// The kept attempts to deliver an event, the oldest first.
    pub(in crate::live::serve) fn attempts_of(&self, event: u32) -> Vec<Attempt> {
        lock(&self.log).attempts.iter().filter(|attempt| attempt.event.number == event).cloned().collect()
    }

    /// A delivery is given up without an attempt.
    pub(super) fn give_up(&self, was_pending: bool) {
        let counts = &mut lock(&self.log).counts;
        counts.gave_up += 1;
        counts.pending -= u64::from(was_pending);
    }

    /// An attempt has failed, or else was acknowledged. Returns until when the rule disables the subscription, if it does.
    pub(super) fn weigh(
        &self,
        rule: (Disable, Option<Span>),
        times: (Instant, Instant),
        failure: Option<Failure>,
    ) -> Option<Instant> {
        let mut standing = lock(&self.standing);
        let enabled = standing.ended(rule, times, failure)?;
        self.change(State::Disabled);
        Some(enabled)
    }

    /// The source sends nothing before.
    pub(super) fn enabled(&self) -> Instant {
        lock(&self.standing).enabled
    }

    /// The time is over for which it was disabled.
    pub(super) fn enable(&self) {
        self.state.send_if_modified(|now| {
            let was_disabled = *now == State::Disabled;
            if was_disabled {
                *now = State::Active;
            }
            was_disabled
        });
    }

    /// Holds the deliveries back, or goes on with them: from now on it is not disabled.
    pub(in crate::live::serve) fn set_state(&self, state: State, now: Instant) {
        let mut standing = lock(&self.standing);
        standing.enabled = standing.enabled.min(now);
        self.change(state);
    }

    fn change(&self, state: State) {
        self.state.send_if_modified(|now| *now != State::Deleted && std::mem::replace(now, state) != state);
    }

    /// A delivery begins; false if too many are pending.
    pub(super) fn take(&self) -> bool {
        let counts = &mut lock(&self.log).counts;
        if counts.pending >= PENDING {
            counts.dropped += 1;
            return false;
        }
        counts.pending += 1;
        true
    }

    /// An attempt begins; returns it as it is kept.
    pub(super) fn begin(&self, mut attempt: Attempt) -> Attempt {
        let mut log = lock(&self.log);
        let before = log.attempts.iter().filter(|other| other.event.number == attempt.event.number);
        let before = before.map(|other| other.ordinal).max().unwrap_or(0);
        attempt.ordinal = attempt.number.max(before + 1);
        log.attempts.push_back(attempt.clone());
        if log.attempts.len() > KEPT {
            log.attempts.pop_front();
        }
        attempt
    }

    /// An attempt has ended, and with it the delivery if no other follows. Returns the attempt with its end, if it is still
    /// kept.
    pub(super) fn end(&self, serial: u64, ended: Ended) -> Option<Attempt> {
        let mut log = lock(&self.log);
        match (ended.outcome.acknowledges(), ended.next_ms) {
            (true, _) => log.counts.delivered += 1,
            (false, None) => log.counts.gave_up += 1,
            (false, Some(_)) => {}
        }
        log.counts.failed_attempts += u64::from(!ended.outcome.acknowledges());
        log.counts.pending -= u64::from(ended.next_ms.is_none());
        let attempt = log.attempts.iter_mut().find(|attempt| attempt.serial == serial)?;
        attempt.ended = Some(Arc::new(ended));
        Some(attempt.clone())
    }

    /// The subscription, for the API.
    pub(in crate::live::serve) fn json(&self) -> Value {
        let chosen = self.chosen();
        let Settings { payload, webhook, .. } = &chosen.settings;
        let delays = (1..=SHOWN_DELAYS).map_while(|failed| webhook.retries.delay(failed));
        let counts = self.counts();
        json!({
            "id": self.id,
            "url": chosen.to.url,
            "types": match &chosen.settings.types {
                Wanted::All => Value::Null,
                Wanted::These(names) => json!(names),
            },
            "state": match self.state() {
                State::Active => "active",
                State::Paused => "paused",
                State::Disabled => "disabled",
                State::Deleted => "deleted",
            },
            "payload": { "format": format_name(payload.format), "size_bytes": payload.size_bytes },
            "provider": webhook.provider.as_ref().map(|provider| provider.name.as_str()),
            "deadline_s": webhook.deadline.as_secs_f64(),
            "retries_s": delays.map(|delay| delay.as_secs_f64()).collect::<Vec<_>>(),
            "ordered": webhook.ordered,
            "at_once": chosen.at_once(),
            "enable_after_s": webhook.enable_after.map(Span::as_secs_f64),
            "redeliver_after_s": webhook.redeliver_after.map(Span::as_secs_f64),
            "not_done": chosen.not_done(),
            "security": chosen.security_json(),
            "handshake": chosen.handshake_json(),
            "deliveries": {
                "delivered": counts.delivered,
                "gave_up": counts.gave_up,
                "failed_attempts": counts.failed_attempts,
                "pending": counts.pending,
                "dropped": counts.dropped,
            },
        })
    }
}

/// Delays that are listed of a long schedule.
const SHOWN_DELAYS: u32 = 50;

impl Chosen {
    /// The scheme and its format or parameter, in words of a scenario.
    pub(in crate::live::serve) fn scheme(&self) -> (&'static str, Option<String>) {
        match self.settings.webhook.security.scheme() {
            Scheme::None => ("none", None),
            Scheme::Token(name) => ("token", Some(name)),
            Scheme::Basic => ("basic", None),
            Scheme::Signature(format) => ("signature", Some(format.rule().name.to_owned())),
        }
    }

    /// How many of its deliveries are under way at once.
    pub(in crate::live::serve) const fn at_once(&self) -> usize {
        if self.settings.webhook.ordered { 1 } else { AT_ONCE }
    }

    /// What a run does with these settings, or the provider itself, and this source does not; one sentence each.
    pub(in crate::live::serve) fn not_done(&self) -> Vec<String> {
        let webhook = &self.settings.webhook;
        let mut not_done: Vec<String> = [
            (webhook.batch.is_some(), "no batches: each event is sent alone"),
            (webhook.thin, "no notices: each event is sent whole"),
            (webhook.breaker.is_some(), "no circuit breaker: retries follow their schedule alone"),
            (webhook.slow_penalty.is_some(), "no penalty for slow answers"),
        ]
        .into_iter()
        .filter(|(is_asked, _)| *is_asked)
        .map(|(_, sentence)| sentence.to_owned())
        .collect();
        let is_of_profile = !self.asked.contains_key("security");
        if let Some(provider) = webhook.provider.as_ref().filter(|_| is_of_profile)
            && webhook.security.scheme() == Scheme::None
            && let Some(proof) = proof_of(&provider.name)
        {
            not_done.push(format!("no proof: the provider's is {proof}, which is not made here"));
        }
        not_done
    }

    fn handshake_json(&self) -> Value {
        let kind = self.settings.webhook.handshake;
        let shaken = self.shaken.as_ref().map(Shaken::json);
        let mut handshake = json!({ "kind": kind.name(), "exchange": shaken });
        if kind.has_token() {
            handshake["verify_token"] = json!(self.settings.token);
        }
        handshake
    }

    fn security_json(&self) -> Value {
        let (scheme, detail) = self.scheme();
        let mut security = json!({ "scheme": scheme });
        match self.settings.webhook.security.scheme() {
            Scheme::None | Scheme::Basic => {}
            Scheme::Token(_) => security["token_name"] = json!(detail),
            Scheme::Signature(_) => security["format"] = json!(detail),
        }
        if !self.secret.is_empty() {
            security["secret"] = json!(self.secret);
        }
        security
    }
}

/// How a provider proves its deliveries, in the words of its profile.
fn proof_of(provider: &str) -> Option<String> {
    let profile = Profile::load(provider, find_profile(provider)?.text).ok()?;
    profile.fact("security").map(|fact| fact.value.clone())
}

/// An attempt that begins now.
pub(super) fn beginning(
    serial: u64,
    (event, cause, number): (Happening, Cause, u32),
    sent_ms: u64,
    request: Written,
) -> Attempt {
    Attempt {
        serial,
        event,
        cause,
        number,
        ordinal: number,
        sent_ms,
        request: Arc::new(request),
        ended: None,
    }
}
