//! Reads two items of a user in one transaction, for a check that found them to differ.

use crate::operations::scan::records;
use crate::payments::entities::payments_record;
use crate::players::entities::account;
use crate::table::retry::{Attempt, attempt};
use crate::wallet::entities::wallet;
use crate::{Store, StoreError};
use evens_records::{Pair, Record};

impl Store {
    /// All records of the two items, as they are at one moment. A missing item has none.
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `CASHIER#`, `USER#`
    pub async fn load_pair(&self, pair: Pair) -> Result<Vec<Record>, StoreError> {
        let keys = match pair {
            Pair::PlayRules(user) => [wallet::key(user), payments_record::key(user)],
            Pair::Access(user) => [wallet::key(user), account::key(user)],
        };
        let items: Result<_, StoreError> =
            attempt!(self, Read, { self.get_at_once(&keys).await.map(Attempt::Done) });
        items?.iter().flatten().flat_map(|item| records(item, self.layout)).collect()
    }
}
