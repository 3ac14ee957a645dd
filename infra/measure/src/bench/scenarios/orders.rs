//! What became of deposits and withdrawals.

use evens_load::{Connection, Ordered, Players, Target};
use evens_payments::WireStatus;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the last of them may take.
const TIMEOUT: Duration = Duration::from_mins(3);
/// From one look at an order to the next.
const PAUSE: Duration = Duration::from_millis(100);

/// How many of the orders are not completed, when there is time for the last of them; and when one was last seen that
/// was not yet.
pub(super) async fn unended(
    target: &Target,
    players: &Players,
    orders: &[Ordered],
) -> anyhow::Result<(u64, Option<Instant>)> {
    let (deadline, mut unended, mut open_at) = (Instant::now() + TIMEOUT, 0, None);
    let mut connection = Connection::new(target.address());
    for Ordered { direction, player, order } in orders {
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
