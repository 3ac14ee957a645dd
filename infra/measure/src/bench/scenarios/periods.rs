//! Crowds at the games of the house: as many bets on one period as on many rooms, and a period of 100,000 bets that is
//! settled, also where the process is killed meanwhile.

use super::period_room::{Gamblers, Until, day_offset, period_now, room};
use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{count, milliseconds, per_second};
use anyhow::{Context, ensure};
use evens_games::{Period, PeriodId, PeriodStateName, ShardCount};
use evens_load::{Connection, Target};
use evens_runtime::{Clock, Entropy};
use evens_store::PeriodWrite;
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Players of the two halves, and how long each lasts.
const PLAYERS: u64 = 4_000;
const HALF: Duration = Duration::from_secs(20);
/// What bets on one period must reach of those on many rooms.
const ONE_OF_MANY_MIN: f64 = 0.9;
/// The bets of the crowd, how many each player has, and where.
const BETS: u64 = 100_000;
const BETS_OF_A_PLAYER: u64 = 40;
const CROWDED_ROOM: &str = "wingo-180";
const ONE_ROOM: &str = "wingo-60";
/// Rooms whose periods also open when one of the crowded room does, and last for longer than a half.
const MANY_ROOMS: [&str; 3] = ["wingo-30", "wingo-60", CROWDED_ROOM];
/// Shards as a room has them whose last periods were as large.
const SHARDS: u16 = 4_096;
/// The clock opens two periods ahead; the one after those is ours to lay out.
const AHEAD: i64 = 3;
const KILLS: u64 = 10;
const BETWEEN_KILLS: Duration = Duration::from_secs(1);
/// What was asked for.
const SETTLED_SECONDS_MAX: f64 = 30.0;
const TIMEOUT: Duration = Duration::from_mins(15);

/// Bets on one period, and on the periods of many rooms that open at one moment. All are laid out for the crowd.
pub(crate) async fn period_rooms(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let lasts = sizes.seconds.map_or(HALF, Duration::from_secs);
    let gamblers = Gamblers::of(evens, sizes.users.unwrap_or(PLAYERS)).await?;
    let one = period_now(room(ONE_ROOM)?).later(AHEAD);
    open_wide(evens, one).await?;
    sleep_until(one.times(day_offset()).opens_at).await;
    let of_one = gamblers.bet(Until::Moment(Instant::now() + lasts), move |_| one).await?;
    let opens_at = period_now(room(CROWDED_ROOM)?).later(AHEAD).times(day_offset()).opens_at;
    let mut many = Vec::new();
    for name in MANY_ROOMS {
        let period = PeriodId::at(room(name)?, opens_at, day_offset());
        open_wide(evens, period).await?;
        many.push(period);
    }
    let [first, second, third] = [many[0], many[1], many[2]];
    sleep_until(opens_at).await;
    let of_many = move |number: u64| [first, second, third][usize::try_from(number % 3).unwrap_or_default()];
    let of_many = gamblers.bet(Until::Moment(Instant::now() + lasts), of_many).await?;
    let (one_rate, many_rate) = (per_second(of_one.accepted, lasts), per_second(of_many.accepted, lasts));
    Ok(vec![
        Figure::higher("one period: accepted/s", one_rate),
        Figure::lower("one period: p99 ms", milliseconds(of_one.latency.quantile(0.99))),
        Figure::lower("one period: refused", count(of_one.refused)),
        Figure::higher("many rooms: accepted/s", many_rate),
        Figure::lower("many rooms: p99 ms", milliseconds(of_many.latency.quantile(0.99))),
        Figure::higher("one period / many rooms", share(one_rate, many_rate)).at_least(ONE_OF_MANY_MIN),
    ])
}

/// A period of so many bets, settled at once; and another one, settled by a process that is killed ten times.
pub(crate) async fn period_crowd(evens: &mut Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let bets = sizes.users.unwrap_or(BETS);
    let mut figures = crowd(evens, bets, 0).await?;
    figures.extend(crowd(evens, bets, KILLS).await?.into_iter().map(|figure| figure.of_phase("killed")));
    figures.push(in_order(evens.verify().await?.is_clean));
    Ok(figures)
}

async fn crowd(evens: &mut Evens, bets: u64, kills: u64) -> anyhow::Result<Vec<Figure>> {
    let gamblers = Gamblers::of(evens, bets.div_ceil(BETS_OF_A_PLAYER)).await?;
    let period = period_now(room(CROWDED_ROOM)?).later(AHEAD);
    open_wide(evens, period).await?;
    let times = period.times(day_offset());
    sleep_until(times.opens_at).await;
    let started = Instant::now();
    let gambled = gamblers.bet(Until::Bets(bets), move |_| period).await?;
    let took = started.elapsed();
    ensure!(gambled.accepted > 0, "no bet was accepted");
    sleep_until(times.ends_at).await;
    let mut starts = Duration::ZERO;
    for _ in 0..kills {
        starts = starts.max(evens.kill_and_start().await?);
        sleep(BETWEEN_KILLS).await;
    }
    let settled = await_settled(&evens.target()?, &gamblers, period).await?;
    let took_to_settle = settled.duration_since(times.ends_at);
    let won = evens.store()?.list_results(period.room, None, 1).await?;
    ensure!(won.iter().any(|drawn| drawn.bets == gambled.accepted), "the period does not have its bets");
    let mut figures = vec![
        Figure::higher("accepted/s", per_second(gambled.accepted, took)),
        Figure::lower("bet p99 ms", milliseconds(gambled.latency.quantile(0.99))),
        Figure::note("bets of the period", count(gambled.accepted)),
        Figure::lower("refused", count(gambled.refused)),
        Figure::lower("s from the end until all are paid", took_to_settle.as_secs_f64())
            .at_most(SETTLED_SECONDS_MAX),
    ];
    if kills > 0 {
        figures.push(Figure::note("kills", count(kills)));
        figures.push(Figure::lower("longest start ms", milliseconds(starts)));
    }
    Ok(figures)
}

/// Opens a period ahead of the clock, with the shards of a room that was as full before.
async fn open_wide(evens: &Evens, id: PeriodId) -> anyhow::Result<()> {
    let seed = Entropy::system().seed()?;
    let shards = ShardCount::new(SHARDS).context("a number of shards")?;
    let new = Period::open(id, day_offset(), seed.hash(), shards);
    match evens.store()?.open_period(new, &seed).await? {
        PeriodWrite::Written(_) => Ok(()),
        PeriodWrite::Found(_) => anyhow::bail!("the clock has opened {id} before"),
    }
}

/// Waits until the period is settled; when that was, give or take the pause between two looks.
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
