//! Answers about wallets. The old API's fields keep their names. Amounts are JSON numbers with their exact digits.

use crate::http::cursor::next_cursor;
use crate::{Data, HashedTime, Money, Time};
use evens_idempotency::BetId;
use evens_jackpots::Contribution;
use evens_ledger::{Entry, EntryKind, Transaction, TransactionMetadata, Transfer, UserId, Wallet};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletBody {
    /// The wallet's owner.
    pub user_id: u64,
    /// The available balance.
    pub balance: Money,
    /// The bonus balance. It pays for house games only, never for a bet on A or B or for a withdrawal.
    pub bonus_balance: Money,
    /// Stakes of bets that have not ended. They are already deducted from the balance.
    pub locked_balance: Money,
    /// The number of ledger entries.
    pub version: u64,
    /// Time of the newest entry (RFC 3339). Null without entries, and for a wallet that has not changed since wallets
    /// began to carry their newest entries.
    pub updated_at: Option<Time>,
}

impl From<&Wallet> for Data<WalletBody> {
    fn from(wallet: &Wallet) -> Self {
        let Wallet { user, balance, bonus, locked, version, head: _, newest } = wallet;
        let data = WalletBody {
            user_id: user.number(),
            balance: (*balance).into(),
            bonus_balance: (*bonus).into(),
            locked_balance: (*locked).into(),
            version: *version,
            updated_at: newest.last().map(|entry| entry.at.into()),
        };
        Self { data }
    }
}

/// `200` to `GET /api/wallet/ledger`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerAnswer {
    /// The wallet's entries, newest first.
    pub data: Vec<EntryBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryBody {
    /// 1 for the wallet's first entry, then without gaps.
    pub number: u64,
    /// `DEBIT`, `CREDIT`, `REFUND` or `PAYOUT`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `CASH` or `BONUS`: the balance that the entry changes.
    pub purse: &'static str,
    /// The amount; negative for a debit.
    pub amount: Money,
    /// The idempotency key, under which the entry was made once.
    pub idempotent_key: String,
    /// The bet, match or order that the entry is about.
    pub reference_id: String,
    /// The player's bet that the entry is about, directly or through one of its matches; null if there is none.
    pub bet_id: Option<String>,
    /// The account on the other side.
    pub account: String,
    /// The balance before the entry.
    pub balance_before: Money,
    /// The balance after the entry.
    pub balance_after: Money,
    /// Time of the entry (RFC 3339).
    pub created_at: HashedTime,
    /// Hash of the previous entry.
    pub previous_hash: String,
    /// Hash of this entry.
    pub hash: String,
    /// The reason for a bonus; absent for other entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transaction: Option<TransactionBody>,
}

/// `200` to `GET /api/operator/ledger`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundEntriesAnswer {
    /// The entries, newest first.
    pub data: Vec<EntryBody>,
    /// The user whose ledger was searched. Null if the key or reference does not lead to a user; then give `user`.
    pub user_id: Option<u64>,
    /// The transfer between system accounts that has the key; null if there is none.
    pub transfer: Option<TransferBody>,
    /// The jackpot contribution that has the id, or whose transfer has the key; null if there is none.
    pub contribution: Option<FoundContributionBody>,
    /// `true` if the whole ledger was searched. A very long one is searched from its newest entry up to a limit.
    pub complete: bool,
}

/// A movement between two accounts of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferBody {
    /// The idempotency key, under which the transfer was made once.
    pub idempotent_key: String,
    /// The debited account.
    pub from: String,
    /// The credited account.
    pub to: String,
    /// The amount.
    pub amount: Money,
    /// The order or the payment that the transfer is about.
    pub reference_id: String,
    /// Time of the transfer (RFC 3339).
    pub created_at: Time,
}

/// A contribution to jackpots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundContributionBody {
    /// The operation id, under which the contribution was made once.
    pub op_id: String,
    /// The user who made it. Null for bets on house games, and for contributions from before this was stored.
    pub user_id: Option<u64>,
    /// `true` if bets on house games made it.
    pub is_of_play: bool,
    /// Its transfers, into pools and reserves.
    pub transfers: Vec<TransferBody>,
    /// Time of the contribution (RFC 3339).
    pub created_at: Time,
}

