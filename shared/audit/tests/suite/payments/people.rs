//! Payees, actions of operators, and payments records: one corruption per row.

use super::{Case, check, key, named};
use crate::common::payments::rupees;
use crate::common::{amount, second, user};
use evens_audit_log::{Act, Action, Actor, AuditHead};
use evens_ledger::{Amount, BalanceKind, Digest, SystemAccount, Transfer};
use evens_payments::{Approval, History, HistoryLine, HoldReason, Payee, PaymentsRecord, WithdrawalState};
use evens_records::Record;
use jiff::SignedDuration;

#[test]
#[rustfmt::skip]
fn of_payees() {
    check(&[
        ("a payee is gone", |case| { case.story.payees.remove(&user(1)); }, "M8"),
        ("a payee has another id", |case| payee(case, 1).id = "payee-1".parse().expect("an id"), "M8"),
        ("a payee is of another account", |case| payee(case, 1).fingerprint = Digest::of(b"another"), "M8"),
        ("an account is another player's", |case| {
            let account = payee(case, 1).fingerprint;
            case.story.payee_owners.insert(account, user(4));
        }, "M8"),
        ("an account is nobody's", |case| {
            let account = payee(case, 1).fingerprint;
            case.story.payee_owners.remove(&account);
        }, "M8"),
        ("a payee is there twice", |case| {
            let twice = payee(case, 1).clone();
            case.beside = Some(Record::Payee(Box::new(twice)));
        }, "M3"),
        ("a withdrawal goes to another player's payee", |case| {
            let other = payee(case, 4).id.clone();
            case.withdrawal(case.paid).payee = other;
        }, "M8"),
    ]);
}

fn payee(case: &mut Case, player: u64) -> &mut Payee {
    case.story.payees.get_mut(&user(player)).expect("there is one")
}

#[test]
#[rustfmt::skip]
fn of_what_operators_did() {
    check(&[
        ("a line is gone", |case| { case.story.audit_lines.remove(0); }, "LOG"),
        ("the last line is gone", |case| { case.story.audit_lines.pop(); }, "LOG"),
        ("all lines are gone, with their head", |case| {
            case.story.audit_lines.clear();
            case.story.audit_head = AuditHead::default();
        }, "LOG"),
        ("a line is there twice", |case| {
            let twice = case.story.audit_lines[1].clone();
            case.beside = Some(Record::AuditLine(Box::new(twice)));
        }, "M3"),
        ("a line says another reason", |case| case.story.audit_lines[0].act.reason = "none".to_owned(), "LOG"),
        ("a line says another cashier, and all behind it follow", |case| {
            case.story.tell_of_acts(|act| act.actor = Actor::CommandLine);
        }, "LOG"),
        ("the head is of an older line", |case| case.story.audit_head = case.story.audit_lines[0].head(), "LOG"),
        ("an approval is not told", |case| {
            let approval = Approval { by: user(92), at: second(1) };
            case.withdrawal(case.paid).approvals.push(approval);
        }, "LOG"),
        ("a round is said to be cancelled, and is not", |case| {
            let texts = || String::new();
            let (actor, action, subject) = (Actor::CommandLine, Action::CancelRound, "first".to_owned());
            let act = Act { actor, action, subject, reason: texts(), before: texts(), after: texts() };
            let line = case.story.audit_head.next(act, second(1));
            case.story.audit_head = line.head();
            case.story.audit_lines.push(line);
        }, "LOG"),
    ]);
}

