//! Reads the whole table without its secrets, for the scheduled check of all books.
//!
//! Architecture invariant: what entities show to this scan ([`Books::Read`]) holds no secret of a round or a period, no
//! hash of a password, and no bank details of a player. The role of the scanning function is restricted to the same
//! attributes, so it cannot read secrets, whatever its code does. A published seed is part of its round or period, and
//! is read there, by its key. The seed of an archived period has an attribute of its own, which is never secret.

use crate::entities::{attributes_of_books, entity_of};
use crate::exchange::entities::round;
use crate::games::entities::period;
use crate::operations::scan::records;
use crate::payments::entities::payee;
use crate::table::entity::Books;
use crate::table::item::{Fields, Item, Key, text};
use crate::table::retry::{Attempt, attempt};
use crate::wallet::entities::entry;
use crate::{Store, StoreError};
use evens_exchange::RoundStateName;
use evens_games::PeriodStateName;
use evens_ledger::{Entry, UserId};
use evens_records::Record;
use evens_table::{Page, Placeholders, Scan, Segment};
use futures::stream::{FuturesUnordered, StreamExt};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The pace of a scan of the whole table beside other work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanPace {
    /// Number of segments that are read concurrently.
    pub segments: u16,
    /// Number of items per page.
    pub page: u16,
    /// Pause after each page of a segment, as a multiple of the time that the page took, including its processing. An
    /// engine that handles one request at a time is then free for other requests.
    pub rests: u32,
}

impl ScanPace {
    /// For a reader that nobody waits for.
    pub const WITHOUT_RESTS: Self = Self { segments: 4, page: 1_000, rests: 0 };
}

impl Store {
    /// Passes the content of every item to `each`, as [`Store::scan`] does, but without secrets: no secret seed, and of
    /// a payee only the owner. Ends where `each` breaks.
    ///
    /// # Role
    /// - `BatchGetItem` on `PERIOD#`, `ROUND#`
    /// - `Scan` on any item
    pub async fn scan_books(
        &self,
        pace: ScanPace,
        mut each: impl FnMut(Result<Record, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut published = Vec::new();
        let page = |segment, start, rest: Duration| async move {
            sleep(rest).await;
            let began = Instant::now();
            (segment, began, self.scan_segment(segment, pace, start).await)
        };
        let segments = 0..pace.segments;
        let mut pages: FuturesUnordered<_> =
            segments.map(|segment| page(segment, None, Duration::ZERO)).collect();
        while let Some((segment, began, output)) = pages.next().await {
            let Page { items, next } = output?;
            if self.pass_on(items, &mut published, &mut each).is_break() {
                return Ok(());
            }
            if let Some(start) = next {
                pages.push(page(segment, Some(start), began.elapsed() * pace.rests));
            }
        }
        self.read_published(&published, &mut each).await
    }

    /// Passes the records of scanned items to `each`, and adds the keys of items to read again to `published`.
    pub(crate) fn pass_on(
        &self,
        items: Vec<Item>,
        published: &mut Vec<Key>,
        each: &mut impl FnMut(Result<Record, StoreError>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for item in items {
            match scanned(item) {
                Ok(ScannedItem::Item(item)) => {
                    records(&item, self.layout).into_iter().try_for_each(&mut *each)?;
                }
                Ok(ScannedItem::Published(key)) => published.push(key),
                Ok(ScannedItem::Nothing) => {}
                Err(error) => each(Err(error))?,
            }
        }
        ControlFlow::Continue(())
    }

    /// Reads the rounds and periods again whose seeds may be public, until `each` breaks.
    pub(crate) async fn read_published(
        &self,
        published: &[Key],
        each: &mut impl FnMut(Result<Record, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        for keys in published.chunks(Self::BATCH_MAX) {
            for item in self.get_batch_again(keys).await?.iter().flatten() {
                if records(item, self.layout).into_iter().try_for_each(&mut *each).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// A player's entries after the number `after` that are in pages, strongly consistent.
    ///
    /// # Role
    /// - `Query` on `LEDGER#`
    pub async fn entries_after(&self, user: UserId, after: u64) -> Result<Vec<Entry>, StoreError> {
        let pages = self.pages_after(user, after).await?;
        let entries: Result<Vec<_>, _> = pages.iter().map(entry::decode_item).collect();
        Ok(entries?.concat())
    }

    pub(crate) async fn scan_segment(
        &self,
        segment: u16,
        pace: ScanPace,
        start: Option<Item>,
    ) -> Result<Page, StoreError> {
        attempt!(self, Read, {
            let attributes = attributes_of_books();
            // All attributes get placeholders, because some names are reserved words.
            let names = || (0..attributes.len()).map(|number| format!("#a{number}"));
            let scan = Scan {
                projection: Some(names().collect::<Vec<_>>().join(",")),
                placeholders: Placeholders {
                    names: names().zip(attributes.into_iter().map(str::to_owned)).collect(),
                    ..Placeholders::default()
                },
                is_consistent: true,
                segment: (pace.segments > 1).then_some(Segment { number: segment, total: pace.segments }),
                start: start.clone(),
                limit: Some(pace.page.into()),
                ..Scan::default()
            };
            let answered = self.table.scan(scan, self.is_metered()).await?;
            Ok(Attempt::Done(self.count_read(answered)))
        })
    }
}

/// The result of looking at a scanned item.
enum ScannedItem {
    Item(Item),
    /// A round that may have published its seed, or a period that has: read again completely.
    Published(Key),
    /// A secret without its secret attributes, or an item on which nothing depends.
    Nothing,
}

fn scanned(mut item: Item) -> Result<ScannedItem, StoreError> {
    let entity = entity_of(&item)?;
    if let Books::Unread = entity.books {
        return Ok(ScannedItem::Nothing);
    }
    let fields = Fields::of(&item);
    Ok(match entity.kind {
        round::KIND
            if fields.optional::<String>("state")?.as_deref() != Some(RoundStateName::Open.as_str()) =>
        {
            ScannedItem::Published(Key::of(&item)?)
        }
        period::KIND if has_result(fields.get("state")?) => ScannedItem::Published(Key::of(&item)?),
        // Only the code that pays needs the sealed details.
        payee::KIND => {
            item.insert("sealed".to_owned(), text(""));
            ScannedItem::Item(item)
        }
        _ => ScannedItem::Item(item),
    })
}

fn has_result(state: PeriodStateName) -> bool {
    match state {
        PeriodStateName::Resulted | PeriodStateName::Settled => true,
        PeriodStateName::Open
        | PeriodStateName::Closing
        | PeriodStateName::Closed
        | PeriodStateName::Cancelled
        | PeriodStateName::Refunded => false,
    }
}
