//! Reads of wallets and their entries.

use crate::table::retry::{Attempt, attempt};
use crate::wallet::entities::{entry, wallet};
use crate::{Store, StoreError, WalletSnapshot};
use evens_ledger::{Entry, UserId, Wallet};

impl Store {
    /// A user's wallet. A user who never held money has the empty one.
    ///
    /// # Role
    /// - `GetItem` on `USER#`
    pub async fn load_wallet(&self, user: UserId) -> Result<Wallet, StoreError> {
        wallet::of(user, self.get(&wallet::key(user)).await?.as_ref())
    }

    /// Like [`Self::load_wallet`], with the restrictions on the player's bets.
    pub(crate) async fn load_wallet_snapshot(&self, user: UserId) -> Result<WalletSnapshot, StoreError> {
        wallet::seen(user, self.get(&wallet::key(user)).await?.as_ref())
    }

    /// A page of a user's ledger entries before the entry number `before`, newest first.
    ///
    /// # Role
    /// - `GetItem` on `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn list_entries(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        // The wallet is read first, so that entries it no longer carries are found in their page.
        let wallet = self.load_wallet(user).await?;
        self.list_entries_of(&wallet, before, limit).await
    }

    /// Like [`Self::list_entries`], for a wallet that was already read.
    ///
    /// The items of a transaction become visible one after another. So the page of entries that the wallet no longer
    /// carries may not be there yet. Then this reads again.
    pub(crate) async fn list_entries_of(
        &self,
        wallet: &Wallet,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        let before = before.unwrap_or(u64::MAX).min(wallet.version.saturating_add(1));
        attempt!(self, Read, {
            let entries = self.read_visible_entries(wallet, before, usize::from(limit)).await?;
            // Entries are numbered from 1, without gaps.
            let wanted = (1..before).rev().take(usize::from(limit));
            if entries.iter().map(|entry| entry.number).eq(wanted) {
                return Ok(Attempt::Done(entries));
            }
            Ok(Attempt::Again(StoreError::Contended))
        })
    }

    /// Like [`Self::list_entries_of`], but a ledger that still lacks entries at the deadline is corrupt.
    pub(crate) async fn audit_entries_of(
        &self,
        wallet: &Wallet,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        match self.list_entries_of(wallet, before, limit).await {
            Err(StoreError::Contended) => {
                let key = wallet::key(wallet.user).partition;
                Err(StoreError::corrupt(key, "its ledger lacks entries"))
            }
            entries => entries,
        }
    }

    /// The entries before the number `before` that can be seen now, newest first.
    async fn read_visible_entries(
        &self,
        wallet: &Wallet,
        mut before: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let (user, newest) = (wallet.user, wallet.newest.clone());
        let in_pages = newest.first().map_or(u64::MAX, |first| first.number);
        let mut entries: Vec<_> = newest.into_iter().rev().filter(|entry| entry.number < before).collect();
        before = before.min(in_pages);
        while entries.len() < limit && before > 1 {
            // One page more, because the newest one may contain entries that are not wanted.
            let wanted = (limit - entries.len()).div_ceil(entry::PAGE) + 1;
            let query = Self::downwards(entry::key(user, 0), entry::key(user, before - 1));
            let pages = self.query_up_to(&query.consistent(true), None, wanted).await?;
            for page in &pages {
                let page = entry::decode_item(page)?;
                entries.extend(page.into_iter().rev().filter(|entry| entry.number < before));
            }
            if pages.len() < wanted {
                break;
            }
            before = entries.last().map_or(0, |entry| entry.number);
        }
        entries.truncate(limit);
        Ok(entries)
    }
}
