//! Which settings each part of a sweep runs.

use super::Grid;
use crate::study::Shard;

/// The places of a part's settings in the grid, in order.
///
/// The settings are dealt like cards. What one costs depends on its values, and dealt in the order of the grid a part may
/// get one value alone: with four values of the last path every fourth setting has the same. So each row of the grid begins
/// one value further on whenever the deal is at the same part again.
pub fn dealt(grid: &Grid, shard: Shard) -> Vec<usize> {
    let (number, of) = (shard.number() as usize, shard.of() as usize);
    let mine = (number - 1..grid.settings.len()).step_by(of);
    let mut places: Vec<usize> = mine.map(|card| place(grid, card, of)).collect();
    places.sort_unstable();
    places
}

/// Where in the grid the setting is that is dealt at that turn. The last path changes fastest.
fn place(grid: &Grid, card: usize, of: usize) -> usize {
    let (mut place, mut block) = (0, 1);
    for one in grid.vary.iter().rev() {
        let values = one.values.len();
        let row = card / (block * values);
        let value = card / block % values + row / turns(block * values, of);
        place += value % values * block;
        block *= values;
    }
    place
}

/// Rows of that length after which the deal is at the same part again.
const fn turns(length: usize, of: usize) -> usize {
    let (mut one, mut other) = (length, of);
    while other > 0 {
        (one, other) = (other, one % other);
    }
    of / one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(lengths: &[usize]) -> Grid {
        let values = |length: usize| (0..length).map(|value| value.to_string()).collect::<Vec<_>>().join(",");
        let vary = lengths.iter().enumerate().map(|(path, length)| format!("p{path}={}", values(*length)));
        Grid::new(vary.map(|text| text.parse().unwrap()).collect()).unwrap()
    }

    fn parts(grid: &Grid, of: u32) -> Vec<Vec<usize>> {
        (1..=of).map(|number| dealt(grid, Shard::new(number, of).unwrap())).collect()
    }

    #[test]
    fn every_setting_is_in_one_part_and_all_parts_are_as_large() {
        for lengths in [&[1][..], &[7], &[4, 4], &[2, 8], &[8, 2], &[3, 5, 2]] {
            let grid = grid(lengths);
            for of in 1..=grid.settings.len() as u32 {
                let parts = parts(&grid, of);
                let mut all = parts.concat();
                all.sort_unstable();
                assert_eq!(all, (0..grid.settings.len()).collect::<Vec<_>>(), "{lengths:?} {of}");
                let sizes = || parts.iter().map(Vec::len);
                assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1, "{lengths:?} {of}");
            }
        }
        assert_eq!(parts(&grid(&[7]), 3), [vec![0, 3, 6], vec![1, 4], vec![2, 5]]);
    }

    /// Every part has each value about as often as every other part.
    #[test]
    fn no_part_has_all_settings_of_one_value() {
        for (lengths, of) in
            [([4, 4], 4), ([2, 8], 4), ([8, 2], 4), ([10, 10], 10), ([10, 10], 5), ([6, 4], 2)]
        {
            let grid = grid(&lengths);
            let places = parts(&grid, of);
            for (path, length) in lengths.iter().enumerate() {
                for value in 0..*length {
                    let with = |part: &Vec<usize>| {
                        let of_path = |place: usize| [place / lengths[1], place % lengths[1]][path];
                        part.iter().filter(|place| of_path(**place) == value).count()
                    };
                    let counts: Vec<usize> = places.iter().map(with).collect();
                    let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
                    assert!(spread <= 1, "{lengths:?} in {of}: {path} {value}: {counts:?}");
                }
            }
        }
    }
}
