//! Money: exact amounts, wallets, and the entries that explain them.
//!
//! Keeps M1 (each entry names the account on its other side), M2 (a posting that would overdraw is refused) and M4
//! (entries of a wallet are numbered without a gap, each continues the hash of the one before and the balance of its
//! purse). A wallet has two purses, cash and bonus; nothing here takes a bonus out.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O; time comes in as an
//! argument. There is no floating-point number in this crate.

mod account;
mod amount;
mod digest;
mod entry;
mod entry_text;
mod purse;
mod transaction;
mod user;
mod wallet;

pub use account::{Account, AccountError};
pub use amount::{Amount, AmountError};
pub use digest::{Digest, DigestError};
pub use entry::{ChainFault, Entry, EntryKey, EntryKind, EntryKindError};
pub use purse::{Purse, PurseError};
pub use transaction::{Transaction, TransactionMetadata};
pub use user::{UserId, UserIdError};
pub use wallet::{BalanceTooLarge, Incoming, InsufficientBalance, Posting, Wallet};
