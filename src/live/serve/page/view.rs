//! What the pages show of subscriptions, attempts and receivers, in words.

use super::meaning;
use crate::live::serve::deliver::{Attempt, Outcome, Received, Settings, Shaken, State, Subscriber, Written};
use crate::live::serve::receiver::{Kept, Verdict};
use crate::policy::disable::Disable;
use crate::policy::event_types::Wanted;
use crate::policy::message::event_id;
use crate::policy::share::Share;
use std::time::Duration;

/// A row of a list of attempts.
pub(super) struct Row {
    pub(super) serial: u64,
    pub(super) event: String,
    /// The type of the event.
    pub(super) kind: String,
    pub(super) cause: &'static str,
    pub(super) sent: String,
    pub(super) subscription: String,
    pub(super) attempt: u32,
    pub(super) words: String,
    /// The class of the words.
    pub(super) look: &'static str,
    pub(super) took: String,
    pub(super) next: String,
}

impl Row {
    pub(super) fn of(subscriber: &Subscriber, attempt: &Attempt) -> Self {
        let ended = attempt.ended.as_deref();
        let failed = ended.is_some_and(|ended| !ended.outcome.acknowledges());
        let next = match ended.and_then(|ended| ended.next_ms) {
            Some(at) => format!("at {}", clock_time(at)),
            None if failed => "none: given up".into(),
            None => String::new(),
        };
        Self {
            serial: attempt.serial,
            event: event_id(attempt.event.number + 1),
            kind: subscriber.chosen().settings.known.name(attempt.event.kind).to_owned(),
            cause: attempt.cause.word(),
            sent: clock_time(attempt.sent_ms),
            subscription: subscriber.id.clone(),
            attempt: attempt.ordinal,
            words: ended.map_or_else(|| "under way".into(), |ended| ended.outcome.words()),
            look: ended.map_or("", |ended| look(&ended.outcome)),
            took: ended.map(|ended| span(ended.took)).unwrap_or_default(),
            next,
        }
    }
}

const fn look(outcome: &Outcome) -> &'static str {
    if outcome.acknowledges() { "good" } else { "bad" }
}

/// A request and its answer with their parts named.
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) headers: Vec<Header>,
    pub(super) body: String,
    pub(super) answer: Option<Answer>,
    /// In place of an answer.
    pub(super) words: String,
    pub(super) look: &'static str,
    pub(super) curl: String,
}

pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) meaning: &'static str,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) meaning: &'static str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Exchange {
    pub(super) fn of(request: &Written, outcome: Option<&Outcome>) -> Self {
        let after_scheme = request.url.split_once("://").map_or("", |(_, rest)| rest);
        let (host, target) = after_scheme.split_at(after_scheme.find('/').unwrap_or(after_scheme.len()));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        };
        let header = |(name, value): &(String, String)| Header {
            name: name.clone(),
            value: value.clone(),
            meaning: meaning::of_header(name),
        };
        Self {
            method: request.method.clone(),
            host: host.to_owned(),
            path: path.to_owned(),
            parameters: pairs.map(pair).collect(),
            headers: request.headers.iter().map(header).collect(),
            body: request.body.clone(),
            answer: outcome.and_then(Outcome::answer).map(Answer::of),
            words: outcome.map_or_else(|| "not yet: the request is under way".into(), Outcome::words),
            look: outcome.map_or("", look),
            curl: request.curl(),
        }
    }

    pub(super) fn of_handshake(shaken: &Shaken) -> Self {
        Self::of(&shaken.request, Some(&shaken.ended.outcome))
    }
}

impl Answer {
    fn of(received: &Received) -> Self {
        Self {
            status: received.status,
            meaning: meaning::of_status(received.status),
            headers: received.headers.clone(),
            body: received.body.clone(),
        }
    }
}

/// An attempt with all of it.
pub(super) struct Whole {
    pub(super) row: Row,
    pub(super) exchange: Exchange,
}

impl Whole {
    pub(super) fn of(subscriber: &Subscriber, attempt: &Attempt) -> Self {
        let outcome = attempt.ended.as_deref().map(|ended| &ended.outcome);
        Self { row: Row::of(subscriber, attempt), exchange: Exchange::of(&attempt.request, outcome) }
    }
}

/// A subscription in a list.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) state: &'static str,
    pub(super) state_look: &'static str,
    pub(super) about: String,
    pub(super) counts: String,
    /// Types of event that it wants, for a test.
    pub(super) types: Vec<String>,
    /// The action that changes its state, and what its button says.
    pub(super) toggle: (&'static str, &'static str),
}

impl Card {
    pub(super) fn of(subscriber: &Subscriber) -> Self {
        let chosen = subscriber.chosen();
        let (state, state_look, toggle) = match subscriber.state() {
            State::Active => ("active", "", ("pause", "Pause")),
            State::Paused | State::Deleted => ("paused", "open", ("resume", "Resume")),
            State::Disabled => ("disabled", "bad", ("resume", "Enable again")),
        };
        let counts = subscriber.counts();
        let mut words = format!("{} delivered", counts.delivered);
        for (count, what) in [
            (counts.pending, "pending"),
            (counts.gave_up, "given up"),
            (counts.failed_attempts, "failed attempts"),
            (counts.dropped, "dropped, because too many were pending"),
        ] {
            if count > 0 {
                words += &format!(", {count} {what}");
            }
        }
        let agreed: Vec<String> =
            agreed(subscriber).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Self {
            id: subscriber.id.clone(),
            types: types(&chosen.settings),
            url: chosen.to.url.clone(),
            state,
            state_look,
            about: agreed.join(" · "),
            counts: words,
            toggle,
        }
    }
}

