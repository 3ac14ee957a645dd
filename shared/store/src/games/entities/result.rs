//! The result of a period: `RESULTS#{room}` / the period's 17 digits, so that one query finds the newest results of a
//! room. It is put together with the period's result, and never changed.

use crate::StoreError;
use crate::games::entities::block;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_games::{Block, DrawnSymbols, PeriodId, Room};
use evens_records::Record;

pub(crate) const KIND: &str = "period-result";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "result | `RESULTS#{room}` / `20261123000000042` | `drawn` `7`, `bets`; of a period without bets \
          also the period's attributes and `published_seed`; immutable",
    books: Books::Read(&[&["period", "drawn", "bets"], block::ATTRIBUTES]),
    hidden: &[],
    records,
};

/// A drawn period, as its room's history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnPeriod {
    pub id: PeriodId,
    pub drawn: DrawnSymbols,
    pub bets: u64,
    /// The block that determined the draw, if any.
    pub block: Option<Block>,
}

pub(crate) fn partition(room: Room) -> String {
    format!("RESULTS#{room}")
}

pub(crate) fn key(period: PeriodId) -> Key {
    Key { partition: partition(period.room), sort: period.digits() }
}

pub(crate) fn encode(result: &DrawnPeriod) -> Item {
    let DrawnPeriod { id, drawn, bets, block } = result;
    let item =
        ItemBuilder::new(&ENTITY, &key(*id)).text("period", id).text("drawn", drawn).number("bets", bets);
    block::encode(item, block.as_ref()).build()
}

pub(crate) fn decode(item: &Item) -> Result<DrawnPeriod, StoreError> {
    let fields = Fields::of(item);
    let id: PeriodId = fields.get("period")?;
    let drawn: String = fields.get("drawn")?;
    let drawn = DrawnSymbols::parse(id.room.game(), &drawn).map_err(|_| fields.corrupt("drawn"))?;
    Ok(DrawnPeriod { id, drawn, bets: fields.get("bets")?, block: block::decode(fields)? })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let DrawnPeriod { id, drawn, .. } = decode(item)?;
    Ok(ScannedRecords::at(key(id), Record::PeriodResult(id, drawn)))
}
