//! [`Block`]: a block of a public chain that did not exist when a period closed. [`BlockSource`]: the origin of blocks.
//!
//! The first eight bytes of a block id are its height, and the height of the parent is one less. A [`Block`] cannot be
//! made with other heights.

use crate::PeriodId;
use evens_ledger::Digest;
use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};
use std::fmt;
use std::str::FromStr;

/// The id of a block: its height in eight bytes and 24 bytes of its hash. Its text is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(Digest);

/// A block of a chain, with the proof of its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    number: u64,
    timestamp: Timestamp,
    id: BlockId,
    origin: BlockOrigin,
}

/// The origin of a block, and the proof of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockOrigin {
    /// The local chain that a developer's machine derives from the clock, with the parent of the block. It proves
    /// nothing.
    Local(BlockId),
    /// The TRON chain as reported by a node, with the parent of the block.
    Tron(BlockId),
    /// An oracle, with its signature of [`Block::message`].
    Oracle(BlockSignature),
}

/// The source of the block that draws a period. It is fixed when the period opens and never changes: a choice between
/// sources would be a second draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockSource {
    /// The local chain that a developer's machine derives from the clock.
    Local,
    Tron,
    Oracle(OraclePublicKey),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OraclePublicKey(Digest);

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BlockSignature([u8; 64]);

/// The reason why the values do not make a block, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// The timestamp is out of range.
    #[error("block {0} has no valid time")]
    Timestamp(u64),
    /// The id begins with another height.
    #[error("block {number} has an id with the height {height}")]
    Height { number: u64, height: u64 },
    /// The id of the parent begins with a height that is not one less.
    #[error("block {number} has a parent with the height {height}")]
    ParentHeight { number: u64, height: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 64 lower-case hexadecimal digits")]
pub struct BlockIdError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 128 lower-case hexadecimal digits")]
pub struct BlockSignatureError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a block source")]
pub struct BlockSourceError;

impl Block {
    /// Checks the height of the block and of its parent. `timestamp_ms` is in milliseconds since 1970.
    pub fn new(number: u64, timestamp_ms: i64, id: BlockId, origin: BlockOrigin) -> Result<Self, BlockError> {
        let timestamp =
            Timestamp::from_millisecond(timestamp_ms).map_err(|_| BlockError::Timestamp(number))?;
        if id.height() != number {
            return Err(BlockError::Height { number, height: id.height() });
        }
        let parent = match origin {
            BlockOrigin::Local(parent) | BlockOrigin::Tron(parent) => Some(parent),
            BlockOrigin::Oracle(_) => None,
        };
        match parent {
            Some(parent) if Some(parent.height()) != number.checked_sub(1) => {
                Err(BlockError::ParentHeight { number, height: parent.height() })
            }
            Some(_) | None => Ok(Self { number, timestamp, id, origin }),
        }
    }

    /// The number of the block, which is its height.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The timestamp, in whole milliseconds.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    pub fn id(&self) -> BlockId {
        self.id
    }

    pub fn origin(&self) -> BlockOrigin {
        self.origin
    }

    /// The message that an oracle signs, one item per line: `evens-block`, the id of the period, and the number, the
    /// timestamp in milliseconds and the id of the block.
    pub fn message(&self, period: PeriodId) -> String {
        let Self { number, timestamp, id, .. } = self;
        format!("evens-block\n{period}\n{number}\n{}\n{id}", timestamp.as_millisecond())
    }

    /// Returns `true` if the block comes from this source. An oracle must have signed it for this period.
    pub fn is_of(&self, source: BlockSource, period: PeriodId) -> bool {
        match (source, self.origin) {
            (BlockSource::Local, BlockOrigin::Local(_)) | (BlockSource::Tron, BlockOrigin::Tron(_)) => true,
            (BlockSource::Oracle(OraclePublicKey(key)), BlockOrigin::Oracle(BlockSignature(signature))) => {
                let key = UnparsedPublicKey::new(&ED25519, key.bytes());
                key.verify(self.message(period).as_bytes(), &signature).is_ok()
            }
            (BlockSource::Local | BlockSource::Tron | BlockSource::Oracle(_), _) => false,
        }
    }

    /// Returns `true` if both are the same block, possibly from different sources.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.id, self.timestamp) == (other.id, other.timestamp)
    }
}

impl BlockId {
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }

    pub fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// The height: the first eight bytes, most significant byte first.
    pub fn height(&self) -> u64 {
        self.bytes()[..8].iter().fold(0, |height, byte| height << 8 | u64::from(*byte))
    }

    /// The last hexadecimal digit of the id that is a decimal digit, as players find it from the right. There is always
    /// one, because the height of a real chain begins with zeros.
    pub fn last_decimal_digit(&self) -> u8 {
        let halves = self.bytes().iter().rev().flat_map(|byte| [byte & 0x0f, byte >> 4]);
        halves.into_iter().find(|half| *half < 10).unwrap_or_default()
    }
}

impl FromStr for BlockId {
    type Err = BlockIdError;

    fn from_str(text: &str) -> Result<Self, BlockIdError> {
        text.parse().map(Self).map_err(|_| BlockIdError)
    }
}

impl fmt::Display for BlockId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for BlockId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl OraclePublicKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }
}

impl fmt::Debug for OraclePublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl BlockSignature {
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }
}

impl FromStr for BlockSignature {
    type Err = BlockSignatureError;

    fn from_str(text: &str) -> Result<Self, BlockSignatureError> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(BlockSignatureError);
        }
        let mut bytes = [0; 64];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BlockSignatureError)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for BlockSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for BlockSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl BlockSource {
    /// The kind of the source in settings and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Tron => "tron",
            Self::Oracle(_) => "oracle",
        }
    }
}

impl FromStr for BlockSource {
    type Err = BlockSourceError;

    fn from_str(text: &str) -> Result<Self, BlockSourceError> {
        match text.split_once(':') {
            None if text == "local" => Ok(Self::Local),
            None if text == "tron" => Ok(Self::Tron),
            Some(("oracle", key)) => {
                key.parse().map(OraclePublicKey).map(Self::Oracle).map_err(|_| BlockSourceError)
            }
            None | Some(_) => Err(BlockSourceError),
        }
    }
}

impl fmt::Display for BlockSource {
    /// `local`, `tron`, or `oracle:` and the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local | Self::Tron => formatter.write_str(self.as_str()),
            Self::Oracle(key) => write!(formatter, "{}:{key:?}", self.as_str()),
        }
    }
}
