//! Orders to send, and short constructors.

pub(crate) mod played;
pub(crate) mod served;
pub(crate) mod statements;

use evens_idempotency::Fingerprint;
use evens_ledger::{Digest, ProviderName, UserId};
use evens_payments::{
    Currency, Direction, Money, OrderId, OrderTerms, PaymentReport, PayoutReport, PayoutState,
};
use evens_providers::{
    CallFuture, GuardedProvider, PayeeAccount, PaymentProvider, PaymentRequest, PayoutRequest, Sending,
};
use evens_runtime::Clock;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// No operation of a test takes this long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) fn name(text: &str) -> ProviderName {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An amount in INR, such as 100.50 or 2.00.
pub(crate) fn inr(amount: &str) -> Money {
    Money::parse(amount.parse().unwrap(), Currency::INR).unwrap()
}

pub(crate) fn order_id(direction: Direction) -> OrderId {
    OrderId::derive(direction, UserId::new(42).unwrap(), &"key-1".parse().unwrap())
}

/// A deposit or a withdrawal of 100.50 INR.
pub(crate) fn terms(direction: Direction, provider: &str) -> OrderTerms {
    OrderTerms {
        id: order_id(direction),
        user: UserId::new(42).unwrap(),
        money: inr("100.50"),
        provider: name(provider),
        fingerprint: Fingerprint::from_stored(Digest::ZERO),
        created_at: at("2026-03-01T00:00:00Z"),
    }
}

pub(crate) fn account(text: &str) -> PayeeAccount {
    text.parse().unwrap()
}

pub(crate) fn first(terms: &OrderTerms) -> PaymentRequest<'_> {
    PaymentRequest { terms, sending: Sending::First }
}

pub(crate) fn payout<'a>(
    terms: &'a OrderTerms,
    account: &'a PayeeAccount,
    sending: Sending,
) -> PayoutRequest<'a> {
    PayoutRequest { terms, attempt: 1, account, sending }
}

pub(crate) fn guarded(provider: impl PaymentProvider + 'static) -> GuardedProvider {
    GuardedProvider::new(Arc::new(provider), Clock::fixed(at("2026-03-01T00:00:00Z")))
}

/// Repeats the query until the result is the expected one.
pub(crate) async fn until<'a, Report>(
    ask: impl Fn() -> CallFuture<'a, Vec<Report>>,
    is_there: impl Fn(&[Report]) -> bool,
) -> Vec<Report> {
    let started = Instant::now();
    loop {
        let found = ask().await.unwrap();
        if is_there(&found) {
            return found;
        }
        assert!(started.elapsed() < DEADLINE, "it is still not there");
        tokio::task::yield_now().await;
    }
}

/// The payout of an order, once it is in that state.
pub(crate) async fn payout_in(
    provider: &dyn PaymentProvider,
    order: OrderId,
    state: PayoutState,
) -> PayoutReport {
    let found =
        until(|| provider.find_payouts(order), |found| found.iter().any(|report| report.state == state));
    found.await.swap_remove(0)
}

/// The only payment of an order.
pub(crate) async fn only_payment(provider: &dyn PaymentProvider, order: OrderId) -> PaymentReport {
    let mut found = provider.find_payments(order).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}
