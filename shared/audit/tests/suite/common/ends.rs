//! The ends of bets and matches in a [`Story`].

use super::Story;
use evens_exchange::{
    MatchId, MatchState, MatchVerdict, Outcome, PlayerState, REFUND_AFTER, RefundOutcome, RefundReason,
    RefundTerms, Side, refund_waiting, settle, void_match,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};

impl Story {
    /// Fixes the outcome of a match, if its round allows it.
    pub(crate) fn draw(&mut self, id: MatchId) {
        let drawn_at = self.tick();
        let bet_match = self.matches.get_mut(&id).expect("joined");
        let round = &self.rounds[&bet_match.round];
        if let MatchVerdict::Winner(winner) = round.verdict(bet_match, &self.seeds[&round.id]) {
            bet_match.state = MatchState::Drawn(Outcome { winner, drawn_at });
        }
    }

    /// Like the function `settle`: an existing outcome stays.
    pub(crate) fn draw_if_joined(&mut self, id: MatchId) {
        if self.matches[&id].state == MatchState::Joined {
            self.draw(id);
        }
    }

    /// Pays a drawn match and returns the winner.
    pub(crate) fn settle(&mut self, id: MatchId) -> Option<UserId> {
        let bet_match = self.matches[&id].clone();
        let MatchState::Drawn(outcome) = bet_match.state else { return None };
        let (won, now) = (outcome.winner, self.tick());
        let units = bet_match.amount.units();
        let winner = bet_match.user(won);
        let plan = settle(&bet_match, outcome, &self.wallet(winner), now).expect("fits");
        let (payout, commission) = (plan.payout, plan.commission_paid());
        self.post((plan.wallet, plan.entry), -units);
        self.entries.extend(plan.commission);
        let loser = self.wallets.get_mut(&bet_match.user(won.opposite())).expect("has bet");
        loser.locked = loser.locked.checked_sub(bet_match.amount).expect("locked when placed");
        for side in Side::ALL {
            let bet = self.bets.get_mut(&bet_match.bet(side)).expect("placed");
            bet.settled = bet.settled.checked_add(bet_match.amount).expect("at most the stake");
        }
        let bet = self.bets.get_mut(&bet_match.bet(won)).expect("placed");
        bet.paid = bet.paid.checked_add(payout).expect("at most twice the stake");
        bet.commission_paid = bet.commission_paid.saturating_add(commission);
        self.matches.get_mut(&id).expect("joined").state = MatchState::Settled(outcome);
        Some(winner)
    }

    /// Returns both stakes of a match, unless it has ended.
    pub(crate) fn void(&mut self, id: MatchId) {
        let (bet_match, now) = (self.matches[&id].clone(), self.tick());
        let [a, b] = Side::ALL.map(|side| self.wallet(bet_match.user(side)));
        let Some(plan) = void_match(&bet_match, &a, &b, now).expect("fits") else { return };
        let units = bet_match.amount.units();
        self.post(plan.a, -units);
        self.post(plan.b, -units);
        for side in Side::ALL {
            let bet = self.bets.get_mut(&bet_match.bet(side)).expect("placed");
            bet.refunded = bet.refunded.checked_add(bet_match.amount).expect("at most the stake");
        }
        self.matches.get_mut(&id).expect("joined").state = MatchState::Void;
    }

    /// Refunds the unmatched part of a bet, if there is any.
    pub(crate) fn refund(&mut self, id: BetId) {
        let Some(waiting) = self.waiting.remove(&id) else { return };
        let (wallet, now) = (self.wallet(waiting.user), self.tick());
        let terms = RefundTerms { refund_after: REFUND_AFTER, stake_min: Amount::ZERO };
        let player = PlayerState::default();
        let outcome = refund_waiting(&waiting, RefundReason::Requested, &wallet, player, terms, now);
        let RefundOutcome::Refund(plan) = outcome.expect("fits") else { panic!("it was asked for") };
        self.post((plan.wallet, plan.entry), -waiting.open.units());
        let bet = self.bets.get_mut(&id).expect("placed");
        bet.refunded = bet.refunded.checked_add(waiting.open).expect("at most the stake");
    }

    pub(crate) fn refund_all(&mut self) {
        for id in self.waiting.keys().copied().collect::<Vec<_>>() {
            self.refund(id);
        }
    }
}
