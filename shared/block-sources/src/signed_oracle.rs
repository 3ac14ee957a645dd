//! [`SignedOracle`]: an oracle that submits signed blocks through the API. It cannot be queried: a period has its
//! block, or waits for it.

use crate::{BlockFault, Blocks};
use evens_games::{Block, BlockSource, OraclePublicKey};
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

/// The oracle with that key.
#[derive(Debug, Clone, Copy)]
pub struct SignedOracle(pub OraclePublicKey);

impl Blocks for SignedOracle {
    fn source(&self) -> BlockSource {
        BlockSource::Oracle(self.0)
    }

    fn first_block_at_or_after(&self, _at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>> {
        Box::pin(ready(Err(BlockFault::NotYet)))
    }

    fn block_of_number(&self, _number: u64) -> BoxFuture<'_, Result<Block, BlockFault>> {
        Box::pin(ready(Err(BlockFault::NotYet)))
    }
}
