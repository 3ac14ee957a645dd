//! Settlement: each winner of a period is paid once, from the records of its bets and its result alone, or all stakes
//! are refunded.

use crate::{DrawnSymbols, GameBetRecord, Period};
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Invariant, Parts, Posting,
    SystemAccount, Wallet,
};
use evens_own_limits::PlayLimits;
use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WinningBet {
    pub record: GameBetRecord,
    pub payout: Amount,
}

/// The writes when bets of one player are paid or refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameBetsPaid {
    pub wallet: Wallet,
    /// The entries in the order of the bets: one for each balance that is credited, cash first.
    pub entries: Vec<Entry>,
    /// The player's own limits of play, with payouts and refunds subtracted.
    pub play: PlayLimits,
}

/// The winning bets among these, and their payouts.
pub fn winning_bets(records: &[GameBetRecord], drawn: &DrawnSymbols) -> Vec<WinningBet> {
    let paid = |record: &GameBetRecord| {
        let payout = record.stake.payout(record.selection.pays(drawn)?);
        Some(WinningBet { record: *record, payout })
    };
    records.iter().filter_map(paid).collect()
}

/// Pays winning bets of one player, with an entry `WIN:{betId}` each.
///
/// Each balance gets its share of the payout in proportion to its part of the stake, the bonus rounded down. Winnings
/// from a bonus stay a bonus: otherwise two opposite bets would turn it into cash.
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

/// Refunds bets of one player to the balances that paid them, with an entry `GAME-REFUND:{betId}` each.
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

/// Credits the parts of each bet. Returns the wallet, the entries, and the total cash.
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

/// Splits an amount between the balances that paid the stake. The bonus gets its share rounded down at the last
/// decimal, and cash gets the rest.
pub(crate) fn parts_of(amount: Amount, record: &GameBetRecord) -> Parts {
    let share = amount.units() * record.bonus.units() / record.stake.amount().units();
    let bonus = Amount::from_units(share).unwrap_or_default();
    Parts { cash: amount.saturating_sub(bonus), bonus }
}
