//! [`BlockFault`]: the reasons why a source returns no block.

use evens_games::BlockError;
use evens_outbound::Unreachable;

/// The reasons why a source returns no block.
#[derive(Debug, thiserror::Error)]
pub enum BlockFault {
    /// No block has that timestamp or a later one yet, or it has no successor.
    #[error("there is no such block yet")]
    NotYet,
    /// No answer in time.
    #[error("the node did not answer in time")]
    Silent,
    /// The connection failed or broke.
    #[error("the node cannot be reached")]
    Unreachable(#[source] Unreachable),
    /// The node answered with another status than 200.
    #[error("the node answered with the status {0}")]
    Refused(u16),
    /// The answer is neither a block nor an empty one.
    #[error("the node answered something that is no block")]
    Unreadable(#[source] Option<serde_json::Error>),
    /// The node returned a block with another number than the requested one.
    #[error("the node was asked for the block {asked} and told of {told}")]
    WrongNumber { asked: u64, told: u64 },
    /// The number, the id and the parent's id of a block do not fit together.
    #[error("the node told of something that cannot be a block")]
    NoBlock(#[source] BlockError),
    /// The node lacks a block before its newest one.
    #[error("the node has no block {number}, and later ones")]
    Gap { number: u64 },
    /// The block's parent is not the previous block.
    #[error("the block {number} is not built on the one before it")]
    WrongParent { number: u64 },
    /// The previous block has the requested timestamp or a later one, so this is not the first block.
    #[error("the block {number} is not the first one, or is not stamped later than its parent")]
    NotFirst { number: u64 },
    /// The next block has another parent, so this block has left the chain.
    #[error("the block behind {number} is built on another one")]
    Reorganised { number: u64 },
}
