//! The history of large books is checked in steps, which go on where the last one was ended.

use crate::world::{Item, World, at};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_audit::Fundings;
use evens_store::{Capacity, CapacityMeter, HistoryPass, VerifyProgress};
use evens_verify::{Findings, HistoryVerification, StepLimits, Verifier};
use jiff::SignedDuration;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

const OF_BOOKS: &str = "evens_books_violations";
const OF_MOVEMENTS: &str = "evens_movements_violations";
const VERIFIED_AT: &str = "evens_books_verified_timestamp_seconds";

/// A part is one page of three items, or about five entries of a ledger.
fn verification(world: &World) -> HistoryVerification<'_> {
    HistoryVerification {
        store: &world.context.store,
        fundings: Fundings::Permitted,
        page: 3,
        entries_max: 5,
    }
}

/// A step ends with the first part after this time.
fn limits(time_max: Duration) -> StepLimits {
    StepLimits { rests: 0, time_max, wait: SignedDuration::from_hours(1) }
}

/// A step is one part.
const ONE: Duration = Duration::ZERO;

async fn progress(world: &World) -> VerifyProgress {
    world.context.store.load_verify_progress().await.expect("the table")
}

async fn pass(world: &World) -> HistoryPass {
    progress(world).await.pass.expect("a pass")
}

/// Makes steps until the pass has ended, each from what the one before has stored. Returns their number.
async fn steps(world: &World, now: &str) -> usize {
    for number in 1..1_000 {
        verification(world)
            .step(limits(ONE), &mut progress(world).await, at(now), |_| {})
            .await
            .expect("the table");
        if pass(world).await.ended_at.is_some() {
            return number;
        }
    }
    panic!("the pass does not end");
}

/// Twenty wallets with one entry, and two with 23, which are in pages.
async fn fill(world: &World) {
    for player in 1..=20 {
        world.fund(player, &format!("small-{player}"), "2026-11-01T10:00:00Z").await;
    }
    for player in [21, 22] {
        for order in 0..23 {
            let now = format!("2026-11-{:02}T11:00:{order:02}Z", 1 + order / 10);
            world.fund(player, &format!("large-{player}-{order}"), &now).await;
        }
    }
}

/// Changes an attribute of an item.
async fn change(world: &World, key: (&str, &str), attribute: &str, value: AttributeValue) -> Item {
    let before = world.item(key.0, key.1).await.expect("an item");
    let mut item = before.clone();
    item.insert(attribute.to_owned(), value);
    world.put(item).await;
    before
}

#[tokio::test]
async fn a_pass_reads_each_item_once_and_goes_on_where_a_step_was_ended() {
    let world = World::new().await;
    fill(&world).await;
    let count = steps(&world, "2026-11-20T10:00:00Z").await;
    let items = u64::try_from(world.items().await).expect("a count");
    let pass = pass(&world).await;
    // The item of the progress came during the pass.
    assert!(pass.items == items || pass.items == items - 1, "{pass:?}, {items} items");
    assert_eq!((pass.wallets, pass.violations), (22, 0));
    // Each large ledger takes several steps besides those of the pages.
    let pages = items.div_ceil(3);
    assert!(count as u64 >= pages + 2 * 5, "{count} steps, {pages} pages");
}

/// Steps that are cut off at any moment, as by a time limit, leave nothing out and count nothing twice.
#[tokio::test]
async fn a_step_that_is_cut_off_is_made_again() {
    let world = World::new().await;
    fill(&world).await;
    world.delete("FUND#large-22-3", "FUND").await;
    let mut cut_off = 0;
    for attempt in 0_u32.. {
        // The time grows, so that each part is possible at last, also one with a violation, which is read twice.
        let time = Duration::from_micros(100 << attempt.min(13));
        let mut progress = progress(&world).await;
        let verification = verification(&world);
        let step = verification.step(limits(time), &mut progress, at("2026-11-20T10:00:00Z"), |_| {});
        cut_off += usize::from(tokio::time::timeout(time, step).await.is_err());
        if self::progress(&world).await.pass.is_some_and(|pass| pass.ended_at.is_some()) {
            break;
        }
    }
    let pass = pass(&world).await;
    assert_eq!((pass.wallets, pass.violations), (22, 1));
    assert!(cut_off > 0);
}

#[tokio::test]
async fn a_large_ledger_is_checked_in_bounded_parts() {
    let world = World::new().await;
    fill(&world).await;
    let parts = RefCell::new(Vec::new());
    let (all, limits) = (verification(&world), limits(Duration::MAX));
    let each = |found: &Findings| parts.borrow_mut().push(found.report.counts.entries);
    all.step(limits, &mut VerifyProgress::default(), at("2026-11-20T10:00:00Z"), each)
        .await
        .expect("the table");
    let parts = parts.take();
    assert_eq!(parts.iter().sum::<usize>(), 20 + 2 * 23);
    // Three wallets of a page at most, each with five entries.
    assert!(parts.iter().all(|entries| *entries <= 3 * 5), "{parts:?}");
}

