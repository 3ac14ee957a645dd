//! [`KINDS`]: the kinds of items that a sweep looks for, one row each.

use evens_metrics::Metrics;
use evens_store::UnfinishedWork;
use std::time::Duration;

/// A kind of unfinished item.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The kind in the table.
    pub what: UnfinishedWork,
    /// Singular name in metrics.
    pub one: &'static str,
    /// Plural name in logs.
    pub many: &'static str,
    /// Reports the age of the oldest item in a metric of its own, besides the one over all kinds. For these kinds it is
    /// measured even if nothing was left behind.
    pub(crate) tell_oldest: Option<fn(&Metrics, Duration)>,
}

/// In the order in which a shard is swept.
pub const KINDS: [Kind; 12] = [
    Kind {
        what: UnfinishedWork::UnmatchedBet,
        one: "bet",
        many: "bets",
        tell_oldest: Some(Metrics::oldest_open_bet),
    },
    Kind {
        what: UnfinishedWork::Match,
        one: "match",
        many: "matches",
        tell_oldest: Some(Metrics::oldest_unsettled_match),
    },
    Kind { what: UnfinishedWork::Round, one: "round", many: "rounds", tell_oldest: None },
    Kind {
        what: UnfinishedWork::UndrawnPeriod,
        one: "undrawn_period",
        many: "undrawn periods",
        tell_oldest: Some(Metrics::oldest_undrawn_period),
    },
    Kind { what: UnfinishedWork::Period, one: "period", many: "periods", tell_oldest: None },
    Kind {
        what: UnfinishedWork::JackpotWin,
        one: "jackpot_win",
        many: "jackpot wins",
        tell_oldest: Some(Metrics::oldest_jackpot_win),
    },
    Kind {
        what: UnfinishedWork::Registration,
        one: "registration",
        many: "registrations",
        tell_oldest: None,
    },
    Kind { what: UnfinishedWork::Deposit, one: "deposit", many: "deposits", tell_oldest: None },
    Kind { what: UnfinishedWork::Withdrawal, one: "withdrawal", many: "withdrawals", tell_oldest: None },
    Kind {
        what: UnfinishedWork::HeldWithdrawal,
        one: "held_withdrawal",
        many: "held withdrawals",
        tell_oldest: Some(Metrics::oldest_held_withdrawal),
    },
    Kind { what: UnfinishedWork::FirstBonus, one: "first_bonus", many: "first bonuses", tell_oldest: None },
    Kind { what: UnfinishedWork::SessionDebt, one: "session_debt", many: "session debts", tell_oldest: None },
];
