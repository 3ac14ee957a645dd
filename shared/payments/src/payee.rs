//! Where a player is paid: what is known of it without the number of the account.

use crate::{PayeeId, SeenPayee};
use evens_ledger::{Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// The number of an account, as its owner gives it: 6 to 64 printable ASCII characters without a space, and as many
/// without hyphens that group them. It never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// The shortest and the longest number, in characters. Its last four are shown, and must not be all of it.
    pub const LENGTH: std::ops::RangeInclusive<usize> = 6..=64;

    /// The number, for whoever seals it or pays to it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What tells the account apart from all others, however its owner writes it: small letters are capital ones, and
    /// hyphens group what is no address (`name@bank`).
    pub fn canonical(&self) -> String {
        self.ungrouped().to_ascii_uppercase()
    }

    fn ungrouped(&self) -> String {
        if self.0.contains('@') { self.0.clone() } else { self.0.replace('-', "") }
    }

    /// What its owner knows it by, however they group it: the last four characters.
    pub fn mask(&self) -> AccountMask {
        let text = self.ungrouped();
        AccountMask(text.chars().skip(text.chars().count() - 4).collect())
    }
}

/// Why a text is no account number, in the order of the checks. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountNumberError {
    /// Too short to be one, or too long for a provider.
    #[error("has {length} characters; it must have {} to {}", AccountNumber::LENGTH.start(), AccountNumber::LENGTH.end())]
    Length {
        /// How many it has.
        length: usize,
    },
    /// A character that is not printable ASCII, or a space.
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

/// Never the number.
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

/// The text is not four printable ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not four printable ASCII characters")]
pub struct AccountMaskError;

/// A mask as it was stored.
impl FromStr for AccountMask {
    type Err = AccountMaskError;

    fn from_str(text: &str) -> Result<Self, AccountMaskError> {
        let fits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(AccountMaskError) }
    }
}

/// Where a player is paid. The number itself is sealed, and only whoever pays opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// Its id.
    pub id: PayeeId,
    /// Whose it is.
    pub user: UserId,
    /// What its owner knows it by.
    pub mask: AccountMask,
    /// The sealed number, as its text.
    pub sealed: String,
    /// What tells the account apart from all others: one account is one player's.
    pub fingerprint: Digest,
    /// Since when it is known.
    pub since: Timestamp,
    /// From when on it can be paid.
    pub usable_from: Timestamp,
    /// Since when its player wants no more to be paid to it. Then anybody may add the account, and what was asked for
    /// before goes on.
    pub removed_at: Option<Timestamp>,
}

impl PayeeId {
    /// The id of an account of a player: the same account is the same payee, however often it is added.
    pub fn derive(user: UserId, fingerprint: Digest) -> Self {
        let text = Digest::of(format!("payee\n{user}\n{fingerprint}").as_bytes()).to_string();
        Self::of_digest(&text)
    }
}

impl Payee {
    /// A payee that was just added, to be paid after that time.
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

    /// For what place its number is sealed: in another item it does not open.
    pub fn place_of_seal(user: UserId, id: &PayeeId) -> String {
        format!("payee\n{user}\n{id}")
    }

    /// What decides about a withdrawal to it; none where its player has removed it.
    pub fn seen(&self) -> Option<SeenPayee> {
        let seen = SeenPayee { since: self.since, usable_from: self.usable_from };
        self.removed_at.is_none().then_some(seen)
    }

    /// The payee as its player removes it; none where they did so before.
    pub fn removed(&self, now: Timestamp) -> Option<Self> {
        self.removed_at.is_none().then(|| Self { removed_at: Some(now), ..self.clone() })
    }
}
