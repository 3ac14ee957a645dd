//! The states of a period, and the steps between them.

use crate::common::{amount, period, second, seed, user};
use evens_draws::Seed;
use evens_games::{
    CancelStep, Lane, Lanes, Period, PeriodRefusal, PeriodStateName, PeriodTotals, ShardCount,
};

const STATES: [&str; 7] = ["open", "closing", "closed", "resulted", "settled", "cancelled", "refunded"];

/// The state after each step from each state, in the order of [`STATES`]. `-` is a refusal that names the state.
const STEPS: &str = "
    step      open      closing  closed     resulted  settled  cancelled  refunded
    close     CLOSING   -        -          -         -        -          -
    closed    -         CLOSED   -          -         -        -          -
    draw      -         -        RESULTED   -         -        -          -
    lane      -         -        -          RESULTED  -        CANCELLED  -
    cancel    CLOSING   CLOSING  CANCELLED  -         -        CANCELLED  REFUNDED
    give-up   -         -        CANCELLED  -         -        -          -
";

fn totals() -> PeriodTotals {
    PeriodTotals { bets: 7, staked: amount("70") }
}

fn take(step: &str, period: &Period) -> Result<Period, PeriodRefusal> {
    match step {
        "close" => period.close(second(25)),
        "closed" => period.closed(totals()),
        "draw" => period.draw(seed(), second(30)),
        "lane" => period.lane_done(Lane::new(3).expect("a lane")),
        "give-up" => period.give_up(second(625)),
        "cancel" => period.cancel(second(30)).map(|step| match step {
            CancelStep::Fence(period) | CancelStep::Cancelled(period) => *period,
            CancelStep::CancelledBefore => period.clone(),
        }),
        _ => panic!("no step is called {step}"),
    }
}

#[test]
fn steps_lead_where_the_table_says() {
    for [step, to @ ..] in crate::common::rows::<8>(STEPS) {
        for (state, to) in STATES.into_iter().zip(to) {
            let before = period(state);
            let after = take(step, &before);
            let expected = match to {
                "-" => Err(PeriodRefusal::State(before.state.name())),
                name => Ok(name.parse::<PeriodStateName>().expect("a state")),
            };
            assert_eq!(after.map(|period| period.state.name()), expected, "{step} from {state}");
        }
    }
}

#[test]
fn a_period_closes_and_is_drawn_when_it_is_time_and_by_its_own_seed() {
    let times = period("open").times;
    assert_eq!(period("open").close(second(24)), Err(PeriodRefusal::TooEarly(times.closes_at)));
    assert_eq!(period("closed").draw(seed(), second(29)), Err(PeriodRefusal::TooEarly(times.ends_at)));
    let other = Seed::from_bytes([1; 32]);
    assert_eq!(period("closed").draw(other, second(30)), Err(PeriodRefusal::AnotherSeed));
    let until = second(625);
    assert_eq!(period("closed").give_up(second(624)), Err(PeriodRefusal::TooEarly(until)));
}

/// M7: the result does not depend on the bets.
#[test]
fn no_bet_changes_what_is_drawn() {
    let drawn = |totals| {
        let closed = period("closing").closed(totals).expect("it closes");
        closed.draw(seed(), second(30)).expect("it is drawn").result().expect("a result").drawn.to_string()
    };
    assert_eq!([drawn(totals()), drawn(PeriodTotals::default())], ["8", "8"]);
}

#[test]
fn the_last_lane_ends_a_period_and_a_lane_twice_changes_nothing() {
    for (state, ended) in [("resulted", PeriodStateName::Settled), ("cancelled", PeriodStateName::Refunded)] {
        let mut lanes: Vec<_> = Lane::all().collect();
        let last = lanes.pop().expect("a lane");
        let mut now = period(state);
        for lane in lanes {
            now = now.lane_done(lane).expect("it counts");
            assert_eq!(now.lane_done(lane), Ok(now.clone()));
        }
        assert_eq!(now.state.name(), period(state).state.name());
        assert_eq!(now.lane_done(last).expect("it counts").state.name(), ended);
    }
}

/// A job for a lane that the period does not have changes nothing.
#[test]
fn a_period_with_two_shards_ends_after_two_lanes() {
    let lane = |number| Lane::new(number).expect("a lane");
    for (state, ended) in [("resulted", PeriodStateName::Settled), ("cancelled", PeriodStateName::Refunded)] {
        let drawn = Period { shards: ShardCount::TWO, ..period(state) };
        assert_eq!(drawn.open_lanes(), [lane(0), lane(1)]);
        assert_eq!(drawn.lane_done(lane(2)), Ok(drawn.clone()));
        let half = drawn.lane_done(lane(1)).expect("it counts");
        assert_eq!((half.state.name(), half.open_lanes()), (drawn.state.name(), vec![lane(0)]));
        assert_eq!(half.lane_done(lane(0)).expect("it counts").state.name(), ended);
    }
    let shards: Vec<u16> = Lane::all().flat_map(|lane| ShardCount::TWO.shards_of(lane)).collect();
    assert_eq!(shards, [0, 1]);
    assert!(
        [0, 1].into_iter().all(|shard| Lane::of_shard(shard) == lane(u8::try_from(shard).expect("small")))
    );
}

