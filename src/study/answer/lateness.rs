//! Live runs whose engine was later than a request waits for its answer. Requests that are given up for that reason are
//! sent again, so that counts and latencies are those of the engine, not of the scenario.

use super::Contender;
use crate::study::expect::patience_s;
use crate::study::human;

/// Why this run can compare nothing of these clients: `the engine was late by up to 15 s, and a request is given up
/// after 10 s`. None where 99 % of the lateness stays below every deadline, where no request was given up all the same, and
/// in virtual time.
pub(super) fn beyond_deadlines(clients: &[&Contender<'_>]) -> Option<String> {
    let lateness = &clients.first()?.live?.lateness_s;
    let given_up = |client: &&Contender<'_>| client.summary.requests.by_status.contains_key("timeout");
    if !clients.iter().any(given_up) {
        return None;
    }
    let patience_s = clients.iter().map(|client| patience_s(client.config)).fold(f64::INFINITY, f64::min);
    let late_s = lateness.p99.or(lateness.max).filter(|&late_s| late_s >= patience_s)?;
    let (late, patience) = (human::duration(late_s), human::duration(patience_s));
    Some(format!("the engine was late by up to {late}, and a request is given up after {patience}"))
}

/// The same as a sentence about one client.
pub(super) fn late(client: &Contender<'_>) -> Option<String> {
    beyond_deadlines(&[client]).map(|because| format!("But {because}, so that some requests are its own."))
}
