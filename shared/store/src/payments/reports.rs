//! Reports of reconciliation, and transfers booked from statements. Each is put once, and never replaced.

use crate::payments::entities::{order, report};
use crate::table::item::{Item, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_new};
use crate::wallet::entities::{movement_mark, transfer};
use crate::{PlayerOrder, Store, StoreError};
use evens_ledger::{ProviderName, Transfer};
use evens_payments::{OrderId, ReconciliationReport, ReportId};
use evens_table::Query;
use jiff::civil::Date;
use std::iter::once;

impl Store {
    /// Stores a report and returns the stored one. An earlier report of the same statement stays.
    ///
    /// 1. report: absent, else the stored one is returned
    ///
    /// # Role
    /// - `PutItem` on `RECON`
    pub async fn keep_report(
        &self,
        report: &ReconciliationReport,
    ) -> Result<ReconciliationReport, StoreError> {
        let found = self.put_once(&report::encode(report), None).await?;
        found.as_ref().map_or_else(|| Ok(report.clone()), report::decode)
    }

    /// The report of that id.
    ///
    /// # Role
    /// - `GetItem` on `RECON`
    pub async fn load_report(&self, id: &ReportId) -> Result<Option<ReconciliationReport>, StoreError> {
        self.get(&report::key(id)).await?.as_ref().map(report::decode).transpose()
    }

    /// The newest reports by day before one of them, at most `limit`.
    ///
    /// # Role
    /// - `Query` on `RECON`
    pub async fn list_reports(
        &self,
        before: Option<&ReportId>,
        limit: u16,
    ) -> Result<Vec<ReconciliationReport>, StoreError> {
        // Sorts after every id, which all begin with a digit.
        let last = before.map_or_else(|| ":".to_owned(), ToString::to_string);
        let query = Query::new("pk = :pk AND sk < :before")
            .descending()
            .value(":pk", text(report::PARTITION))
            .value(":before", text(last));
        let items = self.query_up_to(&query, None, limit.into()).await?;
        items.iter().map(report::decode).collect()
    }

    /// Returns `true` if a provider's day has a report, of any statement.
    ///
    /// # Role
    /// - `Query` on `RECON`
    pub async fn has_report(&self, provider: &ProviderName, day: Date) -> Result<bool, StoreError> {
        let query = Query::new("pk = :pk AND begins_with(sk, :day)")
            .consistent(true)
            .value(":pk", text(report::PARTITION))
            .value(":day", text(format_args!("{day}:{provider}:")));
        Ok(!self.query_up_to(&query, None, 1).await?.is_empty())
    }

    /// Books a transfer that belongs to no order and returns the one in the ledger. An earlier transfer under the same
    /// key stays, whatever it moved.
    ///
    /// 1. transfer: absent, else the stored one is returned
    ///
    /// # Role
    /// - `PutItem` on `MOVED#`, `TRANSFER#`
    pub async fn book_transfer(&self, transfer: &Transfer) -> Result<Transfer, StoreError> {
        let found =
            self.put_once(&transfer::encode(transfer)?, Some(movement_mark::of_transfer(transfer))).await?;
        found.as_ref().map_or_else(|| Ok(transfer.clone()), transfer::decode)
    }

    /// The orders that exist among `ids`, in no particular order.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    pub async fn load_known_orders(&self, ids: &[OrderId]) -> Result<Vec<PlayerOrder>, StoreError> {
        let mut orders = Vec::with_capacity(ids.len());
        for some in ids.chunks(Self::BATCH_MAX) {
            let keys: Vec<_> = some.iter().map(|id| order::key(*id)).collect();
            for item in self.get_batch_again(&keys).await?.iter().flatten() {
                orders.push(PlayerOrder::decode(item)?);
            }
        }
        Ok(orders)
    }

    /// Puts an item, and its mark in the same transaction. Returns the item that is already there, which stays.
    pub(crate) async fn put_once(
        &self,
        item: &Item,
        mark: Option<Write>,
    ) -> Result<Option<Item>, StoreError> {
        attempt!(self, WriteReport, {
            match self.transact(once(put_new(item.clone())).chain(mark.clone()).collect()).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(None)),
                WriteOutcome::Refused { found: Some(found), .. } => Ok(Attempt::Done(Some(found))),
                WriteOutcome::Refused { found: None, .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}
