//! [`Wallet`]: a user's money, and the one function that changes it.

use crate::{Account, Amount, Digest, Entry, EntryKey, EntryKind, UserId};
use jiff::Timestamp;

/// A user's money as of its newest entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Whose it is.
    pub user: UserId,
    /// What can be spent.
    pub balance: Amount,
    /// Stakes of bets that have not ended: already debited, shown to the player, never spent from.
    pub locked: Amount,
    /// Number of the newest entry; 0 for a wallet that never held money.
    pub version: u64,
    /// Hash of the newest entry.
    pub head: Digest,
}

/// A movement of money that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Its idempotency key.
    pub key: EntryKey,
    /// How much.
    pub amount: Amount,
    /// The account on the other side.
    pub account: Account,
    /// The bet, match or order that it is about.
    pub reference: String,
}

/// A debit is larger than the balance (M2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the debit of {amount} is larger than the balance of {balance}")]
pub struct InsufficientBalance {
    /// What the wallet holds.
    pub balance: Amount,
    /// What was to be taken.
    pub amount: Amount,
}

/// A credit would make the balance larger than an [`Amount`] can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the balance would exceed the largest amount")]
pub struct BalanceTooLarge;

impl Wallet {
    /// The wallet of a user who never held money.
    pub fn empty(user: UserId) -> Self {
        Self { user, balance: Amount::ZERO, locked: Amount::ZERO, version: 0, head: Digest::ZERO }
    }

    /// Takes money out: the wallet afterwards, and the entry that says so.
    pub fn debit(&self, posting: Posting, at: Timestamp) -> Result<(Self, Entry), InsufficientBalance> {
        let Posting { amount, .. } = posting;
        let refusal = InsufficientBalance { balance: self.balance, amount };
        let balance_after = self.balance.checked_sub(amount).ok_or(refusal)?;
        Ok(self.append(EntryKind::Debit, posting, balance_after, at))
    }

    /// Puts money in: the wallet afterwards, and the entry that says so.
    ///
    /// ```
    /// use evens_ledger::{Account, EntryKey, Incoming, Posting, UserId, Wallet};
    /// let posting = Posting {
    ///     key: EntryKey::new("FUND", &[&"order-1"]),
    ///     amount: "500".parse()?,
    ///     account: Account::House,
    ///     reference: "order-1".to_owned(),
    /// };
    /// let empty = Wallet::empty(UserId::new(42)?);
    /// let (wallet, entry) = empty.credit(Incoming::Credit, posting, "2024-01-01T00:00:00Z".parse()?)?;
    /// assert_eq!(wallet.balance, entry.balance_after);
    /// assert_eq!(entry.number, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn credit(
        &self,
        incoming: Incoming,
        posting: Posting,
        at: Timestamp,
    ) -> Result<(Self, Entry), BalanceTooLarge> {
        let balance_after = self.balance.checked_add(posting.amount).ok_or(BalanceTooLarge)?;
        Ok(self.append(incoming.kind(), posting, balance_after, at))
    }

    fn append(
        &self,
        kind: EntryKind,
        posting: Posting,
        balance_after: Amount,
        at: Timestamp,
    ) -> (Self, Entry) {
        let Posting { key, amount, account, reference } = posting;
        let mut entry = Entry {
            user: self.user,
            number: self.version + 1,
            key,
            kind,
            amount,
            account,
            reference,
            balance_before: self.balance,
            balance_after,
            at,
            previous_hash: self.head,
            hash: Digest::ZERO,
        };
        entry.hash = entry.computed_hash();
        let after = Self { balance: balance_after, version: entry.number, head: entry.hash, ..self.clone() };
        (after, entry)
    }
}

/// Why money comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming {
    /// Winnings, a deposit.
    Credit,
    /// A stake comes back.
    Refund,
    /// An emergency payment by an operator.
    Payout,
}

impl Incoming {
    fn kind(self) -> EntryKind {
        match self {
            Self::Credit => EntryKind::Credit,
            Self::Refund => EntryKind::Refund,
            Self::Payout => EntryKind::Payout,
        }
    }
}
