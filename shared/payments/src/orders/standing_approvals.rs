//! Approvals that still count. Approvals of accounts that are blocked or no longer cashiers do not count. The acting
//! cashier is checked in the act itself; earlier approvals are checked again with each new one.

use crate::{
    Agreement, Approval, Claim, DepositOrder, PaymentsRecord, Resolution, WithdrawalOrder, WithdrawalState,
};
use evens_ledger::UserId;
use std::collections::BTreeSet;

/// A record that cashiers approve step by step.
pub trait AgreedTo {
    /// The approvals of acts that are not decided yet.
    fn waiting(&mut self) -> Vec<&mut Vec<Approval>>;

    /// The cashiers who have approved an undecided act.
    fn approvers(&mut self) -> BTreeSet<UserId> {
        let waiting = self.waiting().into_iter();
        waiting.flat_map(|approvals| approvals.iter().map(|approval| approval.by)).collect()
    }

    /// Drops these cashiers' approvals of undecided acts.
    fn drop_approvals(&mut self, gone: &BTreeSet<UserId>) {
        for approvals in self.waiting() {
            approvals.retain(|approval| !gone.contains(&approval.by));
        }
    }
}

fn of_agreements(agreements: &mut [Agreement]) -> impl Iterator<Item = &mut Vec<Approval>> {
    agreements.iter_mut().map(|agreement| &mut agreement.approvals)
}

impl AgreedTo for WithdrawalOrder {
    fn waiting(&mut self) -> Vec<&mut Vec<Approval>> {
        let is_held = self.state == WithdrawalState::Held;
        let wanted = self.resolution.as_mut().filter(|wanted: &&mut Resolution| wanted.due_at.is_none());
        let own = is_held.then_some(&mut self.approvals);
        own.into_iter().chain(wanted.map(|wanted| &mut wanted.approvals)).collect()
    }
}

impl AgreedTo for DepositOrder {
    fn waiting(&mut self) -> Vec<&mut Vec<Approval>> {
        let claims = self.claims.iter_mut().filter(|claim: &&mut Claim| !claim.is_given);
        let claims = claims.map(|claim| &mut claim.approvals);
        claims.chain(of_agreements(&mut self.agreements)).collect()
    }
}

impl AgreedTo for PaymentsRecord {
    fn waiting(&mut self) -> Vec<&mut Vec<Approval>> {
        of_agreements(&mut self.agreements).collect()
    }
}
