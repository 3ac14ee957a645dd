//! The DynamoDB table: keys, items, every read and every transaction.
//!
//! Keeps M2 and M3 under concurrency: every movement of money shares a transaction with a condition on the item whose
//! state it changes (bet absent, bet still waiting, match not settled), and with the wallet's version.
//!
//! Architecture invariant: this is the only crate that builds an expression or names an attribute, and no type of the
//! AWS SDK is in its public interface but the client that it is given.

mod capacity;
mod entities;
mod error;
mod finish;
mod item;
mod lists;
mod observer;
mod oldest;
mod orders;
mod reads;
mod retry;
mod round_totals;
mod scan;
mod sweep;
mod table;
mod transactions;
mod waiting_count;
mod write;

pub use capacity::{Capacity, CapacityMeter};
pub use entities::login::{Login, PasswordHash};
pub use entities::order::OrderList;
pub use error::StoreError;
pub use lists::{BetPage, MatchPage, ReferralPage, Waiters};
pub use observer::{Observer, Operation, RetryCause};
pub use oldest::Unfinished;
pub use orders::{OrderPage, PlayerOrder};
pub use reads::PlaceFound;
pub use round_totals::CountedTotals;
pub use sweep::{
    Page, PageStart, SHARDS, Since, UnfinishedOrder, UnfinishedRegistration, UnfinishedRound, UnsettledMatch,
};
pub use table::{MigrateOutcome, migrate};
pub use transactions::{
    AccountWrite, AttendanceOutcome, BonusOutcome, ClosedPage, DrawOutcome, FundOutcome,
    ImportReferralOutcome, JoinOutcome, LoginOutcome, OrderOutcome, ReferralOutcome, RefreshOutcome,
    RefundBetOutcome, RoundWrite, SettleOutcome, SignUpOutcome, VoidMatchOutcome, WithdrawalFacts,
};

use aws_sdk_dynamodb::Client;
use std::sync::Arc;
use std::time::Duration;

/// The table, through a client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    retry_for: Duration,
    meter: Option<CapacityMeter>,
    observer: Option<Arc<dyn Observer>>,
}

impl Store {
    /// For how long a lost race or an overload is tried again before the caller is told.
    const RETRY_FOR: Duration = Duration::from_secs(8);

    /// The table of that name.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table, retry_for: Self::RETRY_FOR, meter: None, observer: None }
    }

    /// The same table, giving up sooner or later than after eight seconds.
    #[must_use]
    pub fn retry_for(self, retry_for: Duration) -> Self {
        Self { retry_for, ..self }
    }

    /// The same table, adding up what each call costs.
    #[must_use]
    pub fn metered(self, meter: CapacityMeter) -> Self {
        Self { meter: Some(meter), ..self }
    }

    /// The same table, telling somebody what it meets.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }
}
