//! Players who bet on house games in one or two rooms, at any time and in the last moment before a period closes. They
//! send the same bet twice, several at once, or another one with the same key. They also check that a result cannot be
//! known early.

use crate::device::{Answer, Device};
use crate::dice::Dice;
use crate::game_answers::{GameBetReport, GameOrder};
use crate::made_up::MadeUp;
use crate::violation::Violation;
use axum::http::Method;
use evens_games::{Lane, PeriodId, Room};
use evens_ledger::UserId;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A room with the selections that the players bet on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Played {
    name: &'static str,
    selections: &'static [(&'static str, &'static str)],
}

const DIGITS: &[(&str, &str)] =
    &[("SIZE", "big"), ("SIZE", "small"), ("NUMBER", "7"), ("COLOR", "violet"), ("COLOR", "red")];
const DICE: &[(&str, &str)] =
    &[("SUM_CATEGORY", "big"), ("SUM_CATEGORY", "small"), ("SUM", "10"), ("PATTERN", "all_different")];
const POSITIONS: &[(&str, &str)] =
    &[("POSITION", "A_7"), ("POSITION_SIZE", "B_big"), ("SUM_SIZE", "small"), ("SUM_PARITY", "odd")];

/// One room of each game. A block alone draws the results of some.
const ROOMS: &[Played] = &[
    Played { name: "wingo-30", selections: DIGITS },
    Played { name: "k3-60", selections: DICE },
    Played { name: "5d-60", selections: POSITIONS },
    Played { name: "trx_wix-30", selections: DIGITS },
];

impl Played {
    /// Draws one or two rooms for a run. Only these have periods, because each room needs clock calls.
    pub(crate) fn draw(dice: &mut Dice) -> Vec<Self> {
        let first = dice.index(ROOMS.len());
        let second = (first + 1 + dice.index(ROOMS.len() - 1)) % ROOMS.len();
        let rooms = if dice.chance(5_000) { vec![first, second] } else { vec![first] };
        rooms.into_iter().map(|room| ROOMS[room]).collect()
    }

    pub(crate) fn room(self) -> Option<Room> {
        self.name.parse().ok()
    }
}

/// The closing time of a period, which is earlier if a block draws it.
pub(crate) fn closes_at(period: PeriodId, has_blocks: bool, day_offset: Offset) -> Timestamp {
    let times = period.times(day_offset);
    let times = if has_blocks { times.before_block() } else { times };
    times.closes_at
}

/// The time for which the clock continues after the last bet, so that its period ends.
const LAST_PERIOD: Duration = Duration::from_secs(65);

/// A player who places a number of bets on house games.
pub(crate) struct Gamer {
    pub(crate) user: u64,
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) bets: u64,
    pub(crate) rooms: Vec<Played>,
    pub(crate) has_blocks: bool,
    /// The game clock runs as long as a copy of this exists.
    pub(crate) playing: watch::Sender<()>,
    /// The UTC offset of the days by which periods are numbered.
    pub(crate) day_offset: Offset,
}

/// The start of the last-moment bets before the closing, and their spread, in milliseconds. The clock closes a period
/// within a second, and clocks differ by up to two seconds.
const EARLY_MS: u64 = 700;
const SPREAD_MS: u64 = 1_800;

impl Gamer {
    /// Places bets one after another, and many in the last moment before a period closes.
    pub(crate) async fn play(mut self) {
        let mut under_way = JoinSet::new();
        for number in 0..self.bets {
            let Some(played) = self.dice.pick(&self.rooms) else { return };
            let Some(room) = played.room() else { return };
            let is_last_moment = self.dice.chance(5_000);
            self.wait(room, is_last_moment).await;
            let period = PeriodId::at(room, self.device.world.now(), self.day_offset);
            for order in self.wishes(number, period, played.selections, is_last_moment) {
                let spread_ms = if is_last_moment { SPREAD_MS } else { 0 };
                let pause = self.dice.milliseconds(0..=spread_ms);
                let bet = Bet { device: self.device.clone(), dice: self.dice.fork(), order };
                under_way.spawn(bet.place(pause));
            }
            if self.dice.chance(3_000) {
                self.look_around(number, period, played).await;
            }
            if self.dice.chance(5_000) {
                under_way.spawn(self.hurry(period));
            }
        }
        while under_way.join_next().await.is_some() {}
        let (world, playing) = (self.device.world, self.playing);
        tokio::spawn(async move {
            world.sleep(LAST_PERIOD).await;
            drop(playing);
        });
    }

    /// Waits for a random time, or until shortly before the room's period closes.
    async fn wait(&mut self, room: Room, is_last_moment: bool) {
        let world = self.device.world.clone();
        if !is_last_moment {
            let pause = self.dice.milliseconds(0..=20_000);
            return world.sleep(pause).await;
        }
        let period = PeriodId::at(room, world.now(), self.day_offset);
        let closes_at = closes_at(period, self.has_blocks, self.day_offset);
        let left = closes_at.duration_since(world.now()).as_millis();
        let left_ms = u64::try_from(left).unwrap_or_default();
        world.sleep(Duration::from_millis(left_ms.saturating_sub(EARLY_MS))).await;
    }

