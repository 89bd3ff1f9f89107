//! Checks of every chart of every sample: nothing is cut off, no text overlaps another, the file is small and well-formed,
//! and the description says the same. With `POLLHOOK_CHARTS=FOLDER` the pictures are written to that folder.

use super::*;
use crate::study::figures;
use crate::study::summary::Reached;
use resvg::usvg;

fn every_chart(mut check: impl FnMut(&str, &Chart)) {
    for sample in samples::all() {
        for chart in charts(&sample.figures, &sample.clients) {
            check(&format!("{} of {}", chart.name, sample.name), &chart);
        }
    }
}

/// The words of a drawing with the boxes that they take, in pixels.
fn words(svg: &str) -> (usvg::Size, Vec<(String, usvg::Rect)>) {
    fn collect(group: &usvg::Group, words: &mut Vec<(String, usvg::Rect)>) {
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => collect(group, words),
                usvg::Node::Text(text) => {
                    let content = text.chunks().iter().map(usvg::TextChunk::text).collect();
                    words.push((content, text.abs_bounding_box()));
                }
                _ => {}
            }
        }
    }
    let tree = usvg::Tree::from_str(svg, &png::options()).expect("a chart is an SVG");
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    (tree.size(), found)
}

#[test]
fn no_word_is_clipped_or_stands_on_another() {
    let mut faults = Vec::new();
    every_chart(|what, chart| {
        let (size, words) = words(&chart.svg(Theme::Light));
        for (place, (text, area)) in words.iter().enumerate() {
            let inside = area.left() >= 0.0
                && area.top() >= 0.0
                && area.right() <= size.width()
                && area.bottom() <= size.height();
            if !inside {
                faults.push(format!("{what}: {text:?} at {area:?}"));
            }
            for (other, taken) in &words[place + 1..] {
                let apart = area.right() <= taken.left() + 0.5
                    || taken.right() <= area.left() + 0.5
                    || area.bottom() <= taken.top() + 3.0
                    || taken.bottom() <= area.top() + 3.0;
                if !apart {
                    faults.push(format!("{what}: {text:?} and {other:?} overlap"));
                }
            }
        }
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_chart_is_complete_in_words_and_follows_the_theme() {
    every_chart(|what, chart| {
        assert!(chart.title.ends_with('?') && chart.subtitle.ends_with('.'), "{what}: {}", chart.subtitle);
        let words =
            [&chart.subtitle, &chart.description].map(|text| text.contains("NaN") || text.contains("inf"));
        assert_eq!(words, [false, false], "{what}: {} {}", chart.subtitle, chart.description);
        let (light, dark, inline) = (chart.svg(Theme::Light), chart.svg(Theme::Dark), chart.inline());
        assert!(light.contains("#FFFFFF") && dark.contains("#14171A") && !dark.contains("var("), "{what}");
        assert!(
            inline.contains("var(--chart-paper)") && !inline.contains('#'.to_string().as_str())
                || inline.contains("url(#"),
            "{what}"
        );
        assert!(
            inline.starts_with("<svg") && inline.contains("role=\"img\"") && inline.contains("<desc"),
            "{what}"
        );
    });
}

#[test]
fn what_is_too_pale_for_its_paper_has_an_edge() {
    every_chart(|what, chart| {
        if !["requests", "bytes", "fates"].contains(&chart.name) {
            return;
        }
        let inline = chart.inline();
        for path in inline.split("<path ").filter(|path| path.starts_with("fill=\"var(--chart-client")) {
            let colour = path.split('"').nth(1).unwrap_or_default();
            let is_pale = path.contains(" opacity=");
            assert!(!is_pale || inline.contains(&format!("<path stroke=\"{colour}\"")), "{what}: {path}");
        }
    });
}

#[test]
fn a_file_is_light_with_a_rule_for_dark_screens() {
    every_chart(|what, chart| {
        let file = chart.svg_file();
        assert!(file.contains("prefers-color-scheme:dark") && !file.contains("var("), "{what}");
        assert!(file.replace(&colours::dark_css(), "") == chart.svg(Theme::Light), "{what}");
    });
}

/// Equal clients are called equal, and a client that misses events is called neither cheapest nor freshest.
#[test]
fn the_cheapest_and_the_freshest_are_told_with_their_equals() {
    let told = |fullest: &[usize], cheapest: &[usize], freshest: &[usize]| {
        let mut sample = samples::day();
        let figures = &mut sample.figures.trade_off;
        let of_points = [(100.0, 0.02), (200.0, 0.02), (100.0, 5.0)];
        for (point, (cost, delay)) in figures.points.iter_mut().zip(of_points) {
            (point.requests_per_day, point.mean_s) = (cost, delay);
            point.never = if fullest.contains(&point.client) { 0.0 } else { 0.04 };
        }
        (figures.fullest, figures.cheapest) = (fullest.to_vec(), cheapest.to_vec());
        figures.freshest = freshest.to_vec();
        let charts = charts(&sample.figures, &sample.clients);
        let chart = charts.into_iter().find(|chart| chart.name == "trade-off").unwrap();
        chart.subtitle.replace('\u{a0}', " ")
    };
    let all = [0, 1, 2];
    for (words, told) in [
        ("poll 60s is both the cheapest and the freshest: 100 a day, 20 ms.", told(&all, &[0], &[0])),
        ("poll 60s is the freshest, and as cheap as webhook + poll 15m: ", told(&all, &[0, 2], &[0])),
        ("poll 60s is the cheapest, and as fresh as webhook: ", told(&all, &[0], &[0, 1])),
        (
            "poll 60s is as cheap as webhook + poll 15m and as fresh as webhook: ",
            told(&all, &[0, 2], &[0, 1]),
        ),
        ("poll 60s and webhook cost and bring the same: ", told(&all, &[0, 1], &[0, 1])),
        ("Cheapest is webhook + poll 15m (100 a day, 5 s), freshest webhook (", told(&all, &[2], &[1])),
        ("Of those that missed no event: poll 60s is both", told(&[0, 1], &[0], &[0])),
        ("Only webhook missed no event: 200 a day, 20 ms.", told(&[1], &[1], &[1])),
    ] {
        assert!(told.starts_with(words), "{told}");
    }
}

/// The sentence compares two of the clients, and may not say of all what holds for these two, nor leave out a loss.
#[test]
fn a_sentence_about_two_clients_neither_speaks_for_all_nor_hides_a_loss() {
    let mut sample = samples::day();
    for curve in &mut sample.figures.known {
        (curve.never, curve.never_count) = (0.0, 0);
        curve.p50 = Some(Reached::After(if curve.client == 2 { 5.0 } else { 0.02 }));
    }
    let told = |sample: &samples::Sample| {
        let charts = charts(&sample.figures, &sample.clients);
        charts.into_iter().find(|chart| chart.name == "known").unwrap().subtitle.replace('\u{a0}', " ")
    };
    sample.figures.compared = Some((0, 1));
    let two = told(&sample);
    assert!(two.starts_with("The typical event: 20 ms with poll 60s and webhook."), "{two}");
    assert!(two.ends_with("No client missed an event."), "{two}");
    (sample.figures.known[2].never, sample.figures.known[2].never_count) = (0.01, 3);
    let lost = told(&sample);
    assert!(lost.ends_with("Never known: webhook + poll 15m: 3 (1.0 %)."), "{lost}");
    sample.figures.known[2].p50 = Some(Reached::After(0.02));
    sample.figures.compared = None;
    let all = told(&sample);
    assert!(all.starts_with("The typical event: 20 ms with every client."), "{all}");
}

/// Each part of the bytes is told in the key with its size; what a stream keeps open, with the time.
#[test]
fn bytes_and_connections_are_told_with_what_they_are_for() {
    let sample = |name: &str| samples::all().iter().find(|sample| sample.name == name).unwrap();
    let told = |name: &str, of: &str| chart(sample(name), of).subtitle.replace('\u{a0}', " ");
    assert_eq!(
        told("open-connection", "bytes"),
        "138 kB by stream, 32.5 % of it heartbeats; 795 kB by poll 30s, 81.9 % of it empty."
    );
    assert_eq!(
        told("race", "connections"),
        "1 by “long poll”, 99.0 % of the time; 1 by stream, 99.3 % of the time; 1 by WebSocket, 99.3 % of the time."
    );
    let words = words(&chart(sample("idle-cuts"), "bytes").svg(Theme::Light)).1;
    let has = |text: &str| words.iter().any(|(word, _)| word.replace('\u{a0}', " ") == text);
    assert!(has("21.9 kB heartbeats") && has("401 kB failed") && has("10 kB"), "{words:?}");
}

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

/// What runs along time is of one run, and says so; a number beside it is of one run as well.
#[test]
fn of_several_runs_a_chart_says_which_it_shows() {
    let sample = samples::three_runs();
    for chart in charts(&sample.figures, &sample.clients) {
        let along_time =
            ["lanes", "story", "behind", "recovery", "requests", "bytes", "connections", "fates"]
                .contains(&chart.name);
        let words = if along_time { " The first of 3 runs." } else { " All 3 runs together." };
        assert!(chart.how_to_read.ends_with(words), "{}: {}", chart.name, chart.how_to_read);
        if chart.name == "known" {
            let missed = sample.figures.known[1].never_count as f64 / 3.0;
            let words = format!("{} a run (", human::amount(missed));
            assert!(missed > 1.0 && chart.subtitle.contains(&words), "{}", chart.subtitle);
        }
    }
}

/// The page puts one heading over neighbours of one chapter.
#[test]
fn the_charts_of_a_chapter_are_neighbours() {
    let mut chapters: Vec<&str> = PLANS.iter().map(|plan| plan.chapter).collect();
    chapters.dedup();
    let headings = chapters.len();
    chapters.sort_unstable();
    chapters.dedup();
    assert_eq!(chapters.len(), headings);
}

/// Clients with the same typical latency share one text, in the colour of text.
#[test]
fn one_typical_latency_is_written_once() {
    let mut sample = samples::day();
    for curve in &mut sample.figures.known {
        curve.p50 = Some(Reached::After(0.25));
    }
    let charts = charts(&sample.figures, &sample.clients);
    let chart = charts.iter().find(|chart| chart.name == "known").unwrap();
    let words = words(&chart.svg(Theme::Light)).1;
    assert_eq!(words.iter().filter(|(word, _)| word == "0.25 s").count(), 1, "{words:?}");
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

/// Lines and symbols of equal clients lie on each other, and the chart says so in place of figures that it has told.
#[test]
fn what_lies_on_each_other_is_called_the_same() {
    let race = shipped("race");
    let known = words(&chart(race, "known").svg(Theme::Light)).1;
    let told = |words: &[(String, usvg::Rect)], text: &str| {
        words.iter().filter(|(word, _)| word.replace('\u{a0}', " ") == text).count()
    };
    assert_eq!(told(&known, "same line as poll 60s"), 1);
    assert_eq!(told(&known, "same line as stream"), 1);
    let break_even = words(&chart(race, "break-even").svg(Theme::Light)).1;
    assert_eq!(told(&break_even, "same line as poll 60s"), 1);
    let trade_off = words(&chart(race, "trade-off").svg(Theme::Light)).1;
    assert_eq!(told(&trade_off, "2 a day, 1.08 s"), 1);
}

/// Curves that lie on each other meet nowhere, and a ratio of one is none.
#[test]
fn curves_that_lie_on_each_other_do_not_meet() {
    for name in ["closed-laptop", "one-in-a-thousand"] {
        let known = chart(shipped(name), "known");
        assert!(!known.description.contains(" meet at ") && !known.subtitle.contains("(1x)"), "{name}");
    }
    assert!(chart(shipped("back-off"), "known").description.contains(" meet at "));
}

/// Words on how to read a chart are of what it shows.
#[test]
fn what_is_not_drawn_is_not_explained() {
    let lanes = |name: &str| chart(shipped(name), "lanes").how_to_read.contains("Hatched: down.");
    assert!(lanes("race") && lanes("closed-laptop") && !lanes("feed"));
    let trade_off = |name: &str| chart(shipped(name), "trade-off").how_to_read.contains("Dotted:");
    assert!(trade_off("back-off") && !trade_off("idle-cuts"));
    let requests = |name: &str| chart(shipped(name), "requests").how_to_read.contains("less than a pixel");
    assert!(requests("feed") && !requests("day"));
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

fn shipped(name: &str) -> &'static samples::Sample {
    samples::all().iter().find(|sample| sample.name == name).expect("it is shipped")
}

fn names(sample: &samples::Sample) -> Vec<&'static str> {
    charts(&sample.figures, &sample.clients).iter().map(|chart| chart.name).collect()
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

/// A receiver that works off the outage and then falls behind for good has not recovered, and what never came does not
/// wait either.
#[test]
fn a_recovery_is_told_with_what_waits_again_and_what_never_came() {
    let told = |name: &str| {
        let sample = samples::all().iter().find(|sample| sample.name == name).unwrap();
        chart(sample, "recovery").subtitle.replace('\u{a0}', " ")
    };
    let storm = told("retry-storm");
    assert!(storm.contains(" At the end of this chart, ") && storm.ends_with(" others waited."), "{storm}");
    let down = told("two-days-down");
    assert!(
        !down.contains("others waited") && down.contains(" of svix") && down.contains("Never came: "),
        "{down}"
    );
    let retried = told("outage-retries");
    assert!(!retried.contains("others waited"), "{retried}");
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

fn chart(sample: &samples::Sample, name: &str) -> Chart {
    let charts = charts(&sample.figures, &sample.clients);
    charts.into_iter().find(|chart| chart.name == name).expect("it is shown")
}

/// Three of four attempts were for nothing; the first brought the event.
#[test]
fn what_was_delivered_and_unacknowledged_was_not_for_nothing() {
    let subtitle = chart(&samples::late_answer(), "requests").subtitle.replace('\u{a0}', " ");
    let words = "4\u{202f}030 by “answers late”, 74.8 % empty or failed, 25.2 % delivered but not acknowledged in time;";
    assert!(subtitle.starts_with(words), "{subtitle}");
}

/// Every chart that compares costs counts what the overload caused after the end, and says so.
#[test]
fn requests_after_the_end_are_counted_everywhere_or_nowhere() {
    let burst = samples::burst();
    let told = |name: &str| chart(&burst, name).subtitle.replace('\u{a0}', " ");
    assert!(
        told("requests")
            .starts_with("2\u{202f}164 by “works, then answers” (1\u{202f}564 of them after the end), ")
    );
    let per_day = |client: usize| burst.figures.trade_off.points[client].requests_per_day;
    assert_eq!([per_day(0), per_day(1), per_day(2)], [2164.0, 600.0, 3.0].map(|sent| sent * 8_640.0));
    assert!(told("trade-off").contains("Requests after the end of the events are included."));
    // The overload says nothing about other rates, so the other webhook is compared with the poller.
    let even = told("break-even");
    assert!(even.starts_with("poll 5s and “answers, then works” send equally many requests at "), "{even}");
    assert!(
        even.contains("requests an hour with poll 5s, 216\u{202f}000 with “answers, then works”"),
        "{even}"
    );
    assert!(even.ends_with("overloaded at that rate: “works, then answers”."), "{even}");
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
fn a_day_takes_little_room_in_a_page() {
    let sample = samples::day();
    let sizes: Vec<(&str, usize)> = charts(&sample.figures, &sample.clients)
        .iter()
        .map(|chart| (chart.name, chart.inline().len()))
        .collect();
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(total < 90_000, "{total} bytes: {sizes:?}");
}

#[test]
fn a_run_without_a_trace_has_no_lanes() {
    let mut sample = samples::day();
    sample.figures.lanes = None;
    assert!(charts(&sample.figures, &sample.clients).iter().all(|chart| chart.name != "lanes"));
}

#[test]
fn every_chart_becomes_a_picture() {
    let folder = std::env::var_os("POLLHOOK_CHARTS").map(std::path::PathBuf::from);
    for sample in samples::all() {
        for chart in charts(&sample.figures, &sample.clients) {
            // Both themes have the same shapes, so the test draws one. For a reader it draws both.
            let themes = if folder.is_some() { &[Theme::Light, Theme::Dark][..] } else { &[Theme::Light] };
            for &theme in themes {
                let picture = png(&chart.svg(theme)).expect("a chart can be drawn");
                assert!(picture.len() > 4_000, "{} of {}", chart.name, sample.name);
                if let Some(folder) = &folder {
                    let name = format!("{}-{}-{theme:?}.png", sample.name, chart.name);
                    std::fs::write(folder.join(name), picture).expect("the folder can be written");
                }
            }
        }
    }
}
