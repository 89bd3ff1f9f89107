//! The settings of a sweep: every combination of the values of the varied paths.

use super::Vary;
use crate::scenario::Override;

/// The varied paths and every setting.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The paths with their values, in the order given.
    pub vary: Vec<Vary>,
    /// The combinations; the last path changes fastest.
    pub settings: Vec<Setting>,
}

/// One combination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// A value for each path.
    pub values: Vec<String>,
}

impl Grid {
    /// Every combination of the values.
    ///
    /// # Errors
    /// Where a path is varied twice, or there are too many settings.
    pub fn new(vary: Vec<Vary>) -> Result<Self, String> {
        for (at, one) in vary.iter().enumerate() {
            if vary[..at].iter().any(|earlier| earlier.path == one.path) {
                return Err(format!("`{}` is varied twice; write all its values into one --vary", one.path));
            }
        }
        let count = vary.iter().try_fold(1_usize, |count, one| count.checked_mul(one.values.len()));
        if count.is_none_or(|count| count > MOST) {
            return Err(format!(
                "the grid has more than {MOST} settings; give fewer values or vary fewer paths"
            ));
        }
        let mut settings = vec![Vec::new()];
        for one in &vary {
            let with = |values: &Vec<String>, value: &String| {
                [values.as_slice(), std::slice::from_ref(value)].concat()
            };
            settings = settings
                .iter()
                .flat_map(|values| one.values.iter().map(move |value| with(values, value)))
                .collect();
        }
        Ok(Self { vary, settings: settings.into_iter().map(|values| Setting { values }).collect() })
    }

    /// What a setting sets.
    pub fn overrides(&self, setting: &Setting) -> Vec<Override> {
        let each = self.vary.iter().zip(&setting.values);
        each.map(|(one, value)| Override { path: one.path.clone(), value: value.clone() }).collect()
    }
}

/// Settings of a sweep at most. The results of all are in memory, some tens of kilobytes for each.
const MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_path_changes_fastest() {
        let vary = ["a=1,2", "b=x,y,z"].map(|text| text.parse().unwrap()).to_vec();
        let grid = Grid::new(vary).unwrap();
        let all: Vec<String> = grid.settings.iter().map(|setting| setting.values.concat()).collect();
        assert_eq!(all, ["1x", "1y", "1z", "2x", "2y", "2z"]);
        let set = grid.overrides(&grid.settings[4]);
        assert_eq!(
            set.iter().map(|set| format!("{}={}", set.path, set.value)).collect::<Vec<_>>(),
            ["a=2", "b=y"]
        );
    }

    #[test]
    fn a_path_twice_and_too_many_settings_are_refused() {
        let grid = |texts: &[&str]| Grid::new(texts.iter().map(|text| text.parse().unwrap()).collect());
        assert!(grid(&["a=1,2", "a=3"]).unwrap_err().contains("twice"));
        assert!(grid(&["a=1..1000:lin:1000", "b=1..11:lin:11"]).unwrap_err().contains("more than 10000"));
    }
}
