//! The page is one file that makes no network request, escapes every text that it is given, and stays small.

use super::*;
use crate::report::frame::{SCRIPT, STYLE, squeezed};
use crate::report::sample;
use crate::study::Verdict;
use crate::study::summary::{Cpu, Engine, Latency, Live};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// Seven charts as heavy together as those of a usual run.
fn material() -> Material {
    let names = ["lanes", "known", "behind", "trade-off", "requests", "break-even", "fates", "attacks"];
    let path = "M12.5 40.1l3.2 1.9".repeat(10_000 / 18);
    let chart = |name: &str| ChartView {
        name: name.to_owned(),
        chapter: "How late".to_owned(),
        title: format!("What of {name}?"),
        subtitle: "The answer, in numbers.".to_owned(),
        how_to_read: "Lower is fresher.".to_owned(),
        inline_svg: format!("<svg viewBox=\"0 0 820 360\" role=\"img\"><path d=\"{path}\"/></svg>"),
    };
    Material {
        charts: names.map(chart).into(),
        marks: (1..4)
            .map(|number| Mark { variable: format!("--chart-client-{number}"), symbol: '▲' })
            .collect(),
        css: format!("@font-face{{src:url(data:font/woff2;base64,{})}}", "A".repeat(34_000)),
    }
}

#[test]
fn the_script_is_below_6_kb() {
    assert!(squeezed(SCRIPT).len() < 6_000);
}

/// Each figure of a shipped scenario's sentence, and of what it takes back, stands in the five numbers or the small print
/// beside them, in the same words.
#[test]
fn the_figures_of_each_shipped_sentence_stand_in_the_five_numbers() {
    for (name, results) in sample::shipped() {
        let contenders = head::contenders(&results, &[]);
        let numbers = contenders.iter().flat_map(|contender| &contender.numbers);
        let told: String = numbers.map(|number| format!("{}\n{}\n", number.value, number.note)).collect();
        let answer = answer::answer(&results.summary, &results.scenario, &results.replications);
        let exception =
            answer.exception.filter(|_| results.summary.clients.iter().all(|client| client.stable));
        for said in [Some(answer.sentence), exception].into_iter().flatten() {
            for number in sample::numbers(&said) {
                assert!(sample::tells(&told, &number), "{name}: {number:?} of\n{said}\n{told}");
            }
        }
    }
}

/// What a scenario writes between backticks is a command, and no other text becomes an element.
#[test]
fn commands_of_the_introduction_are_set_as_code() {
    let mut results = sample::day();
    results.scenario.about = "Try `pollhook run <day>`, <b>now</b>.".to_owned();
    let html = page(&results, &material());
    assert!(html.contains("Try <code>pollhook run &#60;day&#62;</code>, &#60;b&#62;now&#60;/b&#62;."));
}

