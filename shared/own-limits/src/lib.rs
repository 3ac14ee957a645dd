//! What players set for themselves: limits of deposits, stakes and losses, exclusion, here or in a register, and a
//! reality check.
//!
//! Every rule is a function of what was read, what is asked and now. Lower counts at once; higher, and play again
//! after an exclusion, take a day and the player's own word, which a higher limit has a week for. A stake is counted in
//! the write that takes it, and in no other: what it leaves of a limit never depends on the order in which answers
//! arrive.
//!
//! Architecture invariant: nothing here reads a clock or does I/O; nothing knows an order, a bet or a table.

mod barred;
mod exclusion;
mod limit;
mod period;
mod play_limits;
mod reality_check;

pub use barred::Barred;
pub use exclusion::{
    EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, EndExclusionRefusal, Exclusion, ExclusionMonths,
    ExclusionMonthsError, ExclusionTooShort,
};
pub use limit::{ConfirmRefusal, Limit, LimitId, LimitKind, RAISE_AFTER, RAISE_WITHIN, WantedLimit};
pub use period::{PerPeriod, Period, PeriodSum};
pub use play_limits::{PlayLimitKind, PlayLimits, PlayRefusal, PlayRules, PlaySum};
pub use reality_check::{RealityCheck, RealityCheckDue, RealityCheckInterval, RealityCheckIntervalError};
