//! Scheduled runs over a real table: counts, seals, and later changes of old books.

use crate::moved::cost;
use crate::world::{Item, World, at};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_games::PeriodId;
use evens_ledger::{Digest, UserId};
use evens_payments::PaymentsRecord;
use evens_records::Record;
use evens_store::{LastCheck, ScanPace};
use evens_verify::Verifier;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::convert::Infallible;
use std::ops::ControlFlow;

const TWO_SEGMENTS: ScanPace = ScanPace { segments: 2, page: 1_000, rests: 0 };
const VIOLATIONS: &str = "evens_books_violations";
const VERIFIED_AT: &str = "evens_books_verified_timestamp_seconds";

fn verifier() -> Verifier {
    Verifier::beside_others()
}

/// Two players, funded on two days.
async fn funded() -> World {
    let world = World::new().await;
    for (player, order, now) in [
        (1, "a", "2026-11-20T10:00:00Z"),
        (2, "b", "2026-11-20T23:59:59Z"),
        (1, "c", "2026-11-21T00:00:00Z"),
        (1, "d", "2026-11-21T08:00:00Z"),
    ] {
        world.fund(player, order, now).await;
    }
    world
}

fn offenders(world: &World) -> String {
    world.metric(VIOLATIONS).expect("it was looked at")
}