impl From<&Transfer> for TransferBody {
    fn from(transfer: &Transfer) -> Self {
        Self {
            idempotent_key: transfer.key.to_string(),
            from: transfer.from.to_string(),
            to: transfer.to.to_string(),
            amount: transfer.amount.into(),
            reference_id: transfer.reference.clone(),
            created_at: transfer.at.into(),
        }
    }
}

impl From<&Contribution> for FoundContributionBody {
    fn from(contribution: &Contribution) -> Self {
        Self {
            op_id: contribution.operation.to_string(),
            user_id: contribution.by.map(UserId::number),
            is_of_play: contribution.operation.is_of_play(),
            transfers: contribution.transfers().iter().map(TransferBody::from).collect(),
            created_at: contribution.at.into(),
        }
    }
}

impl FoundEntriesAnswer {
    /// The search result, with the bets of the entries by entry number.
    pub fn new(
        entries: &[Entry],
        bets: &BTreeMap<u64, BetId>,
        transfer: Option<&Transfer>,
        contribution: Option<&Contribution>,
        searched: Option<UserId>,
        is_complete: bool,
    ) -> Self {
        let data = entries.iter().map(|entry| EntryBody::new(entry, bets.get(&entry.number))).collect();
        Self {
            data,
            user_id: searched.map(UserId::number),
            transfer: transfer.map(TransferBody::from),
            contribution: contribution.map(FoundContributionBody::from),
            complete: is_complete,
        }
    }
}

/// The reason for a bonus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionBody {
    /// `registration_bonus` or `referral_bonus`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `completed`.
    pub status: &'static str,
    /// A description for people.
    pub description: &'static str,
    /// The reference of the entry.
    pub reference_id: String,
    /// Further details.
    pub metadata: TransactionMetadataBody,
}

/// Details of a bonus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionMetadataBody {
    /// `registration` or `referral`.
    pub bonus_type: &'static str,
    /// `house_games_only`.
    pub usage_restriction: &'static str,
    /// Time of the credit (RFC 3339).
    pub applied_at: Time,
}

impl TransactionBody {
    fn of(entry: &Entry) -> Option<Self> {
        let Transaction { kind, status, description, metadata } = entry.transaction()?;
        let TransactionMetadata { bonus_type, usage_restriction, applied_at } = metadata;
        let applied_at = applied_at.into();
        let metadata = TransactionMetadataBody { bonus_type, usage_restriction, applied_at };
        Some(Self { kind, status, description, reference_id: entry.reference.clone(), metadata })
    }
}

impl EntryBody {
    /// An entry and the bet that it is about.
    pub fn new(entry: &Entry, bet: Option<&BetId>) -> Self {
        let amount = match entry.kind {
            EntryKind::Debit => Money::debit(entry.amount),
            EntryKind::Credit | EntryKind::Refund | EntryKind::Payout => entry.amount.into(),
        };
        Self {
            number: entry.number,
            kind: entry.kind.as_str(),
            purse: entry.balance_kind.as_str(),
            amount,
            idempotent_key: entry.key.to_string(),
            reference_id: entry.reference.clone(),
            bet_id: bet.map(BetId::to_string),
            account: entry.account.to_string(),
            balance_before: entry.balance_before.into(),
            balance_after: entry.balance_after.into(),
            created_at: entry.at.into(),
            previous_hash: entry.previous_hash.to_string(),
            hash: entry.hash.to_string(),
            transaction: TransactionBody::of(entry),
        }
    }
}

impl LedgerAnswer {
    /// A page of entries, newest first, with their bets by entry number.
    pub fn new(entries: &[Entry], bets: &BTreeMap<u64, BetId>) -> Self {
        let next_cursor = next_cursor(entries.last().map(|entry| entry.number));
        Self {
            data: entries.iter().map(|entry| EntryBody::new(entry, bets.get(&entry.number))).collect(),
            next_cursor,
        }
    }
}
