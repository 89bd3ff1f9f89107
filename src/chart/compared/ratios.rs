//! Every figure that differs between two reports, as a ratio with its interval: a forest plot.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::letters::{Align, NAME, SMALL};
use super::super::plot::{Frame, Plot};
use super::super::{Sketch, WIDTH, text};
use crate::compare::{Comparison, Row, Verdict, change_in_words};
use crate::study::human;

pub(super) fn says(comparison: &Comparison) -> bool {
    !shown(comparison).is_empty()
}

/// The figures that have a ratio and are not equal, as many as find room.
fn shown(comparison: &Comparison) -> Vec<&Row> {
    let differs =
        |row: &&Row| row.verdict != Verdict::SameBytes && row.ratio().is_some_and(|ratio| ratio > 0.0);
    comparison.rows.iter().filter(differs).take(MOST).collect()
}

const MOST: usize = 60;
const ROW: f64 = 22.0;
const TOP: f64 = 14.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 138.0;

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let rows = &shown(comparison)[..];
    let several = comparison.sides.len() > 2;
    let bottom = TOP + rows.len() as f64 * ROW;
    let height = bottom + 48.0;
    let body = draw((WIDTH, height), |canvas| paint(canvas, comparison, rows, several, bottom));
    let of = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let parts = [
        (of(Verdict::Better), "better".to_owned()),
        (of(Verdict::Worse), "worse".to_owned()),
        (of(Verdict::Differs), "different, neither better nor worse".to_owned()),
        (of(Verdict::Same), format!("the same within {}", human::share(comparison.margin))),
        (of(Verdict::CannotTell), "open: these runs cannot tell".to_owned()),
    ];
    let parts: Vec<String> = (parts.iter().filter(|(number, _)| *number > 0))
        .map(|(number, words)| format!("{number} {words}"))
        .collect();
    let subtitle = format!("Figures that are not equal: {}.", parts.join(", "));
    let line = |row: &&Row| {
        let change = change_in_words(row).unwrap_or_default();
        format!("{} {}: {change}, {}", row.client, row.figure.path(), row.verdict.name())
    };
    let description = text::clean(&rows.iter().map(line).collect::<Vec<_>>().join("; "));
    Sketch { subtitle, description, height, body }
}

fn paint(canvas: &Canvas<'_>, comparison: &Comparison, rows: &[&Row], several: bool, bottom: f64) {
    let ends = rows.iter().flat_map(|row| {
        let (low, high) = row.ratio_interval.unwrap_or((1.0, 1.0));
        [row.ratio().unwrap_or(1.0), low, high]
    });
    let margin = comparison.margin;
    let axis = Axis::ratios(ends.chain([1.0 - 2.0 * margin, 1.0 + 2.0 * margin]));
    let frame = Frame { left: LEFT, top: TOP, right: WIDTH - RIGHT, bottom };
    let plot = Plot::new(canvas, frame, axis, Axis::shares());
    plot.level_axis("OTHER divided by BASE");
    let x = |ratio: f64| plot.at((ratio.clamp(plot.x.from, plot.x.to), 0.0)).0;
    canvas.rectangle((x(1.0 - margin), TOP), (x(1.0 + margin), bottom), Role::Muted.stroke().alpha(0.25));
    canvas.line(&[(x(1.0), TOP), (x(1.0), bottom)], Role::Axis.stroke(), 1.5);
    for (place, row) in rows.iter().enumerate() {
        let y = TOP + (place as f64 + 0.5) * ROW;
        let ratio = row.ratio().unwrap_or(1.0);
        let role = match row.verdict {
            Verdict::Better => Role::Client(0),
            Verdict::Worse => Role::Client(1),
            Verdict::Differs => Role::Text,
            Verdict::Same
            | Verdict::SameBytes
            | Verdict::CannotTell
            | Verdict::New
            | Verdict::Gone
            | Verdict::NotComparable => Role::Muted,
        };
        let client = if several {
            format!("{}: {}", comparison.sides[row.run].name, row.client)
        } else {
            comparison.client_title(row.run, &row.client)
        };
        let figure = row.figure.path();
        let room = LEFT - 28.0 - SMALL.width(figure);
        canvas.text((12.0, y), NAME.fit(&text::clean(&client), room), NAME);
        canvas.text((LEFT - 10.0, y), figure, SMALL.align(Align::Right));
        if let Some((low, high)) = row.ratio_interval {
            canvas.line(&[(x(low), y), (x(high), y)], role.stroke(), 1.75);
            for end in [low, high] {
                canvas.line(&[(x(end), y - 4.0), (x(end), y + 4.0)], role.stroke(), 1.75);
            }
        }
        if row.verdict.is_a_change() {
            canvas.disc((x(ratio), y), 4.5, role.stroke());
        } else {
            canvas.disc((x(ratio), y), 4.5, Role::Paper.stroke());
            canvas.ring((x(ratio), y), 4.5, role.stroke(), 1.5);
        }
        let change = change_in_words(row).unwrap_or_default();
        canvas.text(
            (WIDTH - RIGHT + 10.0, y),
            format!("{change} {}", in_brackets(row.verdict)),
            SMALL.role(role),
        );
    }
}

/// What a change is, behind it.
const fn in_brackets(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "(better)",
        Verdict::Worse => "(worse)",
        Verdict::Same => "(same)",
        Verdict::CannotTell => "(open)",
        Verdict::Differs | Verdict::SameBytes | Verdict::New | Verdict::Gone | Verdict::NotComparable => "",
    }
}
