//! [`Trend`]: how often and how recently a selection won among the newest results of a room. It does not predict the
//! next result, and no draw depends on it.

use crate::{DrawnSymbols, Selection};

/// The record of a selection among some results of its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trend {
    /// The number of results in which it won.
    pub wins: usize,
    /// The number of periods since its last win.
    pub missing: usize,
    /// The average number of periods between wins, rounded.
    pub missing_average: usize,
    /// The most wins in a row.
    pub run_longest: usize,
}

impl Trend {
    /// Counts over results that are given newest first.
    pub fn of(selection: Selection, newest_first: &[DrawnSymbols]) -> Self {
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
