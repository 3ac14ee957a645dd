//! [`Transaction`]: the purpose of an entry of the bonus balance, in the words of the old system's record.

use crate::{BalanceKind, Entry, EntryPurpose};
use jiff::Timestamp;

/// The purpose of a bonus. It is derived from the entry, so it cannot disagree with the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transaction {
    /// `registration_bonus` or `referral_bonus`.
    pub kind: &'static str,
    /// Always `completed`: an entry is written at the moment its money moves.
    pub status: &'static str,
    pub description: &'static str,
    pub metadata: TransactionMetadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionMetadata {
    /// `registration` or `referral`.
    pub bonus_type: &'static str,
    /// `house_games_only`: the only use of a bonus.
    pub usage_restriction: &'static str,
    pub applied_at: Timestamp,
}

impl Entry {
    /// The purpose of a bonus, from its key. Returns `None` if the entry is not a bonus.
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
