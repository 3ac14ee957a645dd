//! [`follow`]: watches accepted bets until they have ended.

use crate::{BetReading, Connection, Placed, Players, Target};
use futures::future::join_all;
use std::sync::Mutex;
use std::sync::PoisonError;
use tokio::time::{Duration, Instant, sleep};

/// How bets are watched.
#[derive(Debug, Clone, Copy)]
pub struct Following {
    /// Over how many connections they are read.
    pub connections: usize,
    /// From one look at what has not ended to the next.
    pub interval: Duration,
    /// When nothing has ended for so long, what still waits is asked back.
    pub refund_after: Duration,
    /// When nothing has ended for so long, watching ends.
    pub give_up_after: Duration,
}

/// A bet that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The bet.
    pub placed: Placed,
    /// As it was read.
    pub reading: BetReading,
}

/// Reads bets over and over until all have ended, handing each to `each` when it has; asks back what nobody takes.
/// Returns the bets that have not ended.
pub async fn follow(
    target: &Target,
    players: &Players,
    placed: Vec<Placed>,
    rules: Following,
    mut each: impl FnMut(Ended),
) -> Vec<Placed> {
    let mut connections: Vec<_> =
        (0..rules.connections.max(1)).map(|_| Connection::new(target.address())).collect();
    let mut open = placed;
    let mut last_change = Instant::now();
    let mut refunds_asked_at: Option<Instant> = None;
    loop {
        let quiet = last_change.elapsed();
        let is_due = refunds_asked_at.is_none_or(|asked| asked.elapsed() >= rules.refund_after);
        let asks_back = quiet >= rules.refund_after && is_due;
        let look = Look { target, players, asks_back, left: Mutex::new(open.into_iter()) };
        let looks = connections.iter_mut().map(|connection| look.take(connection));
        let mut left = Vec::new();
        for (ended, not_ended) in join_all(looks).await {
            if !ended.is_empty() {
                last_change = Instant::now();
            }
            ended.into_iter().for_each(&mut each);
            left.extend(not_ended);
        }
        open = left;
        if asks_back {
            refunds_asked_at = Some(Instant::now());
        }
        if open.is_empty() || last_change.elapsed() >= rules.give_up_after {
            return open;
        }
        sleep(rules.interval).await;
    }
}

/// One look at all bets that have not ended, shared by the connections.
struct Look<'a> {
    target: &'a Target,
    players: &'a Players,
    asks_back: bool,
    left: Mutex<std::vec::IntoIter<Placed>>,
}

impl Look<'_> {
    /// Reads bet after bet over one connection: which have ended, and which have not.
    async fn take(&self, connection: &mut Connection) -> (Vec<Ended>, Vec<Placed>) {
        let (mut ended, mut not_ended) = (Vec::new(), Vec::new());
        while let Some(placed) = self.next() {
            let player = self.players.at(placed.player);
            let reading = self.target.read_bet(connection, player, placed.bet).await;
            match reading {
                Ok(reading) if reading.has_ended() => ended.push(Ended { placed, reading }),
                Ok(reading) => {
                    if self.asks_back && reading.status == "PENDING" {
                        // Whatever the answer, the next look shows what came of it.
                        let _ = self.target.request_refund(connection, player, placed.bet).await;
                    }
                    not_ended.push(placed);
                }
                // Not known is not ended.
                Err(_) => not_ended.push(placed),
            }
        }
        (ended, not_ended)
    }

    fn next(&self) -> Option<Placed> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}
