//! Clocks that pause, run twice or are wrong: every due period is drawn by its rule, and only once.

use crate::world::{World, clock, period};
use evens_games::{Period, PeriodStateName, PlaceGameBetOutcome};
use evens_runtime::Stage;
use futures::future::join_all;

const RESULTED: Option<PeriodStateName> = Some(PeriodStateName::Resulted);
const SETTLED: Option<PeriodStateName> = Some(PeriodStateName::Settled);

#[tokio::test]
async fn a_clock_that_paused_for_ten_minutes_draws_what_was_due_once() {
    let world = World::of(Stage::Prod).await;
    let (played, empty) = (period().later(2), period().later(3));
    let before = clock();
    world.tick(&before, 0).await;
    world.tick(&before, 30).await;
    assert!(matches!(world.bet(played, "a", 61).await, PlaceGameBetOutcome::Placed(_)));
    let left_open = world.load(played).await.expect("a period");

    // Another process continues ten minutes later. Meanwhile no player could bet on an ended period or see its seed.
    let late = world.bet(played, "late", 600).await;
    assert!(matches!(late, PlaceGameBetOutcome::PeriodPastClosing { .. }), "{late:?}");
    assert_eq!(world.context.store.load_period_seed(&left_open).await.expect("the table"), None);
    let after = clock();
    world.tick(&after, 663).await;
    assert_eq!((world.state(played).await, world.state(empty).await), (RESULTED, SETTLED));
    // The period after the current one was opened just in time.
    let first = period().next();
    assert_eq!(world.results(played.room).await, [(empty, 0), (played, 1), (first, 0)]);
    assert_eq!(world.lanes().await, 16);
    let drawn = world.load(played).await.expect("a period");
    assert_eq!(drawn.seed_hash, left_open.seed_hash);

    // A period that was not opened in time is left out, and the room continues.
    let now = period().later(22);
    assert_eq!((world.state(now).await, world.state(now.next()).await), (None, None));
    assert_eq!(world.state(now.later(2)).await, Some(PeriodStateName::Open));
    // A repeat finds the step already made.
    for seconds in [664, 723] {
        world.tick(&after, seconds).await;
        world.tick(&clock(), seconds).await;
    }
    assert_eq!(world.load(played).await, Some(drawn));
    assert_eq!((world.results(played.room).await.len(), world.lanes().await), (3, 16));
}

#[tokio::test]
async fn a_period_cancelled_during_a_pause_is_not_drawn() {
    let world = World::of(Stage::Prod).await;
    let id = period().later(2);
    world.tick(&clock(), 0).await;
    assert!(matches!(world.bet(id, "a", 61).await, PlaceGameBetOutcome::Placed(_)));
    world.cancel(id, 70).await;
    world.tick(&clock(), 660).await;
    assert_eq!(world.state(id).await, Some(PeriodStateName::Cancelled));
    assert!(world.results(id.room).await.iter().all(|(drawn, _)| *drawn != id));
}

/// A changed or lost seed: the period cannot be drawn, and no operator has to act.
#[tokio::test]
async fn a_period_whose_seed_is_gone_is_cancelled_ten_minutes_after_its_closing() {
    let world = World::of(Stage::Prod).await;
    let id = period().later(2);
    world.tick(&clock(), 0).await;
    assert!(matches!(world.bet(id, "a", 61).await, PlaceGameBetOutcome::Placed(_)));
    world.lose_seed(id).await;
    for seconds in [85, 90, 684] {
        let failed = world.try_tick(&clock(), seconds).await.is_err();
        assert_eq!(
            (world.state(id).await, failed),
            (Some(PeriodStateName::Closed), seconds >= 90),
            "{seconds}"
        );
    }
    world.tick(&clock(), 685).await;
    assert_eq!(world.state(id).await, Some(PeriodStateName::Cancelled));
    assert_eq!(world.lanes().await, 16);
}

#[tokio::test]
async fn of_two_clocks_at_once_each_finds_what_the_other_did() {
    let world = World::of(Stage::Prod).await;
    let (one, other) = (clock(), clock());
    let id = period().later(2);
    let mut opened = None::<Period>;
    for seconds in [0, 30, 60, 85, 86, 90, 91] {
        if seconds == 85 {
            assert!(matches!(world.bet(id, "a", 70).await, PlaceGameBetOutcome::Placed(_)));
        }
        futures::join!(world.tick(&one, seconds), world.tick(&other, seconds));
        let found = world.load(id).await.expect("a period");
        let opened = opened.get_or_insert(found.clone());
        assert_eq!(found.seed_hash, opened.seed_hash, "one seed");
    }
    assert_eq!(world.state(id).await, RESULTED);
    let drawn = world.results(id.room).await;
    assert_eq!(drawn.iter().filter(|(drawn, _)| *drawn == id).collect::<Vec<_>>(), [&(id, 1)]);
    assert_eq!(world.lanes().await, 16);
}