fn types(settings: &Settings) -> Vec<String> {
    settings.known.names().filter(|name| settings.types.has(name)).map(str::to_owned).collect()
}

/// What a subscription has agreed with the source.
pub(super) fn agreed(subscriber: &Subscriber) -> Vec<(&'static str, String)> {
    let chosen = subscriber.chosen();
    let settings = &chosen.settings;
    let webhook = &settings.webhook;
    let proof = match chosen.scheme() {
        (scheme, None) => scheme.to_owned(),
        ("token", Some(name)) => format!("token in the URL ({name})"),
        (scheme, Some(format)) => format!("{scheme} ({format})"),
    };
    let delays: Vec<String> =
        (1..=8).map_while(|failed| webhook.retries.delay(failed)).map(|delay| delay.to_string()).collect();
    let more = if webhook.retries.attempts() > 9 { ", …" } else { "" };
    let retries = if delays.is_empty() { "none".into() } else { delays.join(", ") + more };
    let mut agreed = vec![
        ("Payload", settings.payload.media_type().to_owned()),
        ("Proof", proof),
        ("Answer within", webhook.deadline.to_string()),
        ("Retries after", retries),
        ("Handshake", webhook.handshake.name().to_owned()),
    ];
    match webhook.disable_after {
        Disable::Never => {}
        Disable::Gone => agreed.push(("Disabled by", "an answer 410".into())),
        Disable::LastRetry => agreed.push(("Disabled by", "a delivery that is given up".into())),
        Disable::Unbroken(span) => agreed.push(("Disabled by", format!("failures for {span}"))),
        Disable::InARow(failures) => agreed.push(("Disabled by", format!("{failures} failures in a row"))),
        Disable::Share(Share { share, window, at_least }) => {
            let percent = share * 100.0;
            let rule = format!("more than {percent} % failures in {window}, from {at_least} attempts on");
            agreed.push(("Disabled by", rule));
        }
    }
    if let Some(after) = webhook.enable_after {
        agreed.push(("Enabled again", format!("after {after}")));
    }
    if let Some(after) = webhook.redeliver_after {
        agreed.push(("Sent once more", format!("{after} after it was given up")));
    }
    let in_flight = match chosen.at_once() {
        1 => "one after the other".into(),
        several => format!("{several} at once"),
    };
    agreed.push(("Deliveries", in_flight));
    let not_done = chosen.not_done();
    if !not_done.is_empty() {
        agreed.push(("Not done here", not_done.join("; ")));
    }
    if let Wanted::These(names) = &settings.types {
        agreed.insert(0, ("Events", names.join(", ")));
    }
    if let Some(provider) = &webhook.provider {
        agreed.insert(0, ("As", provider.name.clone()));
    }
    agreed
}

/// In one sentence how the delivery of an event stands.
pub(super) fn sentence(attempts: &[Attempt]) -> String {
    let number = |count: usize| format!("{count} attempt{}", if count == 1 { "" } else { "s" });
    let acknowledged =
        |attempt: &Attempt| attempt.ended.as_deref().is_some_and(|ended| ended.outcome.acknowledges());
    let last = attempts.last().and_then(|attempt| attempt.ended.as_deref());
    match last {
        None => format!("under way, {}", number(attempts.len())),
        Some(_) if attempts.iter().any(acknowledged) => format!("delivered, {}", number(attempts.len())),
        Some(last) if last.next_ms.is_some() => format!("not delivered yet, {}", number(attempts.len())),
        Some(_) => format!("given up after {}", number(attempts.len())),
    }
}

/// A request to a receiver.
pub(super) struct Came {
    pub(super) number: u64,
    pub(super) at: String,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) verdict: String,
    pub(super) look: &'static str,
    pub(super) answered: String,
}

impl Came {
    pub(super) fn of((number, kept): (u64, Kept)) -> Self {
        Self {
            number,
            at: clock_time(kept.at_ms),
            method: kept.method,
            target: kept.target,
            headers: kept.headers,
            body: kept.body,
            verdict: kept.verdict.words(),
            look: match kept.verdict {
                Verdict::Proven => "good",
                Verdict::Refused(_) => "bad",
                Verdict::Handshake | Verdict::Unsecured => "open",
            },
            answered: kept.answered,
        }
    }
}

/// The time of day, in UTC.
pub(super) fn clock_time(unix_ms: u64) -> String {
    let s = unix_ms / 1000;
    format!("{:02}:{:02}:{:02}", s / 3600 % 24, s / 60 % 60, s % 60)
}

/// How long something took.
fn span(took: Duration) -> String {
    match took.as_secs_f64() {
        short if short < 0.001 => format!("{:.0} µs", short * 1e6),
        middle if middle < 1.0 => format!("{:.0} ms", middle * 1e3),
        long => format!("{long:.1} s"),
    }
}
