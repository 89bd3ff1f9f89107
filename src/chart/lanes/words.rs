//! The words of the swim lanes: what each client sent and how long it waited.

use super::TIMES;
use crate::chart::Subject;
use crate::chart::axis::moments;
use crate::chart::text::counted;
use crate::study::figures::{Held, Lane, Lanes, MarkKind};
use crate::study::human::{count, duration};

/// The requests of the client in the time shown, by their result.
pub(super) fn tallies(lane: &Lane) -> Vec<String> {
    let number =
        |kinds: &[MarkKind]| lane.marks.iter().filter(|mark| kinds.contains(&mark.kind)).count() as u64;
    let asked = |stays: bool| {
        let kinds =
            [MarkKind::AskedInVain, MarkKind::AskedAndGot, MarkKind::AskedAndFailed, MarkKind::Connected];
        let own = lane.marks.iter().filter(|mark| kinds.contains(&mark.kind));
        own.filter(|mark| mark.channel.stays_connected() == stays).count() as u64
    };
    let (polls, connected) = (asked(false), asked(true));
    let tries = number(&[
        MarkKind::Delivery,
        MarkKind::Retry,
        MarkKind::Duplicate,
        MarkKind::NotKept,
        MarkKind::Unacknowledged,
        MarkKind::FailedAttempt,
    ]);
    let late = number(&[MarkKind::Unacknowledged]);
    // Each failure stands beside what failed.
    let failed_asking = |stays: bool| {
        let own = lane.marks.iter().filter(|mark| mark.kind == MarkKind::AskedAndFailed);
        let number = own.filter(|mark| mark.channel.stays_connected() == stays).count() as u64;
        (number > 0).then(|| format!("{} failed", count(number)))
    };
    let failed = number(&[MarkKind::FailedAttempt]);
    let number_held = |how: Held| lane.held.iter().filter(|held| **held == how).count() as u64;
    let (never, unwanted) = (number_held(Held::Never), number_held(Held::Unwanted));
    let mut tallies = Vec::new();
    if polls > 0 {
        tallies.push(counted(polls, "poll", "polls"));
        tallies.push(format!("{} useful", count(number(&[MarkKind::AskedAndGot]))));
        tallies.extend(failed_asking(false));
    }
    if connected > 0 {
        tallies.push(counted(connected, "connection", "connections"));
        tallies.push(format!("{} brought", counted(number(&[MarkKind::Streamed]), "event", "events")));
        tallies.extend(failed_asking(true));
    }
    if tries > 0 {
        tallies.push(counted(tries, "attempt", "attempts"));
    }
    if polls + tries + connected == 0 {
        tallies.push("no requests here".to_owned());
    }
    if late > 0 {
        tallies.push(format!("{} unacknowledged", count(late)));
    }
    if failed > 0 {
        tallies.push(format!("{} failed", count(failed)));
    }
    if never > 0 {
        tallies.push(format!("{} never known", count(never)));
    }
    if unwanted > 0 {
        tallies.push(format!("{} not asked for", count(unwanted)));
    }
    tallies
}

/// The longest wait of an event of the stretch; zero where none was wanted, None where one was never known.
fn longest_wait(lanes: &Lanes, lane: &Lane) -> Option<f64> {
    lanes.events_s.iter().zip(&lane.held).try_fold(0.0, |longest, (event, held)| match held {
        Held::At(held_s) => Some(libm::fmax(longest, held_s - event)),
        Held::Never => None,
        Held::Unwanted => Some(longest),
    })
}

/// Whether the client asks for an event of the stretch.
fn wants_any(lane: &Lane) -> bool {
    lane.held.iter().any(|held| *held != Held::Unwanted)
}

pub(super) fn subtitle(subject: &Subject<'_>, lanes: &Lanes) -> String {
    let spelt = moments(lanes.span_s, TIMES);
    let [from, to] = [lanes.span_s.0, lanes.span_s.1].map(|time| spelt.in_words(time));
    let mut sentences =
        vec![format!("{from} to {to} into the run, chosen because {}.", lanes.chosen_because)];
    if !lanes.events_s.is_empty() && lanes.lanes.len() <= 4 {
        let (known, missed): (Vec<&Lane>, Vec<&Lane>) =
            lanes.lanes.iter().partition(|lane| longest_wait(lanes, lane).is_some());
        let wait = |lane: &&Lane| {
            let wait = longest_wait(lanes, lane).filter(|_| wants_any(lane))?;
            Some(format!("{} with {}", duration(wait), subject.named(lane.client)))
        };
        let waits: Vec<String> = known.iter().filter_map(wait).collect();
        if !waits.is_empty() {
            sentences.push(format!("The longest wait: {}.", waits.join(", ")));
        }
        let missed: Vec<String> = missed.iter().map(|lane| subject.named(lane.client)).collect();
        if !missed.is_empty() {
            sentences.push(format!("Some events were never known: {}.", missed.join(", ")));
        }
    }
    if !lanes.left_out.is_empty() {
        sentences.push(format!("Left out: {}.", lanes.left_out));
    }
    sentences.join(" ")
}

pub(super) fn description(subject: &Subject<'_>, lanes: &Lanes) -> String {
    let mut text = format!("{} in the time shown.", counted(lanes.events_s.len() as u64, "event", "events"));
    for lane in &lanes.lanes {
        let wait = longest_wait(lanes, lane).map_or_else(
            || "some never known".to_owned(),
            |wait| format!("the longest wait {}", duration(wait)),
        );
        let mut parts = tallies(lane);
        if wants_any(lane) || lanes.events_s.is_empty() {
            parts.push(wait);
        }
        text += &format!(" {}: {}.", subject.named(lane.client), parts.join(", "));
    }
    text
}
