//! What clients experience in a made-up run: when each event is held and which requests that takes. It imitates the
//! simulation only so far that the charts get something plausible.

use super::draws;
use crate::chart::{ClientKind, ClientLabel};
use crate::study::figures::{Fate, Mark, MarkKind};

pub(super) struct Run {
    pub(super) events: Vec<f64>,
    pub(super) duration: f64,
    pub(super) stretch: (f64, f64),
}

/// What one client experienced.
pub(super) struct Experience {
    pub(super) label: ClientLabel,
    pub(super) client: usize,
    pub(super) held: Vec<Option<f64>>,
    pub(super) fates: Vec<Fate>,
    pub(super) marks: Vec<Mark>,
    pub(super) interval: Option<f64>,
    pub(super) round_trip: f64,
}

fn is_down(down: Option<(f64, f64)>, time: f64) -> bool {
    down.is_some_and(|(from, to)| (from..to).contains(&time))
}

impl Run {
    pub(super) fn poll(
        &self,
        client: usize,
        name: &str,
        interval: f64,
        round_trip: f64,
        down: Option<(f64, f64)>,
    ) -> Experience {
        let mut held = vec![None; self.events.len()];
        let mut marks = Vec::new();
        for tick in 0..(self.duration / interval) as u64 + 2 {
            let sent_s = (tick as f64 + 0.37) * interval;
            let new: Vec<usize> =
                (0..held.len()).filter(|&e| held[e].is_none() && self.events[e] <= sent_s).collect();
            let kind = if is_down(down, sent_s) {
                MarkKind::FailedPoll
            } else if new.is_empty() {
                MarkKind::EmptyPoll
            } else {
                MarkKind::UsefulPoll
            };
            if kind == MarkKind::UsefulPoll {
                new.iter().for_each(|&event| held[event] = Some(sent_s + round_trip));
            }
            marks.push(Mark { sent_s, ended_s: sent_s + round_trip, kind });
        }
        let fates =
            held.iter().map(|held| if held.is_some() { Fate::Polled } else { Fate::Pending }).collect();
        let label = ClientLabel { name: name.to_owned(), kind: ClientKind::Poll };
        Experience { label, client, held, fates, marks, interval: Some(interval), round_trip }
    }

    pub(super) fn webhook(
        &self,
        client: usize,
        name: &str,
        transit: f64,
        retries: &[f64],
        down: Option<(f64, f64)>,
        reconcile: Option<f64>,
    ) -> Experience {
        let mut luck = draws(client as u64 + 11);
        let (mut held, mut fates, mut marks) = (Vec::new(), Vec::new(), Vec::new());
        for &event in &self.events {
            let mut sent_s = event;
            let (mut when, mut fate) = (None, Fate::Lost);
            for attempt in 0..=retries.len() {
                let fails = is_down(down, sent_s) || luck.next().unwrap_or(0.0) < 0.01;
                let kind = match (fails, attempt) {
                    (true, _) => MarkKind::FailedAttempt,
                    (false, 0) => MarkKind::Delivery,
                    (false, _) => MarkKind::Retry,
                };
                marks.push(Mark { sent_s, ended_s: sent_s + transit, kind });
                if !fails {
                    when = Some(sent_s + transit);
                    fate = if attempt == 0 { Fate::FirstTry } else { Fate::Retry(attempt as u32) };
                    break;
                }
                sent_s += retries.get(attempt).copied().unwrap_or(0.0);
            }
            if let Some(interval) = reconcile {
                let mut reconciled = libm::ceil(event / interval) * interval;
                while is_down(down, reconciled) {
                    reconciled += interval;
                }
                if when.is_none_or(|when| reconciled + 0.1 < when) {
                    if let Some(mark) = marks.last_mut().filter(|mark| mark.kind == MarkKind::Retry) {
                        mark.kind = MarkKind::Duplicate;
                    }
                    (when, fate) = (Some(reconciled + 0.1), Fate::Reconciled);
                    marks.push(Mark {
                        sent_s: reconciled,
                        ended_s: reconciled + 0.1,
                        kind: MarkKind::UsefulPoll,
                    });
                }
            }
            held.push(when);
            fates.push(fate);
        }
        if let Some(interval) = reconcile {
            let ticks = (0..(self.duration / interval) as u64).map(|tick| tick as f64 * interval);
            marks.extend(ticks.map(|sent_s| Mark {
                sent_s,
                ended_s: sent_s + 0.1,
                kind: MarkKind::EmptyPoll,
            }));
        }
        marks.sort_by(|one, other| one.sent_s.total_cmp(&other.sent_s));
        let label = ClientLabel { name: name.to_owned(), kind: ClientKind::Webhook };
        Experience { label, client, held, fates, marks, interval: None, round_trip: transit }
    }
}
