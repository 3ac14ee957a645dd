//! Reconciliation: a provider's statement of a day against our orders and our ledger. It repairs nothing; it reports
//! the differences.
//!
//! Keeps: no movement of the day on either side is left out. The two closing balances differ exactly by the listed
//! differences and the movements in transit.

use crate::{
    BookedDay, BookedMovement, ClosingBalances, Difference, DifferenceKind, Differences, KnownOrder, OrderId,
    StatementKind, StatementLine, UndonePayouts, keys,
};
use evens_ledger::{EntryKey, ProviderName};
use iso_currency::Currency;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A day of one provider. Movements within `from..to` are reconciled. Lines of neighbouring days are included, because
/// clocks differ and a movement that is booked late may have its line on another day.
#[derive(Debug, Clone, Copy)]
pub struct ProviderDay<'a> {
    pub provider: &'a ProviderName,
    pub day: Date,
    /// The beginning of the day.
    pub from: Timestamp,
    /// The end of the day (exclusive).
    pub to: Timestamp,
    /// True if no further lines of this day are expected. Before that, movements known only from statements may be
    /// missing in the ledger.
    pub is_final: bool,
    /// The currency of our ledger.
    pub currency: Currency,
    /// The orders of lines that our ledger does not have.
    pub orders: &'a [KnownOrder],
    /// The payouts that went out and came back, according to the provider.
    pub undone: &'a UndonePayouts,
    /// The movements of our ledger on the provider's account.
    pub booked: &'a BookedDay,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// The number of lines of the day.
    pub lines: usize,
    /// All differences: lines first, in their order, then movements that only our ledger has, then fees.
    pub differences: Differences,
    pub closing: ClosingBalances,
}

impl ProviderDay<'_> {
    fn judged(&self) -> Range<Timestamp> {
        self.from..self.to
    }

    fn is_ours(&self, line: &StatementLine) -> bool {
        line.money.currency() == self.currency
    }

    fn stated_units(&self, line: &StatementLine) -> i128 {
        if self.is_ours(line) { line.units_signed() } else { 0 }
    }
}

/// A reconciliation in progress. It takes the provider's lines one by one and stores none of them.
#[derive(Debug)]
pub struct Reconciliation<'a> {
    day: ProviderDay<'a>,
    orders: BTreeMap<OrderId, KnownOrder>,
    matched: BTreeSet<&'a EntryKey>,
    differences: Differences,
    lines: usize,
    stated_units: i128,
    /// The provider's fees of the day, in the ledger's currency. The movements that they are for may be earlier.
    fee_units: i128,
    on_the_way_units: i128,
}

impl<'a> Reconciliation<'a> {
    /// Starts without lines.
    pub fn new(day: ProviderDay<'a>) -> Self {
        Self {
            day,
            orders: day.orders.iter().map(|order| (order.id, *order)).collect(),
            matched: BTreeSet::new(),
            differences: Differences::default(),
            lines: 0,
            stated_units: 0,
            fee_units: 0,
            on_the_way_units: 0,
        }
    }

    pub fn take(&mut self, line: &StatementLine) {
        let is_of_day = self.is_of_day(line.at);
        let stated_units = self.day.stated_units(line);
        if self.day.is_ours(line) {
            self.fee_units += line.charged_within(&self.day.judged()).units();
        }
        if is_of_day {
            self.lines += 1;
            self.stated_units += stated_units;
        }
        if self.is_undone(line) {
            self.on_the_way_units += if is_of_day { stated_units } else { 0 };
            return;
        }
        let known = self.movements_of(line);
        let own = self.own(line, &known);
        let booked_units: i128 = own.iter().map(|movement| movement.units).sum();
        for movement in &own {
            match (is_of_day, self.is_of_day(movement.at)) {
                (true, false) => self.on_the_way_units += movement.units,
                (false, true) => self.on_the_way_units -= movement.units,
                (true, true) | (false, false) => {}
            }
        }
        let verdict = self.verdict(line, &known, &own, booked_units);
        self.matched.extend(own.iter().map(|movement| &movement.key));
        match verdict.filter(|_| is_of_day) {
            Some(kind) => {
                let (subject, order) = (line.id.to_string(), line.reference);
                self.differences.add(Difference { kind, subject, order, stated_units, booked_units });
            }
            None if is_of_day => self.on_the_way_units += stated_units - booked_units,
            None => {}
        }
    }

    /// Completes the day after the last line.
    pub fn finish(mut self) -> Reconciled {
        self.take_rest();
        self.take_fees();
        self.reconciled()
    }

    fn is_of_day(&self, at: Timestamp) -> bool {
        self.day.judged().contains(&at)
    }

