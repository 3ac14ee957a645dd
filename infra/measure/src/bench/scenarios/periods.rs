//! Crowds at house games: as many bets on one period as on many rooms, and the settlement of a period with 100,000
//! bets, also while the process is killed.

use super::period_room::{CONNECTIONS, Gamblers, Until, day_offset, period_now, periods_for, room};
use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{count, milliseconds, per_second};
use anyhow::{Context, ensure};
use evens_contracts::Queue;
use evens_exchange::Stake;
use evens_games::{Period, PeriodId, PeriodStateName, Room, ShardCount};
use evens_load::{Connection, Latency, Limit, Mix, Pace, Plan, Rounds, Run, Shares, Target};
use evens_runtime::{Clock, Entropy};
use evens_store::PeriodWrite;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// The players of both halves, and the duration of each.
const PLAYERS: u64 = 4_000;
const HALF: Duration = Duration::from_secs(20);
/// The required throughput on one period, as a share of that on many rooms.
const ONE_OF_MANY_MIN: f64 = 0.9;
/// The bets of the crowd, the number per player, and the room.
const BETS: u64 = 100_000;
const BETS_OF_A_PLAYER: u64 = 40;
const CROWDED_ROOM: &str = "wingo-180";
const ONE_ROOM: &str = "wingo-60";
/// Rooms with a period that opens at the same time as one of the crowded room and lasts longer than a half.
const MANY_ROOMS: [&str; 3] = [SHORT_ROOM, "wingo-60", CROWDED_ROOM];
const SHORT_ROOM: &str = "wingo-30";
/// A game with 216 possible draws.
const ROOM_OF_K3: &str = "k3-60";
/// The shards that a room has after periods of this size.
const SHARDS: u16 = 4_096;
/// The clock opens two periods ahead, so the next one is free for the scenario.
const AHEAD: i64 = 3;
/// The time between the last bet of a short scenario and the end of a period.
const SPARE: Duration = Duration::from_secs(3);
/// So many rounds that none is hot.
const ROUNDS: usize = 50;
/// The numbers of results, and of players whose bets are read, to find the times.
const RESULTS_MAX: u16 = 50;
const PAID_MAX: usize = 1_000;
const BETS_OF_A_PAGE: u16 = 50;
const KILLS: u64 = 10;
/// The number of kills in a short scenario.
const KILLS_WHERE_SHORT: u64 = 2;
const CROWD_TIME_WHERE_SHORT: Duration = Duration::from_secs(12);
const BETWEEN_KILLS: Duration = Duration::from_secs(1);
/// The required limit.
const SETTLED_MAX: Duration = Duration::from_secs(30);
const K3_OF_PLACE_BET_MIN: f64 = 0.95;
const RESULT_P99_MS_MAX: f64 = 1_000.0;
const FIRST_PAYOUT_MS_MAX: f64 = 2_000.0;
const HITS_MIN: f64 = 0.9;
const TIMEOUT: Duration = Duration::from_mins(15);

/// Measures bets on one period, and on periods of many rooms that open at the same time. Also bets on a game with many
/// outcomes beside bets against players, the time to a result and to the first payout, and the table reads for viewing
/// a room.
pub(crate) async fn period_rooms(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let lasts = sizes.seconds.map_or(HALF, Duration::from_secs);
    let (began, users) = (Clock::system().now(), sizes.users.unwrap_or(PLAYERS));
    let gamblers = Gamblers::of(evens, users).await?;
    let mut figures = beside_players(evens, &gamblers, sizes, lasts).await?;
    let one = laid_out(evens, room(ONE_ROOM)?, sizes, lasts).await?;
    let of_one = gamblers.bet(Until::Moment(Instant::now() + lasts), move |_| one).await?;
    let many = many_rooms(evens, sizes, lasts).await?;
    let of_many = move |number: u64| many[usize::try_from(number % 3).unwrap_or_default()];
    let of_many = gamblers.bet(Until::Moment(Instant::now() + lasts), of_many).await?;
    let looked = read_rooms(evens, &gamblers, lasts).await?;
    let (one_rate, many_rate) = (per_second(of_one.accepted, lasts), per_second(of_many.accepted, lasts));
    figures.extend([
        Figure::higher("one period: accepted/s", one_rate),
        Figure::lower("one period: p99 ms", milliseconds(of_one.latency.quantile(0.99))),
        Figure::lower("one period: refused", count(of_one.refused)).at_most(0.0),
        Figure::higher("many rooms: accepted/s", many_rate),
        Figure::lower("many rooms: p99 ms", milliseconds(of_many.latency.quantile(0.99))),
        Figure::lower("many rooms: refused", count(of_many.refused)).at_most(0.0),
        Figure::higher("one period / many rooms", share(one_rate, many_rate)).at_least(ONE_OF_MANY_MIN),
    ]);
    figures.extend(looked);
    figures.extend(ends(evens, &gamblers, many[0], began).await?);
    Ok(figures)
}

