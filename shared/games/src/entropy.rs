//! [`Entropy`]: what decides a draw besides the seed.

use crate::{Block, BlockSource, PeriodId};
use std::fmt;
use std::str::FromStr;

/// What decides a draw besides the seed. Which of the two, and whose block, is fixed when the period opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entropy {
    /// Nothing: the seed and the period's id.
    None,
    /// The first block of a source that is stamped a moment after the period closed. So nobody knows the result while
    /// bets are taken: neither who can read the seed nor who makes the block.
    Block {
        /// Whose block.
        source: BlockSource,
        /// The block, once it is there.
        block: Option<Block>,
    },
}

/// The text names no entropy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no entropy")]
pub struct EntropyError;

impl Entropy {
    /// A block of that source, which is not there yet.
    pub fn block_of(source: BlockSource) -> Self {
        Self::Block { source, block: None }
    }

    /// The name of its kind on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Block { .. } => "block",
        }
    }

    /// Whose block it waits for or has, if any.
    pub fn source(self) -> Option<BlockSource> {
        match self {
            Self::None => None,
            Self::Block { source, .. } => Some(source),
        }
    }

    /// The block, once it is there.
    pub fn block(&self) -> Option<&Block> {
        match self {
            Self::None => None,
            Self::Block { block, .. } => block.as_ref(),
        }
    }

    /// What a message says of it: `none`, or the id of the block. Nothing as long as the block is not there.
    pub fn in_message(&self) -> Option<String> {
        match self {
            Self::None => Some("none".to_owned()),
            Self::Block { block, .. } => block.map(|block| block.id().to_string()),
        }
    }

    /// The message that a seed draws a period from: `game`, the period's id and the entropy, one a line. Nothing where
    /// the block is not there yet, or decides alone. `docs/games.md` shows how to recompute it.
    pub fn message(&self, period: PeriodId) -> Option<String> {
        match period.room.game().drawn_by_block() {
            Some(_) => None,
            None => self.in_message().map(|entropy| format!("game\n{period}\n{entropy}")),
        }
    }
}

impl fmt::Display for Entropy {
    /// What is fixed of it when a period opens: `none`, `block:tron`.
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
