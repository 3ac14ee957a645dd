//! The DynamoDB table: keys, items, every read and every transaction.
//!
//! Keeps M2 and M3 under concurrency: every movement of money shares a transaction with a condition on the item whose
//! state it changes (bet absent, bet still unmatched, match not settled), and with the wallet's version.
//!
//! Calls made by Lambda functions list their permissions in a section `# Role`: actions of DynamoDB, and prefixes of
//! partition keys. A test compares the IAM roles of the functions with them.
//!
//! Architecture invariant: this is the only crate that builds an expression or names an attribute. Only the module
//! `sdk` names a type of the AWS SDK, and only its client is in the public interface.

mod entities;
mod exchange;
mod games;
mod jackpots;
mod live;
mod operations;
mod payments;
mod players;
mod sdk;
mod table;
mod wallet;

pub use entities::{attributes_of_books, rows_of_items, unknown_attributes};
pub use exchange::ended_rounds::{EndedRoundPage, RoundEnd};
pub use exchange::lists::{BetPage, MatchPage, Waiters};
pub use exchange::open_rounds::RoundPage;
pub use exchange::reads::MatchingState;
pub use exchange::round_totals::CountedTotals;
pub use exchange::transactions::close_book::ClosedPage;
pub use exchange::transactions::draw_match::DrawOutcome;
pub use exchange::transactions::join_bets::JoinOutcome;
pub use exchange::transactions::refund_bet::RefundBetOutcome;
pub use exchange::transactions::settle_match::SettleOutcome;
pub use exchange::transactions::void_match::VoidMatchOutcome;
pub use exchange::transactions::write_round::RoundWrite;
pub use games::entities::result::DrawnPeriod;
pub use games::lists::GameBetPage;
pub use games::recent_play::RecentPlay;
pub use games::transactions::pay_game_bets::PayGameBetsOutcome;
pub use games::transactions::place_game_bet::ExposureSource;
pub use games::transactions::write_period::{CancelPeriodOutcome, PeriodWrite};
pub use jackpots::proposals::JackpotProposals;
pub use jackpots::reads::{ConfigPage, JackpotSnapshot, WinPage};
pub use jackpots::transactions::begin_drawn_win::BeginWinOutcome;
pub use jackpots::transactions::finish_jackpot_win::FinishWinOutcome;
pub use jackpots::transactions::owe_jackpot_win::OweWinOutcome;
pub use live::{Announcement, Announcements, HubId};
pub use operations::by_time::TimeSpan;
pub use operations::entities::verify_progress::{
    HistoryPass, LastCheck, PassPlace, ScanPlace, VerifyProgress,
};
pub use operations::history::{LedgerPart, ScanPage};
pub use operations::moved::{MovedRecords, MovedWallet};
pub use operations::oldest::UnfinishedWork;
pub use operations::scan::records;
pub use operations::scan_books::ScanPace;
pub use operations::search::{AnyBet, FoundThings, SearchIds};
pub use operations::sweep::{
    Since, UnfinishedFirstBonus, UnfinishedOrder, UnfinishedRegistration, UnfinishedRound, UnfinishedWin,
    UnsettledMatch,
};
pub use payments::ended_withdrawals::EndedPage;
pub use payments::entities::order::OrderList;
pub use payments::orders::{OrderPage, PlayerOrder};
pub use payments::provider_account::attributes_of_ledgers;
pub use payments::transactions::add_payee::AddPayeeOutcome;
pub use payments::transactions::change_limits::ChangeRefusal;
pub use payments::transactions::change_order::OrderOutcome;
pub use payments::transactions::change_payments_record::{ChangedPaymentsRecord, PaymentsRecordChange};
pub use payments::transactions::free_account::{BankAccountUse, FreeAccountChange, FreedAccount};
pub use payments::transactions::open_order::WithdrawalFacts;
pub use payments::transactions::remove_payee::RemovePayeeOutcome;
pub use payments::waiting_orders::WaitingPage;
pub use players::entities::login::{Login, PasswordHash};
pub use players::player_lists::{NamedPlayers, PlayerPage};
pub use players::reads::ReferralPage;
pub use players::transactions::apply_bonus::BonusOutcome;
pub use players::transactions::import_referral::ImportReferralOutcome;
pub use players::transactions::record_attendance::AttendanceOutcome;
pub use players::transactions::record_referral::ReferralOutcome;
pub use players::transactions::recover::RecoverOutcome;
pub use players::transactions::sessions::{PlayerDebt, RefreshOutcome, SESSIONS_MAX, SessionDebt};
pub use players::transactions::sign_up::SignUpOutcome;
pub use players::transactions::verify_phone::VerifyPhoneOutcome;
pub use players::transactions::write_account::{AccountWrite, LoginOutcome, PasswordWrite};
pub use sdk::{MigrateOutcome, SdkTable, migrate};
pub use table::capacity::{Capacity, CapacityMeter};
pub use table::error::StoreError;
pub use table::layout::{Layout, LayoutError};
pub use table::observer::{ChangedItem, Observer, Operation, RetryCause};
pub use table::queries::{Page, PageStart};
pub use table::retry::Retries;
pub use wallet::entities::movement_mark::MARKS_KEPT_HOURS;
pub use wallet::entities::wallet::WalletSnapshot;
pub use wallet::find_entries::{EntryName, FoundEntries};
pub use wallet::transactions::fund_wallet::FundOutcome;

use crate::exchange::unmatched_bets::UnmatchedBets;
use evens_table::Table;
use std::sync::Arc;
use std::time::Duration;

/// A client of the table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    table: Arc<dyn Table>,
    retry_for: Duration,
    retries: Retries,
    meter: Option<CapacityMeter>,
    observer: Option<Arc<dyn Observer>>,
    unmatched: Arc<UnmatchedBets>,
    layout: Layout,
}

impl Store {
    /// How long a lost race or throttling is retried before the caller gets an error.
    const RETRY_FOR: Duration = Duration::from_secs(8);

    /// A store over the table of this name that the client reaches.
    pub fn new(client: aws_sdk_dynamodb::Client, table: String) -> Self {
        Self::over(Arc::new(SdkTable::new(client, table)))
    }

    /// A store over a table of an engine.
    pub fn over(table: Arc<dyn Table>) -> Self {
        Self {
            table,
            retry_for: Self::RETRY_FOR,
            retries: Retries::default(),
            meter: None,
            observer: None,
            unmatched: Arc::default(),
            layout: Layout::default(),
        }
    }

    /// Sets how long operations are retried. The default is eight seconds.
    #[must_use]
    pub fn retry_for(self, retry_for: Duration) -> Self {
        Self { retry_for, ..self }
    }

    /// Sets the pauses between retries, and their maximum number. The deadline of [`Self::retry_for`] still applies.
    #[must_use]
    pub fn retrying(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// Sets the layout of the table. All stores over one table must have the same layout.
    #[must_use]
    pub fn laid_out(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    /// The layout of the table.
    ///
    /// # Role
    /// None: it asks the table for nothing.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Adds the cost of each call to `meter`.
    #[must_use]
    pub fn metered(self, meter: CapacityMeter) -> Self {
        Self { meter: Some(meter), ..self }
    }

    /// Notifies `observer` of retries, ledger entries, draws and changes.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }
}
