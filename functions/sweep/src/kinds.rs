//! [`KINDS`]: the kinds of things that a sweep looks for, a row each.

use evens_metrics::Metrics;
use evens_store::Unfinished;
use std::time::Duration;

/// A kind of unfinished things.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What the table calls it.
    pub what: Unfinished,
    /// What metrics call one of them.
    pub one: &'static str,
    /// What logs call several.
    pub many: &'static str,
    /// Tells how long the oldest has been unfinished by a metric of its own, besides that of all kinds. It is known of
    /// these kinds also while nothing of them is left behind.
    pub(crate) tell_oldest: Option<fn(&Metrics, Duration)>,
}

/// In the order in which a shard is looked at.
pub const KINDS: [Kind; 12] = [
    Kind {
        what: Unfinished::UnmatchedBet,
        one: "bet",
        many: "bets",
        tell_oldest: Some(Metrics::oldest_open_bet),
    },
    Kind {
        what: Unfinished::Match,
        one: "match",
        many: "matches",
        tell_oldest: Some(Metrics::oldest_unsettled_match),
    },
    Kind { what: Unfinished::Round, one: "round", many: "rounds", tell_oldest: None },
    Kind {
        what: Unfinished::UndrawnPeriod,
        one: "undrawn_period",
        many: "periods that are not drawn",
        tell_oldest: Some(Metrics::oldest_undrawn_period),
    },
    Kind { what: Unfinished::Period, one: "period", many: "periods", tell_oldest: None },
    Kind {
        what: Unfinished::JackpotWin,
        one: "jackpot_win",
        many: "jackpot wins",
        tell_oldest: Some(Metrics::oldest_jackpot_win),
    },
    Kind { what: Unfinished::Registration, one: "registration", many: "registrations", tell_oldest: None },
    Kind { what: Unfinished::Deposit, one: "deposit", many: "deposits", tell_oldest: None },
    Kind { what: Unfinished::Withdrawal, one: "withdrawal", many: "withdrawals", tell_oldest: None },
    Kind {
        what: Unfinished::HeldWithdrawal,
        one: "held_withdrawal",
        many: "held withdrawals",
        tell_oldest: Some(Metrics::oldest_held_withdrawal),
    },
    Kind { what: Unfinished::FirstBonus, one: "first_bonus", many: "first bonuses", tell_oldest: None },
    Kind { what: Unfinished::SessionDebt, one: "session_debt", many: "debts of sessions", tell_oldest: None },
];
