//! Requests, parsed into types that cannot be wrong. Fields are checked in the order of the struct.

use crate::{Body, FilterTime, Problem, ProblemKind};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_exchange::{
    CommissionRate, Deadlines, Draw, MatchId, OracleKey, Round, RoundId, Side, SignedResult, Stake,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use jiff::{SignedDuration, Timestamp};

/// `POST /api/bets`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBetRequest {
    /// The player. If present, must be the token's subject.
    pub user_id: Option<UserId>,
    /// The round.
    pub round_id: RoundId,
    /// The stake.
    pub amount: Stake,
    /// The side.
    pub side: Side,
}

impl PlaceBetRequest {
    /// Parses the body, or returns the problem of the first invalid field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let user_id = body.optional_whole("userId")?;
        let round_id = body.string("roundId")?;
        let amount: Amount = body.number("amount")?;
        let amount = Stake::parse(amount).map_err(|error| Problem::invalid("amount", error))?;
        let side = body.string("side")?;
        Ok(Self { user_id, round_id, amount, side })
    }
}

/// `POST /api/rounds`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRoundRequest {
    /// The round.
    pub round_id: RoundId,
    /// The way in which its winners are drawn.
    pub draw: Draw,
    /// The minimum stake, if it differs from the platform's.
    pub stake_min: Option<Amount>,
    /// The commission rate, if it differs from the platform's.
    pub commission: Option<CommissionRate>,
    /// The closing deadline, if the operator sets it.
    pub closes_by: Option<Timestamp>,
    /// The deadline for the result, if the operator sets it.
    pub result_by: Option<Timestamp>,
}

