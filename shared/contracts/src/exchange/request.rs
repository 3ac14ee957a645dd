//! Requests about bets and rounds, parsed into types that cannot be wrong, with their JSON Schema. Fields are checked
//! in the order of their rows. White space and other notations that the parsers accept are not published.

use crate::http::request::request;
use crate::http::schema::whole;
use crate::{Body, FilterTime, Problem, ProblemKind};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_exchange::{
    CommissionRate, Deadlines, Draw, MatchId, OracleKey, Round, RoundId, Side, SignedResult, Stake,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

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

request! {
    PlaceBetRequest {
        user_id: optional "userId", Body::optional_whole, user_id();
        round_id: required "roundId", Body::optional_string, round_id();
        amount: required "amount", stake, stake_schema();
        side: required "side", Body::optional_string, side();
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

    fn parse_draw(body: &Body<'_>, field: &'static str) -> Result<Option<Draw>, Problem> {
        match body.optional_string::<String>(field)?.as_deref() {
            None => Ok(None),
            Some("match") => Ok(Some(Draw::Match)),
            Some("round") => Ok(Some(Draw::Round)),
            Some("oracle") => Ok(Some(Draw::Oracle(Self::parse_oracle(body)?))),
            Some(_) => Err(Problem::invalid(field, "must be \"match\", \"round\" or \"oracle\"")),
        }
    }

    fn parse_stake_min(body: &Body<'_>, field: &'static str) -> Result<Option<Amount>, Problem> {
        let stake_min: Option<Amount> = body.optional_number(field)?;
        if stake_min.is_some_and(|stake_min| stake_min.units() > Stake::MAX_UNITS) {
            return Err(Problem::invalid(field, "is above the maximum stake"));
        }
        Ok(stake_min)
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

// `draw` is `match` (the default), `round` or `oracle`; the last one needs an Ed25519 public key in base64. `closesBy`
// is after now, and `resultBy` after that (see [`OpenRoundRequest::deadlines`]). Both are at most a year ahead.
request! {
    OpenRoundRequest(now: Timestamp) {
        round_id: required "roundId", Body::optional_string, round_id();
        draw: optional "draw", OpenRoundRequest::parse_draw, draw();
        stake_min: optional "stakeMin", OpenRoundRequest::parse_stake_min, stake_min();
        commission: optional "commissionRate", Body::optional_number, commission_rate();
        closes_by: optional "closesBy", |body, field| Self::parse_moment(body, field, now, now), moment(
            "closing-moment",
            "The time at which the round stops taking bets. Default: a day after it opens",
        );
        result_by: optional "resultBy", |body, field| {
            Self::parse_moment(body, field, closes_by.unwrap_or_else(|| later(now)), now)
        }, moment(
            "result-moment",
            "The time by which the round has its result. Default: a day after closesBy",
        );
    }
    rules json!({
        "if": { "required": ["draw"], "properties": { "draw": { "const": "oracle" } } },
        "then": { "required": ["oracle"], "properties": { "oracle": oracle() } },
    });
    => Self { round_id, draw: draw.unwrap_or(Draw::Match), stake_min, commission, closes_by, result_by }
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

request! {
    ResultRequest {
        winner: required "winner", Body::optional_string, side();
        signature: required "signature", signature, signature_schema();
    }
    => Self { result: SignedResult { winner, signature } }
}

fn stake(body: &Body<'_>, field: &'static str) -> Result<Option<Stake>, Problem> {
    let amount: Option<Amount> = body.optional_number(field)?;
    amount.map(Stake::parse).transpose().map_err(|error| Problem::invalid(field, error))
}

/// An Ed25519 signature in base64.
fn signature(body: &Body<'_>, field: &'static str) -> Result<Option<Vec<u8>>, Problem> {
    let Some(text) = body.optional_string::<String>(field)? else { return Ok(None) };
    let signature = BASE64_STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 64);
    signature.map(Some).ok_or_else(|| Problem::invalid(field, "must be 64 bytes in base64"))
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

/// A round, in a path and in a body. The ids `.` and `..` are excluded, because they have a meaning in a path.
pub(crate) fn round_id() -> Value {
    let pattern = r"^([A-Za-z0-9_-]|\.[A-Za-z0-9_-]|\.\.[A-Za-z0-9._-])[A-Za-z0-9._-]*$";
    json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": pattern })
}

fn draw() -> Value {
    json!({ "type": "string", "enum": ["match", "round", "oracle"], "default": "match" })
}

fn side() -> Value {
    json!({ "type": "string", "enum": ["A", "B"] })
}

fn user_id() -> Value {
    let description = "Must be the subject of the token";
    json!({ "oneOf": whole(1, i64::MAX as u64, "^[1-9][0-9]{0,17}$"), "description": description })
}

/// More than 0, at most 10^12, at most 8 decimals.
fn stake_schema() -> Value {
    let number = json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8 });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

/// If this is lower than the platform's minimum stake, the latter applies.
fn stake_min() -> Value {
    let number =
        json!({ "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8 });
    let pattern = r"^(0|[1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    let description = "The minimum stake. The platform's minimum applies if this is absent or lower";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }], "description": description })
}

/// 0 to 0.1, at most 4 decimals.
fn commission_rate() -> Value {
    let number = json!({ "type": "number", "minimum": 0, "maximum": 0.1, "multipleOf": 1e-4 });
    let pattern = r"^(0(\.0[0-9]{0,3})?|0\.10{0,3})$";
    let description = "The commission on the net winnings of each bet. Default: the platform's rate";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }], "description": description })
}

/// A future time of RFC 3339. The result comes after the closing, and both are within a year.
fn moment(format: &str, description: &str) -> Value {
    json!({ "type": "string", "format": format, "description": description })
}

/// 32 bytes in base64 are 43 digits and a `=`. The last digit has two unused bits.
fn oracle() -> Value {
    json!({
        "type": "object",
        "required": ["name", "publicKey"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" },
            "publicKey": { "type": "string", "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$" },
        },
    })
}

/// 64 bytes in base64.
fn signature_schema() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9+/]{85}[AQgw]==$" })
}
