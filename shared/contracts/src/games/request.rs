//! Requests about house games, parsed into types that cannot be wrong, with their JSON Schema. Fields are checked in
//! the order of their rows.

use crate::http::request::request;
use crate::payments::review::reason;
use crate::{Body, Problem, ProblemKind};
use evens_games::{GameStake, PeriodId, Purse, Room, RoomError, Selection, SelectionError};
use evens_ledger::Amount;
use evens_payments::ActReason;
use serde_json::{Value, json};
use std::str::FromStr;

/// `POST /api/games/{gameType}/{duration}/bet`, as far as it can be checked without the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceGameBetRequest {
    period_id: PeriodDigits,
    bet_type: Name,
    bet_value: Name,
    /// The stake.
    pub stake: GameStake,
    /// The balance that pays.
    pub purse: Purse,
}

/// `POST /api/games/{gameType}/{duration}/cancel`, as far as it can be checked without the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelPeriodRequest {
    period_id: PeriodDigits,
    /// The reason.
    pub reason: ActReason,
}

/// A requested bet in its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedGameBet {
    /// The period.
    pub period: PeriodId,
    /// The selection.
    pub selection: Selection,
}

/// The 17 digits of a period's id on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PeriodDigits(pub(super) String);

/// The text must be 17 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 17 digits")]
pub(super) struct PeriodDigitsError;

/// The name of a type of bet, or of its value: 1 to 32 letters, digits, `_` and `,`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name(String);

/// The text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 32 letters, digits, '_' and ','")]
struct NameError;

request! {
    PlaceGameBetRequest {
        period_id: required "periodId", Body::optional_string, period_id();
        bet_type: required "betType", Body::optional_string, name();
        bet_value: required "betValue", Body::optional_string, name();
        stake: required "betAmount", stake, stake_schema();
        purse: optional "purse", Body::optional_string, purse();
    }
    => Self { period_id, bet_type, bet_value, stake, purse: purse.unwrap_or_default() }
}

request! {
    CancelPeriodRequest {
        period_id: required "periodId", Body::optional_string, period_id();
        reason: required "reason", Body::optional_string, reason();
    }
}

impl PlaceGameBetRequest {
    /// The requested bet in a room.
    ///
    /// # Errors
    /// 1. `422` the room's game has no such type of bet, or no such value of it
    /// 2. `404` the room has no such period
    pub fn in_room(&self, room: Room) -> Result<WantedGameBet, Problem> {
        let selection = Selection::parse(room.game(), &self.bet_type.0, &self.bet_value.0);
        let selection = selection.map_err(|error| match error {
            SelectionError::BetType => Problem::invalid("betType", error),
            SelectionError::BetValue => Problem::invalid("betValue", error),
        })?;
        let period = parse_period_id(room, &self.period_id.0)?;
        Ok(WantedGameBet { period, selection })
    }
}

impl CancelPeriodRequest {
    /// The requested period of a room.
    pub fn in_room(&self, room: Room) -> Result<PeriodId, Problem> {
        parse_period_id(room, &self.period_id.0)
    }
}

impl FromStr for PeriodDigits {
    type Err = PeriodDigitsError;

    fn from_str(text: &str) -> Result<Self, PeriodDigitsError> {
        let is_whole = text.len() == 17 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_whole { Ok(Self(text.to_owned())) } else { Err(PeriodDigitsError) }
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b',');
        let fits = (1..=32).contains(&text.len()) && text.bytes().all(is_allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(NameError) }
    }
}

/// The room in a path. An unknown room is answered with 404.
pub fn parse_room(game_type: &str, duration: &str) -> Result<Room, Problem> {
    let missing = |detail: &str, field| Problem::new(ProblemKind::NotFound, detail).about_field(field);
    Room::parse(game_type, duration).map_err(|error| match error {
        RoomError::Game => {
            missing("There is no game with this name. GET /api/games lists the games.", "gameType")
        }
        RoomError::Duration => missing(
            "The game has no periods of this length. GET /api/games lists the \
                                        lengths.",
            "duration",
        ),
    })
}

/// The period of a room, in a path or a body. An invalid id is answered like that of an unknown period.
pub fn parse_period_id(room: Room, digits: &str) -> Result<PeriodId, Problem> {
    PeriodId::parse_in(room, digits).map_err(|_| unknown_period())
}

/// The problem of a period that does not exist, or is not open yet.
pub fn unknown_period() -> Problem {
    Problem::new(ProblemKind::NotFound, "The room has no period with this id.").about_field("periodId")
}

fn stake(body: &Body<'_>, field: &'static str) -> Result<Option<GameStake>, Problem> {
    let amount: Option<Amount> = body.optional_number(field)?;
    amount.map(GameStake::parse).transpose().map_err(|error| Problem::invalid(field, error))
}

pub(super) fn period_id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{17}$" })
}

/// `GET /api/games` lists the types and values of a game's bets.
fn name() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_,]{1,32}$" })
}

fn purse() -> Value {
    json!({ "type": "string", "enum": ["BONUS_FIRST", "CASH"], "default": "BONUS_FIRST" })
}

/// More than 0, at most 10^10, at most 2 decimals. The limits of the room are narrower.
fn stake_schema() -> Value {
    let number =
        json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 10_000_000_000_u64, "multipleOf": 0.01 });
    let pattern = r"^([1-9][0-9]{0,9}(\.[0-9]{1,2})?|0\.[0-9]?[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}
