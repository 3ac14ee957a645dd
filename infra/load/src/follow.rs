//! [`follow`]: watches accepted bets until they have ended.

use crate::{AcceptedBet, BetReading, Connection, Players, Target};
use futures::future::join_all;
use std::sync::Mutex;
use std::sync::PoisonError;
use tokio::time::{Duration, Instant, sleep};

/// The parameters of watching.
#[derive(Debug, Clone, Copy)]
pub struct FollowParameters {
    /// The number of connections for reading.
    pub connections: usize,
    /// The interval between looks at the unfinished bets.
    pub interval: Duration,
    /// The time without progress after which unmatched bets are refunded.
    pub refund_after: Duration,
    /// The time without progress after which watching ends.
    pub give_up_after: Duration,
}

/// A finished bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedBet {
    pub placed: AcceptedBet,
    /// The bet's final state.
    pub reading: BetReading,
}

/// Reads bets repeatedly until all have ended, and passes each to `each` when it has. Refunds unmatched bets. Returns
/// the bets that have not ended.
pub async fn follow(
    target: &Target,
    players: &Players,
    placed: Vec<AcceptedBet>,
    rules: FollowParameters,
    mut each: impl FnMut(FinishedBet),
) -> Vec<AcceptedBet> {
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

/// One pass over the unfinished bets, shared by all connections.
struct Look<'a> {
    target: &'a Target,
    players: &'a Players,
    asks_back: bool,
    left: Mutex<std::vec::IntoIter<AcceptedBet>>,
}

impl Look<'_> {
    /// Reads bets over one connection. Returns the finished and the unfinished ones.
    async fn take(&self, connection: &mut Connection) -> (Vec<FinishedBet>, Vec<AcceptedBet>) {
        let (mut ended, mut not_ended) = (Vec::new(), Vec::new());
        while let Some(placed) = self.next() {
            let player = self.players.at(placed.player);
            let reading = self.target.read_bet(connection, player, placed.bet).await;
            match reading {
                Ok(reading) if reading.has_ended() => ended.push(FinishedBet { placed, reading }),
                Ok(reading) => {
                    if self.asks_back && reading.status == "PENDING" {
                        // The next pass shows the effect, whatever the answer.
                        let _ = self.target.request_refund(connection, player, placed.bet).await;
                    }
                    not_ended.push(placed);
                }
                // If the state is unknown, the bet counts as unfinished.
                Err(_) => not_ended.push(placed),
            }
        }
        (ended, not_ended)
    }

    fn next(&self) -> Option<AcceptedBet> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}
