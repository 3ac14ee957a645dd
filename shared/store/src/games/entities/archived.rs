//! An archived period: the result of a period that was drawn without bets, at the key of a [result](super::result). It
//! carries the whole period and its proof, and is all that the period leaves. It is put once, and never changed.

use crate::StoreError;
use crate::games::entities::{block, period, result};
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder};
use crate::table::layout::Layout;
use evens_games::{Period, PeriodResult, PeriodState, PeriodTotals};
use evens_records::Record;

pub(crate) const KIND: &str = "archived-period";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "result of a period without bets | `RESULTS#{room}` / `20261123000000042` | the period, and \
          `published_seed`; immutable",
    books: Books::Read(&[
        period::OPENING,
        block::ATTRIBUTES,
        &["bets", "drawn", "published_seed", "drawn_at"],
    ]),
    hidden: &[],
    records,
};

/// The seed, which is public. It is not named like the secret of a period, so that the scheduled check of the books,
/// which may read no secret, reads it with its scan.
const PUBLISHED_SEED: &str = "published_seed";

/// Encodes a period that was [settled without bets](Period::settled_without_bets).
pub(crate) fn encode(period: &Period, result: &PeriodResult) -> Item {
    let PeriodResult { drawn, seed, drawn_at } = result;
    period::encode_opening(ItemBuilder::new(&ENTITY, &result::key(period.id)), period)
        .number("bets", 0)
        .text("drawn", drawn)
        .text(PUBLISHED_SEED, seed.reveal())
        .text("drawn_at", drawn_at)
        .build()
}

/// Returns `true` if the item is an archived period, and `false` if it is the result of a period that has an item of
/// its own.
pub(crate) fn is_one(item: &Item) -> Result<bool, StoreError> {
    Ok(Fields::of(item).get::<String>("kind")? == KIND)
}

pub(crate) fn decode(item: &Item) -> Result<Period, StoreError> {
    let fields = Fields::of(item);
    if fields.get::<u64>("bets")? > 0 {
        return Err(fields.corrupt("bets"));
    }
    period::decode_opening(fields, |id| {
        let result = period::decode_result(fields, id, PUBLISHED_SEED)?;
        Ok(PeriodState::Settled(PeriodTotals::default(), result))
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    Ok(ScannedRecords::at(result::key(found.id), Record::ArchivedPeriod(Box::new(found))))
}
