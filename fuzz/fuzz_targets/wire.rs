//! Data from the wire of a live run: ids, cursors, queries, pages, and the URLs of receivers.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| pollhook::live::read_anything(text));
