//! Any text is an override or not; with any override, the scenario is read or refused with a message. Values are
//! durations, rates, sizes and distributions, so this target also covers the units.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pollhook::{Override, Scenario};

fuzz_target!(|text: &str| {
    let day = pollhook::scenario::shipped()[0];
    let Ok(set) = text.parse::<Override>() else { return };
    if let Err(problems) = Scenario::load(day.name, day.text, &[set]) {
        assert!(!problems.render(false).is_empty());
    }
});
