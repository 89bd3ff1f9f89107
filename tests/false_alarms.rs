//! Random scenarios with a closed form. The checks of each report compare the run with the form, and none may fail: a
//! failure here shows a bug in the model, in a form or in its conditions. So a reader can trust a FAILS in a report.

mod dice;

use dice::Dice;
use pollhook::scenario;
use pollhook::sim::RunOptions;
use pollhook::study::{self, Check, Results, Verdict};
use rayon::prelude::*;
use std::fmt::Write as _;

#[test]
fn a_hundred_and_fifty_scenarios_raise_no_false_alarm() {
    campaign(1, 150, Dice::scenario);
}

/// Cursors of time, and sources that show events out of order: what a poll passes over.
#[test]
fn sixty_pollers_with_other_cursors_raise_no_false_alarm() {
    campaign(1, 60, Dice::cursors);
}

#[test]
#[ignore = "a thousand simulated scenarios take a minute: `cargo test --release -- --ignored`"]
fn campaign_of_a_thousand_scenarios_raises_no_false_alarm() {
    campaign(1_000_000, 1000, Dice::scenario);
    campaign(1_000_000, 1000, Dice::cursors);
}

/// Runs scenarios from that seed on, a batch at a time, until so many have had a check that could fail.
fn campaign(first: u64, wanted: usize, draw: fn(Dice) -> String) {
    const BATCH: u64 = 50;
    let mut all: Vec<Checked> = Vec::new();
    let decisive = |all: &[Checked]| all.iter().filter(|each| matches!(each, Checked::Agrees)).count();
    while decisive(&all) < wanted {
        let from = first + all.len() as u64;
        all.par_extend((from..from + BATCH).into_par_iter().map(|seed| checked(seed, draw)));
        assert!(all.len() < 20 * wanted, "only {} scenarios have a closed form", decisive(&all));
    }
    let drawn = all.len();
    let refused = all.iter().filter(|each| matches!(each, Checked::Refused)).count();
    assert!(refused < drawn / 2, "{refused} of {drawn} scenarios are refused");
    let alarms: Vec<&str> = all.iter().filter_map(Checked::alarm).collect();
    assert!(alarms.is_empty(), "{} of {drawn}:\n\n{}", alarms.len(), alarms.join("\n\n"));
}

/// What the checks say of one scenario.
enum Checked {
    /// The combination of keys is refused.
    Refused,
    /// No check could have failed.
    Undecided,
    Agrees,
    /// The failed checks, with the scenario.
    Alarm(String),
}

impl Checked {
    fn alarm(&self) -> Option<&str> {
        match self {
            Self::Alarm(text) => Some(text),
            Self::Refused | Self::Undecided | Self::Agrees => None,
        }
    }
}

fn checked(seed: u64, draw: fn(Dice) -> String) -> Checked {
    let text = draw(Dice(seed));
    let Ok(scenario) = scenario::load("random", &text, &[]) else { return Checked::Refused };
    let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("it is not stopped");
    let failed = alarms_of(&results);
    if !failed.is_empty() {
        return Checked::Alarm(format!("seed {seed}: {}\n{text}", failed.join("\n")));
    }
    if results.checks.iter().any(could_fail) { Checked::Agrees } else { Checked::Undecided }
}

/// Whether a closed form could have been contradicted.
fn could_fail(check: &Check) -> bool {
    check.verdict == Verdict::Agrees && check.text.contains("theory")
}

/// Contradictions to the closed forms.
fn alarms_of(results: &Results) -> Vec<String> {
    let checks = results.checks.iter().filter(|check| check.verdict == Verdict::Differs);
    checks.map(|check| check.text.clone()).collect()
}

impl Dice {
    fn scenario(mut self) -> String {
        let mut text = String::new();
        let rate = self.between(0.001, 20.0);
        let replications = self.pick(&[1, 1, 3, 20, 100]);
        let events = self.between(20.0, 40_000.0) / f64::from(replications);
        let duration = (events / rate).max(1.0).ceil();
        let seed = self.next() % 1_000_000;
        let _ = writeln!(text, "duration = \"{duration}s\"\nseed = {seed}\nreplications = {replications}");
        if self.one_in(4) {
            let _ = writeln!(text, "warmup = \"{}ms\"", (duration * self.unit() * 500.0).round());
        }
        if self.one_in(8) {
            let _ = writeln!(text, "drain = {}", self.time(1.0, 1e5));
        }
        self.events(&mut text, rate);
        self.source(&mut text);
        for client in 0..self.whole(1, 3) {
            let _ = writeln!(text, "[[client]]\nname = \"c{client}\"");
            if self.one_in(3) {
                let _ = writeln!(text, "count = {}", self.whole(2, 6));
            }
            match self.whole(0, 5) {
                0 | 1 => self.poll(&mut text, rate, duration),
                2 | 3 => self.webhook(&mut text, rate),
                4 => self.long_poll(&mut text, rate),
                _ => self.stream(&mut text, rate),
            }
            self.network(&mut text);
        }
        if self.one_in(4) {
            self.outage(&mut text, duration);
        }
        text
    }

