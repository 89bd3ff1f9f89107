//! The sentence for the figure that `[answer]` names: its value, and that of another client.

use super::best::best;
use super::clause::{clause, when};
use super::exception::{duplicates, joint, missed, unstable};
use super::figures::{Closeness, Pair, Said};
use super::kept_out::{KEPT_OUT, weakest_that_keeps_out};
use super::lateness::{beyond_deadlines, late};
use super::price::price;
use super::why_lost::why_lost;
use super::words::{called_alike, in_sentence};
use super::{Answer, Contender, PerReplication, asked_figure, contenders};
use crate::figure::{Combine, Figure, Metric};
use crate::scenario::Scenario;
use crate::study::expect::of_one_run;
use crate::study::human;
use crate::study::summary::Summary;

/// The answer to `[answer]`; None where it names no figure, or the figure is null.
pub(super) fn asked(summary: &Summary, scenario: &Scenario, rows: &PerReplication) -> Option<Answer> {
    let config = scenario.answer.as_ref()?;
    let metric = asked_figure(scenario)?;
    if config.is_of_all() {
        return match metric {
            KEPT_OUT => weakest_that_keeps_out(summary, scenario),
            _ => best(&metric, summary, scenario, rows),
        };
    }
    let clients = contenders(summary, scenario);
    let of = |name: &str| clients.iter().find(|client| client.summary.name == name);
    let of_run = |client: &Contender<'_>| of_one_run(client.summary, &metric, summary.replications);
    let client = of(&config.client)?;
    let own = of_run(client)?;
    let other = config.against.as_deref().and_then(of);
    let Some((other, figure)) = other.and_then(|other| Some((other, of_run(other)?))) else {
        let (told, when) = (clause(client, &metric, own), when(client, &metric));
        let runs = over_runs(&metric, summary.replications, false);
        let sentence = format!("With {}, {told}{runs}{when}.", in_sentence(&client.word));
        return Some(Answer { sentence, exception: exception(&metric, client, None) });
    };
    let (client, other) = called_alike(client, other);
    let figures = [own, figure];
    let pair = Pair::new(&metric, [&client, &other], figures, summary, rows);
    let said = config.yes_if.map(|yes_if| pair.verdict(yes_if, rows)).unwrap_or_default();
    let Said { words: yes, tells_runs } = said;
    let runs = over_runs(&metric, summary.replications, tells_runs);
    let against = pair.against(config.yes_if.is_some());
    let with = if yes.is_empty() { "With" } else { "with" };
    // `Yes, in 28 of 30 runs` has said it.
    let each = if yes.is_empty() { pair.in_each(rows) } else { None }.unwrap_or_default();
    // What makes one client send more requests than another is how many events occur in an interval.
    let is_cost = metric == Metric::Measured(Figure::RequestsPerEvent);
    let when = if is_cost { when(&client, &metric) } else { String::new() };
    let sentence =
        format!("{yes}{with} {}, {}{}{runs}{each}{when}.", in_sentence(&client.word), pair.clause(), against);
    Some(Answer { sentence, exception: exception(&metric, &client, Some(&pair)) })
}

/// The number of replications, where there are several and the sentence has not told it.
pub(super) fn over_runs(metric: &Metric, runs: u32, is_told: bool) -> String {
    let is_average = match metric.combine() {
        Combine::Sum => true,
        Combine::Mean | Combine::Share | Combine::Same | Combine::Pooled | Combine::Extreme => false,
    };
    match (is_told, is_average) {
        _ if runs == 1 => String::new(),
        (true, true) => ", on average".to_owned(),
        (true, false) => String::new(),
        (false, true) => format!(", on average over {} runs", human::count(runs.into())),
        (false, false) => format!(", over {} runs", human::count(runs.into())),
    }
}

/// The most important exception.
pub(super) fn exception(metric: &Metric, client: &Contender<'_>, pair: Option<&Pair<'_>>) -> Option<String> {
    let all = || [Some(client), pair.map(|pair| pair.other)].into_iter().flatten();
    let favoured = pair.and_then(Pair::favoured);
    let unstable = |client| unstable(client, joint(client, favoured));
    let is_of_attempts = matches!(
        metric,
        Metric::Measured(
            Figure::AttemptsTotal
                | Figure::AttemptsPerEvent
                | Figure::EventsDuplicates
                | Figure::EventsProcessedAgain
                | Figure::DuplicatesPerEvent
        )
    );
    let tells_of_loss = matches!(
        metric,
        Metric::Measured(Figure::EventsLost | Figure::EventsPending | Figure::DeliveredShare)
    );
    // What an engine loses and repeats that is later than its deadlines is no fact about the scenario.
    let engine = all().collect::<Vec<_>>();
    if beyond_deadlines(&engine).is_some() {
        return all().find_map(unstable).or_else(|| late(client).filter(|_| pair.is_none()));
    }
    // What is still pending is not lost, and not known either.
    let is_pending = |client: &Contender<'_>| {
        *metric == Metric::Measured(Figure::EventsLost) && client.summary.events.lost == 0
    };
    let most_missed = || {
        let missing = all().filter(|client| client.never() > 0 && (!tells_of_loss || is_pending(client)));
        missing.max_by_key(|client| client.never()).map(|client| missed(client, joint(client, favoured)))
    };
    all()
        .find_map(unstable)
        .or_else(|| all().find_map(why_lost).filter(|_| tells_of_loss))
        .or_else(most_missed)
        .or_else(|| {
            // A figure that cannot be compared has no price.
            let pair =
                pair.filter(|pair| pair.too_late().is_none() && pair.closeness() != Closeness::Unknown)?;
            price(metric, [pair.client, pair.other], pair.figures)
        })
        .or_else(|| {
            let other = pair.map_or(0, |pair| pair.other.summary.events.duplicates);
            let is_told = !is_of_attempts && client.summary.events.duplicates > other;
            if is_told { duplicates(client, joint(client, favoured)) } else { None }
        })
}
