//! Rows of orders. Deposits and withdrawals share one list of fields; each leaves some of them empty.
//!
//! A payee appears by its id only, and no hash of the request is included. Neither leads back to an account number or
//! an idempotency key.

use evens_payments::{
    Approval, Claim, DepositOrder, Direction, OrderTerms, ReceivedPayment, WithdrawalOrder,
};
use std::fmt::Display;

pub(crate) const ORDER_FIELDS: [&str; 24] = [
    "order",
    "direction",
    "user",
    "amount",
    "currency",
    "provider",
    "createdAt",
    "state",
    "providerId",
    "payUntil",
    "paymentProvider",
    "paymentId",
    "paymentAmount",
    "paymentCurrency",
    "unclaimed",
    "claims",
    "returns",
    "takenBack",
    "payee",
    "holdReasons",
    "approvals",
    "attempt",
    "failedPayouts",
    "paidAfterReturn",
];

type Values = [String; ORDER_FIELDS.len()];

pub(crate) fn values_of_deposit(deposit: &DepositOrder) -> Values {
    let DepositOrder { terms, state, provider_id, payment, pay_until, .. } = deposit;
    let [order, direction, user, amount, currency, provider, created_at] =
        values_of_terms(terms, Direction::Deposit);
    let of_payment = |value: fn(&ReceivedPayment) -> String| payment.as_ref().map(value).unwrap_or_default();
    let unclaimed = payment.as_ref().and_then(|payment| payment.unclaimed);
    [
        order,
        direction,
        user,
        amount,
        currency,
        provider,
        created_at,
        state.to_string(),
        text_of(provider_id.as_ref()),
        pay_until.to_string(),
        of_payment(|payment| payment.provider.to_string()),
        of_payment(|payment| payment.id.to_string()),
        of_payment(|payment| payment.money.amount().to_string()),
        of_payment(|payment| payment.money.currency().code().to_owned()),
        text_of(unclaimed.as_ref()),
        words(deposit.claims.iter().map(text_of_claim)),
        words(deposit.returns.iter().map(|back| &back.payment.id)),
        words(deposit.taken_back().map(|(payment, _)| payment)),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]
}

pub(crate) fn values_of_withdrawal(withdrawal: &WithdrawalOrder) -> Values {
    let WithdrawalOrder { terms, payee, state, provider_id, hold_reasons, approvals, attempt, .. } =
        withdrawal;
    let [order, direction, user, amount, currency, provider, created_at] =
        values_of_terms(terms, Direction::Withdrawal);
    let approvals = approvals.iter().map(|Approval { by, at }| format!("{by}@{at}"));
    [
        order,
        direction,
        user,
        amount,
        currency,
        provider,
        created_at,
        state.to_string(),
        text_of(provider_id.as_ref()),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        payee.to_string(),
        words(hold_reasons.iter()),
        words(approvals),
        text_of(attempt.map(|attempt| attempt.number).as_ref()),
        words(withdrawal.failed_payouts.iter()),
        withdrawal.is_paid_after_return.to_string(),
    ]
}

fn values_of_terms(terms: &OrderTerms, direction: Direction) -> [String; 7] {
    [
        terms.id.to_string(),
        direction.to_string(),
        terms.user.to_string(),
        terms.amount().to_string(),
        terms.money.currency().code().to_owned(),
        terms.provider.to_string(),
        terms.created_at.to_string(),
    ]
}

/// The state of a claim, its cashiers and its payment, which is last because the provider chooses its characters.
fn text_of_claim(claim: &Claim) -> String {
    let Claim { payment, approvals, is_given } = claim;
    let state = if *is_given { "given" } else { "waits" };
    let cashiers: Vec<_> = approvals.iter().map(|approval| approval.by.to_string()).collect();
    format!("{state}:{}:{payment}", cashiers.join(","))
}

fn text_of(value: Option<&impl Display>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// Joins words, which contain no spaces, with single spaces.
fn words(words: impl Iterator<Item = impl Display>) -> String {
    words.map(|word| word.to_string()).collect::<Vec<_>>().join(" ")
}
