//! [`RecordName`]: names a record, so that it can be loaded.

use evens_exchange::{MatchId, RoundId};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_jackpots::{JackpotGroup, OperationId};
use evens_ledger::{EntryKey, UserId};
use evens_payments::OrderId;
use evens_players::ReferralCode;

/// The name of a record that explains a movement of money.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordName {
    Account(UserId),
    /// A bet against another player, or against the house.
    Bet(BetId),
    /// The payments record of a player.
    Cashier(UserId),
    /// The account that a referral code leads to.
    Code(ReferralCode),
    Funding(String),
    /// A version of the terms of a jackpot.
    JackpotTerms(JackpotGroup, u64),
    /// A win of a jackpot, by its number.
    JackpotWin(JackpotGroup, u64),
    Match(RoundId, MatchId),
    /// A contribution to jackpots, or an award of one.
    Operation(OperationId),
    /// A deposit or a withdrawal.
    Order(OrderId),
    Period(PeriodId),
    Round(RoundId),
    Transfer(EntryKey),
}
