//! Responsible play: limits that players set on their own deposits, stakes and losses, exclusion by themselves or by a
//! register, and reality checks.
//!
//! Every rule is a function of the stored state, the request and the time. A lower limit applies at once. A higher
//! limit, or playing again after an exclusion, takes a day and the player's confirmation; a higher limit must be
//! confirmed within a week. A stake is counted in the same write that takes it. So the rest of a limit never depends on
//! the order in which answers arrive.
//!
//! Architecture invariant: nothing here reads a clock or does I/O; nothing knows an order, a bet or a table.

mod exclusion;
mod limit;
mod period;
mod play_barrier;
mod play_limits;
mod reality_check;

pub use exclusion::{
    EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, EndExclusionRefusal, Exclusion, ExclusionMonths,
    ExclusionMonthsError, ExclusionTooShort,
};
pub use limit::{ConfirmRefusal, Limit, LimitId, LimitKind, RAISE_AFTER, RAISE_WITHIN, WantedLimit};
pub use period::{PerPeriod, Period, PeriodSum};
pub use play_barrier::PlayBarrier;
pub use play_limits::{PlayLimitKind, PlayLimits, PlayRefusal, PlayRules, PlaySum};
pub use reality_check::{RealityCheck, RealityCheckDue, RealityCheckInterval, RealityCheckIntervalError};
