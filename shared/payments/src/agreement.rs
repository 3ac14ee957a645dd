//! [`Agreement`]: what a cashier wants and others must agree to, where an act opens more than one of them may alone.

use crate::{ActRefusal, Approval, Cashier, CashierAct, DepositOrder, DepositPlan, HoldRules, Plan};
use evens_ledger::{Amount, UserId};
use jiff::{SignedDuration, Timestamp};

/// How long others may agree to what a cashier wants. After that it is asked for anew.
pub const AGREEMENT_AGE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// How many things may wait for agreement at once, of one player or deposit. One more is refused: nobody pushes out
/// what others wait for.
pub const AGREEMENTS_MAX: usize = 10;

/// How many of them one cashier may have begun: nobody fills all places.
pub const AGREEMENTS_OF_ONE_MAX: usize = 5;

/// What [`crate::release_account`] is called among what cashiers want.
pub const RELEASE: &str = "release";

/// Something that at least one cashier wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// What, with all that it depends on, so that nobody agrees to something else.
    pub wanted: String,
    /// The cashiers who agreed, in their order.
    pub approvals: Vec<Approval>,
}

impl Agreement {
    /// Whether others may still agree to it.
    pub(crate) fn still_waits(&self, now: Timestamp) -> bool {
        let first = self.approvals.first();
        first.is_some_and(|approval| now.duration_since(approval.at) < AGREEMENT_AGE_MAX)
    }
}

/// What became of what a cashier wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Agreed {
    /// As many have agreed as must: it may be done. What else waits.
    Enough(Vec<Agreement>),
    /// Others must agree. All that waits.
    Waits(Vec<Agreement>),
}

impl HoldRules {
    /// How many cashiers must agree to what has no amount, and opens what rules hold back.
    pub fn approvals_needed_to_open(&self) -> usize {
        if self.four_eyes_above.is_some() { 2 } else { 1 }
    }
}

impl Cashier {
    /// The record `after` an act, where as many cashiers have agreed to it as must; else this one, with the agreement.
    /// Says whether the act is done. What else waits about the same thing is dropped then: whoever agreed to it had
    /// seen the thing as it was before. What begins with `about` is about it.
    pub fn agreed(
        &self,
        (about, wanted): (&str, &str),
        needed: usize,
        after: &Self,
        act: &CashierAct,
        now: Timestamp,
    ) -> Result<(Self, bool), ActRefusal> {
        Ok(match agree(&self.agreements, wanted, needed, (self.user, act), now)? {
            Agreed::Enough(agreements) => {
                (Self { agreements, ..after.clone() }.without_agreements_about(about), true)
            }
            Agreed::Waits(agreements) => (Self { agreements, ..self.next() }, false),
        })
    }

    /// Has every withdrawal wait for a cashier. Whoever agreed before that it should not has not seen why.
    pub(crate) fn held(self) -> Self {
        Self { is_held: true, ..self }.without_agreements_about(RELEASE)
    }

    fn without_agreements_about(mut self, about: &str) -> Self {
        self.agreements.retain(|agreement| !agreement.wanted.starts_with(about));
        self
    }
}

/// The plan of an act on a deposit, where as many cashiers have agreed to it as must to a withdrawal of so much; else
/// the deposit with the agreement alone.
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
        Agreed::Enough(agreements) => {
            Plan { order: DepositOrder { agreements, ..plan.order.clone() }, ..plan }
        }
        Agreed::Waits(agreements) => {
            let history = order.history.with(crate::decide_withdrawal::act_line(wanted, act, now));
            Plan::of(Some(order.clone()), DepositOrder { agreements, history, ..order.clone() })
        }
    })
}

/// Notes that a cashier agrees to what is wanted of that player.
fn agree(
    known: &[Agreement],
    wanted: &str,
    needed: usize,
    (player, act): (UserId, &CashierAct),
    now: Timestamp,
) -> Result<Agreed, ActRefusal> {
    let young = || known.iter().filter(|agreement| agreement.still_waits(now));
    let same = young().find(|agreement| agreement.wanted == wanted);
    let agreed = same.map_or(&[][..], |agreement| &agreement.approvals);
    act.check(player, agreed, now)?;
    let approvals = [agreed, &[Approval { by: act.by, at: now }]].concat();
    let mut others: Vec<_> = young().filter(|agreement| agreement.wanted != wanted).cloned().collect();
    if approvals.len() >= needed {
        return Ok(Agreed::Enough(others));
    }
    let is_own = |agreement: &&Agreement| agreement.approvals.first().is_some_and(|first| first.by == act.by);
    if others.len() >= AGREEMENTS_MAX || others.iter().filter(is_own).count() >= AGREEMENTS_OF_ONE_MAX {
        return Err(ActRefusal::TooManyWaiting);
    }
    others.push(Agreement { wanted: wanted.to_owned(), approvals });
    Ok(Agreed::Waits(others))
}