/// Measures the settlement of a period with this many bets, and of another one while the process is killed ten times.
pub(crate) async fn period_crowd(evens: &mut Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let kills = if sizes.seconds.is_some() { KILLS_WHERE_SHORT } else { KILLS };
    let mut figures = crowd(evens, sizes, 0).await?;
    figures.extend(crowd(evens, sizes, kills).await?.into_iter().map(|figure| figure.of_phase("killed")));
    figures.push(in_order(evens.verify().await?.is_clean));
    Ok(figures)
}

async fn crowd(evens: &mut Evens, sizes: Sizes, kills: u64) -> anyhow::Result<Vec<Figure>> {
    let bets = sizes.users.unwrap_or(BETS);
    let gamblers = Gamblers::of(evens, bets.div_ceil(BETS_OF_A_PLAYER)).await?;
    let crowded = room(if sizes.seconds.is_some() { SHORT_ROOM } else { CROWDED_ROOM })?;
    let period = laid_out(evens, crowded, sizes, CROWD_TIME_WHERE_SHORT).await?;
    let times = period.times(day_offset());
    let started = Instant::now();
    let gambled = gamblers.bet(Until::Bets(bets), move |_| period).await?;
    let took = started.elapsed();
    ensure!(gambled.accepted == bets, "{} of {bets} bets were accepted", gambled.accepted);
    sleep_until(times.ends_at).await;
    let mut starts = Duration::ZERO;
    for _ in 0..kills {
        starts = starts.max(evens.kill_and_start().await?);
        sleep(BETWEEN_KILLS).await;
    }
    let settled = await_settled(&evens.target()?, &gamblers, period).await?;
    let took_to_settle = settled.duration_since(times.ends_at);
    // Later periods of the room may have been drawn too.
    let drawn = evens.store()?.list_results(period.room, Some(period.next()), 1).await?;
    let of_it = drawn.iter().find(|drawn| drawn.id == period);
    ensure!(of_it.is_some_and(|drawn| drawn.bets == gambled.accepted), "the period does not have its bets");
    // The messages of a killed process are invisible to the next one for this long.
    let hidden = if kills > 0 { Queue::Periods.rules().visibility_timeout } else { Duration::ZERO };
    let settled_max = (SETTLED_MAX + hidden).as_secs_f64();
    let mut figures = vec![
        Figure::higher("accepted/s", per_second(gambled.accepted, took)),
        Figure::lower("bet p99 ms", milliseconds(gambled.latency.quantile(0.99))),
        Figure::note("bets of the period", count(gambled.accepted)),
        Figure::lower("refused", count(gambled.refused)).at_most(0.0),
        Figure::lower("s from the end until all are paid", took_to_settle.as_secs_f64()).at_most(settled_max),
    ];
    if kills > 0 {
        figures.push(Figure::note("kills", count(kills)));
        figures.push(Figure::lower("longest start ms", milliseconds(starts)));
    }
    Ok(figures)
}

/// Opens a period ahead of the clock, with the shards of an equally full room.
async fn open_wide(evens: &Evens, id: PeriodId) -> anyhow::Result<()> {
    ensure!(open(evens, id).await?, "the clock has opened {id} before");
    Ok(())
}

/// Opens a period. Returns whether it was not open before.
async fn open(evens: &Evens, id: PeriodId) -> anyhow::Result<bool> {
    let seed = Entropy::system().seed()?;
    let shards = ShardCount::new(SHARDS).context("a number of shards")?;
    let new = Period::open(id, day_offset(), seed.hash(), shards);
    Ok(matches!(evens.store()?.open_period(new, &seed).await?, PeriodWrite::Written(_)))
}

/// A period that takes bets for this long from now on. One prepared for a crowd opens a few periods later, and a short
/// scenario uses an existing one.
async fn laid_out(evens: &Evens, room: Room, sizes: Sizes, lasts: Duration) -> anyhow::Result<PeriodId> {
    if sizes.seconds.is_some() {
        let [period] = short_ones(evens, [room], lasts).await?;
        return Ok(period);
    }
    let period = period_now(room).later(AHEAD);
    open_wide(evens, period).await?;
    sleep_until(period.times(day_offset()).opens_at).await;
    Ok(period)
}

/// Periods of these rooms that all take bets for this long from now on: the current or the next ones.
async fn short_ones<const N: usize>(
    evens: &Evens,
    rooms: [Room; N],
    lasts: Duration,
) -> anyhow::Result<[PeriodId; N]> {
    let (periods, from) = periods_for(rooms, lasts + SPARE);
    for period in periods {
        open(evens, period).await?;
    }
    sleep_until(from).await;
    Ok(periods)
}

/// The periods of many rooms that open at the same time.
async fn many_rooms(evens: &Evens, sizes: Sizes, lasts: Duration) -> anyhow::Result<[PeriodId; 3]> {
    let [first, second, third] = MANY_ROOMS.map(room);
    let rooms = [first?, second?, third?];
    if sizes.seconds.is_some() {
        return short_ones(evens, rooms, lasts).await;
    }
    let opens_at = period_now(room(CROWDED_ROOM)?).later(AHEAD).times(day_offset()).opens_at;
    let many = rooms.map(|room| PeriodId::at(room, opens_at, day_offset()));
    for period in many {
        open_wide(evens, period).await?;
    }
    sleep_until(opens_at).await;
    Ok(many)
}

