//! What the titles, the sentences below them and the words on how to read a chart say.

use super::*;

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
