//! Webhooks that only announce events: the same notices, fetches and events live as in virtual time.

use crate::machine::{in_one_of_three_runs, must_hold};
use crate::{both, differences_s};
use pollhook::measure::Record;

/// An API that shows an event 60 ms later: the first fetch comes 10 ms after the event, and the next one 100 ms after its
/// answer. Every third handler fails, and its notice is sent again.
#[test]
fn notices_and_fetches_are_live_as_in_virtual_time() {
    for (format, batch) in [("json", ""), ("xml", "batch = { wait = \"180ms\" }\n")] {
        in_one_of_three_runs(|| {
            let client = |name: &str, keys: &str| {
                format!(
                    "[[client]]\nname = \"{name}\"\nkind = \"webhook\"\nretries = [\"60ms\", \"90ms\"]\nthin = true\n\
                     {keys}\n{batch}endpoint = {{ failure_rate = 0.33 }}\n"
                )
            };
            let both = both(&format!(
                "duration = \"2s\"\nseed = 3\n[network]\ndelay = \"5ms\"\n[source]\ncommit_delay = \"60ms\"\n\
                 [events]\nresources = 2\npayload = {{ format = \"{format}\" }}\n\
                 arrivals = {{ process = \"constant\", rate = \"5/s\", first = \"37ms\" }}\n{}{}{}",
                client("by cursor", "fetch_again = \"100ms\""),
                client("by id", "coalesce = false\nfetch_again = \"100ms\""),
                client("once", "coalesce = false\nfetch_again = \"never\""),
            ));
            let events = |record: &Record| -> Vec<(u32, u32, u16, bool)> {
                let receipts = record.receipts.iter();
                receipts.map(|r| (r.attempts, r.receipts, r.announced, r.by.is_some())).collect()
            };
            for (client, (live, simulated)) in both.live.records.iter().zip(&both.simulated).enumerate() {
                must_hold(|| assert_eq!(live.sent, live.ended));
                assert_eq!(events(live), events(simulated));
                assert_eq!(live.requests.by_status(), simulated.requests.by_status());
                let bytes =
                    |record: &Record| (record.requests.bytes_to_client, record.requests.bytes_to_source);
                assert_eq!(bytes(live), bytes(simulated), "{format} {client}");
                let differences = differences_s(&both, client);
                assert!(differences.iter().all(|difference| difference.abs() < 0.05), "{differences:?}");
            }
            let [by_cursor, by_id, once] = both.live.records.as_slice() else { panic!("three clients") };
            let held =
                |record: &Record| record.receipts.iter().filter(|receipt| receipt.by.is_some()).count();
            // What waits in a batch is shown by the time of its notice.
            let too_early = [by_cursor, by_id].map(|record| record.requests.empty_polls > 0);
            assert!(!batch.is_empty() || too_early == [true; 2], "{too_early:?}");
            // Three handlers may fail on the notice of an event: then only a later fetch by cursor brings it.
            assert!(held(by_cursor) == 10 && held(by_id) >= 9, "{} {}", held(by_cursor), held(by_id));
            assert!(held(once) < 10, "{}", held(once));
        });
    }
}
