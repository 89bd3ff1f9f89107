//! The terminal's summary of a day, and that it fits whatever the run was.

use super::*;
use crate::report::sample;
use crate::study::answer;
use crate::study::summary::{Cpu, ExpectationResult, Latency, Live};
use crate::study::{Check, Verdict};
use proptest::prelude::*;

#[test]
fn a_day_on_one_screen() {
    insta::assert_snapshot!(render(&sample::day(), "reports/day", Style::Plain, COLUMNS), @r#"
        day  24 h  293 events (12.2/h)  seed 42  down 13:00-13:30

         A day with half an hour of downtime: who tells you sooner?
         Webhooks told you sooner: typical event 50 ms against 31.5 s (631x), with 316
         requests against 1 410 (4.5x fewer). But the worst 1 % came later: 35m05s
         against 21m08s, because retries wait longer than the 30 min outage.

         cost and latency      requests   empty     p50     p95     p99     max  B/event
         o poll 60s               1 410  81.5 %  31.5 s  57.5 s  21m08s  27m24s    1 494
         ^ webhook                  316       -   50 ms   50 ms  35m05s  35m05s      563
         * webhook + poll 15m       410  98.9 %   50 ms   50 ms  22m36s  28m51s      943

         known within                          1 s    10 s   1 min  10 min    1 h  never
         o poll 60s                          1.7 %  15.7 %  97.6 %  97.6 %  100 %      0
         ^ webhook                          96.9 %  97.6 %  97.6 %  97.6 %  100 %      0
         * webhook + poll 15m               96.9 %  97.6 %  97.6 %  97.6 %  100 %      0

         check  poll 60s: mean 56.3 s, theory 49.4 s ± 52.7 s     too few events to tell
         check  webhook: mean 50.4 s, theory 38.2 s ± 88.9 s      too few events to tell
         check  poll 60s: empty 81.5 %, theory 81.8 % ± 4.2 %                         ok
         check  3 more checks, in the report                                          ok
         report reports/day/index.html
         next   --replications 30: does it hold for other seeds?
        "#);
}

#[test]
fn a_failed_expectation_stands_on_the_second_line() {
    let mut results = sample::day();
    let failed = sample::expectation("webhook", "latency_s.p99", "below", false, 2105.25, 1.0);
    results.summary.expectations.push(failed);
    results.checks[1].verdict = Verdict::Differs;
    results.summary.clients[1].events.lost = 3;
    insta::assert_snapshot!(render(&results, "reports/day/", Style::Plain, COLUMNS), @r#"
        day  24 h  293 events (12.2/h)  seed 42  down 13:00-13:30
         FAILS webhook latency_s.p99 35m05s, expected below 1 s

         A day with half an hour of downtime: who tells you sooner?
         Webhooks told you sooner: typical event 50 ms against 31.5 s (631x), with 316
         requests against 1 410 (4.5x fewer). But the worst 1 % came later: 35m05s
         against 21m08s, because retries wait longer than the 30 min outage.

         cost and latency      requests   empty     p50     p95     p99     max  B/event
         o poll 60s               1 410  81.5 %  31.5 s  57.5 s  21m08s  27m24s    1 494
         ^ webhook                  316       -   50 ms   50 ms  35m05s  35m05s      563
         * webhook + poll 15m       410  98.9 %   50 ms   50 ms  22m36s  28m51s      943

         known within                          1 s    10 s   1 min  10 min    1 h  never
         o poll 60s                          1.7 %  15.7 %  97.6 %  97.6 %  100 %      0
         ^ webhook                          96.9 %  97.6 %  97.6 %  97.6 %  100 %      3
         * webhook + poll 15m               96.9 %  97.6 %  97.6 %  97.6 %  100 %      0

         check  webhook: mean 50.4 s, theory 38.2 s ± 88.9 s                       FAILS
         check  poll 60s: mean 56.3 s, theory 49.4 s ± 52.7 s     too few events to tell
         check  poll 60s: empty 81.5 %, theory 81.8 % ± 4.2 %                         ok
         check  3 more checks, in the report                                          ok
         report reports/day/index.html
         next   --set 'client.webhook.reconcile=15m': does reconciling find the lost?
        "#);
}

#[test]
fn many_clients_are_folded_and_a_live_run_tells_its_lateness() {
    let mut results = sample::day();
    for number in 0..7 {
        results.scenario.clients.push(results.scenario.clients[number % 3].clone());
        let name = format!("contender {number} of those that follow the first three");
        results.summary.clients.push(sample::client(&name, "webhook", [0.0004, 86_400.0, 1e7], u64::MAX / 7));
    }
    let lateness_s = Latency { p99: Some(0.003), max: Some(0.012), ..Latency::default() };
    let cpu_s = Some(Cpu { source: 1.0, client: 1.0 });
    results.summary.live =
        Some(Live { speed: 1440.0, lateness_s, cpu_s, foreign_requests: 0, ..Live::default() });
    results.summary.engine = Engine::Live;
    insta::assert_snapshot!(render(&results, "reports/day", Style::Plain, COLUMNS), @r#"
        day  24 h  293 events (12.2/h)  seed 42  live  down 13:00-13:30

         A day with half an hour of downtime: who tells you sooner?
         Webhooks told you sooner: typical event 50 ms against 31.5 s (631x), with 316
         requests against 1 410 (4.5x fewer). But the worst 1 % came later: 35m05s
         against 21m08s, because retries wait longer than the 30 min outage.

         cost and latency              requests   empty     p50     p99     max  B/event
         o poll 60s                       1 410  81.5 %  31.5 s  21m08s  27m24s    1 494
         ^ webhook                          316       -   50 ms  35m05s  35m05s      563
         + contender 0 of those that…   2.64e18       -  400 µs     1 d   116 d      618
         x contender 1 of those that…   2.64e18       -  400 µs     1 d   116 d      618

         known within                          1 s    10 s   1 min  10 min    1 h  never
         o poll 60s                          1.7 %  15.7 %  97.6 %  97.6 %  100 %      0
         ^ webhook                          96.9 %  97.6 %  97.6 %  97.6 %  100 %      0
         + contender 0 of those that foll…  10.0 %  20.0 %  97.4 %  98.0 %  100 %      0
         x contender 1 of those that foll…  10.0 %  20.0 %  97.4 %  98.0 %  100 %      0
         and 6 more in the report

         check  2 of 6 checks, in the report                      too few events to tell
         live   the engine was late by 3 ms at p99, 12 ms at most; speed 1 440x
         report reports/day/index.html
         next   without --live: the same in virtual time, to hold beside this
        "#);
}

#[test]
fn a_narrow_terminal_folds_the_tables() {
    insta::assert_snapshot!(render(&sample::day(), "reports/day", Style::Plain, 50), @r#"
        day  24 h  293 events (12.2/h)  seed 42
          down 13:00-13:30

         A day with half an hour of downtime: who tells
         you sooner?
         Webhooks told you sooner: typical event 50 ms
         against 31.5 s (631x), with 316 requests against
         1 410 (4.5x fewer). But the worst 1 % came
         later: 35m05s against 21m08s, because retries
         wait longer than the 30 min outage.

         cost and latency    requests  polls empty     p50
         o poll 60s             1 410       81.5 %  31.5 s
         ^ webhook                316            -   50 ms
         * webhook + poll …       410       98.9 %   50 ms
                              p95     p99     max  B/event
         o poll 60s        57.5 s  21m08s  27m24s    1 494
         ^ webhook          50 ms  35m05s  35m05s      563
         * webhook + pol…   50 ms  22m36s  28m51s      943

         known within          1 s    10 s   1 min  10 min
         o poll 60s          1.7 %  15.7 %  97.6 %  97.6 %
         ^ webhook          96.9 %  97.6 %  97.6 %  97.6 %
         * webhook + poll…  96.9 %  97.6 %  97.6 %  97.6 %
                                                1 h  never
         o poll 60s                           100 %      0
         ^ webhook                            100 %      0
         * webhook + poll 15m                 100 %      0

         check  poll 60s: mean 56.… too few events to tell
         check  webhook: mean 50.4… too few events to tell
         check  poll 60s: empty 81.5 %, theory 81.…     ok
         check  3 more checks, in the report            ok
         report reports/day/index.html
         next   --replications 30: does it hold for other seeds?
        "#);
}

#[test]
fn replications_are_told_for_one_run() {
    let mut results = sample::day();
    results.summary.replications = 30;
    results.summary.events.occurred = 30 * 293;
    for client in &mut results.summary.clients {
        client.requests.total *= 30;
        client.events.lost = 7;
    }
    let text = render(&results, "reports/day", Style::Plain, COLUMNS).replace('\u{202f}', " ");
    for part in ["293 events", "30 replications", "for one run", "1 410", " 316 ", "0.233"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

/// Without a reason nobody knows what to do about it.
#[test]
fn what_is_undecided_says_why() {
    let head = |holds: &[(Option<bool>, &str)]| {
        let mut results = sample::day();
        results.summary.expectations = holds
            .iter()
            .map(|&(holds, because)| ExpectationResult {
                holds,
                undecided_because: holds.is_none().then(|| because.to_owned()),
                ..sample::expectation("webhook", "latency_s.p99", "below", true, 0.5, 1.0)
            })
            .collect();
        let lines = failures(&results.summary.expectations, 80);
        lines.iter().map(|line| line.render(false, 80)).collect::<Vec<_>>().join("\n")
    };
    let late = "late by up to 2 s, and 0.5 s from the limit";
    insta::assert_snapshot!(head(&[(None, late)]), @r"
    undecided: webhook latency_s.p99 below 1 s: late by up to 2 s, and 0.5 s from
               the limit
    ");
    insta::assert_snapshot!(head(&[(None, "no event occurred"), (None, "no event occurred")]), @" undecided: all 2 expectations: no event occurred");
    let some = [(None, late), (Some(true), ""), (Some(false), ""), (None, "no event occurred"), (None, late)];
    insta::assert_snapshot!(head(&some), @r"
    FAILS webhook latency_s.p99 0.5 s, expected below 1 s
    undecided: 3 expectations, such as webhook latency_s.p99 below 1 s: late by up
               to 2 s, and 0.5 s from the limit
    ");
}

/// What the sentence says of two clients stands in the table beneath it, in the same words, whatever figure that is.
#[test]
fn the_figures_of_each_shipped_sentence_stand_in_the_tables() {
    for (name, results) in sample::shipped() {
        for columns in [COLUMNS, 50] {
            // The head has the number of events.
            let lines = [header(&results, columns), tables(&results, 5, columns)].concat();
            let tables: String = lines.iter().map(|line| line.render(false, columns) + "\n").collect();
            let answer = answer::answer(&results.summary, &results.scenario, &results.replications);
            for number in sample::numbers(&answer.sentence) {
                let told = sample::tells(&tables, &number);
                assert!(told, "{name}: {number:?} of\n{}\n{tables}", answer.sentence);
            }
        }
    }
}

/// Two clients whose names are cut to the same letters cannot be told apart.
#[test]
fn no_name_of_a_shipped_scenario_is_cut_in_the_tables() {
    for (name, results) in sample::shipped() {
        for line in tables(&results, ROWS, COLUMNS) {
            let line = line.render(false, COLUMNS);
            assert!(!line.contains('…'), "{name}: {line}");
        }
    }
}

#[test]
fn a_live_run_in_which_nothing_fell_due_says_so() {
    let mut results = sample::day();
    let lateness_s = Latency::default();
    results.summary.live =
        Some(Live { speed: 1.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
    let text = render(&results, "reports/day", Style::Plain, COLUMNS);
    assert!(text.contains("nothing fell due") && !text.contains("late by ;"), "{text}");
}

#[test]
fn colours_change_nothing_but_colour() {
    let results = sample::day();
    let coloured = render(&results, "reports/day", Style::Colour, COLUMNS);
    assert!(coloured.contains("\u{1b}[94m o poll 60s"), "{coloured:?}");
    let stripped = anstream::adapter::strip_str(&coloured).to_string();
    assert_eq!(stripped, render(&results, "reports/day", Style::Plain, COLUMNS));
}

#[test]
fn quiet_is_the_sentence_alone() {
    let results = sample::day();
    assert_eq!(quiet(&results), format!("{}\n", results.summary.answer));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_fits_24_lines_of_80_columns_but_for_the_question_and_its_clients(
        names in prop::collection::vec("\\PC{0,60}|[a-z\\x00-\\x1f 網🦀é]{0,90}", 1..13),
        numbers in prop::collection::vec(any::<u64>(), 13),
        seconds in prop::collection::vec(prop_oneof![0.0..1e-3, 0.0..1e6, Just(1e18), Just(f64::NAN)], 13),
        answer in "[a-z 網]{0,900}|[a-z]{100,200}",
        (failures, checks) in (0_usize..9, 0_usize..12),
        live in any::<bool>(),
        folder in "[a-z/]{0,120}",
        columns in prop_oneof![Just(COLUMNS), 20..100_usize],
    ) {
        let mut results = sample::day();
        results.scenario.name = names[0].clone();
        let alike = results.scenario.clients.clone();
        results.scenario.clients = names.iter().enumerate().map(|(number, name)| {
            let mut client = alike[number % 3].clone();
            client.name = name.clone();
            client
        }).collect();
        results.summary.answer = answer;
        results.summary.clients = names.iter().zip(&numbers).zip(&seconds).map(|((name, &number), &seconds)| {
            let mut client = sample::client(name, "webhook", [seconds; 3], number / 5);
            client.events.lost = number / 2;
            client.stable = number % 3 > 0;
            client
        }).collect();
        results.summary.seed = numbers[0];
        results.summary.events.occurred = numbers[1];
        results.summary.expectations = vec![sample::expectation(&names[0], "latency_s.p99", "below", false, seconds[0], 1e18); failures];
        results.checks = vec![Check { text: names.concat(), verdict: if live { Verdict::Agrees } else { Verdict::Differs } }; checks];
        if live {
            let cpu_s = Some(Cpu { source: 1.0, client: 1.0 });
            results.summary.live = Some(Live { speed: 1e9, lateness_s: Latency::default(), cpu_s, foreign_requests: 0, ..Live::default() });
        }
        let text = render(&results, &folder, Style::Plain, columns);
        let (lines, columns) = (text.lines().count(), columns.clamp(LEAST_COLUMNS, COLUMNS));
        // The question is never left out, nor a client that the sentence speaks of, which has a row in both tables.
        let named = answer::named_clients(&results.summary, &results.scenario).len();
        let most = LINES + question(&results, columns).len() + 2 * named.saturating_sub(1);
        prop_assert!(lines <= most || columns < COLUMNS, "{lines} of {most} lines:\n{text}");
        // The report's path and an option to type are never cut.
        for line in text.lines().filter(|line| !line.starts_with(" report ") && !line.starts_with(" next   --")) {
            prop_assert!(width(line) <= columns, "{} columns: {line}", width(line));
        }
    }
}
