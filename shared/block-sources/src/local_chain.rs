//! [`LocalChain`]: a chain computed from the time alone, with a block every three seconds like TRON. Its future blocks
//! are predictable, so it is for the local stage only.

use crate::{BlockFault, Blocks};
use evens_games::{Block, BlockId, BlockOrigin, BlockSource};
use evens_ledger::Digest;
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

/// Interval between blocks.
const EACH_MS: i64 = 3_000;

#[derive(Debug, Clone, Copy)]
pub struct LocalChain;

impl LocalChain {
    fn numbered(number: u64) -> Result<Block, BlockFault> {
        let stamped = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(EACH_MS);
        let parent = number.checked_sub(1).map(id).ok_or(BlockFault::NotYet)?;
        Block::new(number, stamped, id(number), BlockOrigin::Local(parent)).map_err(BlockFault::NoBlock)
    }
}

/// The height, followed by the beginning of a SHA-256 over it.
fn id(number: u64) -> BlockId {
    let mut bytes = *Digest::of(format!("evens-local-chain\n{number}").as_bytes()).bytes();
    bytes.copy_within(..24, 8);
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    BlockId::from_bytes(bytes)
}

impl Blocks for LocalChain {
    fn source(&self) -> BlockSource {
        BlockSource::Local
    }

    fn first_block_at_or_after(&self, at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>> {
        // A time between two milliseconds is rounded up.
        let late_ms = i64::from(Timestamp::from_millisecond(at.as_millisecond()).is_ok_and(|ms| ms < at));
        let number = (at.as_millisecond() + late_ms + EACH_MS - 1).div_euclid(EACH_MS);
        let number = u64::try_from(number).map_err(|_| BlockFault::NotYet);
        Box::pin(ready(number.and_then(Self::numbered)))
    }

    fn block_of_number(&self, number: u64) -> BoxFuture<'_, Result<Block, BlockFault>> {
        Box::pin(ready(Self::numbered(number)))
    }
}
