//! A table per test, and a lane of a period in which every player has won.

use evens_contracts::{Queue, SettlePeriodJob};
use evens_doubles::EmbeddedTable;
use evens_draws::Seed;
use evens_games::{
    Entropy, Exposure, GameStake, Lane, Period, PeriodId, PlaceGameBet, PlaceGameBetOutcome, Purse,
    Selection, ShardCount, draw,
};
use evens_idempotency::BetId;
use evens_jackpots::{Award, GroupTotals, JackpotGroup, JackpotTerms, UpdateConfig};
use evens_ledger::{Amount, UserId};
use evens_runtime::{Clock, Context, JobDone, JobError, Settings};
use evens_settle_period::{LaneSettler, Portion};
use evens_store::{CapacityMeter, FundOutcome};
use jiff::{SignedDuration, Timestamp};

/// The payout per bet: the stake of 10 less the fee, times nine.
pub(crate) const PAYOUT: &str = "88.2";

/// The context of a test. Dropping it removes the table.
pub(crate) struct World {
    pub(crate) context: Context,
    pub(crate) lane: Lane,
    /// The winners.
    pub(crate) players: Vec<UserId>,
    _table: EmbeddedTable,
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

fn period_id() -> PeriodId {
    "wingo-30-20261123000000042".parse().expect("a period")
}

fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

impl World {
    /// Draws a period in which `count` players of one lane each bet on the drawn result.
    pub(crate) async fn of(count: usize) -> Self {
        let table = EmbeddedTable::start().await;
        let context = table.context(Settings::local()).await;
        let lane = Lane::new(0).expect("a lane");
        let users = (1..).map(|number| UserId::new(number).expect("a user"));
        let of_lane = users.filter(|user| Lane::of_shard(ShardCount::ONE_PER_LANE.shard_of(*user)) == lane);
        let world = Self { context, lane, players: of_lane.take(count).collect(), _table: table };
        world.play().await;
        world
    }

    async fn play(&self) {
        let store = &self.context.store;
        let offset = self.context.settings.players.attendance_offset.offset();
        let open = Period::open(period_id(), offset, seed().hash(), ShardCount::ONE_PER_LANE);
        let open = store.open_period(open, &seed()).await.expect("the table").into_period();
        for player in &self.players {
            self.bet(&open, *player).await;
        }
        let closing = open.close(open.times.closes_at).expect("its time has come");
        let closing = store.move_period(&open, closing).await.expect("the table").into_period();
        let closed = store.close_period(&closing, open.times.closes_at).await.expect("the table");
        let drawn = closed.draw(seed(), open.times.ends_at).expect("it has ended");
        store.draw_period(&closed, drawn).await.expect("the table");
    }

    async fn bet(&self, period: &Period, user: UserId) {
        let (store, settings, now) = (&self.context.store, &self.context.settings, period.times.opens_at);
        self.fund(user, amount("10"), "stake").await;
        let game = period.id.room.game();
        let drawn = draw(period.id, &seed(), Entropy::None).expect("drawn").symbols()[0];
        let command = PlaceGameBet {
            bet: BetId::derive(user, &"a-key".parse().expect("a key")),
            user,
            period: period.id,
            selection: Selection::parse(game, "NUMBER", &drawn.to_string()).expect("a selection"),
            stake: GameStake::parse(amount("10")).expect("a stake"),
            purse: Purse::CashOnly,
            by_staff: false,
            barred: None,
            session_started_at: now,
            session_epoch: 0,
        };
        let day_offset = settings.players.attendance_offset.offset();
        let limits = settings.games.limits.of(period.id.room, settings.games.bankroll, day_offset);
        let exposure = Exposure::of(game, &[]);
        let placed =
            store.place_game_bet(&command, period, &exposure, &limits, || now).await.expect("an answer");
        assert!(matches!(placed, PlaceGameBetOutcome::Placed(_)), "{placed:?}");
    }

    /// Funds a player under an order that includes the user id.
    pub(crate) async fn fund(&self, user: UserId, amount: Amount, order: &str) {
        let order = format!("{order}-{user}");
        let funded = self.context.store.fund_wallet(user, amount, &order, evens_doubles::now()).await;
        assert!(matches!(funded, Ok(FundOutcome::Funded(_))), "{funded:?}");
    }

    /// Runs the lane's job with `portion`, `later` seconds after the others.
    pub(crate) async fn settle(&self, portion: Portion, later: i64) -> Result<JobDone, JobError> {
        let now = later_by(later);
        let context = Context { clock: Clock::fixed(now), ..self.context.clone() };
        let job = SettlePeriodJob { period_id: period_id(), lane: self.lane };
        LaneSettler::default().handle_portion(&context, job, now, portion).await
    }

    /// The number of table calls of the lane's job, with a settler that may have cached the jackpot terms.
    pub(crate) async fn calls_by(&self, settler: &LaneSettler) -> u64 {
        let (meter, now) = (CapacityMeter::default(), later_by(0));
        let store = self.context.store.clone().metered(meter.clone());
        let context = Context { store, clock: Clock::fixed(now), ..self.context.clone() };
        let job = SettlePeriodJob { period_id: period_id(), lane: self.lane };
        settler.handle_portion(&context, job, now, Portion::OF_A_JOB).await.expect("paid");
        meter.take().calls
    }

    /// The number of paid players.
    pub(crate) async fn paid(&self) -> usize {
        let mut paid = 0;
        for player in &self.players {
            let wallet = self.context.store.load_wallet(*player).await.expect("the table");
            paid += usize::from(wallet.balance == amount(PAYOUT));
        }
        paid
    }

    pub(crate) async fn has_ended(&self) -> bool {
        let period = self.context.store.load_period(period_id()).await.expect("the table");
        !period.expect("a period").open_lanes().contains(&self.lane)
    }

    /// The number of lane jobs sent.
    pub(crate) async fn asked(&self) -> u64 {
        self.asked_of(Queue::Periods).await
    }

    /// The number of jobs sent to a queue.
    pub(crate) async fn asked_of(&self, queue: Queue) -> u64 {
        self.context.queues.depth(queue).await.expect("the queue").waiting
    }

    pub(crate) fn opened_at(&self) -> Timestamp {
        period_id().times(self.context.settings.players.attendance_offset.offset()).opens_at
    }

    /// Opens the minor jackpot at that time with those terms.
    pub(crate) async fn open_jackpot(&self, terms: JackpotTerms, at: Timestamp) {
        let update = UpdateConfig { group: JackpotGroup::Minor, expected_version: 0, terms };
        evens_doubles::agree_on_terms(&self.context.store, &update, at).await;
    }

    /// The stored win, if there is one.
    pub(crate) async fn drawn_win(&self) -> Option<Award> {
        let found = self.context.store.load_drawn_win(JackpotGroup::Minor, period_id()).await;
        found.expect("the table")
    }

    /// The jackpot's current amounts.
    pub(crate) async fn held(&self) -> Option<GroupTotals> {
        let held = self.context.store.load_jackpot_totals().await.expect("the table");
        held.minor
    }
}

fn later_by(seconds: i64) -> Timestamp {
    evens_doubles::now().checked_add(SignedDuration::from_secs(seconds)).expect("a time")
}