/// A state without its decision, or a decision without its state.
#[test]
#[rustfmt::skip]
fn of_decisions() {
    check(&[
        ("a held withdrawal is paid without approvals", |case| case.withdrawal(case.paid).approvals.clear(), "LOG"),
        ("one of two approvals is gone", |case| case.withdrawal(case.paid).approvals.truncate(1), "LOG"),
        ("one cashier approved twice", |case| {
            let order = case.withdrawal(case.paid);
            order.approvals[1] = order.approvals[0].clone();
        }, "LOG"),
        ("the player approved it, too", |case| case.withdrawal(case.paid).approvals[1].by = user(1), "LOG"),
        ("a hold and its approvals are gone", |case| {
            let order = case.withdrawal(case.paid);
            order.hold_reasons.clear();
            order.approvals.clear();
        }, "LOG"),
        ("a hold is gone", |case| case.withdrawal(case.paid).hold_reasons.clear(), "LOG"),
        ("a withdrawal was held and not approved", |case| {
            case.withdrawal(case.open).hold_reasons.push(HoldReason::Large);
        }, "LOG"),
        ("a withdrawal was held for a debt and not approved", |case| {
            case.withdrawal(case.open).hold_reasons.push(HoldReason::Owes);
        }, "LOG"),
        ("a withdrawal was stopped after it had been sent", |case| {
            let order = case.withdrawal(case.open);
            order.hold_reasons.push(HoldReason::Owes);
            order.history = order.history.with(HistoryLine::own("account-held", second(99)));
        }, ""),
        ("a second attempt was decided by nobody", |case| {
            let order = case.withdrawal(case.open);
            order.attempt.as_mut().expect("it was claimed").number = 2;
        }, "LOG"),
        ("a rejection is not told", |case| case.withdrawal(case.cancelled).state = WithdrawalState::Rejected, "LOG"),
        ("a rejected withdrawal is cancelled", |case| {
            case.withdrawal(case.rejected).state = WithdrawalState::Cancelled;
        }, "LOG"),
        ("a refund is not told", |case| {
            let (refunded, returned) = (case.refunded.to_string(), case.returned.to_string());
            case.story.tell_of_acts(|act| {
                if act.subject == refunded { act.subject.clone_from(&returned); }
            });
        }, "LOG"),
        ("a claim has no approvals", |case| case.deposit(case.claimed).claims[0].approvals.clear(), "LOG"),
        ("a claim is told", |case| say_after(case, Action::ClaimSuspended, "CLAIMED, pay-7 with 1 approvals, given"), ""),
        ("a claim of another payment is told", |case| {
            say_after(case, Action::ClaimSuspended, "CLAIMED, pay-9 with 1 approvals, given");
        }, "LOG"),
        ("an approval of a claim of another payment is told", |case| {
            say_after(case, Action::ClaimSuspended, "CLAIMED, pay-9 with 1 approvals");
        }, ""),
        ("a return of an additional payment is told", |case| {
            say_after(case, Action::ReturnDeposit, "RETURNED, pay-9 returned");
        }, "LOG"),
    ]);
}

/// Replaces the state after each act of this kind.
fn say_after(case: &mut Case, action: Action, after: &str) {
    case.story.tell_of_acts(|act| {
        if act.action == action {
            after.clone_into(&mut act.after);
        }
    });
}

