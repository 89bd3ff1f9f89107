//! The scenarios that come with the program, one question each. They are embedded, so that an installed program needs no
//! other files.

/// A scenario that comes with the program.
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
    SHIPPED.iter().find(|shipped| shipped.name == name)
}

/// The shipped name that `wrong` is probably a misspelling of.
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
    "outage-theatre",
    "burst",
    "lossy-network",
    "late-answer",
    "open-connection",
    "friendfeed",
    "wasted-polls",
    "contended-source",
    "fan-out",
    "in-order",
    "reference",
];
