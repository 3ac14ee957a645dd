//! The list of open rounds, page by page. It contains only rounds with a closing deadline: the index sorts by it.

use crate::exchange::entities::round;
use crate::operations::sweep::{Since, round_in_key};
use crate::table::index_place::unfinished_since;
use crate::table::item::{Fields, Item};
use crate::table::shard::Shard;
use crate::{Store, StoreError};
use evens_exchange::{Round, RoundPlace};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

/// Number of shards that are read concurrently.
const SHARDS_AT_ONCE: usize = 4;

/// A page of open rounds, the earliest closing first. It may be short or empty although another page follows, because
/// rounds that have ended since are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundPage {
    /// The rounds.
    pub rounds: Vec<Round>,
    /// The next page starts after this place; `None` on the last page.
    pub next_after: Option<RoundPlace>,
}

impl Store {
    /// A page of the rounds that take bets now and have a closing deadline. `after` is the `next_after` of the previous
    /// page. A page has at most 100 rounds.
    ///
    /// # Role
    /// - `BatchGetItem` on `ROUND#`
    /// - `Query` on index `unfinished`
    pub async fn list_open_rounds(
        &self,
        now: Timestamp,
        after: Option<&RoundPlace>,
        limit: u16,
    ) -> Result<RoundPage, StoreError> {
        let limit = usize::from(limit).min(Self::BATCH_MAX);
        let of_shards = stream::iter(self.layout.shards())
            .map(|shard| self.open_in_shard(self.layout.shard(shard), now, after, limit + 1))
            .buffer_unordered(SHARDS_AT_ONCE);
        let mut places: Vec<_> = of_shards.try_concat().await?;
        places.sort_unstable();
        let has_more = places.len() > limit;
        places.truncate(limit);
        let keys: Vec<_> = places.iter().map(|place| round::key(place.id())).collect();
        let items = if keys.is_empty() { Vec::new() } else { self.get_batch_again(&keys).await? };
        let rounds = items.iter().flatten().map(round::decode).collect::<Result<Vec<_>, _>>()?;
        let rounds = rounds.into_iter().filter(|round| round.takes_bets(now)).collect();
        Ok(RoundPage { rounds, next_after: places.pop().filter(|_| has_more) })
    }

    /// The first rounds of a shard that close after now, at most `limit`.
    async fn open_in_shard(
        &self,
        shard: Shard,
        now: Timestamp,
        after: Option<&RoundPlace>,
        limit: usize,
    ) -> Result<Vec<RoundPlace>, StoreError> {
        let partition = round::index_partition(shard);
        // Several rounds may close in the same millisecond, sorted by id, so that millisecond is read again.
        let same = after.map(|after| after.at().saturating_sub(SignedDuration::from_millis(1)));
        let since = Since::After(same.and_then(Result::ok).map_or(now, |same| same.max(now)));
        let (mut places, mut start) = (Vec::new(), None);
        loop {
            let (items, next) = self.page_of_unfinished(&partition, since, start, Self::PAGE).await?;
            let of_page = items.iter().map(place).collect::<Result<Vec<_>, _>>()?;
            places.extend(of_page.into_iter().filter(|place| after.is_none_or(|after| place > after)));
            start = next;
            if start.is_none() || places.len() >= limit {
                break;
            }
        }
        places.sort_unstable();
        places.truncate(limit);
        Ok(places)
    }
}

fn place(item: &Item) -> Result<RoundPlace, StoreError> {
    let fields = Fields::of(item);
    let closes_by = unfinished_since(fields)?;
    let place = RoundPlace::new(closes_by.as_millisecond(), round_in_key(fields)?);
    place.map_err(|_| fields.corrupt("unfinished_sk"))
}
