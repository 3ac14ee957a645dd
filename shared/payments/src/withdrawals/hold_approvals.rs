//! The approvals that a held withdrawal needs before it is sent. They follow from the reasons stored with it, so that
//! settings that changed since cannot lower them.

use crate::{HoldReason, HoldRules, WithdrawalOrder};
use evens_ledger::UserId;
use std::collections::BTreeSet;

impl WithdrawalOrder {
    /// The number of cashiers whose approval the hold requires. 0 if the withdrawal was never held.
    pub fn approvals_of_hold(&self) -> usize {
        if self.hold_reasons.contains(&HoldReason::FourEyes) { 2 } else { self.hold_reasons.len().min(1) }
    }

    /// The number of cashiers who must approve it: as many as its hold and the current rules require.
    pub fn approvals_needed(&self, rules: &HoldRules) -> usize {
        rules.approvals_needed(self.terms.amount()).max(self.approvals_of_hold())
    }

    /// The cashiers who approved it or its resolution, each once.
    pub fn all_approvers(&self) -> BTreeSet<UserId> {
        let of_resolution = self.resolution.iter().flat_map(|resolution| &resolution.approvals);
        self.approvals.iter().chain(of_resolution).map(|approval| approval.by).collect()
    }

    /// The cashiers who approved it, each once. Players cannot approve their own withdrawals.
    pub(crate) fn approvers(&self) -> impl Iterator<Item = UserId> {
        let approvers: BTreeSet<_> = self.approvals.iter().map(|approval| approval.by).collect();
        let player = self.terms.user;
        approvers.into_iter().filter(move |approver| *approver != player)
    }

    /// Returns `true` if it may not be sent, because it was held and too few cashiers have approved it.
    pub(crate) fn misses_approvals(&self) -> bool {
        self.approvers().count() < self.approvals_of_hold()
    }
}
