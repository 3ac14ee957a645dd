//! [`StoredItem`]: the items of a finished run with their previous versions, for checks that change the books.

use crate::clients;
use crate::run::{Order, on_paused_clock, simulate};
use crate::world::{Who, World};
use anyhow::Context as _;
use evens_audit::{Books, DayEnds};
use evens_ledger::Digest;
use evens_records::SealedDays;
use evens_runtime::Settings;
use evens_simulated_table::item::{Item, call_item};
use evens_store::Layout;
use evens_table::AttributeValue;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::time::Duration;

/// An item of the table.
#[derive(Debug, Clone)]
pub struct StoredItem {
    /// All versions, oldest first. `None` while the item was absent.
    pub versions: Vec<Option<HashMap<String, AttributeValue>>>,
}

/// The number of days that are sealed after a run.
const SEALED_DAYS: usize = 2;

/// Runs a seed with the layout of production, seals the days since, and returns all items that were ever in its table,
/// sorted by key.
pub fn stored_items(seed: u64) -> anyhow::Result<Vec<StoredItem>> {
    let order = Order { seed, mutation: None, is_printed: false };
    on_paused_clock(seed, async {
        let (world, _) = simulate(order, Layout::default()).await?;
        seal_days(&world).await?;
        let state = world.lock();
        let items = state.table.histories();
        let item = |versions: Vec<Option<&Item>>| StoredItem {
            versions: versions.into_iter().map(|item| item.map(call_item)).collect(),
        };
        Ok(items.map(item).collect())
    })
}

/// Seals each day as the scheduled check does.
async fn seal_days(world: &World) -> anyhow::Result<()> {
    let store = clients::store(world, Who::Auditor, &Settings::local());
    let (mut previous, mut after) = (Digest::ZERO, None);
    for _ in 0..SEALED_DAYS {
        let day = world.now().to_zoned(TimeZone::UTC).date();
        world.sleep(Duration::from_hours(24)).await;
        let days = SealedDays { last: day, after };
        let mut books = Books::new().with_day_ends(DayEnds::of([days]));
        store.scan(|record| record.into_iter().for_each(|record| books.record(record))).await?;
        let seal = books.seal_of(days, previous).with_context(|| no_seal(day))?;
        previous = store.keep_seal(&seal, world.now()).await?.digest();
        after = Some(day);
    }
    Ok(())
}

fn no_seal(day: Date) -> String {
    format!("the end of {day} was not computed")
}
