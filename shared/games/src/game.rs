//! [`Game`]: what the platform has to know of a game.

use crate::{BlockId, Drawn, Offer};
use std::borrow::Cow;
use std::fmt;

/// A game of the house.
pub trait Game: fmt::Debug + Sync {
    /// Its name in ids, paths and the table: letters, digits and `_`.
    fn id(&self) -> &'static str;

    /// Other names that clients know it by.
    fn other_ids(&self) -> &'static [&'static str] {
        &[]
    }

    /// How long the periods of its rooms last, in seconds, shortest first. Each is a divisor of a day.
    fn durations_s(&self) -> &'static [u32];

    /// What is drawn.
    fn symbols(&self) -> Symbols;

    /// The payout table, of [`crate::RULES_VERSION`]. A line's place is its code for ever: new ones go behind.
    fn offers(&self) -> &'static [Offer];

    /// The names of today for a type of bet and its value, where clients may send older ones.
    fn present_names<'name>(
        &self,
        bet_type: &'name str,
        bet_value: &'name str,
    ) -> (Cow<'name, str>, Cow<'name, str>) {
        (bet_type.into(), bet_value.into())
    }

    /// Outcomes among which each group of lines finds everything that it can pay. All outcomes do; a game that has many
    /// names few of them. Games that share their lines have the same ones.
    fn telling_outcomes(&self) -> Vec<Drawn> {
        self.symbols().outcomes()
    }

    /// What a block makes it draw, where a block decides alone and no seed has a part in it. Such a game has no periods
    /// where there is no source of blocks.
    fn drawn_by_block(&self) -> Option<fn(&BlockId) -> Drawn> {
        None
    }

    /// What there is to say of what was drawn, by the names that clients know.
    fn describe(&self, drawn: &Drawn) -> Vec<(&'static str, Fact)>;
}

/// What a game draws: so many symbols, each one of the numbers from `first` to `last`, all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbols {
    /// How many are drawn, one after the other.
    pub count: usize,
    /// The least number.
    pub first: u8,
    /// The largest number.
    pub last: u8,
}

/// Something that is said of what was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A number.
    Number(u32),
    /// A word.
    Word(&'static str),
}

impl Symbols {
    /// How many numbers a symbol can be.
    pub fn each(self) -> u64 {
        u64::from(self.last.saturating_sub(self.first)) + 1
    }

    /// Everything that can be drawn, each with the same chance.
    pub fn outcomes(self) -> Vec<Drawn> {
        let mut outcomes = vec![Vec::new()];
        for _ in 0..self.count {
            let longer = |symbols: Vec<u8>| {
                (self.first..=self.last).map(move |symbol| [symbols.as_slice(), &[symbol]].concat())
            };
            outcomes = outcomes.into_iter().flat_map(longer).collect();
        }
        outcomes.into_iter().map(Drawn::new).collect()
    }
}
