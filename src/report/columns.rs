//! Rows of cells as lines of text, each column as wide as it needs.

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The rows as lines, without spaces at their ends. `side`: that of each column.
pub(super) fn lines(rows: &[&[String]], side: impl Fn(usize) -> Side) -> Vec<String> {
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &&[String]| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = widths[column];
            match side(column) {
                Side::Left => format!("{cell:<width$}"),
                Side::Right => format!("{cell:>width$}"),
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "10", "x"], ["bcd", "7", "yz"]].map(|row| row.map(str::to_owned));
        let rows: Vec<&[String]> = rows.iter().map(|row| &row[..]).collect();
        let side = |column: usize| if column == 1 { Side::Right } else { Side::Left };
        assert_eq!(lines(&rows, side), ["a    10  x", "bcd   7  yz"]);
    }
}
