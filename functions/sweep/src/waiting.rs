//! Age of withdrawals on their way and of unclaimed deposits. It is reported in every sweep, even if no job was lost:
//! each look at such an order may find nothing to do.

use evens_runtime::Context;
use evens_store::{OrderList, StoreError};
use jiff::Timestamp;
use std::time::Duration;

/// Orders read per list, in the order of their next look. Old orders are due every hour.
const ORDERS_MAX: u16 = 100;

pub(crate) async fn tell_waiting_orders(context: &Context, now: Timestamp) -> Result<(), StoreError> {
    let (store, metrics) = (&context.store, &context.metrics);
    let on_their_way =
        store.list_withdrawals_to_check(OrderList::Withdrawals, None, ORDERS_MAX, now).await?.orders;
    metrics.oldest_unsent_withdrawal(age(on_their_way.iter().map(|order| order.terms.created_at), now));
    let unclaimed = store.list_deposits_to_check(OrderList::Unclaimed, None, ORDERS_MAX, now).await?.orders;
    // Counted from the last change.
    let since = unclaimed.iter().filter_map(|order| order.history.lines().last().map(|line| line.at));
    metrics.oldest_unclaimed_deposit(age(since, now));
    Ok(())
}

/// Age of the oldest time; zero if there are none.
fn age(times: impl Iterator<Item = Timestamp>, now: Timestamp) -> Duration {
    times.min().map_or(Duration::ZERO, |since| now.duration_since(since).try_into().unwrap_or_default())
}
