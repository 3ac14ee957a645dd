//! [`Wallet`]: a user's money, and the only functions that change it.

use crate::{
    Amount, BalanceKind, ChainFault, DebitRule, Digest, Entry, EntryKey, EntryKind, Parts, SystemAccount,
    UserId,
};
use jiff::Timestamp;

/// A user's money as of its newest entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Whose it is.
    pub user: UserId,
    /// What can be spent.
    pub balance: Amount,
    /// What was given as a bonus: it pays for house games, and for nothing else.
    pub bonus: Amount,
    /// Stakes of bets that have not ended: already debited, shown to the player, never spent from.
    pub locked: Amount,
    /// Number of the newest entry, of either balance; 0 for a wallet that never held money.
    pub version: u64,
    /// Hash of the newest entry.
    pub head: Digest,
    /// The newest entries, oldest of them first, as far as they are kept with the wallet and not apart from it.
    pub newest: Vec<Entry>,
}

/// A movement of money that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Its idempotency key.
    pub key: EntryKey,
    /// How much.
    pub amount: Amount,
    /// The account on the other side.
    pub account: SystemAccount,
    /// The bet, match or order that it is about.
    pub reference: String,
}

/// A debit is larger than the balance (M2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the debit of {amount} is larger than the balance of {balance}")]
pub struct InsufficientBalance {
    /// What the wallet holds.
    pub balance: Amount,
    /// What was to be taken.
    pub amount: Amount,
}

/// A credit would make the balance larger than an [`Amount`] can be.
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

    /// What is in one of the two balances.
    pub fn held(&self, balance_kind: BalanceKind) -> Amount {
        match balance_kind {
            BalanceKind::Cash => self.balance,
            BalanceKind::Bonus => self.bonus,
        }
    }

    /// Takes cash out: the wallet afterwards, and the entry that says so. A bonus is never spent by this, however
    /// little cash there is.
    pub fn debit(&self, posting: Posting, at: Timestamp) -> Result<(Self, Entry), InsufficientBalance> {
        let Posting { amount, .. } = posting;
        let refusal = InsufficientBalance { balance: self.balance, amount };
        let balance_after = self.balance.checked_sub(amount).ok_or(refusal)?;
        Ok(self.append(EntryKind::Debit, BalanceKind::Cash, posting, balance_after, at))
    }

    /// Takes out of both balances, as the rule says: the wallet afterwards, and an entry for each balance that paid,
    /// cash first. What of the posting is paid as a bonus has the key with `:BONUS` behind it.
    pub fn debit_by(
        &self,
        rule: DebitRule,
        posting: &Posting,
        at: Timestamp,
    ) -> Result<(Self, Vec<Entry>), InsufficientBalance> {
        let refusal = InsufficientBalance { balance: rule.spendable(self), amount: posting.amount };
        let parts = rule.parts(posting.amount, self).ok_or(refusal)?;
        let balance_after = |wallet: &Self, kind, part| wallet.held(kind).checked_sub(part);
        self.append_parts(EntryKind::Debit, posting, parts, at, balance_after).ok_or(refusal)
    }

    /// Puts into both balances, such as the parts of a stake that come back: the wallet afterwards, and an entry for
    /// each balance that gets something, cash first. The keys are those of [`Wallet::debit_by`]; the posting's amount
    /// is not looked at.
    pub fn credit_parts(
        &self,
        incoming: Incoming,
        posting: &Posting,
        parts: Parts,
        at: Timestamp,
    ) -> Result<(Self, Vec<Entry>), BalanceTooLarge> {
        let balance_after = |wallet: &Self, kind, part| wallet.held(kind).checked_add(part);
        self.append_parts(incoming.kind(), posting, parts, at, balance_after).ok_or(BalanceTooLarge)
    }

    /// Puts cash in: the wallet afterwards, and the entry that says so.
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

    /// Puts a bonus in: the wallet afterwards, and the entry that says so.
    pub fn credit_bonus(&self, posting: Posting, at: Timestamp) -> Result<(Self, Entry), BalanceTooLarge> {
        let balance_after = self.bonus.checked_add(posting.amount).ok_or(BalanceTooLarge)?;
        Ok(self.append(EntryKind::Credit, BalanceKind::Bonus, posting, balance_after, at))
    }

    /// The wallet after its next entry, if that continues the ones before as M4 asks for: this is the wallet as they
    /// explain it, [`Wallet::empty`] before the first. What is locked is explained by bets, and stays as it is.
    pub fn follow(&self, entry: &Entry) -> Result<Self, ChainFault> {
        if entry.user != self.user {
            return Err(ChainFault::User);
        }
        if self.version.checked_add(1) != Some(entry.number) {
            return Err(ChainFault::Number);
        }
        if entry.balance_before != self.held(entry.balance_kind) {
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

    /// The wallet after an entry by that entry's own word, be it right or not: where an auditor goes on after a fault.
    #[must_use]
    pub fn left_by(&self, entry: &Entry) -> Self {
        let mut after = Self { version: entry.number, head: entry.hash, ..self.clone() };
        match entry.balance_kind {
            BalanceKind::Cash => after.balance = entry.balance_after,
            BalanceKind::Bonus => after.bonus = entry.balance_after,
        }
        after
    }

    /// An entry for each part, or none at all where one balance cannot be what it must be afterwards.
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
            balance_before: self.held(balance_kind),
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

/// Why money comes in.
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
