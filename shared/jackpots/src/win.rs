//! A win, step by step. A process may die between any two: the pool says which win it belongs to, and each meter what
//! that win found in it, so whoever comes next does the rest.
//!
//! 1. [`begin_win`]: the pool belongs to the win. Contributors do not look.
//! 2. [`MeterPart::collect`](crate::MeterPart::collect) of each meter: what is in it belongs to the win; what comes
//!    later, to the next one.
//! 3. [`finish_win`]: the winner is credited, and the pool starts again, in one transaction.

use crate::{Award, JackpotGroup, OperationId, Pool, PoolState, Share, WinCause, WinningBet};
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, Transfer,
    UserId, Wallet,
};
use jiff::Timestamp;

/// A win that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingWin {
    /// Who wins, how much and why.
    pub award: Award,
    /// What the pool starts with again: what held when the win began.
    pub start: Amount,
    /// When it began.
    pub begun_at: Timestamp,
}

/// A win that was paid. Put once, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Win {
    /// Under which id.
    pub operation: OperationId,
    /// Of which group.
    pub group: JackpotGroup,
    /// Which of the group's wins, counted from 0.
    pub cycle: u64,
    /// Who won.
    pub user: UserId,
    /// How much.
    pub amount: Amount,
    /// What could have been won.
    pub pool_before: Amount,
    /// What the reserve gave to the next pool.
    pub refill: Amount,
    /// What the house gave to it besides.
    pub top_up: Amount,
    /// Why them.
    pub cause: WinCause,
    /// What it follows from, where it was drawn. None of one that was drawn before this was put down.
    pub winning: Option<WinningBet>,
    /// Why, in the words of whoever proposed it.
    pub reason: String,
    /// When it was paid.
    pub at: Timestamp,
}

/// What is written when a win is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinPlan {
    /// The pool afterwards.
    pub pool: Pool,
    /// The winner's wallet afterwards.
    pub wallet: Wallet,
    /// The entry `JACKPOT:{operation}`.
    pub entry: Entry,
    /// What starts the pool again: from the reserve, and from the house what that does not hold.
    pub transfers: Vec<Transfer>,
    /// The record.
    pub win: Win,
}

/// The pool in the hands of a win.
pub fn begin_win(pool: &Pool, award: Award, start: Amount, now: Timestamp) -> Pool {
    let win = PendingWin { award, start, begun_at: now };
    pool.moved(PoolState::Winning(Box::new(win)), now)
}

/// Pays the win that is under way, with what it found in all meters together. The pool is never left below what it
/// starts with. None where no win is under way.
///
/// # Errors
/// The winner's balance cannot hold it.
pub fn finish_win(
    pool: &Pool,
    collected: Share,
    wallet: &Wallet,
    now: Timestamp,
) -> Option<Result<WinPlan, BalanceTooLarge>> {
    pool.winning().map(|win| finish(pool, win, collected, wallet, now))
}

fn finish(
    pool: &Pool,
    PendingWin { award, start, .. }: &PendingWin,
    collected: Share,
    wallet: &Wallet,
    now: Timestamp,
) -> Result<WinPlan, BalanceTooLarge> {
    let found = collected.plus(Share { pool: pool.amount, reserve: pool.reserve });
    // A pool only grows until its win collects it, so what was asked for is still there.
    let amount = award.requested.map_or(found.pool, |requested| requested.min(found.pool));
    let rest = found.pool.saturating_sub(amount);
    let missing = start.saturating_sub(rest);
    let refill = missing.min(found.reserve);
    let top_up = missing.saturating_sub(refill);
    let posting = Posting {
        key: EntryKey::new(EntryPurpose::Jackpot, &[&award.operation]),
        amount,
        account: award.group.pool_account(),
        reference: award.operation.to_string(),
    };
    let (wallet, entry) = wallet.credit(Incoming::Credit, posting, now)?;
    let after = pool.moved(PoolState::Open, now);
    let win = Win {
        operation: award.operation.clone(),
        group: award.group,
        cycle: pool.cycle,
        user: award.user,
        amount,
        pool_before: found.pool,
        refill,
        top_up,
        cause: award.cause,
        winning: award.winning,
        reason: award.reason.clone(),
        at: now,
    };
    Ok(WinPlan {
        pool: Pool {
            cycle: pool.cycle + 1,
            amount: rest.saturating_add(missing),
            reserve: found.reserve.saturating_sub(refill),
            ..after
        },
        wallet,
        entry,
        transfers: win.transfers(),
        win,
    })
}

impl Win {
    /// What of it was given away by the word of one operator alone.
    pub fn given_alone(&self) -> Amount {
        self.cause.alone(self.amount)
    }

    /// What it moves between accounts of the ledger, besides its entry.
    pub fn transfers(&self) -> Vec<Transfer> {
        let legs = [
            (EntryPurpose::JackpotRefill, self.group.reserve_account(), self.refill),
            (EntryPurpose::JackpotTopUp, SystemAccount::House, self.top_up),
        ];
        let transfer = |(purpose, from, amount)| Transfer {
            key: EntryKey::new(purpose, &[&self.operation]),
            from,
            to: self.group.pool_account(),
            amount,
            reference: self.operation.to_string(),
            at: self.at,
        };
        legs.map(transfer).into_iter().filter(|transfer| !transfer.amount.is_zero()).collect()
    }
}