/// Bets on K3, each of which is checked against all possible draws, beside equally many players' bets against each
/// other.
async fn beside_players(
    evens: &Evens,
    gamblers: &Arc<Gamblers>,
    sizes: Sizes,
    lasts: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let rounds = (0..ROUNDS).map(|_| Uuid::now_v7().to_string().parse()).collect::<Result<_, _>>()?;
    let plan = Plan {
        name: format!("bench-{}", Uuid::now_v7().simple()),
        players: gamblers.players.clone(),
        rounds: Rounds::of(rounds).context("no rounds")?,
        mix: Mix::Pairs { stake: Stake::parse("10".parse()?)? },
        shares: Shares::BETS,
        pace: Pace::Closed(Limit::Time { warm_up: Duration::ZERO, measured: lasts }),
        connections: CONNECTIONS,
        insists_for: Duration::ZERO,
    };
    let players = Run::start(&evens.target()?, plan).await.finish().await.accepted_per_second();
    evens.await_idle(TIMEOUT).await?;
    let period = laid_out(evens, room(ROOM_OF_K3)?, sizes, lasts).await?;
    let of_k3 = gamblers.bet(Until::Moment(Instant::now() + lasts), move |_| period).await?;
    let house = per_second(of_k3.accepted, lasts);
    Ok(vec![
        Figure::higher("against players: accepted/s", players),
        Figure::higher("K3: accepted/s", house),
        Figure::lower("K3: refused", count(of_k3.refused)).at_most(0.0),
        Figure::higher("K3 / against players", share(house, players)).at_least(K3_OF_PLACE_BET_MIN),
    ])
}

/// Reads rooms, far more often than they are bet in, over this many connections, and measures the process's cache.
async fn read_rooms(evens: &Evens, gamblers: &Arc<Gamblers>, lasts: Duration) -> anyhow::Result<[Figure; 2]> {
    let before = evens.counters().await?;
    let looks = gamblers.look(room(SHORT_ROOM)?, Instant::now() + lasts).await?;
    let counted = evens.counters().await?.since(&before);
    Ok([
        Figure::higher("looks at a room/s", per_second(looks, lasts)),
        Figure::higher("looks at a room: cache hits of all", counted.hits_of_rooms()).above(HITS_MIN),
    ])
}

/// The delay from the end of a period to its draw, over all periods since then, and to the first payout of this one.
async fn ends(
    evens: &Evens,
    gamblers: &Gamblers,
    period: PeriodId,
    since: Timestamp,
) -> anyhow::Result<[Figure; 3]> {
    let ends_at = period.times(day_offset()).ends_at;
    sleep_until(ends_at).await;
    await_settled(&evens.target()?, gamblers, period).await?;
    let (store, mut drawn) = (evens.store()?, Latency::new());
    for room in Room::all() {
        for result in store.list_results(room, None, RESULTS_MAX).await? {
            let ended_at = result.id.times(day_offset()).ends_at;
            let Some(period) = store.load_period(result.id).await?.filter(|_| ended_at >= since) else {
                continue;
            };
            if let Some(result) = period.result() {
                drawn.record(after(ended_at, result.drawn_at));
            }
        }
    }
    let mut first = None;
    for player in gamblers.players.iter().take(PAID_MAX) {
        let bets = store.list_game_bets(player.user, None, BETS_OF_A_PAGE).await?.bets;
        let paid = bets.iter().filter(|bet| bet.period == period).filter_map(|bet| bet.paid);
        first = paid.map(|(_, at)| at).chain(first).min();
    }
    let first = after(ends_at, first.context("the period has paid no bet")?);
    Ok([
        Figure::note("periods that ended", count(drawn.count())),
        Figure::lower("period end to result p99 ms", milliseconds(drawn.quantile(0.99)))
            .at_most(RESULT_P99_MS_MAX),
        Figure::lower("period end to first payout ms", milliseconds(first)).at_most(FIRST_PAYOUT_MS_MAX),
    ])
}

fn after(before: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(before)).unwrap_or_default()
}

/// Waits until the period is settled. Returns the time, which is exact to the polling interval.
async fn await_settled(target: &Target, gamblers: &Gamblers, period: PeriodId) -> anyhow::Result<Timestamp> {
    let deadline = Instant::now() + TIMEOUT;
    let mut connection = Connection::new(target.address());
    loop {
        let state = target.read_period(&mut connection, gamblers.players.at(0), period).await?;
        if state == PeriodStateName::Settled {
            return Ok(Clock::system().now());
        }
        ensure!(Instant::now() < deadline, "{period} is {state:?} after {TIMEOUT:?}");
        sleep(Duration::from_millis(100)).await;
    }
}

async fn sleep_until(moment: Timestamp) {
    let left = moment.duration_since(Clock::system().now());
    sleep(Duration::try_from(left).unwrap_or_default()).await;
}

#[expect(clippy::float_arithmetic, reason = "a ratio of rates, not money")]
fn share(part: f64, whole: f64) -> f64 {
    part / whole.max(f64::MIN_POSITIVE)
}
