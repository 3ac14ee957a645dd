//! [`next_payout_step`]: what a process that has claimed an attempt does next, so that nothing is ever paid twice.
//!
//! Absence is not failure: a call may still be on its way. Only a record that says so ends an attempt; whatever else is
//! unknown is asked again, or sent again under the same key, which the provider knows as long as it remembers it.

use crate::{
    Attempt, CallError, Money, OrderId, PayoutReport, PayoutState, PayoutTiming, ProviderId, WithdrawalOrder,
    WithdrawalState,
};
use evens_idempotency::{DerivedId, derived_id};
use jiff::Timestamp;

derived_id! {
    /// The key under which a provider makes one payout, however often it is asked: it follows from the order and the
    /// number of the attempt.
    PayoutKey
}

impl PayoutKey {
    /// The key of an attempt.
    pub fn derive(order: OrderId, attempt: u32) -> Self {
        Self(DerivedId::of("payout", &[&order, &attempt]))
    }
}

/// A withdrawal that is being sent: the provider may have it.
#[derive(Debug, Clone, Copy)]
pub struct PayoutInFlight<'a> {
    order: &'a WithdrawalOrder,
    attempt: Attempt,
}

impl<'a> PayoutInFlight<'a> {
    /// The order, if it is being sent.
    pub fn of(order: &'a WithdrawalOrder) -> Option<Self> {
        let attempt = order.attempt.filter(|_| order.state == WithdrawalState::Processing)?;
        Some(Self { order, attempt })
    }

    /// The key of its newest attempt.
    pub fn key(self) -> PayoutKey {
        PayoutKey::derive(self.order.terms.id, self.attempt.number)
    }
}

/// What is known of a provider's records of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutSearch<'a> {
    /// The claim was the order's first: nobody has called, so there is none.
    FirstClaim,
    /// The provider was asked and gave no answer.
    Unanswered,
    /// The provider was asked, and these are all.
    Found(&'a [PayoutReport]),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutStep {
    /// Call the provider with this key and the same bytes as ever.
    Send(PayoutKey),
    /// Do what the record says.
    Settle(Box<PayoutReport>),
    /// Ask for the records again, later.
    AskAgain,
    /// Call no more: a person finds out.
    GiveToPerson(PersonCause),
    /// Do what cashiers have agreed to.
    Resolve {
        /// What the provider calls the record that failed, if it has one.
        failed: Option<ProviderId>,
    },
    /// There are two records: [`settle_paid_twice`](crate::settle_paid_twice) says what follows.
    PaidTwice {
        /// All that the provider has.
        found: Vec<PayoutReport>,
    },
}

/// Why a person finds out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonCause {
    /// The provider may have forgotten the key: another call might pay again.
    #[error("its key is too old to be sent again")]
    KeyTooOld,
    /// The record is of another amount or currency.
    #[error("the provider has a payout of {0} for it")]
    OtherMoney(Money),
    /// The provider refused the very first call.
    #[error("the provider refused it: {code}")]
    Refused {
        /// Why, in the provider's short code.
        code: String,
    },
}

/// What is to be done next about a payout, by what the provider's records say.
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
        // Nobody sends it any more.
        let is_due = matches!(search, PayoutSearch::Found(_)) && resolution.is_due(now);
        let failed = records.first().map(|record| record.id.clone());
        return if is_due { PayoutStep::Resolve { failed } } else { PayoutStep::AskAgain };
    }
    if now.duration_since(attempt.key_since) >= timing.key_age_max {
        return PayoutStep::GiveToPerson(PersonCause::KeyTooOld);
    }
    // Whoever slept since their claim must not call: somebody else may have, and may have heard of a failure.
    let send_until = attempt.lease_until - timing.lease + timing.send_within;
    match search {
        PayoutSearch::FirstClaim | PayoutSearch::Found(_) if now <= send_until => {
            PayoutStep::Send(payout.key())
        }
        _ => PayoutStep::AskAgain,
    }
}

/// A record of another amount that has failed ends nothing by itself: cashiers do.
fn has_failed_to_be_resolved(order: &WithdrawalOrder, record: &PayoutReport) -> bool {
    let is_failed = record.state == PayoutState::Failed && record.money != order.terms.money;
    is_failed && order.resolution.is_some()
}

/// What failed, and was followed by another, is settled, unless it is paid after all; and so is what its player owes.
pub(crate) fn records_that_count<'a>(
    order: &WithdrawalOrder,
    found: &'a [PayoutReport],
) -> Vec<&'a PayoutReport> {
    let counts = |report: &&PayoutReport| !is_over(order, report) && !order.paid_twice.contains(&report.id);
    found.iter().filter(counts).collect()
}

/// Whether a record tells of a failure that the order has left behind.
pub(crate) fn is_over(order: &WithdrawalOrder, report: &PayoutReport) -> bool {
    let has_failed = matches!(report.state, PayoutState::Failed | PayoutState::Returned);
    has_failed && order.failed_payouts.contains(&report.id)
}

/// What is to be done after a call that gave no report. A refusal says something only where no call came before it.
pub fn step_after_failed_call(error: CallError, is_first_call: bool) -> PayoutStep {
    let error = if is_first_call { error } else { error.of_repeat() };
    match error {
        CallError::Refused { code } => PayoutStep::GiveToPerson(PersonCause::Refused { code }),
        CallError::NotSent | CallError::Unknown => PayoutStep::AskAgain,
    }
}
