//! A table per test, players who bet, and clocks that show the time a test sets.

use aws_sdk_dynamodb::types::AttributeValue;
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::Queue;
use evens_doubles::EmbeddedTable;
use evens_game_clock::GameClock;
use evens_games::{
    Exposure, GameStake, Period, PeriodId, PeriodStateName, PlaceGameBet, PlaceGameBetOutcome, Purse, Room,
    Selection,
};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_runtime::{Clock, Context, JobDone, JobError, ScheduleHandler, Settings, Stage};
use evens_store::{CancelPeriodOutcome, FundOutcome};
use jiff::{SignedDuration, Timestamp};

/// The context of a test. Dropping it removes the table.
pub(crate) struct World {
    pub(crate) context: Context,
    table: EmbeddedTable,
}

/// The period under test, half a minute long. Its room's days begin at 18:30 UTC of the previous day.
pub(crate) fn period() -> PeriodId {
    "wingo-30-20261123000000042".parse().expect("a period")
}

impl World {
    pub(crate) async fn of(stage: Stage) -> Self {
        let table = EmbeddedTable::start().await;
        let context = table.context(Settings { stage, ..Settings::local() }).await;
        Self { context, table }
    }

    /// The time `seconds` after the period began.
    pub(crate) fn second(&self, seconds: i64) -> Timestamp {
        let times = period().times(self.context.settings.players.attendance_offset.offset());
        times.opens_at.checked_add(SignedDuration::from_secs(seconds)).expect("a time")
    }

    /// Runs one second of a clock that believes it is `seconds`.
    pub(crate) async fn tick(&self, clock: &GameClock, seconds: i64) {
        self.try_tick(clock, seconds).await.expect("a second");
    }

    pub(crate) async fn try_tick(&self, clock: &GameClock, seconds: i64) -> Result<JobDone, JobError> {
        let now = self.second(seconds);
        let context = Context { clock: Clock::fixed(now), ..self.context.clone() };
        clock.run(&context, now).await
    }

    pub(crate) async fn cancel(&self, id: PeriodId, seconds: i64) {
        let (before, after) = (String::new(), String::new());
        let (actor, subject) = (Actor::CommandLine, id.to_string());
        let reason = "its seed is gone".to_owned();
        let act = Act { actor, action: Action::CancelPeriod, subject, reason, before, after };
        let cancelled = self.context.store.cancel_period(id, &act, self.second(seconds)).await;
        assert!(matches!(cancelled, Ok(CancelPeriodOutcome::Cancelled(_))), "{cancelled:?}");
    }

    /// Deletes the seed of a period, which the product cannot do.
    pub(crate) async fn lose_seed(&self, id: PeriodId) {
        let key = |text: String| AttributeValue::S(text);
        let gone = self
            .table
            .client()
            .delete_item()
            .table_name(EmbeddedTable::NAME)
            .key("pk", key(format!("SEED#PERIOD#{id}")));
        gone.key("sk", key("SEED".to_owned())).send().await.expect("the table");
    }

    /// Makes an item unreadable, which the product cannot do.
    pub(crate) async fn damage(&self, pk: String, sk: String) {
        let damaged = self
            .table
            .client()
            .update_item()
            .table_name(EmbeddedTable::NAME)
            .key("pk", AttributeValue::S(pk))
            .key("sk", AttributeValue::S(sk))
            .update_expression("SET seed_hash = :none, drawn = :none")
            .expression_attribute_values(":none", AttributeValue::S("?".to_owned()));
        damaged.send().await.expect("the table");
    }

    pub(crate) async fn load(&self, id: PeriodId) -> Option<Period> {
        self.context.store.load_period(id).await.expect("the table")
    }

    pub(crate) async fn state(&self, id: PeriodId) -> Option<PeriodStateName> {
        self.load(id).await.map(|period| period.state.name())
    }

    /// A funded player bets on a period at that second.
    pub(crate) async fn bet(&self, id: PeriodId, key: &str, seconds: i64) -> PlaceGameBetOutcome {
        let (store, settings, now) = (&self.context.store, &self.context.settings, self.second(seconds));
        let user = UserId::new(1).expect("a user");
        let funded = store.fund_wallet(user, "10".parse().expect("an amount"), key, now).await;
        assert!(matches!(funded, Ok(FundOutcome::Funded(_))), "{funded:?}");
        let command = PlaceGameBet {
            bet: BetId::derive(user, &key.parse().expect("a key")),
            user,
            period: id,
            selection: Selection::parse(id.room.game(), "SIZE", "big").expect("a selection"),
            stake: GameStake::parse("10".parse().expect("an amount")).expect("a stake"),
            purse: Purse::CashOnly,
            by_staff: false,
            barred: None,
            session_started_at: now,
            session_epoch: 0,
        };
        let period = self.load(id).await.expect("a period");
        let day_offset = settings.players.attendance_offset.offset();
        let limits = settings.games.limits.of(id.room, settings.games.bankroll, day_offset);
        let exposure = Exposure::of(id.room.game(), &[]);
        store.place_game_bet(&command, &period, &exposure, &limits, || now).await.expect("an answer")
    }

    /// The results of the room, newest first.
    pub(crate) async fn results(&self, room: Room) -> Vec<(PeriodId, u64)> {
        let results = self.context.store.list_results(room, None, 100).await.expect("the table");
        results.into_iter().map(|result| (result.id, result.bets)).collect()
    }

    /// The number of lanes waiting to be paid.
    pub(crate) async fn lanes(&self) -> u64 {
        self.context.queues.depth(Queue::Periods).await.expect("the queue").waiting
    }
}

/// A new clock without any state.
pub(crate) fn clock() -> GameClock {
    GameClock::for_a_second(None)
}