    /// The ledger's movements that may belong to a line.
    fn movements_of(&self, line: &StatementLine) -> Vec<&'a BookedMovement> {
        let movements = self.day.booked.movements();
        self.day.booked.keys_of(line).iter().filter_map(|key| movements.get(key)).collect()
    }

    /// The movements of this line that no earlier line has taken. A line takes one of them; a charge-back takes two.
    fn own(&self, line: &StatementLine, known: &[&'a BookedMovement]) -> Vec<&'a BookedMovement> {
        let count = if line.kind == StatementKind::ChargeBack { 2 } else { 1 };
        let is_new = |movement: &&BookedMovement| {
            !self.matched.contains(&movement.key) && !is_of_earlier_line(line, movement)
        };
        known.iter().copied().filter(is_new).take(count).collect()
    }

    /// Returns `true` for a payout that came back, or its return, if our ledger has neither. The money was returned to
    /// the wallet before the payout counted as paid, and the two lines cancel out.
    fn is_undone(&self, line: &StatementLine) -> bool {
        let both = [StatementKind::Payout, StatementKind::PayoutReturn];
        if !self.day.undone.has_both(line) {
            return false;
        }
        both.iter().all(|kind| self.movements_of(&StatementLine { kind: *kind, ..line.clone() }).is_empty())
    }

    fn verdict(
        &self,
        line: &StatementLine,
        known: &[&BookedMovement],
        own: &[&BookedMovement],
        booked_units: i128,
    ) -> Option<DifferenceKind> {
        if line.kind.is_unplaced() {
            return Some(DifferenceKind::Unplaced);
        }
        let needs_order = line.kind.is_of_order();
        let reference = line.reference.filter(|_| needs_order);
        let order = reference.and_then(|reference| self.orders.get(&reference));
        if needs_order && order.is_none() && known.is_empty() {
            return Some(DifferenceKind::UnknownReference);
        }
        if own.is_empty() && !known.is_empty() {
            return Some(DifferenceKind::Twice);
        }
        if !self.day.is_ours(line) {
            return Some(DifferenceKind::Currency);
        }
        if own.is_empty() && !needs_order && !self.day.is_final {
            return None;
        }
        if own.is_empty() {
            let happened = order.is_none_or(|order| order.has(line.kind));
            return Some(if happened { DifferenceKind::MissingInLedger } else { DifferenceKind::State });
        }
        if booked_units != line.units_signed() {
            return Some(DifferenceKind::Amount);
        }
        let awaits_settlement = line.kind == StatementKind::Payment && line.settlement.is_none();
        (awaits_settlement && self.day.is_final).then_some(DifferenceKind::Unsettled)
    }

    /// Reports movements booked on the day without a line. Fees, settlements and fundings are excluded, because they
    /// are booked from statements.
    fn take_rest(&mut self) {
        let fee = keys::fee(self.day.provider, self.day.day);
        for (key, movement) in self.day.booked.movements() {
            if *key == fee || self.matched.contains(key) || !self.is_of_day(movement.at) {
                continue;
            }
            if keys::is_of_statement(key) {
                self.on_the_way_units -= movement.units;
                continue;
            }
            self.differences.add(Difference {
                kind: DifferenceKind::MissingAtProvider,
                subject: key.to_string(),
                order: movement.order,
                stated_units: 0,
                booked_units: movement.units,
            });
        }
    }

    fn take_fees(&mut self) {
        let key = keys::fee(self.day.provider, self.day.day);
        let booked = self.day.booked.movements().get(&key);
        let stated_units = -self.fee_units;
        let booked_units = booked.map_or(0, |movement| movement.units);
        self.stated_units += stated_units;
        if booked.is_some_and(|movement| !self.is_of_day(movement.at)) {
            self.on_the_way_units += booked_units;
        }
        if stated_units == booked_units {
            return;
        }
        if booked.is_none() && !self.day.is_final {
            self.on_the_way_units += stated_units;
            return;
        }
        let (kind, subject) = (DifferenceKind::UnbookedFee, key.to_string());
        self.differences.add(Difference { kind, subject, order: None, stated_units, booked_units });
    }

    fn reconciled(self) -> Reconciled {
        let booked = self.day.booked;
        let in_day = booked.movements().values().filter(|movement| self.is_of_day(movement.at));
        let in_day: i128 = in_day.map(|movement| movement.units).sum();
        let opening_units = booked.opening_units();
        let closing = ClosingBalances {
            opening_units,
            stated_units: opening_units + self.stated_units,
            booked_units: opening_units + in_day,
            open_units: self.differences.units,
            on_the_way_units: self.on_the_way_units,
        };
        Reconciled { lines: self.lines, differences: self.differences, closing }
    }
}

/// Returns `true` if a movement was booked so long before the line that it belongs to an earlier line, whose file is
/// not included. The key of an order does not tell its payments or payouts apart. No movement is booked a day before it
/// happened.
fn is_of_earlier_line(line: &StatementLine, movement: &BookedMovement) -> bool {
    let by_order = [StatementKind::Payment, StatementKind::Payout, StatementKind::PayoutReturn];
    by_order.contains(&line.kind) && line.at.duration_since(movement.at) > SignedDuration::from_hours(24)
}
