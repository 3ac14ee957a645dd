//! [`BlockFault`]: why a source has no block to give.

use evens_games::BlockError;
use evens_outbound::Unreachable;

/// Why a source has no block to give.
#[derive(Debug, thiserror::Error)]
pub enum BlockFault {
    /// No block is stamped so late yet, or no other one is built on it.
    #[error("there is no such block yet")]
    NotYet,
    /// No answer came in time.
    #[error("the node did not answer in time")]
    Silent,
    /// No connection, or one that broke.
    #[error("the node cannot be reached")]
    Unreachable(#[source] Unreachable),
    /// The node answered with another status than 200.
    #[error("the node answered with the status {0}")]
    Refused(u16),
    /// The answer is no block, and does not say that there is none.
    #[error("the node answered something that is no block")]
    Unreadable(#[source] Option<serde_json::Error>),
    /// The node was asked for one number, and told of another.
    #[error("the node was asked for the block {asked} and told of {told}")]
    WrongNumber {
        /// The number that it was asked for.
        asked: u64,
        /// The number that it told of.
        told: u64,
    },
    /// The number, the id and the parent's id of a block do not fit each other.
    #[error("the node told of something that cannot be a block")]
    NoBlock(#[source] BlockError),
    /// The node has no block of a number that is before its newest one.
    #[error("the node has no block {number}, and later ones")]
    Gap {
        /// That number.
        number: u64,
    },
    /// A block is not built on the one before it.
    #[error("the block {number} is not built on the one before it")]
    WrongParent {
        /// Its number.
        number: u64,
    },
    /// The block before it is not stamped earlier than what was asked for, so it is not the first one.
    #[error("the block {number} is not the first one, or is not stamped later than its parent")]
    NotFirst {
        /// Its number.
        number: u64,
    },
    /// The next block is built on another one: this one is not on the chain any more.
    #[error("the block behind {number} is built on another one")]
    Reorganised {
        /// Its number.
        number: u64,
    },
}
