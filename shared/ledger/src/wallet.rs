//! [`Wallet`]: a user's money, and the only functions that change it.

use crate::{
    Amount, BalanceKind, ChainFault, DebitRule, Digest, Entry, EntryKey, EntryKind, Parts, SystemAccount,
    UserId,
};
use jiff::Timestamp;

/// A user's money as of their newest entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    pub user: UserId,
    pub balance: Amount,
    /// The bonus balance. It pays for house games only.
    pub bonus: Amount,
    /// Stakes of bets that have not ended. They are already debited, shown to the player, and never spent from.
    pub locked: Amount,
    /// The number of the newest entry, of either balance. 0 for a wallet that never held money.
    pub version: u64,
    pub head: Digest,
    /// The newest entries, oldest first, that are stored in the wallet itself rather than as items of their own.
    pub newest: Vec<Entry>,
}

/// A request to move money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    pub key: EntryKey,
    pub amount: Amount,
    /// The account on the other side.
    pub account: SystemAccount,
    /// The id of the bet, match or order that this movement is about.
    pub reference: String,
}

/// A debit is larger than the balance (M2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the debit of {amount} is larger than the balance of {balance}")]
pub struct InsufficientBalance {
    pub balance: Amount,
    pub amount: Amount,
}

/// A credit would make the balance larger than the largest [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the balance would exceed the largest amount")]
pub struct BalanceTooLarge;

impl Wallet {
    /// The wallet of a user who never held money.
    pub fn empty(user: UserId) -> Self {
        let none = Amount::ZERO;
        Self {
            user,
            balance: none,
            bonus: none,
            locked: none,
            version: 0,
            head: Digest::ZERO,
            newest: Vec::new(),
        }
    }

    pub fn balance_of(&self, balance_kind: BalanceKind) -> Amount {
        match balance_kind {
            BalanceKind::Cash => self.balance,
            BalanceKind::Bonus => self.bonus,
        }
    }

    /// Takes cash out. Returns the wallet afterwards and its new entry. The bonus is never used, even if there is too
    /// little cash.
    pub fn debit(&self, posting: Posting, at: Timestamp) -> Result<(Self, Entry), InsufficientBalance> {
        let Posting { amount, .. } = posting;
        let refusal = InsufficientBalance { balance: self.balance, amount };
        let balance_after = self.balance.checked_sub(amount).ok_or(refusal)?;
        Ok(self.append(EntryKind::Debit, BalanceKind::Cash, posting, balance_after, at))
    }

    /// Takes an amount out of both balances by a rule. Returns the wallet afterwards and one entry for each balance
    /// that paid, cash first. The key of the bonus part has the suffix `:BONUS`.
    pub fn debit_by(
        &self,
        rule: DebitRule,
        posting: &Posting,
        at: Timestamp,
    ) -> Result<(Self, Vec<Entry>), InsufficientBalance> {
        let refusal = InsufficientBalance { balance: rule.spendable(self), amount: posting.amount };
        let parts = rule.parts(posting.amount, self).ok_or(refusal)?;
        let balance_after = |wallet: &Self, kind, part| wallet.balance_of(kind).checked_sub(part);
        self.append_parts(EntryKind::Debit, posting, parts, at, balance_after).ok_or(refusal)
    }

    /// Puts money into both balances, such as the parts of a refunded stake. Returns the wallet afterwards and one
    /// entry for each balance that was credited, cash first. The keys are those of [`Wallet::debit_by`]; the amount of
    /// the posting is ignored.
    pub fn credit_parts(
        &self,
        incoming: Incoming,
        posting: &Posting,
        parts: Parts,
        at: Timestamp,
    ) -> Result<(Self, Vec<Entry>), BalanceTooLarge> {
        let balance_after = |wallet: &Self, kind, part| wallet.balance_of(kind).checked_add(part);
        self.append_parts(incoming.kind(), posting, parts, at, balance_after).ok_or(BalanceTooLarge)
    }

