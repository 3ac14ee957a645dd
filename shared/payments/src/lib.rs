//! Deposits and withdrawals: orders, the rules that change them, limits, holds, and reconciliation with providers.
//!
//! Every rule is a function of the state that was read, the request and the time. It returns a [`Plan`] of the writes,
//! or a refusal. A plan is written in one transaction, under the condition that its order, payments record and wallet
//! are unchanged since they were read.
//!
//! Keeps M1 (each movement has two accounts), M2 (no callback takes more than the wallet holds) and M3 (each movement
//! names its key). A deposit is credited at most once, and a withdrawal is returned to the wallet at most once. Money
//! that was both paid out and returned is owed by the player.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O. Nothing knows a table, a
//! queue or how a provider is called. A callback is a hint: the order decides.

mod deposits;
mod orders;
mod player;
mod reconciliation;
mod withdrawals;

use orders::keys;

pub use iso_currency::Currency;

pub use deposits::claim_suspended::{Claim, ClaimSuspendedRefusal, claim_suspended, suspense_key};
pub use deposits::deposit_rules::{DepositRules, TurnoverFactor, TurnoverFactorError};
pub use deposits::deposit_state::{DepositEvent, DepositState};
pub use deposits::end_deposit::{
    ExpireRefusal, RefundReportRefusal, ReverseRefusal, charge_back, expire_deposit, note_refund,
    open_dispute, refund_deposit, return_suspended, return_unclaimed, win_dispute,
};
pub use deposits::first_bonus::{BonusPlan, BonusRefusal, give_first_bonus};
pub use deposits::open_deposit::{
    OPEN_DEPOSITS_MAX, OpenDeposit, OpenDepositInput, OpenDepositRefusal, open_deposit,
};
pub use deposits::return_payment::{ReturnPaymentRefusal, return_payment};
pub use deposits::settle_deposit::{
    DepositReportRefusal, SettleDepositInput, end_unopened, note_provider_id, settle_deposit,
};
pub use deposits::settle_dispute::{DisputeRefusal, hold_disputed, settle_dispute};
pub use orders::agreement::{
    AGREEMENT_AGE_MAX, AGREEMENTS_MAX, AGREEMENTS_OF_ONE_MAX, Agreement, RELEASE, agreed_on_deposit,
};
pub use orders::history::{History, HistoryLine};
pub use orders::ids::{DisputeId, IdError, OrderId, PayeeId, ProviderId};
pub use orders::money::{Money, MoneyError, decimals};
pub use orders::order::{
    Approval, Attempt, DepositOrder, Direction, OrderTerms, PaymentRefund, PaymentReturn, ReceivedPayment,
    UnclaimedCause, WithdrawalOrder,
};
pub use orders::plan::{Alarm, DepositPlan, Plan, PostedEntry, WithdrawalPlan};
pub use orders::position::{OrderPosition, OrderPositionError};
pub use orders::provider::{
    CallError, Dispute, DisputeReport, DisputeState, PaymentReport, PaymentState, PayoutReport, PayoutState,
    ProviderEvent, RefundReport, ReportSource,
};
pub use orders::standing_approvals::AgreedTo;
pub use orders::wire_status::WireStatus;
pub use player::adjust::{
    ADJUSTMENT_APPROVALS, ADJUSTMENTS_KNOWN, AdjustPlan, AdjustRefusal, Adjustment, AdjustmentId,
    AdjustmentIdError, AdjustmentKind, AdjustmentRequest, adjust_wallet,
};
pub use player::debt::{WriteOffPlan, release_account, write_off_debt};
pub use player::free_account::{FreeAccountRefusal, free_account};
pub use player::identity::{IdentityMissing, IdentityStatus, note_identity};
pub use player::opponents::{Meetings, Opponents};
pub use player::own_limits::UsedLimit;
pub use player::payee::{AccountMask, AccountMaskError, AccountNumber, AccountNumberError, Payee};
pub use player::payments_record::{DepositSum, DueBonus, OverDepositLimit, PaymentsRecord, Totals};
pub use player::settings_changes::{SETTINGS_CHANGES_MAX, SettingsChanges, TooManyChanges};
pub use player::settings_entry::{SettingsEntry, SettingsHead};
pub use player::turnover::Turnover;
pub use reconciliation::booked::{BookedDay, BookedMovement};
pub use reconciliation::closing::ClosingBalances;
pub use reconciliation::difference::{
    Difference, DifferenceError, DifferenceKind, Differences, SignedAmount,
};
pub use reconciliation::known_order::KnownOrder;
pub use reconciliation::reconcile::{ProviderDay, Reconciled, Reconciliation};
pub use reconciliation::record_orders::RecordOrders;
pub use reconciliation::report::{ReconciliationReport, ReportId, ReportIdError};
pub use reconciliation::statement::{
    StatementKind, StatementLine, book_bank_movement, book_fees, is_booked_by_statement,
};
pub use reconciliation::statement_calendar::StatementCalendar;
pub use reconciliation::undone_payouts::UndonePayouts;
pub use withdrawals::claim_payout::{ClaimRefusal, PayoutTiming, claim_payout};
pub use withdrawals::decide_withdrawal::{
    DecideRefusal, approve_withdrawal, cancel_withdrawal, reject_withdrawal,
};
pub use withdrawals::hold_rules::{HoldRuleError, HoldRules};
pub use withdrawals::hold_unsent::{BeforeSending, hold_unsent};
pub use withdrawals::holds::{ActReason, ActReasonError, ActRefusal, CashierAct, HoldFacts, HoldReason};
pub use withdrawals::paid_twice::{is_paid_twice, settle_paid_twice};
pub use withdrawals::payout_facts::{
    EarlierPayout, OrdersSoFar, PayoutFacts, PayoutPayee, PayoutPlayer, PayoutSign,
};
pub use withdrawals::payout_step::{
    PayoutInFlight, PayoutKey, PayoutSearch, PayoutStep, PersonCause, next_payout_step,
    step_after_failed_call,
};
pub use withdrawals::recent_withdrawals::{RecentWithdrawal, RecentWithdrawals};
pub use withdrawals::request_withdrawal::{
    PayeeSnapshot, PayoutLimit, RequestWithdrawal, RequestWithdrawalInput, RequestWithdrawalRefusal,
    WithdrawalRules, request_withdrawal,
};
pub use withdrawals::resolve_payout::{
    CarryOutRefusal, RESOLVE_AFTER, Resolution, ResolutionKind, ResolveRefusal, agree_to_resolution,
    resolve_payout,
};
pub use withdrawals::settle_payout::{PayoutReportRefusal, SettlePayoutInput, settle_payout};
pub use withdrawals::withdrawal_state::{WithdrawalEvent, WithdrawalState};
