//! Reads of wallets and their entries.

use crate::wallet::entities::{entry, wallet};
use crate::{SeenWallet, Store, StoreError};
use evens_ledger::{Entry, UserId, Wallet};

impl Store {
    /// A user's wallet; the empty one if they never held money.
    ///
    /// # Role
    /// - `GetItem` on `USER#`
    pub async fn load_wallet(&self, user: UserId) -> Result<Wallet, StoreError> {
        wallet::of(user, self.get(&wallet::key(user)).await?.as_ref())
    }

    /// The same, with what bets are held to.
    pub(crate) async fn see_wallet(&self, user: UserId) -> Result<SeenWallet, StoreError> {
        wallet::seen(user, self.get(&wallet::key(user)).await?.as_ref())
    }

    /// A page of a user's ledger entries, newest first: those before the entry of that number.
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
        // The wallet first: what it does not carry any more is then in its page.
        let wallet = self.load_wallet(user).await?;
        self.list_entries_of(&wallet, before, limit).await
    }

    /// The same, of a wallet that was read.
    pub(crate) async fn list_entries_of(
        &self,
        wallet: &Wallet,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        let (limit, user, newest) = (usize::from(limit), wallet.user, wallet.newest.clone());
        let in_pages = newest.first().map_or(u64::MAX, |first| first.number);
        let asked = before.unwrap_or(u64::MAX);
        let mut entries: Vec<_> = newest.into_iter().rev().filter(|entry| entry.number < asked).collect();
        let mut before = asked.min(in_pages);
        // Number 1 is the first.
        while entries.len() < limit && before > 1 {
            // One more, as the page with the newest of them may go on beyond it.
            let wanted = (limit - entries.len()).div_ceil(entry::PAGE) + 1;
            let query = self.downwards(entry::key(user, 0), entry::key(user, before - 1));
            let pages = self.query_up_to(&query.consistent_read(true), None, wanted).await?;
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
