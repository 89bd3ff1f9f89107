//! Scenarios that ask which client keeps attackers out.

use super::*;
use crate::study::summary::{Attacked, Attacks};

/// The answer for clients of which 60 requests of each of these attacks were taken for the source's.
fn of(open: &[&[&str]]) -> String {
    let names: Vec<String> = (0..open.len()).map(|client| format!("scheme {client}")).collect();
    let rows: Vec<(&str, &str, [f64; 3], u64)> =
        names.iter().map(|name| (name.as_str(), "webhook", [0.25; 3], 289)).collect();
    answer_of(&rows, |summary, scenario| {
        for (client, open) in summary.clients.iter_mut().zip(open) {
            let (sent, accepted) = (300, 60 * open.len() as u64);
            client.attacked = Attacks { sent, accepted, refused: sent - accepted, ..Attacks::default() };
            let attack =
                |kind: &&str| Attacked { kind: (*kind).to_owned(), accepted: 60, ..Attacked::default() };
            client.attacks = open.iter().map(attack).collect();
        }
        scenario.answer = Some(all());
    })
}

fn all() -> AnswerConfig {
    let metric = Some("attacked.accepted".to_owned());
    AnswerConfig { client: "*".to_owned(), against: None, metric, yes_if: None }
}

#[test]
fn the_first_that_let_nothing_in_is_the_weakest() {
    let (all, replay): (&[&str], &[&str]) = (&["forge", "tamper", "replay"], &["replay", "replay"]);
    insta::assert_snapshot!(of(&[all, replay, &[], &[]]), @"“scheme 2” is the weakest that kept every attacker out, as the scenario lists them; with “scheme 1”, replay got in.");
    insta::assert_snapshot!(of(&[&[], &[]]), @"“scheme 0”, the first in the scenario, kept every attacker out.");
    insta::assert_snapshot!(of(&[&[], replay, &[]]), @"“scheme 0”, the first in the scenario, kept every attacker out. But with “scheme 1”, replay got in, though it is listed after it.");
    insta::assert_snapshot!(of(&[all, &["tamper", "replay"], replay]), @"No client kept every attacker out; with the fewest, “scheme 1”, tamper and replay got in.");
    insta::assert_snapshot!(of(&[&[]]), @"Webhooks kept every attacker out.");
}

/// A request without an answer is not one that was kept out.
#[test]
fn a_live_run_that_was_too_slow_cannot_tell() {
    let of = |unanswered: u64| {
        answer_of(&[HOOK], |summary, scenario| {
            let client = &mut summary.clients[0];
            client.attacked =
                Attacks { sent: 89, accepted: 0, refused: 89 - unanswered, unanswered, ..Attacks::default() };
            scenario.answer = Some(all());
        })
    };
    insta::assert_snapshot!(of(30), @"This run cannot tell who keeps every attacker out: 30 of the attackers' requests got no answer. At a lower --speed they do.");
    insta::assert_snapshot!(of(0), @"Webhooks kept every attacker out.");
}

/// Without attackers there is nothing to say of them.
#[test]
fn without_attacks_the_missing_figure_is_named() {
    let answer = answer_of(&[POLL, HOOK], |_, scenario| scenario.answer = Some(all()));
    insta::assert_snapshot!(answer, @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). The run gives no `attacked.accepted`, which the scenario asks for.");
}
