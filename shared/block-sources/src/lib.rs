//! Who tells of the blocks that draw periods of games: [`Blocks`], and the three that there are.
//!
//! Keeps M7: which block draws a period follows from its times alone, and no source chooses. What a node tells is held
//! against what a chain must be; whatever does not fit is a fault, after which the same source is asked again, and
//! never another one.
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

/// Tells of the blocks of one source.
pub trait Blocks: Debug + Send + Sync {
    /// Which source that is.
    fn source(&self) -> BlockSource;

    /// The first block that is stamped with that time or a later one. The answer is the same whenever it is asked for.
    ///
    /// # Errors
    /// [`BlockFault::NotYet`] as long as there is none, or none that another one is built on; or what is wrong with
    /// what the source told.
    fn first_block_at_or_after(&self, at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>>;

    /// The block of that number, as the source tells of it now.
    ///
    /// # Errors
    /// As [`Blocks::first_block_at_or_after`].
    fn block_of_number(&self, number: u64) -> BoxFuture<'_, Result<Block, BlockFault>>;
}
