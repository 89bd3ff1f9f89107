//! The connections to a party of the scenario: the run's own, and a few of strangers.
//!
//! Any process of the machine may connect. The run's own connections must not wait because of that, so only strangers
//! are limited. The run's own connections are known by their ports: the sender claims the port of each before its first
//! request.

use super::lock;
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use tokio::sync::Notify;

/// Strangers that are connected to a party at once.
pub(super) const MAX_STRANGERS: usize = 16;

/// The connections to one listener.
#[derive(Debug, Default)]
pub(super) struct Guests(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Ports that were claimed before their connections were accepted.
    expected: BTreeSet<u16>,
    /// Accepted connections that are not claimed, in the order of acceptance.
    strangers: VecDeque<Stranger>,
    /// Ports of connections that were closed to make room: who claims one of them has to connect again.
    closed: BTreeSet<u16>,
}

#[derive(Debug)]
struct Stranger {
    port: u16,
    is_own: Arc<AtomicBool>,
    closed: Weak<Notify>,
}

/// An accepted connection.
#[derive(Debug)]
pub(super) struct Guest {
    is_own: Arc<AtomicBool>,
    closed: Arc<Notify>,
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// The run itself.
    Own,
    /// Some process of the machine.
    Stranger,
}

impl Guests {
    /// A connection from that port was accepted. If it is one stranger too many, the first of them is closed.
    pub(super) fn accepted(&self, port: u16) -> Guest {
        let mut state = self.lock();
        state.closed.remove(&port);
        let is_own = Arc::new(AtomicBool::new(state.expected.remove(&port)));
        let closed = Arc::new(Notify::new());
        if !is_own.load(Ordering::Acquire) {
            state.forget_ended();
            if state.strangers.len() >= MAX_STRANGERS
                && let Some(first) = state.strangers.pop_front()
            {
                state.closed.insert(first.port);
                first.closed.upgrade().inspect(|closed| closed.notify_one());
            }
            state.strangers.push_back(Stranger {
                port,
                is_own: Arc::clone(&is_own),
                closed: Arc::downgrade(&closed),
            });
        }
        Guest { is_own, closed }
    }

    /// The run has connected from that port. False if the connection was taken for a stranger's and closed.
    pub(super) fn claim(&self, port: u16) -> bool {
        let mut state = self.lock();
        if state.closed.remove(&port) {
            return false;
        }
        state.forget_ended();
        match state.strangers.iter().position(|stranger| stranger.port == port) {
            Some(at) => {
                if let Some(stranger) = state.strangers.remove(at) {
                    stranger.is_own.store(true, Ordering::Release);
                }
            }
            None => {
                state.expected.insert(port);
            }
        }
        true
    }

    /// The listener was closed: connections that it has not accepted are gone.
    pub(super) fn listener_closed(&self) {
        self.lock().expected.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl State {
    /// A connection that has ended has dropped its guest, and its port can be another's.
    fn forget_ended(&mut self) {
        self.strangers.retain(|stranger| stranger.closed.strong_count() > 0);
    }
}

impl Guest {
    /// Whose connection it is, as far as is known now.
    pub(super) fn caller(&self) -> Caller {
        if self.is_own.load(Ordering::Acquire) { Caller::Own } else { Caller::Stranger }
    }

    /// Waits until another connection needs the place of this one.
    pub(super) async fn has_to_leave(&self) {
        self.closed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};

    /// Whether a connection has to be closed.
    fn leaves(guest: &Guest) -> bool {
        pin!(guest.has_to_leave()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn a_claimed_connection_is_the_runs_own_whether_accepted_before_or_after() {
        let guests = Guests::default();
        assert!(guests.claim(1));
        let (before, after) = (guests.accepted(1), guests.accepted(2));
        assert!(guests.claim(2));
        assert_eq!(
            [before.caller(), after.caller(), guests.accepted(3).caller()],
            [Caller::Own, Caller::Own, Caller::Stranger]
        );
        // The port of a connection that has ended can be anybody's.
        assert_eq!(guests.accepted(1).caller(), Caller::Stranger);
    }

    #[test]
    fn only_strangers_make_room_for_each_other_and_the_first_goes_first() {
        let guests = Guests::default();
        let own = guests.accepted(1);
        assert!(guests.claim(1));
        let mut strangers: Vec<Guest> = (0..MAX_STRANGERS as u16).map(|n| guests.accepted(100 + n)).collect();
        assert!(!strangers.iter().any(leaves));
        let _newcomer = guests.accepted(99);
        assert!(leaves(&strangers[0]));
        assert!(!strangers[1..].iter().any(leaves));
        assert!(!leaves(&own));
        // One that left by itself has made room already.
        drop(strangers.pop());
        let _newcomer = guests.accepted(98);
        assert!(!strangers[1..].iter().any(leaves));
    }

    /// A flood may come between the connection and its claim.
    #[test]
    fn a_connection_that_was_closed_before_its_claim_has_to_be_made_again() {
        let guests = Guests::default();
        let own = guests.accepted(1);
        let _flood: Vec<Guest> = (0..MAX_STRANGERS as u16).map(|n| guests.accepted(100 + n)).collect();
        assert!(leaves(&own));
        assert!(!guests.claim(1));
        assert!(guests.claim(1), "the next connection may have the same port");
        assert_eq!(guests.accepted(1).caller(), Caller::Own);
    }
}
