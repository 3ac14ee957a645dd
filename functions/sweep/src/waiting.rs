//! How long money waits that is on its way, or that nobody claims. It is told at every sweep, also while no job of it
//! was lost: whoever looks at such an order may find each time that there is nothing to do.

use evens_runtime::Context;
use evens_store::{OrderList, StoreError};
use jiff::Timestamp;
use std::time::Duration;

/// How many orders of each list are looked at: those whose turn comes first. What waits for long has its turn each
/// hour.
const ORDERS_MAX: u16 = 100;

pub(crate) async fn tell_waiting_orders(context: &Context, now: Timestamp) -> Result<(), StoreError> {
    let (store, metrics) = (&context.store, &context.metrics);
    let on_their_way =
        store.list_withdrawals_to_look_at(OrderList::Withdrawals, None, ORDERS_MAX, now).await?.orders;
    metrics.oldest_unsent_withdrawal(age(on_their_way.iter().map(|order| order.terms.created_at), now));
    let unclaimed = store.list_deposits_to_look_at(OrderList::Unclaimed, None, ORDERS_MAX, now).await?.orders;
    // Since when nothing has happened to it.
    let since = unclaimed.iter().filter_map(|order| order.history.lines().last().map(|line| line.at));
    metrics.oldest_unclaimed_deposit(age(since, now));
    Ok(())
}

/// How long ago the first of them was; zero where there is none.
fn age(times: impl Iterator<Item = Timestamp>, now: Timestamp) -> Duration {
    times.min().map_or(Duration::ZERO, |since| now.duration_since(since).try_into().unwrap_or_default())
}
