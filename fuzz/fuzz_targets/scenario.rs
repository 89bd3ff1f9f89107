//! Any text is read as a scenario or refused with a message. A scenario that is written loads to an equal one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pollhook::Scenario;
use pollhook::scenario::to_toml;

fuzz_target!(|text: &str| match Scenario::load("fuzz", text, &[]) {
    Ok(scenario) => assert_eq!(Scenario::load("fuzz", &to_toml(&scenario), &[]).as_ref(), Ok(&scenario)),
    Err(problems) => assert!(!problems.render(false).is_empty()),
});
