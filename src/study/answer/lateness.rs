//! Live runs whose engine was later than a request waits for its answer. Requests that are given up for that reason are
//! sent again, so that counts and latencies are those of the engine, not of the scenario.

use super::{Contender, contenders};
use crate::scenario::Scenario;
use crate::study::expect::patience_s;
use crate::study::human;
use crate::study::summary::Summary;

/// Why this run can compare nothing of these clients: `the engine was late by up to 15 s, and a request is given up
/// after 10 s`. None where the lateness stays below every deadline, where no request was given up all the same, and in
/// virtual time. Expectations are undecided by the same rule.
pub(super) fn beyond_deadlines(clients: &[&Contender<'_>]) -> Option<String> {
    let lateness = &clients.first()?.live?.lateness_s;
    let given_up = |client: &&Contender<'_>| client.summary.requests.by_status.contains_key("timeout");
    if !clients.iter().any(given_up) {
        return None;
    }
    let patience_s = shortest_s(clients.iter().copied());
    let late_s = lateness.max.filter(|&late_s| late_s >= patience_s)?;
    let (late, patience) = (human::duration(late_s), human::duration(patience_s));
    Some(format!("the engine was late by up to {late}, and a request is given up after {patience}"))
}

/// The shortest time, in seconds, after which a request of one of these clients is given up.
fn shortest_s<'a>(clients: impl Iterator<Item = &'a Contender<'a>>) -> f64 {
    clients.map(|client| patience_s(client.config)).fold(f64::INFINITY, f64::min)
}

/// The same as a sentence about one client.
pub(super) fn late(client: &Contender<'_>) -> Option<String> {
    beyond_deadlines(&[client]).map(|because| format!("But {because}, so that some requests are its own."))
}

/// What a reader of the charts and tables of such a run has to know, with a speed at which the engine would be in time; None
/// where nobody's requests were given up for it.
pub fn caution(summary: &Summary, scenario: &Scenario) -> Option<String> {
    let clients = contenders(summary, scenario);
    let because = beyond_deadlines(&clients.iter().collect::<Vec<_>>())?;
    let advice = slower_speed(summary, scenario)
        .map_or_else(String::new, |speed| format!(" At --speed {speed} it would probably be in time."));
    Some(format!(
        "In this run {because}: what the charts and tables show as failed, repeated, late or lost is partly its own.{advice}"
    ))
}

/// The speed at which such an engine would probably be in time, to one digit: half of where its lateness reaches a deadline.
/// None where it was in time.
pub fn slower_speed(summary: &Summary, scenario: &Scenario) -> Option<f64> {
    let clients = contenders(summary, scenario);
    beyond_deadlines(&clients.iter().collect::<Vec<_>>())?;
    let live = summary.live.as_ref()?;
    let speed = live.speed * shortest_s(clients.iter()) / live.lateness_s.max? / 2.0;
    let digit = libm::pow(10.0, libm::floor(libm::log10(speed)));
    let rounded = libm::floor(speed / digit) * digit;
    (rounded >= 1.0).then_some(rounded)
}
