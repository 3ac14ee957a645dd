//! Drawing a period: its result becomes public together with its seed. A period without bets is archived, so that it
//! leaves one item.

use crate::games::entities::result::{self, DrawnPeriod};
use crate::games::entities::{archived, period};
use crate::games::transactions::write_period::PeriodWrite;
use crate::table::item::text;
use crate::table::layout::Layout;
use crate::table::retry::attempt;
use crate::table::write::{Write, delete, delete_secret, put_in_place, put_new};
use crate::{Store, StoreError};
use evens_games::Period;

impl Store {
    /// Writes the draw of a period, and its result in the history of its room: all items, or none. If the period has
    /// [settled without bets](Period::settled_without_bets), the result carries all of it, and the period and its seed
    /// are deleted. Reads of the period then find the result.
    ///
    /// 1. period: as in [`Store::move_period`], else [`PeriodWrite::Found`]
    /// 2. result: absent, because the period had none
    /// 3. seed, if it is deleted: the published one, because it was read
    ///
    /// # Role
    /// - `DeleteItem` on `PERIOD#`, `SEED#PERIOD#`
    /// - `GetItem` on `RESULTS#`
    /// - `PutItem` on `PERIOD#`, `RESULTS#`
    pub async fn draw_period(&self, read: &Period, drawn: Period) -> Result<PeriodWrite, StoreError> {
        attempt!(self, WritePeriod, {
            let items = items(read, &drawn, self.layout)?;
            self.write_step(read, &drawn, items).await
        })
    }
}

fn items(read: &Period, drawn: &Period, layout: Layout) -> Result<Vec<Write>, StoreError> {
    let (Some(result), Some(totals)) = (drawn.result(), drawn.totals()) else {
        return Err(StoreError::corrupt(read.id, "is not drawn"));
    };
    let (condition, values) = period::is_as_read(read);
    if drawn.settled_without_bets() {
        let seed = vec![(":seed", text(result.seed.reveal()))];
        return Ok(vec![
            delete(&period::key(read.id), condition, values),
            put_new(archived::encode(drawn, result)),
            delete_secret(&period::seed::key(read.id), "seed = :seed", seed),
        ]);
    }
    let block = drawn.entropy.block().copied();
    let listed = DrawnPeriod { id: drawn.id, drawn: result.drawn.clone(), bets: totals.bets, block };
    Ok(vec![put_in_place(period::encode(drawn, layout), condition, values), put_new(result::encode(&listed))])
}
