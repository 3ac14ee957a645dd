//! Reads for the check of the history: pages of the table, parts of ledgers, and the progress.

use crate::engine::Engine;
use crate::raw;
use crate::scenario::{amount, second, user};
use evens_ledger::Wallet;
use evens_records::Record;
use evens_store::{
    FundOutcome, HistoryPass, LastCheck, PassPlace, ScanPace, ScanPlace, Store, VerifyProgress,
};
use std::ops::ControlFlow;

async fn fund(store: &Store, player: u64, order: &str, at: i64) {
    let funded = store.fund_wallet(user(player), amount("5"), order, second(at)).await.unwrap();
    assert!(matches!(funded, FundOutcome::Funded(_)), "{funded:?}");
}

/// All pages of the table, and the places at which they end.
async fn pages(store: &Store, limit: u16) -> (Vec<Record>, Vec<ScanPlace>, u64) {
    let (mut records, mut places, mut items) = (Vec::new(), Vec::new(), 0);
    loop {
        let page = store.scan_page(places.last(), limit).await.unwrap();
        assert!(page.items <= limit.into(), "{} items", page.items);
        items += page.items;
        records.extend(page.records.into_iter().map(Result::unwrap));
        match page.last {
            Some(place) => places.push(place),
            None => return (records, places, items),
        }
    }
}

fn sorted(records: &[Record]) -> Vec<String> {
    let mut sorted: Vec<_> = records.iter().map(|record| format!("{record:?}")).collect();
    sorted.sort();
    sorted
}

pub(crate) async fn pages_of_the_table_hold_each_item_once(engine: &Engine) {
    let store = &engine.store;
    for player in 1..=7 {
        fund(store, player, &format!("order-{player}"), 1).await;
    }
    let mut all = Vec::new();
    let each = |record: Result<Record, _>| {
        all.push(record.unwrap());
        ControlFlow::Continue(())
    };
    store.scan_books(ScanPace { segments: 2, page: 100, rests: 0 }, each).await.unwrap();
    let all = sorted(&all);
    let count = raw::everything(engine).await.len() as u64;
    for limit in [1, 4, 100] {
        let (records, _, items) = pages(store, limit).await;
        assert_eq!((sorted(&records), items), (all.clone(), count), "{limit} items a page");
    }
    for (less, has_more) in [(1, true), (0, false)] {
        let max = usize::try_from(count - less).unwrap();
        assert_eq!(store.has_more_items_than(max, 4, 0).await.unwrap(), has_more, "{max} of {count}");
    }
    // A page starts after its place also if the item there is gone.
    let (_, places, _) = pages(store, 1).await;
    let rest = store.scan_page(Some(&places[3]), 100).await.unwrap().items;
    let pass = Some(at_place(places[3].clone()));
    let mut progress = VerifyProgress { pass, ..VerifyProgress::default() };
    assert!(store.keep_verify_progress(&mut progress).await.unwrap());
    let item = &raw::items(engine, "verify-progress").await[0];
    let [partition, sort] = ["after_pk", "after_sk"].map(|name| item[name].as_s().unwrap().clone());
    raw::delete(engine, "VERIFY-PROGRESS", "VERIFY-PROGRESS").await;
    let at_place = raw::everything(engine).await.remove(&format!("{partition} {sort}")).expect("an item");
    raw::delete(engine, &partition, &sort).await;
    assert_eq!(store.scan_page(Some(&places[3]), 100).await.unwrap().items, rest);
    raw::put(engine, at_place).await;
}

fn at_place(place: ScanPlace) -> HistoryPass {
    HistoryPass {
        place: PassPlace { after: Some(place), ..PassPlace::default() },
        ..HistoryPass::begin(second(0))
    }
}

pub(crate) async fn a_ledger_is_loaded_in_parts_that_end_after_all_entries_of_one_time(engine: &Engine) {
    let store = &engine.store;
    // Entries 4 to 8 are of one time.
    for (number, at) in [1, 2, 3, 4, 4, 4, 4, 4, 9, 10, 11].into_iter().enumerate() {
        fund(store, 1, &format!("order-{number}"), at).await;
    }
    #[rustfmt::skip]
    let table = [
        (0, 100, 1..=11),
        (0, 11,  1..=11),
        (0, 10,  1..=9),
        (0, 3,   1..=2),
        // A part cannot end between entries of one time, so these are twice as large, or larger.
        (3, 1,   4..=11),
        (3, 5,   4..=11),
        (3, 6,   4..=8),
        (8, 2,   9..=9),
        (10, 2,  11..=11),
    ];
    for (after, limit, expected) in table {
        let part = store.load_ledger(user(1), after, limit).await.unwrap();
        let numbers: Vec<_> = part.entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, expected.collect::<Vec<_>>(), "{limit} after {after}");
        assert_eq!(part.wallet.version, 11);
    }
    for after in [11, 12] {
        assert_eq!(store.load_ledger(user(1), after, 5).await.unwrap().entries, []);
    }
    let nobody = store.load_ledger(user(2), 0, 5).await.unwrap();
    assert_eq!((nobody.wallet, nobody.entries), (Wallet::empty(user(2)), vec![]));
}

pub(crate) async fn the_progress_of_checks_is_kept(engine: &Engine) {
    let store = &engine.store;
    assert_eq!(store.load_verify_progress().await.unwrap(), VerifyProgress::default());
    fund(store, 1, "a", 1).await;
    fund(store, 2, "b", 2).await;
    let place = store.scan_page(None, 1).await.unwrap().last;
    let wallet = store.load_wallet(user(1)).await.unwrap();
    let wallet = Wallet { bonus: amount("2"), newest: Vec::new(), ..wallet };
    let begun = HistoryPass::begin(second(5));
    let placed = |place| HistoryPass { place, ..begun.clone() };
    let none = PassPlace::default();
    let passes = [
        begun.clone(),
        HistoryPass { items: 3, wallets: 2, violations: 1, ended_at: Some(second(6)), ..begun.clone() },
        placed(PassPlace { after: place.clone(), ..none.clone() }),
        placed(PassPlace { after: place, large: vec![user(1), user(7)], ..none.clone() }),
        placed(PassPlace { is_last_page: true, large: vec![user(1)], wallet: Some(wallet), ..none }),
    ];
    let with_pass = |pass| VerifyProgress {
        revision: 0,
        is_large: true,
        all_began_at: Some(second(4)),
        all_unfinished: 2,
        violations_of_all: 4,
        violations_of_last_pass: 3,
        pass: Some(pass),
        last_check: None,
    };
    let last_check = Some(LastCheck { at: second(7), movement_violations: 2 });
    let without = VerifyProgress { violations_of_all: 1, last_check, ..VerifyProgress::default() };
    for (revision, progress) in (0..).zip(passes.map(with_pass).into_iter().chain([without])) {
        let mut progress = VerifyProgress { revision, ..progress };
        // A copy that was read before is stale now.
        let mut stale = progress.clone();
        assert!(store.keep_verify_progress(&mut progress).await.unwrap());
        assert_eq!(progress.revision, revision + 1);
        assert!(!store.keep_verify_progress(&mut stale).await.unwrap());
        assert_eq!(store.load_verify_progress().await.unwrap(), progress);
    }
    let reset = store.reset_verify_progress().await.unwrap();
    assert_eq!(store.load_verify_progress().await.unwrap(), reset);
    assert_eq!(reset, VerifyProgress { revision: 1, ..VerifyProgress::default() });
}
