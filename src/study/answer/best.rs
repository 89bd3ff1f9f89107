//! The sentence for all clients and one figure: with which of them it is best, and with which it is next and last.

use super::asked::{exception, over_runs};
use super::clause::clause;
use super::figures::Pair;
use super::{Answer, Contender, PerReplication, contenders};
use crate::figure::Metric;
use crate::scenario::Scenario;
use crate::study::expect::of_one_run;
use crate::study::human;
use crate::study::summary::Summary;

/// The answer for every client; None where no client has the figure, or neither more of it nor less is better.
pub(super) fn best(
    metric: &Metric,
    summary: &Summary,
    scenario: &Scenario,
    rows: &PerReplication,
) -> Option<Answer> {
    let clients = contenders(summary, scenario);
    let ranked = Ranked::of(metric, &clients, summary)?;
    let (winners, others) = ranked.split();
    let (first, own) = *winners.first()?;
    let clause = format!("{}{}", clause(first, metric, own), over_runs(metric, summary.replications, false));
    let with = match winners {
        [_, _, ..] if others.is_empty() => "every client".to_owned(),
        [_] | [] => name(first),
        [_, alike @ ..] => {
            let alike: Vec<String> = alike.iter().map(|(client, _)| name(client)).collect();
            format!("{} as with {}", name(first), human::list(&alike))
        }
    };
    let Some(&(next, figure)) = others.first() else {
        let sentence = format!("With {with}, {clause}.");
        return Some(Answer { sentence, exception: exception(metric, first, None) });
    };
    let pair = Pair::new(metric, [first, next], [own, figure], summary, rows);
    let told = |client: &Contender<'_>, value: f64| {
        let apart = pair.difference([value, own]).map_or_else(String::new, |apart| format!(" ({apart})"));
        format!("{} with {}{apart}", name(client), pair.spelt(value))
    };
    let (next, then) = match pair.undecided(true) {
        Some(because) => {
            (format!("; next is {} with {}{because}", name(next), pair.spelt(figure)), "; last is")
        }
        None => {
            let superlative = pair.superlative(!ranked.least_is_best);
            // Nothing at all needs no superlative.
            let most = if own == 0.0 { String::new() } else { format!(", the {superlative} of all") };
            (format!("{most}; next is {}", told(next, figure)), ", last")
        }
    };
    let last = match others {
        [_, .., (last, value)] => format!("{then} {}", told(last, *value)),
        [_] | [] => String::new(),
    };
    let sentence = format!("With {with}, {clause}{next}{last}.");
    Some(Answer { sentence, exception: exception(metric, first, Some(&pair)) })
}

/// The clients of the sentence: those whose figure is best, the next and the last.
pub(super) fn named(metric: &Metric, summary: &Summary, scenario: &Scenario) -> Vec<usize> {
    let clients = contenders(summary, scenario);
    let Some(ranked) = Ranked::of(metric, &clients, summary) else { return Vec::new() };
    let (winners, others) = ranked.split();
    let ends = others.first().into_iter().chain(others.iter().skip(1).next_back());
    winners.iter().chain(ends).map(|(client, _)| client.index).collect()
}

/// The client whose figure is best, and the next.
pub(super) fn pair(metric: &Metric, summary: &Summary, scenario: &Scenario) -> Option<[usize; 2]> {
    let clients = contenders(summary, scenario);
    let ranked = Ranked::of(metric, &clients, summary)?;
    let (winners, others) = ranked.split();
    let (first, next) = (winners.first()?, others.first().or_else(|| winners.get(1))?);
    Some([first.0.index, next.0.index])
}

/// A client and its figure.
type Valued<'c, 'a> = (&'c Contender<'a>, f64);

/// The clients that have the figure, with its value for one run, the best first.
struct Ranked<'c, 'a> {
    all: Vec<Valued<'c, 'a>>,
    least_is_best: bool,
}

impl<'c, 'a> Ranked<'c, 'a> {
    fn of(metric: &Metric, clients: &'c [Contender<'a>], summary: &Summary) -> Option<Self> {
        let least_is_best = metric.better().is_lower()?;
        let value = |client: &Contender<'_>| of_one_run(client.summary, metric, summary.replications);
        let mut all: Vec<Valued<'c, 'a>> =
            clients.iter().filter_map(|client| Some((client, value(client)?))).collect();
        all.sort_by(
            |one, other| {
                if least_is_best { one.1.total_cmp(&other.1) } else { other.1.total_cmp(&one.1) }
            },
        );
        (!all.is_empty()).then_some(Self { all, least_is_best })
    }

    /// Those whose figure is that of the first, and the others.
    fn split(&self) -> (&[Valued<'c, 'a>], &[Valued<'c, 'a>]) {
        let best = self.all[0].1;
        self.all.split_at(self.all.partition_point(|(_, value)| *value == best))
    }
}

fn name(client: &Contender<'_>) -> String {
    human::quoted(&client.summary.name)
}
