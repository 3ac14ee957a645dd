//! The body of `GET /api/games`: the rooms of each game with their limits, and its selections with their payouts and
//! returns.

use crate::Money;
use evens_games::{Game, Multiplier, Room, RoomLimits, Selection, Symbols};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `200` to `GET /api/games`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GamesAnswer {
    /// The games.
    pub data: Vec<GameBody>,
}

/// A game.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameBody {
    /// The name in paths.
    pub game_type: &'static str,
    /// Alternative names in paths.
    pub other_names: &'static [&'static str],
    /// The lengths of its rooms' periods in seconds.
    pub durations: &'static [u32],
    /// The symbols that it draws.
    pub symbols: SymbolsBody,
    /// The possible bets.
    pub selections: Vec<SelectionBody>,
    /// The fee in per cent of a stake. The rest is multiplied.
    pub fee_percent: u8,
    /// The minimum stake over all of its rooms.
    pub stake_min: Money,
    /// The maximum stake over all of its rooms.
    pub stake_max: Money,
    /// Maximum number of a player's bets on one period, over all of its rooms.
    pub bets_max: usize,
    /// Maximum sum of a player's stakes on one period, over all of its rooms.
    pub staked_max: Money,
    /// The limits of each room.
    pub rooms: Vec<RoomBody>,
}

/// The symbols of a draw. Each is a whole number, and all numbers are equally likely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SymbolsBody {
    /// Number of symbols in a result.
    pub count: usize,
    /// The least number.
    pub first: u8,
    /// The largest number.
    pub last: u8,
}

/// The limits of a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomBody {
    /// Length of its periods in seconds.
    pub duration: u32,
    /// The minimum stake.
    pub stake_min: Money,
    /// The maximum stake.
    pub stake_max: Money,
    /// Maximum number of a player's bets on one period.
    pub bets_max: usize,
    /// Maximum sum of a player's stakes on one period.
    pub staked_max: Money,
    /// Maximum possible loss of the house on one period. A bet that could exceed it is refused.
    pub exposure_max: Money,
}

/// A possible bet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SelectionBody {
    /// The type of bet.
    pub bet_type: &'static str,
    /// Its value.
    pub bet_value: &'static str,
    /// The payouts, highest first, as multiples of the stake without its fee.
    #[schema(value_type = Vec<f64>)]
    pub multipliers: Vec<Decimal>,
    /// The long-term return of all stakes, in per cent.
    #[schema(value_type = f64)]
    pub return_to_player: Decimal,
}

/// A number with its exact digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(Multiplier);

impl GameBody {
    /// A game with the limits of its rooms. Expensive, because it evaluates every outcome.
    pub fn new(game: &'static dyn Game, limits: impl Fn(Room) -> RoomLimits) -> Self {
        let limits: Vec<_> = Room::of_game(game).map(|room| (room, limits(room))).collect();
        let all = || limits.iter().map(|(_, limits)| limits);
        let returns = Selection::returns_to_player(game);
        let selections = Selection::all(game).zip(returns).filter(|(selection, _)| selection.is_offered());
        let selections = selections.map(|(selection, returned)| SelectionBody::new(selection, returned));
        Self {
            game_type: game.id(),
            other_names: game.other_ids(),
            durations: game.durations_s(),
            symbols: game.symbols().into(),
            selections: selections.collect(),
            fee_percent: evens_games::FEE_PERCENT,
            stake_min: all().map(|limits| limits.stake_min).min().unwrap_or_default().into(),
            stake_max: all().map(|limits| limits.stake_max).max().unwrap_or_default().into(),
            bets_max: all().map(|limits| limits.bets_max).max().unwrap_or_default(),
            staked_max: all().map(|limits| limits.staked_max).max().unwrap_or_default().into(),
            rooms: limits.iter().map(|(room, limits)| RoomBody::new(*room, limits)).collect(),
        }
    }
}

impl From<Symbols> for SymbolsBody {
    fn from(symbols: Symbols) -> Self {
        let Symbols { count, first, last } = symbols;
        Self { count, first, last }
    }
}

impl RoomBody {
    fn new(room: Room, limits: &RoomLimits) -> Self {
        Self {
            duration: room.duration_s(),
            stake_min: limits.stake_min.into(),
            stake_max: limits.stake_max.into(),
            bets_max: limits.bets_max,
            staked_max: limits.staked_max.into(),
            exposure_max: limits.exposure.period_max.into(),
        }
    }
}

impl SelectionBody {
    fn new(selection: Selection, returned: u64) -> Self {
        let returned = u32::try_from(returned).unwrap_or_default();
        Self {
            bet_type: selection.bet_type(),
            bet_value: selection.bet_value(),
            multipliers: selection.prices().into_iter().map(Decimal).collect(),
            return_to_player: Decimal(Multiplier::hundredths(returned)),
        }
    }
}

impl From<Multiplier> for Decimal {
    fn from(multiplier: Multiplier) -> Self {
        Self(multiplier)
    }
}

impl Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?;
        digits.serialize(serializer)
    }
}
