//! Several payouts for one withdrawal, by the provider's own answer: what follows is booked, one after another.

use super::change_order::OrderOutcome;
use crate::{Store, StoreError};
use evens_payments::{PayoutReport, SeenForPayout, WithdrawalOrder, settle_paid_twice};
use jiff::Timestamp;

impl Store {
    /// Does all that follows from payouts that the provider says, asked, that it has for an order, under the conditions
    /// of [`Store::change_withdrawal`]. Returns the order that the answer is about: as it is after that, where only
    /// that has changed it since the provider was asked, else as it was.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `GetItem` on `ORDER#`
    /// - `PutItem` on `CASHIER#`, `ORDER#`, `TRANSFER#`
    pub async fn settle_paid_twice(
        &self,
        asked_about: &WithdrawalOrder,
        found: &[PayoutReport],
        now: Timestamp,
    ) -> Result<WithdrawalOrder, StoreError> {
        let mut order = asked_about.clone();
        let rule = |seen: SeenForPayout<'_>| settle_paid_twice(found, seen, now).ok_or(());
        // Each plan leaves less to be booked of what was found.
        while let OrderOutcome::Changed(plan) = self.change_withdrawal(order.terms.id, now, rule).await? {
            if plan.read.as_ref() == Some(&order) {
                order = plan.order;
            }
        }
        Ok(order)
    }
}
