//! [`DebitRule`]: which of the two balances of a wallet pays. [`Parts`]: how much each of them pays.

use crate::{Amount, BalanceKind, Wallet};

/// The balances of a wallet that pay, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DebitRule {
    /// Cash alone: for bets between players and for withdrawals.
    CashOnly,
    /// Cash first, then the bonus for the rest.
    CashFirst,
    /// The bonus first, then cash for the rest.
    BonusFirst,
}

/// The cash and bonus parts of one amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    pub cash: Amount,
    pub bonus: Amount,
}

impl DebitRule {
    /// The part of an amount that each balance pays. Returns `None` if the wallet does not hold enough (M2).
    pub fn parts(self, amount: Amount, wallet: &Wallet) -> Option<Parts> {
        let rest = |first: Amount| amount.checked_sub(first).unwrap_or_default();
        let parts = match self {
            Self::CashOnly => Parts { cash: amount, bonus: Amount::ZERO },
            Self::CashFirst => {
                let cash = amount.min(wallet.balance);
                Parts { cash, bonus: rest(cash) }
            }
            Self::BonusFirst => {
                let bonus = amount.min(wallet.bonus);
                Parts { cash: rest(bonus), bonus }
            }
        };
        (parts.cash <= wallet.balance && parts.bonus <= wallet.bonus).then_some(parts)
    }

    /// The most that a wallet can pay under this rule. If the sum of both balances does not fit an [`Amount`], it is
    /// the larger of them.
    pub fn spendable(self, wallet: &Wallet) -> Amount {
        let Wallet { balance, bonus, .. } = *wallet;
        match self {
            Self::CashOnly => balance,
            Self::CashFirst | Self::BonusFirst => balance.checked_add(bonus).unwrap_or(balance.max(bonus)),
        }
    }
}

impl Parts {
    /// The parts that are not zero, cash first. If both are zero, it is the cash part, so that every movement leaves an
    /// entry.
    pub fn of_each_kind(self) -> impl Iterator<Item = (BalanceKind, Amount)> {
        let Self { cash, bonus } = self;
        let is_cash = cash > Amount::ZERO || bonus == Amount::ZERO;
        let cash = is_cash.then_some((BalanceKind::Cash, cash));
        let bonus = (bonus > Amount::ZERO).then_some((BalanceKind::Bonus, bonus));
        cash.into_iter().chain(bonus)
    }
}
