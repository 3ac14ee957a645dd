//! Corrupt orders, and items that exist although no step wrote them: the error names them, and they are not retried.

use crate::corrupt::{fault, faults, without};
use crate::engine::Engine;
use crate::order_items::full_cashier;
use crate::order_scenario::{
    changed, claimed, credited, deposit_of, deposit_rules, facts, opened, payment, payout, payout_reported,
    planned, report, requested, rupees, transfer_item, withdrawal_of, withdrawal_rules,
};
use crate::raw::{self, Item, number, text, with};
use crate::scenario::{fund, holds, money, second, user};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_payments::{
    PaymentReport, PaymentState, PayoutState, note_provider_id, settle_deposit, settle_payout,
};
use evens_store::{Store, StoreError};

/// Attributes that only some items of a kind have.
const OPTIONAL: [&str; 30] = [
    "changes",
    "requested",
    "adjustments",
    "agreements",
    "paid_twice",
    "owed_back",
    "open_deposits",
    "being_withdrawn",
    "kyc",
    "turnover_since",
    "refund",
    "resolution",
    "provider_id",
    "payment",
    "paid_after_return",
    "limit_day",
    "limit_week",
    "limit_month",
    "stakes_day",
    "stakes_week",
    "stakes_month",
    "losses_day",
    "losses_week",
    "losses_month",
    "reality_check",
    "has_received_first_bonus",
    "first_deposit",
    "bonus_due",
    "held",
    "exclusion",
];

/// A deposit with a payment, a withdrawal with every optional attribute, and a complete payments record.
async fn items_with_everything(engine: &Engine) -> Vec<Item> {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let deposit = opened(store, 1, "key-1", "100", 0).await;
    let more = PaymentReport { money: rupees("101"), ..payment(&deposit, "pay-1") };
    planned(report(store, &more, 5).await);
    let withdrawal = requested(store, 1, "key-2", "50", 0).await;
    claimed(store, &withdrawal, 10).await;
    raw::put(engine, full_cashier()).await;
    let of_kind = async |kind: &str| raw::items(engine, kind).await;
    let mut orders = of_kind("order").await;
    let is_withdrawal = |item: &Item| item["direction"] == text("withdrawal");
    let more = with(
        orders.iter().find(|item| is_withdrawal(item)).expect("the withdrawal"),
        &[
            ("provider_id", text("payout-2")),
            ("approvals", AttributeValue::L(vec![text("90\n2024-01-01T00:00:05Z")])),
            ("hold_reasons", AttributeValue::L(vec![text("large")])),
            ("failed_payouts", AttributeValue::L(vec![text("payout-1")])),
            ("resolution", text("retry\n2024-01-01T00:00:05Z\n\n90 2024-01-01T00:00:05Z")),
            ("paid_after_return", text("yes")),
            ("paid_twice", AttributeValue::L(vec![text("payout-3")])),
            ("owed_back", AttributeValue::L(vec![text("payout-3")])),
        ],
    );
    raw::put(engine, more.clone()).await;
    orders.retain(|item| !is_withdrawal(item));
    let mut items = [orders, vec![more], of_kind("cashier").await, of_kind("transfer").await].concat();
    items.extend(of_kind("order-place").await.into_iter().take(1));
    assert_eq!(items.len(), 5);
    items
}

pub(crate) async fn every_missing_attribute_of_an_order_is_named(engine: &Engine) {
    let items = items_with_everything(engine).await;
    assert_eq!(faults(&engine.store).await, Vec::<String>::new());
    for item in items {
        let beside = ["pk", "sk", "unfinished_pk", "unfinished_sk"];
        for attribute in item.keys().filter(|name| !beside.contains(&name.as_str())) {
            let wrong = with(&item, &[(attribute, AttributeValue::Bool(true))]);
            let missing = (!OPTIONAL.contains(&attribute.as_str())).then(|| without(&item, attribute));
            for broken in missing.into_iter().chain([wrong]) {
                raw::put(engine, broken).await;
                assert_eq!(faults(&engine.store).await, [fault(&item, attribute)]);
            }
        }
        raw::put(engine, item).await;
        assert_eq!(faults(&engine.store).await, Vec::<String>::new());
    }
}

