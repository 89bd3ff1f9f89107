//! Ordered delivery: a subscription has a line, and only the delivery at its head is under way (head-of-line blocking).

use crate::live::lock;
use std::convert::Infallible;
use std::sync::Mutex;
use tokio::sync::oneshot::{self, Receiver, Sender};

/// The line of one subscription.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The end of the last in it.
    last: Mutex<Option<Receiver<Infallible>>>,
}

/// A place in a line, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    /// The end of the one before.
    before: Option<Receiver<Infallible>>,
    /// Nothing is sent: the next one waits until this is dropped.
    _own: Sender<Infallible>,
}

impl Line {
    /// Takes the place at the end.
    pub(super) fn join(&self) -> Place {
        let (own, end) = oneshot::channel();
        Place { before: lock(&self.last).replace(end), _own: own }
    }
}

impl Place {
    /// Waits until this is the head.
    pub(super) async fn head(&mut self) {
        if let Some(before) = &mut self.before {
            let _ = before.await;
        }
        self.before = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};

    fn is_head(place: &mut Place) -> bool {
        pin!(place.head()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn the_next_waits_for_the_one_before() {
        let line = Line::default();
        let (mut first, mut second, mut third) = (line.join(), line.join(), line.join());
        assert!(is_head(&mut first) && !is_head(&mut second) && !is_head(&mut third));
        drop(first);
        assert!(is_head(&mut second) && is_head(&mut second) && !is_head(&mut third));
        drop(second);
        assert!(is_head(&mut third));
        drop(third);
        assert!(is_head(&mut line.join()));
    }
}
