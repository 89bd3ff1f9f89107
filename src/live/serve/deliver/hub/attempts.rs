//! The attempts to deliver one event to one subscription: when each is made, and what follows its end.

use super::{Change, Hub};
use crate::live::clock;
use crate::live::serve::deliver::attempt::{Attempt, Cause, Ended};
use crate::live::serve::deliver::line::Place;
use crate::live::serve::deliver::send;
use crate::live::serve::deliver::subscriber::{State, Subscriber, beginning};
use crate::live::serve::recent::Happening;
use crate::policy::disable::Failure;
use crate::rng::Purpose;
use crate::time::{Instant, Span};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What follows a failure: after that real time the delivery is due again.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// By the schedule, with its delay.
    Retry(Span, Duration),
    /// It was given up, and is sent once more.
    OnceMore(Duration),
}

impl Hub {
    /// Begins a delivery; false if too many of the subscription are pending.
    pub(in crate::live::serve) fn deliver(
        self: &Arc<Self>,
        subscriber: &Arc<Subscriber>,
        event: Happening,
        cause: Cause,
    ) -> bool {
        let taken = subscriber.take();
        if taken {
            let (hub, subscriber) = (Arc::clone(self), Arc::clone(subscriber));
            // The line is in the order in which events occur, whichever task runs first.
            let place = subscriber.chosen().settings.webhook.ordered.then(|| subscriber.line.join());
            tokio::spawn(async move {
                let mut state = subscriber.state.subscribe();
                tokio::select! {
                    () = hub.attempts(&subscriber, event, cause, place) => {}
                    _ = state.wait_for(|state| *state == State::Deleted) => {}
                }
            });
        }
        taken
    }

    /// Attempts until one is acknowledged or the last has failed. `place` is there where deliveries are ordered.
    async fn attempts(
        &self,
        subscriber: &Arc<Subscriber>,
        event: Happening,
        cause: Cause,
        mut place: Option<Place>,
    ) {
        let mut state = subscriber.state.subscribe();
        let (mut number, mut previous, mut is_once_more) = (0, Span::ZERO, false);
        loop {
            if let Some(place) = &mut place {
                place.head().await;
            }
            let Ok(state) = state.wait_for(|state| *state != State::Paused).await.map(|state| *state) else {
                return;
            };
            let next = if state == State::Disabled {
                let Some(wait) = self.once_more(subscriber) else { return subscriber.give_up(true) };
                Next::OnceMore(wait)
            } else {
                let (Ok(one), Ok(shared)) = (subscriber.room.acquire().await, self.room.acquire().await)
                else {
                    return;
                };
                number += 1;
                let next = self.attempt(subscriber, (event, cause, number), previous, is_once_more).await;
                drop((one, shared));
                let Some(next) = next else { return };
                next
            };
            match next {
                Next::Retry(delay, wait) => {
                    tokio::time::sleep(wait).await;
                    previous = delay;
                }
                Next::OnceMore(wait) => {
                    // It leaves its line, and joins the end when it is due.
                    let was_ordered = place.take().is_some();
                    tokio::time::sleep(wait).await;
                    place = was_ordered.then(|| subscriber.line.join());
                    is_once_more = true;
                }
            }
        }
    }

    /// The real time until what is given up now is sent once more; None if it is not.
    pub(super) fn once_more(&self, subscriber: &Subscriber) -> Option<Duration> {
        let after = subscriber.chosen().settings.webhook.redeliver_after?;
        let (now, enabled) = (self.clock.now(), subscriber.enabled());
        (enabled != Instant::NEVER).then(|| self.clock.real_span(now.max(enabled) + after - now))
    }

    /// Enables a subscription at that time, unless somebody has done so.
    fn enable(&self, subscriber: &Arc<Subscriber>, at: Instant) {
        let (clock, subscriber) = (self.clock, Arc::clone(subscriber));
        tokio::spawn(async move {
            let mut state = subscriber.state.subscribe();
            tokio::select! {
                _ = state.wait_for(|state| *state != State::Disabled) => {}
                () = clock.sleep_until(at) => subscriber.enable(),
            }
        });
    }

    /// One attempt; returns what follows, unless the delivery is over.
    async fn attempt(
        &self,
        subscriber: &Arc<Subscriber>,
        (event, cause, number): (Happening, Cause, u32),
        previous: Span,
        is_once_more: bool,
    ) -> Option<Next> {
        let chosen = subscriber.chosen();
        let webhook = &chosen.settings.webhook;
        let scheme = webhook.security.scheme();
        let serial = self.attempted.fetch_add(1, Ordering::Relaxed) + 1;
        let (sent, sent_ms) = (self.clock.now(), clock::unix_millis());
        // A secret was tried when it was chosen.
        let (request, written) = chosen.letter(&scheme, event, serial, sent_ms / 1000).written().ok()?;
        let begun = subscriber.begin(beginning(serial, (event, cause, number), sent_ms, written));
        self.tell(subscriber, begun);
        let since = tokio::time::Instant::now();
        // The receiver is a program of the user's: it has its time whatever the speed of the events.
        let deadline = Duration::from_nanos(webhook.deadline.0.unsigned_abs());
        let outcome = send::exchange(request, &chosen.to, &self.way, deadline).await;
        let jitter = self.randomness.stream(Purpose::RetryJitter);
        let draws = || jitter.at(u64::from(event.number), u64::from(number));
        let delay = match outcome.acknowledges() || is_once_more {
            true => None,
            false => webhook.retries.next(webhook.retry_jitter, number, previous, draws),
        };
        let now = self.clock.now();
        let failure = Failure { at: now, is_gone: outcome.is_gone(), is_last: delay.is_none() };
        let failed = (!outcome.acknowledges()).then_some(failure);
        let rule = (webhook.disable_after, webhook.enable_after);
        if let Some(until) = subscriber.weigh(rule, (sent, now), failed)
            && until != Instant::NEVER
        {
            self.enable(subscriber, until);
        }
        // The receiver counts in real time.
        let wait = if webhook.honour_retry_after { outcome.retry_after() } else { Duration::ZERO };
        // A retry that is due while the subscription is disabled is not sent.
        let retry = delay.filter(|&delay| now + delay >= subscriber.enabled());
        let next = match retry {
            Some(delay) => Some(Next::Retry(delay, self.clock.real_span(delay).max(wait))),
            None if outcome.acknowledges() || is_once_more => None,
            None => self.once_more(subscriber).map(Next::OnceMore),
        };
        let next_ms = next.map(|next| {
            let (Next::Retry(_, wait) | Next::OnceMore(wait)) = next;
            clock::unix_millis().saturating_add(wait.as_millis() as u64)
        });
        let is_once_more = matches!(next, Some(Next::OnceMore(_)));
        let ended = Ended { took: since.elapsed(), outcome, next_ms, is_once_more };
        if let Some(ended) = subscriber.end(serial, ended) {
            self.tell(subscriber, ended);
        }
        next
    }

    /// Nobody may be watching.
    fn tell(&self, subscriber: &Arc<Subscriber>, attempt: Attempt) {
        let _ = self.changes.send(Change { subscriber: Arc::clone(subscriber), attempt });
    }
}
