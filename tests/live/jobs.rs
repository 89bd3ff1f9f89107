//! Polling until done, live as in virtual time.

use crate::both;
use crate::machine::{in_one_of_three_runs, must_hold};
use pollhook::measure::{Record, Status};

/// Jobs of 400 ms on average that end five times a second, in JSON and in XML: asked for at the same times, with the same
/// answers and bytes, at an interval that stays or grows.
#[test]
fn jobs_are_asked_for_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        for format in ["json", "xml"] {
            let both = both(&format!(
                "duration = \"6s\"\nseed = 3\n[events]\npayload = {{ format = \"{format}\" }}\n\
                 arrivals = {{ process = \"poisson\", rate = \"5/s\" }}\n\
                 job = {{ distribution = \"exponential\", mean = \"400ms\" }}\n\
                 [network]\ndelay = \"5ms\"\n[source]\ncommit_delay = \"20ms\"\n\
                 [[client]]\nname = \"fixed\"\nkind = \"poll\"\ninterval = \"150ms\"\n\
                 [[client]]\nname = \"growing\"\nkind = \"poll\"\ninterval = \"60ms\"\ncount = 2\n\
                 backoff = {{ factor = 2, max = \"1s\" }}\n\
                 [[client]]\nname = \"callback\"\nkind = \"webhook\"\n"
            ));
            for (live, simulated) in both.live.records.iter().zip(&both.simulated) {
                must_hold(|| {
                    assert!(live.receipts.iter().all(|receipt| receipt.by.is_some()), "every job is found");
                    assert_eq!(live.sent, live.ended);
                    let fine: Vec<Status> = live.requests.by_status().into_keys().collect();
                    assert_eq!(fine, [Status::Http(200)]);
                });
                // A poll that is a moment late may find an end that it had to miss.
                let difference = live.requests.total().abs_diff(simulated.requests.total());
                assert!(difference <= 2, "{difference} requests more or fewer");
                let bytes_a_request =
                    |record: &Record| record.requests.bytes_to_source as f64 / record.requests.total() as f64;
                assert!((bytes_a_request(live) - bytes_a_request(simulated)).abs() < 1e-9);
                if difference == 0 {
                    assert_eq!(live.requests.bytes_to_client, simulated.requests.bytes_to_client);
                }
            }
        }
    });
}
