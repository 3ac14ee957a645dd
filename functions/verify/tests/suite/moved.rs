//! Scheduled runs over books that are not small: recent movements are checked each hour and
//! sealed each day, at a cost that follows them.

use crate::world::{Item, World, at};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use evens_audit::{Fundings, Share};
use evens_doubles::EmbeddedTable;
use evens_records::{DaySeal, SealedDays};
use evens_runtime::Context;
use evens_store::{Capacity, CapacityMeter, ScanPace};
use evens_verify::{ItemProgress, MovedVerification, Verification, Verifier, VisibleItems};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::ops::Range;
use std::time::{Duration, Instant};

const OF_BOOKS: &str = "evens_books_violations";
const OF_MOVEMENTS: &str = "evens_movements_violations";

/// All books are too large, except in the hour of all.
fn verifier() -> Verifier {
    Verifier::beside_others().holding(1_000, 0)
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

async fn newest(world: &World) -> DaySeal {
    world.context.store.newest_seal().await.expect("the table").expect("a seal")
}

/// The number of violations that the check of recent movements found.
async fn moved(world: &World, now: &str) -> String {
    world.run(verifier(), now).await.expect("it looks");
    world.metric(OF_MOVEMENTS).expect("it was looked at")
}

/// The violations of all books, by the check that reads everything.
async fn of_all(world: &World, now: Timestamp) -> Vec<String> {
    let verification = Verification {
        store: &world.context.store,
        clock: &evens_runtime::Clock::fixed(now),
        sight: VisibleItems::Everything,
        fundings: Fundings::Permitted,
        expected: ItemProgress::Stopped,
        is_moving: false,
        records_max: usize::MAX,
        is_divisible: false,
        share: Share::ALL,
    };
    let found = verification.run(|_| None).await.expect("the table");
    found.report.violations().iter().map(|violation| violation.sentence.clone()).collect()
}

#[tokio::test]
async fn what_moved_is_checked_each_hour_and_all_books_once_a_day() {
    let world = World::new().await;
    world.fund(1, "a", "2026-11-20T10:00:00Z").await;
    world.fund(2, "b", "2026-11-20T10:00:00Z").await;
    assert_eq!(moved(&world, "2026-11-20T11:30:00Z").await, "0");
    // The history is checked at once, and then after four weeks.
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("0"));

    // An entry without its cause shows as long as its hour is read, and then once a day.
    world.delete("FUND#b", "FUND").await;
    assert_eq!(moved(&world, "2026-11-20T11:30:00Z").await, "1");
    assert_eq!(moved(&world, "2026-11-20T13:59:59Z").await, "1");
    assert_eq!(moved(&world, "2026-11-20T15:30:00Z").await, "0");
    assert_eq!(moved(&world, "2026-11-21T02:30:00Z").await, "0");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("1"));
    // The next hour finds nothing that moved, and all books keep their violation.
    assert_eq!(moved(&world, "2026-11-21T03:30:00Z").await, "0");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("1"));
}

#[tokio::test]
async fn a_wallet_that_its_newest_entries_do_not_explain_shows() {
    let world = World::new().await;
    for order in 0..9 {
        world.fund(1, &format!("order-{order}"), "2026-11-20T10:00:00Z").await;
    }
    assert_eq!(moved(&world, "2026-11-20T10:30:00Z").await, "0");
    let wallet = world.item("USER#1", "WALLET").await.expect("a wallet");
    let mut changed = wallet.clone();
    changed.insert("balance".to_owned(), AttributeValue::N("1000".to_owned()));
    world.put(changed).await;
    assert_eq!(moved(&world, "2026-11-20T10:30:00Z").await, "1");
    let mut changed = wallet.clone();
    changed.insert("balance".to_owned(), AttributeValue::S("much".to_owned()));
    world.put(changed).await;
    assert_eq!(moved(&world, "2026-11-20T10:30:00Z").await, "1", "it cannot be read");
    world.put(wallet).await;
    assert_eq!(moved(&world, "2026-11-20T10:30:00Z").await, "0");
}

