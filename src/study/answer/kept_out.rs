//! The sentence for all clients that are attacked: which of them is the first, in the order of the scenario, that took no
//! request of an attacker for the source's.

use super::words::in_sentence;
use super::{Answer, Contender, contenders};
use crate::figure::{Figure, Metric};
use crate::scenario::Scenario;
use crate::study::human;
use crate::study::summary::Summary;

/// The figure that asks so.
pub(super) const KEPT_OUT: Metric = Metric::Measured(Figure::AttackedAccepted);

/// The answer for every client; None where no attacker sent anything.
pub(super) fn weakest_that_keeps_out(summary: &Summary, scenario: &Scenario) -> Option<Answer> {
    let clients = contenders(summary, scenario);
    let attacked = attacked(&clients);
    let unanswered = attacked.iter().map(|client| client.summary.attacked.unanswered).sum();
    if unanswered > 0 {
        let sentence = format!(
            "This run cannot tell who keeps every attacker out: {} of the attackers' requests got no answer. At a lower \
             --speed they do.",
            human::count(unanswered)
        );
        return Some(Answer { sentence, exception: None });
    }
    let Some(first) = attacked.iter().position(|client| is_tight(client)) else {
        let share = |client: &Contender<'_>| {
            client.summary.attacked.accepted as f64 / client.summary.attacked.sent as f64
        };
        let least = attacked.into_iter().reduce(|a, b| if share(b) < share(a) { b } else { a })?;
        let sentence = format!("No client kept every attacker out; with the fewest, {}.", got_in(least));
        return Some(Answer { sentence, exception: None });
    };
    let name = &attacked[first].word;
    let sentence = match first.checked_sub(1).map(|before| attacked[before]) {
        _ if attacked.len() == 1 => format!("{name} kept every attacker out."),
        None => format!("{name}, the first in the scenario, kept every attacker out."),
        Some(before) => format!(
            "{name} is the weakest that kept every attacker out, as the scenario lists them; with {}.",
            got_in(before)
        ),
    };
    let leak = attacked[first..].iter().find(|client| !is_tight(client));
    let exception = leak.map(|client| format!("But with {}, though it is listed after it.", got_in(client)));
    Some(Answer { sentence, exception })
}

/// The client of the sentence, and the one before it.
pub(super) fn pair(summary: &Summary, scenario: &Scenario) -> Option<[usize; 2]> {
    let clients = contenders(summary, scenario);
    let attacked = attacked(&clients);
    let first = attacked.iter().position(|client| is_tight(client))?;
    Some([attacked[first].index, attacked[first.checked_sub(1)?].index])
}

fn attacked<'c, 'a>(clients: &'c [Contender<'a>]) -> Vec<&'c Contender<'a>> {
    clients.iter().filter(|client| client.summary.attacked.sent > 0).collect()
}

fn is_tight(client: &Contender<'_>) -> bool {
    client.summary.attacked.accepted == 0
}

/// `“token”, tamper and replay got in`.
fn got_in(client: &Contender<'_>) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for attack in client.summary.attacks.iter().filter(|attack| attack.accepted > 0) {
        if !kinds.contains(&attack.kind) {
            kinds.push(attack.kind.clone());
        }
    }
    format!("{}, {} got in", in_sentence(&client.word), human::list(&kinds))
}
