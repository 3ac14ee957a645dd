//! [`Agreement`]: a pending act that needs the approval of several cashiers.

use crate::{ActRefusal, Approval, CashierAct, DepositOrder, DepositPlan, HoldRules, PaymentsRecord, Plan};
use evens_ledger::{Amount, UserId};
use jiff::{SignedDuration, Timestamp};

/// The time within which other cashiers can approve an act. After that it has to be requested again.
pub const AGREEMENT_AGE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The maximum number of pending acts per player or deposit. Further ones are refused, so that a new act cannot
/// displace a pending one.
pub const AGREEMENTS_MAX: usize = 10;

/// The maximum number of them begun by one cashier, so that one cashier cannot use up all of them.
pub const AGREEMENTS_OF_ONE_MAX: usize = 5;

/// The text of an agreement to [`crate::release_account`].
pub const RELEASE: &str = "release";

/// An act that at least one cashier has approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The act as text, with all of its parameters, so that every approval is for the same act.
    pub wanted: String,
    /// The approving cashiers, in their order.
    pub approvals: Vec<Approval>,
}

impl Agreement {
    /// Returns `true` if the act can still be approved.
    pub(crate) fn still_waits(&self, now: Timestamp) -> bool {
        let first = self.approvals.first();
        first.is_some_and(|approval| now.duration_since(approval.at) < AGREEMENT_AGE_MAX)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApprovalProgress {
    /// Enough cashiers have approved, so the act can be done. Contains the other pending acts.
    Enough(Vec<Agreement>),
    /// More approvals are needed. Contains all pending acts.
    Waits(Vec<Agreement>),
}

impl HoldRules {
    /// The number of cashiers who must approve an act without an amount that lifts a restriction.
    pub fn approvals_needed_to_open(&self) -> usize {
        if self.four_eyes_above.is_some() { 2 } else { 1 }
    }
}

impl PaymentsRecord {
    /// Approves an act. Returns the record `after` it and `true` once enough cashiers have approved; until then this
    /// record with the approval, and `false`.
    ///
    /// Once the act is done, other pending acts on the same subject are dropped, because their approvals were based on
    /// the previous state. These are the acts whose text begins with `about`.
    pub fn agreed(
        &self,
        (about, wanted): (&str, &str),
        needed: usize,
        after: &Self,
        act: &CashierAct,
        now: Timestamp,
    ) -> Result<(Self, bool), ActRefusal> {
        Ok(match agree(&self.agreements, wanted, needed, (self.user, act), now)? {
            ApprovalProgress::Enough(agreements) => {
                (Self { agreements, ..after.clone() }.without_agreements_about(about), true)
            }
            ApprovalProgress::Waits(agreements) => (Self { agreements, ..self.next() }, false),
        })
    }

    /// Holds all withdrawals of the player for a cashier. Earlier approvals to end a hold are dropped, because they
    /// were given without the new reason.
    pub(crate) fn held(self) -> Self {
        Self { is_held: true, ..self }.without_agreements_about(RELEASE)
    }

    fn without_agreements_about(mut self, about: &str) -> Self {
        self.agreements.retain(|agreement| !agreement.wanted.starts_with(about));
        self
    }
}

/// Approves an act on a deposit. Returns `plan` once as many cashiers have approved as for a withdrawal of this amount.
/// Until then returns a plan that only stores the approval.
pub fn agreed_on_deposit(
    order: &DepositOrder,
    wanted: &str,
    amount: Amount,
    plan: DepositPlan,
    act: &CashierAct,
    holds: &HoldRules,
    now: Timestamp,
) -> Result<DepositPlan, ActRefusal> {
    let needed = holds.approvals_needed(amount);
    Ok(match agree(&order.agreements, wanted, needed, (order.terms.user, act), now)? {
        ApprovalProgress::Enough(agreements) => {
            Plan { order: DepositOrder { agreements, ..plan.order.clone() }, ..plan }
        }
        ApprovalProgress::Waits(agreements) => {
            let history =
                order.history.with(crate::withdrawals::decide_withdrawal::act_line(wanted, act, now));
            Plan::of(Some(order.clone()), DepositOrder { agreements, history, ..order.clone() })
        }
    })
}

/// Records a cashier's approval of an act on this player.
fn agree(
    known: &[Agreement],
    wanted: &str,
    needed: usize,
    (player, act): (UserId, &CashierAct),
    now: Timestamp,
) -> Result<ApprovalProgress, ActRefusal> {
    let young = || known.iter().filter(|agreement| agreement.still_waits(now));
    let same = young().find(|agreement| agreement.wanted == wanted);
    let agreed = same.map_or(&[][..], |agreement| &agreement.approvals);
    act.check(player, agreed, now)?;
    let approvals = [agreed, &[Approval { by: act.by, at: now }]].concat();
    let mut others: Vec<_> = young().filter(|agreement| agreement.wanted != wanted).cloned().collect();
    if approvals.len() >= needed {
        return Ok(ApprovalProgress::Enough(others));
    }
    let is_own = |agreement: &&Agreement| agreement.approvals.first().is_some_and(|first| first.by == act.by);
    if others.len() >= AGREEMENTS_MAX || others.iter().filter(is_own).count() >= AGREEMENTS_OF_ONE_MAX {
        return Err(ActRefusal::TooManyWaiting);
    }
    others.push(Agreement { wanted: wanted.to_owned(), approvals });
    Ok(ApprovalProgress::Waits(others))
}
