//! M3 of orders: each order is in its player's list, and its payment is the one that its history says arrived. No two
//! orders have the same payment or the same payout.

use crate::books::Books;
use crate::report::{Subject, Violations, add};
use evens_ledger::UserId;
use evens_payments::{
    DepositOrder, DepositState, Direction, History, HistoryLine, OrderTerms, PaymentState, ProviderId,
    WithdrawalOrder,
};
use evens_records::OrderPlace;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// Allowed difference between two clocks.
const LEEWAY: SignedDuration = SignedDuration::from_secs(10);

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    check_places(books, violations);
    let mut payments = BTreeMap::new();
    for order in books.deposits.values() {
        let user = order.terms.user;
        add(violations, Subject::User(user), fault_of_history(&order.terms, &order.history));
        add(violations, Subject::User(user), fault_of_payment(order));
        if let Some(payment) = &order.payment {
            let named = (payment.provider.as_str(), payment.id.as_str());
            add_owner(&mut payments, named, &order.terms, violations);
        }
    }
    let mut payouts = BTreeMap::new();
    for order in books.withdrawals.values() {
        let user = order.terms.user;
        add(violations, Subject::User(user), fault_of_history(&order.terms, &order.history));
        for id in payouts_of(order) {
            let named = (order.terms.provider.as_str(), id);
            add_owner(&mut payouts, named, &order.terms, violations);
        }
    }
}

/// Each order has its place in the list of its player, and each place its order.
fn check_places(books: &Books, violations: &mut Violations) {
    let place = |direction, terms: &OrderTerms| OrderPlace {
        order: terms.id,
        direction,
        user: terms.user,
        created_at: terms.created_at,
    };
    let deposits = books.deposits.values().map(|order| place(Direction::Deposit, &order.terms));
    let withdrawals = books.withdrawals.values().map(|order| place(Direction::Withdrawal, &order.terms));
    let expected: BTreeSet<_> = deposits.chain(withdrawals).collect();
    for OrderPlace { order, user, created_at, .. } in expected.difference(&books.order_places) {
        let fault = format!("The order {order} of {created_at} is not in the list of its player.");
        add(violations, Subject::User(*user), Some(fault));
    }
    for OrderPlace { order, user, created_at, .. } in books.order_places.difference(&expected) {
        let fault =
            format!("The list of the player has an order {order} of {created_at}, which is not there.");
        add(violations, Subject::User(*user), Some(fault));
    }
}

/// A history begins with its order. Its first line is never dropped.
fn fault_of_history(terms: &OrderTerms, history: &History) -> Option<String> {
    let id = terms.id;
    let Some(first) = history.lines().first() else {
        return Some(format!("The order {id} has no history."));
    };
    let is_first = first.at == terms.created_at;
    let is_older = |line: &HistoryLine| line.at < first.at - LEEWAY;
    (!is_first || history.lines().iter().any(is_older))
        .then(|| format!("The history of the order {id} does not begin with the order."))
}

/// A payment that was credited or suspended has a line about it, which is never dropped. Money in another currency and
/// payments of other orders have a line, but no payment.
fn fault_of_payment(order: &DepositOrder) -> Option<String> {
    let id = order.terms.id;
    let has_none = matches!(
        order.state,
        DepositState::Created | DepositState::Pending | DepositState::Failed | DepositState::Expired
    );
    let Some(payment) = &order.payment else {
        return (!has_none)
            .then(|| format!("The deposit {id} is {}, but has no payment.", order.state.as_ref()));
    };
    let cause = format!("{} {} {}", PaymentState::Paid, payment.provider, payment.id);
    if !order.history.lines().iter().any(|line| line.cause == cause) {
        return Some(format!("The history of the deposit {id} has no payment {}.", payment.id));
    }
    let is_as_agreed = payment.money == order.terms.money && payment.provider == order.terms.provider;
    (payment.unclaimed.is_none() && !is_as_agreed)
        .then(|| format!("The payment {} is not what was agreed for the deposit {id}.", payment.id))
}

/// The provider's ids of an order's payouts.
fn payouts_of(order: &WithdrawalOrder) -> BTreeSet<&str> {
    let others = order.failed_payouts.iter().chain(&order.paid_twice);
    order.provider_id.iter().chain(others).map(ProviderId::as_str).collect()
}

fn add_owner<'a>(
    owners: &mut BTreeMap<(&'a str, &'a str), UserId>,
    named: (&'a str, &'a str),
    terms: &OrderTerms,
    violations: &mut Violations,
) {
    let is_taken = owners.insert(named, terms.user).is_some();
    let fault = is_taken.then(|| {
        let (provider, id) = named;
        format!("The order {} and another one have the same {id} of the provider {provider}.", terms.id)
    });
    add(violations, Subject::User(terms.user), fault);
}
