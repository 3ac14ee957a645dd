//! [`Entry`]: one line of a wallet's append-only ledger, chained to the line before it.

use crate::{Account, Amount, Digest, UserId};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The idempotency key of a movement of money, such as `BET:{betId}`; it has at most one effect, for ever (M3).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(String);

impl EntryKey {
    /// The key of this purpose and these parts, joined by colons.
    pub fn new(purpose: &str, parts: &[&dyn fmt::Display]) -> Self {
        let mut key = purpose.to_owned();
        for part in parts {
            key.push(':');
            key.push_str(&part.to_string());
        }
        Self(key)
    }

    /// A key as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for EntryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What an entry does to its wallet. Only a debit takes money out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// Money leaves the wallet: a stake, a withdrawal.
    Debit,
    /// Money comes in: winnings, a deposit.
    Credit,
    /// A stake comes back.
    Refund,
    /// An emergency payment by an operator.
    Payout,
}

/// The text names no kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no kind of ledger entry")]
pub struct EntryKindError;

impl EntryKind {
    /// The name in the table and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debit => "DEBIT",
            Self::Credit => "CREDIT",
            Self::Refund => "REFUND",
            Self::Payout => "PAYOUT",
        }
    }
}

impl FromStr for EntryKind {
    type Err = EntryKindError;

    fn from_str(text: &str) -> Result<Self, EntryKindError> {
        match text {
            "DEBIT" => Ok(Self::Debit),
            "CREDIT" => Ok(Self::Credit),
            "REFUND" => Ok(Self::Refund),
            "PAYOUT" => Ok(Self::Payout),
            _ => Err(EntryKindError),
        }
    }
}

/// One line of a wallet's ledger. Never changed and never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose wallet.
    pub user: UserId,
    /// 1 for a wallet's first entry, then without a gap; the wallet's version after it.
    pub number: u64,
    /// The idempotency key of the movement.
    pub key: EntryKey,
    /// What it does.
    pub kind: EntryKind,
    /// How much; [`Entry::units_signed`] has the sign.
    pub amount: Amount,
    /// The account on the other side (M1).
    pub account: Account,
    /// The bet, match or order that it is about.
    pub reference: String,
    /// Balance before it.
    pub balance_before: Amount,
    /// Balance after it.
    pub balance_after: Amount,
    /// When it was made.
    pub at: Timestamp,
    /// Hash of the entry before it; zeros for the first.
    pub previous_hash: Digest,
    /// Hash of all of the above.
    pub hash: Digest,
}

/// How an entry fails to continue the one before it (M4), in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The entry before is in another wallet.
    #[error("the entry before is in another wallet")]
    User,
    /// The number is not the next one.
    #[error("the number does not follow")]
    Number,
    /// The balance before is not the balance after of the one before.
    #[error("the balance before is not the balance after of the entry before")]
    BalanceBefore,
    /// Before, amount and after do not add up.
    #[error("balance before, amount and balance after do not add up")]
    BalanceAfter,
    /// The entry before was changed, or one was removed.
    #[error("the hash of the entry before differs")]
    PreviousHash,
    /// The entry itself was changed.
    #[error("the entry does not have the hash that it carries")]
    Hash,
}

impl Entry {
    /// The amount in units of the last decimal, negative for a debit.
    pub fn units_signed(&self) -> i128 {
        match self.kind {
            EntryKind::Debit => -self.amount.units(),
            EntryKind::Credit | EntryKind::Refund | EntryKind::Payout => self.amount.units(),
        }
    }

    /// The hash that the entry must carry: SHA-256 over its fields in the order of the struct, one a line.
    ///
    /// A line break inside a field is written as `\n` and a backslash as `\\`, so that no two entries have one text.
    pub fn computed_hash(&self) -> Digest {
        let Self { user, number, key, kind, amount, account, reference, .. } = self;
        let Self { balance_before, balance_after, at, previous_hash, .. } = self;
        let kind = kind.as_str();
        let (key, reference) = (one_line(key.as_str()), one_line(reference));
        let account = one_line(&account.to_string());
        let text = format!(
            "{user}\n{number}\n{key}\n{kind}\n{amount}\n{account}\n{reference}\n\
             {balance_before}\n{balance_after}\n{at}\n{previous_hash}"
        );
        Digest::of(text.as_bytes())
    }

    /// Whether this entry continues `previous` (`None`: it is the first of its wallet), as M4 asks for.
    pub fn continues(&self, previous: Option<&Entry>) -> Result<(), ChainFault> {
        let (number, balance, hash) = previous
            .map_or((0, Amount::ZERO, Digest::ZERO), |entry| (entry.number, entry.balance_after, entry.hash));
        if previous.is_some_and(|entry| entry.user != self.user) {
            return Err(ChainFault::User);
        }
        if number.checked_add(1) != Some(self.number) {
            return Err(ChainFault::Number);
        }
        if self.balance_before != balance {
            return Err(ChainFault::BalanceBefore);
        }
        if self.balance_before.units() + self.units_signed() != self.balance_after.units() {
            return Err(ChainFault::BalanceAfter);
        }
        if self.previous_hash != hash {
            return Err(ChainFault::PreviousHash);
        }
        if self.hash == self.computed_hash() { Ok(()) } else { Err(ChainFault::Hash) }
    }
}

fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}