    /// The concurrent bets of a step: one, the same one twice, several, or another one with the same key. In the last
    /// moment, many small ones.
    fn wishes(
        &mut self,
        number: u64,
        period: PeriodId,
        selections: &[(&'static str, &'static str)],
        is_last_moment: bool,
    ) -> Vec<GameOrder> {
        const STAKES: [&str; 7] = ["1", "2", "2", "2.5", "7.77", "40", "100000"];
        let how = self.dice.number(0..=9);
        let mut wish = |part: u64| {
            let (bet_type, bet_value) = self.dice.pick(selections).unwrap_or_default();
            let stakes = if is_last_moment { &STAKES[..1] } else { &STAKES[..] };
            GameOrder {
                user: self.user,
                key: format!("game-{}-{number}-{part}", self.user),
                period,
                bet_type,
                bet_value,
                stake: self.dice.pick(stakes).unwrap_or("1"),
                is_cash_only: self.dice.chance(3_000),
            }
        };
        if is_last_moment {
            return (0..6).map(wish).collect();
        }
        let first = wish(0);
        match how {
            0..=3 => vec![first],
            4..=5 => vec![first.clone(), first],
            6..=8 => vec![first, wish(1), wish(2)],
            _ => vec![GameOrder { key: first.key.clone(), ..wish(0) }, first],
        }
    }

    /// Reads own bets and the period. If the seed is visible, bets on the result, which must be refused (M7).
    async fn look_around(&mut self, number: u64, period: PeriodId, played: Played) {
        self.device.ask(Method::GET, "/api/games/my-bets", None, None).await;
        let (game, duration) = (period.room.game().id(), period.room.duration_s());
        let path = format!("/api/games/{game}/{duration}/period/{}", period.digits());
        let Some(answer) = self.device.ask(Method::GET, &path, None, None).await else { return };
        if answer.body["data"]["verification"]["seed"].is_null() {
            return;
        }
        let (bet_type, bet_value) = played.selections[0];
        let key = format!("late-{}-{number}", self.user);
        let order =
            GameOrder { user: self.user, key, period, bet_type, bet_value, stake: "1", is_cash_only: false };
        let bet = Bet { device: self.device.clone(), dice: self.dice.fork(), order };
        if matches!(bet.ask().await, GameBetReport::Accepted { is_replay: false, .. }) {
            let sentence = format!("User {} bet on the period {period}, whose seed was public.", self.user);
            self.device.world.violated(Violation::new("M7", sentence));
        }
    }

    /// Requests the payouts of the player's lane several times after the period has ended.
    fn hurry(&mut self, period: PeriodId) -> impl Future<Output = ()> + Send + 'static {
        let (world, mut dice) = (self.device.world.clone(), self.dice.fork());
        let ends_at = period.times(self.day_offset).ends_at;
        // A period with more shards has more lanes, so this may be another player's.
        let shards = world.lock().layout.period_shards_min();
        let shard = UserId::new(self.user).map_or(0, |user| shards.shard_of(user));
        async move {
            let left = ends_at.duration_since(world.now()).as_millis();
            world.sleep(Duration::from_millis(u64::try_from(left).unwrap_or_default())).await;
            for time in 0..3 {
                let name = format!("hurry:{period}:{shard}:{time}");
                MadeUp::lane(period, Lane::of_shard(shard)).send(&world, &mut dice, &name, 3);
                world.sleep(Duration::from_millis(700)).await;
            }
        }
    }
}

/// A bet that is retried while the outcome is unknown.
struct Bet {
    device: Device,
    dice: Dice,
    order: GameOrder,
}

impl Bet {
    async fn place(mut self, pause: Duration) {
        self.device.world.sleep(pause).await;
        for _ in 0..self.dice.number(1..=4) {
            if self.ask().await != GameBetReport::Unknown {
                return;
            }
            let pause = self.dice.milliseconds(0..=3_000);
            self.device.world.sleep(pause).await;
        }
    }

    /// Sends the bet once and records the answer.
    async fn ask(&self) -> GameBetReport {
        let GameOrder { key, period, bet_type, bet_value, stake, is_cash_only, .. } = &self.order;
        let mut body = json!({ "periodId": period.digits(), "betType": bet_type, "betValue": bet_value });
        body["betAmount"] = stake.parse::<serde_json::Number>().map_or(Value::Null, Value::Number);
        if *is_cash_only {
            body["purse"] = json!("CASH");
        }
        let (game, duration) = (period.room.game().id(), period.room.duration_s());
        let path = format!("/api/games/{game}/{duration}/bet");
        let reported = match self.device.ask(Method::POST, &path, Some(key), Some(body)).await {
            Some(Answer { status: 202, is_replay, body }) => GameBetReport::Accepted {
                bet: body["data"]["betId"].as_str().unwrap_or_default().to_owned(),
                balances: [&body["data"]["balance"], &body["data"]["bonusBalance"]].map(ToString::to_string),
                is_replay,
            },
            // The player may be unblocked, and the clock may open the period later.
            Some(Answer { status: 403 | 404 | 408, .. }) => GameBetReport::Unknown,
            Some(Answer { status: 400..500, .. }) => GameBetReport::Refused,
            None | Some(_) => GameBetReport::Unknown,
        };
        self.device.world.lock().answers.games.push((self.order.clone(), reported.clone()));
        reported
    }
}
