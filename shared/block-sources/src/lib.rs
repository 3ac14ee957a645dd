//! Sources of the blocks that draw periods of games: the port [`Blocks`], and its three implementations.
//!
//! Keeps M7: a period's times alone determine which block draws it, and no source can choose. A node's answers are
//! checked against the rules of a chain. Any violation is a fault, after which the same source is asked again, never
//! another one.
//!
//! Architecture invariant: nothing here knows a period, a bet or a seed.

mod fault;
mod local_chain;
mod settings;
mod signed_oracle;
mod tron_node;

pub use fault::BlockFault;
pub use local_chain::LocalChain;
pub use settings::{blocks_from_lookup, blocks_of_function};
pub use signed_oracle::SignedOracle;
pub use tron_node::{ApiKey, ApiKeyError, TronNode};

use evens_games::{Block, BlockSource};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::fmt::Debug;

/// Returns the blocks of one source.
pub trait Blocks: Debug + Send + Sync {
    fn source(&self) -> BlockSource;

    /// The first block with that timestamp or a later one. The answer never changes.
    ///
    /// # Errors
    /// [`BlockFault::NotYet`] while there is no such block, or while it has no successor; otherwise the fault in the
    /// source's answers.
    fn first_block_at_or_after(&self, at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>>;

    /// The block of that number, as the source reports it now.
    ///
    /// # Errors
    /// Those of [`Blocks::first_block_at_or_after`].
    fn block_of_number(&self, number: u64) -> BoxFuture<'_, Result<Block, BlockFault>>;
}
