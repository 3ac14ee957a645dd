//! The movements since a time, found by the [marks](crate::wallet::entities::movement_mark) of hours and never by a
//! scan; and the records that explain them, by their names.

use crate::exchange::entities::{bet, bet_match, round};
use crate::games::entities::period;
use crate::jackpots::entities::{config, operation, win};
use crate::operations::scan::records;
use crate::operations::scan_books::ScanPace;
use crate::payments::entities::{order, payments_record};
use crate::players::entities::{account, referral_code};
use crate::table::item::{Item, Key, text};
use crate::wallet::entities::movement_mark::Hour;
use crate::wallet::entities::{funding, transfer, wallet};
use crate::{Store, StoreError};
use evens_jackpots::OperationId;
use evens_ledger::{Entry, EntryKey, UserId, Wallet};
use evens_records::{Record, RecordName};
use evens_table::Query;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::pin::pin;
use tokio::time::{Instant, sleep};

/// Number of wallets, or of batches of records, that are read at the same time.
const READ_AT_ONCE: usize = 8;

/// Number of entries that are read at once, if a wallet carries too few.
const ENTRIES: u16 = 40;

/// The records that moved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovedRecords {
    /// The owners of the wallets.
    pub wallets: BTreeSet<UserId>,
    /// The transfers between system accounts, and the contributions to jackpots.
    pub transfers: BTreeSet<RecordName>,
}

impl MovedRecords {
    fn add(&mut self, mark: &str) {
        if let Some(user) = mark.strip_prefix(wallet::PARTITION_PREFIX).and_then(|user| user.parse().ok()) {
            self.wallets.insert(user);
        } else if let Some(key) = mark.strip_prefix(transfer::PARTITION_PREFIX) {
            self.transfers.insert(RecordName::Transfer(EntryKey::from_stored(key.to_owned())));
        } else if let Some(id) = mark.strip_prefix(operation::PARTITION_PREFIX) {
            self.transfers.insert(RecordName::Operation(OperationId::from_stored(id.to_owned())));
        }
    }
}

/// A wallet with its newest entries, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedWallet {
    pub wallet: Wallet,
    /// Some entries before the newest ones, and at least one if there is any.
    pub before: Vec<Entry>,
    pub entries: Vec<Entry>,
}

impl Store {
    /// The records that moved between two times, read at the pace of a scan. Marks have the precision of an hour, so
    /// there may be more. Movements of versions that did not mark them are missing.
    ///
    /// # Role
    /// - `Query` on `MOVED#`
    pub async fn list_moved(
        &self,
        since: Timestamp,
        until: Timestamp,
        pace: ScanPace,
    ) -> Result<MovedRecords, StoreError> {
        let hours = Hour::of(since).until(Hour::of(until));
        let partitions = stream::iter(hours.flat_map(Hour::partitions));
        let read = partitions.map(|partition| self.marks_of(partition, pace));
        let mut read = pin!(read.buffer_unordered(pace.segments.into()));
        let mut moved = MovedRecords::default();
        while let Some(marks) = read.try_next().await? {
            for mark in &marks {
                moved.add(mark);
            }
        }
        Ok(moved)
    }

    async fn marks_of(&self, partition: String, pace: ScanPace) -> Result<Vec<String>, StoreError> {
        let query = Query::new("pk = :pk").consistent(true).value(":pk", text(partition));
        let (mut marks, mut start) = (Vec::new(), None);
        loop {
            let began = Instant::now();
            let (page, next) = self.query_page(&query, start, pace.page.into()).await?;
            for mark in &page {
                marks.push(Key::of(mark)?.sort);
            }
            sleep(began.elapsed() * pace.rests).await;
            match next {
                Some(_) => start = next,
                None => return Ok(marks),
            }
        }
    }

