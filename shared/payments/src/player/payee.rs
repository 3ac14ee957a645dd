//! The bank account of a player, without its number.

use crate::{PayeeId, PayeeSnapshot};
use evens_ledger::{Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// The number of a bank account as its owner enters it: 6 to 64 printable ASCII characters without spaces, and as many
/// without grouping hyphens. Debug output shows only the mask.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// The allowed length in characters. The last four characters are shown and must not be the whole number.
    pub const LENGTH: std::ops::RangeInclusive<usize> = 6..=64;

    /// The number, for sealing it or paying to it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The normalised number, which identifies the account in every notation. Letters are upper case. Hyphens are
    /// removed unless it is an address (`name@bank`).
    pub fn canonical(&self) -> String {
        self.ungrouped().to_ascii_uppercase()
    }

    fn ungrouped(&self) -> String {
        if self.0.contains('@') { self.0.clone() } else { self.0.replace('-', "") }
    }

    /// The last four characters without grouping, by which the owner recognises the account.
    pub fn mask(&self) -> AccountMask {
        let text = self.ungrouped();
        AccountMask(text.chars().skip(text.chars().count() - 4).collect())
    }
}

/// The reason why a text is not an account number, in the order of the checks. It does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountNumberError {
    #[error("has {length} characters; it must have {} to {}", AccountNumber::LENGTH.start(), AccountNumber::LENGTH.end())]
    Length { length: usize },
    #[error("has a character that is not printable ASCII, or a space")]
    Character,
}

impl FromStr for AccountNumber {
    type Err = AccountNumberError;

    fn from_str(text: &str) -> Result<Self, AccountNumberError> {
        let number = Self(text.to_owned());
        let (length, counted) = (text.chars().count(), number.ungrouped().chars().count());
        for length in [length, counted] {
            if !Self::LENGTH.contains(&length) {
                return Err(AccountNumberError::Length { length });
            }
        }
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_visible { Ok(number) } else { Err(AccountNumberError::Character) }
    }
}

/// Never shows the number.
impl fmt::Debug for AccountNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccountNumber(...{})", self.mask())
    }
}

/// The last four characters of an account number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountMask(String);

impl fmt::Display for AccountMask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be four printable ASCII characters")]
pub struct AccountMaskError;

/// Reads a stored mask.
impl FromStr for AccountMask {
    type Err = AccountMaskError;

    fn from_str(text: &str) -> Result<Self, AccountMaskError> {
        let fits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(AccountMaskError) }
    }
}

/// A player's bank account. Its number is sealed and opened only for a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    pub id: PayeeId,
    pub user: UserId,
    /// The part of the number by which the owner recognises the account.
    pub mask: AccountMask,
    /// The sealed number as text.
    pub sealed: String,
    /// Identifies the account, which can belong to one player only.
    pub fingerprint: Digest,
    pub since: Timestamp,
    /// The time from which on the account can be paid.
    pub usable_from: Timestamp,
    /// When the player removed the account. It can then be added by any player, and withdrawals requested earlier are
    /// still paid.
    pub removed_at: Option<Timestamp>,
}

impl PayeeId {
    /// The id of a player's account. Adding the same account again gives the same id.
    pub fn derive(user: UserId, fingerprint: Digest) -> Self {
        let text = Digest::of(format!("payee\n{user}\n{fingerprint}").as_bytes()).to_string();
        Self::of_digest(&text)
    }
}

impl Payee {
    /// A payee that is added now and usable after `usable_after`.
    pub fn new(
        user: UserId,
        mask: AccountMask,
        sealed: String,
        fingerprint: Digest,
        usable_after: SignedDuration,
        now: Timestamp,
    ) -> Self {
        let id = PayeeId::derive(user, fingerprint);
        let usable_from = now + usable_after;
        Self { id, user, mask, sealed, fingerprint, since: now, usable_from, removed_at: None }
    }

    /// The context for sealing the number: in another item it cannot be opened.
    pub fn place_of_seal(user: UserId, id: &PayeeId) -> String {
        format!("payee\n{user}\n{id}")
    }

    /// The facts that decide about a withdrawal to this payee. Returns `None` if the player has removed it.
    pub fn snapshot(&self) -> Option<PayeeSnapshot> {
        let snapshot = PayeeSnapshot { since: self.since, usable_from: self.usable_from };
        self.removed_at.is_none().then_some(snapshot)
    }

    /// Removes the payee for its player. Returns `None` if it was already removed.
    pub fn removed(&self, now: Timestamp) -> Option<Self> {
        self.removed_at.is_none().then(|| Self { removed_at: Some(now), ..self.clone() })
    }
}
