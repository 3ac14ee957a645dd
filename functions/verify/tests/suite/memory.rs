//! Whoever writes to the table can write the progress of the checks, too. A run believes it only as far as it has seen.

use crate::world::{World, at};
use evens_store::{HistoryPass, LastCheck, PassPlace, VerifyProgress};
use evens_verify::Verifier;
use jiff::SignedDuration;

const OF_BOOKS: &str = "evens_books_violations";
const OF_MOVEMENTS: &str = "evens_movements_violations";
const VERIFIED_AT: &str = "evens_books_verified_timestamp_seconds";

/// The first run of the night.
const EVENING: &str = "2026-11-20T20:30:00Z";

/// Twenty wallets with one entry each.
async fn fill(world: &World) {
    for player in 1..=20 {
        world.fund(player, &format!("order-{player}"), "2026-11-01T10:00:00Z").await;
    }
}

/// A pass that began and ended an hour before the evening, as its item says.
fn ended_pass() -> HistoryPass {
    let before = at(EVENING) - SignedDuration::from_hours(1);
    HistoryPass {
        ended_at: Some(before),
        place: PassPlace { is_last_page: true, ..PassPlace::default() },
        items: 10_000_000,
        wallets: 1_000_000,
        ..HistoryPass::begin(before)
    }
}

/// Progress that keeps a run which believes it from a check.
fn forgeries() -> [(&'static str, VerifyProgress); 5] {
    let just_now = Some(at(EVENING) - SignedDuration::from_mins(30));
    let large = || VerifyProgress { is_large: true, ..VerifyProgress::default() };
    let last_check = just_now.map(|at| LastCheck { at, movement_violations: 0 });
    [
        ("large books", large()),
        (
            "many tries of late",
            VerifyProgress { all_began_at: just_now, all_unfinished: 1_000_000, ..large() },
        ),
        ("a pass that has ended", VerifyProgress { pass: Some(ended_pass()), ..large() }),
        (
            "all of that",
            VerifyProgress {
                all_began_at: just_now,
                all_unfinished: 1_000_000,
                pass: Some(ended_pass()),
                last_check,
                ..large()
            },
        ),
        ("times to come", VerifyProgress { all_began_at: Some(at("9999-01-01T00:00:00Z")), ..large() }),
    ]
}

/// Thirty hourly runs over small books with three lasting violations.
#[tokio::test]
async fn no_progress_beside_violations_keeps_the_alarm_from_ringing() {
    for (name, mut forged) in forgeries() {
        let world = World::new().await;
        fill(&world).await;
        for order in [5, 6, 7] {
            world.delete(&format!("FUND#order-{order}"), "FUND").await;
        }
        world.context.store.keep_verify_progress(&mut forged).await.expect("the table");
        for hour in 0..30 {
            let now = at(EVENING) + SignedDuration::from_hours(hour);
            world.run(Verifier::beside_others(), &now.to_string()).await.expect("it looks");
            let found: u64 = world.metric(OF_BOOKS).expect("a number").parse().expect("a number");
            assert!(found >= 3, "{name}, {now}: {found}");
        }
    }
}

/// The one who counts them is the run.
#[tokio::test]
async fn books_are_large_only_while_they_have_so_many_items() {
    let world = World::new().await;
    fill(&world).await;
    let mut found = Vec::new();
    for (now, small_max) in [
        ("2026-11-20T10:30:00Z", 5),
        ("2026-11-20T11:30:00Z", 5),
        ("2026-11-20T12:30:00Z", 1_000),
        ("2026-11-20T13:30:00Z", 5),
    ] {
        let verifier = Verifier::beside_others().holding(1_000, small_max);
        world.run(verifier, now).await.expect("it looks");
        let progress = world.context.store.load_verify_progress().await.expect("the table");
        found.push((progress.is_large, world.metric(VERIFIED_AT)));
    }
    let verified = Some(at("2026-11-20T12:30:00Z").as_second().to_string());
    assert_eq!(found, [(true, None), (true, None), (false, verified.clone()), (true, verified)]);
}

/// A pass counts as a check of all books for the run that has ended it. Another run has only read that it did.
#[tokio::test]
async fn a_pass_that_no_run_has_ended_is_no_check_of_all_books() {
    let world = World::new().await;
    fill(&world).await;
    let mut forged = VerifyProgress {
        is_large: true,
        all_began_at: Some(at(EVENING) - SignedDuration::from_hours(18)),
        all_unfinished: 2,
        pass: Some(ended_pass()),
        ..VerifyProgress::default()
    };
    world.context.store.keep_verify_progress(&mut forged).await.expect("the table");
    let small_memory = Verifier::beside_others().holding(10, 0);
    world.run(small_memory, EVENING).await.expect("it looks");
    assert_eq!(world.metric(OF_MOVEMENTS).as_deref(), Some("0"), "such progress can be");
    assert_eq!(world.metric(VERIFIED_AT), None);
}
