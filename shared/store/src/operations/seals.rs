//! Seals of days. Each is put once, and never replaced.

use crate::operations::entities::seal;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new};
use crate::{Store, StoreError};
use evens_audit_log::{Act, Action, Actor};
use evens_records::DaySeal;
use evens_table::Query;
use jiff::Timestamp;

// The position of this item in the transaction below.
const SEAL: usize = 0;

impl Store {
    /// The seal of the newest day that has one.
    ///
    /// # Role
    /// - `Query` on `SEAL`
    pub async fn newest_seal(&self) -> Result<Option<DaySeal>, StoreError> {
        Ok(self.newest_seals(1).await?.pop())
    }

    /// The seals of the newest days that have one, newest first, at most `limit`.
    ///
    /// # Role
    /// - `Query` on `SEAL`
    pub async fn newest_seals(&self, limit: u16) -> Result<Vec<DaySeal>, StoreError> {
        let query = Query::new("pk = :pk").consistent(true).value(":pk", text(seal::PARTITION)).descending();
        self.query_up_to(&query, None, limit.into()).await?.iter().map(seal::decode).collect()
    }

    /// Stores the seal of a day with its line in the audit log, all items or none, and returns the stored seal. An
    /// earlier seal of the same day stays. The line shows later that there was a seal, if it is removed.
    ///
    /// 1. seal: absent, else the stored one is returned
    /// 2. head of the log: is the one read, else read again until the deadline
    /// 3. line of the log: absent, else the same
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `SEAL`
    pub async fn keep_seal(&self, seal: &DaySeal, now: Timestamp) -> Result<DaySeal, StoreError> {
        attempt!(self, WriteReport, {
            let mut items = vec![put_new(seal::encode(seal))];
            items.extend(self.log_items(act_of(seal), now).await?);
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(seal.clone())),
                WriteOutcome::Refused { position: SEAL, found: Some(found) } => {
                    seal::decode(&found).map(Attempt::Done)
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

fn act_of(seal: &DaySeal) -> Act {
    Act {
        actor: Actor::Schedule,
        action: Action::SealDay,
        subject: seal.day().to_string(),
        reason: String::new(),
        before: seal.previous.to_string(),
        after: seal.digest().to_string(),
    }
}
