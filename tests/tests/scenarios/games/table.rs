//! [`Table`]: a room whose period of the moment goes on for a while, and a clock that the test puts forward.

use evens_block_sources::{Blocks, LocalChain};
use evens_game_clock::GameClock;
use evens_games::{PeriodId, PeriodTimes, Room};
use evens_runtime::{Clock, Context, ScheduleHandler};
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// For how long a period must go on, so that a test is through with its bets.
const LEFT: SignedDuration = SignedDuration::from_secs(20);

/// A period that takes bets.
pub(crate) struct Table<'a> {
    scenario: &'a Scenario,
    /// What the second clock is told of blocks, as the process is.
    blocks: Arc<dyn Blocks>,
    pub(crate) period: PeriodId,
    pub(crate) times: PeriodTimes,
    /// The hash of its seed, as it was told while the period took bets.
    pub(crate) seed_hash: String,
}

impl<'a> Table<'a> {
    /// A period of five minutes of Wingo that the process has opened, which draws with the blocks of its own machine.
    pub(crate) async fn open(scenario: &'a Scenario) -> Self {
        Self::open_in("wingo-300", scenario, Arc::new(LocalChain)).await
    }

    /// The same in a room, with other blocks.
    pub(crate) async fn open_in(room: &str, scenario: &'a Scenario, blocks: Arc<dyn Blocks>) -> Self {
        let room: Room = room.parse().unwrap();
        let offset = scenario.context().settings.attendance_offset.offset();
        await_until("a period that goes on for a while", Scenario::DEADLINE, async || {
            let period = PeriodId::at(room, Timestamp::now(), offset);
            let times = period.times(offset).before_block();
            let current = scenario.nobody().get(&path_of(room)).await.expect(200);
            let seed_hash = current["data"]["seedHash"].as_str()?.to_owned();
            // The next one is opened behind it.
            current["data"]["nextPeriods"][0]["seedHash"].as_str()?;
            let is_long = times.closes_at.duration_since(Timestamp::now()) > LEFT;
            let is_it = current["data"]["periodId"] == period.digits();
            let blocks = Arc::clone(&blocks);
            (is_long && is_it).then_some(Self { scenario, blocks, period, times, seed_hash })
        })
        .await
    }

    /// The request that bets on the period.
    pub(crate) fn bet_request(&self, on: &str, amount: &str) -> Request {
        let (bet_type, bet_value) = on.split_once(':').expect("a type and a value");
        let amount: Value = serde_json::from_str(amount).expect("JSON");
        let body = json!({
            "periodId": self.period.digits(), "betType": bet_type, "betValue": bet_value, "betAmount": amount,
        });
        Request::new("POST", format!("{}/bet", path_of(self.period.room))).json(body.to_string())
    }

    /// A request to bet in the room of [`Self::open`], with that body.
    pub(crate) fn request(body: &Value) -> Request {
        Request::new("POST", "/api/games/wingo/300/bet").json(body.to_string())
    }

    pub(crate) async fn bet(&self, client: &Client, on: &str, amount: &str) -> Answer {
        client.send(self.bet_request(on, amount)).await
    }

    /// A second clock beside that of the process says that the period has closed.
    pub(crate) async fn close(&self) {
        self.tick(self.times.closes_at).await;
    }

    /// The same that the period has ended, until it is drawn. A second waits for a block less than a second; where the
    /// machine is busy, the next one has it.
    pub(crate) async fn end(&self) {
        await_until("a period that is drawn", Scenario::DEADLINE, async || {
            self.tick(self.times.ends_at).await;
            let period = self.scenario.context().store.load_period(self.period).await.expect("the table");
            period.filter(|period| !period.state.is_undrawn()).map(|_| ())
        })
        .await;
    }

    /// A second clock beside that of the process says in this room that it is that time.
    pub(crate) async fn tick(&self, now: Timestamp) {
        self.tick_by(&self.clock(), now).await;
    }

    /// One that knows nothing of what others asked for.
    pub(crate) fn clock(&self) -> GameClock {
        GameClock::for_a_second(Some(Arc::clone(&self.blocks))).with_rooms([self.period.room])
    }

    /// That clock says that it is that time.
    pub(crate) async fn tick_by(&self, clock: &GameClock, now: Timestamp) {
        let context = Context { clock: Clock::fixed(now), ..self.scenario.context().clone() };
        clock.run(&context, now).await.expect("a second");
    }

    /// What everybody may see of the period, once it is in that state.
    pub(crate) async fn await_state(&self, state: &str) -> Value {
        let path = format!("{}/period/{}", path_of(self.period.room), self.period.digits());
        await_until(&format!("a period that is {state}"), Scenario::DEADLINE, async || {
            let body = self.scenario.nobody().get(&path).await.expect(200);
            (body["data"]["state"] == state).then(|| body["data"].clone())
        })
        .await
    }
}

/// Where a room is read.
pub(crate) fn path_of(room: Room) -> String {
    format!("/api/games/{}/{}", room.game().id(), room.duration_s())
}
