//! `POST …/block`: a block for a period, signed by an oracle.

use super::request::{PeriodDigits, period_id};
use crate::http::request::request;
use crate::{Body, Problem, parse_period_id};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_games::{Block, BlockError, BlockId, BlockOrigin, BlockSignature, PeriodId, Room};
use serde_json::json;
use std::str::FromStr;

/// A block from an oracle, as far as it can be checked without the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBlockRequest {
    period_id: PeriodDigits,
    number: u64,
    timestamp_ms: i64,
    id: BlockId,
    signature: BlockSignature,
}

/// A block number that every client can represent exactly.
struct BlockNumber(u64);

/// The text is not a block number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 0 to {}", RecordBlockRequest::NUMBER_MAX)]
struct BlockNumberError;

/// A time in milliseconds since 1970.
struct Milliseconds(i64);

/// The text is not such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a valid time in milliseconds")]
struct MillisecondsError;

impl FromStr for BlockNumber {
    type Err = BlockNumberError;

    fn from_str(text: &str) -> Result<Self, BlockNumberError> {
        let number = text.parse().ok().filter(|number| *number <= RecordBlockRequest::NUMBER_MAX);
        number.map(Self).ok_or(BlockNumberError)
    }
}

impl FromStr for Milliseconds {
    type Err = MillisecondsError;

    fn from_str(text: &str) -> Result<Self, MillisecondsError> {
        let is_in_calendar = |time_ms: &i64| (0..=RecordBlockRequest::TIMESTAMP_MS_MAX).contains(time_ms);
        text.parse().ok().filter(is_in_calendar).map(Self).ok_or(MillisecondsError)
    }
}

impl RecordBlockRequest {
    /// The largest integer that every client can represent exactly.
    const NUMBER_MAX: u64 = (1 << 53) - 1;
    /// The latest time that can be represented.
    const TIMESTAMP_MS_MAX: i64 = 253_402_207_200_999;

    /// The period and the block in a room.
    ///
    /// # Errors
    /// 1. `422` the id does not begin with the number
    /// 2. `404` the room has no such period
    pub fn in_room(&self, room: Room) -> Result<(PeriodId, Block), Problem> {
        let origin = BlockOrigin::Oracle(self.signature);
        let block =
            Block::new(self.number, self.timestamp_ms, self.id, origin).map_err(|error| match error {
                BlockError::Timestamp(_) => {
                    Problem::invalid("timestamp", "is not a valid time in milliseconds")
                }
                BlockError::Height { .. } | BlockError::ParentHeight { .. } => {
                    Problem::invalid("id", "must begin with the number of the block")
                }
            })?;
        Ok((parse_period_id(room, &self.period_id.0)?, block))
    }
}

// `signature` is an Ed25519 signature of [`Block::message`] in base64.
request! {
    RecordBlockRequest {
        period_id: required "periodId", Body::optional_string, period_id();
        number: required "number", Body::optional_whole, json!({
            "type": "integer", "minimum": 0, "maximum": Self::NUMBER_MAX,
        });
        timestamp: required "timestamp", Body::optional_whole, json!({
            "type": "integer", "minimum": 0, "maximum": Self::TIMESTAMP_MS_MAX,
            "description": "Milliseconds since 1970.",
        });
        id: required "id", Body::optional_string, json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
        signature: required "signature", signature, json!({
            "type": "string", "pattern": "^[A-Za-z0-9+/]{85}[AQgw]==$",
        });
    }
    => {
        let (BlockNumber(number), Milliseconds(timestamp_ms)) = (number, timestamp);
        Self { period_id, number, timestamp_ms, id, signature }
    }
}

fn signature(body: &Body<'_>, field: &'static str) -> Result<Option<BlockSignature>, Problem> {
    let Some(text) = body.optional_string::<String>(field)? else { return Ok(None) };
    let signature = BASE64_STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    let signature = signature.map(BlockSignature::from_bytes);
    signature.map(Some).ok_or_else(|| Problem::invalid(field, "must be 64 bytes in base64"))
}
