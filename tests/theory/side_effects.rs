//! Duplicates that the receiver does not recognise: its handler does the work again.

use crate::{near, only, text};
use pollhook::study::summary::ClientSummary;
use pollhook::theory::retry;

fn per_event(client: &ClientSummary) -> f64 {
    client.events.processed_again as f64 / client.events.occurred as f64
}

/// A tenth of the requests and 15 % of the answers are lost, four attempts: 0.173 duplicates for each event. A receiver
/// that remembers nothing does the work of each of them.
#[test]
fn without_deduplication_every_duplicate_is_processed() {
    let network = "delay = \"20ms\"\nloss_to_client = 0.1\nloss_to_source = 0.15";
    let of = |endpoint: &str| {
        let keys = format!(
            "[[client]]\nkind = \"webhook\"\ndeadline = \"1s\"\nretries = [\"1s\", \"1s\", \"1s\"]\n\
             endpoint = {{ {endpoint} }}\n"
        );
        only(&text("100000s", "1/s", network, &keys))
    };
    let (never, always) = (of("dedupe = false"), of("dedupe = true"));
    assert_eq!(never.events.processed_again, never.events.duplicates);
    near("done again", per_event(&never), retry::duplicates(0.1, 0.15, 3), 0.006);
    assert_eq!(always.events.processed_again, 0);
    assert_eq!(always.events.duplicates, never.events.duplicates);
}

/// Only answers are lost, three in ten, so that the first attempt is always processed. The others follow after 11 s, 112 s
/// and 1 113 s, with chances of 0.3, 0.09 and 0.027. Which of them is processed again depends on the window.
#[test]
fn what_comes_after_the_window_is_processed_again() {
    for (window, expected) in
        [("10s", 0.3 + 0.09 + 0.027), ("60s", 0.09 + 0.027), ("200s", 0.027), ("1h", 0.0)]
    {
        let keys = format!(
            "[[client]]\nkind = \"webhook\"\ndeadline = \"1s\"\nretries = [\"10s\", \"100s\", \"1000s\"]\n\
             endpoint = {{ dedupe_window = \"{window}\" }}\n"
        );
        let client = only(&text("100000s", "1/s", "delay = \"20ms\"\nloss_to_source = 0.3", &keys));
        let again = client.events.duplicates as f64 / client.events.occurred as f64;
        near("duplicates", again, 0.417, 0.009);
        near("theory", client.theory.attempts.duplicates_per_event, 0.417, 1e-9);
        near(&format!("done again, {window}"), per_event(&client), expected, 0.009);
    }
}

/// The attempts follow after 101 s, 112 s and 1 113 s. The third is recognised, because the second was processed.
#[test]
fn the_window_begins_with_the_last_processing() {
    let keys = "[[client]]\nkind = \"webhook\"\ndeadline = \"1s\"\nretries = [\"100s\", \"10s\", \"1000s\"]\n\
                endpoint = { dedupe_window = \"50s\" }\n";
    let client = only(&text("100000s", "1/s", "delay = \"20ms\"\nloss_to_source = 0.3", keys));
    near("done again", per_event(&client), 0.3 + 0.027, 0.007);
}

/// Where the handler may fail, it fails on a duplicate only if that is forgotten.
#[test]
fn a_form_holds_where_it_does_not_matter_what_is_forgotten() {
    let of = |endpoint: &str| {
        let keys =
            format!("[[client]]\nkind = \"webhook\"\nretries = [\"10s\"]\nendpoint = {{ {endpoint} }}\n");
        only(&text("1000s", "1/s", "loss_to_source = 0.3", &keys)).theory.attempts.per_event.is_some()
    };
    assert!(of("dedupe_window = \"5s\"") && of("failure_rate = 0.1, dedupe_window = \"1h\""));
    assert!(!of("failure_rate = 0.1, dedupe_window = \"5s\""));
}