#[tokio::test]
async fn damage_of_old_records_is_found_wherever_it_is() {
    let world = World::new().await;
    fill(&world).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: &str| AttributeValue::N(number.to_owned());
    let page = ("LEDGER#22", "ENTRY#00000000000000000009");
    let keys = [("USER#7", "WALLET"), ("USER#21", "WALLET"), page, ("FUND#large-22-11", "FUND")];
    let damages = [
        ("balance", number("1000")),
        ("balance", number("1000")),
        ("entries", AttributeValue::L(Vec::new())),
        ("amount", number("7")),
    ];
    // Entries that are missing are not waited for.
    let store = world.context.store.clone().retry_for(Duration::ZERO);
    for (key, (attribute, value)) in keys.into_iter().zip(damages) {
        let before = change(&world, key, attribute, value).await;
        let verification = HistoryVerification { store: &store, ..verification(&world) };
        let (_, found) = verification.run(at("2026-11-20T10:00:00Z")).await.expect("the table");
        assert!(found.offenders() > 0, "{key:?}");
        world.put(before).await;
    }
    let before = change(&world, ("USER#3", "WALLET"), "head", text("not a hash")).await;
    let (_, found) = verification(&world).run(at("2026-11-20T10:00:00Z")).await.expect("the table");
    assert_eq!(found.unreadable.len(), 1, "{:?}", found.unreadable);
    world.put(before).await;
    let (_, found) = verification(&world).run(at("2026-11-20T10:00:00Z")).await.expect("the table");
    assert_eq!((found.offenders(), found.report.counts.entries), (0, 20 + 2 * 23));
}

/// Books that are not small.
fn verifier() -> Verifier {
    Verifier::beside_others().holding(1_000, 0)
}

#[tokio::test]
async fn scheduled_runs_check_the_history_and_keep_its_violations_until_the_next_pass() {
    let world = World::new().await;
    fill(&world).await;
    let cause = world.item("FUND#small-5", "FUND").await.expect("a funding");
    world.delete("FUND#small-5", "FUND").await;
    let run = world.run(verifier(), "2026-11-20T10:30:00Z").await.expect("it looks");
    assert_eq!(run.0, "verified the books and found violations");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("1"));
    assert_eq!(world.metric(VERIFIED_AT), None, "all books are still checked once a day");

    // All books are in order again, and so is the next pass. It begins after a day, because this one had a violation.
    world.put(cause).await;
    for (now, violations) in [
        ("2026-11-20T11:30:00Z", "1"),
        ("2026-11-21T02:30:00Z", "1"),
        ("2026-11-21T10:29:59Z", "1"),
        ("2026-11-21T10:30:00Z", "0"),
    ] {
        let run = world.run(verifier(), now).await.expect("it looks");
        assert_eq!(run.0, "verified the books without violations", "{now}");
        assert_eq!(world.metric(OF_BOOKS).as_deref(), Some(violations), "{now}");
    }
    // The one after it begins four weeks later, and until then all books show a new violation.
    world.delete("FUND#small-6", "FUND").await;
    for (now, violations) in
        [("2026-12-19T10:29:59Z", "0"), ("2026-12-19T10:30:00Z", "1"), ("2026-12-20T02:30:00Z", "2")]
    {
        world.run(verifier(), now).await.expect("it looks");
        assert_eq!(world.metric(OF_BOOKS).as_deref(), Some(violations), "{now}");
    }
}

/// The wallets are in every share, and ten records may be held.
#[tokio::test]
async fn books_that_cannot_be_checked_in_one_run_are_checked_by_their_history_alone() {
    let world = World::new().await;
    fill(&world).await;
    let verifier = || Verifier::beside_others().holding(10, 0);
    let seconds = |now: &str| at(now).as_second().to_string();
    #[rustfmt::skip]
    let table = [
        ("2026-11-20T10:30:00Z", true,  None,                         "the first pass; all books are not tried yet"),
        ("2026-11-21T02:30:00Z", false, None,                         "the first try"),
        ("2026-11-21T03:30:00Z", true,  None,                         "the pass had ended before, and no other is due"),
        ("2026-11-22T02:30:00Z", false, None,                         "the second try"),
        ("2026-11-22T03:30:00Z", true,  Some("2026-11-22T03:30:00Z"), "a pass ends"),
        ("2026-11-23T02:30:00Z", true,  Some("2026-11-22T03:30:00Z"), "no try, and no other pass is due"),
        ("2026-11-24T01:59:59Z", true,  Some("2026-11-24T01:59:59Z"), "a pass ends"),
        ("2026-11-24T02:00:00Z", false, Some("2026-11-24T01:59:59Z"), "two days later"),
    ];
    for (now, is_done, verified_at, why) in table {
        let run = world.run(verifier(), now).await;
        assert_eq!(run.is_ok(), is_done, "{now}, {why}: {run:?}");
        assert_eq!(world.metric(VERIFIED_AT), verified_at.map(seconds), "{now}, {why}");
    }
    // A pass begins each day, and shows a violation.
    world.delete("FUND#small-5", "FUND").await;
    world.run(verifier(), "2026-11-30T10:30:00Z").await.expect("it looks");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("1"));
    // With more memory, all books are checked again.
    world.run(self::verifier(), "2026-12-06T02:30:00Z").await.expect("it looks");
    assert_eq!(progress(&world).await.all_unfinished, 0);
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("2"));
}

