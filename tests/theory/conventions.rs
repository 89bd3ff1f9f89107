//! The conventions that a report states: how long an exchange takes and its outcome, to the nanosecond.

use crate::{only, records, text};
use pollhook::measure::{Outcome, Status, Traced};

/// How long each kept request took in seconds, with its outcome.
fn took_s(text: &str) -> Vec<(Outcome, f64)> {
    let (_, replication) = records(text);
    let took = |traced: &Traced| (traced.outcome, (traced.ended - traced.sent).as_secs_f64());
    replication.records[0].trace.iter().map(took).collect()
}

fn of(all: &[(Outcome, f64)], outcome: Outcome) -> Vec<f64> {
    all.iter().filter(|&&(each, _)| each == outcome).map(|&(_, took_s)| took_s).collect()
}

fn all_took(what: &str, all: &[f64], seconds: f64) {
    assert!(all.len() > 5, "{what}: {} are too few", all.len());
    assert!(all.iter().all(|&took| took == seconds), "{what}: {seconds} s, but {all:?}");
}

const POLL: &str = "[[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"10s\"\nphase = \"0s\"\n";
const HOOK: &str = "[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = [\"5s\"]\n";

#[test]
fn an_answer_at_the_deadline_counts_and_a_later_one_does_not() {
    for (kind, key) in [(POLL, "timeout"), (HOOK, "deadline")] {
        let with = |limit: &str| {
            only(&text("1000s", "1/s", "delay = \"50ms\"", &format!("{kind}{key} = \"{limit}\"\n"))).requests
        };
        let (in_time, late) = (with("100ms"), with("99999999ns"));
        assert_eq!(in_time.failed, 0, "{key}");
        assert_eq!((late.failed, late.by_status["timeout"]), (late.total, late.total), "{key}");
    }
}

#[test]
fn a_refused_connection_takes_a_round_trip_and_no_bytes() {
    for (client, party) in [(POLL, "party = \"source\""), (HOOK, "client = \"it\"")] {
        let text = text("1000s", "1/s", "to_source = \"300ms\"\nto_client = \"500ms\"", client);
        let down = format!("[[outage]]\n{party}\nfrom = \"0s\"\nfor = \"1000s\"\nmode = \"refuse\"\n");
        let text = format!("{text}{down}");
        all_took(party, &of(&took_s(&text), Outcome::Failed), 0.8);
        let (_, replication) = records(&text);
        let requests = &replication.records[0].requests;
        assert_eq!(requests.by_status().get(&Status::Refused), Some(&requests.total()), "{party}");
        assert_eq!((requests.bytes_to_source, requests.bytes_to_client), (0, 0), "{party}");
    }
}

/// A failure takes neither service time nor capacity.
#[test]
fn a_failure_of_the_source_is_immediate() {
    let network = "delay = \"50ms\"\n[source]\nservice_time = \"2s\"\nfailure_rate = 0.5";
    let took = took_s(&text("1000s", "1/s", network, POLL));
    all_took("failed", &of(&took, Outcome::Failed), 0.1);
    all_took("answered", &of(&took, Outcome::Useful), 2.1);
}

/// A handler that fails has done its work; a recognised duplicate costs no work.
#[test]
fn a_failure_of_the_endpoint_costs_its_work_and_a_duplicate_none() {
    let endpoint = |keys: &str| format!("{HOOK}endpoint = {{ service_time = \"2s\", {keys} }}\n");
    let took = took_s(&text("1000s", "1/s", "delay = \"50ms\"", &endpoint("failure_rate = 0.5")));
    all_took("failed", &of(&took, Outcome::Failed), 2.1);
    for (dedupe, seconds) in [("dedupe = true", 0.1), ("dedupe = false", 2.1)] {
        let network = "delay = \"50ms\"\nloss_to_source = 0.3";
        let took = took_s(&text("1000s", "1/s", network, &endpoint(dedupe)));
        all_took(dedupe, &of(&took, Outcome::Empty), seconds);
    }
}

/// Neither poller asks during its outage. A fixed-rate poller goes on at its next tick, a fixed-delay poller as soon as it
/// is up.
#[test]
fn a_client_that_is_down_asks_nothing_and_then_keeps_its_pacing() {
    for (pacing, first_s) in [("fixed-rate", 510.0), ("fixed-delay", 505.0)] {
        let client = format!("{POLL}pacing = \"{pacing}\"\n");
        let down = "[[outage]]\nclient = \"it\"\nfrom = \"101s\"\nfor = \"404s\"\nmode = \"hang\"\n";
        let (_, replication) = records(&format!("{}{down}", text("1000s", "1/s", "delay = \"0s\"", &client)));
        let sent = replication.records[0].trace.iter().map(|traced| traced.sent.as_secs_f64());
        let next = sent.filter(|&sent| sent > 101.0).fold(f64::MAX, f64::min);
        assert_eq!(next, first_s, "{pacing}");
    }
}

/// A round trip for each request, and one for TLS; the work of the source; and the way of the first event.
#[test]
fn setting_up_takes_its_round_trips() {
    let network = "to_source = \"300ms\"\nto_client = \"500ms\"\n[source]\nservice_time = \"70ms\"";
    let set_up = |kind: &str| only(&text("1000s", "1/s", network, kind)).setup;
    let hook = |keys: &str| set_up(&format!("[[client]]\nkind = \"webhook\"\ncount = 2\n{keys}\n"));
    let https = "security = { scheme = \"basic\", https = true }";
    let both = format!("handshake = \"challenge-get\"\n{https}");
    for (setup, requests, round_trips, after_s) in [
        (set_up(POLL), 0, 0, 0.87),
        (set_up("[[client]]\nkind = \"sse\"\n"), 1, 1, 0.87),
        (hook(""), 2, 2, 0.87),
        (hook("handshake = \"ping\""), 4, 4, 1.67),
        (hook(https), 2, 4, 1.67),
        (hook(&both), 4, 6, 2.47),
    ] {
        let counted = (setup.requests, setup.round_trips);
        assert_eq!((counted, setup.first_event_after_s), ((requests, round_trips), after_s), "{setup:?}");
        assert_eq!(setup.bytes > 0, requests > 0, "{setup:?}");
    }
}
