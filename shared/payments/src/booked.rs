//! [`BookedDay`]: what our ledger has on a provider's account, as far as one of the provider's days asks for it.

use crate::wanted::WantedKeys;
use crate::{DepositOrder, OrderId, StatementKind, StatementLine, keys};
use evens_ledger::{Entry, EntryKey, EntryPurpose, ProviderName, SystemAccount, Transfer};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A movement of our ledger on a provider's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedMovement {
    /// Its key.
    pub key: EntryKey,
    /// The order that it was made for, if it was for one.
    pub order: Option<OrderId>,
    /// What it adds to what the provider holds for us, in units of the last decimal. The account of a provider is
    /// negative by what it holds, so this is the other way round there.
    pub units: i128,
    /// When it was made.
    pub at: Timestamp,
}

impl BookedMovement {
    /// The movement of an entry, if it is on the provider's account.
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

    /// The movement of a transfer, if it is on the provider's account.
    pub fn of_transfer(transfer: &Transfer, provider: &ProviderName) -> Option<Self> {
        let account: SystemAccount = keys::account_of(provider);
        let Transfer { key, from, to, amount, reference, at } = transfer;
        let gives = i128::from(*from == account) - i128::from(*to == account);
        let order = reference.parse().ok();
        (gives != 0).then(|| Self { key: key.clone(), order, units: gives * amount.units(), at: *at })
    }
}

/// What a day asks of the ledger: what was booked in it, what its lines name whenever that was booked, and the sum of
/// all before. It is told all lines, then all movements, each once and in any order. It keeps no line; of movements of
/// other days it may keep some that no line names.
#[derive(Debug, Clone)]
pub struct BookedDay {
    judged: Range<Timestamp>,
    wanted: WantedKeys,
    opening_units: i128,
    movements: BTreeMap<EntryKey, BookedMovement>,
    /// What went back out of suspense: our ledger has it by the payment's id, and a statement by that of what took it
    /// back, which only the deposit knows.
    refunds: BTreeMap<String, EntryKey>,
    disputes: BTreeMap<String, EntryKey>,
}

/// How long before and after a day what left suspense is looked at, for lines that name no order.
const AROUND: SignedDuration = SignedDuration::from_hours(3 * 24);

impl BookedDay {
    /// Of that day of the provider, with its beginning and its end.
    pub fn new(provider: &ProviderName, day: Date, judged: Range<Timestamp>) -> Self {
        let mut wanted = WantedKeys::none();
        wanted.insert(&keys::fee(provider, day));
        let (movements, refunds, disputes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { judged, wanted, opening_units: 0, movements, refunds, disputes }
    }

    /// Asks for what the ledger may have of a line.
    pub fn want(&mut self, line: &StatementLine) {
        line.ledger_keys().iter().for_each(|key| self.wanted.insert(key));
        // Of a payout that came back its payout is asked for, too: the line of that may come later.
        if line.kind == StatementKind::PayoutReturn {
            let payout = StatementLine { kind: StatementKind::Payout, ..line.clone() };
            payout.ledger_keys().iter().for_each(|key| self.wanted.insert(key));
        }
    }

    /// Learns from a deposit what took its payments back out of suspense.
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

    /// The deposits of what left suspense around the day.
    pub fn left_suspense(&self) -> BTreeSet<OrderId> {
        let left = self.movements.values().filter(|movement| keys::is_out_of_suspense(&movement.key));
        left.filter_map(|movement| movement.order).collect()
    }

    /// The keys under which the ledger may have what a line tells of, the most exact first.
    pub(crate) fn keys_of(&self, line: &StatementLine) -> Vec<EntryKey> {
        let known = match line.kind {
            StatementKind::Refund => self.refunds.get(line.id.as_str()),
            StatementKind::ChargeBack => line.dispute.as_ref().and_then(|id| self.disputes.get(id.as_str())),
            _ => None,
        };
        known.cloned().into_iter().chain(line.ledger_keys()).collect()
    }

    /// Takes in a movement of the ledger.
    pub fn add(&mut self, movement: BookedMovement) {
        if movement.at < self.judged.start {
            self.opening_units += movement.units;
        }
        let around = self.judged.start - AROUND..self.judged.end + AROUND;
        if self.judged.contains(&movement.at)
            || self.wanted.may_have(&movement.key)
            || (keys::is_out_of_suspense(&movement.key) && around.contains(&movement.at))
        {
            self.movements.insert(movement.key.clone(), movement);
        }
    }

    /// Takes in some.
    pub fn add_all(&mut self, movements: impl IntoIterator<Item = BookedMovement>) {
        for movement in movements {
            self.add(movement);
        }
    }

    /// What the provider held for us when the day began, by our ledger, in units of the last decimal.
    pub fn opening_units(&self) -> i128 {
        self.opening_units
    }

    /// What was booked in the day or is named by a line, by its key.
    pub(crate) fn movements(&self) -> &BTreeMap<EntryKey, BookedMovement> {
        &self.movements
    }

    /// Whether the ledger has the movement of that key.
    pub fn has(&self, key: &EntryKey) -> bool {
        self.movements.contains_key(key)
    }

    /// Whether the ledger has what a line tells of.
    pub fn has_line(&self, line: &StatementLine) -> bool {
        self.keys_of(line).iter().any(|key| self.has(key))
    }
}