    /// Puts cash in. Returns the wallet afterwards and its new entry.
    ///
    /// ```
    /// use evens_ledger::{EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, UserId, Wallet};
    /// let posting = Posting {
    ///     key: EntryKey::new(EntryPurpose::Fund, &[&"order-1"]),
    ///     amount: "500".parse()?,
    ///     account: SystemAccount::House,
    ///     reference: "order-1".to_owned(),
    /// };
    /// let empty = Wallet::empty(UserId::new(42)?);
    /// let (wallet, entry) = empty.credit(Incoming::Credit, posting, "2024-01-01T00:00:00Z".parse()?)?;
    /// assert_eq!(wallet.balance, entry.balance_after);
    /// assert_eq!(entry.number, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn credit(
        &self,
        incoming: Incoming,
        posting: Posting,
        at: Timestamp,
    ) -> Result<(Self, Entry), BalanceTooLarge> {
        let balance_after = self.balance.checked_add(posting.amount).ok_or(BalanceTooLarge)?;
        Ok(self.append(incoming.kind(), BalanceKind::Cash, posting, balance_after, at))
    }

    /// Puts a bonus in. Returns the wallet afterwards and its new entry.
    pub fn credit_bonus(&self, posting: Posting, at: Timestamp) -> Result<(Self, Entry), BalanceTooLarge> {
        let balance_after = self.bonus.checked_add(posting.amount).ok_or(BalanceTooLarge)?;
        Ok(self.append(EntryKind::Credit, BalanceKind::Bonus, posting, balance_after, at))
    }

    /// Applies the next entry if it continues the wallet as M4 requires. Start from [`Wallet::empty`] to explain a
    /// wallet by its entries. `locked` does not change, because it follows from bets.
    pub fn follow(&self, entry: &Entry) -> Result<Self, ChainFault> {
        if entry.user != self.user {
            return Err(ChainFault::User);
        }
        if self.version.checked_add(1) != Some(entry.number) {
            return Err(ChainFault::Number);
        }
        if entry.balance_before != self.balance_of(entry.balance_kind) {
            return Err(ChainFault::BalanceBefore);
        }
        if entry.balance_before.units() + entry.units_signed() != entry.balance_after.units() {
            return Err(ChainFault::BalanceAfter);
        }
        if entry.previous_hash != self.head {
            return Err(ChainFault::PreviousHash);
        }
        if entry.hash != entry.computed_hash() {
            return Err(ChainFault::Hash);
        }
        Ok(self.left_by(entry))
    }

    /// Applies an entry without a check. An auditor continues with this after a fault.
    #[must_use]
    pub fn left_by(&self, entry: &Entry) -> Self {
        let mut after = Self { version: entry.number, head: entry.hash, ..self.clone() };
        match entry.balance_kind {
            BalanceKind::Cash => after.balance = entry.balance_after,
            BalanceKind::Bonus => after.bonus = entry.balance_after,
        }
        after
    }

    /// Appends an entry for each part. Returns `None` if one of the balances would be out of range.
    fn append_parts(
        &self,
        kind: EntryKind,
        posting: &Posting,
        parts: Parts,
        at: Timestamp,
        balance_after: impl Fn(&Self, BalanceKind, Amount) -> Option<Amount>,
    ) -> Option<(Self, Vec<Entry>)> {
        let (mut wallet, mut entries) = (self.clone(), Vec::new());
        for (balance_kind, amount) in parts.of_each_kind() {
            let key = posting.key.of_part(balance_kind);
            let after = balance_after(&wallet, balance_kind, amount)?;
            let (next, entry) =
                wallet.append(kind, balance_kind, Posting { key, amount, ..posting.clone() }, after, at);
            wallet = next;
            entries.push(entry);
        }
        Some((wallet, entries))
    }

    fn append(
        &self,
        kind: EntryKind,
        balance_kind: BalanceKind,
        posting: Posting,
        balance_after: Amount,
        at: Timestamp,
    ) -> (Self, Entry) {
        let Posting { key, amount, account, reference } = posting;
        let mut entry = Entry {
            user: self.user,
            number: self.version + 1,
            key,
            kind,
            balance_kind,
            amount,
            account,
            reference,
            balance_before: self.balance_of(balance_kind),
            balance_after,
            at,
            previous_hash: self.head,
            hash: Digest::ZERO,
        };
        entry.hash = entry.computed_hash();
        let mut after = self.left_by(&entry);
        after.newest.push(entry.clone());
        (after, entry)
    }
}

/// The reason why money comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming {
    /// Winnings, a deposit.
    Credit,
    /// A stake comes back.
    Refund,
    /// An emergency payment by an operator.
    Payout,
}

impl Incoming {
    fn kind(self) -> EntryKind {
        match self {
            Self::Credit => EntryKind::Credit,
            Self::Refund => EntryKind::Refund,
            Self::Payout => EntryKind::Payout,
        }
    }
}