/// The first three days are sealed by all books. Then two seals tell that the marks are complete.
#[tokio::test]
async fn a_day_is_sealed_by_what_moved_as_all_books_would_seal_it() {
    let world = World::new().await;
    for day in 17..=20 {
        for player in 1..=5 {
            let order = format!("order-{day}-{player}");
            world.fund(player, &order, &format!("2026-11-{day}T23:59:59Z")).await;
        }
        // Already of the next day when the seal is made.
        world.fund(6, &format!("early-{day}"), &format!("2026-11-{}T00:00:00Z", day + 1)).await;
        let is_sealed_by_marks = day == 20;
        let hour = if is_sealed_by_marks { 4 } else { 2 };
        assert_eq!(moved(&world, &format!("2026-11-{}T{hour:02}:00:00Z", day + 1)).await, "0");
        let seal = newest(&world).await;
        assert_eq!(seal.day().to_string(), format!("2026-11-{day}"));
    }
    let sealed = newest(&world).await;
    assert_eq!(sealed.days.after, Some(day("2026-11-19")));
    assert_eq!(of_all(&world, at("2026-11-21T03:00:00Z")).await, [""; 0]);

    // A mark that is missing leaves its wallet out of the seal, which the check of all books shows.
    world.fund(1, "unmarked", "2026-11-21T10:00:00Z").await;
    for mark in world.keys_of("movement-mark", "USER#1").await {
        world.delete(&mark, "USER#1").await;
    }
    assert_eq!(moved(&world, "2026-11-22T04:00:00Z").await, "0");
    let found = of_all(&world, at("2026-11-22T03:00:00Z")).await;
    assert_eq!(found.len(), 2, "the wallets and the house: {found:?}");
    assert!(found.iter().all(|sentence| sentence.contains("end of 2026-11-21")), "{found:?}");
}

#[tokio::test]
async fn a_day_with_a_violation_is_not_sealed_by_what_moved() {
    let world = World::new().await;
    world.fund(1, "a", "2026-11-17T10:00:00Z").await;
    for day in 18..=20 {
        assert_eq!(moved(&world, &format!("2026-11-{day}T02:00:00Z")).await, "0");
    }
    world.fund(1, "b", "2026-11-20T10:00:00Z").await;
    world.delete("FUND#b", "FUND").await;
    let run = world.run(verifier(), "2026-11-21T04:00:00Z").await.expect("it looks");
    assert_eq!(run.0, "verified the books and found violations");
    assert_eq!(newest(&world).await.day(), day("2026-11-19"));
}

/// The check of recent movements names a ledger that lacks a page, and the check of all books is made.
#[tokio::test]
async fn a_damaged_ledger_stops_no_check() {
    let world = World::new().await;
    for order in 0..5 {
        world.fund(1, &format!("order-{order}"), "2026-11-20T01:30:00Z").await;
    }
    world.delete("LEDGER#1", "ENTRY#00000000000000000001").await;
    let store = world.context.store.clone().retry_for(Duration::ZERO);
    let world = World { context: Context { store, ..world.context.clone() }, ..world };
    assert_eq!(moved(&world, "2026-11-20T02:30:00Z").await, "1");
    assert!(world.metric(OF_BOOKS).is_some_and(|found| found != "0"));
}

/// The cost of an hourly check.
pub(crate) async fn cost(world: &World, now: Timestamp) -> Capacity {
    let meter = CapacityMeter::default();
    let store = world.context.store.clone().metered(meter.clone());
    let verification = MovedVerification {
        store: &store,
        clock: &evens_runtime::Clock::fixed(now),
        pace: ScanPace::WITHOUT_RESTS,
        fundings: Fundings::Permitted,
        since: now.saturating_sub(SignedDuration::from_mins(3 * 60 + 30)).expect("a time"),
        sealed: None,
        days: None::<SealedDays>,
    };
    let found = verification.run().await.expect("the table");
    assert!(found.report.is_clean(), "{:?}", found.report.violations());
    meter.take()
}

