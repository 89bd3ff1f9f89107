//! How a change of a figure is written: as a part of it where it is small, in times where it is large.

use super::Row;
use crate::figure::Unit;
use crate::study::human;

/// A change relative to BASE, as a table and a chart have it: `+12 %`, and from half and double on `4.9x fewer`; None
/// where there is no ratio.
pub fn change_in_words(row: &Row) -> Option<String> {
    let ratio = row.ratio()?;
    if ratio > 0.0 && !(0.5..2.0).contains(&ratio) {
        return times_in_words(row);
    }
    Some(percent(ratio - 1.0))
}

/// A ratio as words of a sentence: `4.9x fewer`, `1.2x later`; None where there is none.
pub(super) fn times_in_words(row: &Row) -> Option<String> {
    let ratio = row.ratio().filter(|ratio| *ratio > 0.0)?;
    let (more, less) = match row.figure.unit() {
        Unit::Seconds => ("later", "sooner"),
        Unit::Count | Unit::PerEvent | Unit::PerSecond => ("more", "fewer"),
        Unit::Bytes => ("more", "less"),
        Unit::Share => ("higher", "lower"),
    };
    Some(if ratio >= 1.0 {
        format!("{} {more}", human::ratio(ratio))
    } else {
        format!("{} {less}", human::ratio(1.0 / ratio))
    })
}

/// A part with its sign; one that is not zero is never written as zero.
pub fn percent(part: f64) -> String {
    let size = part.abs() * 100.0;
    let text = match size {
        0.0 => return "0 %".to_owned(),
        size if size < 0.05 => "<0.1".to_owned(),
        size if size < 9.95 => format!("{size:.1}"),
        size => human::number(size.round()),
    };
    format!("{}{text} %", if part < 0.0 { '−' } else { '+' })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Verdict;
    use crate::figure::Figure;

    #[test]
    fn a_part_is_signed_and_never_rounds_to_nothing() {
        assert_eq!(
            [0.0, 0.0001, -0.047, 0.5, -1.0].map(percent),
            ["0 %", "+<0.1 %", "−4.7 %", "+50 %", "−100 %"]
        );
    }

    /// What is less is never written as times more.
    #[test]
    fn a_change_is_in_the_words_of_its_direction() {
        let said = |figure: Figure, other: f64| {
            let row = Row::of_two(figure, [100.0, other], (0.0, 0.0), Verdict::Better);
            change_in_words(&row).map(|words| words.replace('\u{a0}', " "))
        };
        assert_eq!(said(Figure::RequestsTotal, 80.0).as_deref(), Some("−20 %"));
        assert_eq!(said(Figure::RequestsTotal, 20.0).as_deref(), Some("5x fewer"));
        assert_eq!(said(Figure::KnownAfterP99, 250.0).as_deref(), Some("2.5x later"));
        assert_eq!(said(Figure::EventsLost, 0.0).as_deref(), Some("−100 %"));
    }
}
