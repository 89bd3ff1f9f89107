//! The sentence for the figure that `[answer]` names: what it came to, beside another client's.

use super::exception::{duplicates, missed, unstable};
use super::words::in_sentence;
use super::{Answer, Contender, alike, contenders};
use crate::figure::{Better, Figure, Metric, Unit};
use crate::scenario::Scenario;
use crate::study::expect::{late_s, of_one_run};
use crate::study::human;
use crate::study::summary::Summary;

/// The answer that the scenario asks for; None where it names no figure, or the figure is null.
pub(super) fn asked(summary: &Summary, scenario: &Scenario) -> Option<Answer> {
    let config = scenario.answer.as_ref()?;
    let metric = Metric::find(config.metric.as_deref()?)?;
    let clients = contenders(summary, scenario);
    let of = |name: &str| clients.iter().find(|client| client.summary.name == name);
    let client = of(&config.client)?;
    let own = of_one_run(client.summary, &metric, summary.replications)?;
    let against = config.against.as_deref().and_then(of).and_then(|other| {
        let figure = of_one_run(other.summary, &metric, summary.replications)?;
        let yes = yes_or_no(summary, scenario, &metric, [own, figure]);
        Some((against(summary, &metric, own, other, figure), yes))
    });
    let runs = match summary.replications {
        1 => String::new(),
        runs => format!(", on average over {} runs", human::count(runs.into())),
    };
    let (against, yes) = against.unwrap_or_default();
    let with = if yes.is_empty() { "With" } else { "with" };
    let sentence =
        format!("{yes}{with} {}, {}{against}{runs}.", in_sentence(&client.word), clause(&metric, own));
    let is_loss = metric == Metric::Measured(Figure::EventsLost);
    let missed = || (client.never() > 0 && !is_loss).then(|| missed(client));
    let exception = unstable(client).or_else(missed).or_else(|| duplicates(client));
    Some(Answer { sentence, exception })
}

/// `Yes: ` or `No: ` where the title asks whether the client does better, and the run can tell. A title that asks
/// anything else, or whether it does worse, is answered by the figures alone.
fn yes_or_no(
    summary: &Summary,
    scenario: &Scenario,
    metric: &Metric,
    [own, other]: [f64; 2],
) -> &'static str {
    let late_s = summary.live.as_ref().map_or(0.0, |live| late_s(metric, live));
    if !asks_for_better(&scenario.title) || alike(own, other) || (own - other).abs() <= late_s {
        return "";
    }
    match metric.better() {
        Better::Neutral => "",
        Better::Lower if own < other => "Yes: ",
        Better::Higher if own > other => "Yes: ",
        Better::Lower | Better::Higher => "No: ",
    }
}

/// Whether the title's last clause is a question for yes or no, with a word in it that says which way is meant.
fn asks_for_better(title: &str) -> bool {
    let Some(question) = title.trim_end().strip_suffix('?') else { return false };
    let clause = question.rsplit([':', ',', ';', '.', '?', '!']).next().unwrap_or(question).to_lowercase();
    let words: Vec<&str> = clause.split_whitespace().collect();
    let has = |some: &[&str]| words.iter().any(|word| some.contains(word));
    let in_time = words.windows(2).any(|pair| pair == ["in", "time"]);
    words.first().is_some_and(|first| ["do", "does", "is", "are", "can", "will"].contains(first))
        && (in_time || has(&["save", "saves", "better", "cheaper", "faster", "fresher", "sooner"]))
        && !has(&["not", "no", "never", "or"])
}

/// What the figure of the other client was, and how far apart they are.
fn against(summary: &Summary, metric: &Metric, own: f64, other: &Contender<'_>, figure: f64) -> String {
    let name = in_sentence(&other.word);
    let late_s = summary.live.as_ref().map_or(0.0, |live| late_s(metric, live));
    let shown = format!(", against {} with {name}", spelt(metric, figure));
    if late_s > 0.0 && (own - figure).abs() <= late_s {
        let late = human::duration(late_s);
        format!("{shown}; this run cannot tell them apart, because the engine was late by up to {late}")
    } else if own == figure {
        format!(", as with {name}")
    } else if alike(own, figure) {
        format!("{shown} (about the same)")
    } else if own.min(figure) <= 0.0 || !own.max(figure).is_finite() || metric.unit() == Unit::Share {
        shown
    } else {
        let saves_nothing = own > figure
            && matches!(metric, Metric::Measured(Figure::RequestsTotal | Figure::RequestsPerEvent));
        let verdict = if saves_nothing { " more" } else { "" };
        format!("{shown} ({}{verdict})", human::ratio(own.max(figure) / own.min(figure)))
    }
}

/// The figure as the rest of a sentence that begins with its client.
fn clause(metric: &Metric, value: f64) -> String {
    let text = spelt(metric, value);
    // A whole number of things from two on is a plural, and so is any fraction.
    let one = value == 1.0;
    let (s, were) = if one { ("", "was") } else { ("s", "were") };
    match metric {
        Metric::Measured(Figure::RequestsTotal) => format!("{text} request{s} {were} sent"),
        Metric::Measured(Figure::RequestsPerEvent) => format!("each event cost {text} request{s}"),
        Metric::Measured(Figure::EmptyShare) => format!("{text} of the polls found nothing"),
        Metric::Measured(Figure::AttemptsTotal) => {
            format!("{text} deliver{} {were} sent", if one { "y" } else { "ies" })
        }
        Metric::Measured(Figure::AttemptsPerEvent) => format!("each event was sent {text} time{s}"),
        Metric::Measured(Figure::EventsLost) if value == 0.0 => "no event was lost".to_owned(),
        Metric::Measured(Figure::EventsLost) => format!("{text} event{s} {were} lost"),
        Metric::Measured(Figure::EventsDuplicates) => format!("{text} event{s} came again"),
        Metric::Measured(Figure::DeliveredShare) => format!("{text} of the events came"),
        Metric::Measured(Figure::LatencyMean) => format!("an event was known after {text} on average"),
        Metric::Measured(Figure::KnownAfterP50) => known("the typical event", value),
        Metric::Measured(Figure::KnownAfterMax | Figure::LatencyMax) => known("the slowest event", value),
        Metric::Measured(figure) => format!("{} is {text}", figure.path()),
        Metric::Predicted(figure) => format!("theory.{} is {text}", figure.path()),
        Metric::Answered(outcome) => format!("{text} request{s} ended with {outcome}"),
    }
}

fn known(what: &str, seconds: f64) -> String {
    if seconds.is_finite() {
        format!("{what} was known after {}", human::duration(seconds))
    } else {
        format!("{what} never became known")
    }
}

fn spelt(metric: &Metric, value: f64) -> String {
    match metric.unit() {
        Unit::Seconds if value.is_infinite() => "never".to_owned(),
        Unit::Seconds => human::duration(value),
        Unit::Share => human::share(value),
        Unit::Count | Unit::PerEvent | Unit::Bytes => human::amount(value),
        Unit::PerSecond => format!("{}/s", human::amount(value)),
    }
}
