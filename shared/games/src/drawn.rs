//! [`Drawn`]: what was drawn for a period; and [`draw`], which follows from a seed and the period's id alone (M7).

use crate::{Game, PeriodId};
use evens_draws::Seed;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// What was drawn: the symbols, in their order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Drawn(Vec<u8>);

/// The text is nothing that the game could draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is nothing that this game draws")]
pub struct DrawnError;

/// What decides a draw besides the seed. It is fixed when the period opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entropy {
    /// Nothing: the seed and the period's id.
    None,
}

/// The text names no entropy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no entropy")]
pub struct EntropyError;

/// Draws what a period's game draws, one symbol after the other.
///
/// The message is `game`, the period's id and its entropy, one a line: `docs/games.md` shows how to recompute it.
pub fn draw(period: PeriodId, seed: &Seed, entropy: Entropy) -> Drawn {
    let symbols = period.room.game().symbols();
    let each = NonZeroU64::new(symbols.each()).unwrap_or(NonZeroU64::MIN);
    let mut numbers = seed.numbers(format!("game\n{period}\n{entropy}").as_bytes());
    let symbol = |_| symbols.first + u8::try_from(numbers.below(each)).unwrap_or_default();
    Drawn((0..symbols.count).map(symbol).collect())
}

impl Drawn {
    pub(crate) fn new(symbols: Vec<u8>) -> Self {
        Self(symbols)
    }

    /// What was drawn, as it was stored.
    pub fn parse(game: &dyn Game, text: &str) -> Result<Self, DrawnError> {
        let symbols: Result<Vec<u8>, _> = text.split(',').map(u8::from_str).collect();
        let drawn = symbols.map(Self).map_err(|_| DrawnError)?;
        let (allowed, symbols) = (game.symbols(), drawn.symbols());
        let is_whole = symbols.len() == allowed.count
            && symbols.iter().all(|symbol| (allowed.first..=allowed.last).contains(symbol));
        if is_whole && drawn.to_string() == text { Ok(drawn) } else { Err(DrawnError) }
    }

    /// The symbols.
    pub fn symbols(&self) -> &[u8] {
        &self.0
    }

    /// Their sum.
    pub fn sum(&self) -> u32 {
        self.0.iter().copied().map(u32::from).sum()
    }
}

impl fmt::Display for Drawn {
    /// `7`, `1,4,6`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&symbols.join(","))
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for Entropy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
        }
    }
}

impl FromStr for Entropy {
    type Err = EntropyError;

    fn from_str(text: &str) -> Result<Self, EntropyError> {
        match text {
            "none" => Ok(Self::None),
            _ => Err(EntropyError),
        }
    }
}
