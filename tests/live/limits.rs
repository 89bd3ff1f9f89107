//! What the machine allows: descriptors, and a stop that comes at any time.

use crate::{TURN, load, options};
use pollhook::live;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

/// Runs the program on a scenario under a limit of open descriptors (`ulimit` options); returns its exit status, what
/// it printed and what it complained of.
#[cfg(unix)]
fn under(limit: &str, scenario: &str) -> (Option<i32>, String, String) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.toml");
    std::fs::write(&file, scenario).unwrap();
    let program = env!("CARGO_BIN_EXE_pollhook");
    let line =
        format!("ulimit {limit} && exec '{program}' run it.toml --live --no-charts --quiet --format json");
    let run = std::process::Command::new("sh").args(["-c", &line]).current_dir(&folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (run.status.code(), text(run.stdout), text(run.stderr))
}

#[cfg(unix)]
const MANY_LOOPS: &str = "duration = \"3s\"\ndrain = \"1s\"\nseed = 3\n[events]\nresources = 300\n\
    arrivals = { process = \"constant\", rate = \"20/s\" }\n\
    [network]\ndelay = \"900ms\"\n[[client]]\nkind = \"poll\"\ninterval = \"2s\"\n";

#[test]
#[cfg(unix)]
fn a_low_soft_limit_is_raised_and_no_poll_is_refused() {
    let (status, summary, complaints) = under("-Sn 256", MANY_LOOPS);
    assert_eq!(status, Some(0), "{complaints}");
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let requests = &summary["clients"][0]["requests"];
    assert!(requests["total"].as_u64() > Some(400), "{requests}");
    assert_eq!(requests["by_status"].get("refused"), None, "{requests}");
}

#[test]
#[cfg(unix)]
fn a_limit_that_is_too_low_is_refused_before_the_run() {
    let (status, _, complaints) = under("-n 256", MANY_LOOPS);
    assert_eq!(status, Some(1), "{complaints}");
    assert!(complaints.contains("the system allows 256") && complaints.contains("ulimit -n"), "{complaints}");
}

/// Deliveries without an answer take one connection after another.
#[test]
#[cfg(unix)]
fn a_run_that_has_no_sockets_left_ends_with_an_error() {
    let hangs = "duration = \"6s\"\ndrain = \"1s\"\nseed = 3\n[events]\narrivals = { process = \"constant\", rate = \"400/s\" }\n\
        [[client]]\nname = \"it\"\nkind = \"webhook\"\ndeadline = \"6s\"\n\
        [[outage]]\nclient = \"it\"\nfrom = \"0s\"\nfor = \"6s\"\nmode = \"hang\"\n";
    let (status, _, complaints) = under("-n 400", hangs);
    assert_eq!(status, Some(1), "{complaints}");
    assert!(complaints.contains("no more sockets") && complaints.contains("ulimit -n"), "{complaints}");
}

/// A program may have one flag for all its runs: Ctrl-C in the last moments of one must reach the next.
#[test]
fn the_callers_stop_flag_is_only_read() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let scenario = load(
        "duration = \"300ms\"\n[events]\narrivals = { process = \"constant\", rate = \"20/s\" }\n\
         [[client]]\nkind = \"poll\"\ncount = 200\ninterval = \"300ms\"\n",
    );
    let randomness = Randomness::new(3, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let options = options();
    let (over, was_raised) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                was_raised.fetch_or(options.stop.load(Ordering::Relaxed), Ordering::Relaxed);
                std::hint::spin_loop();
            }
        });
        let run = live::run(&scenario, &events, randomness, &options, |_| (), |_| ()).unwrap();
        over.store(true, Ordering::Relaxed);
        assert_eq!(run.stopped, None);
    });
    assert!(!was_raised.load(Ordering::Relaxed), "the run raised the flag of its caller");
}
