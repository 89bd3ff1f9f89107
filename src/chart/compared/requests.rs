//! The requests of OTHER and BASE in time, a panel for each client that sends unevenly.

use super::super::axis::{Axis, moments};
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::letters::NAME;
use super::super::plot::{Frame, Plot, room_for};
use super::super::text::counted;
use super::super::{Sketch, WIDTH};
use super::{Shown, clients, sentences};
use crate::compare::{Comparison, Pictured};
use crate::study::human::{count, duration};

pub(super) fn says(comparison: &Comparison) -> bool {
    comparison.pictured.iter().any(differs)
}

/// Two lines that run level say no more than the two totals.
fn differs(client: &Pictured) -> bool {
    let bins = &client.requests;
    // The last bin may be cut short by the end of the run.
    let whole = &bins[..bins.len().saturating_sub(1)];
    let uneven = |side: usize| {
        let sent = || whole.iter().map(move |bin| bin.1[side]);
        let (least, most) = (sent().min().unwrap_or(0), sent().max().unwrap_or(0));
        most > least + 1 && least * 10 < most * 9
    };
    whole.len() > 2 && bins.iter().any(|bin| bin.1[0] != bin.1[1]) && (uneven(0) || uneven(1))
}

const TOP: f64 = 6.0;
const PANEL: f64 = 132.0;
const BOTTOM: f64 = 46.0;

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let shown = clients(comparison, differs);
    let height = TOP + shown.len() as f64 * PANEL + BOTTOM;
    let body = draw((WIDTH, height), |canvas| paint(canvas, &shown));
    let subtitle = sentences(shown.iter().filter_map(|client| {
        let gap = |sent: [u64; 2]| sent[0].abs_diff(sent[1]);
        let (start, sent) = client.of.requests.iter().max_by_key(|bin| gap(bin.1)).copied()?;
        Some(format!(
            "{}: they differ most in the time step at {}, {} instead of {}.",
            client.name,
            duration(start),
            counted(sent[1], "request", "requests"),
            count(sent[0])
        ))
    }));
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

fn paint(canvas: &Canvas<'_>, shown: &[Shown<'_>]) {
    let all = || shown.iter().flat_map(|client| &client.of.requests);
    let most = all().flat_map(|bin| bin.1).max().unwrap_or(1);
    let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
    for client in shown {
        if let [(first, _), (second, _), .., (last, _)] = client.of.requests.as_slice() {
            from = libm::fmin(from, *first);
            to = libm::fmax(to, last + second - first);
        }
    }
    for (place, client) in shown.iter().enumerate() {
        let y = Axis::counts(most, 3);
        let top = TOP + place as f64 * PANEL;
        let frame = Frame {
            left: room_for(&y, 56.0),
            top: top + 34.0,
            right: WIDTH - 24.0,
            bottom: top + PANEL - 6.0,
        };
        let mut plot = Plot::new(canvas, frame, Axis::moments((from, to), 8), y);
        plot.upright_axis("");
        if place + 1 == shown.len() {
            plot.level_axis(&moments((from, to), 8).title());
        } else {
            plot.level_hairlines();
            let ends = [(frame.left, frame.bottom), (frame.right, frame.bottom)];
            canvas.line(&ends, Role::Axis.stroke(), 1.0);
        }
        plot.area(steps(client, 1), client.style.stroke().alpha(0.55));
        plot.line(steps(client, 0), Role::Text.stroke(), 1.5);
        canvas.symbol((frame.left + 4.0, top + 14.0), client.style, 4.0);
        canvas.text(
            (frame.left + 14.0, top + 14.0),
            NAME.fit(&client.name, frame.right - frame.left - 20.0),
            NAME,
        );
    }
}

/// The corners of the bins of one side.
fn steps<'s>(client: &'s Shown<'_>, side: usize) -> impl Iterator<Item = (f64, f64)> + 's {
    let bins = &client.of.requests;
    let width = bins.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::INFINITY, libm::fmin);
    bins.iter().flat_map(move |(start, sent)| {
        let sent = sent[side] as f64;
        [(*start, sent), (start + width, sent)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_lines_and_equal_ones_are_left_out() {
        let client = |sent: &[[u64; 2]]| Pictured {
            shift: None,
            beside: None,
            client: "poll".to_owned(),
            kind: "poll".to_owned(),
            known: None,
            paired: None,
            requests: sent.iter().enumerate().map(|(place, sent)| (place as f64, *sent)).collect(),
        };
        assert!(!differs(&client(&[[60, 180], [61, 180], [60, 181], [12, 30]])));
        assert!(!differs(&client(&[[5, 5], [60, 60], [2, 2], [1, 1]])));
        assert!(differs(&client(&[[5, 5], [60, 70], [2, 2], [1, 1]])));
        assert!(!differs(&client(&[])));
    }
}
