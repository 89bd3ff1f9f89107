//! The sentences of the chart of freshness against costs.

use super::has_place;
use crate::chart::Subject;
use crate::study::figures::{TradeOff, TradeOffPoint};
use crate::study::human::{amount, duration, list, share};
use crate::study::summary::Reached;

pub(super) fn in_figures(point: &TradeOffPoint) -> String {
    let mut text = format!("{} a day, {}", amount(point.requests_per_day), duration(point.mean_s));
    if point.never > 0.0 {
        text += &format!(", never {}", share(point.never));
    }
    text
}

pub(super) fn subtitle(subject: &Subject<'_>, figures: &TradeOff) -> String {
    let points = &figures.points;
    let mut sentences = vec![best(subject, figures)];
    sentences.extend(others_compared(subject, figures));
    let missing: Vec<String> = points
        .iter()
        .filter(|point| !has_place(point))
        .map(|point| format!("{} ({})", subject.named(point.client), in_figures(point)))
        .collect();
    if !missing.is_empty() {
        sentences.push(format!("Not drawn, because the scale has no zero: {}.", missing.join(", ")));
    }
    if figures.with_drain {
        sentences.push("Requests after the end of the events are included.".to_owned());
    }
    sentences.extend(unlike_the_median(subject, points));
    let unlearnt = |client: &usize| {
        subject.figures.known.iter().any(|known| known.client == *client && known.steps.is_empty())
    };
    let unlearnt: Vec<String> =
        (0..subject.clients.len()).filter(unlearnt).map(|client| subject.named(client)).collect();
    if !unlearnt.is_empty() {
        sentences.push(format!("Not drawn, because no event was ever known: {}.", unlearnt.join(", ")));
    }
    sentences.join(" ")
}

/// The clients that the report's first sentence compares, where they are neither the cheapest nor the freshest.
fn others_compared(subject: &Subject<'_>, figures: &TradeOff) -> Option<String> {
    let (one, other) = subject.figures.compared?;
    let best = chosen(figures).map(|(cheap, fresh)| [in_figures(cheap), in_figures(fresh)])?;
    let points = [one, other].into_iter();
    let points = points.filter_map(|client| figures.points.iter().find(|point| point.client == client));
    // Who has the figures of the best was named with it.
    let points = points.filter(|point| !best.contains(&in_figures(point)));
    let told: Vec<String> =
        points.map(|point| format!("{}: {}", subject.named(point.client), in_figures(point))).collect();
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

/// Why the mean that is drawn says something else than the median that the report begins with.
fn unlike_the_median(subject: &Subject<'_>, points: &[TradeOffPoint]) -> Option<String> {
    points.iter().filter(|point| subject.speaks_of(point.client)).find_map(|point| {
        let known = subject.figures.known.iter().find(|known| known.client == point.client)?;
        let Some(Reached::After(median)) = known.p50 else { return None };
        (point.mean_s > UNLIKE * median).then(|| {
            format!(
                "A few very late events make the mean of {} {}, though half are known within {}.",
                subject.named(point.client),
                duration(point.mean_s),
                duration(median)
            )
        })
    })
}

/// A mean so many times the median needs a word.
const UNLIKE: f64 = 3.0;

/// Who is cheapest and who is freshest, of the clients that missed the fewest events; who is as good as they are.
fn best(subject: &Subject<'_>, figures: &TradeOff) -> String {
    let TradeOff { points, cheapest, freshest, .. } = figures;
    let Some((cheap, fresh)) = chosen(figures) else { return NOTHING.to_owned() };
    let named = |client: usize| subject.named(client);
    let whole = whole(figures);
    if points.len() == 1 {
        return format!("{}: {}.", named(cheap.client), in_figures(cheap));
    }
    if figures.fullest.len() == 1 {
        let missed = if cheap.never > 0.0 { "the fewest events" } else { "no event" };
        return format!("Only {} missed {missed}: {}.", named(cheap.client), in_figures(cheap));
    }
    if cheapest.contains(&fresh.client) {
        let (name, told) = (named(fresh.client), in_figures(fresh));
        let others = |clients: &[usize]| {
            let others = clients.iter().filter(|client| **client != fresh.client);
            others.map(|client| named(*client)).collect::<Vec<_>>()
        };
        let (as_cheap, as_fresh) = (others(cheapest), others(freshest));
        return match (as_cheap.is_empty(), as_fresh.is_empty()) {
            (true, true) => format!("{whole}{name} is both the cheapest and the freshest: {told}."),
            (false, true) => {
                format!("{whole}{name} is the freshest, and as cheap as {}: {told}.", list(&as_cheap))
            }
            (true, false) => {
                format!("{whole}{name} is the cheapest, and as fresh as {}: {told}.", list(&as_fresh))
            }
            (false, false) if as_cheap == as_fresh => {
                let all = [vec![name], as_cheap].concat();
                format!("{whole}{} cost and bring the same: {told}.", list(&all))
            }
            (false, false) => format!(
                "{whole}{name} is as cheap as {} and as fresh as {}: {told}.",
                list(&as_cheap),
                list(&as_fresh)
            ),
        };
    }
    format!(
        "{whole}{} is {} ({}), freshest {} ({}).",
        if whole.is_empty() { "Cheapest" } else { "cheapest" },
        named(cheap.client),
        in_figures(cheap),
        named(fresh.client),
        in_figures(fresh),
    )
}

/// The cheapest and the freshest; of several that are alike the one that does best in the other figure.
fn chosen(figures: &TradeOff) -> Option<(&TradeOffPoint, &TradeOffPoint)> {
    let point = |client: &usize| figures.points.iter().find(|point| point.client == *client);
    let of = |clients: &[usize], other: fn(&TradeOffPoint) -> f64| {
        clients.iter().filter_map(point).min_by(|a, b| other(a).total_cmp(&other(b)))
    };
    Some((
        of(&figures.cheapest, |point| point.mean_s)?,
        of(&figures.freshest, |point| point.requests_per_day)?,
    ))
}

/// The clients that a sentence is about, if it is not about all.
fn whole(figures: &TradeOff) -> &'static str {
    let misses =
        |client: &usize| figures.points.iter().any(|point| point.client == *client && point.never > 0.0);
    if figures.fullest.len() == figures.points.len() {
        ""
    } else if figures.fullest.iter().any(misses) {
        "Of those that missed the fewest events: "
    } else {
        "Of those that missed no event: "
    }
}

pub(super) fn description(subject: &Subject<'_>, points: &[TradeOffPoint]) -> String {
    let mut text = String::from("Requests a day against mean latency.");
    for point in points {
        let dominated = if point.dominated { "; another client is better" } else { "" };
        text += &format!(" {}: {}{dominated}.", subject.named(point.client), in_figures(point));
    }
    text
}

const NOTHING: &str = "No event was delivered, so no request bought freshness.";
