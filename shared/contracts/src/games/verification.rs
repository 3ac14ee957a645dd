//! The proof of a result: the seed, and the block produced after the closing, if there is one. The names that old
//! clients read are kept.

use crate::Time;
use evens_games::{Block, BlockOrigin, Period};
use serde::Serialize;
use utoipa::ToSchema;

/// The proof of a result. `docs/games.md` shows how to recompute it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationBody {
    /// The main proof, as old clients show it: the SHA-256 of the seed. In a game drawn by a block alone, the id of the
    /// block, or null before it exists.
    pub hash: Option<String>,
    /// A public page that shows the block; null without a block, or if it is not public.
    pub link: Option<String>,
    /// The number of the block; null without a block.
    pub block: Option<u64>,
    /// Time of the draw, null before it. In a game drawn by a block alone, the time of the block.
    pub time: Option<Time>,
    /// The SHA-256 of the seed, public a period before the first bet.
    pub seed_hash: String,
    /// The seed, in hexadecimal digits; null before the draw.
    pub seed: Option<String>,
    /// The message from which the seed draws. Null before the block exists, and in a game drawn by a block alone.
    pub message: Option<String>,
    /// The input of the draw besides the seed: `none` or `block`. It is fixed when the period opens.
    pub entropy: &'static str,
    /// The source of the block: `local`, `tron`, or `oracle:` and its Ed25519 key in hexadecimal digits; null without a
    /// block.
    pub source: Option<String>,
    /// The id of the block; null without a block.
    pub block_id: Option<String>,
    /// Time of the block; null without a block.
    pub block_time: Option<Time>,
    /// The oracle's signature of the block, in hexadecimal digits; null without an oracle.
    pub signature: Option<String>,
}

/// The block that determined a result, with the names that old clients know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockBody {
    /// The block id.
    pub hash: String,
    /// A public page that shows the block; null if it is not public.
    pub link: Option<String>,
    /// The block number.
    pub block: u64,
    /// Time of the block.
    pub time: Time,
}

impl From<&Block> for BlockBody {
    fn from(block: &Block) -> Self {
        Self {
            hash: block.id().to_string(),
            link: link(block),
            block: block.number(),
            time: block.timestamp().into(),
        }
    }
}

impl From<&Period> for VerificationBody {
    fn from(period: &Period) -> Self {
        let Period { id, seed_hash, entropy, .. } = period;
        let (result, block) = (period.result(), entropy.block());
        let block_id = block.map(|block| block.id().to_string());
        let block_time = block.map(|block| block.timestamp().into());
        let (hash, time) = if id.room.needs_blocks() {
            (block_id.clone(), block_time)
        } else {
            (Some(seed_hash.to_string()), result.map(|result| result.drawn_at.into()))
        };
        let signature = block.and_then(|block| match block.origin() {
            BlockOrigin::Oracle(signature) => Some(signature.to_string()),
            BlockOrigin::Local(_) | BlockOrigin::Tron(_) => None,
        });
        Self {
            hash,
            link: block.and_then(link),
            block: block.map(Block::number),
            time,
            seed_hash: seed_hash.to_string(),
            seed: result.map(|result| result.seed.reveal()),
            message: entropy.message(*id),
            entropy: entropy.as_str(),
            source: entropy.source().map(|source| source.to_string()),
            block_id,
            block_time,
            signature,
        }
    }
}

/// The page of a block explorer. A block from an oracle is also a block of TRON.
fn link(block: &Block) -> Option<String> {
    match block.origin() {
        BlockOrigin::Local(_) => None,
        BlockOrigin::Tron(_) | BlockOrigin::Oracle(_) => {
            Some(format!("https://tronscan.org/#/block/{}", block.number()))
        }
    }
}