    /// One poller of Poisson events, with a page that is large enough.
    fn cursors(mut self) -> String {
        let mut text = String::new();
        let (rate, interval_s) = (self.between(0.2, 5.0), self.between(2.0, 60.0).ceil());
        let replications = self.pick(&[1, 1, 3, 20, 40]);
        let events = self.between(2_000.0, 60_000.0) / f64::from(replications);
        let duration = (events / rate).max(30.0 * interval_s).ceil();
        let seed = self.next() % 1_000_000;
        let _ = writeln!(text, "duration = \"{duration}s\"\nseed = {seed}\nreplications = {replications}");
        let _ = writeln!(text, "[events]\narrivals = {{ process = \"poisson\", rate = \"{rate:.6}/s\" }}");
        if self.one_in(4) {
            let _ = writeln!(text, "resources = {}", self.whole(2, 5));
        }
        text.push_str("[source]\npage_size = 10000\n");
        if self.one_in(2) {
            let mean_s = self.between(0.002, 0.06) * interval_s;
            let _ = writeln!(text, "commit_delay = {}", self.delay(mean_s));
        }
        let _ = writeln!(text, "[[client]]\nkind = \"poll\"\ninterval = \"{interval_s}s\"");
        if self.one_in(3) {
            let _ = writeln!(text, "count = {}", self.whole(2, 6));
        }
        let cursor = self.pick(&["id", "time", "time", "time-inclusive", "time-overlap"]);
        let _ = writeln!(text, "cursor = \"{cursor}\"");
        if cursor != "id" && self.one_in(2) {
            let _ = writeln!(text, "time_resolution = {}", self.time(0.001, 3.0));
        }
        if cursor == "time-overlap" {
            let _ = writeln!(text, "overlap = {}", self.time(0.5, 90.0));
        }
        if !self.one_in(3) {
            let _ = writeln!(text, "jitter = {}", self.pick(&[0.05, 0.2, 0.6]));
        }
        self.network(&mut text);
        text
    }

    fn events(&mut self, text: &mut String, rate: f64) {
        let process = if self.one_in(3) { "constant" } else { "poisson" };
        let _ = writeln!(text, "[events]\narrivals = {{ process = \"{process}\", rate = \"{rate:.6}/s\" }}");
        if self.one_in(4) {
            let _ = writeln!(text, "resources = {}", self.whole(2, 5));
        }
    }

    fn source(&mut self, text: &mut String) {
        text.push_str("[source]\n");
        if self.one_in(3) {
            let mean_s = self.between(0.001, 1.0);
            let _ = writeln!(text, "service_time = {}", self.delay(mean_s));
        }
        if self.one_in(5) {
            let _ = writeln!(text, "capacity = {}", self.whole(1, 8));
        }
        if self.one_in(5) {
            let _ = writeln!(text, "failure_rate = {}", self.chance());
        }
        let _ = writeln!(text, "page_size = {}", self.pick(&[10, 100, 1000, 100_000]));
    }

    fn network(&mut self, text: &mut String) {
        text.push_str("[client.network]\n");
        for way in ["to_source", "to_client"] {
            let mean_s = self.between(0.001, 3.0);
            let _ = writeln!(text, "{way} = {}", self.delay(mean_s));
            if self.one_in(5) {
                let _ = writeln!(text, "loss_{way} = {}", self.chance());
            }
        }
    }

    fn poll(&mut self, text: &mut String, rate: f64, duration: f64) {
        let interval_s = self.between(0.05, 30.0) / rate;
        let interval_s = interval_s.clamp(0.5, (duration / 3.0).max(0.6));
        let interval = if self.one_in(2) {
            let seconds = interval_s.ceil();
            format!("\"{seconds}s\"")
        } else {
            self.delay(interval_s)
        };
        let _ = writeln!(text, "kind = \"poll\"\ninterval = {interval}");
        self.schedule(text, interval_s);
    }

