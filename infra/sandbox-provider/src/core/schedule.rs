//! [`Schedule`]: steps that happen at given times.

use super::Core;
use super::ids::{PaymentId, PayoutId, RefundId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A timed step. It has no effect on a record that has reached another status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    StartPayout(PayoutId),
    FinishPayout(PayoutId),
    ReversePayout(PayoutId),
    ProcessRefund(RefundId),
    SucceedPayment(PaymentId),
    DisputePayment(PaymentId),
    ProcessPayout(PayoutId),
}

/// The steps, earliest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Schedule(BTreeSet<(Timestamp, Step)>);

impl Schedule {
    pub(super) fn plan(&mut self, at: Timestamp, step: Step) {
        self.0.insert((at, step));
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.first().map(|(at, _)| *at)
    }

    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, Step)> {
        if self.next()? <= now { self.0.pop_first() } else { None }
    }
}

impl Core {
    pub(super) fn take_step(&mut self, step: Step, at: Timestamp) {
        match step {
            Step::StartPayout(id) => self.start_payout(id, at),
            Step::FinishPayout(id) => self.finish_payout(id, at),
            Step::ReversePayout(id) => self.return_payout(id, at),
            Step::ProcessRefund(id) => self.finish_refund(id, at),
            Step::SucceedPayment(id) => self.succeed_late(id, at),
            Step::DisputePayment(id) => self.dispute(id, at),
            Step::ProcessPayout(id) => self.process_payout(id, at),
        }
    }
}
