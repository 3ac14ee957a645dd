//! What proves a result: the seed, and the block of after the closing where there is one. Names that old clients read
//! stay.

use evens_games::{Block, BlockOrigin, Period};
use serde::Serialize;
use utoipa::ToSchema;

/// What proves a result: `docs/games.md` shows how to recompute it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationBody {
    /// What decides, as old clients show it: the SHA-256 of the seed; in a game that a block alone draws, the id of the
    /// block, null before it is there.
    pub hash: Option<String>,
    /// Where others show the block; null where there is none, or nobody else has it.
    pub link: Option<String>,
    /// The number of the block; null where there is none.
    pub block: Option<u64>,
    /// When it was drawn, null before; in a game that a block alone draws, when the block was stamped.
    pub time: Option<String>,
    /// The SHA-256 of the seed, public a period before the first bet.
    pub seed_hash: String,
    /// The seed, in hexadecimal digits; null before the draw.
    pub seed: Option<String>,
    /// The message that the seed draws from; null before the block is there, and in a game that a block alone draws.
    pub message: Option<String>,
    /// What decides the draw besides the seed: `none` or `block`. It is fixed when the period opens.
    pub entropy: &'static str,
    /// Whose block: `local`, `tron`, or `oracle:` and its Ed25519 key in hexadecimal digits; null without one.
    pub source: Option<String>,
    /// The id of the block; null where there is none.
    pub block_id: Option<String>,
    /// When the block was stamped; null where there is none.
    pub block_time: Option<String>,
    /// The oracle's signature of the block, in hexadecimal digits; null where no oracle handed it in.
    pub signature: Option<String>,
}

/// The block that drew a result, by the names that old clients know.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BlockBody {
    /// Its id.
    pub hash: String,
    /// Where others show it; null where nobody else has it.
    pub link: Option<String>,
    /// Its number.
    pub block: u64,
    /// When it was stamped.
    pub time: String,
}

impl From<&Block> for BlockBody {
    fn from(block: &Block) -> Self {
        Self {
            hash: block.id().to_string(),
            link: link(block),
            block: block.number(),
            time: block.timestamp().to_string(),
        }
    }
}

impl From<&Period> for VerificationBody {
    fn from(period: &Period) -> Self {
        let Period { id, seed_hash, entropy, .. } = period;
        let (result, block) = (period.result(), entropy.block());
        let block_id = block.map(|block| block.id().to_string());
        let block_time = block.map(|block| block.timestamp().to_string());
        let (hash, time) = if id.room.needs_blocks() {
            (block_id.clone(), block_time.clone())
        } else {
            (Some(seed_hash.to_string()), result.map(|result| result.drawn_at.to_string()))
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

/// The page of an explorer. What an oracle hands in is a block of TRON, too.
fn link(block: &Block) -> Option<String> {
    match block.origin() {
        BlockOrigin::Local(_) => None,
        BlockOrigin::Tron(_) | BlockOrigin::Oracle(_) => {
            Some(format!("https://tronscan.org/#/block/{}", block.number()))
        }
    }
}
