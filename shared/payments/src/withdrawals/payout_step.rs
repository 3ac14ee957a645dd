//! [`next_payout_step`]: the next action of a process that has claimed an attempt. It makes sure that nothing is paid
//! twice.
//!
//! A missing record is not a failure, because a call may still be in flight. Only a record can end an attempt. In all
//! other cases the provider is queried again, or the payout is sent again under the same key while the provider still
//! remembers it.

use crate::{
    Attempt, CallError, Money, OrderId, PayoutReport, PayoutState, PayoutTiming, ProviderId, WithdrawalOrder,
    WithdrawalState,
};
use evens_idempotency::{DerivedId, derived_id};
use jiff::Timestamp;

derived_id! {
    /// The idempotency key of one payout at a provider. It follows from the order and the number of the attempt.
    PayoutKey
}

impl PayoutKey {
    pub fn derive(order: OrderId, attempt: u32) -> Self {
        Self(DerivedId::of("payout", &[&order, &attempt]))
    }
}

/// A withdrawal that is being sent, so that the provider may have it.
#[derive(Debug, Clone, Copy)]
pub struct PayoutInFlight<'a> {
    order: &'a WithdrawalOrder,
    attempt: Attempt,
}

impl<'a> PayoutInFlight<'a> {
    /// Returns `None` if the order is not being sent.
    pub fn of(order: &'a WithdrawalOrder) -> Option<Self> {
        let attempt = order.attempt.filter(|_| order.state == WithdrawalState::Processing)?;
        Some(Self { order, attempt })
    }

    pub fn key(self) -> PayoutKey {
        PayoutKey::derive(self.order.terms.id, self.attempt.number)
    }
}

/// The known records of a provider for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutSearch<'a> {
    /// The claim was the first for the order. No call was made, so there are no records.
    FirstClaim,
    /// The query failed.
    Unanswered,
    /// The query succeeded, and these are all records.
    Found(&'a [PayoutReport]),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutStep {
    /// Call the provider with this key and unchanged content.
    Send(PayoutKey),
    /// Apply the record.
    Settle(Box<PayoutReport>),
    /// Query the records again later.
    AskAgain,
    /// Make no more calls; a person must find out.
    GiveToPerson(PersonCause),
    /// Carry out the decision of cashiers.
    Resolve {
        /// The provider's id of the failed record, if there is one.
        failed: Option<ProviderId>,
    },
    /// There are two records: continue with [`settle_paid_twice`](crate::settle_paid_twice).
    PaidTwice { found: Vec<PayoutReport> },
}

/// The reason why a person must find out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonCause {
    /// The provider may have forgotten the key, so another call might pay again.
    #[error("its idempotency key is too old for another attempt")]
    KeyTooOld,
    /// The record is for another amount or currency.
    #[error("the provider has a payout of {0} for it, another amount")]
    OtherMoney(Money),
    /// It was held, and too few cashiers have approved it since.
    #[error("it was held and is not approved")]
    NotApproved,
    #[error("the provider refused it: {code}")]
    Refused {
        /// The provider's short code for the reason.
        code: String,
    },
}

/// The next action for a payout, given the provider's records.
pub fn next_payout_step(
    payout: PayoutInFlight<'_>,
    search: PayoutSearch<'_>,
    timing: PayoutTiming,
    now: Timestamp,
) -> PayoutStep {
    let PayoutInFlight { order, attempt } = payout;
    let found = match search {
        PayoutSearch::FirstClaim | PayoutSearch::Unanswered => &[],
        PayoutSearch::Found(found) => found,
    };
    let records = records_that_count(order, found);
    match records.as_slice() {
        [] => {}
        [record] if has_failed_to_be_resolved(order, record) => {}
        [record] if record.money != order.terms.money => {
            return PayoutStep::GiveToPerson(PersonCause::OtherMoney(record.money));
        }
        [record] => return PayoutStep::Settle(Box::new((*record).clone())),
        _ => return PayoutStep::PaidTwice { found: found.to_vec() },
    }
    if let Some(resolution) = &order.resolution {
        // A resolution is pending, so nothing is sent.
        let is_due = matches!(search, PayoutSearch::Found(_)) && resolution.is_due(now);
        let failed = records.first().map(|record| record.id.clone());
        return if is_due { PayoutStep::Resolve { failed } } else { PayoutStep::AskAgain };
    }
    if order.misses_approvals() {
        return PayoutStep::GiveToPerson(PersonCause::NotApproved);
    }
    if now.duration_since(attempt.key_since) >= timing.key_age_max {
        return PayoutStep::GiveToPerson(PersonCause::KeyTooOld);
    }
    // A process that was suspended after its claim must not call: another process may have called and seen a failure.
    let send_until = attempt.lease_until - timing.lease + timing.send_within;
    match search {
        PayoutSearch::FirstClaim | PayoutSearch::Found(_) if now <= send_until => {
            PayoutStep::Send(payout.key())
        }
        _ => PayoutStep::AskAgain,
    }
}

/// A failed record for another amount does not end a payout by itself; it needs a decision of cashiers.
fn has_failed_to_be_resolved(order: &WithdrawalOrder, record: &PayoutReport) -> bool {
    let is_failed = record.state == PayoutState::Failed && record.money != order.terms.money;
    is_failed && order.resolution.is_some()
}

/// The records that are still open. Failed records that were retried are settled, unless they are paid after all.
/// Records that the player owes are settled too.
pub(crate) fn records_that_count<'a>(
    order: &WithdrawalOrder,
    found: &'a [PayoutReport],
) -> Vec<&'a PayoutReport> {
    let counts = |report: &&PayoutReport| !is_over(order, report) && !order.paid_twice.contains(&report.id);
    found.iter().filter(counts).collect()
}

/// Returns `true` if the record is a failure after which the order was retried.
pub(crate) fn is_over(order: &WithdrawalOrder, report: &PayoutReport) -> bool {
    let has_failed = matches!(report.state, PayoutState::Failed | PayoutState::Returned);
    has_failed && order.failed_payouts.contains(&report.id)
}

/// The action after a call without a report. A refusal is conclusive only if no call preceded it.
pub fn step_after_failed_call(error: CallError, is_first_call: bool) -> PayoutStep {
    let error = if is_first_call { error } else { error.of_repeat() };
    match error {
        CallError::Refused { code } => PayoutStep::GiveToPerson(PersonCause::Refused { code }),
        CallError::NotSent | CallError::Unknown => PayoutStep::AskAgain,
    }
}
