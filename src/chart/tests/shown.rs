//! Which charts there are of a run, and what is drawn in them.

use super::*;

/// A crowd of streams of which some are always away: a band beside the average, and one scale.
#[test]
fn of_many_connections_the_fewest_and_the_most_are_drawn() {
    let crowd = samples::run(
        "streams",
        "duration = \"2h\"\n[events]\narrivals = { process = \"poisson\", rate = \"1/h\" }\n\
         [[client]]\nname = \"cut\"\nkind = \"sse\"\ncount = 1000\nheartbeat = \"none\"\nidle_timeout = \"1m\"\n\
         reconnect = \"30s\"\nreconnect_jitter = \"full\"\n[[client]]\nname = \"kept\"\nkind = \"websocket\"\n\
         count = 800\n",
    );
    let connections = chart(&crowd, "connections");
    let words = connections.subtitle.replace('\u{a0}', " ");
    assert!(
        words.contains(" of 1\u{202f}000 by cut, on average; ") && words.contains("by kept, "),
        "{words}"
    );
    assert!(connections.how_to_read.contains("The band:"), "{}", connections.how_to_read);
    let kept = &crowd.figures.connections.clients[1];
    assert!(kept.most == 800 && kept.bins.iter().skip(1).all(|bin| (bin.least, bin.most) == (800, 800)));
    if let Some(folder) = std::env::var_os("POLLHOOK_CHARTS") {
        let picture = png(&connections.svg(Theme::Light)).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("streams-connections-Light.png"), picture).unwrap();
    }
}

/// The lines of the break-even chart end beside their names, whatever decade their rates end in.
#[test]
fn the_lines_over_event_rates_end_at_the_edge() {
    let axis = axis::Axis::log_amount([2.0, 1_800.0].into_iter()).cut_to(2.0, 1_800.0);
    let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!((axis.from, axis.to), (2.0, 1_800.0));
    assert_eq!(labels, ["10", "100", "1\u{202f}000"]);
}

#[test]
fn a_lone_poller_has_no_break_even() {
    let lone = samples::one_client();
    assert!(charts(&lone.figures, &lone.clients).iter().all(|chart| chart.name != "break-even"));
}

#[test]
fn a_run_without_events_has_no_empty_frames() {
    assert_eq!(names(&samples::nothing()), ["requests"]);
}

