//! [`RecordOrders`]: our orders behind the records that statement lines name instead of an order.

use crate::{DepositOrder, OrderId, ProviderId, StatementKind, StatementLine, WithdrawalOrder};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Our orders by the provider's records. A reversal names its payout, and a refund or dispute may name only its
/// payment. All lines are read once for the named records, which are few, and once more for the lines of these records.
/// The order of a record without a line in the files follows from our books, or from the provider.
#[derive(Debug, Clone, Default)]
pub struct RecordOrders {
    orders: BTreeMap<ProviderId, Option<OrderId>>,
}

impl RecordOrders {
    /// Adds the record that a line names, if the line names no order itself.
    pub fn want(&mut self, line: &StatementLine) {
        if let Some(record) = record_of(line) {
            self.orders.entry(record.clone()).or_default();
        }
    }

    /// Learns the order of a wanted record from its own line.
    pub fn note(&mut self, line: &StatementLine) {
        if matches!(line.kind, StatementKind::Payment | StatementKind::Payout)
            && let Some(order) = line.reference
        {
            self.know(&line.id, order);
        }
    }

    /// Learns the order of a wanted record. The first order stays.
    pub fn know(&mut self, record: &ProviderId, order: OrderId) {
        if let Some(known) = self.orders.get_mut(record) {
            known.get_or_insert(order);
        }
    }

    /// Learns the orders of wanted payments from our deposit.
    pub fn know_deposit(&mut self, order: &DepositOrder) {
        let payments = order.payment.iter().chain(order.returns.iter().map(|back| &back.payment));
        payments.for_each(|payment| self.know(&payment.id, order.terms.id));
    }

    /// Learns the orders of wanted payouts from our withdrawal.
    pub fn know_withdrawal(&mut self, order: &WithdrawalOrder) {
        let payouts = order.provider_id.iter().chain(&order.failed_payouts).chain(&order.paid_twice);
        payouts.for_each(|payout| self.know(payout, order.terms.id));
    }

    /// The wanted records without a known order.
    pub fn unknown(&self) -> impl Iterator<Item = &ProviderId> {
        self.orders.iter().filter(|(_, order)| order.is_none()).map(|(record, _)| record)
    }

    /// The line with its order, as far as it is known.
    pub fn complete<'a>(&self, line: &'a StatementLine) -> Cow<'a, StatementLine> {
        match record_of(line).and_then(|record| *self.orders.get(record)?) {
            Some(order) => Cow::Owned(StatementLine { reference: Some(order), ..line.clone() }),
            None => Cow::Borrowed(line),
        }
    }
}

/// The record that the line names instead of an order.
fn record_of(line: &StatementLine) -> Option<&ProviderId> {
    line.record.as_ref().filter(|_| line.reference.is_none() && line.kind.is_of_order())
}