/// Who begins an exchange is told of each kind in words of its own: a stream is no WebSocket, and a held request no poll.
#[test]
fn each_kind_of_client_is_told_by_its_way() {
    let (_, race) = sample::shipped().find(|(name, _)| *name == "race").expect("it is shipped");
    let ways = head::contenders(&race, &[]).into_iter().map(|contender| contender.about);
    insta::assert_snapshot!(ways.collect::<Vec<_>>().join("\n"), @"
    the client asks
    the client asks
    the client asks
    the client asks, the source holds the request
    the client stays connected (server-sent events)
    the client stays connected (WebSocket)
    the source calls
    the source calls, the client also polls
    the source calls, the client fetches
    the source calls
    ");
}

/// A poll that failed is not empty, and a stream has no polls that could be.
#[test]
fn failed_polls_and_missing_heartbeats_are_told() {
    let (_, cuts) = sample::shipped().find(|(name, _)| *name == "idle-cuts").expect("it is shipped");
    let notes = head::contenders(&cuts, &[]).into_iter().map(|client| client.numbers[0].note.clone());
    let notes: Vec<String> = notes.map(|note| note.replace(['\u{a0}', '\u{202f}'], " ")).collect();
    assert_eq!(notes[1], "no heartbeats, 1 365 B an event");
    assert_eq!(notes[3], "0 % of polls empty, 82.8 % failed, 2 057 B an event");
}

/// The same figure is the same text in the five numbers and in the tables under the charts, of one run or of several.
#[test]
fn tables_and_five_numbers_tell_the_same() {
    let several = |name: &str| {
        let shipped = scenario::find(name).unwrap();
        let set = ["replications=3", "duration=8h"].map(|set| set.parse().expect("PATH=VALUE"));
        let scenario = scenario::load(name, shipped.text, &set).unwrap_or_else(|why| panic!("{why}"));
        let options = crate::sim::RunOptions::TO_THE_END;
        (shipped.name, crate::study::run(&scenario, options, false, || ()).unwrap())
    };
    for (name, results) in sample::shipped().chain(["lossy-network", "outage-retries"].map(several)) {
        let numbers = head::contenders(&results, &[]);
        let known = tables::table("known", &results).unwrap();
        for (row, client) in known.rows.iter().zip(&numbers) {
            let [_, typical, nearly_all, never, _] = &client.numbers;
            let of = |head: &str| &row[known.head.iter().position(|cell| cell == head).unwrap()];
            for (head, number) in [("50 %", typical), ("99 %", nearly_all), ("Never", never)] {
                assert_eq!(*of(head), number.value, "{name}: {head} of {}", client.name);
            }
        }
        let cost = tables::table("trade-off", &results).unwrap();
        for row in &cost.rows {
            let client = numbers.iter().find(|client| client.name == row[0]).unwrap();
            let told = client.numbers[1].note.replace('\u{a0}', " ");
            assert!(told.contains(&format!("mean {}", row[2])), "{name}: {} in {told}", row[2]);
        }
    }
}

/// WCAG 2: the contrast of two colours, each `#rgb` or `#rrggbb`.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits = colour.trim_start_matches('#');
        let part = |place: usize| match digits.len() {
            3 => u8::from_str_radix(&digits[place..=place].repeat(2), 16).unwrap(),
            _ => u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap(),
        };
        let linear = [0, 1, 2].map(|place| f64::from(part(place)) / 255.0).map(|light| {
            if light <= 0.04045 { light / 12.92 } else { libm::pow((light + 0.055) / 1.055, 2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn all_words_stand_out_from_what_they_stand_on_in_both_themes() {
    let pair = |name: &str| -> [&str; 2] {
        let value = STYLE.split(&format!("--{name}: ")).nth(1).unwrap().split(';').next().unwrap();
        let pair = value.split("light-dark(").nth(1).unwrap().trim_end_matches(')');
        let (light, dark) = pair.split_once(", ").unwrap();
        [light, dark]
    };
    for words in ["text", "muted", "link", "good", "bad"] {
        for under in ["paper", "soft"] {
            for (colour, ground) in pair(words).into_iter().zip(pair(under)) {
                let against = contrast(colour, ground);
                assert!(against >= 4.5, "--{words} {colour} on --{under} {ground}: {against:.2}");
            }
        }
    }
}

#[test]
fn requests_have_a_column_for_each_kind_under_their_client() {
    let results = sample::day();
    let table = tables::table("requests", &results).unwrap();
    assert_eq!(table.groups[0], ("poll 60s".to_owned(), 2));
    assert_eq!(table.head[..3], ["From", "Useful", "Empty"]);
    let columns = 1 + table.groups.iter().map(|group| group.1).sum::<usize>();
    assert!(table.head.len() == columns && table.rows.iter().all(|row| row.len() == columns));
}

/// The same of bytes; and a row of connections has the extremes of its bins.
#[test]
fn bytes_and_connections_have_columns_under_their_client() {
    let of = |scenario: &str, chart: &str| {
        let shipped = scenario::find(scenario).unwrap();
        let scenario = scenario::load(shipped.name, shipped.text, &[]).unwrap_or_else(|why| panic!("{why}"));
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ()).unwrap();
        let table = tables::table(chart, &results).unwrap();
        let columns = 1 + table.groups.iter().map(|group| group.1).sum::<usize>();
        assert!(table.head.len() == columns && table.rows.iter().all(|row| row.len() == columns));
        table
    };
    let bytes = of("open-connection", "bytes");
    assert_eq!(bytes.groups[0], ("stream".to_owned(), 2));
    assert_eq!(bytes.head[..3], ["From", "With events", "Heartbeats"]);
    let connections = of("race", "connections");
    let streams: Vec<&[String]> = connections.rows.iter().map(|row| &row[4..7]).collect();
    assert_eq!(connections.groups[1], ("stream".to_owned(), 3));
    assert_eq!(
        (streams[2], streams[5]),
        (&["1", "1", "1"].map(String::from)[..], &["0.917", "0", "1"].map(String::from)[..])
    );
}

/// Bytes decide between clients that send unlike many requests; frames and requests after the end have columns where
/// there are any.
#[test]
fn the_costs_of_each_client_include_bytes_frames_and_what_comes_after_the_end() {
    for (name, results) in sample::shipped() {
        let table = tables::costs(&results);
        let columns = 1 + table.groups.iter().map(|group| group.1).sum::<usize>();
        assert!(table.head.len() == columns && table.rows.iter().all(|row| row.len() == columns), "{name}");
        let of = |client: usize, head: &str| {
            let column = table.head.iter().position(|cell| cell == head)?;
            Some(table.rows[client][column].replace('\u{202f}', " "))
        };
        let told = ["Both, per event", "Heartbeats", "After the end"].map(|head| of(0, head));
        let text = |text: &str| Some(text.to_owned());
        match name {
            "open-connection" => assert_eq!(told, [text("516"), text("5 619"), None]),
            "burst" => assert_eq!(told, [text("527"), None, text("1 564")]),
            "day" => assert_eq!(told, [text("1 494"), None, None]),
            _ => {}
        }
    }
    let contenders = head::contenders(&sample::shipped().find(|one| one.0 == "burst").unwrap().1, &[]);
    let notes = contenders.iter().map(|client| client.numbers[0].note.replace(['\u{a0}', '\u{202f}'], " "));
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            "2 164 deliveries, 1 564 of them after the end, 527 B an event until the end",
            "600 deliveries, 561 B an event until the end",
            "0 % of polls empty, 1 more after the end, 155 B an event until the end",
        ]
    );
}

#[test]
fn a_few_events_more_than_usual_are_all_shown() {
    let mut results = sample::day();
    for (events, shown, note) in
        [(18, 18, ""), (19, 12, "The first 12 of 19 events; all of them in events.csv.")]
    {
        let lanes = results.figures.lanes.as_mut().unwrap();
        lanes.events_s = (0..events).map(f64::from).collect();
        let table = tables::table("lanes", &results).unwrap();
        assert_eq!((table.rows.len(), table.note.as_str()), (shown, note));
    }
}

/// The page of a real run, charts and fonts included.
fn real_page() -> String {
    let files = crate::report::files(&sample::day(), false).unwrap();
    let (_, page) = files.into_iter().find(|(name, _)| name == "index.html").unwrap();
    String::from_utf8(page).unwrap()
}

/// What follows each occurrence of a mark, up to where the value ends.
fn values<'a>(page: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    let end = |c: char| matches!(c, '"' | '\'' | ')' | ' ' | '>');
    page.split(mark).skip(1).filter_map(move |rest| rest.trim_start_matches(['"', '\'']).split(end).next())
}

#[test]
fn the_page_asks_for_nothing() {
    let page = real_page();
    for mark in [
        " src=",
        " srcset=",
        " data=",
        " action=",
        " poster=",
        " ping=",
        " background=",
        "@import",
        "<link",
        "<iframe",
    ] {
        assert_eq!(values(&page, mark).next(), None, "{mark}");
    }
    let urls: Vec<&str> = values(&page, "url(").collect();
    assert!(
        !urls.is_empty() && urls.iter().all(|url| url.starts_with("data:") || url.starts_with('#')),
        "{urls:?}"
    );
    // A link is followed by a reader alone, and leads to a file beside the page or a place in it.
    let links: Vec<&str> = values(&page, "href=").collect();
    assert!(
        !links.is_empty() && links.iter().all(|link| !link.contains(':') && !link.starts_with("//")),
        "{links:?}"
    );
    assert!(!SCRIPT.contains("fetch(") && !SCRIPT.contains("XMLHttpRequest") && !SCRIPT.contains("import("));
}

#[test]
fn a_browser_lets_the_page_do_nothing_but_its_own() {
    let page = real_page();
    assert!(page.contains("http-equiv=Content-Security-Policy content=\"default-src &#39;none&#39;;"));
    // What stands outside of the two elements whose hashes are allowed would be refused by the browser.
    assert_eq!((page.matches("<style").count(), page.matches("<script").count()), (1, 1));
    assert!(!page.contains(" style=\"") && !page.contains(" onload="));
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let text = &page[page.find(&open).unwrap() + open.len()..page.find(&close).unwrap()];
        let hash = BASE64_STANDARD.encode(Sha256::digest(text)).replace('+', "&#43;");
        let page = page.replace('+', "&#43;");
        assert!(page.contains(&format!("{directive} &#39;sha256-{hash}&#39;")), "{directive}");
    }
}

