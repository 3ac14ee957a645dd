//! Errors of the port if the provider fails, and whether the call had an effect.

use crate::common::served::SandboxServer;
use crate::common::statements::{fetched, read};
use crate::common::{account, first, guarded, order_id, payout, terms, until};
use evens_payments::{CallError, Direction};
use evens_providers::{PaymentProvider, Sending};

#[tokio::test]
async fn a_failed_call_has_an_unknown_result() {
    #[rustfmt::skip]
    let table = [
        // fault,               carried out
        ("fail-before-effect",  false),
        ("429",                 false),
        ("500",                 true),
        ("garbage",             true),
        ("lose-answer",         true),
    ];
    for (fault, is_carried_out) in table {
        let served = SandboxServer::start().await;
        let provider = guarded(served.provider());
        let (deposit, withdrawal) =
            (terms(Direction::Deposit, "sandbox"), terms(Direction::Withdrawal, "sandbox"));
        let account = account("account-1");

        served.fault("open-payment", fault, 1).await;
        assert_eq!(provider.open_payment(first(&deposit)).await, Err(CallError::Unknown), "{fault}");
        let found = provider.find_payments(deposit.id).await.unwrap();
        assert_eq!(found.len(), usize::from(is_carried_out), "{fault}");

        served.fault("send-payout", fault, 1).await;
        let sent = provider.send_payout(payout(&withdrawal, &account, Sending::First)).await;
        assert_eq!(sent, Err(CallError::Unknown), "{fault}");
        let found = provider.find_payouts(withdrawal.id).await.unwrap();
        assert_eq!(found.len(), usize::from(is_carried_out), "{fault}");

        // A repeat of the same call still leads to one payout.
        provider.send_payout(payout(&withdrawal, &account, Sending::Repeat)).await.unwrap();
        assert_eq!(provider.find_payouts(withdrawal.id).await.unwrap().len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_search_that_fails_finds_nothing_out() {
    for fault in ["fail-before-effect", "429", "500", "garbage", "lose-answer"] {
        let served = SandboxServer::start().await;
        let provider = served.provider();
        served.fault("find-payouts", fault, 1).await;
        served.fault("find-payments", fault, 1).await;
        served.fault("statement", fault, 1).await;
        let order = order_id(Direction::Withdrawal);
        assert_eq!(provider.find_payouts(order).await, Err(CallError::Unknown), "{fault}");
        assert_eq!(provider.find_payments(order).await, Err(CallError::Unknown), "{fault}");
        let statement = fetched(&provider, "2026-03-01".parse().unwrap()).await;
        match fault {
            // A fetch does not validate the bytes; the parser does.
            "garbage" => assert!(read(&provider, &statement.unwrap()).is_err()),
            _ => assert_eq!(statement, Err(CallError::Unknown), "{fault}"),
        }
    }
}

#[tokio::test]
async fn a_hanging_call_is_given_up() {
    let served = SandboxServer::start().await;
    let provider = guarded(served.provider());
    let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account("account-1"));
    served.fault("send-payout", "hang", 1).await;
    // A paused clock advances by itself while the runtime is idle.
    tokio::time::pause();
    let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await;
    tokio::time::resume();
    assert_eq!(sent, Err(CallError::Unknown));
    let again = provider.send_payout(payout(&terms, &account, Sending::Repeat)).await;
    let found = until(|| provider.find_payouts(terms.id), |found| !found.is_empty()).await;
    assert_eq!(found.len(), 1, "{again:?}");
}

#[tokio::test]
async fn a_key_that_the_provider_forgot_is_found_as_a_second_payout() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account("account-1"));
    served.fault("send-payout", "forget-key", 1).await;
    for sending in [Sending::First, Sending::Repeat] {
        provider.send_payout(payout(&terms, &account, sending)).await.unwrap();
    }
    assert_eq!(provider.find_payouts(terms.id).await.unwrap().len(), 2);
}
