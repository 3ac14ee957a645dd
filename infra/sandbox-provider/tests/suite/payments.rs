//! Payments and refunds: the order of refusals, and the effect of each step.

use crate::common::{Provider, amount, payment_of, reference, second};
use evens_sandbox_provider::core::{OpenPayment, PaymentId, PaymentStatus, RefundStatus, Refusal};

const OPEN: PaymentStatus = PaymentStatus::Open;
const SUCCEEDED: PaymentStatus = PaymentStatus::Succeeded;
const FAILED: PaymentStatus = PaymentStatus::Failed;
const DISPUTED: PaymentStatus = PaymentStatus::Disputed;

#[test]
fn a_payment_is_open_until_it_is_paid() {
    let mut provider = Provider::new();
    let opened = provider.open("a", &payment_of(1000)).unwrap();
    assert_eq!((opened.status, opened.amount, opened.opened_at), (OPEN, amount(1000), second(0)));
    assert_eq!(provider.core.payment(opened.id), Some(&opened));
    assert_eq!(provider.moved(), []);
    let paid = provider.core.pay(opened.id, second(5)).unwrap();
    assert_eq!((paid.status, paid.changed_at), (SUCCEEDED, second(5)));
    assert_eq!(provider.moved(), [("payment", 1000), ("payment-fee", -20)]);
}

#[test]
fn each_payment_state_has_its_permitted_steps() {
    let refused = |status| Err(Refusal::PaymentStatus(status));
    #[rustfmt::skip]
    let table: [(&str, Result<_, Refusal>); 9] = [
        ("pay",             Ok(SUCCEEDED)),
        ("fail",            Ok(FAILED)),
        ("fail pay",        Ok(SUCCEEDED)),
        ("fail fail",       refused(FAILED)),
        ("pay pay",         refused(SUCCEEDED)),
        ("pay fail",        refused(SUCCEEDED)),
        ("dispute",         Ok(DISPUTED)),
        ("dispute pay",     refused(DISPUTED)),
        ("dispute fail",    refused(DISPUTED)),
    ];
    for (acts, expected) in table {
        let mut provider = Provider::new();
        let id = provider.open("a", &payment_of(1000)).unwrap().id;
        let mut last = Ok(OPEN);
        for act in acts.split(' ') {
            last = match act {
                "pay" => provider.core.pay(id, second(1)).map(|payment| payment.status),
                "fail" => provider.core.fail(id, second(1)).map(|payment| payment.status),
                _ => {
                    provider.fault("payment", "dispute", 1);
                    provider.core.pay(id, second(0)).unwrap();
                    provider.at(5);
                    Ok(provider.core.payment(id).unwrap().status)
                }
            };
        }
        assert_eq!(last, expected, "{acts}");
    }
    let unknown = PaymentId::from_random(99);
    assert_eq!(Provider::new().core.pay(unknown, second(0)), Err(Refusal::UnknownPayment));
    assert_eq!(Provider::new().core.fail(unknown, second(0)), Err(Refusal::UnknownPayment));
}

#[test]
fn a_repeat_gets_the_first_answer_until_the_key_is_forgotten() {
    let mut provider = Provider::new();
    let first = provider.open("a", &payment_of(1000)).unwrap();
    provider.core.pay(first.id, second(1)).unwrap();
    assert_eq!(provider.at(99).open("a", &payment_of(1000)), Ok(first.clone()));
    assert_eq!(provider.open("a", &payment_of(1001)), Err(Refusal::KeyUsedForAnotherRequest));
    let second = provider.at(100).open("a", &payment_of(1000)).unwrap();
    assert_ne!(first.id, second.id);
    let found: Vec<_> = provider.core.payments_of(&reference("order-1")).map(|payment| payment.id).collect();
    assert_eq!(found, [first.id, second.id]);
}

#[test]
fn an_unused_reference_finds_nothing() {
    let mut provider = Provider::new();
    provider.open("a", &payment_of(1000)).unwrap();
    assert_eq!(provider.core.payments_of(&reference("order-9")).count(), 0);
    let other = OpenPayment { reference: reference("order-9"), ..payment_of(1000) };
    let other = provider.open("b", &other).unwrap();
    assert_eq!(provider.core.payments_of(&reference("order-9")).collect::<Vec<_>>(), [&other]);
}

/// Each row is the row above with one fault repaired. `key` is `new`, or was used for the `same` refund (of 400) or for
/// another one (`other`).
#[test]
fn refusals_of_refunds_in_order() {
    use Refusal::{KeyUsedForAnotherRequest, RefundTooLarge, UnknownPayment};
    #[rustfmt::skip]
    let table = [
        ("other", "unknown",  1001, Err(KeyUsedForAnotherRequest)),
        ("new",   "unknown",  1001, Err(UnknownPayment)),
        ("new",   "open",     1001, Err(Refusal::PaymentStatus(OPEN))),
        ("new",   "failed",   1001, Err(Refusal::PaymentStatus(FAILED))),
        ("new",   "disputed", 1001, Err(Refusal::PaymentStatus(DISPUTED))),
        ("new",   "paid",     1001, Err(RefundTooLarge { amount_left: 600 })),
        ("new",   "paid",     601,  Err(RefundTooLarge { amount_left: 600 })),
        ("new",   "paid",     600,  Ok(())),
        ("same",  "paid",     400,  Ok(())),
    ];
    for (key, payment, units, expected) in table {
        let mut provider = Provider::new();
        let paid = provider.paid();
        provider.refund("same", paid, 400).unwrap();
        let open = provider.open("o", &payment_of(1000)).unwrap().id;
        let failed = provider.open("f", &payment_of(1000)).unwrap().id;
        provider.core.fail(failed, second(0)).unwrap();
        provider.fault("payment", "dispute", 1);
        let disputed = provider.paid();
        provider.at(5);
        let payment = match payment {
            "open" => open,
            "failed" => failed,
            "disputed" => disputed,
            "paid" => paid,
            _ => PaymentId::from_random(99),
        };
        let key = if key == "other" { "same" } else { key };
        assert_eq!(provider.refund(key, payment, units).map(drop), expected, "{key} {units}");
    }
}

