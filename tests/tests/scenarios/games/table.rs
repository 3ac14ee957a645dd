//! [`Table`]: a room whose current period stays open for a while, and a clock that the test moves forward.

use evens_block_sources::{Blocks, LocalChain};
use evens_game_clock::GameClock;
use evens_games::{PeriodId, PeriodTimes, Room};
use evens_runtime::{Clock, Context, ScheduleHandler};
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// The least remaining time of a period, so that a test can place its bets.
const LEFT: SignedDuration = SignedDuration::from_secs(20);

pub(crate) struct Table<'a> {
    scenario: &'a Scenario,
    /// The source of blocks for the second clock, the same as the process's.
    blocks: Arc<dyn Blocks>,
    pub(crate) period: PeriodId,
    pub(crate) times: PeriodTimes,
    /// The hash of its seed, as published while the period took bets.
    pub(crate) seed_hash: String,
}

impl<'a> Table<'a> {
    /// A five-minute period of Wingo that the process has opened, drawn with locally made blocks.
    pub(crate) async fn open(scenario: &'a Scenario) -> Self {
        Self::open_in("wingo-300", scenario, Arc::new(LocalChain)).await
    }

    /// The same in another room, with other blocks.
    pub(crate) async fn open_in(room: &str, scenario: &'a Scenario, blocks: Arc<dyn Blocks>) -> Self {
        let room: Room = room.parse().unwrap();
        let offset = scenario.context().settings.players.attendance_offset.offset();
        await_until("a period that goes on for a while", Scenario::DEADLINE, async || {
            let period = PeriodId::at(room, Timestamp::now(), offset);
            let times = period.times(offset).before_block();
            let current = scenario.visitor().get(&path_of(room)).await.expect(200);
            let seed_hash = current["data"]["seedHash"].as_str()?.to_owned();
            // The next period must be open too.
            current["data"]["nextPeriods"][0]["seedHash"].as_str()?;
            let is_long = times.closes_at.duration_since(Timestamp::now()) > LEFT;
            let is_it = current["data"]["periodId"] == period.digits();
            let blocks = Arc::clone(&blocks);
            (is_long && is_it).then_some(Self { scenario, blocks, period, times, seed_hash })
        })
        .await
    }

    pub(crate) fn bet_request(&self, on: &str, amount: &str) -> Request {
        let (bet_type, bet_value) = on.split_once(':').expect("a type and a value");
        let amount: Value = serde_json::from_str(amount).expect("JSON");
        let body = json!({
            "periodId": self.period.digits(), "betType": bet_type, "betValue": bet_value, "betAmount": amount,
        });
        Request::new("POST", format!("{}/bet", path_of(self.period.room))).json(body.to_string())
    }

    /// A request with this body, to bet in the room of [`Self::open`].
    pub(crate) fn request(body: &Value) -> Request {
        Request::new("POST", "/api/games/wingo/300/bet").json(body.to_string())
    }

    pub(crate) async fn bet(&self, client: &Client, on: &str, amount: &str) -> Answer {
        client.send(self.bet_request(on, amount)).await
    }

    /// Closes the period by a second clock beside the process's.
    pub(crate) async fn close(&self) {
        self.tick(self.times.closes_at).await;
    }

    /// Ends the period in the same way, and waits until it is drawn. Each tick waits less than a second for a block, so
    /// on a busy machine a later tick draws.
    pub(crate) async fn end(&self) {
        await_until("a period that is drawn", Scenario::DEADLINE, async || {
            self.tick(self.times.ends_at).await;
            let period = self.scenario.context().store.load_period(self.period).await.expect("the table");
            period.filter(|period| !period.state.is_undrawn()).map(|_| ())
        })
        .await;
    }

    /// Runs a second clock, for this room only, at this time.
    pub(crate) async fn tick(&self, now: Timestamp) {
        self.tick_by(&self.clock(), now).await;
    }

    /// A clock with no memory of earlier requests.
    pub(crate) fn clock(&self) -> GameClock {
        GameClock::for_a_second(Some(Arc::clone(&self.blocks))).with_rooms([self.period.room])
    }

    /// Runs the given clock at this time.
    pub(crate) async fn tick_by(&self, clock: &GameClock, now: Timestamp) {
        let context = Context { clock: Clock::fixed(now), ..self.scenario.context().clone() };
        clock.run(&context, now).await.expect("a second");
    }

    /// The public view of the period, once it is in this state.
    pub(crate) async fn await_state(&self, state: &str) -> Value {
        let path = format!("{}/period/{}", path_of(self.period.room), self.period.digits());
        await_until(&format!("a period that is {state}"), Scenario::DEADLINE, async || {
            let body = self.scenario.visitor().get(&path).await.expect(200);
            (body["data"]["state"] == state).then(|| body["data"].clone())
        })
        .await
    }
}

/// The path of a room.
pub(crate) fn path_of(room: Room) -> String {
    format!("/api/games/{}/{}", room.game().id(), room.duration_s())
}
