//! [`JackpotDraw`]: the jackpot wins of a period's bets, by its seed and by the terms that applied when it opened.

use crate::{
    Award, ByGroup, CashBet, DrawnBet, JackpotConfig, JackpotGroup, JackpotTerms, OperationId, Ticket,
    WinCause, ticket, winning_bet, wins,
};
use evens_draws::Seed;
use evens_games::{Period, PeriodId};
use evens_ledger::Amount;
use jiff::Timestamp;

/// The proof of a drawn win. Together with the seed of the period and the id of the bet, it is enough to recompute the
/// ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WinningBet {
    pub cash: Amount,
    pub ticket: Ticket,
    /// The version of the terms that applied when the period opened.
    pub terms_version: u64,
}

/// Everything that decides which bets of a period win a jackpot.
#[derive(Debug, Clone)]
pub struct JackpotDraw {
    period: PeriodId,
    seed: Seed,
    entropy: String,
    drawn_at: Timestamp,
    configs: ByGroup<Option<JackpotConfig>>,
}

impl JackpotDraw {
    /// The draw of a period, by the terms that applied when it opened. Returns `None` before the period is drawn.
    /// Returns `None` for a cancelled period too, whose bets win nothing.
    pub fn of(period: &Period, configs: ByGroup<Option<JackpotConfig>>) -> Option<Self> {
        let result = period.result()?;
        Some(Self {
            period: period.id,
            seed: result.seed.clone(),
            entropy: period.entropy.in_message()?,
            drawn_at: result.drawn_at,
            configs,
        })
    }

    /// The terms of a group, if it was open.
    fn terms(&self, group: JackpotGroup) -> Option<&JackpotTerms> {
        self.configs.get(group).as_ref().map(|config| &config.terms)
    }

    /// Returns `true` if any group must be won at a limit.
    pub fn has_limit(&self) -> bool {
        let limit = |group| self.terms(group).and_then(JackpotTerms::must_hit_by);
        JackpotGroup::ALL.into_iter().any(|group| limit(group).is_some())
    }

    /// Returns `true` if the group must be won when it holds this amount.
    pub fn must_be_won(&self, group: JackpotGroup, pool_amount: Amount) -> bool {
        let limit = self.terms(group).and_then(JackpotTerms::must_hit_by);
        limit.is_some_and(|limit| pool_amount >= limit)
    }

    /// Returns `true` if the ticket of one of these bets wins the group.
    pub fn has_winner(&self, group: JackpotGroup, bets: &[CashBet]) -> bool {
        let Some(terms) = self.terms(group) else { return false };
        bets.iter().any(|bet| wins(ticket(&self.seed, group, bet.bet, &self.entropy), bet.cash, terms))
    }

    /// The winning bet of a group, given all bets of the period.
    pub fn winner(&self, group: JackpotGroup, bets: &[CashBet], must_be_won: bool) -> Option<DrawnBet> {
        winning_bet(&self.seed, group, bets, &self.entropy, self.terms(group)?, must_be_won)
    }

    /// The award of the whole pool for all bets of the period. Computing it again gives the same award.
    pub fn award(&self, group: JackpotGroup, bets: &[CashBet], must_be_won: bool) -> Option<Award> {
        let DrawnBet { bet, is_forced, ticket } = self.winner(group, bets, must_be_won)?;
        let terms_version = self.configs.get(group).as_ref()?.version;
        Some(Award {
            operation: OperationId::of_drawn_win(self.period, group),
            group,
            user: bet.user,
            requested: None,
            cause: WinCause::Drawn { period: self.period, bet: bet.bet, is_forced },
            reason: String::new(),
            at: self.drawn_at,
            must_hit_by: self.terms(group).and_then(JackpotTerms::must_hit_by).filter(|_| is_forced),
            winning: Some(WinningBet { cash: bet.cash, ticket, terms_version }),
            cycle: None,
        })
    }
}
