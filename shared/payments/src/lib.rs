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

mod adjust;
mod agreement;
mod booked;
mod claim_payout;
mod claim_suspended;
mod closing;
mod debt;
mod decide_withdrawal;
mod deposit_rules;
mod deposit_state;
mod difference;
mod differences;
mod dispute_lines;
mod end_deposit;
mod first_bonus;
mod free_account;
mod give_back;
mod history;
mod hold_approvals;
mod hold_rules;
mod hold_unsent;
mod holds;
mod identity;
mod ids;
mod keys;
mod known_order;
mod look;
mod money;
mod open_deposit;
mod opponents;
mod order;
mod own_limits;
mod paid_twice;
mod payee;
mod payments_record;
mod payout_facts;
mod payout_step;
mod plan;
mod position;
mod provider;
mod recent_withdrawals;
mod reconcile;
mod reconciliation_report;
mod record_orders;
mod request_withdrawal;
mod resolve_payout;
mod return_payment;
mod settings_changes;
mod settings_entry;
mod settle_deposit;
mod settle_dispute;
mod settle_payout;
mod standing_approvals;
mod statement;
mod statement_calendar;
mod turnover;
mod undone_payouts;
mod wanted;
mod wire_status;
mod withdrawal_state;

pub use iso_currency::Currency;

pub use adjust::{
    ADJUSTMENT_APPROVALS, ADJUSTMENTS_KNOWN, AdjustPlan, AdjustRefusal, Adjustment, AdjustmentId,
    AdjustmentIdError, AdjustmentKind, AdjustmentRequest, adjust_wallet,
};
pub use agreement::{
    AGREEMENT_AGE_MAX, AGREEMENTS_MAX, AGREEMENTS_OF_ONE_MAX, Agreement, RELEASE, agreed_on_deposit,
};
pub use booked::{BookedDay, BookedMovement};
pub use claim_payout::{ClaimRefusal, PayoutTiming, claim_payout};
pub use claim_suspended::{Claim, ClaimSuspendedRefusal, claim_suspended, suspense_key};
pub use closing::ClosingBalances;
pub use debt::{WriteOffPlan, release_account, write_off_debt};
pub use decide_withdrawal::{DecideRefusal, approve_withdrawal, cancel_withdrawal, reject_withdrawal};
pub use deposit_rules::{DepositRules, TurnoverFactor, TurnoverFactorError};
pub use deposit_state::{DepositEvent, DepositState};
pub use difference::{Difference, DifferenceError, DifferenceKind, SignedAmount};
pub use differences::Differences;
pub use end_deposit::{
    ExpireRefusal, RefundReportRefusal, ReverseRefusal, charge_back, expire_deposit, note_refund,
    open_dispute, refund_deposit, return_suspended, return_unclaimed, win_dispute,
};
pub use first_bonus::{BonusPlan, BonusRefusal, give_first_bonus};
pub use free_account::{FreeAccountRefusal, free_account};
pub use history::{History, HistoryLine};
pub use hold_rules::{HoldRuleError, HoldRules};
pub use hold_unsent::{BeforeSending, hold_unsent};
pub use holds::{ActReason, ActReasonError, ActRefusal, CashierAct, HoldFacts, HoldReason};
pub use identity::{IdentityMissing, IdentityStatus, note_identity};
pub use ids::{DisputeId, IdError, OrderId, PayeeId, ProviderId};
pub use known_order::KnownOrder;
pub use money::{Money, MoneyError, decimals};
pub use open_deposit::{OPEN_DEPOSITS_MAX, OpenDeposit, OpenDepositInput, OpenDepositRefusal, open_deposit};
pub use opponents::{Meetings, Opponents};
pub use order::{
    Approval, Attempt, DepositOrder, Direction, OrderTerms, PaymentRefund, PaymentReturn, ReceivedPayment,
    UnclaimedCause, WithdrawalOrder,
};
pub use own_limits::UsedLimit;
pub use paid_twice::{is_paid_twice, settle_paid_twice};
pub use payee::{AccountMask, AccountMaskError, AccountNumber, AccountNumberError, Payee};
pub use payments_record::{DepositSum, DueBonus, OverDepositLimit, PaymentsRecord, Totals};
pub use payout_facts::{EarlierPayout, OrdersSoFar, PayoutFacts, PayoutPayee, PayoutPlayer, PayoutSign};
pub use payout_step::{
    PayoutInFlight, PayoutKey, PayoutSearch, PayoutStep, PersonCause, next_payout_step,
    step_after_failed_call,
};
pub use plan::{Alarm, DepositPlan, Plan, PostedEntry, WithdrawalPlan};
pub use position::{OrderPosition, OrderPositionError};
pub use provider::{
    CallError, Dispute, DisputeReport, DisputeState, PaymentReport, PaymentState, PayoutReport, PayoutState,
    ProviderEvent, RefundReport, ReportSource,
};
pub use recent_withdrawals::{RecentWithdrawal, RecentWithdrawals};
pub use reconcile::{ProviderDay, Reconciled, Reconciliation};
pub use reconciliation_report::{ReconciliationReport, ReportId, ReportIdError};
pub use record_orders::RecordOrders;
pub use request_withdrawal::{
    PayeeSnapshot, PayoutLimit, RequestWithdrawal, RequestWithdrawalInput, RequestWithdrawalRefusal,
    WithdrawalRules, request_withdrawal,
};
pub use resolve_payout::{
    CarryOutRefusal, RESOLVE_AFTER, Resolution, ResolutionKind, ResolveRefusal, agree_to_resolution,
    resolve_payout,
};
pub use return_payment::{ReturnPaymentRefusal, return_payment};
pub use settings_changes::{SETTINGS_CHANGES_MAX, SettingsChanges, TooManyChanges};
pub use settings_entry::{SettingsEntry, SettingsHead};
pub use settle_deposit::{
    DepositReportRefusal, SettleDepositInput, end_unopened, note_provider_id, settle_deposit,
};
pub use settle_dispute::{DisputeRefusal, hold_disputed, settle_dispute};
pub use settle_payout::{PayoutReportRefusal, SettlePayoutInput, settle_payout};
pub use standing_approvals::AgreedTo;
pub use statement::{StatementKind, StatementLine, book_bank_movement, book_fees, is_booked_by_statement};
pub use statement_calendar::StatementCalendar;
pub use turnover::Turnover;
pub use undone_payouts::UndonePayouts;
pub use wire_status::WireStatus;
pub use withdrawal_state::{WithdrawalEvent, WithdrawalState};
