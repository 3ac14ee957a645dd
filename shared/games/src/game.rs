//! [`Game`]: everything that the platform needs to know about a game.

use crate::{BlockId, DrawnSymbols, Offer};
use std::borrow::Cow;
use std::fmt;

pub trait Game: fmt::Debug + Sync {
    /// The name in ids, paths and the table: letters, digits and `_`.
    fn id(&self) -> &'static str;

    /// Other names that clients use for the game.
    fn other_ids(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns `true` for its name and for the other names of clients.
    fn is_called(&self, name: &str) -> bool {
        self.id() == name || self.other_ids().contains(&name)
    }

    /// The durations of periods in its rooms, in seconds, shortest first. Each divides a day.
    fn durations_s(&self) -> &'static [u32];

    fn symbols(&self) -> Symbols;

    /// The payout table of [`crate::RULES_VERSION`]. The position of a line is its code and never changes, so new lines
    /// are appended.
    fn offers(&self) -> &'static [Offer];

    /// The current names of a bet type and value, for clients that send older names.
    fn present_names<'name>(
        &self,
        bet_type: &'name str,
        bet_value: &'name str,
    ) -> (Cow<'name, str>, Cow<'name, str>) {
        (bet_type.into(), bet_value.into())
    }

    /// A set of outcomes in which every group of lines shows all of its payouts. The default is all outcomes; a game
    /// with many outcomes lists a few of them. Games that share their lines must have the same set.
    fn telling_outcomes(&self) -> Vec<DrawnSymbols> {
        self.symbols().outcomes()
    }

    /// The result that a block gives, for games that a block alone draws and no seed. Without a source of blocks such a
    /// game has no periods.
    fn drawn_by_block(&self) -> Option<fn(&BlockId) -> DrawnSymbols> {
        None
    }

    /// The properties of a result, under the names that clients know.
    fn describe(&self, drawn: &DrawnSymbols) -> Vec<(&'static str, Fact)>;
}

/// The symbols that a game draws: `count` of them, each a number from `first` to `last` with equal chances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbols {
    pub count: usize,
    pub first: u8,
    pub last: u8,
}

/// A property of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Number(u32),
    Word(&'static str),
}

impl Symbols {
    /// The number of values of one symbol.
    pub fn each(self) -> u64 {
        u64::from(self.last.saturating_sub(self.first)) + 1
    }

    /// All possible results. They are equally likely.
    pub fn outcomes(self) -> Vec<DrawnSymbols> {
        let mut outcomes = vec![Vec::new()];
        for _ in 0..self.count {
            let longer = |symbols: Vec<u8>| {
                (self.first..=self.last).map(move |symbol| [symbols.as_slice(), &[symbol]].concat())
            };
            outcomes = outcomes.into_iter().flat_map(longer).collect();
        }
        outcomes.into_iter().map(DrawnSymbols::new).collect()
    }
}
