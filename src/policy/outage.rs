//! When a party is down, and how it fails in that time.

use crate::time::{Instant, Span};

/// How a party that is down treats requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Connections are refused: the request fails at once.
    Refuse,
    /// Requests are accepted and never answered.
    Hang,
    /// Requests are answered 503.
    Error,
    /// Deliveries are acknowledged and their events are lost. Only for a client with a webhook channel; its own polls go
    /// on and keep what they bring.
    Lose,
    /// Deliveries are answered 410: the receiver is gone. Only for a client with a webhook channel; its own polls go on.
    Gone,
}

impl Mode {
    /// Whether the party sends no requests either.
    pub const fn stops_requests(self) -> bool {
        match self {
            Self::Refuse | Self::Hang | Self::Error => true,
            Self::Lose | Self::Gone => false,
        }
    }
}

/// One outage: [`from`, `until`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When it begins.
    pub from: Instant,
    /// When it is over.
    pub until: Instant,
    /// How the party fails in that time.
    pub mode: Mode,
}

/// The outages of one party, in order of time and without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outages(pub Vec<Outage>);

impl Outages {
    /// The outage at that moment, if there is one.
    #[inline]
    pub fn at(&self, now: Instant) -> Option<&Outage> {
        let begun = self.0.partition_point(|outage| outage.from <= now);
        self.0[..begun].last().filter(|outage| now < outage.until)
    }

    /// The first moment from `now` on at which the party is up.
    #[inline]
    pub fn up_from(&self, now: Instant) -> Instant {
        let mut up = now;
        while let Some(outage) = self.at(up) {
            up = outage.until;
        }
        up
    }

    /// The next outage that begins after `now`.
    #[inline]
    pub fn after(&self, now: Instant) -> Option<&Outage> {
        self.0.get(self.0.partition_point(|outage| outage.from <= now))
    }

    /// When the next outage after `now` begins.
    #[inline]
    pub fn next_after(&self, now: Instant) -> Option<Instant> {
        self.after(now).map(|outage| outage.from)
    }

    /// `deadline`, or the last moment before the next outage after `now`: a party that goes down waits no longer.
    #[inline]
    pub fn deadline_before_outage(&self, now: Instant, deadline: Instant) -> Instant {
        self.next_after(now).map_or(deadline, |down| deadline.min(down - Span(1)))
    }

    /// Those in which connections are refused.
    pub fn refusals(&self) -> Self {
        Self(self.0.iter().copied().filter(|outage| outage.mode == Mode::Refuse).collect())
    }

    /// Those in which the party sends no requests: all but those of modes `lose` and `gone`, in which only its endpoint
    /// fails.
    pub fn of_requests(&self) -> Self {
        Self(self.0.iter().copied().filter(|outage| outage.mode.stops_requests()).collect())
    }

    /// Whether an outage begins or is under way in [`from`, `until`).
    pub fn touch(&self, from: Instant, until: Instant) -> bool {
        self.0.iter().any(|outage| outage.from < until && from < outage.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_holds_from_its_beginning_to_just_before_its_end() {
        let outage = |from, until| Outage { from: Instant(from), until: Instant(until), mode: Mode::Refuse };
        let outages = Outages(vec![outage(10, 20), outage(20, 30), outage(50, 60)]);
        assert!(outages.at(Instant(9)).is_none() && outages.at(Instant(10)).is_some());
        assert!(outages.at(Instant(30)).is_none());
        assert_eq!(outages.up_from(Instant(12)), Instant(30));
        assert_eq!(outages.up_from(Instant(40)), Instant(40));
        let next = [9, 10, 25, 50].map(|now| outages.next_after(Instant(now)));
        assert_eq!(next, [Some(10), Some(20), Some(50), None].map(|at| at.map(Instant)));
        assert!(outages.touch(Instant(40), Instant(51)) && !outages.touch(Instant(30), Instant(50)));
    }
}
