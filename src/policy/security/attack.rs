//! What somebody sends who found the URL of an endpoint, and what the endpoint's scheme makes of it.

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

/// What an endpoint answers to an attacker: Ok if the delivery gets in, or else the status. `age`: of the recorded
/// delivery.
pub fn judge(security: &Security, kind: AttackKind, age: Span) -> Result<(), u16> {
    match kind {
        AttackKind::Oversize => return Err(413),
        AttackKind::Slow => return Err(408),
        AttackKind::Forge | AttackKind::Replay | AttackKind::Tamper | AttackKind::EavesdropForge => {}
    }
    const UNAUTHORISED: u16 = 401;
    let Security::Signature { format, replay, .. } = security else {
        // A token and a password are the same for every delivery.
        let is_open = matches!(security, Security::None { .. });
        return if is_open || kind.uses_a_delivery(security) { Ok(()) } else { Err(UNAUTHORISED) };
    };
    let fits = match kind {
        AttackKind::Replay => true,
        // Mailgun does not sign the event's data.
        AttackKind::Tamper => *format == Format::Mailgun,
        AttackKind::EavesdropForge => *format == Format::Mailgun && kind.uses_a_delivery(security),
        AttackKind::Forge | AttackKind::Oversize | AttackKind::Slow => false,
    };
    let is_known = *replay == Replay::Refuse && format.rule().id == Some(Id::Signed);
    let too_old = security.is_too_old(Instant::START, Instant::START + age);
    if fits && !is_known && !too_old { Ok(()) } else { Err(UNAUTHORISED) }
}
