//! Settlement: the winner of a drawn match is paid once, or the match is voided and both stakes are refunded.

use crate::{Match, MatchState, Outcome, Side};
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Invariant, Posting, SystemAccount,
    UserId, Wallet,
};
use jiff::Timestamp;

/// The writes when a match is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The drawn match as it was read.
    pub bet_match: Match,
    pub outcome: Outcome,
    /// The winner's payout: twice the matched amount.
    pub payout: Amount,
    pub wallet: Wallet,
    /// The ledger entry `SETTLE:{matchId}:{userId}` of the payout.
    pub entry: Entry,
    /// The ledger entry `COMMISSION:{matchId}:{userId}`, which follows the payout. `None` if there is no commission.
    pub commission: Option<Entry>,
}

impl Settlement {
    /// The commission on the winnings, zero if there is none.
    pub fn commission_paid(&self) -> Amount {
        self.commission.as_ref().map_or(Amount::ZERO, |entry| entry.amount)
    }

    /// The payout less the commission.
    pub fn received(&self) -> Amount {
        self.payout.saturating_sub(self.commission_paid())
    }

    /// The new entries of the wallet, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        [Some(&self.entry), self.commission.as_ref()].into_iter().flatten().cloned().collect()
    }
}

/// The user on the winning side.
pub fn winner(bet_match: &Match, outcome: Outcome) -> UserId {
    bet_match.user(outcome.winner)
}

/// Pays the winner, and takes the commission on the net winnings. The wallet must hold the whole payout for a moment.
pub fn settle(
    bet_match: &Match,
    outcome: Outcome,
    winner_wallet: &Wallet,
    now: Timestamp,
) -> Result<Settlement, BalanceTooLarge> {
    assert_eq!(winner_wallet.user, winner(bet_match, outcome), "{:?}", Invariant::M8NobodyElses);
    let payout = bet_match.amount.checked_add(bet_match.amount).ok_or(BalanceTooLarge)?;
    let posting = Posting {
        key: EntryKey::new(EntryPurpose::Settle, &[&bet_match.id, &winner_wallet.user]),
        amount: payout,
        account: SystemAccount::Stakes(bet_match.round.to_string()),
        reference: bet_match.id.to_string(),
    };
    let (wallet, entry) = winner_wallet.credit(Incoming::Credit, posting, now)?;
    let (wallet, commission) = match charge(bet_match, outcome.winner, &wallet, now) {
        Some((wallet, commission)) => (wallet, Some(commission)),
        None => (wallet, None),
    };
    Ok(Settlement { bet_match: bet_match.clone(), outcome, payout, wallet, entry, commission })
}

/// Takes the commission from a wallet that holds the payout, or returns `None` if there is no commission.
fn charge(bet_match: &Match, winner: Side, paid: &Wallet, now: Timestamp) -> Option<(Wallet, Entry)> {
    let amount = Some(bet_match.commission(winner)).filter(|amount| !amount.is_zero())?;
    let posting = Posting {
        key: EntryKey::new(EntryPurpose::Commission, &[&bet_match.id, &paid.user]),
        amount,
        account: SystemAccount::Revenue,
        reference: bet_match.id.to_string(),
    };
    // A commission is at most a tenth of the winnings, which the wallet has just received.
    paid.debit(posting, now).ok()
}

/// The writes when a match is voided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// The match as it was read: joined or drawn.
    pub bet_match: Match,
    /// The wallet of side A after the refund, and its ledger entry `VOID:{matchId}:{userId}`.
    pub a: (Wallet, Entry),
    /// The wallet of side B after the refund, and its ledger entry.
    pub b: (Wallet, Entry),
}

/// Refunds both stakes of a match. Returns `None` if the match has ended: a settled match is never voided, and a void
/// match is already void.
pub fn void_match(
    bet_match: &Match,
    wallet_a: &Wallet,
    wallet_b: &Wallet,
    now: Timestamp,
) -> Result<Option<Void>, BalanceTooLarge> {
    match bet_match.state {
        MatchState::Settled(_) | MatchState::Void => return Ok(None),
        MatchState::Joined | MatchState::Drawn(_) => {}
    }
    let give_back = |side: Side, wallet: &Wallet| {
        assert_eq!(wallet.user, bet_match.user(side), "{:?}", Invariant::M8NobodyElses);
        let posting = Posting {
            key: EntryKey::new(EntryPurpose::Void, &[&bet_match.id, &bet_match.user(side)]),
            amount: bet_match.amount,
            account: SystemAccount::Stakes(bet_match.round.to_string()),
            reference: bet_match.id.to_string(),
        };
        wallet.credit(Incoming::Refund, posting, now)
    };
    let a = give_back(Side::A, wallet_a)?;
    let b = give_back(Side::B, wallet_b)?;
    Ok(Some(Void { bet_match: bet_match.clone(), a, b }))
}
