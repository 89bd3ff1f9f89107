//! The first sentence of a sweep: the setting that was looked for, or what the varied values do.

use super::apart::compared;
use super::{Found, Keeps, Point, Sweep, View, best, broken};
use crate::study::human;
use std::cmp::Ordering;

/// A sentence, and what must be said with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The answer.
    pub sentence: String,
    /// What limits it; empty where nothing does.
    pub exception: String,
    /// The claims of the scenario that do not hold at some setting, a sentence each.
    pub broken: Vec<String>,
}

pub(super) fn answer(sweep: &Sweep) -> Answer {
    let mut answer = match &sweep.found {
        Some(found) => of_wish(sweep, found),
        None => of_change(sweep),
    };
    let (run, all) = (sweep.points.len(), sweep.grid.settings.len());
    let mut limits = vec![std::mem::take(&mut answer.exception)];
    if run < all {
        limits.push(format!("Stopped: {run} of {all} settings were run; --resume goes on."));
    }
    answer.broken = broken::sentences(sweep);
    let late = sweep.points.iter().filter_map(|point| point.ran.summary.live.as_ref()?.lateness_s.max);
    let is_live = sweep.points.iter().any(|point| point.ran.summary.live.is_some());
    if let Some(most) = late.reduce(libm::fmax) {
        limits.push(format!(
            "Run live: the engine was late by up to {}, and smaller differences between settings may be its own.",
            human::duration(most)
        ));
    }
    let lives = sweep.points.iter().filter_map(|point| point.ran.summary.live.as_ref());
    if run > 1 && lives.clone().any(|live| live.in_turns_with.is_empty()) {
        limits.push(
            "The settings ran one after the other, and what changed on the machine in between looks like theirs; with \
             --replications 6 they take turns."
                .to_owned(),
        );
    }
    if sweep.replications() == 1 && !is_live {
        limits.push(
            "One run of each setting, exact for this seed; --replications 30 tells how far chance moves it."
                .to_owned(),
        );
    }
    answer.exception = limits.into_iter().filter(|limit| !limit.is_empty()).collect::<Vec<_>>().join(" ");
    answer
}

fn of_wish(sweep: &Sweep, found: &Found) -> Answer {
    let wish = sweep.asked.wishes.iter().map(|wish| wish.text.as_str()).collect::<Vec<_>>().join(" and ");
    let [fresh, cost] = &sweep.views;
    let many = settings(sweep.points.len());
    let Some(chosen) = found.chosen else {
        let nearest = found.nearest.map_or_else(String::new, |place| {
            let point = &sweep.points[place];
            format!(" The nearest is {}, with {}.", setting(sweep, point), spelt(point, fresh))
        });
        return Answer { sentence: format!("None of {many} keeps {wish}.{nearest}"), ..Answer::default() };
    };
    let point = &sweep.points[chosen];
    let sure = found.keeps[chosen] == Keeps::Yes;
    let kept = found.keeps.iter().filter(|keeps| **keeps == found.keeps[chosen]).count();
    let verb = if sure { "keeps" } else { "perhaps keeps" };
    let of = sweep.points.len();
    // Intervals and numbers of settings follow, so that the sentence is short.
    let sentence = format!(
        "{} is the cheapest setting that {verb} {wish}: {}, for {} of {}.",
        setting(sweep, point),
        value(point, fresh),
        cost.words,
        value(point, cost)
    );
    let mut exception = Vec::new();
    if of > 1 {
        exception.push(match (sure, kept) {
            (true, 1) => format!("No other of {of} settings keeps it."),
            (true, _) => format!("{kept} of {of} settings keep it."),
            (false, _) => format!("None of {of} settings surely keeps it, {kept} perhaps."),
        });
    }
    let intervals: Vec<String> = [fresh, cost].into_iter().filter_map(|view| ends(point, view)).collect();
    if !intervals.is_empty() {
        exception.push(format!("Its 95 % intervals: {}.", intervals.join(", and ")));
    }
    if !sure {
        let why = if point.interval(fresh).is_some() {
            "reaches beyond the limit"
        } else {
            "is not known, for want of events"
        };
        exception.push(format!("Its 95 % interval {why}: other events may break it."));
    }
    let has_interval = point.interval(fresh).is_some();
    if sure && !has_interval && sweep.replications() > 1 {
        exception.push(format!(
            "{} has no interval, so that other events may break it.",
            human::capitalised(&fresh.words)
        ));
    }
    match found.cheaper {
        Some(place) => {
            let cheaper = &sweep.points[place];
            let has = match found.keeps[place] {
                Keeps::Perhaps => "may keep it or not",
                Keeps::PerhapsNot => "perhaps does not keep it",
                Keeps::Unknown => "has too few events to tell",
                Keeps::Yes | Keeps::No => "does not keep it",
            };
            exception.push(format!(
                "The next cheaper, {}, {has}: {}.",
                setting(sweep, cheaper),
                spelt(cheaper, fresh)
            ));
        }
        None if sweep.points.len() > 1 => exception.push("No setting tried costs less.".to_owned()),
        None => {}
    }
    Answer { sentence, exception: exception.join(" "), ..Answer::default() }
}