#[tokio::test]
async fn the_cost_follows_what_moved_and_not_the_history() {
    let world = World::new().await;
    let mut costs = Vec::new();
    for day in 17..=19 {
        for order in 0..40 {
            // A long history of the players who move later, and of others who do not.
            for player in [1, 2, order + 10] {
                world
                    .fund(player, &format!("{day}-{order}-{player}"), &format!("2026-11-{day}T10:00:00Z"))
                    .await;
            }
        }
        for player in [1, 2] {
            world.fund(player, &format!("{day}-{player}"), &format!("2026-11-{day}T15:00:00Z")).await;
        }
        costs.push(cost(&world, at(&format!("2026-11-{day}T15:30:00Z"))).await);
    }
    let read_units: Vec<_> = costs.iter().map(|cost| cost.read_units).collect();
    assert!(read_units.windows(2).all(|pair| pair[1] <= pair[0] + 1.0), "{read_units:?}");
    assert!(costs.iter().all(|cost| cost.calls <= costs[0].calls), "{costs:?}");
}

/// Number of records of a wallet with its eight entries, which are in two items.
const OF_A_WALLET: u64 = 9;

/// Number of items that one call writes.
const BATCH: usize = 25;

/// Adds old wallets with eight entries each, as copies of one, until the books have the last number of records.
async fn fill(world: &World, records: Range<u64>) {
    let [wallet, page] = [("USER#1", "WALLET"), ("LEDGER#1", "ENTRY#00000000000000000001")];
    let wallet = world.item(wallet.0, wallet.1).await.expect("a wallet");
    let page = world.item(page.0, page.1).await.expect("a page");
    let copy = |item: &Item, prefix: &str, user: u64| {
        let mut item = item.clone();
        item.insert("pk".to_owned(), AttributeValue::S(format!("{prefix}{user}")));
        item.insert("user".to_owned(), AttributeValue::N(user.to_string()));
        item
    };
    let users = records.start / OF_A_WALLET..records.end / OF_A_WALLET;
    let items = users.flat_map(|user| {
        let user = user + 1_000;
        [copy(&wallet, "USER#", user), copy(&page, "LEDGER#", user)]
    });
    let puts = items.map(|item| {
        let put = PutRequest::builder().set_item(Some(item)).build().expect("an item");
        WriteRequest::builder().put_request(put).build()
    });
    let mut puts = puts.peekable();
    while puts.peek().is_some() {
        let batch: Vec<_> = puts.by_ref().take(BATCH).collect();
        let write = world.table.client().batch_write_item().request_items(EmbeddedTable::NAME, batch);
        write.send().await.expect("the table");
    }
}

/// Prints the table of docs/performance.md. The books grow to 10,000,000 records, which takes minutes and 4 GB.
#[tokio::test]
#[ignore = "takes minutes: cargo test --release -p evens-verify -- --ignored --nocapture costs_by_size"]
async fn costs_by_size() {
    let world = World::new().await;
    for order in 0..8 {
        world.fund(1, &format!("first-{order}"), "2026-11-18T10:00:00Z").await;
    }
    let mut filled = 0;
    println!("| records | calls | read units | seconds |\n|---|---|---|---|");
    let quiet = cost(&world, at("2026-11-19T03:30:00Z")).await;
    println!("| 9, none moved | {} | {} | |", quiet.calls, quiet.read_units);
    for (day, records) in [(19, 100_000), (20, 1_000_000), (21, 10_000_000)] {
        fill(&world, filled..records).await;
        filled = records;
        // The same traffic each time: 1,000 entries of 200 players.
        for order in 0..1_000 {
            let (id, now) = (format!("{records}-{order}"), format!("2026-11-{day}T15:00:00Z"));
            world.fund(order % 200 + 1, &id, &now).await;
        }
        let began = Instant::now();
        let Capacity { calls, read_units, .. } = cost(&world, at(&format!("2026-11-{day}T15:30:00Z"))).await;
        println!("| {records} | {calls} | {read_units} | {:.2} |", began.elapsed().as_secs_f64());
    }
}
