//! The loss ledger: whether each event was delivered to each member, lost, or is pending.

use crate::model::Arrival;
use crate::scenario::Found;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// The history of one event for one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The time from which the member holds it; [`Instant::NEVER`] where it does not.
    pub held: Instant,
    /// The channel and attempt that brought it.
    pub by: Option<Arrival>,
    /// Attempts of the delivery that carries it.
    pub attempts: u32,
    /// How often a delivery of it was received, or a poll brought it again.
    pub receipts: u32,
    /// The attempt that announced it to the member; 0 where none has.
    pub announced: u16,
    /// How often it was processed after the first time.
    pub processed_again: u16,
    /// Whether the sender gave up its delivery and sent it once more.
    pub redelivered: bool,
    /// Whether the sender gave up its delivery for good.
    pub gave_up: bool,
    /// Whether its sender has passed on to others: an attempt was acknowledged, or its member asks for later events.
    pub passed: bool,
    /// Whether its delivery carries an earlier event as well. Each delivery is counted with its first event.
    pub follows: bool,
}

impl Default for Receipt {
    fn default() -> Self {
        Self {
            held: Instant::NEVER,
            by: None,
            attempts: 0,
            receipts: 0,
            announced: 0,
            processed_again: 0,
            redelivered: false,
            gave_up: false,
            passed: false,
            follows: false,
        }
    }
}

impl Receipt {
    /// Receipts after the member held the event or knew of it: all but the one that brought or announced it.
    pub fn duplicates(&self) -> u32 {
        self.receipts - u32::from(self.is_delivered())
    }

    /// Whether the event is lost: it is not held, its sender will not send it again, since it gave up or passed on
    /// to others, and nothing else finds it.
    pub const fn is_lost(&self, found: Found) -> bool {
        let is_found = match found {
            Found::Never => false,
            Found::Announced => self.announced > 0,
            Found::Always => true,
        };
        self.by.is_none() && (self.gave_up || self.passed) && !is_found
    }

    /// Whether a delivery brought or announced it.
    pub fn is_delivered(&self) -> bool {
        self.announced > 0 || self.by.is_some_and(|by| by.channel.may_duplicate())
    }

    /// An attempt tells of it. Returns whether that is new.
    pub(super) fn told(&mut self, attempt: u32) -> bool {
        self.receipts += 1;
        let is_new = self.announced == 0;
        if is_new {
            self.announced = attempt.try_into().unwrap_or(u16::MAX);
        }
        is_new
    }

    pub(super) fn received(&mut self, at: Instant, by: Arrival) {
        self.receipts += u32::from(by.channel.may_duplicate());
        if at < self.held {
            self.held = at;
            self.by = Some(by);
        }
    }

    pub(super) fn close(&mut self, ended: Instant) {
        if self.held > ended && self.by.is_some() {
            self.receipts -= u32::from(self.is_delivered() && self.announced == 0);
            self.held = Instant::NEVER;
            self.by = None;
        }
    }
}

/// The sums of the ledger: occurred (counted by the source) = delivered + lost + pending (counted by receipts), receipts = first receipts + duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Events, counted once for each member.
    pub occurred: u64,
    /// Events held at the end.
    pub delivered: u64,
    /// Events given up, acknowledged and not kept, or passed over by a page, that no other channel brings.
    pub lost: u64,
    /// All other events.
    pub pending: u64,
    /// Events received by deliveries, or announced by them.
    pub receipts: u64,
    /// Of these, those that were held or known already.
    pub duplicates: u64,
    /// Deliveries on which a handler worked, with success, though it had processed their event before.
    pub processed_again: u64,
    /// Events held later than an event that occurred after them.
    pub out_of_order: u64,
    /// Attempts of all deliveries.
    pub attempts: u64,
    /// Deliveries given up and sent once more.
    pub redelivered: u64,
    /// Deliveries given up for good.
    pub gave_up: u64,
}

