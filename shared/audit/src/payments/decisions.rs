//! Decisions of cashiers about orders. Each state that needs a decision has the audit lines of it, and each decision
//! has the state that follows from it.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, Actor, AuditLine};
use evens_ledger::{Invariant, UserId};
use evens_payments::{
    Approval, DepositOrder, DepositState, HoldReason, WithdrawalEvent, WithdrawalOrder, WithdrawalState,
};
use std::collections::BTreeSet;

const RULE: Invariant = Invariant::AuditLogIsWhole;

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    for order in books.deposits.values() {
        for sentence in faults_of_deposit(order, lines) {
            violations.add(RULE, Subject::User(order.terms.user), sentence);
        }
    }
    for order in books.withdrawals.values() {
        for sentence in faults_of_withdrawal(order, lines) {
            violations.add(RULE, Subject::User(order.terms.user), sentence);
        }
    }
}

/// The actor of a line, if it is a user.
fn user_of(line: &AuditLine) -> Option<UserId> {
    match line.act.actor {
        Actor::User(user) => Some(user),
        Actor::CommandLine | Actor::Schedule => None,
    }
}

fn faults_of_withdrawal(order: &WithdrawalOrder, lines: &Lines<'_>) -> Vec<String> {
    let id = order.terms.id.to_string();
    let mut faults = Vec::new();
    for Approval { by, .. } in &order.approvals {
        let actions = [Action::ApproveWithdrawal, Action::RetryPayout];
        if !actions.iter().any(|action| lines.has_line_by(*action, &id, *by)) {
            faults.push(format!(
                "Cashier {by} approved withdrawal {id}, but the audit log has no line about it."
            ));
        }
    }
    faults.extend(missing_approvals(order));
    faults.extend(dropped_approval(order, lines.about(Action::ApproveWithdrawal, &id)));
    let is_rejected = order.state == WithdrawalState::Rejected;
    if is_rejected && lines.about(Action::RejectWithdrawal, &id).is_empty() {
        faults.push(format!("Withdrawal {id} was rejected, but the audit log has no line about it."));
    }
    if !is_rejected && !lines.about(Action::RejectWithdrawal, &id).is_empty() {
        let state = order.state.as_ref();
        faults.push(format!("The audit log says that withdrawal {id} was rejected, but it is {state}."));
    }
    faults.extend(undecided_attempt(order, lines));
    faults
}

/// A withdrawal that was held is sent only with the approvals that its hold requires.
fn missing_approvals(order: &WithdrawalOrder) -> Option<String> {
    let approvers: BTreeSet<_> = order.approvals.iter().map(|approval| approval.by).collect();
    let approvals = approvers.iter().filter(|approver| **approver != order.terms.user).count();
    let needed = if order.hold_reasons.contains(&HoldReason::FourEyes) { 2 } else { 1 };
    let is_missing = is_sent(order) && !order.hold_reasons.is_empty() && approvals < needed;
    (is_missing && !was_stopped_only(order)).then(|| {
        let (id, state) = (order.terms.id, order.state.as_ref());
        format!(
            "Withdrawal {id} was held and is {state}, but has {approvals} of the {needed} approvals it needs."
        )
    })
}

/// Returns `true` if a withdrawal may be sent, or may have been sent. A withdrawal whose money was given back may have
/// been cancelled while it was held.
fn is_sent(order: &WithdrawalOrder) -> bool {
    match order.state {
        WithdrawalState::Approved
        | WithdrawalState::Processing
        | WithdrawalState::Completed
        | WithdrawalState::Returned => true,
        WithdrawalState::Failed => order.attempt.is_some(),
        WithdrawalState::Held | WithdrawalState::Rejected | WithdrawalState::Cancelled => false,
    }
}

/// Returns `true` if a withdrawal was held for the first time after it had been sent, and was not sent again since. Its
/// history then says that it was claimed before that.
fn was_stopped_only(order: &WithdrawalOrder) -> bool {
    let is_later = |reason: &HoldReason| {
        matches!(reason, HoldReason::Owes | HoldReason::AccountHeld | HoldReason::Recovered)
    };
    let is_first_attempt = order.attempt.is_some_and(|attempt| attempt.number == 1);
    let causes = || order.history.lines().iter().map(|line| line.cause.as_str());
    let claimed = causes().position(|cause| cause == WithdrawalEvent::Claim.as_ref());
    let held = causes().position(|cause| cause == WithdrawalEvent::AccountHeld.as_ref());
    let is_stopped = held.is_some_and(|held| claimed.is_some_and(|claimed| claimed < held));
    is_first_attempt && is_stopped && order.hold_reasons.iter().all(is_later)
}

/// The newest approval that released a withdrawal stays in it, as long as it is not held again.
fn dropped_approval(order: &WithdrawalOrder, approvals: &[&AuditLine]) -> Option<String> {
    let released = WithdrawalState::Approved.as_ref();
    let line = approvals.last().filter(|line| line.act.after.starts_with(released))?;
    let by = user_of(line)?;
    let has_it = order.approvals.iter().any(|approval| approval.by == by);
    let is_held = !order.hold_reasons.is_empty();
    (is_sent(order) && !(has_it && is_held)).then(|| {
        let id = order.terms.id;
        format!("The audit log says that cashier {by} approved withdrawal {id}, but the withdrawal does not.")
    })
}

