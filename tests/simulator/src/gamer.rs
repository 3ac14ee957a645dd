//! Players who bet against the house: in two rooms, at any time and in the last moment before a period closes, the same
//! bet twice, several at once, another one under the same key; and who look whether a result can be known before.

use crate::device::{Answer, Device};
use crate::dice::Dice;
use crate::game_answers::{GameOrder, ToldGame};
use crate::made_up::MadeUp;
use crate::violation::Violation;
use axum::http::Method;
use evens_games::{Lane, PeriodId, Room};
use jiff::tz::Offset;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinSet;

/// Where they play.
const ROOMS: [&str; 2] = ["wingo-30", "k3-60"];

/// What they bet on, room by room.
const SELECTIONS: [&[(&str, &str)]; 2] = [
    &[("SIZE", "big"), ("SIZE", "small"), ("NUMBER", "7"), ("COLOR", "violet"), ("COLOR", "red")],
    &[("SUM_CATEGORY", "big"), ("SUM_CATEGORY", "small"), ("SUM", "10"), ("PATTERN", "all_different")],
];

/// A player, who bets against the house some times.
pub(crate) struct Gamer {
    pub(crate) user: u64,
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) bets: u64,
    /// Where the days begin by which periods are counted.
    pub(crate) day_offset: Offset,
}

impl Gamer {
    /// Places one bet after another, and the last of a period when it closes.
    pub(crate) async fn play(mut self) {
        let mut under_way = JoinSet::new();
        for number in 0..self.bets {
            let place = self.dice.index(ROOMS.len());
            let Ok(room) = ROOMS[place].parse::<Room>() else { return };
            self.wait(room).await;
            let period = PeriodId::at(room, self.device.world.now(), self.day_offset);
            for order in self.wishes(number, period, SELECTIONS[place]) {
                let bet = Bet { device: self.device.clone(), dice: self.dice.fork(), order };
                under_way.spawn(bet.place());
            }
            if self.dice.chance(4_000) {
                self.look_around(number, period).await;
            }
            if self.dice.chance(2_000) {
                self.hurry(period);
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Waits for some time, or until the moment at which the period of a room closes, give or take a little.
    async fn wait(&mut self, room: Room) {
        let world = self.device.world.clone();
        if self.dice.chance(4_000) {
            let pause = self.dice.milliseconds(0..=20_000);
            return world.sleep(pause).await;
        }
        let period = PeriodId::at(room, world.now(), self.day_offset);
        let left = period.times(self.day_offset).closes_at.duration_since(world.now()).as_millis();
        let left_ms = u64::try_from(left).unwrap_or_default();
        let early_ms = self.dice.number(0..=2 * world.lock().latency_max_ms + 20);
        world.sleep(Duration::from_millis(left_ms.saturating_sub(early_ms))).await;
    }

    /// What is asked for at once: one bet, the same one twice, several, or another one under the same key.
    fn wishes(
        &mut self,
        number: u64,
        period: PeriodId,
        selections: &[(&'static str, &'static str)],
    ) -> Vec<GameOrder> {
        const STAKES: [&str; 6] = ["1", "2", "2.5", "7.77", "40", "100000"];
        let how = self.dice.number(0..=9);
        let mut wish = |part: u64| {
            let (bet_type, bet_value) = self.dice.pick(selections).unwrap_or_default();
            GameOrder {
                user: self.user,
                key: format!("game-{}-{number}-{part}", self.user),
                period,
                bet_type,
                bet_value,
                stake: self.dice.pick(&STAKES).unwrap_or("1"),
                is_cash_only: self.dice.chance(3_000),
            }
        };
        let first = wish(0);
        match how {
            0..=3 => vec![first],
            4..=5 => vec![first.clone(), first],
            6..=8 => vec![first, wish(1), wish(2)],
            _ => vec![GameOrder { key: first.key.clone(), ..wish(0) }, first],
        }
    }

    /// Looks at own bets, and at the period: whoever is shown its seed bets on what it says, and is refused (M7).
    async fn look_around(&mut self, number: u64, period: PeriodId) {
        self.device.ask(Method::GET, "/api/games/my-bets", None, None).await;
        let (game, duration) = (period.room.game().id(), period.room.duration_s());
        let path = format!("/api/games/{game}/{duration}/period/{}", period.digits());
        let Some(answer) = self.device.ask(Method::GET, &path, None, None).await else { return };
        if answer.body["data"]["verification"]["seed"].is_null() {
            return;
        }
        let (bet_type, bet_value) = if game == "k3" { ("SUM", "10") } else { ("SIZE", "big") };
        let key = format!("late-{}-{number}", self.user);
        let order =
            GameOrder { user: self.user, key, period, bet_type, bet_value, stake: "1", is_cash_only: false };
        let bet = Bet { device: self.device.clone(), dice: self.dice.fork(), order };
        if matches!(bet.ask().await, ToldGame::Accepted { is_replay: false, .. }) {
            let sentence = format!("User {} bet on the period {period}, whose seed was public.", self.user);
            self.device.world.violated(Violation::new("M7", sentence));
        }
    }

    /// Asks for the payouts of the period's lanes before they are owed, and several times at once.
    fn hurry(&mut self, period: PeriodId) {
        let world = self.device.world.clone();
        let now_ms = world.elapsed_ms();
        for lane in Lane::all() {
            let copies = self.dice.number(0..=2);
            let name = format!("hurry:{period}:{lane}:{now_ms}");
            MadeUp::lane(period, lane).send(&world, &mut self.dice, &name, copies);
        }
    }
}

/// One bet, which is asked for again as long as nobody knows.
struct Bet {
    device: Device,
    dice: Dice,
    order: GameOrder,
}

impl Bet {
    async fn place(mut self) {
        for _ in 0..self.dice.number(1..=4) {
            if self.ask().await != ToldGame::Unknown {
                return;
            }
            let pause = self.dice.milliseconds(0..=3_000);
            self.device.world.sleep(pause).await;
        }
    }

    /// Asks once, and keeps what was told.
    async fn ask(&self) -> ToldGame {
        let GameOrder { key, period, bet_type, bet_value, stake, is_cash_only, .. } = &self.order;
        let mut body = json!({ "periodId": period.digits(), "betType": bet_type, "betValue": bet_value });
        body["betAmount"] = stake.parse::<serde_json::Number>().map_or(Value::Null, Value::Number);
        if *is_cash_only {
            body["purse"] = json!("CASH");
        }
        let (game, duration) = (period.room.game().id(), period.room.duration_s());
        let path = format!("/api/games/{game}/{duration}/bet");
        let told = match self.device.ask(Method::POST, &path, Some(key), Some(body)).await {
            Some(Answer { status: 202, is_replay, body }) => ToldGame::Accepted {
                bet: body["data"]["betId"].as_str().unwrap_or_default().to_owned(),
                balances: [&body["data"]["balance"], &body["data"]["bonusBalance"]].map(ToString::to_string),
                is_replay,
            },
            // A block may be lifted again, and the clock may open the period later.
            Some(Answer { status: 403 | 404 | 408, .. }) => ToldGame::Unknown,
            Some(Answer { status: 400..500, .. }) => ToldGame::Refused,
            None | Some(_) => ToldGame::Unknown,
        };
        self.device.world.lock().answers.games.push((self.order.clone(), told.clone()));
        told
    }
}
