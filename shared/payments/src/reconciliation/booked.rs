//! [`BookedDay`]: the ledger's movements on a provider's account that are needed to reconcile one of its days.

use crate::reconciliation::wanted_keys::WantedKeys;
use crate::{DepositOrder, OrderId, StatementKind, StatementLine, keys};
use evens_ledger::{Entry, EntryKey, EntryPurpose, ProviderName, SystemAccount, Transfer};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A movement of our ledger on a provider's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedMovement {
    pub key: EntryKey,
    /// The order of the movement, if any.
    pub order: Option<OrderId>,
    /// The change of the money that the provider holds for us, in units of the last decimal. The provider's account in
    /// the ledger has the opposite sign.
    pub units: i128,
    pub at: Timestamp,
}

impl BookedMovement {
    /// Returns `None` if the entry is not on the provider's account.
    pub fn of_entry(entry: &Entry, provider: &ProviderName) -> Option<Self> {
        let (is_providers, order) =
            (entry.account == keys::account_of(provider), entry.reference.parse().ok());
        is_providers.then(|| Self {
            key: entry.key.clone(),
            order,
            units: entry.units_signed(),
            at: entry.at,
        })
    }

    /// Returns `None` if the transfer is not on the provider's account.
    pub fn of_transfer(transfer: &Transfer, provider: &ProviderName) -> Option<Self> {
        let account: SystemAccount = keys::account_of(provider);
        let Transfer { key, from, to, amount, reference, at } = transfer;
        let gives = i128::from(*from == account) - i128::from(*to == account);
        let order = reference.parse().ok();
        (gives != 0).then(|| Self { key: key.clone(), order, units: gives * amount.units(), at: *at })
    }
}

/// The ledger's side of a day: the movements booked on it, movements at any time that a line names, and the sum of
/// everything earlier. All lines are added first, then all movements, each once and in any order. Lines are not stored.
/// Some movements of other days may be stored although no line names them.
#[derive(Debug, Clone)]
pub struct BookedDay {
    judged: Range<Timestamp>,
    wanted: WantedKeys,
    opening_units: i128,
    movements: BTreeMap<EntryKey, BookedMovement>,
    /// Payments that left suspense. The ledger has them under the id of the payment, but the statement under the id of
    /// the refund or dispute. Only the deposit order knows both.
    refunds: BTreeMap<String, EntryKey>,
    disputes: BTreeMap<String, EntryKey>,
}

/// The time before and after the day in which movements that undo another one are included, for lines without an order.
const AROUND: SignedDuration = SignedDuration::from_hours(3 * 24);

impl BookedDay {
    /// Starts an empty day. `judged` is the time from its beginning to its end.
    pub fn new(provider: &ProviderName, day: Date, judged: Range<Timestamp>) -> Self {
        let mut wanted = WantedKeys::none();
        wanted.insert(&keys::fee(provider, day));
        let (movements, refunds, disputes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { judged, wanted, opening_units: 0, movements, refunds, disputes }
    }

    /// Adds a line whose movements are needed. Of the return of a payout these include the payout: only if the ledger
    /// has neither do the two lines cancel out.
    pub fn want(&mut self, line: &StatementLine) {
        line.ledger_keys().iter().for_each(|key| self.wanted.insert(key));
        if line.kind == StatementKind::PayoutReturn {
            line.reference.iter().for_each(|order| self.wanted.insert(&keys::payout(*order)));
        }
    }

    /// Adds the refunds and disputes that took payments of this deposit out of suspense.
    pub fn know(&mut self, deposit: &DepositOrder) {
        for (payment, refund) in deposit.refunds().filter(|(payment, _)| payment.unclaimed.is_some()) {
            let key = keys::suspense_out(&payment.id);
            self.wanted.insert(&key);
            self.refunds.extend(refund.made.as_ref().map(|made| (made.to_string(), key)));
        }
        for (payment, dispute) in deposit.taken_back() {
            let key = EntryKey::new(EntryPurpose::SuspenseOut, &[&payment]);
            self.wanted.insert(&key);
            self.disputes.insert(dispute.to_owned(), key);
        }
    }

    /// The orders of which a movement was undone around the day.
    pub fn undone_around(&self) -> BTreeSet<OrderId> {
        let undone = self.movements.values().filter(|movement| keys::is_undoing(&movement.key));
        undone.filter_map(|movement| movement.order).collect()
    }

    /// The keys under which the ledger may have the movement of a line, most specific first.
    pub(crate) fn keys_of(&self, line: &StatementLine) -> Vec<EntryKey> {
        let known = match line.kind {
            StatementKind::Refund => self.refunds.get(line.id.as_str()),
            StatementKind::ChargeBack => line.dispute.as_ref().and_then(|id| self.disputes.get(id.as_str())),
            _ => None,
        };
        known.cloned().into_iter().chain(line.ledger_keys()).collect()
    }

    pub fn add(&mut self, movement: BookedMovement) {
        if movement.at < self.judged.start {
            self.opening_units += movement.units;
        }
        let around = self.judged.start - AROUND..self.judged.end + AROUND;
        if self.judged.contains(&movement.at)
            || self.wanted.may_have(&movement.key)
            || (keys::is_undoing(&movement.key) && around.contains(&movement.at))
        {
            self.movements.insert(movement.key.clone(), movement);
        }
    }

    pub fn add_all(&mut self, movements: impl IntoIterator<Item = BookedMovement>) {
        for movement in movements {
            self.add(movement);
        }
    }

    /// The money that the provider held for us at the beginning of the day, by our ledger, in units of the last
    /// decimal.
    pub fn opening_units(&self) -> i128 {
        self.opening_units
    }

    /// The movements that were booked on the day or that a line may name, by key.
    pub(crate) fn movements(&self) -> &BTreeMap<EntryKey, BookedMovement> {
        &self.movements
    }

    /// Returns `true` if the ledger has a movement with this key.
    pub fn has(&self, key: &EntryKey) -> bool {
        self.movements.contains_key(key)
    }

    /// Returns `true` if the ledger has the movement of this line.
    pub fn has_line(&self, line: &StatementLine) -> bool {
        self.keys_of(line).iter().any(|key| self.has(key))
    }
}
