//! Pages of the rounds that have ended: closed or cancelled ones, newest first.

use crate::exchange::entities::round;
use crate::operations::by_time::{ListByTime, NewestPlaces, TimeSpan};
use crate::operations::sweep::round_in_key;
use crate::table::item::{Fields, Item};
use crate::table::shard::Shard;
use crate::{Store, StoreError};
use evens_exchange::{Round, RoundPlace};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The way in which a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoundEnd {
    /// Closed, with or without a result.
    Closed,
    Cancelled,
}

/// A page of ended rounds, those that ended last first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRoundPage {
    pub rounds: Vec<Round>,
    /// The next page starts before this place; `None` on the last page.
    pub next_before: Option<RoundPlace>,
}

impl Store {
    /// A page of the rounds that ended in this way, in a span and before a place: finished ones, and those that still
    /// have work left. Rounds that were finished before these lists existed are in no list. A page has at most 100
    /// rounds.
    ///
    /// # Role
    /// - `BatchGetItem` on `ROUND#`
    /// - `Query` on index `unfinished`
    pub async fn list_ended_rounds(
        &self,
        end: RoundEnd,
        span: TimeSpan,
        before: Option<&RoundPlace>,
        limit: u16,
        now: Timestamp,
    ) -> Result<EndedRoundPage, StoreError> {
        let limit = limit.min(100);
        let list = ListByTime {
            partition: &|shard: Shard| round::ended_partition(end, shard),
            place_of: place,
            time_of: |place: &RoundPlace| place.at().as_millisecond(),
        };
        let mut places: BTreeSet<_> =
            self.newest_places(&list, span, before, limit).await?.into_iter().collect();
        let unfinished = self.unfinished_places(end, now).await?;
        places.extend(unfinished.into_iter().filter(|place| {
            span.has(place.at().as_millisecond()) && before.is_none_or(|before| place < before)
        }));
        let found = NewestPlaces::of(places.into_iter().collect(), limit.into());
        let rounds = self.load_rounds(found.places.iter().map(RoundPlace::id)).await?;
        Ok(EndedRoundPage { rounds, next_before: found.next_before() })
    }

    /// The places of the ended rounds that still have work left. These are few: those of the last minutes, and stuck
    /// ones.
    async fn unfinished_places(&self, end: RoundEnd, now: Timestamp) -> Result<Vec<RoundPlace>, StoreError> {
        let mut ids = Vec::new();
        for shard in self.layout.shards() {
            ids.extend(self.sweep_rounds(shard, now).await?.into_iter().map(|round| round.id));
        }
        let rounds = self.load_rounds(ids.iter()).await?;
        let ended = rounds.iter().filter(|found| round::end_of(found) == Some(end));
        Ok(ended.filter_map(RoundPlace::of_ended).collect())
    }

    async fn load_rounds<'a>(
        &self,
        ids: impl Iterator<Item = &'a evens_exchange::RoundId>,
    ) -> Result<Vec<Round>, StoreError> {
        let keys: Vec<_> = ids.map(round::key).collect();
        let mut rounds = Vec::with_capacity(keys.len());
        for some in keys.chunks(Self::BATCH_MAX) {
            let items = self.get_batch_again(some).await?;
            rounds.extend(items.iter().flatten().map(round::decode).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(rounds)
    }
}

fn place(at: Timestamp, item: &Item) -> Result<RoundPlace, StoreError> {
    let fields = Fields::of(item);
    let place = RoundPlace::new(at.as_millisecond(), round_in_key(fields)?);
    place.map_err(|_| fields.corrupt("unfinished_sk"))
}
