//! [`Entropy`]: the input to a draw besides the seed.

use crate::{Block, BlockSource, PeriodId};
use std::fmt;
use std::str::FromStr;

/// The input to a draw besides the seed. The kind and the source of the block are fixed when the period opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entropy {
    /// No further input: the draw depends on the seed and the id of the period.
    None,
    /// The first block of a source that is stamped a moment after the period closed. So the result is unknown while
    /// bets are taken, both to people who can read the seed and to the producer of the block.
    Block {
        source: BlockSource,
        /// `None` until the block exists.
        block: Option<Block>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a kind of entropy")]
pub struct EntropyError;

impl Entropy {
    /// A block of this source, which does not exist yet.
    pub fn block_of(source: BlockSource) -> Self {
        Self::Block { source, block: None }
    }

    /// The kind on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Block { .. } => "block",
        }
    }

    /// The source of the block, if a block is an input.
    pub fn source(self) -> Option<BlockSource> {
        match self {
            Self::None => None,
            Self::Block { source, .. } => Some(source),
        }
    }

    /// The block, once it exists.
    pub fn block(&self) -> Option<&Block> {
        match self {
            Self::None => None,
            Self::Block { block, .. } => block.as_ref(),
        }
    }

    /// The text for a message: `none`, or the id of the block. Returns `None` until the block exists.
    pub fn in_message(&self) -> Option<String> {
        match self {
            Self::None => Some("none".to_owned()),
            Self::Block { block, .. } => block.map(|block| block.id().to_string()),
        }
    }

    /// The message that a seed is applied to, one item per line: `game`, the id of the period, and the entropy. Returns
    /// `None` if the block does not exist yet, or if a block alone draws the game. `docs/games.md` shows how to
    /// recompute a draw.
    pub fn message(&self, period: PeriodId) -> Option<String> {
        match period.room.game().drawn_by_block() {
            Some(_) => None,
            None => self.in_message().map(|entropy| format!("game\n{period}\n{entropy}")),
        }
    }
}

impl fmt::Display for Entropy {
    /// The part that is fixed when a period opens: `none`, `block:tron`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
            Self::Block { source, .. } => write!(formatter, "block:{source}"),
        }
    }
}

impl FromStr for Entropy {
    type Err = EntropyError;

    fn from_str(text: &str) -> Result<Self, EntropyError> {
        match text.split_once(':') {
            None if text == "none" => Ok(Self::None),
            Some(("block", source)) => source.parse().map(Self::block_of).map_err(|_| EntropyError),
            None | Some(_) => Err(EntropyError),
        }
    }
}
