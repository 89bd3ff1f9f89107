//! The sentence where there are no two clients to compare: there is one, one of two knew anything, or nobody did.

use super::Answer;
use super::contender::Contender;
use super::exception::{because, duplicates, missed, unstable};
use super::lateness::late;
use super::words::{in_sentence, spoken, things};
use crate::study::human;
use crate::study::summary::{Reached, Summary};
use crate::time::Span;

pub(super) fn only(winner: &Contender<'_>, loser: &Contender<'_>) -> Answer {
    let events = things(loser.per_run(loser.summary.events.occurred), "event", loser.runs);
    let (verb, when) = if loser.summary.events.lost > 0 {
        ("never learnt of", "")
    } else {
        ("did not know", " when the run ended")
    };
    Answer {
        sentence: format!("Only {} told you anything: {}.", in_sentence(&winner.word), own_figures(winner)),
        exception: Some(format!(
            "{} {verb} any of {events}{when}, after {}.",
            loser.word,
            loser.requests_text()
        )),
    }
}

pub(super) fn alone(clients: &[Contender<'_>]) -> Answer {
    let Some(client) = clients.first() else {
        return Answer { sentence: "No client took part.".to_owned(), exception: None };
    };
    if client.silent() {
        let sentence = format!(
            "{} told you nothing: none of {} was held at the end, after {}.",
            client.word,
            things(client.per_run(client.summary.events.occurred), "event", client.runs),
            client.requests_text()
        );
        return Answer {
            sentence,
            exception: because(client).map(|because| format!("The reason: {because}.")),
        };
    }
    let missed = (client.never() > 0).then(|| missed(client, "But"));
    let sentence = format!("{} told you: {}.", client.word, own_figures(client));
    Answer {
        sentence,
        exception: (unstable(client, "But").or(missed))
            .or_else(|| late(client))
            .or_else(|| duplicates(client, "But")),
    }
}

/// The latency and requests of one client, without a comparison.
fn own_figures(client: &Contender<'_>) -> String {
    let typical = match client.summary.known_after_s.p50 {
        Some(Reached::Never) => {
            format!("{} of the events in the end", human::share(1.0 - client.never_share()))
        }
        Some(Reached::After(seconds)) => format!("typical event after {}", human::duration(seconds)),
        None => format!("on average after {}", human::duration(client.mean_s())),
    };
    let requests = &client.summary.requests;
    let share = |part: u64, whole: u64| human::share(part as f64 / whole as f64);
    let in_vain = if 2 * requests.failed > requests.total {
        format!(", {} of them failed", share(requests.failed, requests.total))
    } else if requests.polls > 0 {
        format!(", {} of the polls empty", share(requests.empty_polls, requests.polls))
    } else {
        String::new()
    };
    format!("{typical}, with {}{in_vain}", client.requests_text())
}

pub(super) fn nothing_happened(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let length = spoken(Span::from_secs_f64(summary.duration_s));
    if !summary.complete {
        return format!("The run was stopped after {length}, before an event counted.");
    }
    let said = format!("No event occurred in {length}, so nothing can be said of freshness");
    match clients.iter().max_by_key(|client| client.summary.requests.total) {
        Some(client) if client.summary.requests.total > 0 => {
            format!("{said}; {} took {} to learn it.", in_sentence(&client.word), client.requests_text())
        }
        _ => format!("{said}; no request was sent."),
    }
}

pub(super) fn nobody_knew(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let requests = clients.iter().map(Contender::requests).sum();
    let events = summary.events.occurred as f64 / f64::from(summary.replications.max(1));
    format!(
        "No client learnt of any event: of {} none was held at the end, after {}.",
        things(events, "event", summary.replications),
        things(requests, "request", summary.replications)
    )
}
