//! The audit log: a line about an act, in the transaction of the act.

use crate::operations::entities::audit_line;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_new, put_revised};
use crate::{Store, StoreError};
use evens_audit_log::{Act, AuditHead, AuditLine};
use evens_table::Query;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

impl Store {
    /// The items that append a line about an act to the log:
    ///
    /// 1. head: is the one read, else another writer was faster
    /// 2. line: absent, because the head is the one read
    pub(crate) async fn log_items(&self, act: Act, now: Timestamp) -> Result<[Write; 2], StoreError> {
        Ok(Self::log_items_behind(&self.load_audit_head().await?, act, now))
    }

    /// Like [`Store::log_items`], after a head that was read before. The write fails if a line was added since.
    pub(crate) fn log_items_behind(head: &AuditHead, act: Act, now: Timestamp) -> [Write; 2] {
        let line = head.next(act, now);
        let after = audit_line::encode_head(line.head());
        let head = match head.number {
            0 => put_new(after),
            number => put_revised(after, number),
        };
        [head, put_new(audit_line::encode(&line))]
    }

    /// Appends a line about an act before it is done, for acts that share no transaction with the log.
    ///
    /// 1. head: is the one read, else read again until the deadline
    /// 2. line: absent, because the head is the one read
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    /// - `Query` on `AUDIT#`
    pub async fn log_act(&self, act: &Act, now: Timestamp) -> Result<(), StoreError> {
        attempt!(self, WriteAccount, {
            // An attempt whose answer was lost may have appended it.
            let newest = self.newest_line(now).await?;
            if newest.is_some_and(|line| line.act == *act && line.at == now) {
                return Ok(Attempt::Done(()));
            }
            let items = self.log_items(act.clone(), now).await?;
            match self.transact(items.into()).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(())),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// The newest line, if it is of the current day.
    async fn newest_line(&self, now: Timestamp) -> Result<Option<AuditLine>, StoreError> {
        let head = self.load_audit_head().await?;
        let today = now.to_zoned(TimeZone::UTC).date();
        let lines = self.list_audit_lines(today, head.number.saturating_sub(1), 1).await?;
        Ok(lines.into_iter().next())
    }

    /// The newest line of the audit log.
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`
    pub async fn load_audit_head(&self) -> Result<AuditHead, StoreError> {
        let found = self.get(&audit_line::head_key()).await?;
        found.as_ref().map(audit_line::decode_head).transpose().map(Option::unwrap_or_default)
    }

    /// The lines of a day (UTC) after the number `after`, oldest first, at most `limit`.
    ///
    /// # Role
    /// - `Query` on `AUDIT#`
    pub async fn list_audit_lines(
        &self,
        day: Date,
        after: u64,
        limit: u16,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let query = Query::new("pk = :pk AND sk > :after")
            .consistent(true)
            .value(":pk", text(audit_line::partition(day)))
            .value(":after", text(audit_line::sort(after)));
        let items = self.query_up_to(&query, None, limit.into()).await?;
        items.iter().map(audit_line::decode).collect()
    }
}