/// The violations of a check of all books do not count for ever if there is no such check.
#[tokio::test]
async fn violations_of_all_books_end_with_their_checks() {
    let world = World::new().await;
    fill(&world).await;
    let cause = world.item("FUND#small-5", "FUND").await.expect("a funding");
    steps(&world, "2026-11-20T10:00:00Z").await;
    world.delete("FUND#small-5", "FUND").await;
    world.run(verifier(), "2026-11-21T02:30:00Z").await.expect("it looks");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("1"));
    world.put(cause).await;
    let small_memory = Verifier::beside_others().holding(10, 0);
    for (day, violations) in [(22, "1"), (23, "0")] {
        world.run(small_memory, &format!("2026-11-{day}T02:30:00Z")).await.expect_err("too large");
        world.run(small_memory, &format!("2026-11-{day}T03:30:00Z")).await.expect("it looks");
        assert_eq!(world.metric(OF_BOOKS).as_deref(), Some(violations), "{day}");
    }
}

/// A pass takes several steps here, so its violations are seen before and after it begins again.
#[tokio::test]
async fn violations_of_a_pass_count_until_the_next_one_has_ended() {
    let world = World::new().await;
    fill(&world).await;
    let cause = world.item("FUND#small-5", "FUND").await.expect("a funding");
    world.delete("FUND#small-5", "FUND").await;
    steps(&world, "2026-11-20T10:00:00Z").await;
    world.put(cause).await;
    let mut counts = Vec::new();
    loop {
        let mut progress = progress(&world).await;
        verification(&world)
            .step(limits(ONE), &mut progress, at("2026-11-20T12:00:00Z"), |_| {})
            .await
            .expect("the table");
        let pass = progress.pass.clone().expect("a pass");
        counts.push(progress.violations());
        if pass.ended_at.is_some() {
            break;
        }
    }
    let (last, before) = counts.split_last().expect("steps");
    assert!(before.len() > 3 && before.iter().all(|count| *count == 1) && *last == 0, "{counts:?}");
}

/// Two processes may work on one table. Each part counts once.
#[tokio::test]
async fn a_step_ends_if_another_run_goes_on_with_the_pass() {
    let world = World::new().await;
    fill(&world).await;
    let now = at("2026-11-20T10:00:00Z");
    verification(&world)
        .step(limits(ONE), &mut progress(&world).await, now, |_| {})
        .await
        .expect("the table");
    let mut stale = progress(&world).await;
    verification(&world)
        .step(limits(ONE), &mut progress(&world).await, now, |_| {})
        .await
        .expect("the table");
    let parts = Cell::new(0);
    let (all, limits) = (verification(&world), limits(Duration::MAX));
    all.step(limits, &mut stale, now, |_| parts.set(parts.get() + 1)).await.expect("the table");
    assert_eq!(parts.get(), 1, "the step ends with its first part");
    steps(&world, "2026-11-20T10:00:00Z").await;
    assert_eq!(pass(&world).await.wallets, 22);
}

/// Items that are removed or added while a large ledger is checked move the end of its page.
#[tokio::test]
async fn a_page_that_changes_behind_a_large_ledger_leaves_nothing_out() {
    let world = World::new().await;
    fill(&world).await;
    let now = at("2026-11-20T10:00:00Z");
    let mut has_changed = false;
    loop {
        let mut progress = progress(&world).await;
        // Another page, as of another process.
        let page = if has_changed { 7 } else { 3 };
        let verification = HistoryVerification { page, ..verification(&world) };
        verification.step(limits(ONE), &mut progress, now, |_| {}).await.expect("the table");
        let pass = progress.pass.expect("a pass");
        if pass.place.wallet.is_some() && !has_changed {
            has_changed = true;
            // Marks expire at any time.
            for user in 1..=22 {
                for mark in world.keys_of("movement-mark", &format!("USER#{user}")).await {
                    world.delete(&mark, &format!("USER#{user}")).await;
                }
            }
        }
        if pass.ended_at.is_some() {
            assert!(has_changed && pass.wallets == 22 && pass.violations == 0, "{pass:?}");
            break;
        }
    }
}

