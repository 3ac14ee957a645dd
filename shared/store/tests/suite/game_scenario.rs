//! Short names for the common steps of tests about house games.

use crate::operator_acts::act;
use crate::scenario::{amount, second, user};
use evens_audit_log::Action;
use evens_draws::Seed;
use evens_games::{
    Entropy, Exposure, ExposureRules, GameBet, GamePlacement, GameStake, Lane, Period, PeriodId,
    PlaceGameBet, PlaceGameBetOutcome, Purse, RoomLimits, Selection, ShardCount, draw,
};
use evens_idempotency::{BetId, IdempotencyKey};
use evens_ledger::Amount;
use evens_store::{CancelPeriodOutcome, PayGameBetsOutcome, PeriodWrite, Store};
use jiff::tz::Offset;
use std::collections::BTreeMap;

/// The period of tests that need only one. It accepts bets for the first 25 seconds of 2024, and is drawn 5 seconds
/// later.
pub(crate) fn period_id() -> PeriodId {
    "wingo-30-20240101000000000".parse().expect("a period")
}

pub(crate) fn game_seed() -> Seed {
    Seed::from_bytes([7; 32])
}

/// Opens the usual period.
pub(crate) async fn opened_period(store: &Store) -> Period {
    let period = Period::open(period_id(), Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    let written = store.open_period(period, &game_seed()).await.expect("a period");
    let PeriodWrite::Written(period) = written else { panic!("it was there") };
    period
}

/// A bet on the number that is drawn, or on the one after it.
pub(crate) fn number(wins: bool) -> Selection {
    let drawn = draw(period_id(), &game_seed(), Entropy::None).expect("drawn").symbols()[0];
    let value = if wins { drawn } else { (drawn + 1) % 10 };
    Selection::parse(period_id().room.game(), "NUMBER", &value.to_string()).expect("a selection")
}

/// The payout of the usual stake of 10 on the drawn number.
pub(crate) const PAYOUT_OF_TEN: &str = "88.2";

pub(crate) fn game_command(player: u64, key: &str, wins: bool, staked: &str) -> PlaceGameBet {
    let key: IdempotencyKey = key.parse().expect("an idempotency key");
    PlaceGameBet {
        bet: BetId::derive(user(player), &key),
        user: user(player),
        period: period_id(),
        selection: number(wins),
        stake: GameStake::parse(amount(staked)).expect("a stake"),
        purse: Purse::BonusFirst,
        by_staff: false,
        barred: None,
        session_started_at: second(0),
        session_epoch: 0,
    }
}

pub(crate) fn room_limits() -> RoomLimits {
    RoomLimits {
        is_open: true,
        stake_min: Amount::ZERO,
        stake_max: amount("100000"),
        decimals: Amount::DECIMALS_MAX,
        bets_max: 50,
        staked_max: amount("200000"),
        shard_bets_max: ShardCount::BETS_A_SHARD_MAX,
        exposure: ExposureRules { period_max: amount("1000000000") },
        day_offset: Offset::UTC,
    }
}

/// Requests a bet on a period as it was read.
pub(crate) async fn try_game_bet(
    store: &Store,
    command: &PlaceGameBet,
    period: &Period,
    at: i64,
) -> PlaceGameBetOutcome {
    let exposure = Exposure::of(period.id.room.game(), []);
    let outcome = store.place_game_bet(command, period, &exposure, &room_limits(), || second(at)).await;
    outcome.expect("an answer")
}

pub(crate) async fn game_bet(store: &Store, command: &PlaceGameBet, period: &Period) -> GamePlacement {
    match try_game_bet(store, command, period, 10).await {
        PlaceGameBetOutcome::Placed(placement) => *placement,
        other => panic!("{command:?} is not placed: {other:?}"),
    }
}

/// Closes the fence of the period.
pub(crate) async fn closed(store: &Store, period: &Period) -> Period {
    let closing = period.close(second(25)).expect("its time has come");
    let closing = store.move_period(period, closing).await.expect("a step").into_period();
    store.close_period(&closing, second(25)).await.expect("a fence")
}

/// Cancels the usual period as an operator does.
pub(crate) async fn cancel(store: &Store, id: PeriodId, at: i64) -> CancelPeriodOutcome {
    let act = act(Action::CancelPeriod, &id);
    store.cancel_period(id, &act, second(at)).await.expect("an answer")
}

pub(crate) async fn drawn(store: &Store, closed: &Period) -> Period {
    let seed = store.load_period_seed(closed).await.expect("a read").expect("a seed");
    let drawn = closed.draw(seed, second(30)).expect("it has ended");
    store.draw_period(closed, drawn).await.expect("a step").into_period()
}

/// Pays a lane, as its job does. Returns the outcomes.
pub(crate) async fn settled_lane(store: &Store, period: &Period, lane: Lane) -> Vec<PayGameBetsOutcome> {
    let shards = store.load_lane(period, lane).await.expect("a lane");
    let mut players = BTreeMap::new();
    for owed in shards.iter().flat_map(|shard| period.owed_for(&shard.bets)) {
        players.entry(owed.record.user).or_insert_with(Vec::new).push(owed);
    }
    let mut paid = Vec::new();
    for (player, owed) in players {
        for some in owed.chunks(Store::GAME_BETS_AT_ONCE) {
            paid.push(store.pay_game_bets(period, player, some, second(31)).await.expect("a payment"));
        }
    }
    store.end_lane(period.id, lane).await.expect("a lane's end");
    paid
}

/// Pays all lanes. Returns the number of payments made.
pub(crate) async fn settled_lanes(store: &Store, period: &Period) -> usize {
    let mut paid = 0;
    for lane in Lane::all() {
        let outcomes = settled_lane(store, period, lane).await;
        paid += outcomes.iter().filter(|outcome| matches!(outcome, PayGameBetsOutcome::Paid(_))).count();
    }
    paid
}

/// A bet among the player's newest, if it is there.
pub(crate) async fn stored_game_bet(store: &Store, player: u64, id: BetId) -> Option<GameBet> {
    let page = store.list_game_bets(user(player), None, 50).await.expect("a read");
    page.bets.into_iter().find(|bet| bet.id == id)
}

pub(crate) async fn purses(store: &Store, player: u64) -> (String, String) {
    let wallet = store.load_wallet(user(player)).await.expect("a wallet");
    (wallet.balance.to_string(), wallet.bonus.to_string())
}

pub(crate) fn of(cash: &str, bonus: &str) -> (String, String) {
    (cash.to_owned(), bonus.to_owned())
}
