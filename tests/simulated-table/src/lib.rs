//! An in-memory DynamoDB with exactly the operations, expressions and answers that the store uses.
//!
//! Each item keeps its versions, so that an eventually consistent read or an index query can return an older one. A
//! transaction has two steps. First it is decided and locks its items. Then its writes become visible, possibly one by
//! one, as on AWS. Another write to a locked item gets a conflict.
//!
//! Items and transactions may have any size. A page ends where its request or [`View`] says.
//!
//! The simulator puts its faults before [`Table`]. The store's tests call [`SharedTable`], which has none. [`wire`]
//! translates calls of the SDK.
//!
//! Architecture invariant: this crate has no random numbers and no clock. The age of a read and the size of a page are
//! arguments of each call.

pub mod call;
mod expression;
pub mod http;
pub mod item;
mod key_condition;
mod reads;
mod shared;
mod table;
mod typed;
pub mod wire;
mod writes;

pub use call::{Answer, Fault, Request};
pub use reads::{PAGE_BYTES, View};
pub use shared::SharedTable;
pub use table::Table;
pub use typed::{Endpoint, TypedTable};
pub use writes::Transaction;

use evens_table::Reason;
use writes::OneWrite;

/// The reason for one item of a cancelled transaction.
pub fn reason(code: &str) -> Reason {
    Reason { code: code.to_owned(), found: None }
}

impl Table {
    /// Performs a call. A transaction becomes visible at once.
    pub fn perform(&mut self, request: &Request, view: &mut View<'_>) -> Result<Answer, Fault> {
        let now_ms = view.now_ms;
        match request {
            Request::Get(get) => self.get_item(get),
            Request::GetBatch(keys) => self.get_batch(keys, view),
            Request::GetAtOnce(keys) => self.get_at_once(keys),
            Request::Query(query) => self.query(query, view),
            Request::Scan(scan) => self.scan(scan, view),
            Request::Put(put) => self.write_one(OneWrite::of_put(put)?, None, now_ms),
            Request::Update(update, returned) => {
                self.write_one(OneWrite::of_update(update)?, Some(*returned), now_ms)
            }
            Request::Delete(delete) => self.write_one(OneWrite::of_delete(delete)?, None, now_ms),
            Request::Transact { writes, token } => {
                if let Some(transaction) = self.prepare(writes, token.as_deref())? {
                    self.finish(transaction, now_ms);
                }
                Ok(Answer::Done)
            }
        }
    }
}
