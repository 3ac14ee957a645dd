//! [`DebitRule`]: which of a wallet's two balances pays; and [`Parts`]: how much of each.

use crate::{Amount, BalanceKind, Wallet};

/// Which of a wallet's two balances pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DebitRule {
    /// Cash alone: bets of players against each other, withdrawals.
    CashOnly,
    /// Cash, and the bonus for what is missing.
    CashFirst,
    /// The bonus, and cash for what is missing.
    BonusFirst,
}

/// The parts of one amount that are cash and bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Of the cash balance.
    pub cash: Amount,
    /// Of the bonus balance.
    pub bonus: Amount,
}

impl DebitRule {
    /// How much of an amount each balance pays; none where they do not hold enough (M2).
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

    /// The most that a wallet can pay under the rule. Where both balances are more than an [`Amount`] can say, it is
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
    /// The parts that are more than nothing, cash first. Of nothing at all it is the cash part, so that every movement
    /// leaves a trace.
    pub fn of_each_kind(self) -> impl Iterator<Item = (BalanceKind, Amount)> {
        let Self { cash, bonus } = self;
        let is_cash = cash > Amount::ZERO || bonus == Amount::ZERO;
        let cash = is_cash.then_some((BalanceKind::Cash, cash));
        let bonus = (bonus > Amount::ZERO).then_some((BalanceKind::Bonus, bonus));
        cash.into_iter().chain(bonus)
    }
}
