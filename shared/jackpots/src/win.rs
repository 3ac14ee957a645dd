//! A win, step by step. A process may die between any two steps. The pool stores which win it is reserved for, and each
//! meter stores the amount that this win collected, so another process can complete it.
//!
//! 1. [`begin_win`] reserves the pool for the win. Contributions do not read the pool.
//! 2. [`MeterPart::collect`](crate::MeterPart::collect) collects the content of each meter. Later contributions belong
//!    to the next win.
//! 3. [`finish_win`] credits the winner and refills the pool, in one transaction.

use crate::{Award, JackpotGroup, OperationId, Pool, PoolState, Share, WinCause, WinningBet};
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, Transfer,
    UserId, Wallet,
};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingWin {
    pub award: Award,
    /// The amount that the pool starts with afterwards, by the terms that applied when the win began.
    pub start: Amount,
    pub begun_at: Timestamp,
}

/// A paid win. It is written once and never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Win {
    pub operation: OperationId,
    pub group: JackpotGroup,
    /// The number of the win in its group, starting at 0.
    pub cycle: u64,
    pub user: UserId,
    pub amount: Amount,
    /// The amount that could have been won.
    pub pool_before: Amount,
    /// The part of the next pool's start that came from the reserve.
    pub refill: Amount,
    /// The part of the next pool's start that came from the house.
    pub top_up: Amount,
    pub cause: WinCause,
    /// For a drawn win: the bet and the ticket that it follows from. `None` for wins drawn before this field existed.
    pub winning: Option<WinningBet>,
    /// The proposing operator's reason, in their words.
    pub reason: String,
    pub at: Timestamp,
}

/// The writes when a win is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinPlan {
    pub pool: Pool,
    pub wallet: Wallet,
    /// The ledger entry `JACKPOT:{operation}`.
    pub entry: Entry,
    /// The transfers that refill the pool: from the reserve, and from the house if the reserve is too small.
    pub transfers: Vec<Transfer>,
    pub win: Win,
}

pub fn begin_win(pool: &Pool, award: Award, start: Amount, now: Timestamp) -> Pool {
    let win = PendingWin { award, start, begun_at: now };
    pool.in_state(PoolState::Winning(Box::new(win)), now)
}

/// Pays the win in progress, including the amounts collected from all meters. Afterwards the pool holds at least its
/// start amount. Returns `None` if no win is in progress.
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
    // A pool only grows until its win collects it, so the requested amount is still there.
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
    let after = pool.in_state(PoolState::Open, now);
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
    /// The amount that a single operator gave away.
    pub fn given_alone(&self) -> Amount {
        self.cause.alone(self.amount)
    }

    /// The ledger transfers of the win, in addition to its entry.
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
