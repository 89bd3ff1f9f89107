//! Which attack got into which client: a row for each client that was attacked, a column for each attack. A dark cell is
//! what the endpoint took for the source's, a light one what it refused, with the status. A cell without a shade got no
//! answer.

use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::letters::{Align, NAME, SMALL};
use super::text::counted;
use super::{Sketch, Subject, WIDTH};
use crate::policy::security::AttackKind;
use crate::study::figures::{AttackCell, AttackRow, Attacks, Figures};
use crate::study::human::{count, duration, list};

pub(super) fn says(figures: &Figures) -> bool {
    figures.attacks.rows.iter().flat_map(|row| &row.cells).flatten().any(|cell| cell.sent > 0)
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let attacks = &subject.figures.attacks;
    let height = HEAD + attacks.rows.len() as f64 * PITCH + MARGIN;
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, attacks));
    let subtitle = subtitle(subject, attacks);
    Sketch { subtitle, description: description(subject, attacks), height, body }
}

const MARGIN: f64 = 14.0;
/// The names of the columns, in up to three lines.
const HEAD: f64 = 62.0;
/// From one row to the next.
const PITCH: f64 = 26.0;
/// The names of the clients.
const NAMES: f64 = 196.0;
/// A column is at most so wide.
const WIDEST: f64 = 130.0;
/// Between two cells.
const GAP: f64 = 3.0;

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, attacks: &Attacks) {
    let room = WIDTH - 2.0 * MARGIN - NAMES;
    let width = libm::fmin(room / attacks.columns.len().max(1) as f64, WIDEST);
    let left = |column: usize| MARGIN + NAMES + column as f64 * width;
    for (column, &(kind, after_s)) in attacks.columns.iter().enumerate() {
        let lines = SMALL.wrap(&words(kind, after_s), width - 2.0 * GAP);
        let first = HEAD - 12.0 - 14.0 * (lines.len() as f64 - 1.0);
        for (line, text) in lines.into_iter().enumerate() {
            let middle = (left(column) + width / 2.0, first + 14.0 * line as f64);
            canvas.text(middle, text, SMALL.align(Align::Centre).role(Role::Text));
        }
    }
    for (place, row) in attacks.rows.iter().enumerate() {
        let middle = HEAD + (place as f64 + 0.5) * PITCH;
        let style = subject.style(row.client);
        canvas.symbol((MARGIN + 4.0, middle), style, 4.0);
        let name = NAME.role(style.stroke().role);
        canvas.text((MARGIN + 14.0, middle), name.fit(subject.name(row.client), NAMES - 22.0), name);
        for (column, cell) in row.cells.iter().enumerate() {
            let Some(cell) = cell.as_ref().filter(|cell| cell.sent > 0) else { continue };
            let corners = [
                (left(column) + GAP / 2.0, middle - PITCH / 2.0 + GAP / 2.0),
                (left(column) + width - GAP / 2.0, middle + PITCH / 2.0 - GAP / 2.0),
            ];
            let (fill, letters) = match cell.accepted {
                0 if cell.unanswered == cell.sent => (Role::Paper, Role::Muted),
                0 => (Role::Grid, Role::Muted),
                _ => (Role::Text, Role::Paper),
            };
            canvas.rectangle(corners[0], corners[1], fill.stroke());
            let letters = SMALL.align(Align::Centre).role(letters);
            canvas.text(
                (left(column) + width / 2.0, middle),
                letters.fit(&in_cell(cell), width - 3.0 * GAP),
                letters,
            );
        }
    }
}

/// How many got in, or how the others were answered.
fn in_cell(cell: &AttackCell) -> String {
    if cell.accepted == cell.sent {
        count(cell.accepted)
    } else if cell.accepted > 0 {
        format!("{} of {}", count(cell.accepted), count(cell.sent))
    } else if cell.unanswered > 0 {
        // Why nothing can be told of this attack. The statuses of the others do not fit beside it.
        format!("{} no answer", count(cell.unanswered))
    } else {
        cell.refused_with.join(", ")
    }
}

/// What the attacker sent, in words.
fn words(kind: AttackKind, after_s: f64) -> String {
    let sent = match kind {
        AttackKind::Forge => "made up",
        AttackKind::Replay => "recorded, sent again",
        AttackKind::Tamper => "recorded, changed",
        AttackKind::Oversize => "too long",
        AttackKind::Slow => "never ends",
        AttackKind::EavesdropForge => "made up by eavesdropper",
    };
    if after_s > 0.0 { format!("{sent} after {}", duration(after_s)) } else { sent.to_owned() }
}

fn accepted(row: &AttackRow) -> u64 {
    row.cells.iter().flatten().map(|cell| cell.accepted).sum()
}

fn subtitle(subject: &Subject<'_>, attacks: &Attacks) -> String {
    let unanswered: u64 =
        attacks.rows.iter().flat_map(|row| &row.cells).flatten().map(|cell| cell.unanswered).sum();
    if unanswered > 0 {
        let requests = counted(unanswered, "request", "requests");
        return format!("{requests} got no answer: who keeps every attacker out cannot be told.");
    }
    let tight: Vec<String> =
        attacks.rows.iter().filter(|row| accepted(row) == 0).map(|row| subject.named(row.client)).collect();
    let open = attacks.rows.len() - tight.len();
    let kept = match tight.as_slice() {
        [] => "No client kept every attacker out.".to_owned(),
        _ if open == 0 => "Every client kept all attackers out.".to_owned(),
        few if few.len() <= 4 => format!("Only {} kept every attacker out.", list(few)),
        many => format!("{} of {} clients kept every attacker out.", many.len(), attacks.rows.len()),
    };
    let most = attacks.rows.iter().max_by_key(|row| (accepted(row), std::cmp::Reverse(row.client)));
    let most = most.filter(|row| accepted(row) > 0).map(|row| {
        let sent: u64 = row.cells.iter().flatten().map(|cell| cell.sent).sum();
        format!(" Most got into {}: {} of {}.", subject.named(row.client), count(accepted(row)), count(sent))
    });
    kept + &most.unwrap_or_default()
}

fn description(subject: &Subject<'_>, attacks: &Attacks) -> String {
    let mut text = String::from("What became of the requests of attackers.");
    for row in &attacks.rows {
        let cells = attacks.columns.iter().zip(&row.cells).filter_map(|(&(kind, after_s), cell)| {
            let cell = cell.as_ref().filter(|cell| cell.sent > 0)?;
            let became = match cell.accepted {
                0 if cell.unanswered == cell.sent => "no answer".to_owned(),
                0 if cell.unanswered > 0 => {
                    format!("refused with {}, {}", cell.refused_with.join(", "), in_cell(cell))
                }
                0 => format!("refused with {}", in_cell(cell)),
                _ => format!("{} of {} got in", count(cell.accepted), count(cell.sent)),
            };
            Some(format!("{}: {became}", words(kind, after_s)))
        });
        text += &format!(" {}: {}.", subject.named(row.client), cells.collect::<Vec<_>>().join("; "));
    }
    text
}
