//! The scenarios that come with the program: one question each, embedded, so that an installed program needs no
//! files beside it.

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// What it is called on the command line: its file's name without the ending.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

/// All of them; the first is the one that runs when none is named, the last is the reference of all keys.
pub const fn shipped() -> &'static [Shipped] {
    SHIPPED
}

/// The one of that name.
pub fn find(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|shipped| shipped.name == name)
}

/// The shipped name that was probably meant by `wrong`.
pub fn nearest(wrong: &str) -> Option<&'static str> {
    super::keys::nearest(wrong, SHIPPED.iter().map(|shipped| shipped.name))
}

/// A commented scenario to start from. It is valid and runs.
pub const fn template() -> &'static str {
    include_str!("template.toml")
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(Shipped { name: $name, text: include_str!(concat!("../../scenarios/", $name, ".toml")) }),*]
    };
}

const SHIPPED: &[Shipped] = embedded![
    "day",
    "quiet-feed",
    "busy-feed",
    "break-even",
    "outage-retries",
    "burst",
    "lossy-network",
    "late-answer",
    "friendfeed",
    "wasted-polls",
    "contended-source",
    "fan-out",
    "reference",
];