/// A bet can be refused without further checks from the closing on.
#[test]
fn a_period_is_over_for_bets_from_its_closing_on() {
    let over = |state: &str, at| period(state).is_over_for_bets(second(at));
    assert_eq!([over("open", -1), over("open", 24), over("open", 25)], [false, false, true]);
    assert_eq!(STATES.map(|state| over(state, 3)), [false, true, true, true, true, true, true]);
}

#[test]
fn a_period_is_undrawn_until_its_result_or_its_cancellation() {
    let undrawn = STATES.map(|state| period(state).state.is_undrawn());
    assert_eq!(undrawn, [true, true, true, false, false, false, false]);
}

#[test]
fn lanes_come_back_from_their_text() {
    for lane in Lane::all() {
        assert_eq!((lane.to_string().parse(), Lane::new(lane.number())), (Ok(lane), Some(lane)));
    }
    for wrong in ["", "16", "01", "-1", "a"] {
        assert!(wrong.parse::<Lane>().is_err(), "{wrong}");
    }
}

#[test]
fn totals_and_results_are_known_from_their_step_on() {
    let known = |state| (period(state).totals().is_some(), period(state).result().is_some());
    let all = STATES.map(known);
    let expected = [
        (false, false),
        (false, false),
        (true, false),
        (true, true),
        (true, true),
        (true, false),
        (true, false),
    ];
    assert_eq!(all, expected);
}

#[test]
fn lanes_are_bits() {
    let lane = Lane::new(15).expect("a lane");
    let lanes = Lanes::NONE.with(lane).with(Lane::new(0).expect("a lane"));
    assert_eq!(
        (lanes.bits(), lanes.has(lane), lanes.open(ShardCount::ONE_PER_LANE).count()),
        (0b1000_0000_0000_0001, true, 14)
    );
    assert_eq!(Lanes::from_bits(lanes.bits()), lanes);
    let all = |count| Lanes::all_of(ShardCount::new(count).expect("a power of two")).bits();
    assert_eq!((Lane::new(16), [1, 2, 8].map(all)), (None, [1, 0b11, 0xff]));
    assert_eq!([16, 32, 4_096].map(all), [u16::MAX; 3]);
}

#[test]
fn there_are_as_many_shards_as_the_crowd_needs() {
    #[rustfmt::skip]
    let table = [(0, 16), (320, 16), (321, 32), (640, 32), (100_000, 4_096), (u64::MAX / 2, 4_096)];
    for (bets, shards) in table {
        assert_eq!(ShardCount::for_bets(bets, ShardCount::ONE_PER_LANE).get(), shards, "{bets}");
    }
    let small = |bets| ShardCount::for_bets(bets, ShardCount::TWO).get();
    assert_eq!([0, 40, 41, 321].map(small), [2, 2, 4, 32]);
    assert!([1, 2, 8, 16, 4_096].into_iter().all(|count| ShardCount::new(count).is_ok()));
    for count in [0, 3, 17, 8_192] {
        assert!(ShardCount::new(count).is_err(), "{count}");
    }
    let shards = ShardCount::new(64).expect("a power of two");
    let mut all: Vec<_> = Lane::all().flat_map(|lane| shards.shards_of(lane)).collect();
    all.sort_unstable();
    assert_eq!(all, (0..64).collect::<Vec<_>>());
    for player in 1..100 {
        let shard = shards.shard_of(user(player));
        assert!(shards.shards_of(Lane::of_shard(shard)).any(|of_lane| of_lane == shard));
    }
}

/// A player's stored bets are found in this shard. `printf 42 | openssl dgst -sha256` begins with 7347, which is
/// 29,511. The shard is the remainder by the number of shards.
#[test]
fn the_shard_of_a_player_never_changes() {
    #[rustfmt::skip]
    let table = [
        // player  of 1, 2, 64 and 4,096 shards
        (1,        [0, 0, 6, 2_950]), // 6b86
        (2,        [0, 1, 51, 1_139]), // d473
        (42,       [0, 1, 7, 839]), // 7347
    ];
    for (player, expected) in table {
        let of = |count| ShardCount::new(count).expect("a power of two").shard_of(user(player));
        assert_eq!([1, 2, 64, 4_096].map(of), expected, "{player}");
    }
}
