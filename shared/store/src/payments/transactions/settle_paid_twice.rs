//! Several payouts for one withdrawal, by the provider's own answer: their consequences are booked one after another.

use super::change_order::OrderOutcome;
use crate::{Store, StoreError};
use evens_payments::{PayoutReport, SettlePayoutInput, WithdrawalOrder, settle_paid_twice};
use jiff::Timestamp;

impl Store {
    /// Books the consequences of all payouts that the provider reports for an order, under the conditions of
    /// [`Store::change_withdrawal`]. Returns the order to which the answer applies. It includes these changes only if
    /// no other change was made since the provider was asked; otherwise it is returned as it was.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `GetItem` on `ORDER#`
    /// - `PutItem` on `CASHIER#`, `MOVED#`, `ORDER#`, `TRANSFER#`
    pub async fn settle_paid_twice(
        &self,
        asked_about: &WithdrawalOrder,
        found: &[PayoutReport],
        now: Timestamp,
    ) -> Result<WithdrawalOrder, StoreError> {
        let mut order = asked_about.clone();
        let rule = |input: SettlePayoutInput<'_>| settle_paid_twice(found, input, now).ok_or(());
        // Each plan reduces the payouts that are still to be booked.
        while let OrderOutcome::Changed(plan) = self.change_withdrawal(order.terms.id, now, rule).await? {
            if plan.read.as_ref() == Some(&order) {
                order = plan.order;
            }
        }
        Ok(order)
    }
}
