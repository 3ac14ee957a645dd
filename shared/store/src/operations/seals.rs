//! Seals of days. Each is put once, and never replaced.

use crate::operations::entities::seal;
use crate::table::item::text;
use crate::{Store, StoreError};
use evens_records::DaySeal;

impl Store {
    /// The seal of the newest day that has one.
    ///
    /// # Role
    /// - `Query` on `SEAL`
    pub async fn newest_seal(&self) -> Result<Option<DaySeal>, StoreError> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(seal::PARTITION))
            .scan_index_forward(false);
        self.query_up_to(&query, None, 1).await?.first().map(seal::decode).transpose()
    }

    /// Stores the seal of a day and returns the stored one. An earlier seal of the same day stays.
    ///
    /// 1. seal: absent, else the stored one is returned
    ///
    /// # Role
    /// - `PutItem` on `SEAL`
    pub async fn keep_seal(&self, seal: &DaySeal) -> Result<DaySeal, StoreError> {
        let found = self.put_once(&seal::encode(seal)).await?;
        found.as_ref().map_or_else(|| Ok(seal.clone()), seal::decode)
    }
}