#[tokio::test]
async fn progress_with_times_to_come_puts_off_no_check() {
    let world = World::new().await;
    fill(&world).await;
    steps(&world, "2026-11-20T10:00:00Z").await;
    world.delete("FUND#small-5", "FUND").await;
    let key = ("VERIFY-PROGRESS", "VERIFY-PROGRESS");
    let number = |number: &str| AttributeValue::N(number.to_owned());
    let time = || AttributeValue::S("9999-01-01T00:00:00Z".to_owned());
    change(&world, key, "all_unfinished", number("1000000")).await;
    change(&world, key, "all_began_at", time()).await;
    change(&world, key, "began_at", time()).await;
    change(&world, key, "ended_at", time()).await;
    world.run(verifier(), "2026-11-20T10:30:00Z").await.expect("it looks");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("1"), "a pass begins");
    assert_eq!(world.metric(OF_MOVEMENTS).as_deref(), Some("1"), "no run writes such times");
    world.run(verifier(), "2026-11-21T02:30:00Z").await.expect("it looks");
    assert_eq!(world.metric(OF_BOOKS).as_deref(), Some("2"), "and all books are checked");
}

#[tokio::test]
async fn a_pass_whose_progress_is_damaged_begins_again() {
    let world = World::new().await;
    fill(&world).await;
    steps(&world, "2026-11-20T10:00:00Z").await;
    let key = ("VERIFY-PROGRESS", "VERIFY-PROGRESS");
    change(&world, key, "began_at", AttributeValue::S("once".to_owned())).await;
    world.run(verifier(), "2026-11-20T10:30:00Z").await.expect("it looks");
    assert_eq!(world.metric(OF_MOVEMENTS).as_deref(), Some("1"), "no run writes such a time");
    let pass = pass(&world).await;
    assert_eq!((pass.wallets, pass.began_at), (22, at("2026-11-20T10:30:00Z")));
}

/// A pass over four times the items costs at most four times as much.
#[tokio::test]
async fn the_cost_of_a_pass_follows_its_items() {
    let mut costs = Vec::new();
    for players in [20, 80] {
        let world = World::new().await;
        for player in 1..=players {
            world.fund(player, &format!("order-{player}"), "2026-11-01T10:00:00Z").await;
        }
        let meter = CapacityMeter::default();
        let store = world.context.store.clone().metered(meter.clone());
        let verification = HistoryVerification { store: &store, page: 100, ..verification(&world) };
        verification.run(at("2026-11-20T10:00:00Z")).await.expect("the table");
        costs.push(meter.take().read_units);
    }
    assert!(costs[1] <= 4.1 * costs[0], "{costs:?}");
}

/// Prints the figures of docs/performance.md.
#[tokio::test]
#[ignore = "takes minutes: cargo test --release -p evens-verify -- --ignored --nocapture history_by_size"]
async fn history_by_size() {
    println!("| records | items | entries | calls | read units | seconds | largest part, entries |");
    println!("|---|---|---|---|---|---|---|");
    for players in [1_000, 10_000, 60_000] {
        let world = World::new().await;
        for order in 0..8 {
            for player in 1..=players {
                world
                    .fund(player, &format!("{order}-{player}"), &format!("2026-11-01T10:00:{order:02}Z"))
                    .await;
            }
        }
        let meter = CapacityMeter::default();
        let store = world.context.store.clone().metered(meter.clone());
        let verification = HistoryVerification {
            store: &store,
            fundings: Fundings::Permitted,
            page: 500,
            entries_max: 1_000,
        };
        let (began, largest) = (Instant::now(), Cell::new(0));
        let each = |found: &Findings| {
            assert_eq!(found.offenders(), 0);
            largest.set(largest.get().max(found.report.counts.entries));
        };
        let mut progress = VerifyProgress::default();
        verification
            .step(limits(Duration::MAX), &mut progress, at("2026-11-20T10:00:00Z"), each)
            .await
            .expect("the table");
        let (seconds, pass) = (began.elapsed().as_secs_f64(), progress.pass.expect("a pass"));
        let Capacity { calls, read_units, .. } = meter.take();
        // A wallet, eight entries and eight fundings.
        let (records, entries) = (players * 17, players * 8);
        let items = pass.items;
        println!(
            "| {records} | {items} | {entries} | {calls} | {read_units} | {seconds:.1} | {} |",
            largest.get()
        );
    }
}
