//! Answers about wallets. What the old API answered stays, name by name; amounts are JSON numbers with their exact
//! digits.

use crate::Money;
use crate::http::cursor::next_cursor;
use evens_idempotency::BetId;
use evens_jackpots::Contribution;
use evens_ledger::{Entry, EntryKind, Transaction, TransactionMetadata, Transfer, UserId, Wallet};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `200` to `GET /api/wallet`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletAnswer {
    /// The player's wallet.
    pub data: WalletBody,
}

/// A wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletBody {
    /// Whose it is.
    pub user_id: u64,
    /// What can be spent.
    pub balance: Money,
    /// What was given as a bonus: it pays for house games only, never for a bet on A or B or for a withdrawal.
    pub bonus_balance: Money,
    /// Stakes of bets that have not ended; already taken from the balance.
    pub locked_balance: Money,
    /// The number of ledger entries.
    pub version: u64,
    /// When the newest of them was made (RFC 3339); null where there is none, or of a wallet that nothing has moved in
    /// since wallets carry their newest entries.
    pub updated_at: Option<String>,
}

impl From<&Wallet> for WalletAnswer {
    fn from(wallet: &Wallet) -> Self {
        let Wallet { user, balance, bonus, locked, version, head: _, newest } = wallet;
        let data = WalletBody {
            user_id: user.number(),
            balance: (*balance).into(),
            bonus_balance: (*bonus).into(),
            locked_balance: (*locked).into(),
            version: *version,
            updated_at: newest.last().map(|entry| entry.at.to_string()),
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
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// A ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryBody {
    /// 1 for the wallet's first entry, then without a gap.
    pub number: u64,
    /// `DEBIT`, `CREDIT`, `REFUND` or `PAYOUT`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `CASH` or `BONUS`: which balance it moves.
    pub purse: &'static str,
    /// What was added; negative where money was taken.
    pub amount: Money,
    /// The key under which it has had its one effect.
    pub idempotent_key: String,
    /// The bet, match or order that it is about.
    pub reference_id: String,
    /// The player's bet that it is about, also where it is about one of its matches; null where it is about none.
    pub bet_id: Option<String>,
    /// The account on the other side.
    pub account: String,
    /// The balance that it moves, before it.
    pub balance_before: Money,
    /// The balance that it moves, after it.
    pub balance_after: Money,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// Hash of the entry before it.
    pub previous_hash: String,
    /// Its own hash.
    pub hash: String,
    /// What a bonus was for; absent where it is no bonus.
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
    /// Whose ledger was searched; null where nothing says whose it is in: then say the `user`.
    pub user_id: Option<u64>,
    /// The transfer between accounts of the system that has the key; null where there is none.
    pub transfer: Option<TransferBody>,
    /// The contribution to jackpots that has the id, or moved what has the key; null where there is none.
    pub contribution: Option<FoundContributionBody>,
    /// Whether all of the ledger was searched. A very long one is searched from its newest entry on.
    pub complete: bool,
}

/// A movement between two accounts of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferBody {
    /// The key under which it has had its one effect.
    pub idempotent_key: String,
    /// The account that gave.
    pub from: String,
    /// The account that got.
    pub to: String,
    /// How much.
    pub amount: Money,
    /// The order or the payment that it is about.
    pub reference_id: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
}

/// A contribution to jackpots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundContributionBody {
    /// The id under which it has had its one effect.
    pub op_id: String,
    /// Who made it; null where bets on house games did, or of one that was made before that was put down.
    pub user_id: Option<u64>,
    /// Whether bets on house games made it.
    pub is_of_play: bool,
    /// What it moved, into pools and reserves.
    pub transfers: Vec<TransferBody>,
    /// When it was made (RFC 3339).
    pub created_at: String,
}

impl From<&Transfer> for TransferBody {
    fn from(transfer: &Transfer) -> Self {
        Self {
            idempotent_key: transfer.key.to_string(),
            from: transfer.from.to_string(),
            to: transfer.to.to_string(),
            amount: transfer.amount.into(),
            reference_id: transfer.reference.clone(),
            created_at: transfer.at.to_string(),
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
            created_at: contribution.at.to_string(),
        }
    }
}

impl FoundEntriesAnswer {
    /// What was found in a ledger and beside it; and by their numbers, the bets that the entries are about.
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

/// What a bonus was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionBody {
    /// `registration_bonus` or `referral_bonus`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `completed`.
    pub status: &'static str,
    /// For a person to read.
    pub description: &'static str,
    /// What the entry is about.
    pub reference_id: String,
    /// More about it.
    pub metadata: TransactionMetadataBody,
}

/// What there is to know about a bonus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionMetadataBody {
    /// `registration` or `referral`.
    pub bonus_type: &'static str,
    /// `house_games_only`.
    pub usage_restriction: &'static str,
    /// When it was credited (RFC 3339).
    pub applied_at: String,
}

impl TransactionBody {
    fn of(entry: &Entry) -> Option<Self> {
        let Transaction { kind, status, description, metadata } = entry.transaction()?;
        let TransactionMetadata { bonus_type, usage_restriction, applied_at } = metadata;
        let applied_at = applied_at.to_string();
        let metadata = TransactionMetadataBody { bonus_type, usage_restriction, applied_at };
        Some(Self { kind, status, description, reference_id: entry.reference.clone(), metadata })
    }
}

impl EntryBody {
    /// An entry, and the bet that it is about.
    pub fn new(entry: &Entry, bet: Option<&BetId>) -> Self {
        let amount = match entry.kind {
            EntryKind::Debit => Money::taken(entry.amount),
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
            created_at: entry.at.to_string(),
            previous_hash: entry.previous_hash.to_string(),
            hash: entry.hash.to_string(),
            transaction: TransactionBody::of(entry),
        }
    }
}

impl LedgerAnswer {
    /// A page of entries, newest first; and by their numbers, the bets that they are about.
    pub fn new(entries: &[Entry], bets: &BTreeMap<u64, BetId>) -> Self {
        let next_cursor = next_cursor(entries.last().map(|entry| entry.number));
        Self {
            data: entries.iter().map(|entry| EntryBody::new(entry, bets.get(&entry.number))).collect(),
            next_cursor,
        }
    }
}