pub(crate) async fn a_wrong_value_of_an_order_is_named(engine: &Engine) {
    let items = items_with_everything(engine).await;
    let list = |value: &str| AttributeValue::L(vec![text(value)]);
    let [time, day] = ["2024-01-01T00:00:00Z", "2024-01-01"];
    #[rustfmt::skip]
    let table = [
        ("deposit",    "direction",       text("sideways")),
        ("deposit",    "revision",        number("-1")),
        ("deposit",    "user_a",          number(2)),
        ("deposit",    "amount",          number(0)),
        ("deposit",    "amount",          number("0.001")), // more precise than a paisa
        ("deposit",    "currency",        text("RUPEE")),
        ("deposit",    "provider",        text("Sandbox")),
        ("deposit",    "fingerprint",     text("00")),
        ("deposit",    "created_at",      text("yesterday")),
        ("deposit",    "state",           text("PROCESSING")),
        ("deposit",    "payment",         text("sandbox\npay-1\n101\nINR")),
        ("deposit",    "payment",         text("sandbox\npay-1\n101\nINR\n\n")),
        ("deposit",    "payment",         text("sandbox\npay-1\n101\nINR\nno-reason")),
        ("deposit",    "payment",         text("sandbox\npay-1\n0.001\nINR\n")),
        ("deposit",    "history",         list("opened")),
        ("deposit",    "history",         list(&format!("{time}\n\n"))),
        ("deposit",    "refund",          text(format!("{time}\n1"))),
        ("deposit",    "refund",          text(format!("{time}\none\n"))),
        ("deposit",    "claims",          list("pay-1")),
        ("deposit",    "claims",          list(&format!("pay-1\nlost\n90 {time}"))),
        ("deposit",    "claims",          list("pay-1\ngiven\n90")),
        ("deposit",    "returns",         list("sandbox\npay-2\n101\nINR\n")),
        ("deposit",    "agreements",      list("refund")),
        ("cashier",    "agreements",      list("release\n90")),
        ("cashier",    "adjustments",     list("desk-7")),
        ("cashier",    "adjustments",     list("desk-7\nhash")),
        ("withdrawal", "state",           text("PENDING")),
        ("withdrawal", "payee",           text("")),
        ("withdrawal", "hold_reasons",    list("a-whim")),
        ("withdrawal", "approvals",       list("90")),
        ("withdrawal", "approvals",       list(&format!("90\n{time}\n90"))),
        ("withdrawal", "attempt",         number("1.5")),
        ("withdrawal", "failed_payouts",  list("")),
        ("withdrawal", "paid_after_return", text("no")),
        ("withdrawal", "paid_twice",      list("")),
        ("withdrawal", "owed_back",       list("")),
        ("withdrawal", "resolution",      text(format!("retry\n{time}"))),
        ("withdrawal", "resolution",      text(format!("forget\n{time}\n"))),
        ("withdrawal", "resolution",      text(format!("retry\n{time}\n\n90"))),
        ("cashier",    "withdrawals_day", text(day)),
        ("cashier",    "deposits_week",   text(format!("{day}\n1"))),
        ("cashier",    "deposits_week",   text(format!("{day}\n1\n-1"))),
        ("cashier",    "limit_day",       text("10")),
        ("cashier",    "limit_day",       text("10\n20\n")), // a request that can never be confirmed
        ("cashier",    "limit_day",       text("10\n\nsoon")),
        ("cashier",    "exclusion",       text(format!("{time}\n{time}"))),
        ("cashier",    "held",            text("no")),
        ("cashier",    "has_received_first_bonus", text("")),
        ("cashier",    "open_withdrawals", number("-1")),
        ("cashier",    "being_withdrawn", number("-1")),
        ("transfer",   "from",            text("nowhere")),
        ("transfer",   "amount",          number("-1")),
        ("order-place", "direction",      text("")),
    ];
    for (what, attribute, value) in table {
        let is_meant = |item: &&Item| {
            item["kind"] == text(what)
                || item.get("direction") == Some(&text(what)) && item["kind"] == text("order")
        };
        let item = items.iter().find(is_meant).expect("one of each");
        raw::put(engine, with(item, &[(attribute, value.clone())])).await;
        assert_eq!(faults(&engine.store).await, [fault(item, attribute)], "{value:?}");
        raw::put(engine, item.clone()).await;
    }
}

/// A change of an unreadable order, or of one whose player's record is unreadable, writes nothing.
pub(crate) async fn a_corrupt_order_is_named_by_each_step(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let deposit = opened(store, 1, "key-1", "10", 0).await;
    let withdrawal = requested(store, 1, "key-2", "10", 0).await;
    let each = async |store: &Store| {
        let (paid, rules) = (payment(&deposit, "pay-1"), deposit_rules());
        let (sent, out) = (payout(&withdrawal, PayoutState::Paid), withdrawal_rules());
        [
            store
                .change_deposit(deposit.terms.id, second(5), |seen| {
                    settle_deposit(&paid, seen, &rules, second(5))
                })
                .await
                .err(),
            store
                .change_withdrawal(withdrawal.terms.id, second(5), |seen| {
                    settle_payout(&sent, Some(seen.order), seen, &out, second(5))
                })
                .await
                .err(),
            store.open_deposit(&deposit_of(1, "key-1", "10"), &rules, second(5)).await.err(),
            store.request_withdrawal(&withdrawal_of(1, "key-2", "10"), facts(), &out, second(5)).await.err(),
        ]
    };
    let words = |errors: [Option<StoreError>; 4]| errors.map(|error| error.map(|error| error.to_string()));
    let orders = raw::items(engine, "order").await;
    for item in &orders {
        raw::put(engine, with(item, &[("state", text("LOST"))])).await;
    }
    let at = |id| orders.iter().find(|item| item["order"] == text(id)).expect("the order");
    let [of_deposit, of_withdrawal] =
        [at(deposit.terms.id), at(withdrawal.terms.id)].map(|item| Some(fault(item, "state")));
    let expected = [of_deposit.clone(), of_withdrawal.clone(), of_deposit, of_withdrawal];
    assert_eq!(words(each(store).await), expected);
    raw::put_all(engine, orders).await;
    let record = raw::items(engine, "cashier").await.remove(0);
    raw::put(engine, without(&record, "owed")).await;
    assert_eq!(words(each(store).await), std::array::from_fn(|_| Some(fault(&record, "owed"))));
    assert!(store.give_first_bonus(user(1), second(5)).await.is_err());
    assert_eq!(money(store, 1).await, holds("90", "0"));
}

