//! Giving money that stands in suspense to the player whose order it came for: an act of cashiers.

use crate::decide_withdrawal::act_line;
use crate::{
    ActRefusal, Approval, CashierAct, DepositEvent, DepositOrder, DepositPlan, DepositRules, DepositState,
    HoldRules, IdentityMissing, OverDepositLimit, Plan, Posted, ProviderId, SeenForPayment, keys,
};
use evens_ledger::{BalanceTooLarge, Incoming, Posting, ProviderName, SystemAccount, Transfer};
use jiff::Timestamp;

/// A payment that stands in suspense, which cashiers want to be the player's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What the provider calls the payment.
    pub payment: ProviderId,
    /// The cashiers who agreed, in their order.
    pub approvals: Vec<Approval>,
    /// Whether it is in the wallet: as many have agreed as must.
    pub is_given: bool,
}

/// Why money stays in suspense, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimSuspendedRefusal {
    /// It is in the wallet already.
    #[error("the payment is in the player's wallet")]
    GivenBefore,
    /// No such payment stands in suspense for the order, or it went back.
    #[error("no such payment stands in suspense for the deposit")]
    NotSuspended,
    /// Whoever paid it wants it back.
    #[error("whoever paid it disputes it, and that has not ended in our favour")]
    Disputed,
    /// The cashier may not decide about it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// The player's account is blocked.
    #[error("the player's account is blocked")]
    AccountBlocked,
    /// The player has excluded themselves.
    #[error("the player is excluded until {until} at least")]
    Excluded {
        /// Until when at least.
        until: Timestamp,
    },
    /// It would pass a limit of the player.
    #[error(transparent)]
    OverLimit(#[from] OverDepositLimit),
    /// It must be known first who the player is.
    #[error(transparent)]
    IdentityMissing(#[from] IdentityMissing),
    /// The wallet cannot hold so much.
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

impl DepositOrder {
    /// How far cashiers are with giving a payment to the player.
    fn claim_of(&self, payment: &ProviderId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.payment == *payment)
    }

    /// Whether a payment is the one that the order tells of.
    fn is_own_payment(&self, payment: &ProviderId) -> bool {
        self.payment.as_ref().is_some_and(|own| own.id == *payment && own.unclaimed.is_some())
    }
}

/// Notes that a cashier wants a payment in suspense to be the player's. It is credited when as many have agreed as must
/// agree to a withdrawal of so much, under the limits that hold for deposits. `suspended` is the transfer that put the
/// payment into suspense, if there is one.
pub fn claim_suspended(
    payment: &ProviderId,
    suspended: Option<&Transfer>,
    seen: SeenForPayment<'_>,
    act: &CashierAct,
    holds: &HoldRules,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, ClaimSuspendedRefusal> {
    let SeenForPayment { order, cashier, wallet, is_blocked } = seen;
    let player = order.terms.user;
    assert!(cashier.user == player && wallet.user == player, "the records of the order's player");
    let known = order.claim_of(payment);
    if known.is_some_and(|claim| claim.is_given) {
        return Err(ClaimSuspendedRefusal::GivenBefore);
    }
    if order.returns.iter().any(|back| back.payment.id == *payment) || order.was_taken_back(payment) {
        return Err(ClaimSuspendedRefusal::NotSuspended);
    }
    let (transfer, provider) =
        standing(payment, suspended, order).ok_or(ClaimSuspendedRefusal::NotSuspended)?;
    if order.is_disputed(payment) {
        return Err(ClaimSuspendedRefusal::Disputed);
    }
    let agreed = known.map_or(&[][..], |claim| &claim.approvals);
    act.check(player, agreed, now)?;
    if is_blocked {
        return Err(ClaimSuspendedRefusal::AccountBlocked);
    }
    if let Some(until) = cashier.excluded_until(now) {
        return Err(ClaimSuspendedRefusal::Excluded { until });
    }
    let amount = transfer.amount;
    cashier.check_deposit(amount, &rules.zone, now)?;
    cashier.check_identity(amount, rules.identity_above)?;
    let posting = Posting {
        key: keys::suspense_out(payment),
        amount,
        account: SystemAccount::Suspense(provider.clone()),
        reference: order.terms.id.to_string(),
    };
    let posted: Posted = wallet.credit(Incoming::Credit, posting, now)?.into();
    let approvals = [agreed, &[Approval { by: act.by, at: now }]].concat();
    let is_given = approvals.len() >= holds.approvals_needed(amount);
    let after = claimed(order, Claim { payment: payment.clone(), approvals, is_given }, act, now);
    let plan = Plan::of(Some(order.clone()), after);
    if !is_given {
        return Ok(plan);
    }
    let mut cashier = cashier.next();
    cashier.use_deposit(amount, &rules.zone, now);
    let total = cashier.totals.actual_deposit_amount;
    cashier.totals.actual_deposit_amount = total.saturating_add(amount);
    cashier.ask_for_stakes(rules.turnover.of(amount), wallet);
    Ok(Plan { cashier: Some(cashier), posted: Some(posted), ..plan })
}

/// The transfer that put the payment into suspense for that order, and whose suspense; none where it went back.
pub(crate) fn standing<'a>(
    payment: &ProviderId,
    suspended: Option<&'a Transfer>,
    order: &DepositOrder,
) -> Option<(&'a Transfer, &'a ProviderName)> {
    let transfer = suspended.filter(|transfer| transfer.key == keys::suspense(payment))?;
    let SystemAccount::Suspense(provider) = &transfer.to else { return None };
    let is_of_order = transfer.reference == order.terms.id.to_string();
    let stands = !order.is_own_payment(payment) || order.state == DepositState::Unclaimed;
    (is_of_order && stands).then_some((transfer, provider))
}

/// The order after a cashier has agreed. It ends with its own payment; what came beside that leaves it as it is.
fn claimed(order: &DepositOrder, claim: Claim, act: &CashierAct, now: Timestamp) -> DepositOrder {
    let event = DepositEvent::MoneyClaimed;
    let ends = claim.is_given && order.is_own_payment(&claim.payment);
    let state = if ends { order.state.after(event).unwrap_or(order.state) } else { order.state };
    let history = order.history.with(act_line(&format!("{event} {}", claim.payment), act, now));
    let mut claims = order.claims.clone();
    claims.retain(|known| known.payment != claim.payment);
    claims.push(claim);
    DepositOrder { state, claims, history, ..order.clone() }
}

/// The key of the transfer that puts a payment into suspense.
pub fn suspense_key(payment: &ProviderId) -> evens_ledger::EntryKey {
    keys::suspense(payment)
}
