//! Fundings: once per order.

use crate::scenario::{amount, holds, money, second, user};
use evens_store::{FundOutcome, Store};
use futures::future::join_all;

pub(crate) async fn funds_once_per_order(store: &Store) {
    let first = store.fund_wallet(user(1), amount("500"), "order-1", second(0)).await.unwrap();
    let FundOutcome::Funded(wallet) = first else { panic!("{first:?}") };
    assert_eq!((wallet.balance, wallet.version), (amount("500"), 1));
    let again = store.fund_wallet(user(1), amount("500"), "order-1", second(1)).await.unwrap();
    assert_eq!(again, FundOutcome::FundedBefore);
    let other = store.fund_wallet(user(1), amount("1"), "order-2", second(2)).await.unwrap();
    assert!(matches!(other, FundOutcome::Funded(_)), "{other:?}");
    assert_eq!(money(store, 1).await, holds("501", "0"));
}

pub(crate) async fn parallel_repeats_of_an_order_credit_once(store: &Store) {
    let outcomes =
        join_all((0..30).map(|_| store.fund_wallet(user(1), amount("7"), "order-1", second(0)))).await;
    let funded = outcomes.iter().filter(|outcome| matches!(outcome, Ok(FundOutcome::Funded(_)))).count();
    let before = outcomes.iter().filter(|outcome| matches!(outcome, Ok(FundOutcome::FundedBefore))).count();
    assert_eq!((funded, before), (1, 29));
    assert_eq!(money(store, 1).await, holds("7", "0"));
}

/// B12: +25 and +10 on nothing end at 35.
pub(crate) async fn parallel_orders_of_a_new_wallet_are_all_credited(store: &Store) {
    let orders = [("order-1", "25"), ("order-2", "10"), ("order-3", "0.00000001")];
    let outcomes = orders.map(|(order, text)| store.fund_wallet(user(1), amount(text), order, second(0)));
    for outcome in join_all(outcomes).await {
        assert!(matches!(outcome, Ok(FundOutcome::Funded(_))), "{outcome:?}");
    }
    assert_eq!(money(store, 1).await, holds("35.00000001", "0"));
}

pub(crate) async fn a_funding_beyond_the_balance_is_refused(store: &Store) {
    let most = amount("60000000000000000000");
    store.fund_wallet(user(1), most, "order-1", second(0)).await.unwrap();
    let refused = store.fund_wallet(user(1), most, "order-2", second(1)).await.unwrap();
    assert_eq!(refused, FundOutcome::BalanceTooLarge);
    // A repeat gets its first answer, although the balance could not hold the amount twice.
    let repeated = store.fund_wallet(user(1), most, "order-1", second(2)).await.unwrap();
    assert_eq!(repeated, FundOutcome::FundedBefore);
    assert_eq!(money(store, 1).await, holds("60000000000000000000", "0"));
}

pub(crate) async fn a_funding_order_of_another_user_is_distinguished(store: &Store) {
    let order = "order-of-one";
    store.fund_wallet(user(1), amount("5"), order, second(0)).await.unwrap();
    for (player, sum) in [(2, "5"), (1, "6")] {
        let other = store.fund_wallet(user(player), amount(sum), order, second(1)).await.unwrap();
        assert_eq!(other, FundOutcome::OrderUsedForAnother, "user {player}, amount {sum}");
    }
    assert_eq!(store.load_wallet(user(1)).await.unwrap().balance, amount("5"));
    assert_eq!(store.load_wallet(user(2)).await.unwrap().version, 0);
}