/// One clock is two seconds ahead and one two behind, the largest difference allowed. The first one to arrive makes the
/// step. The period is closed for seconds before the first clock draws it, so no bet follows a result.
#[tokio::test]
async fn clocks_that_differ_by_four_seconds_draw_once_and_take_no_bet_behind_it() {
    let world = World::of(Stage::Prod).await;
    let (ahead, behind) = (clock(), clock());
    let id = period().later(2);
    for second in [0, 28, 30, 32, 58, 60, 62] {
        world.tick(&ahead, second + 2).await;
        world.tick(&behind, second - 2).await;
    }
    assert!(matches!(world.bet(id, "a", 70).await, PlaceGameBetOutcome::Placed(_)));
    // It closes at second 85, which the first clock reaches at 83.
    world.tick(&behind, 81).await;
    assert_eq!(world.state(id).await, Some(PeriodStateName::Open));
    world.tick(&ahead, 85).await;
    assert_eq!(world.state(id).await, Some(PeriodStateName::Closed));
    // A request with a slow clock learns from the shard that the period is closed.
    let late = world.bet(id, "late", 83).await;
    assert!(matches!(late, PlaceGameBetOutcome::PeriodNotOpen { .. }), "{late:?}");
    world.tick(&behind, 83).await;
    assert_eq!(world.state(id).await, Some(PeriodStateName::Closed));
    // It ends at second 90, which the first clock reaches at 88.
    world.tick(&ahead, 90).await;
    let drawn = world.load(id).await;
    assert_eq!(world.state(id).await, RESULTED);
    for seconds in [86, 88, 90, 92] {
        world.tick(&behind, seconds).await;
        let late = world.bet(id, &format!("late-{seconds}"), seconds - 4).await;
        assert!(!matches!(late, PlaceGameBetOutcome::Placed(_)), "{late:?}");
    }
    assert_eq!((world.load(id).await, world.lanes().await), (drawn, 16));
}

/// A clock may read a period just before another one archives it with its seed. The seed does not count as missing.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_clocks_at_once_none_misses_the_seed_of_an_idle_period() {
    let world = World::of(Stage::Prod).await;
    let clocks: Vec<_> = (0..6).map(|_| clock()).collect();
    for seconds in (0..=240).step_by(5) {
        let ticks = clocks.iter().map(|clock| world.try_tick(clock, seconds));
        for tick in join_all(ticks).await {
            assert!(tick.is_ok(), "{seconds}: {tick:?}");
        }
    }
    let drawn = world.results(period().room).await;
    assert_eq!(
        drawn.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        [7, 6, 5, 4, 3, 2, 1].map(|later| period().later(later))
    );
    for (id, bets) in drawn {
        assert_eq!((world.state(id).await, bets), (SETTLED, 0));
        assert_eq!(world.context.store.load_unarchived_period(id).await.expect("the table"), None, "{id}");
    }
}

#[tokio::test]
async fn a_period_and_a_result_that_cannot_be_read_do_not_stop_their_room() {
    let world = World::of(Stage::Prod).await;
    let (clock, id) = (clock(), period().later(2));
    for seconds in [0, 30, 60, 90] {
        world.tick(&clock, seconds).await;
    }
    world.damage(format!("PERIOD#{id}"), "PERIOD".to_owned()).await;
    let drawn = world.results(id.room).await;
    assert_eq!(drawn.len(), 2);
    let (damaged, others) = (drawn[0].0, &drawn[1..]);
    world.damage(format!("RESULTS#{}", id.room), damaged.digits()).await;
    assert_eq!(world.results(id.room).await, others, "what can be read is shown");
    // The next periods are opened and drawn.
    for seconds in (120..=210).step_by(30) {
        let _ = world.try_tick(&clock, seconds).await;
    }
    assert_eq!(world.state(id.later(4)).await, SETTLED);
    assert_eq!(world.state(id.later(5)).await, Some(PeriodStateName::Open));
}