    fn long_poll(&mut self, text: &mut String, rate: f64) {
        let hold_s = self.between(0.1, 10.0) / rate;
        let _ = writeln!(
            text,
            "kind = \"long-poll\"\nhold = \"{:.0}ms\"\ntimeout = \"1d\"",
            hold_s.clamp(0.01, 3600.0) * 1e3
        );
        if self.one_in(3) {
            let _ = writeln!(text, "pause = {}", self.time(0.1, 10.0));
        }
    }

    fn stream(&mut self, text: &mut String, rate: f64) {
        let kind = self.pick(&["sse", "websocket"]);
        let _ = writeln!(text, "kind = \"{kind}\"");
        if self.one_in(3) {
            text.push_str("heartbeat = \"none\"\n");
        } else {
            let when = self.pick(&["idle", "always"]);
            let _ = writeln!(text, "heartbeat = {}\nheartbeat_when = \"{when}\"", self.time(1.0, 60.0));
        }
        if self.one_in(2) {
            // So that it is cut once in a few events.
            let idle_s = self.between(0.3, 3.0) / rate;
            let _ = writeln!(
                text,
                "idle_timeout = \"{}ms\"\nreconnect = {}",
                (idle_s * 1e3).ceil(),
                self.time(0.1, 30.0)
            );
        }
        if self.one_in(2) {
            let _ = writeln!(text, "reconnect_jitter = \"{}\"", self.pick(&["full", "equal"]));
        }
        if self.one_in(3) {
            text.push_str("replay = false\n");
        }
    }

    fn schedule(&mut self, text: &mut String, interval_s: f64) {
        if self.one_in(4) {
            text.push_str("pacing = \"fixed-delay\"\n");
        } else if self.one_in(4) {
            text.push_str("overrun = \"delay\"\n");
        }
        if self.one_in(4) {
            let _ = writeln!(text, "phase = \"{}ms\"", (interval_s * self.unit() * 1000.0).round());
        }
        if self.one_in(4) {
            let kind = self.pick(&["interval", "tick"]);
            let jitter = self.pick(&[0.1, 0.3, 0.5]);
            let _ = writeln!(text, "jitter = {jitter}\njitter_kind = \"{kind}\"");
        }
        if self.one_in(2) {
            let _ = writeln!(text, "timeout = {}", self.time(0.5, 60.0));
        }
    }

    fn webhook(&mut self, text: &mut String, rate: f64) {
        text.push_str("kind = \"webhook\"\n");
        if self.one_in(3) {
            let _ = writeln!(text, "deadline = {}", self.time(1.0, 60.0));
        }
        match self.whole(0, 3) {
            0 => text.push_str("retries = []\n"),
            1 => text.push_str("retries = [\"1s\", \"5s\", \"30s\"]\n"),
            2 => text.push_str("retries = { first = \"2s\", factor = 3.0, max = \"5m\", attempts = 6 }\n"),
            _ => {}
        }
        if self.one_in(4) {
            let _ = writeln!(text, "retry_jitter = \"{}\"", self.pick(&["full", "equal", "decorrelated"]));
        }
        if self.one_in(4) {
            let _ = writeln!(text, "workers = {}", self.pick(&[1, 2, 10, 1000]));
        }
        let mut keys = Vec::new();
        if self.one_in(2) {
            let work_s = self.between(0.01, 2.0) * if self.one_in(2) { 1.0 } else { (0.5 / rate).min(3.0) };
            keys.push(format!("service_time = {}", self.delay(work_s)));
        }
        if self.one_in(4) {
            keys.push(format!("capacity = {}", self.pick(&[1, 3, 50])));
        }
        if self.one_in(4) {
            keys.push(format!("failure_rate = {}", self.chance()));
        }
        if self.one_in(4) {
            keys.push("dedupe = false".to_owned());
        }
        let _ = writeln!(text, "endpoint = {{ {} }}", keys.join(", "));
        if self.one_in(5) {
            let _ = writeln!(text, "reconcile = {}", self.time(10.0, 600.0));
        }
    }

    fn outage(&mut self, text: &mut String, duration: f64) {
        let from = (duration * (0.1 + 0.4 * self.unit()) * 1000.0).round();
        let length = (duration * 0.2 * self.unit() * 1000.0).round() + 1.0;
        let mode = self.pick(&["refuse", "hang", "error"]);
        let _ = writeln!(
            text,
            "[[outage]]\nclient = \"c0\"\nfrom = \"{from}ms\"\nfor = \"{length}ms\"\nmode = \"{mode}\""
        );
    }
}
