//! What somebody sends who found the URL of an endpoint, and what the endpoint's scheme makes of it.

use super::Refusal;
use super::rule::{Format, Id};
use super::setting::{Replay, Security};
use crate::policy::outage::Outages;
use crate::time::{Instant, Span};

/// One `[[attack]]` on a webhook client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attack {
    /// What is sent.
    pub kind: AttackKind,
    /// Requests per second; the first after one period.
    pub rate_per_s: f64,
    /// How old a recorded delivery is at least when it is sent again.
    pub after: Span,
}

/// What an attacker sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttackKind {
    /// A made-up delivery, sealed with a made-up secret.
    Forge,
    /// A recorded delivery; under another id where that is not signed.
    Replay,
    /// A recorded delivery with one byte of the event's data changed.
    Tamper,
    /// A body that is longer than any delivery.
    Oversize,
    /// A request whose body never ends.
    Slow,
    /// A made-up event with what the line showed of a delivery: URL and headers. HTTPS shows nothing, and then it is
    /// made up as a whole.
    EavesdropForge,
}

impl AttackKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Forge, Self::Replay, Self::Tamper, Self::Oversize, Self::Slow, Self::EavesdropForge];

    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forge => "forge",
            Self::Replay => "replay",
            Self::Tamper => "tamper",
            Self::Oversize => "oversize",
            Self::Slow => "slow",
            Self::EavesdropForge => "eavesdrop-forge",
        }
    }

    /// Whether it is made from a delivery to an endpoint with that security. An eavesdropper has what went over the line
    /// in plain text. Who replays or tampers has a recording from where TLS has ended, such as a log or a proxy.
    pub const fn uses_a_delivery(self, security: &Security) -> bool {
        match self {
            Self::Replay | Self::Tamper => true,
            Self::EavesdropForge => !security.https(),
            Self::Forge | Self::Oversize | Self::Slow => false,
        }
    }
}

impl Attack {
    /// When its requests are sent: while the endpoint is down the attacker waits.
    pub fn times<'a>(&self, until: Instant, outages: &'a Outages) -> impl Iterator<Item = Instant> + use<'a> {
        let period_s = 1.0 / self.rate_per_s;
        let times =
            (1_u32..).map(move |number| Instant::START + Span::from_secs_f64(f64::from(number) * period_s));
        times.take_while(move |&at| at < until).filter(|&at| outages.at(at).is_none())
    }
}

/// Why an endpoint turns a request of an attacker away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// Its proof does not stand.
    Unproven(Refusal),
    /// Its body is too long.
    TooLong,
    /// Its body has not come in time.
    TooSlow,
}

impl Turned {
    /// The status of the answer.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unproven(refusal) => refusal.status(),
            Self::TooLong => 413,
            Self::TooSlow => 408,
        }
    }

    /// What the answer says.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Unproven(refusal) => refusal.detail(),
            Self::TooLong => "the body is too long",
            Self::TooSlow => "the body took too long",
        }
    }
}

/// Why an endpoint turns away what an attacker sends; None if it gets in. `age`: of the recorded delivery.
pub fn judge(security: &Security, kind: AttackKind, age: Span) -> Option<Turned> {
    match kind {
        AttackKind::Oversize => return Some(Turned::TooLong),
        AttackKind::Slow => return Some(Turned::TooSlow),
        AttackKind::Forge | AttackKind::Replay | AttackKind::Tamper | AttackKind::EavesdropForge => {}
    }
    let Security::Signature { format, replay, .. } = security else {
        // A token and a password are the same for every delivery.
        let is_open = matches!(security, Security::None { .. });
        let gets_in = is_open || kind.uses_a_delivery(security);
        return (!gets_in).then_some(Turned::Unproven(Refusal::Wrong));
    };
    let fits = match kind {
        AttackKind::Replay => true,
        // Mailgun does not sign the event's data.
        AttackKind::Tamper => *format == Format::Mailgun,
        AttackKind::EavesdropForge => *format == Format::Mailgun && kind.uses_a_delivery(security),
        AttackKind::Forge | AttackKind::Oversize | AttackKind::Slow => false,
    };
    let is_known = *replay == Replay::Refuse && format.rule().id == Some(Id::Signed);
    let refusal = if !fits {
        Refusal::Wrong
    } else if security.is_too_old(Instant::START, Instant::START + age) {
        Refusal::TooOld
    } else if is_known {
        Refusal::Replayed
    } else {
        return None;
    };
    Some(Turned::Unproven(refusal))
}
