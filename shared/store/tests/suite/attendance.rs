//! Attendance: a day is recorded once, and a record that says no becomes a yes.

use crate::engine::Engine;
use crate::raw::{self, Item, number, padding, text, with};
use crate::scenario::{second, signed_up, user};
use evens_store::{AttendanceOutcome, Store, StoreError};
use futures::future::join_all;
use jiff::civil::{Date, date};

const DAY: Date = date(2024, 1, 1);

async fn listed(store: &Store, first: Date, last: Date, limit: u16) -> Vec<Date> {
    store.list_attendance(user(1), first, last, limit).await.expect("the days")
}

/// D19.
pub(crate) async fn a_day_is_recorded_once(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    assert_eq!(listed(store, DAY, DAY, 10).await, []);
    let eight = join_all((0..8).map(|_| store.record_attendance(user(1), DAY, second(0)))).await;
    let recorded = eight.iter().filter(|outcome| matches!(outcome, Ok(AttendanceOutcome::Recorded))).count();
    let before =
        eight.iter().filter(|outcome| matches!(outcome, Ok(AttendanceOutcome::RecordedBefore))).count();
    assert_eq!((recorded, before), (1, 7), "{eight:?}");
    let item = raw::items(engine, "attendance").await.remove(0);
    store.record_attendance(user(1), DAY, second(9)).await.unwrap();
    assert_eq!(raw::items(engine, "attendance").await, std::slice::from_ref(&item), "the first one stays");
    #[rustfmt::skip]
    let expected: Item = [
        ("pk", text("ATTENDANCE#1")), ("sk", text("ATTENDANCE#2024-01-01")), ("kind", text("attendance")),
        ("user_id", number(1)), ("attendance_date", text("2024-01-01")), ("has_logged_in_today", text("yes")),
        ("recorded_at", text(second(0))),
    ].map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(item, expected, "and no time at which the engine deletes it");
    assert_eq!(listed(store, DAY, DAY, 10).await, [DAY]);
    let other_day = store.record_attendance(user(1), date(2024, 1, 2), second(9)).await.unwrap();
    let other_user = store.record_attendance(user(2), DAY, second(9)).await.unwrap();
    assert_eq!([other_day, other_user], [AttendanceOutcome::Recorded; 2]);
}

/// D19: a record that says no becomes a yes, whichever version wrote it.
pub(crate) async fn a_no_becomes_a_yes(engine: &Engine) {
    let store = &engine.store;
    store.record_attendance(user(1), DAY, second(0)).await.unwrap();
    let yes = raw::items(engine, "attendance").await.remove(0);
    raw::put(engine, with(&yes, &[("has_logged_in_today", text("no"))])).await;
    assert_eq!(listed(store, DAY, DAY, 10).await, []);
    let eight = join_all((0..8).map(|_| store.record_attendance(user(1), DAY, second(0)))).await;
    let recorded = eight.iter().filter(|outcome| matches!(outcome, Ok(AttendanceOutcome::Recorded))).count();
    assert_eq!(recorded, 1, "{eight:?}");
    assert_eq!(raw::items(engine, "attendance").await, std::slice::from_ref(&yes));

    // A record without the attribute is corrupt for a list, and is repaired by the next login.
    let mut silent = yes;
    silent.remove("has_logged_in_today");
    raw::put(engine, silent).await;
    let unread = store.list_attendance(user(1), DAY, DAY, 10).await;
    assert!(
        matches!(unread, Err(StoreError::Corrupt { attribute: "has_logged_in_today", .. })),
        "{unread:?}"
    );
    let outcome = store.record_attendance(user(1), DAY, second(0)).await.unwrap();
    assert_eq!(outcome, AttendanceOutcome::Recorded);
    assert_eq!(listed(store, DAY, DAY, 10).await, [DAY]);
}

pub(crate) async fn days_are_listed_newest_first_across_months(store: &Store) {
    let days: Vec<_> = DAY.series(jiff::ToSpan::days(3)).take(120).collect();
    join_all(days.iter().map(async |day| store.record_attendance(user(1), *day, second(0)).await.unwrap()))
        .await;
    store.record_attendance(user(11), date(2024, 2, 29), second(0)).await.unwrap();
    let within = |first: Date, last: Date| -> Vec<Date> {
        days.iter().rev().filter(|day| (first..=last).contains(day)).copied().collect()
    };
    #[rustfmt::skip]
    let table = [
        // first             last                limit
        (date(2024, 1, 1),   date(2024, 1, 31),  100),
        (date(2024, 2, 1),   date(2024, 2, 29),  100),
        (date(2023, 12, 1),  date(2024, 3, 31),  100),
        (date(2024, 1, 2),   date(2024, 1, 3),   100),
        (date(2024, 1, 4),   date(2024, 1, 4),   100),
        (date(1, 1, 1),      date(9999, 12, 31), 1_000),
        (date(2024, 1, 1),   date(2024, 12, 31), 7),
        (date(2024, 1, 1),   date(2024, 12, 31), 1),
        (date(2024, 1, 1),   date(2024, 12, 31), 0),
        (date(2025, 1, 1),   date(2025, 12, 31), 100),
    ];
    for (first, last, limit) in table {
        let mut expected = within(first, last);
        expected.truncate(limit.into());
        assert_eq!(listed(store, first, last, limit).await, expected, "{first} to {last}, {limit}");
    }
}

/// The engine returns at most 1 MB at once.
pub(crate) async fn days_beyond_one_answer_are_listed(engine: &Engine) {
    let store = &engine.store;
    store.record_attendance(user(1), DAY, second(0)).await.unwrap();
    let original = raw::items(engine, "attendance").await.remove(0);
    let days: Vec<_> = DAY.series(jiff::ToSpan::days(1)).take(9).collect();
    let copies = days.iter().map(|day| {
        let sort = text(format!("ATTENDANCE#{day}"));
        with(&original, &[("sk", sort), ("attendance_date", text(day)), ("padding", padding())])
    });
    raw::put_all(engine, copies).await;
    let newest_first: Vec<_> = days.iter().rev().copied().collect();
    assert_eq!(listed(store, DAY, date(2024, 12, 31), 100).await, newest_first);
    assert_eq!(listed(store, DAY, date(2024, 12, 31), 8).await, newest_first[..8]);
}
