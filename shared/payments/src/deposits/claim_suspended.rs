//! Crediting money in suspense to the player of the order: an act of cashiers.

use crate::withdrawals::decide_withdrawal::act_line;
use crate::{
    ActRefusal, Approval, CashierAct, DepositEvent, DepositOrder, DepositPlan, DepositRules, DepositState,
    HoldRules, IdentityMissing, OverDepositLimit, Plan, PostedEntry, ProviderId, SettleDepositInput, keys,
};
use evens_ledger::{BalanceTooLarge, Incoming, Posting, ProviderName, SystemAccount, Transfer};
use jiff::Timestamp;

/// A payment in suspense that cashiers want to credit to the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The provider's id of the payment.
    pub payment: ProviderId,
    /// The approving cashiers, in their order.
    pub approvals: Vec<Approval>,
    /// True if enough cashiers have approved, so that the payment is in the wallet.
    pub is_given: bool,
}

/// The reason why money stays in suspense, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimSuspendedRefusal {
    #[error("the payment is already in the player's wallet")]
    GivenBefore,
    /// The order has no such payment in suspense, or the payment was sent back.
    #[error("the deposit has no such payment in suspense")]
    NotSuspended,
    #[error("the payer disputes it, and the dispute is open or lost")]
    Disputed,
    #[error(transparent)]
    Act(#[from] ActRefusal),
    #[error("the player's account is blocked")]
    AccountBlocked,
    #[error("the player is excluded until at least {until}")]
    Excluded {
        /// The earliest possible end.
        until: Timestamp,
    },
    #[error(transparent)]
    OverLimit(#[from] OverDepositLimit),
    #[error(transparent)]
    IdentityMissing(#[from] IdentityMissing),
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

impl DepositOrder {
    /// The pending or finished claim of a payment.
    fn claim_of(&self, payment: &ProviderId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.payment == *payment)
    }

    /// Returns `true` if this is the order's own payment and is in suspense.
    fn is_own_payment(&self, payment: &ProviderId) -> bool {
        self.payment.as_ref().is_some_and(|own| own.id == *payment && own.unclaimed.is_some())
    }
}

/// Records a cashier's approval to credit a payment in suspense to the player. It is credited once as many cashiers
/// have approved as for a withdrawal of this amount, within the limits for deposits. `suspended` is the transfer that
/// put the payment into suspense, if there is one.
pub fn claim_suspended(
    payment: &ProviderId,
    suspended: Option<&Transfer>,
    input: SettleDepositInput<'_>,
    act: &CashierAct,
    holds: &HoldRules,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, ClaimSuspendedRefusal> {
    let SettleDepositInput { order, record, wallet, is_blocked } = input;
    let player = order.terms.user;
    assert!(record.user == player && wallet.user == player, "the records of the order's player");
    let known = order.claim_of(payment);
    if known.is_some_and(|claim| claim.is_given) {
        return Err(ClaimSuspendedRefusal::GivenBefore);
    }
    if order.returns.iter().any(|back| back.payment.id == *payment) || order.was_taken_back(payment) {
        return Err(ClaimSuspendedRefusal::NotSuspended);
    }
    let (transfer, provider) =
        suspended_transfer(payment, suspended, order).ok_or(ClaimSuspendedRefusal::NotSuspended)?;
    if order.is_disputed(payment) {
        return Err(ClaimSuspendedRefusal::Disputed);
    }
    let agreed = known.map_or(&[][..], |claim| &claim.approvals);
    act.check(player, agreed, now)?;
    if is_blocked {
        return Err(ClaimSuspendedRefusal::AccountBlocked);
    }
    if let Some(until) = record.excluded_until(now) {
        return Err(ClaimSuspendedRefusal::Excluded { until });
    }
    let amount = transfer.amount;
    record.check_deposit(amount, &rules.zone, now)?;
    record.check_identity(amount, rules.identity_above)?;
    let posting = Posting {
        key: keys::suspense_out(payment),
        amount,
        account: SystemAccount::Suspense(provider.clone()),
        reference: order.terms.id.to_string(),
    };
    let posted: PostedEntry = wallet.credit(Incoming::Credit, posting, now)?.into();
    let approvals = [agreed, &[Approval { by: act.by, at: now }]].concat();
    let is_given = approvals.len() >= holds.approvals_needed(amount);
    let after = claimed(order, Claim { payment: payment.clone(), approvals, is_given }, act, now);
    let plan = Plan::of(Some(order.clone()), after);
    if !is_given {
        return Ok(plan);
    }
    let mut record = record.next();
    record.use_deposit(amount, &rules.zone, now);
    let total = record.totals.actual_deposit_amount;
    record.totals.actual_deposit_amount = total.saturating_add(amount);
    record.ask_for_stakes(rules.turnover.of(amount), wallet);
    Ok(Plan { record: Some(record), posted: Some(posted), ..plan })
}

/// The transfer that put the payment into suspense for this order, and its provider. Returns `None` if the payment has
/// left suspense.
pub(crate) fn suspended_transfer<'a>(
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

/// The order after an approval. Crediting its own payment ends the order; crediting another payment leaves its state.
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
