//! How the source proves to an endpoint that a delivery is its own: the schemes and the formats of signatures of real
//! providers, each byte for byte as the provider's.
//!
//! The source signs ([`sign`](sign::sign)), the endpoint verifies ([`verify`](verify::verify)) and remembers what it has
//! accepted ([`Replays`]). What a scheme adds to a message is known without computing a signature
//! ([`Scheme::added`]), so virtual time only counts its bytes.

mod attack;
mod replays;
mod rule;
mod scheme;
mod setting;

#[cfg(feature = "security")]
mod body;
#[cfg(feature = "security")]
mod code;
#[cfg(feature = "security")]
mod query;
#[cfg(feature = "security")]
pub mod secret;
#[cfg(feature = "security")]
pub mod sign;
#[cfg(feature = "security")]
pub mod verify;

#[cfg(all(test, feature = "security"))]
mod tests;

pub use attack::{Attack, AttackKind, Turned, judge};
pub use replays::Replays;
pub use rule::{Format, Id, Part, Rule, Timestamp, Value};
pub use scheme::{Added, Scheme};
pub use setting::{Replay, Security};

/// Why an endpoint refuses a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A part that the scheme needs is not there.
    Missing,
    /// A part is there, but it has not the shape that the scheme gives it.
    Malformed,
    /// The proof does not belong to this message, or was made with another secret.
    Wrong,
    /// The proof is right, but older than the tolerance.
    TooOld,
    /// The proof is right, but later than now by more than the tolerance.
    FromTheFuture,
    /// The id was accepted before.
    Replayed,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Missing, Self::Malformed, Self::Wrong, Self::TooOld, Self::FromTheFuture, Self::Replayed];

    /// Its word in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Wrong => "wrong",
            Self::TooOld => "too old",
            Self::FromTheFuture => "from the future",
            Self::Replayed => "replayed",
        }
    }

    /// What the answer of the endpoint says.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Missing => "the proof that this delivery is the source's is missing",
            Self::Malformed => "the proof that this delivery is the source's is malformed",
            Self::Wrong => "the proof does not belong to this delivery, or was made with another secret",
            Self::TooOld => "the signature is too old",
            Self::FromTheFuture => "the signature is from the future",
            Self::Replayed => "a delivery of this id was accepted before",
        }
    }

    /// The status with which the endpoint answers: what cannot be read is a bad request, all else is unauthorised.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Missing | Self::Wrong | Self::TooOld | Self::FromTheFuture | Self::Replayed => 401,
        }
    }
}
