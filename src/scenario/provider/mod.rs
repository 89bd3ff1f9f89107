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

/// The profiles that come with the program, sorted: name and content.
pub const fn profiles() -> &'static [(&'static str, &'static str)] {
    PROFILES
}

/// The profile that `wrong` is probably a misspelling of.
pub fn nearest_profile(wrong: &str) -> Option<&'static str> {
    super::keys::nearest(wrong, PROFILES.iter().map(|(name, _)| *name))
}

/// The content of the profile of that name.
fn find(name: &str) -> Option<&'static str> {
    PROFILES.iter().find(|(profile, _)| *profile == name).map(|(_, text)| *text)
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../scenarios/providers/", $name, ".toml")))),*]
    };
}

const PROFILES: &[(&str, &str)] = embedded![
    "airtable",
    "circle-cpn",
    "cloudevents",
    "dialpad-sms",
    "discord",
    "dropbox",
    "facebook-messenger",
    "facebook-page",
    "github",
    "gitlab",
    "hubspot",
    "mailgun",
    "msgraph",
    "notion",
    "paypal",
    "podium",
    "pusher-beams",
    "sendgrid",
    "shopify",
    "slack",
    "square",
    "standard-webhooks",
    "stripe",
    "svix",
    "telegram",
    "twilio",
    "twilio-event-streams",
    "websub",
    "wix",
    "zalo-oa",
    "zendesk",
    "zoom",
];
