//! [`Row`]: one line of a file.

use crate::decisions::{self, PLAYER_FIELDS, SETTINGS_FIELDS, USER_FIELDS};
use crate::jackpots::{self, JACKPOT_FIELDS};
use crate::orders::{self, ORDER_FIELDS};
use evens_audit_log::AuditLine;
use evens_ledger::{Entry, Transfer, Wallet};
use evens_records::{DaySeal, Record};
use serde::{Serialize, Serializer};

/// A file of rows. Each exists twice: with one JSON object per line, and as CSV for spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowFile {
    /// The entries of all wallets, sorted by user and number.
    Entries,
    /// The wallets, sorted by user.
    Wallets,
    /// The transfers between system accounts, sorted by key.
    Transfers,
    /// Deposits and withdrawals, sorted by id.
    Orders,
    /// The pools, terms and wins of jackpots, in this order, each sorted by group and number.
    Jackpots,
    /// The actions of operators and cashiers, sorted by number.
    Audit,
    /// The seals of ended days, sorted by day.
    Seals,
    /// Roles and blocks of accounts, sorted by user.
    Users,
    /// Identity and own settings of players, sorted by user.
    Players,
    /// The changes of players' own settings, sorted by user and number.
    Settings,
}

impl RowFile {
    pub const ALL: [Self; 10] = [
        Self::Entries,
        Self::Wallets,
        Self::Transfers,
        Self::Orders,
        Self::Jackpots,
        Self::Audit,
        Self::Seals,
        Self::Users,
        Self::Players,
        Self::Settings,
    ];

    /// The file's name without `.jsonl` or `.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Wallets => "wallets",
            Self::Transfers => "transfers",
            Self::Orders => "orders",
            Self::Jackpots => "jackpots",
            Self::Audit => "audit",
            Self::Seals => "seals",
            Self::Users => "users",
            Self::Players => "players",
            Self::Settings => "settings",
        }
    }

    /// The names of the fields, in order.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Entries => &ENTRY_FIELDS,
            Self::Wallets => &WALLET_FIELDS,
            Self::Transfers => &TRANSFER_FIELDS,
            Self::Orders => &ORDER_FIELDS,
            Self::Jackpots => &JACKPOT_FIELDS,
            Self::Audit => &AUDIT_FIELDS,
            Self::Seals => &SEAL_FIELDS,
            Self::Users => &USER_FIELDS,
            Self::Players => &PLAYER_FIELDS,
            Self::Settings => &SETTINGS_FIELDS,
        }
    }
}

/// A row of a file.
///
/// ```
/// use evens_books::{Row, RowFile};
/// use evens_ledger::{UserId, Wallet};
/// use evens_records::Record;
/// let row = Row::of(&Record::Wallet(Wallet::empty(UserId::new(42)?))).unwrap();
/// assert_eq!((row.file, row.values[0].as_str()), (RowFile::Wallets, "42"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub file: RowFile,
    /// Sort key within the file. Rows are ordered by these bytes, and rows with the same key by their values.
    pub place: Vec<u8>,
    /// One text per field of the file, in order. Empty if the record has no such value.
    pub values: Vec<String>,
}

/// Serialized as an object with the field names, in their order.
impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.file.fields().iter().zip(&self.values))
    }
}

