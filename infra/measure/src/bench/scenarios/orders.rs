//! The results of deposits and withdrawals.

use evens_load::{AcceptedOrder, Connection, Players, Target};
use evens_payments::WireStatus;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The time limit for the last of them.
const TIMEOUT: Duration = Duration::from_mins(3);
/// The interval between two looks at an order.
const PAUSE: Duration = Duration::from_millis(100);

/// The number of orders that are not completed within the time limit, and the last time at which one was seen
/// incomplete.
pub(super) async fn unended(
    target: &Target,
    players: &Players,
    orders: &[AcceptedOrder],
) -> anyhow::Result<(u64, Option<Instant>)> {
    let (deadline, mut unended, mut open_at) = (Instant::now() + TIMEOUT, 0, None);
    let mut connection = Connection::new(target.address());
    for AcceptedOrder { direction, player, order } in orders {
        let player = players.at(*player);
        while target.read_order(&mut connection, player, *direction, *order).await? != WireStatus::Completed {
            let now = Instant::now();
            open_at = Some(now);
            if now >= deadline {
                unended += 1;
                break;
            }
            sleep(PAUSE).await;
        }
    }
    Ok((unended, open_at))
}
