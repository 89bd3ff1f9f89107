//! Provider profiles: how a real provider delivers its webhooks, as defaults of a webhook client. Each fact of a profile
//! has a mark, so that no result presents a chosen value as the provider's.

mod apply;
mod profile;

use super::form::Form;
use super::spell::plain;
pub use crate::policy::mark::Mark;

pub(super) use apply::apply;
pub use profile::{Fact, Profile};

impl Mark {
    /// The word in a profile.
    pub fn name(self) -> String {
        plain(&Self::write(&self))
    }
}

/// The profile of a client, and the keys whose values are from it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// Name of the profile: its file's name without the ending.
    pub name: String,
    /// The keys of the client that have the value of the profile.
    pub figures: Vec<Figure>,
}

/// A key of a client that has the value of its profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Figure {
    /// The key of the client.
    pub key: String,
    /// Where its value is from.
    pub mark: Mark,
    /// The document; of a modelled figure, the reason for its value.
    pub source: String,
}
