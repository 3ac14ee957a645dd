//! [`Entry`]: one line of a wallet's append-only ledger, chained to the previous line.

use crate::entry_text::one_line;
use crate::{Amount, BalanceKind, Digest, EntryPurpose, LedgerAccount, SystemAccount, UserId};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The idempotency key of a movement of money, such as `BET:{betId}`. It has at most one effect, ever (M3).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(String);

impl EntryKey {
    /// Joins the purpose and the parts with colons.
    pub fn new(purpose: EntryPurpose, parts: &[&dyn fmt::Display]) -> Self {
        let mut key = purpose.to_string();
        for part in parts {
            key.push(':');
            key.push_str(&part.to_string());
        }
        Self(key)
    }

    /// The key of the part of a movement in one balance: a bonus part has the suffix `:BONUS`.
    #[must_use]
    pub fn of_part(&self, balance_kind: BalanceKind) -> Self {
        match balance_kind {
            BalanceKind::Cash => self.clone(),
            BalanceKind::Bonus => Self(format!("{self}:BONUS")),
        }
    }

    /// The purpose of the key and the text after it. Returns `None` if no rule makes such a key.
    pub fn split(&self) -> Option<(EntryPurpose, &str)> {
        EntryPurpose::split(&self.0)
    }

    /// The text after the purpose if the key has this purpose, else `None`.
    pub fn of_purpose(&self, wanted: EntryPurpose) -> Option<&str> {
        self.split().filter(|(purpose, _)| *purpose == wanted).map(|(_, rest)| rest)
    }

    /// Wraps a stored key without a check.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

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

/// The effect of an entry on its wallet. Only a debit takes money out.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a kind of ledger entry")]
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

/// One line of a wallet's ledger. It is never changed and never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub user: UserId,
    /// 1 for the first entry of a wallet, then without a gap. Equals the version of the wallet after this entry.
    pub number: u64,
    pub key: EntryKey,
    pub kind: EntryKind,
    /// The balance that this entry moves.
    pub balance_kind: BalanceKind,
    /// Without a sign; [`Entry::units_signed`] has the sign.
    pub amount: Amount,
    /// The account on the other side (M1).
    pub account: SystemAccount,
    /// The id of the bet, match or order that this entry is about.
    pub reference: String,
    /// The moved balance before this entry.
    pub balance_before: Amount,
    /// The moved balance after this entry.
    pub balance_after: Amount,
    pub at: Timestamp,
    /// The hash of the previous entry, or zeros for the first one.
    pub previous_hash: Digest,
    /// The hash of all fields above.
    pub hash: Digest,
}

/// The reason why an entry does not continue its wallet (M4), in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    #[error("the entry is in another wallet than the previous ones")]
    User,
    #[error("the number does not follow the previous one")]
    Number,
    /// The balance before differs from the result of the previous entries.
    #[error("the balance before it is not the balance after the previous entries")]
    BalanceBefore,
    /// The balance before, the amount and the balance after do not add up.
    #[error("the balance before it plus the amount is not the balance after it")]
    BalanceAfter,
    /// The previous entry was changed or removed.
    #[error("the hash of the previous entry differs")]
    PreviousHash,
    #[error("the stored hash is not the hash of the entry")]
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

    /// The paying and the receiving account. The wallet is one of the two (M1).
    pub fn from_and_to(&self) -> (LedgerAccount, LedgerAccount) {
        let wallet = LedgerAccount::Wallet(self.user, self.balance_kind);
        let other = LedgerAccount::System(self.account.clone());
        match self.kind {
            EntryKind::Debit => (wallet, other),
            EntryKind::Credit | EntryKind::Refund | EntryKind::Payout => (other, wallet),
        }
    }

    /// The hash that the entry must carry: SHA-256 over its fields in the order of the struct, one per line.
    ///
    /// The kind of balance is an exception. An entry of the bonus balance has it as one further line at the end,
    /// `BONUS`. An entry of the cash balance has no line for it, because the first entries were written when wallets
    /// had one balance.
    ///
    /// A line break inside a field is written as `\n` and a backslash as `\\`, so two different entries never have the
    /// same text.
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
