//! The block that draws a period, as attributes of the period and of its result.

use crate::StoreError;
use crate::table::item::{Fields, ItemBuilder};
use evens_games::{Block, BlockOrigin};

/// The block's id. Present if there is a block.
pub(crate) const BLOCK_ID: &str = "block_id";

pub(crate) const ATTRIBUTES: &[&str] =
    &["block", "block_time", BLOCK_ID, "block_source", "block_parent", "block_signature"];

pub(crate) fn encode(item: ItemBuilder, block: Option<&Block>) -> ItemBuilder {
    let Some(block) = block else { return item };
    let item = item
        .number("block", block.number())
        .text("block_time", block.timestamp())
        .text(BLOCK_ID, block.id())
        .text("block_source", name(block.origin()));
    match block.origin() {
        BlockOrigin::Local(parent) | BlockOrigin::Tron(parent) => item.text("block_parent", parent),
        BlockOrigin::Oracle(signature) => item.text("block_signature", signature),
    }
}

pub(crate) fn decode(fields: Fields<'_>) -> Result<Option<Block>, StoreError> {
    let Some(id) = fields.optional(BLOCK_ID)? else { return Ok(None) };
    let parent = || fields.get("block_parent");
    let origin = match fields.get::<String>("block_source")?.as_str() {
        "local" => BlockOrigin::Local(parent()?),
        "tron" => BlockOrigin::Tron(parent()?),
        "oracle" => BlockOrigin::Oracle(fields.get("block_signature")?),
        _ => return Err(fields.corrupt("block_source")),
    };
    let stamped: jiff::Timestamp = fields.get("block_time")?;
    let block = Block::new(fields.get("block")?, stamped.as_millisecond(), id, origin);
    block.map(Some).map_err(|_| fields.corrupt(BLOCK_ID))
}

fn name(origin: BlockOrigin) -> &'static str {
    match origin {
        BlockOrigin::Local(_) => "local",
        BlockOrigin::Tron(_) => "tron",
        BlockOrigin::Oracle(_) => "oracle",
    }
}