/// Each attempt after the first was wanted by a cashier, and so was a payout that was given up.
fn undecided_attempt(order: &WithdrawalOrder, lines: &Lines<'_>) -> Option<String> {
    let id = order.terms.id.to_string();
    let retries = lines.about(Action::RetryPayout, &id).len();
    let attempt = order.attempt.map_or(0, |attempt| attempt.number);
    if u32::try_from(retries).is_ok_and(|retries| attempt > retries.saturating_add(1)) {
        return Some(format!(
            "Withdrawal {id} has attempt {attempt}, but the audit log has {retries} lines about a retry."
        ));
    }
    let given_up = WithdrawalEvent::GivenUp.as_ref();
    let is_given_up = order.state == WithdrawalState::Failed
        && order.history.lines().iter().any(|line| line.cause == given_up);
    let is_undecided = is_given_up && lines.about(Action::GiveBackPayout, &id).is_empty();
    is_undecided.then(|| format!("Withdrawal {id} was given up, but the audit log has no line about it."))
}

fn faults_of_deposit(order: &DepositOrder, lines: &Lines<'_>) -> Vec<String> {
    let id = order.terms.id.to_string();
    let mut faults = Vec::new();
    for approval in order.claims.iter().flat_map(|claim| &claim.approvals) {
        if !lines.has_line_by(Action::ClaimSuspended, &id, approval.by) {
            let by = approval.by;
            faults.push(format!(
                "Cashier {by} credited money in suspense to deposit {id}, but the audit log has no line about it."
            ));
        }
    }
    for claim in order.claims.iter().filter(|claim| claim.is_given && claim.approvals.is_empty()) {
        let payment = &claim.payment;
        faults.push(format!("Deposit {id} was credited with {payment} from suspense without an approval."));
    }
    let decided =
        [(Action::RefundDeposit, DepositState::Refunded), (Action::ReturnDeposit, DepositState::Returned)];
    for (action, state) in decided {
        let has_line = lines.about(action, &id).iter().any(|line| says(line, state));
        if order.state == state && !has_line {
            let state = state.as_ref();
            faults.push(format!("Deposit {id} is {state}, but the audit log has no line about it."));
        }
        // A payment on its way back can still be taken back by its payer.
        let is_taken = state == DepositState::Returned && order.state == DepositState::ChargedBack;
        if order.state != state && !is_taken && has_line {
            let (state, found) = (state.as_ref(), order.state.as_ref());
            faults.push(format!("The audit log says that deposit {id} was {state}, but it is {found}."));
        }
    }
    if !order.returns.is_empty() && lines.about(Action::ReturnDeposit, &id).is_empty() {
        faults.push(format!(
            "Additional payments of deposit {id} were returned, but the audit log has no line about it."
        ));
    }
    faults.extend(lost_payments(order, lines));
    faults
}

/// Payments that the audit log gives to the player or sends back, but the order does not.
fn lost_payments(order: &DepositOrder, lines: &Lines<'_>) -> Vec<String> {
    let id = order.terms.id.to_string();
    let is_given =
        |payment: &str| order.claims.iter().any(|claim| claim.is_given && claim.payment.as_str() == payment);
    // A payment on its way back can still be taken back by its payer.
    let is_sent = |payment: &str| {
        order.returns.iter().any(|back| back.payment.id.as_str() == payment)
            || order.taken_back().any(|(taken, _)| taken == payment)
    };
    let claims = lines.about(Action::ClaimSuspended, &id).iter().filter_map(|line| given_payment(line));
    let returns = lines.about(Action::ReturnDeposit, &id).iter().filter_map(|line| returned_payment(line));
    let lost_claims = claims.filter(|payment| !is_given(payment)).map(|payment| (payment, "credited"));
    let lost_returns = returns.filter(|payment| !is_sent(payment)).map(|payment| (payment, "returned"));
    let sentence = |(payment, what): (&str, &str)| {
        format!("The audit log says that {payment} of deposit {id} was {what}, but the deposit does not.")
    };
    lost_claims.chain(lost_returns).map(sentence).collect()
}

/// The payment that an act credited to the player, in a line such as `CLAIMED, pay_1 with 2 approvals, given`.
fn given_payment(line: &AuditLine) -> Option<&str> {
    let (_, claim) = line.act.after.strip_suffix(" approvals, given")?.split_once(", ")?;
    Some(claim.split_once(' ')?.0)
}

/// The additional payment that an act sent back, in a line such as `COMPLETED, pay_2 returned`. Lines of earlier
/// versions do not name it.
fn returned_payment(line: &AuditLine) -> Option<&str> {
    Some(line.act.after.strip_suffix(" returned")?.rsplit_once(", ")?.1)
}

/// Returns `true` if an order was in this state after the act.
fn says(line: &AuditLine, state: DepositState) -> bool {
    let rest = line.act.after.strip_prefix(state.as_ref());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
}