/// What is left out would say nothing: in `late-answer` every event is known after one and the same time, and in
/// `events-or-sockets` by both clients, which send one request each; in `billed-checks` no webhook has a line; the clients
/// of `contended-source`, of `herd` and of `fan-out` send alike, and where all events go one way their fates are no news, in
/// `burst` not even with the duplicates that its timeouts cause.
#[test]
fn each_shipped_scenario_shows_the_charts_that_say_something_of_it() {
    const OUTAGE: &str = "lanes story known behind recovery trade-off requests break-even fates";
    const DAY_OF_A_PROVIDER: &str =
        "lanes story known behind recovery trade-off requests break-even set-up fates";
    const NO_FATES_BUT_RETRIED: &str = "lanes story known behind trade-off requests break-even";
    const NO_FATES: &str = "lanes known behind trade-off requests break-even";
    const ONE_COST: &str = "lanes known behind requests";
    let mut faults = Vec::new();
    for one in scenario::shipped() {
        let expected = match one.name {
            "day" | "race" | "closed-laptop" | "outage-retries" | "outage-theatre" | "two-days-down" => {
                OUTAGE
            }
            "reference" => "attacks lanes story known behind recovery trade-off requests break-even fates",
            "burst" => NO_FATES_BUT_RETRIED,
            "lossy-network" => "lanes story known behind trade-off requests break-even fates",
            "late-answer" => "lanes story requests",
            "events-or-sockets" => "lanes bytes",
            "contended-source" | "fan-out" => ONE_COST,
            "herd" => "lanes known requests",
            "in-order" => "lanes story known behind requests fates",
            "retry-jitter" | "retry-storm" => "lanes story known behind recovery trade-off requests fates",
            "attackers" => "attacks lanes requests",
            "set-up" => "lanes known behind trade-off requests break-even set-up",
            "facebook-page-day" | "zalo-oa-day" => DAY_OF_A_PROVIDER,
            "feed" | "one-in-a-thousand" => "lanes known behind trade-off requests break-even fates",
            "until-done" | "billed-checks" => "lanes known behind trade-off requests",
            "too-early" | "too-fast" | "idle-cuts" => "lanes known behind trade-off requests fates",
            _ => NO_FATES,
        };
        // Bytes are drawn where events come on streams, where the question is about them, and where pages with many events
        // are far heavier than empty ones; connections where they do not stay as many.
        let wire = match one.name {
            "race" | "closed-laptop" | "idle-cuts" | "reference" => "requests bytes connections",
            "back-off" | "billed-checks" | "etag" | "open-connection" => "requests bytes",
            _ => "requests",
        };
        let expected = expected.replace("requests", wire);
        let sample = samples::all().iter().find(|sample| sample.name == one.name).unwrap();
        let shown = names(sample).join(" ");
        if shown != expected {
            faults.push(format!("{}: {shown}, expected {expected}", one.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Of more bars than find room, those of the events that never came are drawn.
#[test]
fn an_event_that_never_came_is_seen_among_many() {
    let lanes = chart(shipped("one-in-a-thousand"), "lanes").inline();
    assert!(lanes.contains("more waiting") && lanes.contains("crossed-text"), "no such bar");
}

/// What the first attempt says leaves room for the number of the second, and the last says how it ended.
#[test]
fn each_attempt_of_a_story_has_its_number() {
    let told = words(&chart(shipped("closed-laptop"), "story").svg(Theme::Light)).1;
    let numbered =
        |number: &str| told.iter().filter(|(word, _)| word.split(':').next() == Some(number)).count();
    assert_eq!(["1", "2", "3", "4", "7"].map(numbered), [2, 2, 2, 2, 1], "{told:?}");
    assert!(told.iter().any(|(word, _)| word.replace('\u{a0}', " ") == "7: 200"), "{told:?}");
}

#[test]
fn what_happens_after_the_events_is_drawn_and_marked() {
    let burst = samples::burst();
    let requests = &burst.figures.requests;
    let sent: u64 = (requests.clients[0].all())
        .map(|bin| bin.brought_news() + bin.unacknowledged + bin.empty + bin.failed)
        .sum();
    assert!(sent > 2_000, "{sent} requests are told");
    // The drain takes a minute. A retry half an hour later is only a number in the key, so that the axis stays short.
    let drawn_s = requests.clients[0].bins.len() as f64 * requests.bin_s;
    assert!((60.0..70.0).contains(&drawn_s) && requests.bin_s <= 1.0, "{drawn_s} s are drawn");
    let worst = burst.figures.behind.clients[0].worst.unwrap().1;
    assert!(worst > 40.0, "{worst} s behind at worst");
    let charts = charts(&burst.figures, &burst.clients);
    for name in ["behind", "requests"] {
        let chart = charts.iter().find(|chart| chart.name == name).unwrap();
        assert!(chart.inline().contains(">events end</text>"), "{name}");
    }
}

/// A request of an earlier time would stand at the left edge, where nothing was sent.
#[test]
fn the_lanes_show_what_was_sent_in_their_stretch() {
    for sample in samples::all() {
        let Some(lanes) = &sample.figures.lanes else { continue };
        let (from, to) = lanes.span_s;
        for mark in lanes.lanes.iter().flat_map(|lane| &lane.marks) {
            let is_sent = (from..to).contains(&mark.sent_s) || mark.kind == figures::MarkKind::Connected;
            assert!(is_sent, "{}: {mark:?} in {from} to {to}", sample.name);
        }
    }
}

/// On one scale a client that never catches up presses the others flat; one that is merely slow, or down, does not.
#[test]
fn a_client_that_stays_behind_has_a_scale_of_its_own() {
    let sample = |name: &str| samples::all().iter().find(|sample| sample.name == name).unwrap();
    for (name, others) in [("retry-storm", 3), ("too-fast", 3), ("day", 0), ("two-days-down", 0)] {
        let behind = chart(sample(name), "behind");
        assert_eq!(behind.how_to_read.contains("“Other scale”"), others > 0, "{name}");
        assert_eq!(behind.how_to_read.contains("All clients on one scale."), others == 0, "{name}");
        let own = behind.description.matches("(other scale)").count();
        assert_eq!(own, usize::from(others > 0), "{name}: {}", behind.description);
    }
    let told = chart(sample("too-fast"), "behind").subtitle.replace('\u{a0}', " ");
    let words = "At worst, “each, once” was 23h52m behind (24 h into the run, and still growing), and “all that is new”";
    assert!(told.starts_with(words), "{told}");
}

#[test]
fn the_attempts_of_the_event_that_is_shown_are_tied_and_numbered() {
    let late = samples::late_answer();
    let lanes = late.figures.lanes.as_ref().unwrap();
    let attempts = |lane: usize| -> Vec<u32> {
        lanes.lanes[lane].marks.iter().filter(|mark| mark.chosen).map(|mark| mark.attempt).collect()
    };
    assert_eq!([attempts(0), attempts(1), attempts(2)], [vec![1, 2, 3, 4], vec![1, 2], vec![1]]);
    let charts = charts(&late.figures, &late.clients);
    let chart = charts.iter().find(|chart| chart.name == "lanes").unwrap();
    let words = words(&chart.svg(Theme::Light)).1;
    let has = |text: &str| words.iter().any(|(word, _)| word == text);
    assert!(
        has("1, 2") && has("3 failed") && has("4 failed") && has("delivered, unacknowledged"),
        "{words:?}"
    );
    assert!(has("answers late, knows") && has("ids"), "a long name takes two lines: {words:?}");
}

#[test]
fn a_run_without_a_trace_has_no_lanes() {
    let mut sample = samples::day();
    sample.figures.lanes = None;
    assert!(charts(&sample.figures, &sample.clients).iter().all(|chart| chart.name != "lanes"));
}