/// A transfer exists before the step that makes it. No other writer was faster, so a retry cannot help.
pub(crate) async fn a_transfer_before_its_step_is_corrupt_and_not_tried_again(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let order = requested(store, 1, "key-1", "60", 0).await;
    claimed(store, &order, 1).await;
    let earlier = transfer_item("PAYOUT", &order.terms);
    raw::put(engine, earlier.clone()).await;
    let (rules, paid) = (withdrawal_rules(), payout(&order, PayoutState::Paid));
    let started = std::time::Instant::now();
    let refused = store
        .change_withdrawal(order.terms.id, second(5), |seen| {
            settle_payout(&paid, Some(seen.order), seen, &rules, second(5))
        })
        .await;
    let Err(StoreError::Corrupt { key, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(key, order.terms.id.to_string());
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "at once, and not by the deadline");
    raw::delete(engine, earlier["pk"].as_s().unwrap(), "TRANSFER").await;
    planned(payout_reported(store, &order, PayoutState::Paid, 6).await);
}

/// The same for a place among the player's orders.
pub(crate) async fn a_place_before_its_order_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let (deposit, withdrawal) =
        (opened(store, 1, "key-1", "10", 5).await, requested(store, 1, "key-2", "10", 5).await);
    for id in [deposit.terms.id, withdrawal.terms.id] {
        raw::delete(engine, &format!("ORDER#{id}"), "ORDER").await;
    }
    let opened = store.open_deposit(&deposit_of(1, "key-1", "10"), &deposit_rules(), second(5)).await;
    assert!(matches!(opened, Err(StoreError::Corrupt { .. })), "{opened:?}");
    let asked = withdrawal_of(1, "key-2", "10");
    let requested = store.request_withdrawal(&asked, facts(), &withdrawal_rules(), second(5)).await;
    assert!(matches!(requested, Err(StoreError::Corrupt { .. })), "{requested:?}");
    assert_eq!(money(store, 1).await, holds("90", "0"), "nothing was debited again");
}

/// Orders to be checked are found only through the index.
pub(crate) async fn an_order_that_is_not_listed_is_named(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let deposit = opened(store, 1, "key-1", "10", 0).await;
    requested(store, 1, "key-2", "10", 0).await;
    for item in raw::items(engine, "order").await {
        let unlisted = without(&without(&item, "unfinished_pk"), "unfinished_sk");
        raw::put(engine, unlisted).await;
        assert_eq!(faults(store).await, [fault(&item, "unfinished_pk")]);
        for moment in ["soon", "1", "99999999999999999"] {
            raw::put(engine, with(&item, &[("unfinished_sk", text(moment))])).await;
            assert_eq!(faults(store).await, [fault(&item, "unfinished_sk")], "{moment}");
        }
        raw::put(engine, with(&item, &[("unfinished_sk", text("1704067999999"))])).await;
        assert_eq!(faults(store).await, Vec::<String>::new(), "any moment will do");
        raw::put(engine, item).await;
    }
    // After a failed deposit money may still arrive, or is no longer expected.
    let failed = PaymentReport { state: PaymentState::Failed, ..payment(&deposit, "pay-1") };
    planned(report(store, &failed, 2).await);
    store.postpone_deposit_check(deposit.terms.id, second(10 * 86_400)).await.unwrap();
    assert_eq!(faults(store).await, Vec::<String>::new());
    // An ended order is in no list.
    let credited = credited(store, 1, "key-3", "10", 0).await;
    let items = raw::items(engine, "order").await;
    let ended = items.iter().find(|item| item["order"] == text(credited.terms.id)).expect("the order");
    let listed =
        with(ended, &[("unfinished_pk", text("DEPOSIT#00")), ("unfinished_sk", text("1704067999999"))]);
    raw::put(engine, listed).await;
    assert_eq!(faults(store).await, [fault(ended, "unfinished_pk")]);
}

/// The kind of an order is its `direction` attribute.
pub(crate) async fn an_order_of_the_wrong_direction_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let deposit = opened(store, 1, "key-1", "10", 0).await;
    changed(store, &deposit, 1, |seen, now| {
        note_provider_id(seen.order, &"pay-1".parse().unwrap(), now).ok_or(())
    })
    .await;
    let item = raw::items(engine, "order").await.remove(0);
    raw::put(engine, with(&item, &[("direction", text("withdrawal"))])).await;
    assert_eq!(store.load_deposit(deposit.terms.id).await.unwrap(), None);
    assert!(matches!(store.load_withdrawal(deposit.terms.id).await, Err(StoreError::Corrupt { .. })));
}