    /// Passes these users' wallets to `each`, with their entries from the first one at or after `since`, and errors
    /// about wallets that are missing or cannot be read.
    ///
    /// # Role
    /// - `BatchGetItem` on `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn load_moved_wallets(
        &self,
        users: &[UserId],
        since: Timestamp,
        mut each: impl FnMut(Result<MovedWallet, StoreError>),
    ) -> Result<(), StoreError> {
        for users in users.chunks(Self::BATCH_MAX) {
            let keys: Vec<_> = users.iter().map(|user| wallet::key(*user)).collect();
            let items = self.get_batch_again(&keys).await?;
            let read = stream::iter(keys.into_iter().zip(items));
            let mut read = read.map(|(key, item)| self.moved_wallet(key, item, since)).buffered(READ_AT_ONCE);
            while let Some(moved) = read.next().await {
                match moved {
                    Err(error) if !matches!(error, StoreError::Corrupt { .. }) => return Err(error),
                    moved => each(moved),
                }
            }
        }
        Ok(())
    }

    async fn moved_wallet(
        &self,
        key: Key,
        item: Option<Item>,
        since: Timestamp,
    ) -> Result<MovedWallet, StoreError> {
        let corrupt = |what| StoreError::corrupt(key.partition.as_str(), what);
        let item = item.ok_or_else(|| corrupt("its mark says that it moved"))?;
        let wallet = wallet::decode(&item)?;
        let mut before = self.entries_until(&wallet, since).await?;
        let first = before.iter().position(|entry| entry.at >= since).unwrap_or(before.len());
        let entries = before.split_off(first);
        Ok(MovedWallet { wallet, before, entries })
    }

    /// The newest entries back to one that is older than `since`, or to the first one; oldest first.
    async fn entries_until(&self, wallet: &Wallet, since: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let carried = u16::try_from(wallet.newest.len().max(1)).unwrap_or(ENTRIES);
        let mut entries = self.audit_entries_of(wallet, None, carried).await?;
        while let Some(oldest) = entries.last().filter(|entry| entry.at >= since && entry.number > 1) {
            let older = self.audit_entries_of(wallet, Some(oldest.number), ENTRIES).await?;
            entries.extend(older);
        }
        entries.reverse();
        Ok(entries)
    }

    /// Passes the records with these names to `each`, with errors about items that cannot be read. A name without a
    /// record is left out.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `BET#`, `CASHIER#`, `FUND#`, `JACKPOT#`, `JACKPOT-OP#`, `JACKPOT-WINS#`
    /// - `BatchGetItem` on `MATCHES#`, `ORDER#`, `PERIOD#`, `REFERRAL-CODE#`, `ROUND#`, `TRANSFER#`
    pub async fn load_records(
        &self,
        names: &[RecordName],
        mut each: impl FnMut(Result<Record, StoreError>),
    ) -> Result<(), StoreError> {
        let keys = names.chunks(Self::BATCH_MAX).map(|names| names.iter().map(key_of).collect());
        let read = stream::iter(keys.collect::<Vec<Vec<_>>>());
        let mut read =
            read.map(|keys| async move { self.get_batch_again(&keys).await }).buffered(READ_AT_ONCE);
        while let Some(items) = read.next().await {
            for item in items?.iter().flatten() {
                records(item, self.layout).into_iter().for_each(&mut each);
            }
        }
        Ok(())
    }
}

fn key_of(name: &RecordName) -> Key {
    match name {
        RecordName::Account(user) => account::key(*user),
        RecordName::Bet(bet) => bet::key(*bet),
        RecordName::Cashier(user) => payments_record::key(*user),
        RecordName::Code(code) => referral_code::key(*code),
        RecordName::Funding(order) => funding::key(order),
        RecordName::JackpotTerms(group, version) => config::key(*group, *version),
        RecordName::JackpotWin(group, number) => win::key(*group, *number),
        RecordName::Match(round, id) => bet_match::key(round, *id),
        RecordName::Operation(id) => operation::key(id),
        RecordName::Order(id) => order::key(*id),
        RecordName::Period(id) => period::key(*id),
        RecordName::Round(id) => round::key(id),
        RecordName::Transfer(key) => transfer::key(key),
    }
}
