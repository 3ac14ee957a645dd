//! Money in and out: orders, the rules that move them, limits, holds, and what a provider's day must agree with.
//!
//! Every rule is a function of what was read, what is asked and now, to a [`Plan`] of what is to be written, or to a
//! refusal. A plan is written in one transaction, under the condition that its order, cashier record and wallet are as
//! they were read. Keeps M1 (each movement has two accounts), M2 (no callback takes more than the wallet holds), M3 (each
//! movement names its key), and: a deposit is credited at most once, a withdrawal is given back at most once, and nothing
//! is both paid out and given back without its player owing it.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O; nothing knows a table, a queue
//! or how a provider is called. A callback is a hint: the order decides.

mod cashier;
mod deposit_state;
mod exclusion;
mod history;
mod holds;
mod ids;
mod limit;
mod money;
mod names;
mod order;
mod period;
mod wire_status;
mod withdrawal_state;

pub use iso_currency::Currency;

pub use cashier::{Cashier, DepositSum, OverDepositLimit, Totals};
pub use deposit_state::{DepositEvent, DepositState};
pub use exclusion::{EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, EndExclusionRefusal, Exclusion, ExclusionTooShort};
pub use history::{History, HistoryLine};
pub use holds::{
    ActReason, ActReasonError, ActRefusal, CashierAct, HoldFacts, HoldReason, HoldRules, LOGIN_AGE_MAX,
};
pub use ids::{DisputeId, Fingerprint, IdError, OrderId, PayeeId, ProviderId};
pub use limit::{ConfirmRefusal, Limit, RAISE_AFTER, WantedLimit};
pub use money::{Money, MoneyError};
pub use names::WordError;
pub use order::{
    Approval, Attempt, DepositOrder, Direction, OrderTerms, ReceivedPayment, UnclaimedCause, WithdrawalOrder,
};
pub use period::{PerPeriod, Period, PeriodSum};
pub use wire_status::WireStatus;
pub use withdrawal_state::{WithdrawalEvent, WithdrawalState};
