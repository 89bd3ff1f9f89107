//! Events that are sent together: the same batches live as in virtual time.

use crate::both;
use crate::machine::{in_one_of_three_runs, must_hold};
use pollhook::measure::Record;

/// Windows, ticks and pauses, none of which ends within 13 ms of an event; in JSON and XML, signed and not. Every third
/// handler fails, and what failed is sent again as a whole.
#[test]
fn batches_are_live_as_in_virtual_time() {
    for format in ["json", "xml"] {
        in_one_of_three_runs(|| {
            let client = |keys: &str| {
                format!(
                    "[[client]]\nname = '{keys}'\nkind = \"webhook\"\nretries = [\"60ms\", \"90ms\"]\n\
                     endpoint = {{ failure_rate = 0.33 }}\nbatch = {{ {keys} }}\n"
                )
            };
            let signed = "security = { scheme = \"signature\" }\n";
            let both = both(&format!(
                "duration = \"2s\"\nseed = 3\n[network]\ndelay = \"2ms\"\n\
                 [events]\npayload = {{ format = \"{format}\" }}\n\
                 arrivals = {{ process = \"constant\", rate = \"20/s\", first = \"37ms\" }}\n{}{}{}{signed}",
                client("wait = \"180ms\""),
                client("kind = \"tick\", wait = \"200ms\""),
                client("kind = \"debounce\", wait = \"80ms\", max = 5"),
            ));
            let events = |record: &Record| -> Vec<(u32, u32, bool, bool)> {
                let receipts = record.receipts.iter();
                receipts.map(|r| (r.attempts, r.receipts, r.follows, r.by.is_some())).collect()
            };
            for (live, simulated) in both.live.records.iter().zip(&both.simulated) {
                must_hold(|| assert_eq!((live.sent, live.pushed), (live.ended, live.landed)));
                assert_eq!(events(live), events(simulated));
                assert_eq!(live.requests.by_status(), simulated.requests.by_status());
                assert!(live.requests.failed > 0 && live.requests.total() < 30, "{:?}", live.requests);
                let bytes =
                    |record: &Record| (record.requests.bytes_to_client, record.requests.bytes_to_source);
                assert_eq!(bytes(live), bytes(simulated), "{format}");
            }
        });
    }
}
