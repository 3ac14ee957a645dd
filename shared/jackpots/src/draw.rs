//! [`JackpotDraw`]: what the bets of a period win, by its seed and by the terms that held when it opened.

use crate::{
    Award, ByGroup, CashBet, DrawnBet, JackpotConfig, JackpotGroup, JackpotTerms, OperationId, Ticket,
    WinCause, drawn, ticket, wins,
};
use evens_draws::Seed;
use evens_games::{Period, PeriodId};
use evens_ledger::Amount;
use jiff::Timestamp;

/// What a drawn win follows from beside the seed of its period and the id of its bet: with it anybody makes the ticket
/// again, and sees that it wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WinningBet {
    /// What of the bet was cash.
    pub cash: Amount,
    /// Its ticket.
    pub ticket: Ticket,
    /// The version of the terms that held when the period opened.
    pub terms_version: u64,
}

/// What decides which bets of a period win a jackpot.
#[derive(Debug, Clone)]
pub struct JackpotDraw {
    period: PeriodId,
    seed: Seed,
    entropy: String,
    drawn_at: Timestamp,
    configs: ByGroup<Option<JackpotConfig>>,
}

impl JackpotDraw {
    /// That of a period, by the terms that held when it opened. None before it is drawn, and of one that was cancelled:
    /// its bets win nothing.
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

    /// The terms of a group that was open.
    fn terms(&self, group: JackpotGroup) -> Option<&JackpotTerms> {
        self.configs.get(group).as_ref().map(|config| &config.terms)
    }

    /// Whether a group must be won where it has reached some amount.
    pub fn has_limit(&self) -> bool {
        let limit = |group| self.terms(group).and_then(JackpotTerms::must_hit_by);
        JackpotGroup::ALL.into_iter().any(|group| limit(group).is_some())
    }

    /// Whether a group that holds so much must be won.
    pub fn must_be_won(&self, group: JackpotGroup, held: Amount) -> bool {
        let limit = self.terms(group).and_then(JackpotTerms::must_hit_by);
        limit.is_some_and(|limit| held >= limit)
    }

    /// Whether the ticket of one of these bets wins a group.
    pub fn has_winner(&self, group: JackpotGroup, bets: &[CashBet]) -> bool {
        let Some(terms) = self.terms(group) else { return false };
        bets.iter().any(|bet| wins(ticket(&self.seed, group, bet.bet, &self.entropy), bet.cash, terms))
    }

    /// Which of all bets of the period wins a group, if one does.
    pub fn winner(&self, group: JackpotGroup, bets: &[CashBet], must_be_won: bool) -> Option<DrawnBet> {
        drawn(&self.seed, group, bets, &self.entropy, self.terms(group)?, must_be_won)
    }

    /// What all bets of the period win of a group: all of its pool, once. Whoever makes it again finds the same.
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
