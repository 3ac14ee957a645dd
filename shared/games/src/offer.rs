//! [`Offer`]: a line of a game's payout table; [`Selection`]: the line that a player bets on.

use crate::{Drawn, FEE_PERCENT, Game, Multiplier};
use std::fmt;
use std::sync::OnceLock;

/// What a line pays for the symbols that were drawn, if it wins.
type Pays = dyn Fn(&[u8]) -> Option<Multiplier> + Send + Sync;

/// A line of a game's payout table: what is bet on, and what it pays for everything that can be drawn.
pub struct Offer {
    /// The type of bet, as clients name it: `COLOR`.
    pub bet_type: &'static str,
    /// The value of that type: `green`.
    pub bet_value: String,
    /// Lines of one group may exclude each other; what one group pays tells nothing of another's. The worst that a
    /// draw can cost is looked for group by group.
    pub group: &'static str,
    pays: Box<Pays>,
    /// What it pays for each of the outcomes that tell, once that was asked.
    telling_prices: OnceLock<Box<[Multiplier]>>,
}

/// What a player bets on: a line of the payout table of a game.
#[derive(Clone, Copy)]
pub struct Selection {
    game: &'static dyn Game,
    code: u16,
    offer: &'static Offer,
}

/// The game has no such bet, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No bet of that type.
    #[error("is no type of bet of this game")]
    BetType,
    /// The type has no such value.
    #[error("is no value of this type of bet")]
    BetValue,
}

impl Offer {
    /// A line that pays what the function says of the symbols that were drawn.
    pub fn new(
        bet_type: &'static str,
        bet_value: impl fmt::Display,
        pays: impl Fn(&[u8]) -> Option<Multiplier> + Send + Sync + 'static,
    ) -> Self {
        let (bet_value, pays) = (bet_value.to_string(), Box::new(pays));
        Self { bet_type, bet_value, group: "", pays, telling_prices: OnceLock::new() }
    }

    /// A line that has one price, and wins on what the function says.
    pub fn at(
        multiplier_hundredths: u32,
        bet_type: &'static str,
        bet_value: impl fmt::Display,
        wins: impl Fn(&[u8]) -> bool + Send + Sync + 'static,
    ) -> Self {
        let multiplier = Multiplier::hundredths(multiplier_hundredths);
        Self::new(bet_type, bet_value, move |drawn| wins(drawn).then_some(multiplier))
    }

    /// The same line in another group.
    #[must_use]
    pub fn in_group(self, group: &'static str) -> Self {
        Self { group, ..self }
    }
}

impl Selection {
    /// The line of that code in a game's table: its place there, from 0 on.
    pub fn of_code(game: &'static dyn Game, code: u16) -> Option<Self> {
        game.offers().get(usize::from(code)).map(|offer| Self { game, code, offer })
    }

    /// Every line of a game's table.
    pub fn all(game: &'static dyn Game) -> impl Iterator<Item = Self> {
        (0..=u16::MAX).map_while(move |code| Self::of_code(game, code))
    }

    /// What comes back of all stakes on each line of a game's table in the long run, in hundredths of a hundredth,
    /// rounded. It looks at every outcome, each of which has the same chance: whoever asks often keeps the answer.
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

    /// The line of that type and value, by their present names or older ones. Where its price was changed that is the
    /// last one.
    pub fn parse(game: &'static dyn Game, bet_type: &str, bet_value: &str) -> Result<Self, SelectionError> {
        let (bet_type, bet_value) = game.present_names(bet_type, bet_value);
        if !game.offers().iter().any(|offer| offer.bet_type == bet_type) {
            return Err(SelectionError::BetType);
        }
        let is_meant =
            |selection: &Self| selection.offer.bet_type == bet_type && selection.offer.bet_value == bet_value;
        Self::all(game).filter(is_meant).last().ok_or(SelectionError::BetValue)
    }

    /// Whether it is sold: no line behind it has its type and value. One that has is the same bet at another price, and
    /// this one is kept for bets that were placed before.
    pub fn is_offered(self) -> bool {
        let is_same =
            |offer: &Offer| offer.bet_type == self.bet_type() && offer.bet_value == self.bet_value();
        !self.game.offers().iter().skip(usize::from(self.code) + 1).any(is_same)
    }

    /// The game.
    pub fn game(self) -> &'static dyn Game {
        self.game
    }

    /// Its place in the game's table, which the records of bets have.
    pub fn code(self) -> u16 {
        self.code
    }

    /// The type of bet: `COLOR`.
    pub fn bet_type(self) -> &'static str {
        self.offer.bet_type
    }

    /// Its value: `green`.
    pub fn bet_value(self) -> &'static str {
        &self.offer.bet_value
    }

    /// The group of lines that it is weighed with.
    pub fn group(self) -> &'static str {
        self.offer.group
    }

    /// What it pays for what was drawn, if it wins.
    pub fn pays(self, drawn: &Drawn) -> Option<Multiplier> {
        (self.offer.pays)(drawn.symbols())
    }

    /// What it pays for each of [`Game::telling_outcomes`], in their order: nothing where it loses. It is made once, as
    /// each bet asks for it.
    pub fn telling_prices(self) -> &'static [Multiplier] {
        let price = |drawn: &Drawn| self.pays(drawn).unwrap_or(Multiplier::hundredths(0));
        let make = || self.game.telling_outcomes().iter().map(price).collect();
        self.offer.telling_prices.get_or_init(make)
    }

    /// Its prices, highest first: most have one.
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
    /// `COLOR:green`.
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
