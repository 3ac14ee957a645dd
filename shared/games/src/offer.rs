//! [`Offer`]: a line of a game's payout table. [`Selection`]: the line that a player bets on.

use crate::{DrawnSymbols, FEE_PERCENT, Game, Multiplier};
use std::fmt;
use std::sync::OnceLock;

/// The price that a line pays for the drawn symbols, or `None` if it loses.
type Pays = dyn Fn(&[u8]) -> Option<Multiplier> + Send + Sync;

/// A line of a game's payout table: a bet, and its payout for every result.
pub struct Offer {
    /// The bet type as clients name it, for example `COLOR`.
    pub bet_type: &'static str,
    /// The value of that type, for example `green`.
    pub bet_value: String,
    /// Lines of one group may exclude each other. Payouts of different groups are treated as independent: the worst
    /// draw is searched for group by group.
    pub group: &'static str,
    pays: Box<Pays>,
    /// The price for each of [`Game::telling_outcomes`], computed on first use.
    telling_prices: OnceLock<Box<[Multiplier]>>,
}

/// A player's choice: a line of a game's payout table.
#[derive(Clone, Copy)]
pub struct Selection {
    game: &'static dyn Game,
    code: u16,
    offer: &'static Offer,
}

/// The game has no such bet. The variants are in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// The game has no bet of this type.
    #[error("is not a bet type of this game")]
    BetType,
    /// The bet type has no such value.
    #[error("is not a value of this bet type")]
    BetValue,
}

impl Offer {
    /// A line whose price depends on the drawn symbols.
    pub fn new(
        bet_type: &'static str,
        bet_value: impl fmt::Display,
        pays: impl Fn(&[u8]) -> Option<Multiplier> + Send + Sync + 'static,
    ) -> Self {
        let (bet_value, pays) = (bet_value.to_string(), Box::new(pays));
        Self { bet_type, bet_value, group: "", pays, telling_prices: OnceLock::new() }
    }

    /// A line with one price, which wins or loses by the drawn symbols.
    pub fn at(
        multiplier_hundredths: u32,
        bet_type: &'static str,
        bet_value: impl fmt::Display,
        wins: impl Fn(&[u8]) -> bool + Send + Sync + 'static,
    ) -> Self {
        let multiplier = Multiplier::hundredths(multiplier_hundredths);
        Self::new(bet_type, bet_value, move |drawn| wins(drawn).then_some(multiplier))
    }

    #[must_use]
    pub fn in_group(self, group: &'static str) -> Self {
        Self { group, ..self }
    }
}

impl Selection {
    /// The line with this code, which is its position in the game's table, starting at 0.
    pub fn of_code(game: &'static dyn Game, code: u16) -> Option<Self> {
        game.offers().get(usize::from(code)).map(|offer| Self { game, code, offer })
    }

    pub fn all(game: &'static dyn Game) -> impl Iterator<Item = Self> {
        (0..=u16::MAX).map_while(move |code| Self::of_code(game, code))
    }

    /// The return to player of each line of a game's table, in hundredths of a percent, rounded. This iterates over all
    /// outcomes, which are equally likely, so callers should cache the result.
    pub fn returns_to_player(game: &'static dyn Game) -> Vec<u64> {
        let outcomes = game.symbols().outcomes();
        let all = u64::try_from(outcomes.len()).unwrap_or(u64::MAX).max(1);
        let of_line = |selection: Self| {
            let paid = outcomes.iter().filter_map(|drawn| selection.pays(drawn));
            let paid: u64 = paid.map(|price| u64::from(price.in_hundredths())).sum();
            (paid * u64::from(100 - FEE_PERCENT) + all / 2) / all
        };
        Self::all(game).map(of_line).collect()
    }

    /// Finds the line with this type and value, under their current or older names. If the price was changed, this is
    /// the newest line.
    pub fn parse(game: &'static dyn Game, bet_type: &str, bet_value: &str) -> Result<Self, SelectionError> {
        let (bet_type, bet_value) = game.present_names(bet_type, bet_value);
        if !game.offers().iter().any(|offer| offer.bet_type == bet_type) {
            return Err(SelectionError::BetType);
        }
        let is_meant =
            |selection: &Self| selection.offer.bet_type == bet_type && selection.offer.bet_value == bet_value;
        Self::all(game).filter(is_meant).last().ok_or(SelectionError::BetValue)
    }

    /// Returns `true` if the line is on offer: it is the newest line with its type and value. Older lines are kept for
    /// bets that were placed at their price.
    pub fn is_offered(self) -> bool {
        let is_same =
            |offer: &Offer| offer.bet_type == self.bet_type() && offer.bet_value == self.bet_value();
        !self.game.offers().iter().skip(usize::from(self.code) + 1).any(is_same)
    }

    pub fn game(self) -> &'static dyn Game {
        self.game
    }

    /// The position in the game's table. Records of bets contain this code.
    pub fn code(self) -> u16 {
        self.code
    }

    /// The bet type, for example `COLOR`.
    pub fn bet_type(self) -> &'static str {
        self.offer.bet_type
    }

    /// The value of that type, for example `green`.
    pub fn bet_value(self) -> &'static str {
        &self.offer.bet_value
    }

    /// The group whose lines are considered together in the worst case.
    pub fn group(self) -> &'static str {
        self.offer.group
    }

    /// The price for a result, or `None` if the selection loses.
    pub fn pays(self, drawn: &DrawnSymbols) -> Option<Multiplier> {
        (self.offer.pays)(drawn.symbols())
    }

    /// The price for each of [`Game::telling_outcomes`], in that order; zero if the selection loses. It is cached,
    /// because every bet needs it.
    pub fn telling_prices(self) -> &'static [Multiplier] {
        let price = |drawn: &DrawnSymbols| self.pays(drawn).unwrap_or(Multiplier::hundredths(0));
        let make = || self.game.telling_outcomes().iter().map(price).collect();
        self.offer.telling_prices.get_or_init(make)
    }

    /// The different prices, highest first. Most selections have one.
    pub fn prices(self) -> Vec<Multiplier> {
        let mut prices = self.telling_prices().to_vec();
        prices.retain(|price| price.in_hundredths() > 0);
        prices.sort_unstable_by(|a, b| b.cmp(a));
        prices.dedup();
        prices
    }
}

impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        (self.game.id(), self.code) == (other.game.id(), other.code)
    }
}

impl Eq for Selection {}

impl fmt::Display for Selection {
    /// For example `COLOR:green`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.bet_type(), self.bet_value())
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {self}", self.game.id())
    }
}

impl fmt::Debug for Offer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.bet_type, self.bet_value)
    }
}
