//! Money: exact amounts, wallets, and the entries that explain their balances.
//!
//! Keeps M1 (each entry names the account on its other side, each transfer has two) and M2 (a posting that would
//! overdraw is refused). Keeps M4 (entries of a wallet are numbered without a gap; each continues the previous hash and
//! the balance that it moves). A wallet has two balances, cash and bonus. The bonus pays only where a [`DebitRule`]
//! says so.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O; time is an argument. There is
//! no floating-point number in this crate.

mod amount;
mod balance_kind;
mod debit_rule;
mod digest;
mod entry;
mod entry_purpose;
mod entry_text;
mod invariant;
mod system_account;
mod transaction;
mod transfer;
mod user;
mod wallet;
mod wallet_owner;

pub use amount::{Amount, AmountError};
pub use balance_kind::{BalanceKind, BalanceKindError};
pub use debit_rule::{DebitRule, Parts};
pub use digest::{Digest, DigestError, RunningDigest};
pub use entry::{ChainFault, Entry, EntryKey, EntryKind, EntryKindError};
pub use entry_purpose::EntryPurpose;
pub use entry_text::one_line;
pub use invariant::Invariant;
pub use system_account::{LedgerAccount, ProviderName, ProviderNameError, SystemAccount, SystemAccountError};
pub use transaction::{Transaction, TransactionMetadata};
pub use transfer::Transfer;
pub use user::{UserId, UserIdError};
pub use wallet::{BalanceTooLarge, Incoming, InsufficientBalance, Posting, Wallet};
pub use wallet_owner::WalletOwner;