impl OpenRoundRequest {
    /// Default time from opening to the closing deadline, and from there to the deadline for the result.
    const PERIOD: SignedDuration = SignedDuration::from_hours(24);
    /// Maximum time from now to a deadline.
    const FUTURE_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);

    /// Maximum length of an oracle's name.
    const ORACLE_NAME_LENGTH_MAX: usize = 64;

    /// Parses the body. `draw` is `match` (the default), `round` or `oracle`; the last one needs `oracle.name` and
    /// `oracle.publicKey`, an Ed25519 public key in base64. `closesBy` is a time after `now`, and `resultBy` is one
    /// after that (see [`OpenRoundRequest::deadlines`]). Both are at most a year ahead.
    pub fn parse(bytes: &[u8], now: Timestamp) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let round_id = body.string("roundId")?;
        let draw = match body.optional_string::<String>("draw")?.as_deref() {
            None | Some("match") => Draw::Match,
            Some("round") => Draw::Round,
            Some("oracle") => Draw::Oracle(Self::parse_oracle(&body)?),
            Some(_) => {
                return Err(Problem::invalid("draw", "must be \"match\", \"round\" or \"oracle\""));
            }
        };
        let stake_min: Option<Amount> = body.optional_number("stakeMin")?;
        if stake_min.is_some_and(|stake_min| stake_min.units() > Stake::MAX_UNITS) {
            return Err(Problem::invalid("stakeMin", "is above the maximum stake"));
        }
        let commission: Option<CommissionRate> = body.optional_number("commissionRate")?;
        let closes_by = Self::parse_moment(&body, "closesBy", now, now)?;
        let result_by = Self::parse_moment(&body, "resultBy", closes_by.unwrap_or_else(|| later(now)), now)?;
        Ok(Self { round_id, draw, stake_min, commission, closes_by, result_by })
    }

    fn parse_moment(
        body: &Body<'_>,
        field: &'static str,
        after: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Problem> {
        let Some(FilterTime(moment)) = body.optional_string(field)? else { return Ok(None) };
        if moment <= after {
            return Err(Problem::invalid(field, format_args!("must be after {after}")));
        }
        let latest = now.saturating_add(Self::FUTURE_MAX).unwrap_or(Timestamp::MAX);
        if moment > latest {
            return Err(Problem::invalid(field, format_args!("must be at most {latest}")));
        }
        Ok(Some(moment))
    }

    /// The deadlines of a round that opens now. By default it closes within a day, and has its result within another
    /// day.
    pub fn deadlines(&self, now: Timestamp) -> Deadlines {
        let closes_by = self.closes_by.unwrap_or_else(|| later(now));
        Deadlines { closes_by, result_by: self.result_by.unwrap_or_else(|| later(closes_by)) }
    }

    /// The first field of the request that differs from an existing round, if any. A minimum stake below
    /// `stake_min_allowed` is raised to it before the comparison.
    pub fn differs_from(&self, round: &Round, stake_min_allowed: Amount) -> Option<&'static str> {
        let is_other = |said: Option<Timestamp>, is: fn(Deadlines) -> Timestamp| {
            said.is_some_and(|said| round.deadlines.map(is) != Some(said))
        };
        let stake_min = self.stake_min.map(|stake_min| stake_min.max(stake_min_allowed));
        let rows = [
            ("draw", self.draw != round.draw),
            ("stakeMin", stake_min.is_some_and(|stake_min| stake_min != round.stake_min)),
            ("commissionRate", self.commission.is_some_and(|commission| commission != round.commission)),
            ("closesBy", is_other(self.closes_by, |deadlines| deadlines.closes_by)),
            ("resultBy", is_other(self.result_by, |deadlines| deadlines.result_by)),
        ];
        rows.into_iter().find_map(|(field, differs)| differs.then_some(field))
    }

    fn parse_oracle(body: &Body<'_>) -> Result<OracleKey, Problem> {
        let oracle =
            body.optional_object("oracle")?.ok_or_else(|| Problem::invalid("oracle", "is missing"))?;
        let name: String = oracle.string("oracle.name")?;
        let is_printable = name.chars().all(|character| !character.is_control());
        if name.is_empty() || name.chars().count() > Self::ORACLE_NAME_LENGTH_MAX || !is_printable {
            return Err(Problem::invalid("oracle.name", "must be 1 to 64 printable characters"));
        }
        let public_key: String = oracle.string("oracle.publicKey")?;
        let bytes = BASE64_STANDARD.decode(public_key).ok().and_then(|bytes| bytes.try_into().ok());
        let public_key =
            bytes.ok_or_else(|| Problem::invalid("oracle.publicKey", "must be 32 bytes in base64"))?;
        Ok(OracleKey { name, public_key })
    }
}

/// One default period after a time.
fn later(moment: Timestamp) -> Timestamp {
    moment.saturating_add(OpenRoundRequest::PERIOD).unwrap_or(Timestamp::MAX)
}

/// `POST /api/rounds/{id}/result`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRequest {
    /// The oracle's result with its signature.
    pub result: SignedResult,
}

impl ResultRequest {
    /// Parses the body. `winner` is a side, and `signature` is an Ed25519 signature in base64.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let winner = body.string("winner")?;
        let signature: String = body.string("signature")?;
        let signature = BASE64_STANDARD.decode(signature).ok().filter(|bytes| bytes.len() == 64);
        let signature =
            signature.ok_or_else(|| Problem::invalid("signature", "must be 64 bytes in base64"))?;
        Ok(Self { result: SignedResult { winner, signature } })
    }
}

/// The round in a path.
pub fn parse_round_id(text: &str) -> Result<RoundId, Problem> {
    text.parse().map_err(|error| Problem::invalid("roundId", error))
}

/// The match in a path. An invalid id is answered like that of an unknown match.
pub fn parse_match_id(text: &str) -> Result<MatchId, Problem> {
    text.parse().map_err(|_| {
        Problem::new(ProblemKind::NotFound, "There is no match with this id in the round.")
            .about_field("matchId")
    })
}

/// The bet in a path. An invalid id is answered like that of an unknown bet.
pub fn parse_bet_id(text: &str) -> Result<BetId, Problem> {
    text.parse().map_err(|_| {
        Problem::new(ProblemKind::NotFound, "There is no bet with this id.").about_field("betId")
    })
}
