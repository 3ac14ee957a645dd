//! The hash of a seed is public a whole period before the first bet, even if the clock starts in the middle of a
//! period.

use crate::world::{World, clock, period};
use evens_games::{PeriodId, PeriodStateName, Room};
use evens_runtime::Stage;

#[tokio::test]
async fn a_cold_start_opens_no_period_whose_hash_would_be_public_too_late() {
    let world = World::of(Stage::Prod).await;
    let clock = clock();
    world.tick(&clock, 3).await;
    let (now, next) = (period(), period().next());
    assert_eq!((world.state(now).await, world.state(next).await), (None, None));
    // In every room, that is the next period but one.
    let offset = world.context.settings.players.attendance_offset.offset();
    for room in Room::all().filter(|room| !room.needs_blocks()) {
        let first = PeriodId::at(room, world.second(3), offset).later(2);
        assert_eq!(world.state(first).await, Some(PeriodStateName::Open), "{first}");
    }
    // From then on each period is opened in time. Those left out stay unopened.
    for seconds in [30, 60, 90, 120] {
        world.tick(&clock, seconds).await;
        let ahead = period().later(seconds / 30 + 2);
        let opened = world.load(ahead).await.expect("a period");
        let public_for = opened.times.opens_at.duration_since(world.second(seconds));
        assert!(public_for.as_secs() >= i64::from(ahead.room.duration_s()), "{ahead}: {public_for}");
    }
    assert_eq!((world.state(now).await, world.state(next).await), (None, None));
}

#[tokio::test]
async fn on_ones_own_machine_there_is_something_to_play_at_once() {
    let world = World::of(Stage::Local).await;
    world.tick(&clock(), 3).await;
    for later in 0..=2 {
        assert_eq!(world.state(period().later(later)).await, Some(PeriodStateName::Open), "{later}");
    }
    // But not a period that would close at once.
    let world = World::of(Stage::Local).await;
    world.tick(&clock(), 26).await;
    assert_eq!(world.state(period()).await, None);
}
