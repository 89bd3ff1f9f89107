//! The scenarios that come with the program, one question each, and the profiles of providers. They are embedded, so that
//! an installed program needs no other files.

/// A scenario or a profile that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name on the command line: the file name without its ending.
    pub name: &'static str,
    /// The content of the file.
    pub text: &'static str,
}

/// All shipped scenarios; the first runs when none is named, the last is the reference of all keys.
pub const fn shipped() -> &'static [Shipped] {
    SHIPPED
}

/// The shipped scenario of that name.
pub fn find(name: &str) -> Option<&'static Shipped> {
    of_name(SHIPPED, name)
}

/// The shipped scenario that `wrong` is probably a misspelling of.
pub fn nearest(wrong: &str) -> Option<&'static str> {
    near(SHIPPED, wrong)
}

/// All profiles of providers, sorted by name.
pub const fn profiles() -> &'static [Shipped] {
    PROFILES
}

/// The profile of that name.
pub fn find_profile(name: &str) -> Option<&'static Shipped> {
    of_name(PROFILES, name)
}

/// The profile that `wrong` is probably a misspelling of.
pub fn nearest_profile(wrong: &str) -> Option<&'static str> {
    near(PROFILES, wrong)
}

/// The embedded file of times of that path, to which a shipped scenario refers.
pub(super) fn trace(path: &str) -> Option<&'static str> {
    (path == "traces/commits.txt").then_some(include_str!("../../scenarios/traces/commits.txt"))
}

fn of_name(files: &'static [Shipped], name: &str) -> Option<&'static Shipped> {
    files.iter().find(|file| file.name == name)
}

fn near(files: &'static [Shipped], wrong: &str) -> Option<&'static str> {
    super::keys::nearest(wrong, files.iter().map(|file| file.name))
}

/// A commented scenario to start from. It is valid and runs.
pub const fn template() -> &'static str {
    include_str!("template.toml")
}

macro_rules! embedded {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(Shipped { name: $name, text: include_str!(concat!("../../", $folder, "/", $name, ".toml")) }),*]
    };
}

const SHIPPED: &[Shipped] = embedded![
    "scenarios":
    "day",
    "race",
    "quiet-feed",
    "busy-feed",
    "break-even",
    "crossover",
    "batches",
    "outage-retries",
    "outage-theatre",
    "two-days-down",
    "closed-laptop",
    "retry-storm",
    "retry-jitter",
    "burst",
    "lossy-network",
    "late-answer",
    "too-early",
    "too-fast",
    "etag",
    "billed-checks",
    "feed",
    "one-in-a-thousand",
    "back-off",
    "until-done",
    "open-connection",
    "events-or-sockets",
    "idle-cuts",
    "friendfeed",
    "twenty-apps",
    "wasted-polls",
    "contended-source",
    "herd",
    "fan-out",
    "in-order",
    "set-up",
    "attackers",
    "facebook-page-day",
    "zalo-oa-day",
    "commits",
    "reference",
];

const PROFILES: &[Shipped] = embedded![
    "scenarios/providers":
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
