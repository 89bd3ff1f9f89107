//! What each observation counts as.

use super::requests::kind_of;
use super::{Disabled, Outcome, Recorder, Status, Traced, status_of};
use crate::model::exchange::{Answer, Batch, Exchange, Frame, Says};
use crate::model::{Arrival, Hold, Observation};
use crate::policy::billing::Free;
use crate::policy::channel::Opener;
use crate::time::Instant;

impl Recorder {
    /// Records an observation. `bytes` are those of the exchange that has ended, with its answer, or of the frame that has
    /// arrived: to the source, and to the client.
    #[inline(always)]
    pub fn observe(&mut self, observation: Observation, bytes: (u64, u64)) {
        match observation {
            Observation::Ended { exchange, sent, ended, answer, events } => match exchange.channel.opener() {
                Opener::Client => {
                    let (outcome, status) = (asked(answer, events), status_of(exchange.channel, answer));
                    self.ended(
                        Traced { exchange, sent, ended, outcome, status, events },
                        kind_of(answer),
                        bytes,
                    );
                }
                Opener::Source => {
                    let (outcome, brought) = self.attempted(exchange, answer, events);
                    let status = status_of(exchange.channel, answer);
                    let traced = Traced { exchange, sent, ended, outcome, status, events };
                    self.ended(traced, Some(Free::Deliveries), bytes);
                    if outcome == Outcome::Failed && brought {
                        self.unacknowledged(sent);
                    }
                }
            },
            Observation::Arrived { frame, at, new } => self.arrived(frame, at, new, bytes),
            Observation::Connected { at } => self.connections.opened(at),
            Observation::Disconnected { at } => self.connections.closed(at),
            Observation::Received { event, member, at, by } => {
                let index = self.index(event, member);
                self.receipts[index].received(at, by);
            }
            Observation::Delivered { batch, member, at, sent, attempt } => {
                let by = Arrival::delivery(attempt);
                let mut brought = false;
                for event in batch.iter() {
                    let index = self.index(event, member);
                    self.receipts[index].received(at, by);
                    brought |= self.receipts[index].by == Some(by);
                }
                let is_over = self.receipts[self.index(batch.first, member)].attempts >= attempt;
                if is_over && brought {
                    self.unacknowledged(sent);
                }
            }
            Observation::ReceivedAgain { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].receipts += 1;
            }
            Observation::ProcessedAgain { event, member } => {
                let index = self.index(event, member);
                let again = &mut self.receipts[index].processed_again;
                *again = again.saturating_add(1);
            }
            Observation::Redelivered { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].redelivered = true;
            }
            Observation::Announced { batch, member, sent, attempt } => {
                let mut told = false;
                for event in batch.iter() {
                    let index = self.index(event, member);
                    told |= self.receipts[index].told(attempt);
                }
                let is_over = self.receipts[self.index(batch.first, member)].attempts >= attempt;
                if is_over && told {
                    self.unacknowledged(sent);
                }
            }
            Observation::GaveUp { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].gave_up = true;
            }
            Observation::Missed { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].passed = true;
            }
            Observation::Disabled { member, from, until } => {
                self.disabled.push(Disabled { member, from, until });
            }
            Observation::HeldBack { at, why } => {
                let counts = u64::from(self.counts(at));
                match why {
                    Hold::Delayed => self.held_back.delayed += counts,
                    Hold::Dropped => self.held_back.dropped += counts,
                    Hold::Waits => self.held_back.waited += counts,
                }
            }
            Observation::BreakerOpens { member, from, until } => {
                self.held_back.open.push(Disabled { member, from, until });
            }
            Observation::BreakerCloses { member, at } => self.held_back.closed(member, at),
        }
    }

    fn index(&self, event: u32, member: u32) -> usize {
        event as usize * self.window.members as usize + member as usize
    }

    fn arrived(&mut self, frame: Frame, at: Instant, new: bool, bytes: (u64, u64)) {
        self.landed += 1;
        let counts = self.counts(frame.sent);
        if counts {
            let bin = self.bin(frame.sent);
            let bytes = self.requests.count_bytes(1, bytes);
            match (frame.says, new) {
                (Says::Heartbeat, _) => self.bytes[bin].heartbeats += bytes,
                (Says::Event(_), true) => self.bytes[bin].count(Outcome::Useful, bytes),
                (Says::Event(_), false) => self.bytes[bin].count(Outcome::Empty, bytes),
            }
        }
        let counts = u64::from(counts);
        match frame.says {
            Says::Event(_) => {
                self.requests.event_frames += counts;
                let outcome = if new { Outcome::Useful } else { Outcome::Empty };
                let (exchange, events) = (frame.exchange(), u32::from(new));
                let status = Status::Http(200);
                self.keep(Traced { exchange, sent: frame.sent, ended: at, outcome, status, events });
            }
            Says::Heartbeat => self.requests.heartbeats += counts,
        }
    }

    /// An attempt ends. Returns its outcome, and whether it brought or announced an event, as far as is known by now.
    #[inline]
    fn attempted(&mut self, exchange: Exchange, answer: Answer, events: u32) -> (Outcome, bool) {
        let Exchange { party: member, number: first, part: attempt, .. } = exchange;
        let mut brought = false;
        for event in (Batch { first, events }).iter() {
            let index = self.index(event, member);
            let receipt = &mut self.receipts[index];
            receipt.attempts += 1;
            receipt.passed |= answer.acknowledges();
            receipt.follows = event != first;
            brought |=
                receipt.by == Some(Arrival::delivery(attempt)) || u32::from(receipt.announced) == attempt;
        }
        let outcome = match (answer.acknowledges(), brought) {
            (false, _) => Outcome::Failed,
            (true, true) => Outcome::Useful,
            (true, false) => Outcome::Empty,
        };
        (outcome, brought)
    }

    #[inline(always)]
    fn ended(&mut self, traced: Traced, kind: Option<Free>, bytes: (u64, u64)) {
        let Traced { exchange, sent, outcome, status, .. } = traced;
        self.ended += 1;
        self.keep(traced);
        let channel = exchange.channel;
        let poll = channel.opener() == Opener::Client && !channel.stays_connected();
        let retry = channel.opener() == Opener::Source && exchange.part > 1;
        if sent >= self.window.until {
            self.drained(sent, outcome, retry);
        } else if sent >= self.window.from {
            self.requests.count(status, outcome, poll, retry);
            self.requests.billed += u64::from(self.tariff.bills(kind));
            let bin = self.bin(sent);
            self.bins[bin].count(outcome, retry);
            let bytes = self.requests.count_bytes(1, bytes);
            self.bytes[bin].count(outcome, bytes);
        }
    }

    #[inline(never)]
    fn drained(&mut self, sent: Instant, outcome: Outcome, retry: bool) {
        self.requests.drain += 1;
        let bin = (sent - self.window.from).0 / self.window.bin.0;
        self.drain_bins.at(bin).count(outcome, retry);
    }

    /// An attempt of that time has brought an event and has failed for its sender; either may come first.
    fn unacknowledged(&mut self, sent: Instant) {
        if sent >= self.window.until {
            let bin = (sent - self.window.from).0 / self.window.bin.0;
            self.drain_bins.at(bin).failed_to_unacknowledged();
        } else if sent >= self.window.from {
            let bin = self.bin(sent);
            self.bins[bin].failed_to_unacknowledged();
        }
    }
}

/// The outcome of a request of the client that brought so many new events.
#[inline]
const fn asked(answer: Answer, new: u32) -> Outcome {
    match answer {
        Answer::Page { .. } | Answer::Shown { .. } | Answer::Opened if new > 0 => Outcome::Useful,
        // 304: there is nothing new. 404: the API does not show the event yet.
        Answer::Page { .. } | Answer::Shown { .. } | Answer::Opened | Answer::Status(304 | 404) => {
            Outcome::Empty
        }
        Answer::Status(_)
        | Answer::Busy { .. }
        | Answer::Refused
        | Answer::Closed
        | Answer::TimedOut
        | Answer::Aborted => Outcome::Failed,
    }
}
