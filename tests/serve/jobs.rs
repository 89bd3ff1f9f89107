//! Polling until done, with no more than curl has.

use crate::faults::wait_until;
use crate::{Source, serve};
use serde_json::{Value, json};

/// Jobs of ten minutes that end every six seconds, ten times as fast: those that were started before the source are under way.
fn source(more: &[&str]) -> Source {
    serve(&[&["--speed", "10", "--set", "events.job=10m"][..], more].concat())
}

/// The jobs under way, in the order of their ends. At once after its start a source has none.
fn open(source: &Source) -> Vec<String> {
    let mut list = Value::Null;
    wait_until("jobs", || {
        list = source.json("GET /jobs", 200);
        list["jobs"].as_array().is_some_and(|jobs| jobs.len() > 50)
    });
    let jobs = list["jobs"].as_array().unwrap().iter();
    assert!(jobs.clone().all(|job| job["status"] == "pending" && job["started"].is_string()), "{list}");
    jobs.map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_job_is_pending_until_it_ends_with_its_event() {
    let source = source(&[]);
    let jobs = open(&source);
    assert_eq!(
        source.json(&format!("GET /jobs/{}", jobs.last().unwrap()), 200),
        json!({ "status": "pending" })
    );
    let first = &jobs[0];
    let ended = (0..400).find_map(|_| {
        let answer = source.json(&format!("GET /jobs/{first}"), 200);
        std::thread::sleep(std::time::Duration::from_millis(50));
        (answer["status"] == "ended").then_some(answer)
    });
    let ended = ended.expect("it ends");
    assert_eq!(ended["result"]["id"], json!(first));
    // It is the event that everybody else is told of.
    let before = first.trim_start_matches("evt_").parse::<u32>().unwrap() - 1;
    let page = source.json(&format!("GET /events?after=evt_{before:010}&limit=1"), 200);
    assert_eq!(page["events"][0], ended["result"]);
    assert!(!open(&source).contains(first), "it is under way no more");
    // Its answers have no tag, as those to the clients of a scenario have none: a status is as short as an answer 304.
    let (_, answer) = source.ask(&format!("GET /jobs/{first}"));
    assert!(!answer.contains("etag") && answer.contains("content-type: application/json\r\n"), "{answer}");
}

#[test]
fn what_is_no_job_is_refused() {
    let source = source(&["--set", "events.payload.format=xml"]);
    let last = open(&source).pop().unwrap();
    let (status, answer) = source.ask(&format!("GET /jobs/{last}"));
    assert!(status == 200 && answer.ends_with("\r\n\r\n<job status=\"pending\"/>"), "{answer}");
    for (request, status, says) in [
        // That one starts an hour later.
        ("GET /jobs/evt_0000001000", 404, "GET /jobs lists"),
        ("GET /jobs/evt_4000000000", 404, "GET /jobs lists"),
        ("GET /jobs/evt_0000000000", 404, "GET /jobs lists"),
        ("GET /jobs/7", 404, "GET /jobs lists"),
        ("GET /jobs?limit=3", 400, "it has none"),
        ("GET /jobs/evt_0000000001?wait=3s", 400, "it has none"),
        ("POST /jobs", 405, "allow: GET, HEAD"),
        ("DELETE /jobs/evt_0000000001", 405, "allow: GET, HEAD"),
    ] {
        let (got, answer) = source.ask(request);
        assert!(got == status && answer.contains(says), "{request}: {answer}");
    }
    let none = serve(&[]);
    for request in ["GET /jobs", "GET /jobs/evt_0000000001"] {
        let answer: Value = none.json(request, 404);
        assert!(answer["detail"].as_str().unwrap().contains("--set events.job=1m"), "{request}: {answer}");
    }
}
