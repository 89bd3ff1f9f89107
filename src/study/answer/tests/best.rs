//! Scenarios that ask which of all clients is the best.

use super::*;

/// The answer to `metric` for clients that sent so many requests.
fn of(metric: &str, requests: &[u64], change: impl FnOnce(&mut Summary, &mut Scenario)) -> String {
    let names: Vec<String> = (0..requests.len()).map(|client| format!("client {client}")).collect();
    let rows: Vec<(&str, &str, [f64; 3], u64)> =
        names.iter().zip(requests).map(|(name, sent)| (name.as_str(), "webhook", [0.25; 3], *sent)).collect();
    answer_of(&rows, |summary, scenario| {
        let metric = Some(metric.to_owned());
        scenario.answer = Some(AnswerConfig { client: "*".to_owned(), against: None, metric, yes_if: None });
        change(summary, scenario);
    })
}

#[test]
fn the_best_is_told_with_its_equals_the_next_and_the_last() {
    let of = |requests: &[u64]| of("requests.total", requests, |_, _| ());
    insta::assert_snapshot!(of(&[3100, 2, 476, 2, 321]), @"With “client 1” as with “client 3”, 2 requests were sent, the fewest of all; next is “client 4” with 321 (161x more), last “client 0” with 3 100 (1 550x more).");
    insta::assert_snapshot!(of(&[476, 2]), @"With “client 1”, 2 requests were sent, the fewest of all; next is “client 0” with 476 (238x more).");
    insta::assert_snapshot!(of(&[2, 2]), @"With every client, 2 requests were sent.");
    insta::assert_snapshot!(of(&[476]), @"With “client 0”, 476 requests were sent.");
}

/// Where the first two are about the same, or chance decides, there is no superlative.
#[test]
fn who_is_not_told_apart_is_not_called_the_best() {
    insta::assert_snapshot!(of("requests.total", &[900, 910, 5000], |_, _| ()), @"With “client 0”, 900 requests were sent; next is “client 1” with 910 (about the same); last is “client 2” with 5 000 (5.6x more).");
    insta::assert_snapshot!(of("requests.total", &[9, 11, 5000], |summary, _| {
        summary.clients.iter_mut().for_each(|client| (client.events.occurred, client.events.delivered) = (9, 9));
    }), @"With “client 0”, 9 requests were sent; next is “client 1” with 11; this run cannot tell them apart, because 9 events are too few; last is “client 2” with 5 000 (556x more).");
}

/// More of some figures is better, and who loses events wins nothing by it in silence.
#[test]
fn the_best_is_the_highest_where_more_is_better() {
    insta::assert_snapshot!(of("fresh_share", &[5, 5, 5], |summary, _| {
        for (client, share) in summary.clients.iter_mut().zip([0.5, 0.9, 0.7]) {
            client.fresh_share = Some(share);
        }
    }), @"With “client 1”, every event was known during 90.0 % of the time, the highest of all; next is “client 2” with 70.0 %, last “client 0” with 50.0 %.");
    insta::assert_snapshot!(of("requests.total", &[5, 900], |summary, _| {
        (summary.clients[0].events.lost, summary.clients[0].events.delivered) = (67, 200);
    }), @"With “client 0”, 5 requests were sent, the fewest of all; next is “client 1” with 900 (180x more). But “client 0” never learnt of 67 of 267.");
}

#[test]
fn the_sentence_and_the_charts_are_of_the_same_clients() {
    let rows =
        [("a", "webhook", [0.25; 3], 3100), ("b", "webhook", [0.25; 3], 2), ("c", "webhook", [0.25; 3], 2)];
    let rest = [("d", "webhook", [0.25; 3], 321), ("e", "webhook", [0.25; 3], 500)];
    let mut named = (None, Vec::new());
    answer_of(&[rows.as_slice(), &rest].concat(), |summary, scenario| {
        let metric = Some("requests.total".to_owned());
        scenario.answer = Some(AnswerConfig { client: "*".to_owned(), against: None, metric, yes_if: None });
        named = (compared_clients(summary, scenario), named_clients(summary, scenario));
    });
    assert_eq!(named, (Some([1, 3]), vec![1, 3, 2, 0]));
}
