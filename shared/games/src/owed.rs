//! [`OwedBet`]: the amount that a period owes for a bet: its payout, or its stake after a cancellation.

use crate::settle::parts_of;
use crate::{
    GameBetRecord, GameBetsPaid, Lane, Period, PeriodState, WinningBet, refund_bets, settle_bets,
    winning_bets,
};
use evens_ledger::{Amount, BalanceTooLarge, Parts, Wallet};
use evens_own_limits::PlayLimits;
use jiff::Timestamp;

/// A bet and the amount that its period owes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwedBet {
    pub record: GameBetRecord,
    /// The payout, or the stake if the period was cancelled.
    pub amount: Amount,
}

impl OwedBet {
    /// The part that each balance gets.
    pub fn parts(&self) -> Parts {
        parts_of(self.amount, &self.record)
    }
}

impl Period {
    /// The amounts owed for these bets. Nothing is owed before the period is drawn or cancelled.
    pub fn owed_for(&self, records: &[GameBetRecord]) -> Vec<OwedBet> {
        if self.is_cancelled() {
            let owed = |record: &GameBetRecord| OwedBet { record: *record, amount: record.stake.amount() };
            return records.iter().map(owed).collect();
        }
        let won = self.result().map(|result| winning_bets(records, &result.drawn)).unwrap_or_default();
        won.into_iter().map(|WinningBet { record, payout }| OwedBet { record, amount: payout }).collect()
    }

    /// The lanes that are not known to have paid everything.
    pub fn open_lanes(&self) -> Vec<Lane> {
        match &self.state {
            PeriodState::Resulted(_, _, lanes) | PeriodState::Cancelled(_, lanes) => {
                lanes.open(self.shards).collect()
            }
            PeriodState::Open
            | PeriodState::Closing
            | PeriodState::Closed(_)
            | PeriodState::Settled(..)
            | PeriodState::Refunded(_) => Vec::new(),
        }
    }

    /// Ends a drawn or cancelled period at once if it has no bets, because no lane has anything to pay.
    #[must_use]
    pub fn ended_if_empty(self) -> Self {
        if self.totals().is_none_or(|totals| totals.bets > 0) {
            return self;
        }
        self.shards.lanes().fold(self, |period, lane| period.lane_done(lane).unwrap_or(period))
    }

    /// Returns `true` if the period was drawn without bets and has ended, so that only its result and its proof remain.
    pub fn settled_without_bets(&self) -> bool {
        matches!(&self.state, PeriodState::Settled(totals, _) if totals.bets == 0)
    }

    fn is_cancelled(&self) -> bool {
        matches!(self.state, PeriodState::Cancelled(..) | PeriodState::Refunded(_))
    }
}

/// Pays a player's bets: with [`settle_bets`], or with [`refund_bets`] if the period was cancelled.
pub fn pay_bets(
    period: &Period,
    wallet: &Wallet,
    play: &PlayLimits,
    owed: &[OwedBet],
    now: Timestamp,
) -> Result<GameBetsPaid, BalanceTooLarge> {
    if period.is_cancelled() {
        let records: Vec<_> = owed.iter().map(|owed| owed.record).collect();
        return refund_bets(period, wallet, play, &records, now);
    }
    let won = |OwedBet { record, amount }: &OwedBet| WinningBet { record: *record, payout: *amount };
    settle_bets(period, wallet, play, &owed.iter().map(won).collect::<Vec<_>>(), now)
}