impl Ledger {
    /// The sums over the receipts of `members` members, in order of events, of which the source has published
    /// `published`. An event that is found by another channel is pending until that brings it.
    pub fn of(published: usize, receipts: &[Receipt], members: u32, found: Found) -> Self {
        let mut ledger = Self { occurred: published as u64 * u64::from(members), ..Self::default() };
        for receipt in receipts {
            match (receipt.by, receipt.is_lost(found)) {
                (Some(_), _) => ledger.delivered += 1,
                (None, true) => ledger.lost += 1,
                (None, false) => ledger.pending += 1,
            }
            ledger.receipts += u64::from(receipt.receipts);
            ledger.duplicates += u64::from(receipt.duplicates());
            ledger.processed_again += u64::from(receipt.processed_again);
            if !receipt.follows {
                ledger.attempts += u64::from(receipt.attempts);
                ledger.redelivered += u64::from(receipt.redelivered);
                ledger.gave_up += u64::from(receipt.gave_up);
            }
        }
        ledger.out_of_order =
            (0..members as usize).map(|member| out_of_order(receipts, members, member)).sum();
        ledger
    }

    /// Adds the events of another replication.
    pub fn add(&mut self, other: &Self) {
        self.occurred += other.occurred;
        self.delivered += other.delivered;
        self.lost += other.lost;
        self.pending += other.pending;
        self.receipts += other.receipts;
        self.duplicates += other.duplicates;
        self.processed_again += other.processed_again;
        self.out_of_order += other.out_of_order;
        self.attempts += other.attempts;
        self.redelivered += other.redelivered;
        self.gave_up += other.gave_up;
    }
}

fn out_of_order(receipts: &[Receipt], members: u32, member: usize) -> u64 {
    let mut earliest_after = Instant::NEVER;
    let mut count = 0;
    for receipt in receipts.iter().skip(member).step_by(members as usize).rev() {
        if receipt.by.is_some() {
            count += u64::from(receipt.held > earliest_after);
            earliest_after = earliest_after.min(receipt.held);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(at: i64, by: Arrival) -> Receipt {
        let mut receipt = Receipt::default();
        receipt.received(Instant(at), by);
        receipt
    }

    #[test]
    fn the_ledger_balances() {
        let mut swept_then_delivered = held(5, Arrival::POLL);
        swept_then_delivered.received(Instant(9), Arrival::delivery(2));
        let lost = Receipt { gave_up: true, ..Receipt::default() };
        let receipts = [held(7, Arrival::delivery(1)), swept_then_delivered, lost, Receipt::default()];
        let ledger = Ledger::of(4, &receipts, 1, Found::Never);
        assert_eq!((ledger.occurred, ledger.delivered, ledger.lost, ledger.pending), (4, 2, 1, 1));
        assert_eq!((ledger.receipts, ledger.duplicates, ledger.out_of_order), (2, 1, 1));
        assert_eq!(Ledger::of(4, &receipts, 1, Found::Always).pending, 2);
    }

    /// Two attempts of a delivery of three events.
    #[test]
    fn a_delivery_of_several_events_is_counted_once() {
        let first = Receipt { attempts: 2, gave_up: true, ..Receipt::default() };
        let receipts = [first, Receipt { follows: true, ..first }, Receipt { follows: true, ..first }];
        let ledger = Ledger::of(3, &receipts, 1, Found::Never);
        assert_eq!((ledger.attempts, ledger.gave_up, ledger.lost), (2, 1, 3));
    }

    #[test]
    fn members_without_events_have_an_empty_ledger() {
        assert_eq!(Ledger::of(0, &[], 5, Found::Never), Ledger::default());
    }

    #[test]
    fn what_would_be_held_after_the_end_is_not_held() {
        let mut late = held(100, Arrival::delivery(1));
        late.close(Instant(99));
        assert_eq!(late, Receipt::default());
    }
}