#[test]
fn everything_stands_in_its_order() {
    let results = sample::day();
    let page = page(&results, &material());
    let answer = answer::answer(&results.summary, &results.scenario, &results.replications);
    assert_eq!(answer.to_string(), results.summary.answer);
    let parts = [
        &metric::unbroken(&answer.sentence),
        &metric::unbroken(answer.exception.as_deref().unwrap()),
        "<th scope=col role=columnheader>Requests<th",
        "id=\"lanes\"",
        "id=\"known\"",
        "id=\"behind\"",
        "id=\"trade-off\"",
        "id=\"requests\"",
        "id=\"break-even\"",
        "id=\"fates\"",
        "What was checked",
        "events.lost",
        "Measured values and theory",
        "The ledger",
        "parameters: ",
        "pollhook run day.toml",
        "retry_jitter = ",
        "webhook-poll-15m.hdr",
        "Not modelled",
    ];
    let places = parts.map(|part| page.find(part).unwrap_or_else(|| panic!("{part} is missing")));
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn what_a_scenario_says_is_never_markup() {
    let mut results = sample::day();
    let evil = "<script>alert('x')</script>\" onload=\"y";
    results.scenario.title = evil.to_owned();
    results.scenario.about = evil.to_owned();
    results.scenario.name = evil.to_owned();
    for (config, client) in results.scenario.clients.iter_mut().zip(&mut results.summary.clients) {
        config.name = evil.to_owned();
        client.name = evil.to_owned();
        client.stable = false;
        client.unstable_because = Some(evil.to_owned());
    }
    results.summary.expectations[0].client = evil.to_owned();
    results.checks[0].text = evil.to_owned();
    let mut material = material();
    material.charts[0].title = evil.to_owned();
    let page = page(&results, &material);
    assert_eq!(page.matches("<script>").count(), 1, "the page's own script is the only one");
    assert!(!page.contains("\" onload=\""));
}

#[test]
fn a_reader_is_warned_of_what_weakens_the_figures() {
    let mut results = sample::day();
    results.summary.expectations.push(sample::expectation(
        "webhook",
        "latency_s.p99",
        "below",
        false,
        2105.2,
        1.0,
    ));
    results.checks[0].verdict = Verdict::Differs;
    results.summary.complete = false;
    results.summary.clients[1].stable = false;
    results.summary.engine = Engine::Live;
    let lateness_s = Latency { p50: Some(0.001), p99: Some(0.003), max: Some(0.012), ..Latency::default() };
    results.summary.live = Some(Live {
        speed: 1440.0,
        lateness_s,
        cpu_s: Some(Cpu { source: 1.5, client: 0.5 }),
        foreign_requests: 0,
        ..Live::default()
    });
    results.rows = None;
    let page = page(&results, &material());
    for warning in [
        "webhook: latency_s.p99 is 35m05s, expected below 1 s.",
        "A check fails.",
        "Stopped early.",
        "Cannot keep up.",
        "0.5 s",
        "12 ms at most",
        "pollhook run day.toml --live --speed 1440",
        "2 of 11 fail",
        "events.csv is left out",
    ] {
        assert!(page.contains(warning), "{warning}");
    }
    assert!(!page.contains("Not modelled"), "a live run opens real connections");
}

#[test]
fn a_run_without_events_or_charts_is_a_page_too() {
    let mut results = sample::day();
    results.figures = Default::default();
    results.summary.events.occurred = 0;
    results.checks.clear();
    results.summary.expectations.clear();
    for client in &mut results.summary.clients {
        client.latency_s = Latency::default();
        client.known_after_s = Default::default();
        client.events = Default::default();
    }
    let known = tables::table("known", &results).unwrap();
    assert!(known.rows.iter().all(|row| row[1..].iter().all(|cell| cell == "–")), "{known:?}");
    let page = page(&results, &Material::default());
    assert!(!page.contains("at most –") && !page.contains("mean –") && !page.contains("of 0"));
    assert!(
        page.contains("No event occurred in 24\u{a0}h") && !page.contains("<figure") && !page.contains("NaN")
    );
}
