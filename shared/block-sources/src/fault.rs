//! [`BlockFault`]: the reasons why a source returns no block.

use evens_games::BlockError;
use evens_outbound::Unreachable;

/// The reasons why a source returns no block.
#[derive(Debug, thiserror::Error)]
pub enum BlockFault {
    /// No block has that timestamp or a later one yet, or it has no successor.
    #[error("the block does not exist yet")]
    NotYet,
    /// No answer in time.
    #[error("the node did not answer in time")]
    Silent,
    /// The connection failed or broke.
    #[error("the node cannot be reached")]
    Unreachable(#[source] Unreachable),
    /// The node answered with another status than 200.
    #[error("the node answered with status {0}")]
    Refused(u16),
    /// The answer is neither a block nor an empty one.
    #[error("the node's answer is not a block")]
    Unreadable(#[source] Option<serde_json::Error>),
    /// The node returned a block with another number than the requested one.
    #[error("the node returned block {answered} instead of block {asked}")]
    WrongNumber { asked: u64, answered: u64 },
    /// The number, the id and the parent's id of a block do not fit together.
    #[error("the node returned an invalid block")]
    NoBlock(#[source] BlockError),
    /// The node lacks a block before its newest one.
    #[error("the node lacks block {number}, but has later ones")]
    Gap { number: u64 },
    /// The block's parent is not the previous block.
    #[error("block {number} is not the child of the previous block")]
    WrongParent { number: u64 },
    /// The previous block has the requested timestamp or a later one, so this is not the first block.
    #[error("block {number} is not the first one at or after that time, or is not later than its parent")]
    NotFirst { number: u64 },
    /// The next block has another parent, so this block has left the chain.
    #[error("the block after {number} has another parent")]
    Reorganised { number: u64 },
}
