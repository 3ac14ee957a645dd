//! [`SharedTable`]: one table for several callers, without faults.

use crate::typed::{Endpoint, TypedTable};
use crate::{Answer, Fault, PAGE_BYTES, Request, Table, View};
use evens_table::Failure;
use std::sync::{Arc, Mutex, PoisonError};

/// A table in which every read is fresh, every page is as large as on AWS, and a transaction is visible at once.
#[derive(Debug, Clone, Default)]
pub struct SharedTable(Arc<Mutex<Table>>);

impl SharedTable {
    /// The table, called by types.
    pub fn by_types(&self) -> Arc<dyn evens_table::Table> {
        Arc::new(TypedTable(self.clone()))
    }

    /// Performs a call after all calls that wait already, so that concurrent callers alternate as with a real table.
    pub(crate) async fn perform(&self, request: &Request) -> Result<Answer, Fault> {
        tokio::task::yield_now().await;
        // The time only selects a version. It stands still, so that each read finds the newest one.
        let mut view = View { now_ms: 0, lag_ms: &mut || 0, page_max: usize::MAX, bytes_max: PAGE_BYTES };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).perform(request, &mut view)
    }
}

impl Endpoint for SharedTable {
    async fn call(&self, request: Request) -> Result<Answer, Failure> {
        self.perform(&request).await.map_err(Failure::from)
    }
}
