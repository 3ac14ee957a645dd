//! Rooms and period ids: they follow from the time, without gaps and without duplicates.

use crate::common::{india, period_id};
use evens_games::{PeriodId, Room, RoomError};
use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn a_period_follows_from_room_time_and_offset() {
    #[rustfmt::skip]
    let table = [
        // Midnight in India is half past six in the previous evening (UTC).
        ("wingo-30", "2026-11-22T18:30:00Z", 330, "wingo-30-20261123000000000"),
        ("wingo-30", "2026-11-22T18:29:59Z", 330, "wingo-30-20261122000002879"),
        ("wingo-30", "2026-11-22T18:30:29Z", 330, "wingo-30-20261123000000000"),
        ("wingo-30", "2026-11-22T18:30:30Z", 330, "wingo-30-20261123000000001"),
        ("k3-600",   "2026-11-23T12:00:00Z", 330, "k3-600-20261123000000105"),
        ("5d-60",    "2026-11-23T12:00:00Z", 0,   "5d-60-20261123000000720"),
        ("5d-60",    "2026-11-23T00:00:00Z", -60, "5d-60-20261122000001380"),
    ];
    for (room, at, minutes, expected) in table {
        let offset = Offset::from_seconds(minutes * 60).expect("an offset");
        let room: Room = room.parse().expect("a room");
        assert_eq!(PeriodId::at(room, at.parse().expect("a time"), offset).to_string(), expected, "{at}");
    }
}

#[test]
fn a_period_takes_bets_until_five_seconds_before_its_end() {
    let times = period_id("wingo-30-20261123000000042").times(india());
    let [opens_at, closes_at, ends_at] =
        [times.opens_at, times.closes_at, times.ends_at].map(|moment| moment.to_string());
    assert_eq!(
        [opens_at.as_str(), &closes_at, &ends_at],
        ["2026-11-22T18:51:00Z", "2026-11-22T18:51:25Z", "2026-11-22T18:51:30Z"]
    );
}

/// A seed has to be public for the whole period before.
#[test]
fn a_seed_is_made_a_period_ahead() {
    let id = period_id("wingo-30-20261123000000042");
    let opens_before = id.previous().times(india()).opens_at;
    for (seconds, is_ahead) in [(-1, true), (0, true), (1, false)] {
        let now = Timestamp::from_second(opens_before.as_second() + seconds).expect("a time");
        assert_eq!(id.is_ahead(now, india()), is_ahead, "{seconds}");
    }
}

#[test]
fn periods_are_ordered_by_room_day_and_number() {
    let sorted = [
        "5d-60-20261124000000000",
        "wingo-30-20261123000000042",
        "wingo-30-20261124000000001",
        "wingo-60-20261123000000000",
    ]
    .map(period_id);
    assert!(sorted.is_sorted());
    let mut mixed = [sorted[2], sorted[0], sorted[3], sorted[1]];
    mixed.sort();
    assert_eq!(mixed, sorted);
    assert!(sorted[0].room < sorted[1].room && sorted[1].room < sorted[3].room);
    assert_eq!((sorted[1].day().to_string().as_str(), sorted[1].number()), ("2026-11-23", 42));
}

#[test]
fn an_invalid_period_has_no_id() {
    for text in [
        "",
        "wingo-30",
        "wingo-30-",
        "wingo-30-2026112300000042",
        "wingo-30-202611230000000042",
        "wingo-30-20261123000002880",
        "wingo-30-20261131000000000",
        "wingo-30-+0261123000000042",
        "wingo-31-20261123000000042",
        "wingo-030-20261123000000042",
        "fiveD-60-20261123000000042",
        "Wingo-30-20261123000000042",
        "k3-30-20261123000000042",
    ] {
        assert!(text.parse::<PeriodId>().is_err(), "{text:?}");
    }
}

#[test]
fn rooms_are_found_by_their_names_and_by_older_ones() {
    #[rustfmt::skip]
    let table = [
        ("wingo", "30",  Ok("wingo-30")),
        ("5d",    "600", Ok("5d-600")),
        ("fiveD", "60",  Ok("5d-60")),
        ("k3",    "30",  Err(RoomError::Duration)),
        ("k3",    "060", Err(RoomError::Duration)),
        ("k3",    "-60", Err(RoomError::Duration)),
        ("trx_wix", "30", Ok("trx_wix-30")),
        ("trx_wix", "600", Err(RoomError::Duration)),
        ("",      "30",  Err(RoomError::Game)),
    ];
    for (game, duration_s, expected) in table {
        let found = Room::parse(game, duration_s).map(|room| room.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{game} {duration_s}");
    }
    let rooms: Vec<_> = Room::all().map(|room| room.to_string()).collect();
    assert_eq!(rooms.iter().collect::<HashSet<_>>().len(), rooms.len());
    for room in rooms {
        assert_eq!(room.parse::<Room>().map(|room| room.to_string()), Ok(room));
    }
    let equal: Vec<_> = Room::all().map(|one| Room::all().filter(|other| one == *other).count()).collect();
    assert_eq!(equal, vec![1; Room::all().count()], "a room equals only itself");
}

#[test]
fn every_length_is_a_divisor_of_a_day_and_longer_than_its_closing() {
    for room in Room::all() {
        assert_eq!(86_400 % room.duration_s(), 0, "{room}");
        assert!(room.duration_s() > 10, "{room}");
    }
}

proptest! {
    /// Every point in time is in one period, which begins when the previous one ends.
    #[test]
    fn periods_follow_each_other_without_a_gap(
        second in 0_i64..4_000_000_000,
        minutes in -840_i32..=840,
        room in 0..Room::all().count(),
    ) {
        let room = Room::all().nth(room).expect("a room");
        let offset = Offset::from_seconds(minutes * 60).expect("an offset");
        let now = Timestamp::from_second(second).expect("a time");
        let id = PeriodId::at(room, now, offset);
        let times = id.times(offset);
        prop_assert!(times.opens_at <= now && now < times.ends_at);
        prop_assert_eq!(id.next().times(offset).opens_at, times.ends_at);
        prop_assert_eq!(PeriodId::at(room, times.ends_at, offset), id.next());
        prop_assert_eq!(id.next().previous(), id);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert!(id.next().digits() > id.digits());
    }

    #[test]
    fn so_many_later_is_one_step_after_the_other(steps in 0_i64..3_000, room in 0..Room::all().count()) {
        let room = Room::all().nth(room).expect("a room");
        let first = period_id(&format!("{room}-20261231000000001"));
        let last = (0..steps).fold(first, |id, _| id.next());
        prop_assert_eq!(first.later(steps), last);
        prop_assert_eq!(last.later(-steps), first);
    }
}
