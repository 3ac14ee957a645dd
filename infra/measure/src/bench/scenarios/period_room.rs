//! [`Gamblers`]: players who bet on house games in a closed loop, each bet with its own key.

use crate::evens::Evens;
use anyhow::Context;
use evens_games::{PeriodId, Room};
use evens_load::{Connection, GameOrder, Latency, Players, ReadError, Target};
use evens_runtime::{Clock, Settings};
use hyper::StatusCode;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

pub(super) const CONNECTIONS: usize = 64;
/// The pause before a request is repeated that was throttled or not answered.
const PAUSE: Duration = Duration::from_millis(20);
/// The selections in Wingo, in turn, of which about 40 % win.
const WINGO: [(&str, &str); 5] =
    [("SIZE", "big"), ("SIZE", "small"), ("PARITY", "odd"), ("PARITY", "even"), ("NUMBER", "7")];
/// The same for K3.
const K3: [(&str, &str); 5] = [
    ("SUM_CATEGORY", "big"),
    ("SUM_CATEGORY", "small"),
    ("SUM_CATEGORY", "odd"),
    ("SUM_CATEGORY", "even"),
    ("SUM", "10"),
];

/// Players and their target.
#[derive(Debug)]
pub(super) struct Gamblers {
    target: Target,
    pub(super) players: Players,
    name: String,
    next: AtomicU64,
}

/// The end of the betting.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    /// Ends after this number of bets.
    Bets(u64),
    /// Ends at this time.
    Moment(Instant),
}

/// The results of their bets.
#[derive(Debug, Default)]
pub(super) struct GameBetResults {
    pub(super) accepted: u64,
    pub(super) refused: u64,
    pub(super) latency: Latency,
}

/// The UTC offset of the days by which periods are numbered.
pub(super) fn day_offset() -> Offset {
    Settings::local().players.attendance_offset.offset()
}

pub(super) fn room(name: &str) -> anyhow::Result<Room> {
    name.parse().context("a room")
}

/// The current period of a room.
pub(super) fn period_now(room: Room) -> PeriodId {
    PeriodId::at(room, Clock::system().now(), day_offset())
}

/// The current or next period of each room, and a time from which all of them take bets for this long. Blocks draw the
/// process's own periods, which therefore close earlier.
pub(super) fn periods_for<const N: usize>(rooms: [Room; N], lasts: Duration) -> ([PeriodId; N], Timestamp) {
    let mut at = Clock::system().now();
    loop {
        let periods = rooms.map(|room| period_for(room, at, lasts));
        let opens_at = periods.map(|period| period.times(day_offset()).opens_at);
        match opens_at.into_iter().max().filter(|opens_at| *opens_at > at) {
            Some(later) => at = later,
            None => return (periods, at),
        }
    }
}

/// The period of a room at this time, or the next one, so that it takes bets for this long.
fn period_for(room: Room, at: Timestamp, lasts: Duration) -> PeriodId {
    let period = PeriodId::at(room, at, day_offset());
    let closes_at = period.times(day_offset()).before_block().closes_at;
    let left = Duration::try_from(closes_at.duration_since(at)).unwrap_or_default();
    if left > lasts { period } else { period.later(1) }
}

impl Gamblers {
    pub(super) async fn of(evens: &Evens, players: u64) -> anyhow::Result<Arc<Self>> {
        let (target, name) = (evens.target()?, Uuid::now_v7().simple().to_string());
        let players = evens.fund(players, "10000".parse()?).await?;
        Ok(Arc::new(Self { target, players, name, next: AtomicU64::new(0) }))
    }

    /// Bets until the end, sequentially over each connection. `period` is called before each bet.
    pub(super) async fn bet(
        self: &Arc<Self>,
        until: Until,
        period: impl Fn(u64) -> PeriodId + Copy + Send + 'static,
    ) -> anyhow::Result<GameBetResults> {
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let gamblers = self.clone();
            connections.spawn(async move { gamblers.bet_over(until, period).await });
        }
        let mut all = GameBetResults::default();
        while let Some(gambled) = connections.join_next().await {
            let gambled = gambled??;
            all.accepted += gambled.accepted;
            all.refused += gambled.refused;
            all.latency.add(&gambled.latency);
        }
        Ok(all)
    }

    /// Reads a room until the end, for one player after another over each connection. Returns the number of reads.
    pub(super) async fn look(self: &Arc<Self>, room: Room, until: Instant) -> anyhow::Result<u64> {
        let mut connections = JoinSet::new();
        for first in 0..CONNECTIONS {
            let gamblers = self.clone();
            connections.spawn(async move {
                let mut connection = Connection::new(gamblers.target.address());
                let mut looks = 0;
                for place in (first..).step_by(CONNECTIONS) {
                    if Instant::now() >= until {
                        break;
                    }
                    gamblers.target.read_room(&mut connection, gamblers.players.at(place), room).await?;
                    looks += 1;
                }
                Ok::<u64, ReadError>(looks)
            });
        }
        let mut all = 0;
        while let Some(looks) = connections.join_next().await {
            all += looks??;
        }
        Ok(all)
    }

    async fn bet_over(
        &self,
        until: Until,
        period: impl Fn(u64) -> PeriodId,
    ) -> Result<GameBetResults, ReadError> {
        let mut connection = Connection::new(self.target.address());
        let mut gambled = GameBetResults::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let is_over = match until {
                Until::Bets(bets) => number >= bets,
                Until::Moment(moment) => Instant::now() >= moment,
            };
            if is_over {
                return Ok(gambled);
            }
            let place = usize::try_from(number).unwrap_or_default();
            let period = period(number);
            let lines = if period.room.game().id() == "k3" { K3 } else { WINGO };
            let (bet_type, bet_value) = lines[place % lines.len()];
            let order = GameOrder { period, bet_type, bet_value, amount: 1 };
            let (player, key) = (self.players.at(place), format!("{}-{number}", self.name));
            let started = Instant::now();
            let status = loop {
                let answer = self.target.place_game_bet(&mut connection, player, order, &key).await;
                match answer {
                    Ok(StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE) | Err(_) => {
                        sleep(PAUSE).await;
                    }
                    Ok(status) => break status,
                }
            };
            if status == StatusCode::ACCEPTED {
                gambled.accepted += 1;
                gambled.latency.record(started.elapsed());
            } else {
                gambled.refused += 1;
            }
        }
    }
}