#[test]
#[rustfmt::skip]
fn of_cashier_records_and_bonuses() {
    check(&[
        ("less was deposited", |case| case.record(1).totals.actual_deposit_amount = amount("99"), "M1"),
        ("more was withdrawn", |case| case.record(1).totals.withdrawn = amount("41"), "M1"),
        ("no withdrawal is open", |case| case.record(1).open_withdrawals = 0, "M1"),
        ("something is owed", |case| case.record(1).owed = amount("1"), "M1"),
        ("a record is gone", |case| { case.story.payments_records.remove(&user(5)); }, "M1"),
        ("a record is there twice", |case| {
            let twice = case.record(1).clone();
            case.beside = Some(Record::Cashier(Box::new(twice)));
        }, "M3"),
        ("a record of somebody without orders says that there were some", |case| {
            let mut record = PaymentsRecord::empty(user(9));
            record.totals.withdrawn = amount("1");
            case.story.payments_records.insert(user(9), record);
        }, "M1"),
        ("a record of somebody without orders is empty", |case| {
            case.story.payments_records.insert(user(9), PaymentsRecord::empty(user(9)));
        }, ""),
        ("somebody without a record owes", |case| {
            let moved = case.transfer(&key("PAID-AFTER-RETURN", case.come_back)).clone();
            case.beside = Some(Record::Transfer(Transfer {
                key: named("CHARGEBACK-OWED:dispute-9"),
                from: SystemAccount::Receivable(user(9)),
                ..moved
            }));
        }, "M1 M3"),
        ("a bonus is given and still due", |case| case.record(1).has_received_first_bonus = false, "M3"),
        ("a bonus was received without an entry", |case| case.drop_entry(&named("BONUS:DEP:1")), "M3"),
        ("a bonus was received by somebody who got none", |case| case.record(2).has_received_first_bonus = true, "M3"),
        ("a bonus is cash", |case| {
            case.change_entry(&named("BONUS:DEP:1"), |entry| entry.balance_kind = BalanceKind::Cash);
        }, "M3"),
        ("a bonus is the house's", |case| {
            case.change_entry(&named("BONUS:DEP:1"), |entry| entry.account = SystemAccount::House);
        }, "M3"),
        ("a bonus is somebody else's", |case| {
            case.change_entry(&named("BONUS:DEP:1"), |entry| entry.key = named("BONUS:DEP:2"));
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_orders_and_their_payments() {
    check(&[
        ("an order is in no list", |case| {
            let open = case.open;
            case.story.order_places.retain(|place| place.order != open);
        }, "M3"),
        ("an order is gone that moved no money, and its place is there", |case| {
            let order = case.story.open_deposit(9, "12");
            case.story.expire_deposit(order);
            case.story.deposits.remove(&order);
        }, "M3"),
        ("an order is older than its place", |case| {
            let open = case.open;
            case.withdrawal(open).terms.created_at = second(0);
        }, "M3"),
        ("a history has lost its first line", |case| {
            let order = case.deposit(case.credited);
            let rest = order.history.lines()[1..].to_vec();
            order.history = History::from_stored(rest);
        }, "M3"),
        ("a line of a history is older than its order", |case| {
            let order = case.withdrawal(case.paid);
            let mut lines = order.history.lines().to_vec();
            lines[1].at -= SignedDuration::from_hours(1);
            order.history = History::from_stored(lines);
        }, "M3"),
        ("a credited deposit has no payment", |case| case.deposit(case.credited).payment = None, "M3"),
        ("a deposit has another payment than arrived", |case| {
            let payment = case.deposit(case.credited).payment.as_mut().expect("it was paid");
            payment.id = "pay-99".parse().expect("an id");
        }, "M3"),
        ("a payment is larger than the deposit", |case| {
            let payment = case.deposit(case.credited).payment.as_mut().expect("it was paid");
            payment.money = rupees("101");
        }, "M3"),
        ("two deposits have the same payment", |case| {
            let (payment, history) = {
                let order = case.deposit(case.credited);
                (order.payment.clone(), order.history.clone())
            };
            let other = case.story.open_deposit(9, "100");
            let order = case.deposit(other);
            let first = order.history.lines()[0].clone();
            let paid = HistoryLine { at: first.at, ..history.lines().last().expect("it was paid").clone() };
            let paid = HistoryLine { cause: "PAID sandbox pay-1".to_owned(), ..paid };
            order.history = History::from_stored(vec![first, paid]);
            order.payment = payment;
        }, "M3"),
        ("two withdrawals have the same payout", |case| {
            let id = case.withdrawal(case.paid).provider_id.clone();
            case.withdrawal(case.open).provider_id = id;
        }, "M3"),
        ("a first deposit was not credited", |case| {
            let refused = case.unclaimed;
            case.record(3).first_deposit = Some(refused);
        }, "M3"),
        ("a sum of open withdrawals is smaller", |case| {
            case.record(1).being_withdrawn = Amount::ZERO;
        }, "M1"),
    ]);
}
