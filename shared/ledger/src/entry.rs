//! [`Entry`]: one line of a wallet's append-only ledger, chained to the line before it.

use crate::entry_text::one_line;
use crate::{Amount, BalanceKind, Digest, EntryPurpose, LedgerAccount, SystemAccount, UserId};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The idempotency key of a movement of money, such as `BET:{betId}`; it has at most one effect, for ever (M3).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(String);

impl EntryKey {
    /// The key of this purpose and these parts, joined by colons.
    pub fn new(purpose: EntryPurpose, parts: &[&dyn fmt::Display]) -> Self {
        let mut key = purpose.to_string();
        for part in parts {
            key.push(':');
            key.push_str(&part.to_string());
        }
        Self(key)
    }

    /// The key of the part of a movement that is in a balance: `:BONUS` sets a bonus apart.
    #[must_use]
    pub fn of_part(&self, balance_kind: BalanceKind) -> Self {
        match balance_kind {
            BalanceKind::Cash => self.clone(),
            BalanceKind::Bonus => Self(format!("{self}:BONUS")),
        }
    }

    /// What it is for, and what stands behind that; none where no rule makes such a key.
    pub fn split(&self) -> Option<(EntryPurpose, &str)> {
        EntryPurpose::split(&self.0)
    }

    /// What stands behind the purpose of a key of this one; none of another key.
    pub fn of_purpose(&self, wanted: EntryPurpose) -> Option<&str> {
        self.split().filter(|(purpose, _)| *purpose == wanted).map(|(_, rest)| rest)
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
    /// Which of the wallet's two balances it moves.
    pub balance_kind: BalanceKind,
    /// How much; [`Entry::units_signed`] has the sign.
    pub amount: Amount,
    /// The account on the other side (M1).
    pub account: SystemAccount,
    /// The bet, match or order that it is about.
    pub reference: String,
    /// Balance of its balance before it.
    pub balance_before: Amount,
    /// Balance of its balance after it.
    pub balance_after: Amount,
    /// When it was made.
    pub at: Timestamp,
    /// Hash of the entry before it; zeros for the first.
    pub previous_hash: Digest,
    /// Hash of all of the above.
    pub hash: Digest,
}

/// How an entry fails to continue the wallet that the entries before it leave (M4), in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The entry is in another wallet.
    #[error("the entry is in another wallet than the ones before")]
    User,
    /// The number is not the next one.
    #[error("the number does not follow")]
    Number,
    /// The balance before is not what the entries before leave in this balance.
    #[error("the balance before is not what the entries before leave in this balance")]
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

    /// The account that gives, and the one that gets: the wallet's own is one of them (M1).
    pub fn from_and_to(&self) -> (LedgerAccount, LedgerAccount) {
        let wallet = LedgerAccount::Wallet(self.user, self.balance_kind);
        let other = LedgerAccount::System(self.account.clone());
        match self.kind {
            EntryKind::Debit => (wallet, other),
            EntryKind::Credit | EntryKind::Refund | EntryKind::Payout => (other, wallet),
        }
    }

    /// The hash that the entry must carry: SHA-256 over its fields in the order of the struct, one a line.
    ///
    /// The balance is not where the struct has it: an entry of the bonus balance has it as one further line, `BONUS`,
    /// at the end, and an entry of the cash balance has no line for it, because there were entries before there were
    /// balances. A line break inside a field is written as `\n` and a backslash as `\\`. So no two entries have one
    /// text.
    pub fn computed_hash(&self) -> Digest {
        let Self { user, number, key, kind, balance_kind, amount, account, reference, .. } = self;
        let Self { balance_before, balance_after, at, previous_hash, .. } = self;
        let kind = kind.as_str();
        let (key, reference) = (one_line(key.as_str()), one_line(reference));
        let account = one_line(&account.to_string());
        let mut text = format!(
            "{user}\n{number}\n{key}\n{kind}\n{amount}\n{account}\n{reference}\n\
             {balance_before}\n{balance_after}\n{at}\n{previous_hash}"
        );
        match balance_kind {
            BalanceKind::Cash => {}
            BalanceKind::Bonus => text.push_str("\nBONUS"),
        }
        Digest::of(text.as_bytes())
    }
}
