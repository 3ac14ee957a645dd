//! [`Trend`]: how often and how long ago a selection won among the newest results of a room. It says nothing of what
//! comes next, and no draw knows it.

use crate::{Drawn, Selection};

/// How a selection did among some results of its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trend {
    /// In how many of them it won.
    pub wins: usize,
    /// For how many periods up to the newest it has not won.
    pub missing: usize,
    /// For how many periods it did not win between two wins, on average, rounded.
    pub missing_average: usize,
    /// How often in a row it won at most.
    pub run_longest: usize,
}

impl Trend {
    /// How a selection did among these results, newest first.
    pub fn of(selection: Selection, newest_first: &[Drawn]) -> Self {
        let won: Vec<bool> = newest_first.iter().map(|drawn| selection.pays(drawn).is_some()).collect();
        let wins = won.iter().filter(|won| **won).count();
        let gaps = wins + 1;
        let runs = won.split(|won| !won).map(<[bool]>::len);
        Self {
            wins,
            missing: won.iter().take_while(|won| !**won).count(),
            missing_average: (won.len() - wins + gaps / 2) / gaps,
            run_longest: runs.max().unwrap_or_default(),
        }
    }
}
