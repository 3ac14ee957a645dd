//! Money in and out: orders, the rules that move them, limits, holds, and what a provider's day must agree with.
//!
//! Every rule is a function of what was read, what is asked and now, to a [`Plan`] of what is to be written, or to a
//! refusal. A plan is written in one transaction, under the condition that its order, cashier record and wallet are
//! as they were read. Keeps M1 (each movement has two accounts), M2 (no callback takes more than the wallet holds),
//! M3 (each movement names its key), and: a deposit is credited at most once, a withdrawal is given back at most
//! once, and nothing is both paid out and given back without its player owing it.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O; nothing knows a table, a
//! queue or how a provider is called. A callback is a hint: the order decides.

mod cashier;
mod claim_payout;
mod debt;
mod decide_withdrawal;
mod deposit_rules;
mod deposit_state;
mod end_deposit;
mod exclusion;
mod first_bonus;
mod give_back;
mod history;
mod holds;
mod ids;
mod keys;
mod limit;
mod look;
mod money;
mod names;
mod open_deposit;
mod order;
mod payout_step;
mod period;
mod plan;
mod play_limits;
mod position;
mod provider;
mod reconcile;
mod request_withdrawal;
mod settle_deposit;
mod settle_payout;
mod statement;
mod wire_status;
mod withdrawal_state;

pub use iso_currency::Currency;

pub use cashier::{Cashier, DepositSum, OverDepositLimit, Totals};
pub use claim_payout::{ClaimRefusal, PayoutTiming, RetryRefusal, claim_payout, retry_payout};
pub use debt::{RecoverPlan, WriteOffPlan, recover_debt, release_account, write_off_debt};
pub use decide_withdrawal::{
    DecideRefusal, HookAnswer, approve_withdrawal, cancel_withdrawal, reject_withdrawal, take_hook_answer,
};
pub use deposit_rules::{DepositRules, TurnoverFactor, TurnoverFactorError};
pub use deposit_state::{DepositEvent, DepositState};
pub use end_deposit::{
    ExpireRefusal, ReverseRefusal, charge_back, expire_deposit, open_dispute, refund_deposit,
    return_suspended, return_unclaimed, win_dispute,
};
pub use exclusion::{EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, EndExclusionRefusal, Exclusion, ExclusionTooShort};
pub use first_bonus::{BonusPlan, BonusRefusal, give_first_bonus};
pub use history::{History, HistoryLine};
pub use holds::{
    ActReason, ActReasonError, ActRefusal, CashierAct, HoldFacts, HoldReason, HoldRules, LOGIN_AGE_MAX,
};
pub use ids::{DisputeId, Fingerprint, IdError, OrderId, PayeeId, ProviderId};
pub use limit::{ConfirmRefusal, Limit, RAISE_AFTER, WantedLimit};
pub use money::{Money, MoneyError};
pub use names::WordError;
pub use open_deposit::{OpenDeposit, OpenDepositRefusal, SeenForOpening, open_deposit};
pub use order::{
    Approval, Attempt, DepositOrder, Direction, OrderTerms, ReceivedPayment, UnclaimedCause, WithdrawalOrder,
};
pub use payout_step::{
    PayoutInFlight, PayoutKey, PayoutSearch, PayoutStep, PersonCause, next_payout_step,
    step_after_failed_call,
};
pub use period::{PerPeriod, Period, PeriodSum};
pub use plan::{Alarm, DepositPlan, Plan, Posted, WithdrawalPlan};
pub use play_limits::{PlayLimitKind, PlayLimits, PlayRefusal, PlaySum};
pub use position::{OrderPosition, OrderPositionError};
pub use provider::{
    CallError, DisputeReport, DisputeState, PaymentReport, PaymentState, PayoutReport, PayoutState,
    ProviderEvent, RefundReport, ReportSource,
};
pub use reconcile::{
    BookedMovement, Closing, Difference, DifferenceKind, KnownOrder, ProviderDay, reconcile,
};
pub use request_withdrawal::{
    RequestWithdrawal, RequestWithdrawalRefusal, SeenForWithdrawal, SeenPayee, WithdrawalRules,
    request_withdrawal,
};
pub use settle_deposit::{DepositReportRefusal, SeenForPayment, note_provider_id, settle_deposit};
pub use settle_payout::{PayoutReportRefusal, SeenForPayout, settle_payout};
pub use statement::{StatementKind, StatementLine, book_fees, book_settlement};
pub use wire_status::WireStatus;
pub use withdrawal_state::{WithdrawalEvent, WithdrawalState};
