//! How a webhook client secures its endpoint: `security` of a scenario.

use super::rule::{Format, Value};
use super::scheme::{Added, Scheme};
use crate::policy::message::{WEBHOOK_ID, event_id};
use crate::time::{Instant, Span};

/// The scheme of a webhook client, and what its endpoint looks at. Each may be used over HTTPS, which adds no bytes to
/// the messages and hides them from whoever is on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// The endpoint takes whatever comes to its URL.
    None {
        /// Whether deliveries come over TLS.
        https: bool,
    },
    /// A secret in the URL.
    Token {
        /// The parameter of the URL.
        token_name: String,
        /// How many secrets are valid: 2 while one replaces the other.
        secrets: u32,
        /// Whether deliveries come over TLS.
        https: bool,
    },
    /// Basic Auth.
    Basic {
        /// How many secrets are valid.
        secrets: u32,
        /// Whether deliveries come over TLS.
        https: bool,
    },
    /// A signature.
    Signature {
        /// Its format.
        format: Format,
        /// The age, in whole seconds, up to which a signature is accepted; None: its time is of no account.
        tolerance: Option<Span>,
        /// What happens to an id that was accepted before.
        replay: Replay,
        /// How many secrets are valid.
        secrets: u32,
        /// Whether deliveries come over TLS.
        https: bool,
    },
}

/// What an endpoint does with an id that it has accepted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It refuses it.
    Refuse,
    /// It keeps no ids.
    Accept,
}

impl Security {
    /// Of a client without webhooks, and of an endpoint that looks at nothing.
    pub const OPEN: Self = Self::None { https: false };

    /// Whether deliveries come over TLS.
    pub const fn https(&self) -> bool {
        match self {
            Self::None { https }
            | Self::Token { https, .. }
            | Self::Basic { https, .. }
            | Self::Signature { https, .. } => *https,
        }
    }

    /// How a delivery shows whose it is.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::None { .. } => Scheme::None,
            Self::Token { token_name, .. } => Scheme::Token(token_name.clone()),
            Self::Basic { .. } => Scheme::Basic,
            Self::Signature { format, .. } => Scheme::Signature(*format),
        }
    }

    /// How many secrets are valid.
    pub const fn secrets(&self) -> u32 {
        match self {
            Self::None { .. } => 0,
            Self::Token { secrets, .. } | Self::Basic { secrets, .. } | Self::Signature { secrets, .. } => {
                *secrets
            }
        }
    }

    /// Which of the valid secrets the source uses: with two, the second from the middle of the run on.
    pub fn secret_at(&self, at: Instant, duration: Span) -> usize {
        usize::from(self.secrets() == 2 && at - Instant::START >= duration / 2)
    }

    /// The age, in whole seconds, up to which a signature is accepted.
    pub fn tolerance_s(&self) -> Option<i64> {
        match self {
            Self::Signature { tolerance, .. } => tolerance.map(|tolerance| tolerance.0 / Span::SECOND.0),
            Self::None { .. } | Self::Token { .. } | Self::Basic { .. } => None,
        }
    }

    /// Whether a signature of that time is too old at its arrival. Signatures have whole seconds.
    pub fn is_too_old(&self, signed: Instant, arrives: Instant) -> bool {
        let seconds = |at: Instant| (at - Instant::START).0.div_euclid(Span::SECOND.0);
        self.tolerance_s().is_some_and(|tolerance_s| seconds(arrives) - seconds(signed) > tolerance_s)
    }

    /// What the scheme adds to a delivery.
    pub fn added(&self) -> Added {
        let scheme = self.scheme();
        scheme.added(event_id(0).len(), scheme.secret_bytes(), false)
    }
}

impl Scheme {
    /// Whether its headers have the id of the event under the name that an unsigned delivery gives it.
    pub fn names_event(&self) -> bool {
        match self {
            Self::None | Self::Token(_) | Self::Basic => false,
            Self::Signature(format) => format.rule().header(Value::Id) == Some(WEBHOOK_ID),
        }
    }

    /// The length of a secret of a run.
    pub const fn secret_bytes(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Token(_) => KEY,
            Self::Basic => USER.len() + 1 + KEY,
            Self::Signature(Format::StandardWebhooks) => STANDARD.len() + STANDARD_KEY,
            Self::Signature(Format::Zalo) => APP.len() + 1 + KEY,
            Self::Signature(_) => KEY,
        }
    }
}

/// Hexadecimal digits of a secret.
pub(super) const KEY: usize = 32;
/// The user of Basic Auth.
pub(super) const USER: &str = "source";
/// The application of Zalo's.
pub(super) const APP: &str = "1234567890";
/// What stands before a key of Standard Webhooks, which is 24 bytes in base64.
pub(super) const STANDARD: &str = "whsec_";
/// Characters of such a key.
pub(super) const STANDARD_KEY: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_more_than_the_tolerance_is_too_old() {
        let security = Security::Signature {
            format: Format::Stripe,
            tolerance: Some(Span::from_secs(300)),
            replay: Replay::Accept,
            secrets: 1,
            https: false,
        };
        let at = |millis: i64| Instant::START + Span::from_millis(millis);
        assert!(!security.is_too_old(at(900), at(300_999)));
        assert!(security.is_too_old(at(900), at(301_000)));
        assert!(!Security::OPEN.is_too_old(at(0), at(10_000_000)));
    }

    #[test]
    fn the_second_secret_replaces_the_first_in_the_middle_of_the_run() {
        let of = |secrets, s| {
            Security::Basic { secrets, https: false }
                .secret_at(Instant::START + Span::from_secs(s), Span::from_secs(10))
        };
        assert_eq!([of(1, 9), of(2, 4), of(2, 5)], [0, 0, 1]);
    }
}