#[test]
fn a_refund_is_processed_by_time() {
    let mut provider = Provider::new();
    let payment = provider.paid();
    let accepted = provider.refund("r", payment, 400).unwrap();
    assert_eq!(accepted.status, RefundStatus::Processing);
    assert_eq!(provider.core.payment(payment).unwrap().amount_left(), 600);
    assert_eq!(provider.moved().len(), 2);
    assert_eq!(provider.at(3).core.refund(accepted.id).unwrap().status, RefundStatus::Processed);
    assert_eq!(provider.moved().last(), Some(&("refund", -400)));
    assert_eq!(provider.refund("r", payment, 400), Ok(accepted));
    assert_eq!(provider.core.refunds().count(), 1);
}

#[test]
fn the_money_of_a_refund_that_failed_goes_back_by_another() {
    let mut provider = Provider::new();
    provider.fault("refund", "fail", 1);
    let payment = provider.paid();
    let failed = provider.refund("r", payment, 1000).unwrap();
    assert_eq!(provider.core.payment(payment).unwrap().amount_left(), 0);
    let found = provider.at(3).core.refund(failed.id).unwrap();
    assert_eq!((found.status, found.changed_at), (RefundStatus::Failed, second(3)));
    assert_eq!(provider.moved(), [("payment", 1000), ("payment-fee", -20)]);
    assert_eq!(provider.core.payment(payment).unwrap().amount_left(), 1000);
    assert_eq!(provider.refund("r", payment, 1000), Ok(failed), "a repeat is answered as the first call was");

    let next = provider.refund("s", payment, 1000).unwrap();
    assert_eq!(provider.at(6).core.refund(next.id).unwrap().status, RefundStatus::Processed);
    assert_eq!(provider.moved().last(), Some(&("refund", -1000)));
    assert_eq!(provider.taken(), ["payment.succeeded", "refund.failed", "refund.processed"]);
    assert_eq!(provider.core.pending_faults(), []);
}

/// The bank reversed the amount without pending refunds. The rest stays with the caller.
#[test]
fn a_refund_of_a_payment_that_is_disputed_may_fail() {
    let mut provider = Provider::new();
    provider.fault("payment", "dispute", 1);
    provider.fault("refund", "fail", 1);
    let payment = provider.paid();
    provider.at(4).refund("r", payment, 400).unwrap();
    provider.at(7);
    assert_eq!(provider.moved(), [("payment", 1000), ("payment-fee", -20), ("dispute", -600)]);
    assert_eq!(provider.refund("s", payment, 400).map(drop), Err(Refusal::PaymentStatus(DISPUTED)));
}

#[test]
fn a_dispute_takes_back_what_was_not_refunded() {
    let mut provider = Provider::new();
    provider.fault("payment", "dispute", 1);
    let payment = provider.paid();
    provider.refund("r", payment, 400).unwrap();
    provider.at(5);
    assert_eq!(provider.core.payment(payment).unwrap().status, DISPUTED);
    let moved = [("payment", 1000), ("payment-fee", -20), ("refund", -400), ("dispute", -600)];
    assert_eq!(provider.moved(), moved);
}

#[test]
fn a_payment_that_failed_succeeds_by_itself_unless_it_was_paid() {
    for is_paid in [false, true] {
        let mut provider = Provider::new();
        provider.fault("payment", "success-after-failure", 1);
        let id = provider.open("a", &payment_of(1000)).unwrap().id;
        provider.core.fail(id, second(0)).unwrap();
        if is_paid {
            provider.core.pay(id, second(1)).unwrap();
        }
        assert_eq!(provider.at(5).core.payment(id).unwrap().status, SUCCEEDED);
        assert_eq!(provider.moved(), [("payment", 1000), ("payment-fee", -20)]);
    }
}

#[test]
fn a_payer_may_pay_something_else() {
    let mut provider = Provider::new();
    provider.fault("payment", "wrong-amount", 1);
    let payment = provider.paid();
    assert_eq!(provider.core.payment(payment).unwrap().amount, amount(1001));
    provider.fault("payment", "wrong-currency", 1);
    let payment = provider.paid();
    assert_eq!(provider.core.payment(payment).unwrap().currency.to_string(), "XTS");
    assert_eq!(provider.core.movements().last().unwrap().currency.to_string(), "XTS");
}