/// What the values do to the two figures.
fn of_change(sweep: &Sweep) -> Answer {
    let [fresh, cost] = &sweep.views;
    let (Some(first), Some(last)) = (sweep.points.first(), sweep.points.last()) else {
        return Answer::default();
    };
    let sentence = if sweep.grid.vary.len() == 1 && sweep.points.len() > 1 {
        let change = |view: &View| {
            let between = extreme_inside(sweep, view);
            let [first, last] = [first, last].map(|point| value(point, view));
            if first == last {
                format!("{} is {first} at both ends{between}", view.words)
            } else {
                format!("{} goes from {first} to {last}{between}", view.words)
            }
        };
        format!(
            "From {} to {} of {}, with {} {}, and {}.",
            first.values[0],
            last.values[0],
            sweep.grid.vary[0].path,
            human::name(&fresh.name),
            change(fresh),
            change(cost)
        )
    } else if sweep.points.len() == 1 {
        let told = |view: &View| format!("{} is {}", view.words, spelt(first, view));
        format!(
            "At {}, with {} {}, and {}.",
            setting(sweep, first),
            human::name(&fresh.name),
            told(fresh),
            told(cost)
        )
    } else {
        let ends = |view: &View| {
            let known = || sweep.points.iter().filter_map(|point| Some((point, point.value(view)?)));
            let (Some(least), Some(most)) =
                (known().min_by(|a, b| a.1.total_cmp(&b.1)), known().max_by(|a, b| a.1.total_cmp(&b.1)))
            else {
                return format!("{} is not known", view.words);
            };
            format!(
                "{} ranges from {} ({}) to {} ({})",
                view.words,
                value(least.0, view),
                least.0.values.join(", "),
                value(most.0, view),
                most.0.values.join(", ")
            )
        };
        format!(
            "Over {}, with {} {}, and {}.",
            settings(sweep.points.len()),
            human::name(&fresh.name),
            ends(fresh),
            ends(cost)
        )
    };
    // On a map, who is the best where says more than how far the figures of one client reach.
    match best_of(sweep).filter(|_| sweep.grid.vary.len() == 2) {
        Some((best, above)) => {
            let exception = above.map_or_else(|| sentence.clone(), |above| format!("{above} {sentence}"));
            Answer { sentence: best, exception, ..Answer::default() }
        }
        None => Answer { sentence, exception: overtakings(sweep).join(" "), ..Answer::default() },
    }
}

/// At how many settings of a map each client is the best, and where one is; None where one is the best in both figures
/// everywhere.
fn best_of(sweep: &Sweep) -> Option<(String, Option<String>)> {
    let told: Vec<String> = sweep.judged().filter_map(|(view, best)| best::told(sweep, view, best)).collect();
    let is_varied = sweep.judged().any(|(_, best)| {
        let (counts, ties) = best::counted(best);
        counts.len() > 1 || ties > 0
    });
    (!told.is_empty() && is_varied)
        .then(|| (format!("Of all clients, {}.", told.join("; ")), best::above_one_event(sweep)))
}

