//! [`Block`]: a block of a public chain, which nobody knew when a period closed; and [`BlockSource`], who tells of it.
//!
//! The first eight bytes of a block's id are its height, and those of its parent's id one less: a block that says
//! otherwise is none, so none is ever here.

use crate::PeriodId;
use evens_ledger::Digest;
use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};
use std::fmt;
use std::str::FromStr;

/// The id of a block: its height in eight bytes, and 24 bytes of its hash. Its text is 64 lower-case hexadecimal
/// digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(Digest);

/// A block of a chain, with what vouches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    number: u64,
    timestamp: Timestamp,
    id: BlockId,
    origin: BlockOrigin,
}

/// Where a block is from, and what vouches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockOrigin {
    /// The chain that somebody's own machine makes of the time; with the block's parent. It proves nothing.
    Local(BlockId),
    /// The TRON chain, as a node tells of it; with the block's parent.
    Tron(BlockId),
    /// An oracle, with its signature of [`Block::message`].
    Oracle(BlockSignature),
}

/// Whose block draws a period. It is fixed when the period opens, and never another: to choose would be a second draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockSource {
    /// The chain that somebody's own machine makes of the time.
    Local,
    /// The TRON chain.
    Tron,
    /// The oracle of that key.
    Oracle(OraclePublicKey),
}

/// The Ed25519 public key of an oracle. Its text is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OraclePublicKey(Digest);

/// An Ed25519 signature. Its text is 128 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BlockSignature([u8; 64]);

/// Why there is no such block, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// No clock says that.
    #[error("the block {0} is stamped with no time")]
    Timestamp(u64),
    /// Its id begins with another height.
    #[error("the block {number} has an id of the height {height}")]
    Height {
        /// The number that it says.
        number: u64,
        /// The height that its id says.
        height: u64,
    },
    /// The id of its parent begins with a height that is not one less.
    #[error("the block {number} has a parent of the height {height}")]
    ParentHeight {
        /// The number that it says.
        number: u64,
        /// The height that its parent's id says.
        height: u64,
    },
}

/// The text is no id of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 64 lower-case hexadecimal digits")]
pub struct BlockIdError;

/// The text is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 128 lower-case hexadecimal digits")]
pub struct BlockSignatureError;

/// The text names no source of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no source of blocks")]
pub struct BlockSourceError;

impl Block {
    /// A block of that number, stamped with that time in milliseconds.
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

    /// Its number: how many blocks are before it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The time that it is stamped with, in whole milliseconds.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Its id.
    pub fn id(&self) -> BlockId {
        self.id
    }

    /// Where it is from.
    pub fn origin(&self) -> BlockOrigin {
        self.origin
    }

    /// What an oracle signs: `evens-block`, the period's id, and the number, the time in milliseconds and the id of the
    /// block, one a line.
    pub fn message(&self, period: PeriodId) -> String {
        let Self { number, timestamp, id, .. } = self;
        format!("evens-block\n{period}\n{number}\n{}\n{id}", timestamp.as_millisecond())
    }

    /// Whether it is from that source; one of an oracle, whether that oracle signed it for that period.
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

    /// Whether that is the same block, whoever vouches for it.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.id, self.timestamp) == (other.id, other.timestamp)
    }
}

impl BlockId {
    /// An id of those bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// The height: what its first eight bytes say, the most significant first.
    pub fn height(&self) -> u64 {
        self.bytes()[..8].iter().fold(0, |height, byte| height << 8 | u64::from(*byte))
    }

    /// The last of its hexadecimal digits that is a decimal one, as players look for it from the right. There always
    /// is one: no chain is so high that its height begins with a letter.
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
    /// The key of those bytes.
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
    /// The signature of those bytes.
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
    /// The name of its kind, in settings and on the wire.
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
    /// `local`, `tron`, `oracle:` and the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local | Self::Tron => formatter.write_str(self.as_str()),
            Self::Oracle(key) => write!(formatter, "{}:{key:?}", self.as_str()),
        }
    }
}
