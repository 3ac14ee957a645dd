//! Lists that are sorted by time, newest first, over all shards of a part of the `unfinished` index.

use crate::table::index_place::unfinished_since;
use crate::table::item::{Fields, Item, text};
use crate::table::shard::{Shard, index_sort};
use crate::{Store, StoreError};
use evens_table::Query;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

/// Number of shards that are read concurrently.
const SHARDS_AT_ONCE: usize = 4;

/// The part of a list by time that a caller wants: from `since`, which is included, to `until`, which is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeSpan {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl TimeSpan {
    /// Returns `true` if a time in milliseconds since 1970 is in the span.
    pub(crate) fn has(self, milliseconds: i64) -> bool {
        self.since.is_none_or(|since| since.as_millisecond() <= milliseconds)
            && self.until.is_none_or(|until| milliseconds < until.as_millisecond())
    }
}

/// The last places of a list before a place, in descending order, and whether more follow.
pub(crate) struct NewestPlaces<Place> {
    pub(crate) places: Vec<Place>,
    pub(crate) has_more: bool,
}

impl<Place: Ord> NewestPlaces<Place> {
    /// The newest of these places, at most `limit`.
    pub(crate) fn of(mut places: Vec<Place>, limit: usize) -> Self {
        places.sort_unstable_by(|one, other| other.cmp(one));
        let has_more = places.len() > limit;
        places.truncate(limit);
        Self { places, has_more }
    }

    /// The place before which the next page starts. `None` on the last page.
    pub(crate) fn next_before(&self) -> Option<Place>
    where
        Place: Clone,
    {
        self.places.last().filter(|_| self.has_more).cloned()
    }
}

/// Reads the places of one list.
pub(crate) struct ListByTime<'a, Place> {
    /// The partition of a shard.
    pub(crate) partition: &'a (dyn Fn(Shard) -> String + Sync),
    /// The place of an item that was listed at this time.
    pub(crate) place_of: fn(Timestamp, &Item) -> Result<Place, StoreError>,
    /// The milliseconds of a place.
    pub(crate) time_of: fn(&Place) -> i64,
}

impl Store {
    /// The newest places of a list in a span and before a place: more than `limit` in all, if there are.
    pub(crate) async fn newest_places<Place: Ord + Send>(
        &self,
        list: &ListByTime<'_, Place>,
        span: TimeSpan,
        before: Option<&Place>,
        limit: u16,
    ) -> Result<Vec<Place>, StoreError> {
        let of_shards = stream::iter(self.layout.shards())
            .map(|shard| self.newest_in_shard(list, self.layout.shard(shard), span, before, limit))
            .buffer_unordered(SHARDS_AT_ONCE);
        of_shards.try_concat().await
    }

    async fn newest_in_shard<Place: Ord>(
        &self,
        list: &ListByTime<'_, Place>,
        shard: Shard,
        span: TimeSpan,
        before: Option<&Place>,
        limit: u16,
    ) -> Result<Vec<Place>, StoreError> {
        let Some((first, last)) = keys_of(span, before.map(list.time_of)) else { return Ok(Vec::new()) };
        let query = Query::new("unfinished_pk = :pk AND unfinished_sk BETWEEN :first AND :last")
            .index(Self::UNFINISHED)
            .descending()
            .value(":pk", text((list.partition)(shard)))
            .value(":first", text(first))
            .value(":last", text(last));
        let (wanted, mut places, mut start) = (usize::from(limit), Vec::new(), None);
        loop {
            let (items, next) = self.query_page(&query, start, wanted + 2).await?;
            for item in &items {
                let place = (list.place_of)(unfinished_since(Fields::of(item))?, item)?;
                places.extend(Some(place).filter(|place| before.is_none_or(|before| place < before)));
            }
            start = next;
            // Places of the same millisecond are unsorted, so all of them are read.
            let is_enough = places
                .get(wanted)
                .zip(places.last())
                .is_some_and(|(one, last)| (list.time_of)(one) > (list.time_of)(last));
            if start.is_none() || is_enough {
                return Ok(places);
            }
        }
    }
}

/// The first and the last sort key that a list of this span can have, up to the milliseconds of a place. `None` if
/// there is none: the engine refuses a range that ends before it begins.
fn keys_of(span: TimeSpan, before: Option<i64>) -> Option<(String, String)> {
    let since = span.since.unwrap_or(Timestamp::UNIX_EPOCH).max(Timestamp::UNIX_EPOCH);
    let last = span.until.map(|until| until.as_millisecond() - 1).into_iter().chain(before).min();
    let first = index_sort(since);
    match last {
        // Sorts after every time, which all begin with a digit.
        None => Some((first, ":".to_owned())),
        Some(last) if last >= since.as_millisecond() => Some((first, format!("{last:013}"))),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{NewestPlaces, TimeSpan, keys_of};
    use jiff::Timestamp;

    #[test]
    fn a_range_of_keys_is_never_reversed() {
        let time = |milliseconds| Timestamp::from_millisecond(milliseconds).expect("a time");
        let span = |since: Option<i64>, until: Option<i64>| TimeSpan {
            since: since.map(time),
            until: until.map(time),
        };
        #[rustfmt::skip]
        let table = [
            (span(None, None),             None,      Some(("0000000000000", ":"))),
            (span(None, None),             Some(900), Some(("0000000000000", "0000000000900"))),
            (span(Some(500), Some(1000)),      None,      Some(("0000000000500", "0000000000999"))),
            (span(Some(500), Some(1000)),      Some(700), Some(("0000000000500", "0000000000700"))),
            (span(Some(500), Some(1000)),      Some(1500), Some(("0000000000500", "0000000000999"))),
            (span(Some(500), Some(500)),       None,      None),
            (span(Some(500), None),          Some(499), None),
            (span(Some(-500), Some(0)),        None,      None),
        ];
        for (span, before, expected) in table {
            let keys = keys_of(span, before);
            let keys = keys.as_ref().map(|(first, last)| (first.as_str(), last.as_str()));
            assert_eq!(keys, expected, "{span:?} {before:?}");
        }
    }

    #[test]
    fn a_page_is_the_newest_and_says_where_the_next_one_begins() {
        let page = NewestPlaces::of(vec![3, 9, 1, 7], 3);
        assert_eq!((page.places.as_slice(), page.next_before()), (&[9, 7, 3][..], Some(3)));
        let last = NewestPlaces::of(vec![1, 2], 2);
        assert_eq!((last.places.as_slice(), last.next_before()), (&[2, 1][..], None));
    }
}
