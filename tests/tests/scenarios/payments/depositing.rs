//! Helpers of the scenarios about deposits.

use evens_payments::DepositOrder;
use evens_tests::{Scenario, await_until};

pub(super) async fn load(scenario: &Scenario, order: &str) -> DepositOrder {
    let id = order.parse().expect("an order");
    scenario.context().store.load_deposit(id).await.expect("the table").expect("an order")
}

/// The second payment for an order, from its history.
pub(super) async fn second_payment(scenario: &Scenario, order: &str) -> Option<String> {
    let found = load(scenario, order).await;
    let own = found.payment.expect("its own").id;
    let paid = found.history.lines().iter().filter_map(|line| line.cause.strip_prefix("paid sandbox "));
    paid.map(str::to_owned).find(|payment| *payment != own.as_str())
}

/// Pays 100 for an order, in addition to its own payment.
pub(super) async fn pay_beside(scenario: &Scenario, order: &str) {
    let page = scenario.sandbox().open_payment(order, 10_000).await;
    scenario.sandbox().press(&page, "pay").await;
}

/// The same. Returns the provider's id of the payment, once the order has recorded it.
pub(super) async fn pay_again(scenario: &Scenario, order: &str) -> String {
    pay_beside(scenario, order).await;
    await_until("a second payment", Scenario::DEADLINE, async || second_payment(scenario, order).await).await
}
