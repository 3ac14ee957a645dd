//! [`Transaction`]: what an entry of the bonus balance was for, in the words of the old system's record.

use crate::{BalanceKind, Entry, EntryPurpose};
use jiff::Timestamp;

/// What a bonus was for. It follows from the entry, so nothing of it can disagree with the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transaction {
    /// `registration_bonus` or `referral_bonus`.
    pub kind: &'static str,
    /// `completed`: an entry is written when its money is there.
    pub status: &'static str,
    /// For a person to read.
    pub description: &'static str,
    /// More about it.
    pub metadata: TransactionMetadata,
}

/// What there is to know about a bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionMetadata {
    /// `registration` or `referral`.
    pub bonus_type: &'static str,
    /// `house_games_only`: what it pays for.
    pub usage_restriction: &'static str,
    /// When it was credited.
    pub applied_at: Timestamp,
}

impl Entry {
    /// What it was for, by the purpose of its key; `None` for what is no bonus.
    pub fn transaction(&self) -> Option<Transaction> {
        if self.balance_kind != BalanceKind::Bonus {
            return None;
        }
        let (cause, _) = self.key.of_purpose(EntryPurpose::Bonus)?.split_once(':')?;
        let (kind, description, bonus_type) = match cause {
            "REG" => ("registration_bonus", "Welcome bonus for new registration", "registration"),
            "REF" => ("referral_bonus", "Bonus for a referred player", "referral"),
            _ => return None,
        };
        let metadata =
            TransactionMetadata { bonus_type, usage_restriction: "house_games_only", applied_at: self.at };
        Some(Transaction { kind, status: "completed", description, metadata })
    }
}
