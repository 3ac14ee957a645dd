//! The items, one type per file.

use crate::table::entity::Entity;
use crate::table::index_place::ScannedRecords;
use crate::table::item::Key;
use evens_records::{JackpotRecord, Record};

pub(crate) mod config;
pub(crate) mod meter;
pub(crate) mod operation;
pub(crate) mod pool;
pub(crate) mod proposal;
pub(crate) mod win;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &config::ENTITY,
    &proposal::ENTITY,
    &pool::ENTITY,
    &meter::ENTITY,
    &operation::CONTRIBUTION_ENTITY,
    &operation::AWARD_ENTITY,
    &win::ENTITY,
];

fn jackpot_record(key: Key, record: JackpotRecord) -> ScannedRecords {
    ScannedRecords::at(key, Record::Jackpot(Box::new(record)))
}
