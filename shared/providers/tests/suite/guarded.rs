//! The guard around a provider: time limit, circuit breaker, and repeats.

use crate::common::served::{KEY, SECRET, Served};
use crate::common::statements::read;
use crate::common::{account, at, order_id, payout, terms};
use evens_breaker::{FAILURES_MAX, OPENED_FOR, State};
use evens_payments::{CallError, Direction};
use evens_providers::{Guarded, PayeeAccount, PaymentProvider, Sandbox, SandboxSettings, Sending};
use evens_runtime::Clock;
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A guard whose clock the test sets, in milliseconds.
fn guarded(served: &Served) -> (Guarded, Arc<AtomicI64>) {
    let time = Arc::new(AtomicI64::new(at("2026-03-01T00:00:00Z").as_millisecond()));
    let moved = Arc::clone(&time);
    let clock =
        Clock::from_fn(move || jiff::Timestamp::from_millisecond(moved.load(Ordering::Relaxed)).unwrap());
    (Guarded::new(Arc::new(served.provider()), clock), time)
}

#[tokio::test]
async fn a_silent_provider_is_not_called_until_the_breaker_closes() {
    let served = Served::start().await;
    let (provider, time) = guarded(&served);
    let order = order_id(Direction::Withdrawal);
    served.fault("find-payouts", "500", FAILURES_MAX).await;
    for _ in 0..FAILURES_MAX {
        assert_eq!(provider.find_payouts(order).await, Err(CallError::Unknown));
    }
    assert_eq!(provider.state(), State::Open);
    // The provider is up again, but the open breaker sends nothing.
    let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account("account-1"));
    let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await;
    assert_eq!(sent, Err(CallError::NotSent));
    let again = provider.send_payout(payout(&terms, &account, Sending::Repeat)).await;
    assert_eq!(again, Err(CallError::Unknown), "an earlier one may have been sent");
    assert_eq!(served.state().await["payouts"], serde_json::json!([]));

    time.fetch_add(i64::try_from(OPENED_FOR.as_millis()).unwrap(), Ordering::Relaxed);
    assert_eq!(provider.find_payouts(order).await, Ok(Vec::new()));
    assert_eq!(provider.state(), State::Closed);
}

/// Many payouts are due when the provider answers again. The first call is the trial, and the others do not
/// end unsent.
#[tokio::test]
async fn calls_during_a_trial_wait_for_its_result() {
    let served = Served::start().await;
    let (provider, time) = guarded(&served);
    let order = order_id(Direction::Withdrawal);
    for (is_up, expected) in [(true, Ok(Vec::new())), (false, Err(CallError::NotSent))] {
        served.fault("find-payouts", "500", FAILURES_MAX).await;
        for _ in 0..FAILURES_MAX {
            assert_eq!(provider.find_payouts(order).await, Err(CallError::Unknown));
        }
        assert!(provider.refuses_calls());
        time.fetch_add(i64::try_from(OPENED_FOR.as_millis()).unwrap(), Ordering::Relaxed);
        assert!(!provider.refuses_calls(), "the next call is a trial");
        if !is_up {
            served.fault("find-payouts", "500", 1).await;
        }
        let answers = join_all((0..8).map(|_| provider.find_payouts(order))).await;
        let expected = answers.iter().filter(|answer| **answer == expected).count();
        assert!(expected >= 7, "one of them is the trial: {answers:?}");
        assert_eq!(provider.refuses_calls(), !is_up);
    }
}

#[tokio::test]
async fn an_unreachable_provider_got_nothing_and_is_not_called_until_the_breaker_closes() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let served = Served::start().await;
    let provider = Sandbox::new(SandboxSettings { endpoint, ..served.settings() }).unwrap();
    let provider = crate::common::guarded(provider);
    let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account("account-1"));
    for _ in 0..FAILURES_MAX {
        let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await;
        assert_eq!(sent, Err(CallError::NotSent));
    }
    assert_eq!(provider.state(), State::Open);
}

#[tokio::test]
async fn to_be_refused_is_to_be_answered_and_says_nothing_of_a_repeat() {
    let served = Served::start().await;
    let key = "another-key-0123456789".parse().unwrap();
    let provider = Sandbox::new(SandboxSettings { key, ..served.settings() }).unwrap();
    let provider = crate::common::guarded(provider);
    let terms = terms(Direction::Withdrawal, "sandbox");
    let account: PayeeAccount = account("account-1");
    let refused = Err(CallError::Refused { code: "unauthorized".to_owned() });
    for _ in 0..=FAILURES_MAX {
        let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await;
        assert_eq!(sent, refused);
    }
    assert_eq!(provider.state(), State::Closed);
    let again = provider.send_payout(payout(&terms, &account, Sending::Repeat)).await;
    assert_eq!(again, Err(CallError::Unknown));
}

#[tokio::test]
async fn a_guarded_provider_reads_callbacks_unchanged() {
    let served = Served::start().await;
    let (provider, _) = guarded(&served);
    assert_eq!(provider.name().as_str(), "sandbox");
    assert!(read(&provider, b"").is_err());
    let shown = format!("{provider:?}");
    assert!(!shown.contains(KEY) && !shown.contains(SECRET), "{shown}");
}