#[tokio::test]
async fn books_in_order_are_counted_and_sealed_day_by_day() {
    let world = funded().await;
    assert_eq!(world.metric(VERIFIED_AT), None, "nobody has looked");
    // The day may still grow, and the day before is empty.
    world.run(verifier(), "2026-11-21T00:59:59Z").await.expect("it looks");
    let empty = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!((empty.day().to_string().as_str(), empty.previous), ("2026-11-19", Digest::ZERO));
    let now = "2026-11-21T01:00:00Z";
    world.run(verifier(), now).await.expect("it looks");
    assert_eq!(offenders(&world), "0");
    assert_eq!(world.metric(VERIFIED_AT), Some(at(now).as_second().to_string()));
    let first = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!((first.day().to_string().as_str(), first.previous), ("2026-11-20", empty.digest()));

    // Later entries do not change the sealed day. The next seal covers them.
    world.fund(2, "e", "2026-11-21T12:00:00Z").await;
    world.run(Verifier::on_one_box(), "2026-11-22T01:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "0");
    let second = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!((second.day().to_string().as_str(), second.previous), ("2026-11-21", first.digest()));
    assert_ne!(second.parts.wallets, first.parts.wallets);
    world.run(verifier(), "2026-11-22T02:00:00Z").await.expect("it looks");
    assert_eq!(world.context.store.newest_seal().await.expect("the table"), Some(second), "one a day");
}

/// The end of each run is stored, so that staff see it after a restart.
#[tokio::test]
async fn the_end_of_a_run_is_kept() {
    // Small books, and the same books if they were large.
    for small_max in [usize::MAX, 0] {
        let world = funded().await;
        let load = async || world.context.store.load_verify_progress().await.expect("the table");
        assert_eq!((load().await.last_check, load().await.all_checked_at()), (None, None));
        let verifier = verifier().holding(1_000, small_max);
        // The hour of all books.
        let first = "2026-11-22T02:30:00Z";
        world.run(verifier, first).await.expect("it looks");
        let check = |at, movement_violations| Some(LastCheck { at, movement_violations });
        assert_eq!(load().await.last_check, check(at(first), 0), "{small_max}");
        assert_eq!((load().await.all_checked_at(), load().await.violations()), (Some(at(first)), 0));
        let second = "2026-11-22T12:30:00Z";
        world.fund(1, "e", "2026-11-22T12:00:00Z").await;
        world.delete("FUND#e", "FUND").await;
        world.run(verifier, second).await.expect("it looks");
        let progress = load().await;
        if small_max > 0 {
            assert_eq!((progress.last_check, progress.violations()), (check(at(second), 0), 1));
            assert_eq!(progress.all_checked_at(), Some(at(second)));
        } else {
            // A pass over the history has begun, too, and counts by itself.
            assert_eq!(progress.last_check, check(at(second), 1));
        }
    }
}

#[tokio::test]
async fn a_seal_that_is_kept_stays() {
    let world = funded().await;
    world.run(verifier(), "2026-11-21T01:00:00Z").await.expect("it looks");
    let store = &world.context.store;
    let kept = store.newest_seal().await.expect("the table").expect("a seal");
    let mut other = kept.clone();
    other.parts.wallets = Digest::of(b"other");
    assert_eq!(store.keep_seal(&other, at("2026-11-21T01:00:00Z")).await.expect("the table"), kept);
    assert_eq!(store.newest_seal().await.expect("the table"), Some(kept));
}

#[tokio::test]
async fn violations_are_counted_and_the_day_is_not_sealed() {
    let world = funded().await;
    let mut wallet = world.item("USER#1", "WALLET").await.expect("a wallet");
    wallet.insert("balance".to_owned(), AttributeValue::N("1000".to_owned()));
    world.put(wallet).await;
    world.run(verifier(), "2026-11-21T01:00:00Z").await.expect("it looks");
    // The wallet's balance matches neither its deposits (M1) nor its last entry (M4).
    assert_eq!(offenders(&world), "2");
    assert_eq!(world.context.store.newest_seal().await.expect("the table"), None);
}

#[tokio::test]
async fn a_violation_beside_the_sealed_entries_is_counted_and_the_day_is_sealed() {
    let world = funded().await;
    let mut wallet = world.item("USER#1", "WALLET").await.expect("a wallet");
    // The cashier has not held the player's bets.
    wallet.insert("held".to_owned(), AttributeValue::S("yes".to_owned()));
    world.put(wallet).await;
    world.run(verifier(), "2026-11-21T01:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "1");
    let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!(newest.day().to_string(), "2026-11-20");
}

/// Deletes player 1's wallet and every record of their funding.
async fn cut_off(world: &World) {
    for order in ["a", "c", "d"] {
        world.delete(&format!("FUND#{order}"), "FUND").await;
    }
    world.delete("USER#1", "WALLET").await;
}

#[tokio::test]
async fn a_wallet_that_is_gone_with_all_that_tells_of_it_shows_by_the_seal_alone() {
    let world = funded().await;
    cut_off(&world).await;
    world.run(verifier(), "2026-11-21T00:30:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "0", "nothing else tells of it");

    let world = funded().await;
    world.run(verifier(), "2026-11-21T01:00:00Z").await.expect("it looks");
    cut_off(&world).await;
    world.run(verifier(), "2026-11-22T01:00:00Z").await.expect("it looks");
    // The wallets and the house account.
    assert_eq!(offenders(&world), "2");
    let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!(newest.day().to_string(), "2026-11-20", "what offends is not sealed");
}

/// A wallet that did not move on the newest days is in older seals alone.
#[tokio::test]
async fn old_books_that_are_gone_show_by_an_older_seal() {
    let world = funded().await;
    for day in 21..=24 {
        world.run(verifier(), &format!("2026-11-{day}T01:00:00Z")).await.expect("it looks");
    }
    assert_eq!(offenders(&world), "0");
    cut_off(&world).await;
    world.run(verifier(), "2026-11-24T02:00:00Z").await.expect("it looks");
    // The wallets and the house account, on both days on which it moved.
    assert_eq!(offenders(&world), "4");
}

#[tokio::test]
async fn a_seal_that_was_changed_or_removed_shows() {
    let world = funded().await;
    for now in ["2026-11-21T01:00:00Z", "2026-11-22T01:00:00Z"] {
        world.run(verifier(), now).await.expect("it looks");
    }
    let first = world.item("SEAL", "2026-11-20").await.expect("a seal");
    let mut changed = first.clone();
    changed.insert("sealed_wallets".to_owned(), AttributeValue::S("0".repeat(64)));
    world.put(changed).await;
    world.run(verifier(), "2026-11-22T02:00:00Z").await.expect("it looks");
    // The seal is unreadable, so it is missing for its line, and the next one has no predecessor.
    assert_eq!(offenders(&world), "3");
    world.delete("SEAL", "2026-11-20").await;
    world.run(verifier(), "2026-11-22T02:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "2");
    world.put(first).await;
    world.run(verifier(), "2026-11-22T02:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "0");
}

/// A bad seal is a violation like any other, and the rest of the books is checked.
#[tokio::test]
async fn a_newest_seal_that_is_unreadable_or_gone_shows() {
    let world = funded().await;
    world.run(verifier(), "2026-11-21T01:00:00Z").await.expect("it looks");
    let newest = world.item("SEAL", "2026-11-20").await.expect("a seal");
    let mut changed = newest.clone();
    changed.insert("sealed_wallets".to_owned(), AttributeValue::S("0".repeat(64)));
    world.put(changed).await;
    world.run(verifier(), "2026-11-22T01:00:00Z").await.expect("it looks");
    // It is unreadable, and so missing for its line.
    assert_eq!(offenders(&world), "2");
    assert!(world.item("SEAL", "2026-11-21").await.is_none(), "books with a violation are not sealed");
    world.delete("SEAL", "2026-11-20").await;
    world.run(verifier(), "2026-11-22T01:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "1");
    world.put(newest).await;
    world.run(verifier(), "2026-11-22T01:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "0");
}

#[tokio::test]
async fn more_than_may_be_held_is_no_success() {
    let world = funded().await;
    // The wallets are in every share.
    let error =
        world.run(verifier().holding(1, 1), "2026-11-21T02:00:00Z").await.expect_err("it does not fit");
    assert!(error.to_string().contains("more than 1 records"), "{error}");
    assert_eq!(world.metric(VERIFIED_AT), None);
}

/// 40 wallets, 40 entries and 40 fundings do not fit. Consecutive days check their shares.
#[tokio::test]
async fn books_that_do_not_fit_are_checked_and_sealed_in_shares() {
    let world = World::new().await;
    for player in 1..=40 {
        world.fund(player, &format!("order-{player}"), "2026-11-20T10:00:00Z").await;
    }
    let held = verifier().holding(80, 0);
    world.run(held, "2026-11-21T02:00:00Z").await.expect("a share fits");
    assert_eq!(offenders(&world), "0");
    let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!(newest.day().to_string(), "2026-11-20");
    world.run(verifier(), "2026-11-21T03:00:00Z").await.expect("it looks");
    assert_eq!(offenders(&world), "0", "the seal of a share is that of all books");

    world.delete("FUND#order-7", "FUND").await;
    let mut found = Vec::new();
    for day in 22..=29 {
        let now = format!("2026-11-{day}T02:00:00Z");
        world.run(held, &now).await.expect("a share fits");
        assert_eq!(world.metric(VERIFIED_AT), Some(at(&now).as_second().to_string()));
        found.push(offenders(&world));
    }
    assert!(found.contains(&"0".to_owned()) && found.contains(&"1".to_owned()), "{found:?}");
}

/// Two periods a day, in virtual time. The check seals every day, also when it holds a part of the periods only.
#[tokio::test]
async fn a_month_of_idle_periods_keeps_one_item_each_and_every_day_is_sealed() {
    let world = World::new().await;
    let mut morning = at("2026-11-01T02:30:00Z");
    let first: PeriodId = "wingo-300-20261101000000000".parse().expect("a period");
    let mut costs = Vec::new();
    for day in 0..30 {
        let held = verifier().holding(100, 0);
        world.run(held, &morning.to_string()).await.expect("a share fits");
        assert_eq!(offenders(&world), "0");
        let (before, period) = (world.items().await, first.later(day * 288 + 120));
        world.play_idle(period).await;
        world.play_idle(period.next()).await;
        assert_eq!(world.items().await - before, 2, "two archived periods");
        let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
        let yesterday = morning.to_zoned(TimeZone::UTC).date().yesterday().expect("a day");
        assert_eq!(newest.day(), yesterday);
        costs.push(cost(&world, morning).await);
        morning = morning.checked_add(SignedDuration::from_hours(24)).expect("a time");
    }
    let size = world.size_of("archived-period").await;
    println!("an idle period is an item of {size} bytes");
    assert!(size < 450, "{size}");
    // The hourly check costs the same each day, but for the lines of the audit log of two days.
    assert!(costs.iter().all(|cost| cost.calls <= costs[0].calls + 3), "{costs:?}");
    assert!(costs.iter().all(|cost| cost.read_units <= costs[0].read_units + 3.0), "{costs:?}");
    // 30 seals with a line each, the head of the log, and the progress of the check of the history.
    assert_eq!(world.items().await, 60 + 30 * 2 + 2);
}

/// The limits are in two items, so each read of the table may have one before a change and the other after it.
#[tokio::test]
async fn a_player_who_changes_limits_all_the_time_is_no_violation() {
    let world = funded().await;
    let (user, since) = (UserId::new(1).expect("a user"), at("2026-11-20T12:00:00Z"));
    let lower_limits = async {
        for coins in (1..1_000_000).rev() {
            let (id, limit) =
                ("stakes-week".parse().expect("a limit"), coins.to_string().parse().expect("an amount"));
            let lower =
                |cashier: &PaymentsRecord| Ok::<_, Infallible>(cashier.ask_limit(id, Some(limit), since));
            let changed = world.context.store.change_limits(user, since, lower).await;
            changed.expect("the table").expect("a lower limit");
        }
    };
    tokio::select! {
        run = world.run(verifier(), "2026-11-21T01:00:00Z") => drop(run.expect("it looks")),
        () = lower_limits => panic!("the run takes longer than a million changes"),
    }
    assert_eq!(offenders(&world), "0");
    let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!(newest.day().to_string(), "2026-11-20");
}

#[tokio::test]
async fn entries_that_a_scan_missed_are_read_again() {
    let world = World::new().await;
    for order in 0..9 {
        world.fund(1, &format!("order-{order}"), "2026-11-20T10:00:00Z").await;
    }
    let mut books = evens_audit::Books::new();
    // As if the page had been written to a part of the table already read.
    let each = |record| match record {
        Ok(Record::Entry(entry)) if (5..=8).contains(&entry.number) => ControlFlow::Continue(()),
        Ok(record) => {
            books.record(record);
            ControlFlow::Continue(())
        }
        Err(error) => panic!("{error}"),
    };
    world.context.store.scan_books(TWO_SEGMENTS, each).await.expect("the table");
    let missed = books.missed();
    assert_eq!(missed.len(), 1);
    let (user, after) = missed[0];
    assert_eq!(after, 4);
    let entries = world.context.store.entries_after(user, after).await.expect("the table");
    for entry in entries {
        books.record_missed(entry);
    }
    assert!(books.missed().is_empty());
    let report = books.check(evens_audit::Completeness::Stopped);
    assert!(report.is_clean(), "{:?}", report.violations());
}

/// A scheduled run must not read any secret.
#[tokio::test]
async fn secrets_are_not_seen() {
    let world = World::new().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    world
        .put(Item::from([
            ("pk".to_owned(), text("SEED#r")),
            ("sk".to_owned(), text("SEED")),
            ("kind".to_owned(), text("seed")),
            ("round".to_owned(), text("r")),
            ("seed".to_owned(), text(&"7".repeat(64))),
        ]))
        .await;
    let mut seen = 0;
    let count = |_| {
        seen += 1;
        ControlFlow::Continue(())
    };
    world.context.store.scan_books(TWO_SEGMENTS, count).await.expect("the table");
    assert_eq!(seen, 0);
    world.context.store.scan(|_| seen += 1).await.expect("the table");
    assert_eq!(seen, 1);
}
