//! Types of event over real HTTP: each client gets what it asks for and nothing else, and anybody may choose.

use crate::api::{ask, visiting_of};
use crate::both;
use crate::machine::{in_one_of_three_runs, must_hold};
use crate::options;

const KINDS: [&str; 7] = [
    "kind = \"poll\"\ninterval = \"200ms\"",
    "kind = \"long-poll\"\nhold = \"1s\"",
    "kind = \"sse\"",
    "kind = \"webhook\"\nreconcile = \"500ms\"\nendpoint = { failure_rate = 0.3 }",
    "kind = \"webhook\"\nbatch = { wait = \"100ms\" }\nsecurity = { scheme = \"signature\" }",
    "kind = \"webhook\"\nthin = true",
    "kind = \"webhook\"\nthin = true\ncoalesce = false",
];

#[test]
fn each_kind_gets_what_it_asks_for_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let client = |(number, kind): (usize, &&str)| {
            format!("[[client]]\nname = \"{number}\"\n{kind}\ntypes = [\"comment\", \"orders/create\"]\n")
        };
        let clients: String = KINDS.iter().enumerate().map(client).collect();
        let both = both(&format!(
            "duration = \"2s\"\nseed = 3\n[network]\ndelay = \"5ms\"\n[events]\nresources = 2\n\
             types = {{ like = 3, comment = 1, \"orders/create\" = 1 }}\n\
             arrivals = {{ process = \"poisson\", rate = \"40/s\" }}\n{clients}"
        ));
        for (live, simulated) in both.live.records.iter().zip(&both.simulated) {
            let held = |record: &pollhook::measure::Record| {
                record.receipts.iter().filter(|receipt| receipt.by.is_some()).count()
            };
            must_hold(|| {
                // Of about 80 events two in five.
                assert!((15..=50).contains(&live.receipts.len()), "{}", live.receipts.len());
                assert_eq!((held(live), live.receipts.len()), (held(simulated), simulated.receipts.len()));
            });
        }
        let opened = |record: &pollhook::measure::Record| record.requests.bytes_to_source;
        must_hold(|| {
            assert_eq!(opened(&both.live.records[2]), opened(&both.simulated[2]), "what opens a stream");
        });
    });
}

#[test]
fn anybody_may_ask_for_some_types() {
    let scenario = "duration = \"20s\"\nseed = 3\n[events]\ntypes = { like = 1, comment = 1 }\n\
        arrivals = { process = \"constant\", rate = \"50/s\" }\n[[client]]\nkind = \"poll\"\ninterval = \"1s\"\n";
    let run = visiting_of(scenario, options(), |source| {
        std::thread::sleep(std::time::Duration::from_millis(800));
        let ids = |types: &str| -> Vec<String> {
            let (status, page) = ask(source, &format!("GET /events?{types}after=evt_0000000000&limit=100"));
            assert_eq!(status, 200, "{page}");
            let (_, events) = page.split_once("\r\n\r\n").unwrap();
            events.split("evt_").skip(1).map(|rest| rest[..10].to_owned()).collect()
        };
        let (all, likes, comments) = (ids(""), ids("types=like&"), ids("types=comment&"));
        let both = ids("types=comment,like&");
        assert!(likes.len() > 5 && comments.len() > 5 && both.len() >= all.len(), "{likes:?} {comments:?}");
        let mut merged: Vec<&String> = likes.iter().chain(&comments).collect();
        merged.sort();
        assert!(merged.iter().zip(&all).all(|(one, other)| *one == other), "{merged:?} {all:?}");
        // The cursor is an id of the whole stream, whatever types are asked for.
        let (_, rest) = ask(source, &format!("GET /events?types=like&after=evt_{}", comments[1]));
        let first = likes.iter().find(|id| **id > comments[1]).unwrap();
        assert!(rest.contains(&format!("evt_{first}")), "{rest}");
        let (status, refused) = ask(source, "GET /events?types=lyke");
        assert!(status == 400 && refused.contains("no such type"), "{refused}");
        let register = "POST /subscriptions\n\n{\"url\":\"http://localhost:9/\",\"types\":[\"like\"]}";
        let (status, registered) = ask(source, register);
        assert!(status == 201 && registered.contains("\"types\":[\"like\"]"), "{registered}");
    });
    run.unwrap();
}
