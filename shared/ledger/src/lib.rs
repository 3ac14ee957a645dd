//! Money: exact amounts, wallets, and the entries that explain them.
//!
//! Keeps M1 (each entry names the account on its other side), M2 (a posting that would overdraw is refused) and M4
//! (entries of a wallet are numbered without a gap, each continues the balance and the hash of the one before).
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O; time comes in as an
//! argument. There is no floating-point number in this crate.

mod account;
mod amount;
mod digest;
mod entry;
mod user;
mod wallet;

pub use account::{Account, AccountError};
pub use amount::{Amount, AmountError};
pub use digest::{Digest, DigestError};
pub use entry::{ChainFault, Entry, EntryKey, EntryKind, EntryKindError};
pub use user::{UserId, UserIdError};
pub use wallet::{BalanceTooLarge, Incoming, InsufficientBalance, Posting, Wallet};
