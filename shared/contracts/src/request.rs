//! Requests, parsed into types that cannot be wrong. Fields are looked at in the order of the struct.

use crate::{Body, Problem, ProblemKind};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_exchange::{BetId, Draw, OracleKey, RoundId, Side, SignedResult, Stake};
use evens_ledger::{Amount, UserId};

/// `POST /api/bets`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBetRequest {
    /// The player; must be the token's subject if it is there.
    pub user_id: Option<UserId>,
    /// The round.
    pub round_id: RoundId,
    /// The stake.
    pub amount: Stake,
    /// The side.
    pub side: Side,
}

impl PlaceBetRequest {
    /// Reads the body; the first wrong field is the answer.
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
    /// How its winners are found.
    pub draw: Draw,
}

impl OpenRoundRequest {
    /// The longest name of an oracle.
    const ORACLE_NAME_LENGTH_MAX: usize = 64;

    /// Reads the body: `draw` is `match` (the default), `round` or `oracle`; the last needs `oracle.name` and
    /// `oracle.publicKey`, an Ed25519 public key in base64.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let round_id = body.string("roundId")?;
        let draw = match body.optional_string::<String>("draw")?.as_deref() {
            None | Some("match") => Draw::Match,
            Some("round") => Draw::Round,
            Some("oracle") => Draw::Oracle(Self::parse_oracle(&body)?),
            Some(_) => {
                return Err(Problem::invalid("draw", "is none of \"match\", \"round\" and \"oracle\""));
            }
        };
        Ok(Self { round_id, draw })
    }

    fn parse_oracle(body: &Body<'_>) -> Result<OracleKey, Problem> {
        let oracle =
            body.optional_object("oracle")?.ok_or_else(|| Problem::invalid("oracle", "is missing"))?;
        let name: String = oracle.string("oracle.name")?;
        let is_printable = name.chars().all(|character| !character.is_control());
        if name.is_empty() || name.chars().count() > Self::ORACLE_NAME_LENGTH_MAX || !is_printable {
            return Err(Problem::invalid("oracle.name", "is not 1 to 64 printable characters"));
        }
        let public_key: String = oracle.string("oracle.publicKey")?;
        let bytes = BASE64_STANDARD.decode(public_key).ok().and_then(|bytes| bytes.try_into().ok());
        let public_key =
            bytes.ok_or_else(|| Problem::invalid("oracle.publicKey", "is not 32 bytes in base64"))?;
        Ok(OracleKey { name, public_key })
    }
}

/// `POST /api/rounds/{id}/result`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRequest {
    /// What the oracle says, with its signature.
    pub result: SignedResult,
}

impl ResultRequest {
    /// Reads the body: `winner` is a side, `signature` an Ed25519 signature in base64.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let winner = body.string("winner")?;
        let signature: String = body.string("signature")?;
        let signature = BASE64_STANDARD.decode(signature).ok().filter(|bytes| bytes.len() == 64);
        let signature =
            signature.ok_or_else(|| Problem::invalid("signature", "is not 64 bytes in base64"))?;
        Ok(Self { result: SignedResult { winner, signature } })
    }
}

/// The round that a path names.
pub fn parse_round_id(text: &str) -> Result<RoundId, Problem> {
    text.parse().map_err(|error| Problem::invalid("roundId", error))
}

/// The bet that a path names. What cannot be a bet's id is a bet that does not exist.
pub fn parse_bet_id(text: &str) -> Result<BetId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemKind::NotFound, "There is no bet of this id.").about_field("betId"))
}