impl Row {
    /// The row of a record, or `None` if no file contains such records.
    pub fn of(record: &Record) -> Option<Self> {
        match record {
            Record::Entry(entry) => {
                let place = [entry.user.number(), entry.number].map(u64::to_be_bytes).concat();
                Some(Self::new(RowFile::Entries, place, values_of_entry(entry)))
            }
            Record::Wallet(wallet) => {
                let place = wallet.user.number().to_be_bytes().to_vec();
                Some(Self::new(RowFile::Wallets, place, values_of_wallet(wallet)))
            }
            Record::Transfer(transfer) => {
                let place = transfer.key.as_str().as_bytes().to_vec();
                Some(Self::new(RowFile::Transfers, place, values_of_transfer(transfer)))
            }
            Record::Deposit(deposit) => {
                let place = deposit.terms.id.to_string().into_bytes();
                Some(Self::new(RowFile::Orders, place, orders::values_of_deposit(deposit)))
            }
            Record::Withdrawal(withdrawal) => {
                let place = withdrawal.terms.id.to_string().into_bytes();
                Some(Self::new(RowFile::Orders, place, orders::values_of_withdrawal(withdrawal)))
            }
            Record::Jackpot(record) => {
                let (place, values) = jackpots::row_of(record)?;
                Some(Self::new(RowFile::Jackpots, place, values))
            }
            Record::AuditLine(line) => {
                let place = line.number.to_be_bytes().to_vec();
                Some(Self::new(RowFile::Audit, place, values_of_line(line)))
            }
            Record::Seal(seal) => {
                let place = seal.day().to_string().into_bytes();
                Some(Self::new(RowFile::Seals, place, values_of_seal(seal)))
            }
            Record::Account(account) => {
                let place = account.user.number().to_be_bytes().to_vec();
                Some(Self::new(RowFile::Users, place, decisions::values_of_user(account)))
            }
            Record::Cashier(cashier) => {
                let place = cashier.user.number().to_be_bytes().to_vec();
                Some(Self::new(RowFile::Players, place, decisions::values_of_player(cashier)))
            }
            Record::Settings(entry) => {
                let place = [entry.user.number(), entry.number].map(u64::to_be_bytes).concat();
                Some(Self::new(RowFile::Settings, place, decisions::values_of_settings(entry)))
            }
            Record::AuditHead(_)
            | Record::OrderPlace(_)
            | Record::Payee(_)
            | Record::PlayLimits(..)
            | Record::PayeeOwner(..)
            | Record::Access(..)
            | Record::Switches(_)
            | Record::Bet(_)
            | Record::Waiting(_)
            | Record::Match(_)
            | Record::Round(_)
            | Record::Seed(..)
            | Record::GameBet(_)
            | Record::Period(_)
            | Record::ArchivedPeriod(_)
            | Record::PeriodShard(_)
            | Record::PeriodSeed(..)
            | Record::PeriodResult(..)
            | Record::Funding(_)
            | Record::Name(..)
            | Record::Referral(_)
            | Record::Visit(_)
            | Record::Aside => None,
        }
    }

    fn new<const N: usize>(file: RowFile, place: Vec<u8>, values: [String; N]) -> Self {
        Self { file, place, values: values.into() }
    }
}

const ENTRY_FIELDS: [&str; 13] = [
    "user",
    "number",
    "key",
    "kind",
    "amount",
    "account",
    "reference",
    "balanceBefore",
    "balanceAfter",
    "at",
    "previousHash",
    "balanceKind",
    "hash",
];

fn values_of_entry(entry: &Entry) -> [String; ENTRY_FIELDS.len()] {
    [
        entry.user.to_string(),
        entry.number.to_string(),
        entry.key.to_string(),
        entry.kind.as_str().to_owned(),
        entry.amount.to_string(),
        entry.account.to_string(),
        entry.reference.clone(),
        entry.balance_before.to_string(),
        entry.balance_after.to_string(),
        entry.at.to_string(),
        entry.previous_hash.to_string(),
        entry.balance_kind.as_str().to_owned(),
        entry.hash.to_string(),
    ]
}

const WALLET_FIELDS: [&str; 6] = ["user", "balance", "bonus", "locked", "version", "head"];

fn values_of_wallet(wallet: &Wallet) -> [String; WALLET_FIELDS.len()] {
    [
        wallet.user.to_string(),
        wallet.balance.to_string(),
        wallet.bonus.to_string(),
        wallet.locked.to_string(),
        wallet.version.to_string(),
        wallet.head.to_string(),
    ]
}

const TRANSFER_FIELDS: [&str; 6] = ["key", "from", "to", "amount", "reference", "at"];

fn values_of_transfer(transfer: &Transfer) -> [String; TRANSFER_FIELDS.len()] {
    [
        transfer.key.to_string(),
        transfer.from.to_string(),
        transfer.to.to_string(),
        transfer.amount.to_string(),
        transfer.reference.clone(),
        transfer.at.to_string(),
    ]
}

const AUDIT_FIELDS: [&str; 10] =
    ["number", "at", "actor", "action", "subject", "reason", "before", "after", "previousHash", "hash"];

fn values_of_line(line: &AuditLine) -> [String; AUDIT_FIELDS.len()] {
    [
        line.number.to_string(),
        line.at.to_string(),
        line.act.actor.to_string(),
        line.act.action.to_string(),
        line.act.subject.clone(),
        line.act.reason.clone(),
        line.act.before.clone(),
        line.act.after.clone(),
        line.previous_hash.to_string(),
        line.hash.to_string(),
    ]
}

const SEAL_FIELDS: [&str; 8] =
    ["day", "after", "previousHash", "wallets", "accounts", "transfers", "auditLog", "hash"];

fn values_of_seal(seal: &DaySeal) -> [String; SEAL_FIELDS.len()] {
    [
        seal.day().to_string(),
        seal.days.after.map(|day| day.to_string()).unwrap_or_default(),
        seal.previous.to_string(),
        seal.parts.wallets.to_string(),
        seal.parts.accounts.to_string(),
        seal.parts.transfers.to_string(),
        seal.parts.audit_log.to_string(),
        seal.digest().to_string(),
    ]
}
