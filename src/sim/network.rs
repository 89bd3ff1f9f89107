//! Messages in transit: each request from its sending to the end of its exchange.

use crate::model::exchange::{Answer, Exchange, Reaction, Request};
use crate::model::network::Links;
use crate::policy::channel::Opener;
use crate::rng::Randomness;
use crate::scenario::Network;
use crate::time::Instant;
use std::collections::BTreeMap;

/// The exchanges that are under way, each in its own slot.
#[derive(Clone)]
pub(super) struct InTransit {
    links: Links,
    slots: Vec<Slot>,
    /// Slots that can be used again.
    free: Vec<u32>,
    /// The slot whose request is being handled.
    handled: u32,
    /// The slots of requests that were handled and have no reaction yet.
    held: BTreeMap<Exchange, u32>,
}

/// What is due for an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The request arrives.
    Arrival,
    /// The answer arrives at the sender of the request.
    Answer,
    /// Its sender stops waiting.
    Deadline,
}

/// An exchange that is under way.
#[derive(Clone, Copy)]
struct Slot {
    request: Request,
    /// The answer that arrives in time.
    answer: Option<Answer>,
    /// Entries of the agenda that refer to this slot. It is free when there are none.
    entries: u8,
    /// Whether the deadline is one of them.
    has_deadline: bool,
    is_reacted_to: bool,
    is_over: bool,
}

/// No slot.
const NONE: u32 = u32::MAX;

/// When a request arrives; None where it is lost.
#[inline(always)]
pub(super) fn arrival(links: &Links, opener: Opener, request: &Request) -> Option<Instant> {
    let there = links.there(opener);
    there.carry(&request.exchange).map(|delay| request.sent + delay)
}

/// When the reaction to a request arrives at its sender, and as what; None where that is never, or too late.
#[inline(always)]
pub(super) fn back(
    links: &Links,
    opener: Opener,
    at: Instant,
    request: &Request,
    reaction: Reaction,
) -> Option<(Instant, Answer)> {
    let back = links.back(opener);
    let (arrival, answer) = match reaction {
        Reaction::Answer(answer) => (at + back.carry(&request.exchange)?, answer),
        Reaction::Refuse => (at + back.delay(&request.exchange), Answer::Refused),
        Reaction::Close => (at + back.delay(&request.exchange), Answer::Closed),
        Reaction::Silence => return None,
    };
    (arrival <= request.deadline).then_some((arrival, answer))
}

impl InTransit {
    pub(super) fn new(network: &Network, randomness: Randomness) -> Self {
        let links = Links::new(network, randomness);
        Self { links, slots: Vec::new(), free: Vec::new(), handled: NONE, held: BTreeMap::new() }
    }

    /// Sends a request. Returns its slot and what becomes due: its arrival, and its deadline where no answer can arrive
    /// in time.
    #[inline(always)]
    pub(super) fn send(&mut self, request: Request) -> (u32, [Option<(Instant, Due)>; 2]) {
        let arrival = arrival(&self.links, request.exchange.channel.opener(), &request);
        let has_deadline = arrival.is_none_or(|at| at > request.deadline);
        let entries = u8::from(arrival.is_some()) + u8::from(has_deadline);
        let slot =
            Slot { request, answer: None, entries, has_deadline, is_reacted_to: false, is_over: false };
        let index = self.place(slot);
        let deadline = has_deadline.then_some((request.deadline, Due::Deadline));
        (index, [deadline, arrival.map(|at| (at, Due::Arrival))])
    }

    /// A request arrives. The caller handles it, and then calls [`Self::arrived`].
    #[inline(always)]
    pub(super) fn arrive(&mut self, index: u32) -> Request {
        self.handled = index;
        let slot = &mut self.slots[index as usize];
        slot.entries -= 1;
        slot.request
    }

    /// The request has been handled. Returns its deadline where no answer is in transit, so that the deadline is due next.
    #[inline]
    pub(super) fn arrived(&mut self, index: u32) -> Option<Instant> {
        self.handled = NONE;
        let slot = &mut self.slots[index as usize];
        if !slot.is_reacted_to && !slot.is_over {
            self.held.insert(slot.request.exchange, index);
        }
        let waits = slot.answer.is_none() && !slot.has_deadline && !slot.is_over;
        if waits {
            slot.has_deadline = true;
            slot.entries += 1;
        }
        let deadline = waits.then_some(slot.request.deadline);
        self.release(index);
        deadline
    }

    /// The receiver of a request reacts. Returns when the answer arrives, where that is in time.
    #[inline(always)]
    pub(super) fn reply(
        &mut self,
        at: Instant,
        request: &Request,
        reaction: Reaction,
    ) -> Option<(Instant, u32)> {
        let is_handled = self
            .slots
            .get(self.handled as usize)
            .is_some_and(|slot| !slot.is_reacted_to && slot.request.exchange == request.exchange);
        let index = if is_handled { self.handled } else { self.held.remove(&request.exchange)? };
        let slot = &mut self.slots[index as usize];
        slot.is_reacted_to = true;
        if slot.is_over {
            return None;
        }
        let opener = request.exchange.channel.opener();
        let (arrival, answer) = back(&self.links, opener, at, request, reaction)?;
        let slot = &mut self.slots[index as usize];
        slot.answer = Some(answer);
        slot.entries += 1;
        Some((arrival, index))
    }

    /// The answer arrives, or the deadline is reached. Returns how the exchange ends, if it ends now.
    #[inline(always)]
    pub(super) fn end(&mut self, due: Due, index: u32) -> Option<(Request, Answer)> {
        let slot = &mut self.slots[index as usize];
        slot.entries -= 1;
        let answer = match due {
            Due::Arrival => None,
            Due::Answer => slot.answer,
            // An answer that arrives at the deadline counts.
            Due::Deadline if slot.answer.is_some() => None,
            Due::Deadline => Some(Answer::TimedOut),
        };
        let ended = answer.filter(|_| !slot.is_over).map(|answer| (slot.request, answer));
        if ended.is_some() {
            slot.is_over = true;
            if !slot.is_reacted_to {
                self.held.remove(&slot.request.exchange);
            }
        }
        self.release(index);
        ended
    }

    /// The requests whose exchanges are under way, in the order of their slots.
    pub(super) fn open(&self) -> Vec<Request> {
        let open = self.slots.iter().filter(|slot| slot.entries > 0 && !slot.is_over);
        open.map(|slot| slot.request).collect()
    }

    #[inline(always)]
    fn place(&mut self, slot: Slot) -> u32 {
        match self.free.pop() {
            Some(index) => {
                self.slots[index as usize] = slot;
                index
            }
            None => {
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        }
    }

    #[inline]
    fn release(&mut self, index: u32) {
        if self.slots[index as usize].entries == 0 {
            self.free.push(index);
        }
    }
}
