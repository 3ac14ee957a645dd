//! Settlement: each winner of a period is paid once, from the records of its bets and its result alone; or every stake
//! goes back.

use crate::{Drawn, GameBetRecord, Period};
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Invariant, Parts, Posting,
    SystemAccount, Wallet,
};
use evens_own_limits::PlayLimits;
use jiff::Timestamp;

/// A bet that won, and what it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WinningBet {
    /// The bet.
    pub record: GameBetRecord,
    /// What it is paid.
    pub payout: Amount,
}

/// What is written when bets of one player are paid or given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameBetsPaid {
    /// The player's wallet afterwards.
    pub wallet: Wallet,
    /// The entries, in the order of the bets: one of each balance that gets something, cash first.
    pub entries: Vec<Entry>,
    /// The player's own limits of play, with what was paid or came back taken off.
    pub play: PlayLimits,
}

/// Which of some bets won, and what each is paid.
pub fn winning_bets(records: &[GameBetRecord], drawn: &Drawn) -> Vec<WinningBet> {
    let paid = |record: &GameBetRecord| {
        let payout = record.stake.payout(record.selection.pays(drawn)?);
        Some(WinningBet { record: *record, payout })
    };
    records.iter().filter_map(paid).collect()
}

/// Pays bets of one player that won, `WIN:{betId}` each.
///
/// A balance gets the share of the payout that it had of the stake, the bonus rounded down: what a bonus wins stays a
/// bonus, or two opposite bets would turn it into cash.
pub fn settle_bets(
    period: &Period,
    wallet: &Wallet,
    play: &PlayLimits,
    winners: &[WinningBet],
    now: Timestamp,
) -> Result<GameBetsPaid, BalanceTooLarge> {
    let paid = winners.iter().map(|WinningBet { record, payout }| (record, parts_of(*payout, record)));
    pay(period, wallet, (EntryPurpose::Win, Incoming::Credit), paid, now).map(|(wallet, entries, cash)| {
        GameBetsPaid { wallet, entries, play: play.pay(cash, period.times.opens_at) }
    })
}

/// Gives the stakes of bets of one player back, `GAME-REFUND:{betId}` each, to the balances that paid them.
pub fn refund_bets(
    period: &Period,
    wallet: &Wallet,
    play: &PlayLimits,
    records: &[GameBetRecord],
    now: Timestamp,
) -> Result<GameBetsPaid, BalanceTooLarge> {
    let paid = records.iter().map(|record| (record, parts_of(record.stake.amount(), record)));
    pay(period, wallet, (EntryPurpose::GameRefund, Incoming::Refund), paid, now).map(
        |(wallet, entries, cash)| GameBetsPaid {
            wallet,
            entries,
            play: play.give_back(cash, period.times.opens_at),
        },
    )
}

/// The wallet and the entries after each bet got its parts, and how much cash that was.
fn pay<'records>(
    period: &Period,
    wallet: &Wallet,
    (purpose, incoming): (EntryPurpose, Incoming),
    paid: impl Iterator<Item = (&'records GameBetRecord, Parts)>,
    now: Timestamp,
) -> Result<(Wallet, Vec<Entry>, Amount), BalanceTooLarge> {
    let (mut wallet, mut entries, mut cash) = (wallet.clone(), Vec::new(), Amount::ZERO);
    for (record, parts) in paid {
        assert_eq!(wallet.user, record.user, "{:?}", Invariant::M8NobodyElses);
        let posting = Posting {
            key: EntryKey::new(purpose, &[&record.bet]),
            amount: Amount::ZERO,
            account: SystemAccount::Period(period.id.to_string()),
            reference: record.bet.to_string(),
        };
        let (next, written) = wallet.credit_parts(incoming, &posting, parts, now)?;
        (wallet, cash) = (next, cash.saturating_add(parts.cash));
        entries.extend(written);
    }
    Ok((wallet, entries, cash))
}

/// How an amount is shared between the balances that paid a stake: the bonus gets its share rounded down at the last
/// decimal, and cash the rest.
pub(crate) fn parts_of(amount: Amount, record: &GameBetRecord) -> Parts {
    let share = amount.units() * record.bonus.units() / record.stake.amount().units();
    let bonus = Amount::from_units(share).unwrap_or_default();
    Parts { cash: amount.saturating_sub(bonus), bonus }
}
