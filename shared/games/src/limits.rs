//! [`GameLimits`]: the limits on bets in each room, as configured.

use crate::{ExposureRules, Room, RoomLimits, ShardCount};
use evens_ledger::Amount;
use jiff::tz::Offset;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The limits on bets in each room. The text lists the differences from the defaults as pairs:
/// `wingo-30:stakeMax=5000,trx_wix:betsMax=20`. Each pair applies to a room, or to all rooms of a game. Later pairs
/// override earlier ones. The names of the limits are those in `GET /api/games`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GameLimits(BTreeMap<Room, Terms>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Terms {
    stake_min: Amount,
    stake_max: Amount,
    bets_max: usize,
    staked_max: Amount,
    /// The configured maximum cost of a period, capped by the room's share of the bankroll.
    exposure_max: Option<Amount>,
}

/// The reason why a text does not configure limits, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GameLimitsError {
    /// A part is not a pair.
    #[error("{0:?} does not have the form wingo-30:stakeMax=5000")]
    Pair(String),
    /// The pair is for an unknown room or game.
    #[error("{0:?} is neither a room nor a game")]
    Room(String),
    /// The limit has an unknown name.
    #[error("{0:?} is not one of stakeMin, stakeMax, betsMax, stakedMax and exposureMax")]
    Limit(String),
    /// The value is not allowed for the limit.
    #[error("{limit} cannot be {value:?}: it must be a number above 0")]
    Value { limit: String, value: String },
    /// No stake can satisfy all limits of a room.
    #[error("{0} accepts no stake: its stakeMin is above its stakeMax or its stakedMax")]
    NoStake(Room),
}

impl GameLimits {
    /// The limits of a room, given the bankroll of the house. Bets are accepted, and stakes may have all decimals of an
    /// amount.
    pub fn of(&self, room: Room, bankroll: Amount, day_offset: Offset) -> RoomLimits {
        let Terms { stake_min, stake_max, bets_max, staked_max, .. } = self.terms(room);
        RoomLimits {
            is_open: true,
            stake_min,
            stake_max,
            decimals: Amount::DECIMALS_MAX,
            bets_max,
            staked_max,
            shard_bets_max: ShardCount::BETS_A_SHARD_MAX,
            exposure: self.exposure(room, bankroll),
            day_offset,
        }
    }

    /// The allowed cost of a period, given the bankroll of the house. It never exceeds the room's share.
    pub fn exposure(&self, room: Room, bankroll: Amount) -> ExposureRules {
        let share = ExposureRules::of_bankroll(bankroll, Room::all().count()).period_max;
        let usual = part_of(share.units(), room);
        ExposureRules { period_max: self.terms(room).exposure_max.map_or(usual, |most| most.min(share)) }
    }

    fn terms(&self, room: Room) -> Terms {
        self.0.get(&room).copied().unwrap_or_else(|| Terms::usual(room))
    }
}

impl Terms {
    fn usual(room: Room) -> Self {
        const COIN: i128 = 10_i128.pow(Amount::DECIMALS_MAX);
        Self {
            stake_min: Amount::from_units(COIN).unwrap_or_default(),
            stake_max: part_of(100_000 * COIN, room),
            bets_max: 50,
            staked_max: part_of(200_000 * COIN, room),
            exposure_max: None,
        }
    }

    fn set(&mut self, limit: &str, value: &str) -> Result<(), GameLimitsError> {
        let wrong = || GameLimitsError::Value { limit: limit.to_owned(), value: value.to_owned() };
        let amount = || value.parse().ok().filter(|amount: &Amount| !amount.is_zero()).ok_or_else(wrong);
        match limit {
            "stakeMin" => self.stake_min = amount()?,
            "stakeMax" => self.stake_max = amount()?,
            "betsMax" => self.bets_max = value.parse().ok().filter(|bets| *bets > 0).ok_or_else(wrong)?,
            "stakedMax" => self.staked_max = amount()?,
            "exposureMax" => self.exposure_max = Some(amount()?),
            _ => return Err(GameLimitsError::Limit(limit.to_owned())),
        }
        Ok(())
    }
}

/// The default for a room. If a block alone draws its periods, the producer of a block can withhold one with an
/// unwanted result. Such a room gets a tenth, so that a withheld block costs more than it gains.
fn part_of(units: i128, room: Room) -> Amount {
    let parts = if room.needs_blocks() { 10 } else { 1 };
    Amount::from_units(units / parts).unwrap_or_default()
}

impl FromStr for GameLimits {
    type Err = GameLimitsError;

    fn from_str(text: &str) -> Result<Self, GameLimitsError> {
        let mut limits = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let pair = part.split_once(':').and_then(|(of, pair)| Some((of, pair.split_once('=')?)));
            let (of, (limit, value)) = pair.ok_or_else(|| GameLimitsError::Pair(part.to_owned()))?;
            let is_meant = |room: &Room| room.to_string() == of || room.game().is_called(of);
            let rooms: Vec<_> = Room::all().filter(is_meant).collect();
            if rooms.is_empty() {
                return Err(GameLimitsError::Room(of.to_owned()));
            }
            for room in rooms {
                limits.entry(room).or_insert_with(|| Terms::usual(room)).set(limit, value)?;
            }
        }
        let takes_none = |terms: &Terms| terms.stake_min > terms.stake_max.min(terms.staked_max);
        match limits.iter().find(|(_, terms)| takes_none(terms)) {
            Some((room, _)) => Err(GameLimitsError::NoStake(*room)),
            None => Ok(Self(limits)),
        }
    }
}
