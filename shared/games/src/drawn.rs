//! [`DrawnSymbols`]: the symbols drawn for a period. [`draw`]: the draw. It depends only on a seed, the id of the
//! period, and in some periods a block made after the closing (M7).

use crate::{Entropy, Game, PeriodId};
use evens_draws::Seed;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// The drawn symbols in their order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DrawnSymbols(Vec<u8>);

/// The text is not a possible result of the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a result of this game")]
pub struct DrawnError;

/// Draws the symbols of a period one after the other, or takes them from the block in games that only a block draws.
/// Returns `None` if a required block is missing.
///
/// The seed is applied to [`Entropy::message`]. `docs/games.md` shows how to recompute a draw.
pub fn draw(period: PeriodId, seed: &Seed, entropy: Entropy) -> Option<DrawnSymbols> {
    let game = period.room.game();
    if let Some(of_block) = game.drawn_by_block() {
        return entropy.block().map(|block| of_block(&block.id()));
    }
    let symbols = game.symbols();
    let each = NonZeroU64::new(symbols.each()).unwrap_or(NonZeroU64::MIN);
    let mut numbers = seed.numbers(entropy.message(period)?.as_bytes());
    let symbol = |_| symbols.first + u8::try_from(numbers.below(each)).unwrap_or_default();
    Some(DrawnSymbols((0..symbols.count).map(symbol).collect()))
}

impl DrawnSymbols {
    pub(crate) fn new(symbols: Vec<u8>) -> Self {
        Self(symbols)
    }

    pub fn parse(game: &dyn Game, text: &str) -> Result<Self, DrawnError> {
        let symbols: Result<Vec<u8>, _> = text.split(',').map(u8::from_str).collect();
        let drawn = symbols.map(Self).map_err(|_| DrawnError)?;
        let (allowed, symbols) = (game.symbols(), drawn.symbols());
        let is_whole = symbols.len() == allowed.count
            && symbols.iter().all(|symbol| (allowed.first..=allowed.last).contains(symbol));
        if is_whole && drawn.to_string() == text { Ok(drawn) } else { Err(DrawnError) }
    }

    pub fn symbols(&self) -> &[u8] {
        &self.0
    }

    pub fn sum(&self) -> u32 {
        self.0.iter().copied().map(u32::from).sum()
    }
}

impl fmt::Display for DrawnSymbols {
    /// `7`, `1,4,6`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&symbols.join(","))
    }
}

impl fmt::Debug for DrawnSymbols {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
