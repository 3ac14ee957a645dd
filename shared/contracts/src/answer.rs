//! Answers. What the old API answered stays, name by name; amounts are JSON numbers with their exact digits.

use crate::{Cursor, Money};
use evens_exchange::{Bet, BetId, BetStatus, BetView, Nonce};
use evens_ledger::{Entry, EntryKind, Transaction, TransactionMetadata, Wallet};
use serde::Serialize;
use utoipa::ToSchema;

/// `202` to `POST /api/bets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceBetAnswer {
    /// The HTTP status again, as old clients read it.
    pub status: u16,
    /// The bet.
    pub data: PlacedBetBody,
}

/// A bet that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacedBetBody {
    /// The bet's id.
    pub bet_id: String,
    /// `PENDING`: how the bet was accepted. `GET /api/bets/{betId}` says how it stands now.
    pub status: &'static str,
    /// The balance after the stake was taken.
    pub balance: Money,
    /// The SHA-256 of the nonce that the server drew for the bet, and that the draw of its matches is made from. The
    /// nonce itself is told when nothing of the bet waits any more. Null for a bet of before there were nonces.
    pub nonce_hash: Option<String>,
    /// For a person to read.
    pub message: &'static str,
}

impl From<&Bet> for PlaceBetAnswer {
    fn from(bet: &Bet) -> Self {
        let data = PlacedBetBody {
            bet_id: bet.id.to_string(),
            status: BetStatus::Pending.as_str(),
            balance: bet.balance_after.into(),
            nonce_hash: nonce_hash(bet),
            message: "Bet placed, waiting for match",
        };
        Self { status: 202, data }
    }
}

fn nonce_hash(bet: &Bet) -> Option<String> {
    bet.nonce.as_ref().map(|nonce| nonce.hash().to_string())
}

/// A bet as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetBody {
    /// The bet's id.
    pub bet_id: String,
    /// Who placed it.
    pub user_id: u64,
    /// In which round.
    pub round_id: String,
    /// `A` or `B`.
    pub side: &'static str,
    /// The stake.
    pub amount: Money,
    /// `PENDING`, `MATCHED`, `SETTLED` or `REFUNDED`.
    pub status: &'static str,
    /// The part that waits for opponents.
    pub open: Money,
    /// The part that is matched and not settled.
    pub matched: Money,
    /// The part whose matches are settled.
    pub settled: Money,
    /// The part that was given back.
    pub refunded: Money,
    /// What was won: twice each settled part that won.
    pub payout: Money,
    /// The SHA-256 of the bet's nonce; null for a bet of before there were nonces.
    pub nonce_hash: Option<String>,
    /// The bet's nonce; null while something of the bet waits.
    pub nonce: Option<String>,
    /// When it was placed (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

impl From<&BetView> for BetBody {
    fn from(view: &BetView) -> Self {
        let BetView { bet, open } = view;
        Self {
            bet_id: bet.id.to_string(),
            user_id: bet.user.number(),
            round_id: bet.round.to_string(),
            side: bet.side.as_str(),
            amount: bet.stake.amount().into(),
            status: view.status().as_str(),
            open: (*open).into(),
            matched: view.matched().into(),
            settled: bet.settled.into(),
            refunded: bet.refunded.into(),
            payout: bet.paid.into(),
            nonce_hash: nonce_hash(bet),
            nonce: view.nonce_told().map(Nonce::reveal),
            created_at: bet.placed_at.to_string(),
            updated_at: bet.updated_at.to_string(),
        }
    }
}

/// `200` to `GET /api/bets/{betId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BetAnswer {
    /// The bet.
    pub data: BetBody,
}

/// `200` to `GET /api/bets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetListAnswer {
    /// The player's bets, newest first.
    pub data: Vec<BetBody>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// `200` to `POST /api/bets/{betId}/refund`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefundAnswer {
    /// What was given back.
    pub data: RefundBody,
}

/// A refund that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundBody {
    /// The bet.
    pub bet_id: String,
    /// What was given back.
    pub refunded: Money,
    /// The balance afterwards.
    pub balance: Money,
}

impl RefundAnswer {
    /// The answer to a refund of a bet that this entry made.
    pub fn new(bet: BetId, entry: &Entry) -> Self {
        let (refunded, balance) = (entry.amount.into(), entry.balance_after.into());
        Self { data: RefundBody { bet_id: bet.to_string(), refunded, balance } }
    }
}

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
}

impl From<&Wallet> for WalletAnswer {
    fn from(wallet: &Wallet) -> Self {
        let Wallet { user, balance, bonus, locked, version, head: _, newest: _ } = wallet;
        let data = WalletBody {
            user_id: user.number(),
            balance: (*balance).into(),
            bonus_balance: (*bonus).into(),
            locked_balance: (*locked).into(),
            version: *version,
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

impl From<&Entry> for EntryBody {
    fn from(entry: &Entry) -> Self {
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

/// The cursor of a page that ends with the entry of this number; none where that is the first.
pub(crate) fn next_cursor(last_number: Option<u64>) -> Option<String> {
    last_number.filter(|number| *number > 1).map(|before| Cursor { before }.to_string())
}

impl LedgerAnswer {
    /// A page of entries, newest first.
    pub fn new(entries: &[Entry]) -> Self {
        let next_cursor = next_cursor(entries.last().map(|entry| entry.number));
        Self { data: entries.iter().map(EntryBody::from).collect(), next_cursor }
    }
}

impl BetListAnswer {
    /// A page of bets, newest first; the next one starts before the entry of the number `next`.
    pub fn new(bets: &[BetView], next: Option<u64>) -> Self {
        Self { data: bets.iter().map(BetBody::from).collect(), next_cursor: next_cursor(next) }
    }
}

/// `200` to `GET /health/live`: the process answers, whatever it depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveAnswer {
    /// Always true.
    pub alive: bool,
}

/// `200` or `503` to `GET /health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct ReadyAnswer {
    /// Whether requests should be sent here.
    pub ready: bool,
    /// Whether the process is about to stop; then it still answers, and is asked nothing new.
    pub draining: bool,
    /// Whether the table answers.
    pub table: bool,
    /// Whether the queues answer.
    pub queues: bool,
}

/// `200` or `503` to `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthAnswer {
    /// Whether all of it answers.
    pub healthy: bool,
    /// Whether the table answers.
    pub table: bool,
    /// Whether the queues answer.
    pub queues: bool,
}
