//! Reads for the check of the history, which goes through the whole table in steps, and the progress of that check.

use crate::operations::entities::verify_progress::{self, ScanPlace, VerifyProgress};
use crate::operations::scan_books::ScanPace;
use crate::table::item::Key;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new, put_revised};
use crate::{Store, StoreError};
use evens_ledger::{Entry, UserId, Wallet};
use evens_records::Record;
use std::ops::ControlFlow;
use tokio::time::{Instant, sleep};

/// A page of the whole table, without secrets.
#[derive(Debug)]
pub struct ScanPage {
    /// Number of items of the page.
    pub items: u64,
    /// Their records, and errors about items that cannot be read.
    pub records: Vec<Result<Record, StoreError>>,
    /// The last item, after which the next page starts; `None` on the last page.
    pub last: Option<ScanPlace>,
}

/// A part of a wallet's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPart {
    pub wallet: Wallet,
    /// Oldest first.
    pub entries: Vec<Entry>,
}

impl Store {
    /// The next page of the whole table, of at most `limit` items, as [`Store::scan_books`] reads it.
    ///
    /// # Role
    /// - `BatchGetItem` on `PERIOD#`, `ROUND#`
    /// - `Scan` on any item
    pub async fn scan_page(&self, after: Option<&ScanPlace>, limit: u16) -> Result<ScanPage, StoreError> {
        let pace = ScanPace { segments: 1, page: limit, rests: 0 };
        let start = after.map(|ScanPlace(key)| key.attributes());
        let page = self.scan_segment(0, pace, start).await?;
        let items = page.items.len() as u64;
        let (mut records, mut published) = (Vec::new(), Vec::new());
        let mut each = |record| {
            records.push(record);
            ControlFlow::Continue(())
        };
        let _all = self.pass_on(page.items, &mut published, &mut each);
        self.read_published(&published, &mut each).await?;
        let last = page.next.as_ref().map(Key::of).transpose()?.map(ScanPlace);
        Ok(ScanPage { items, records, last })
    }

    /// Returns `true` if the table has more than `max` items. It reads pages of `limit` items until it knows, with a
    /// pause after each, as a multiple of the time that the page took.
    ///
    /// # Role
    /// - `Scan` on any item
    pub async fn has_more_items_than(&self, max: usize, limit: u16, rests: u32) -> Result<bool, StoreError> {
        let pace = ScanPace { segments: 1, page: limit, rests };
        let (mut count, mut start) = (0, None);
        loop {
            let began = Instant::now();
            let page = self.scan_segment(0, pace, start).await?;
            count += page.items.len();
            if count > max || page.next.is_none() {
                return Ok(count > max);
            }
            start = page.next;
            sleep(began.elapsed() * rests).await;
        }
    }

    /// A user's wallet and its entries after the number `after`, about `limit` of them. They end after all entries of
    /// one time, because those may be of one transaction.
    ///
    /// # Role
    /// - `GetItem` on `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn load_ledger(
        &self,
        user: UserId,
        after: u64,
        mut limit: u16,
    ) -> Result<LedgerPart, StoreError> {
        let wallet = self.load_wallet(user).await?;
        loop {
            let until = wallet.version.min(after.saturating_add(limit.into()));
            let count = u16::try_from(until.saturating_sub(after)).unwrap_or(limit);
            let mut entries = self.audit_entries_of(&wallet, Some(until + 1), count).await?;
            entries.reverse();
            if until < wallet.version && limit < u16::MAX {
                let last = entries.last().map(|entry| entry.at);
                entries.truncate(
                    entries.iter().rposition(|entry| Some(entry.at) != last).map_or(0, |at| at + 1),
                );
                if entries.is_empty() {
                    limit = limit.saturating_mul(2).max(1);
                    continue;
                }
            }
            return Ok(LedgerPart { wallet, entries });
        }
    }

    /// The progress of the scheduled checks of large books.
    ///
    /// # Role
    /// - `GetItem` on `VERIFY-PROGRESS`
    pub async fn load_verify_progress(&self) -> Result<VerifyProgress, StoreError> {
        let found = self.get(&verify_progress::key()).await?;
        found.as_ref().map(verify_progress::decode).transpose().map(Option::unwrap_or_default)
    }

    /// Stores the progress of the scheduled checks of large books, and counts its revision up. Returns `false`, and
    /// stores nothing, if it was changed since it was read.
    ///
    /// # Role
    /// - `PutItem` on `VERIFY-PROGRESS`
    pub async fn keep_verify_progress(&self, progress: &mut VerifyProgress) -> Result<bool, StoreError> {
        let read = progress.revision;
        progress.revision += 1;
        let item = verify_progress::encode(progress);
        attempt!(self, WriteReport, {
            let put = match read {
                0 => put_new(item.clone()),
                read => put_revised(item.clone(), read),
            };
            let outcome = self.put_or_transact(vec![put]).await?;
            Ok(Attempt::Done(matches!(outcome, WriteOutcome::Committed)))
        })
    }

    /// Replaces progress that cannot be read.
    ///
    /// # Role
    /// - `PutItem` on `VERIFY-PROGRESS`
    pub async fn reset_verify_progress(&self) -> Result<VerifyProgress, StoreError> {
        let progress = VerifyProgress { revision: 1, ..VerifyProgress::default() };
        self.put(verify_progress::encode(&progress)).await?;
        Ok(progress)
    }
}