/// Between which values of a single path the cost of the client and of another change places.
fn overtakings(sweep: &Sweep) -> Vec<String> {
    let cost = &sweep.views[1];
    if sweep.grid.vary.len() != 1 {
        return Vec::new();
    }
    let others = sweep.shown_names().into_iter().enumerate().filter(|(place, _)| *place != cost.client);
    others.filter_map(|(place, name)| overtaking(sweep, &cost.of(place, &name))).collect()
}

/// The same of one other client; None where their order does not change, or more than once.
fn overtaking(sweep: &Sweep, other: &View) -> Option<String> {
    let cost = &sweep.views[1];
    // Neighbours in the same order, the first and the last of them.
    let mut parts: Vec<(Ordering, &Point, &Point)> = Vec::new();
    for point in &sweep.points {
        let Some(order) = compared(point, cost, other) else { continue };
        match parts.last_mut() {
            Some((of_part, _, last)) if *of_part == order => *last = point,
            _ => parts.push((order, point, point)),
        }
    }
    let name = human::name(&other.name);
    let beside = |order: Ordering| match order {
        Ordering::Less => "lower than",
        Ordering::Equal => "about the same as",
        Ordering::Greater => "higher than",
    };
    let alone = |order: Ordering| match order {
        Ordering::Less => "lower",
        Ordering::Equal => "about the same",
        Ordering::Greater => "higher",
    };
    let (own, until, then, from, between) = match *parts.as_slice() {
        [(own, _, until), (then, from, _)] => (own, until, then, from, ""),
        [(own, _, until), (Ordering::Equal, ..), (then, from, _)] if own != then => {
            (own, until, then, from, ", in between about the same")
        }
        _ => return None,
    };
    let then = if then == own.reverse() { "the opposite" } else { alone(then) };
    let (until, from) = (&until.values[0], &from.values[0]);
    let (client, words, beside) = (human::name(&cost.name), &cost.words, beside(own));
    Some(format!(
        "Up to {until}, {words} with {client} is {beside} with {name}, from {from} on {then}{between}."
    ))
}

/// Where a figure is lower or higher between the ends than at both of them.
fn extreme_inside(sweep: &Sweep, view: &View) -> String {
    let known: Vec<(usize, f64)> = sweep
        .points
        .iter()
        .enumerate()
        .filter_map(|(place, point)| Some((place, point.value(view)?)))
        .collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return String::new() };
    let (low, high) = (libm::fmin(first.1, last.1), libm::fmax(first.1, last.1));
    let least = known.iter().min_by(|a, b| a.1.total_cmp(&b.1)).filter(|least| least.1 < low * 0.98);
    let most = known.iter().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|most| most.1 > high * 1.02);
    let told = |word: &str, found: Option<&(usize, f64)>| {
        found.map(|(place, _)| {
            let point = &sweep.points[*place];
            format!("{word} {} at {}", value(point, view), point.values.join(", "))
        })
    };
    let told: Vec<String> = [told("at least", least), told("at most", most)].into_iter().flatten().collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

/// The values of a setting: `reconcile = 5m`.
pub(super) fn setting(sweep: &Sweep, point: &Point) -> String {
    let each = sweep.grid.vary.iter().zip(&point.values);
    each.map(|(one, value)| format!("{} = {value}", one.key())).collect::<Vec<_>>().join(", ")
}

fn settings(count: usize) -> String {
    if count == 1 { "1 setting".to_owned() } else { format!("{} settings", human::count(count as u64)) }
}

/// A figure with its interval.
fn spelt(point: &Point, view: &View) -> String {
    let interval = point.interval(view).map_or_else(String::new, |(low, high)| {
        let [low, high] = [low, high].map(|end| human::figure(view.metric.unit(), end));
        format!(" (95 %: {low} to {high})")
    });
    format!("{}{interval}", value(point, view))
}

/// The interval of a figure after its path: `requests.per_s 0.1/s to 0.2/s`.
fn ends(point: &Point, view: &View) -> Option<String> {
    let (low, high) = point.interval(view)?;
    let [low, high] = [low, high].map(|end| human::figure(view.metric.unit(), end));
    Some(if low == high {
        format!("{} {low}", view.words)
    } else {
        format!("{} {low} to {high}", view.words)
    })
}

fn value(point: &Point, view: &View) -> String {
    point.value(view).map_or_else(|| "unknown".to_owned(), |value| human::figure(view.metric.unit(), value))
}
