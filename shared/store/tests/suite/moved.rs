//! Movements since a time: found by their marks, with the records that explain them.

use crate::engine::Engine;
use crate::jackpots::{contributed, contribution, opened};
use crate::raw::{self, text};
use crate::scenario::{amount, second, user};
use evens_ledger::{EntryKey, EntryPurpose, ProviderName, SystemAccount, Transfer};
use evens_records::{Record, RecordName};
use evens_store::{FundOutcome, MovedWallet, ScanPace, Store, StoreError};
use jiff::Timestamp;
use std::time::Duration;

const HOUR: i64 = 3_600;

/// Pages of one mark.
const PACE: ScanPace = ScanPace { segments: 8, page: 1, rests: 0 };

async fn fund(store: &Store, player: u64, order: &str, at: Timestamp) {
    let funded = store.fund_wallet(user(player), amount("5"), order, at).await.unwrap();
    assert!(matches!(funded, FundOutcome::Funded(_)), "{funded:?}");
}

fn fee(name: &str, at: Timestamp) -> Transfer {
    let provider: ProviderName = "one".parse().expect("a name");
    Transfer {
        key: EntryKey::new(EntryPurpose::Fee, &[&name]),
        from: SystemAccount::PaymentProvider(Some(provider.clone())),
        to: SystemAccount::ProviderFees(provider),
        amount: amount("1"),
        reference: name.to_owned(),
        at,
    }
}

/// The players whose wallets moved between these seconds, and the number of transfers and contributions.
async fn moved(store: &Store, since: i64, until: i64) -> (Vec<u64>, usize) {
    let moved = store.list_moved(second(since), second(until), PACE).await.unwrap();
    (moved.wallets.iter().map(|user| user.number()).collect(), moved.transfers.len())
}

pub(crate) async fn movements_are_listed_by_their_hours(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "a", second(0)).await;
    fund(store, 1, "b", second(HOUR - 1)).await;
    fund(store, 2, "c", second(HOUR - 1)).await;
    fund(store, 1, "d", second(3 * HOUR)).await;
    store.book_transfer(&fee("x", second(HOUR))).await.unwrap();
    // Three transfers that start the jackpots, and a contribution, all of the first hour.
    opened(store).await;
    contributed(store, "partner-1", ["1", "2", "3"]).await;
    #[rustfmt::skip]
    let table = [
        (-HOUR,    -1,           vec![],     0),
        (0,        HOUR - 1,     vec![1, 2], 4),
        (HOUR,     2 * HOUR,     vec![],     1),
        (HOUR - 1, HOUR,         vec![1, 2], 5),
        (3 * HOUR, 4 * HOUR,     vec![1],    0),
        (0,        4 * HOUR,     vec![1, 2], 5),
    ];
    for (since, until, wallets, transfers) in table {
        assert_eq!(moved(store, since, until).await, (wallets, transfers), "from {since} s to {until} s");
    }
    // Each wallet has one mark for an hour.
    assert_eq!(raw::items(engine, "movement-mark").await.len(), 3 + 5);
}

/// The numbers of each wallet's entries since a second, and the errors.
async fn entries_since(store: &Store, players: &[u64], since: i64) -> (Vec<Vec<u64>>, Vec<String>) {
    let users: Vec<_> = players.iter().map(|player| user(*player)).collect();
    let (mut numbers, mut errors) = (Vec::new(), Vec::new());
    let each = |moved: Result<MovedWallet, StoreError>| match moved {
        Ok(moved) => numbers.push(moved.entries.iter().map(|entry| entry.number).collect()),
        Err(error) => errors.push(error.to_string()),
    };
    store.load_moved_wallets(&users, second(since), each).await.unwrap();
    (numbers, errors)
}

pub(crate) async fn wallets_are_loaded_with_their_entries_since_a_time(engine: &Engine) {
    let store = &engine.store;
    // One entry a second: 60 in pages, and two in the wallet.
    for number in 1..=62 {
        fund(store, 1, &format!("order-{number}"), second(number)).await;
    }
    let from = |first: u64| vec![(first..=62).collect::<Vec<u64>>()];
    for (since, first) in [(-1, 1), (1, 1), (2, 2), (20, 20), (60, 60), (61, 61), (62, 62), (63, 63)] {
        assert_eq!(entries_since(store, &[1], since).await, (from(first), vec![]), "since {since} s");
    }
    let (numbers, errors) = entries_since(store, &[7], 0).await;
    assert_eq!(
        (numbers.len(), errors),
        (0, vec!["the item USER#7 is corrupt: its mark says that it moved".to_owned()])
    );
    // The entries after a clock that was behind are not cut off.
    fund(store, 2, "first", second(10)).await;
    fund(store, 2, "behind", second(9)).await;
    fund(store, 2, "last", second(11)).await;
    assert_eq!(entries_since(store, &[2], 10).await.0, [[1, 2, 3]]);
}

pub(crate) async fn entries_before_the_newest_come_with_them(engine: &Engine) {
    let store = &engine.store;
    for number in 1..=10 {
        fund(store, 1, &format!("order-{number}"), second(number)).await;
    }
    for (since, first_before) in [(0, None), (1, None), (2, Some(1)), (10, Some(9)), (11, Some(9))] {
        let mut before = Vec::new();
        let each = |moved: Result<MovedWallet, StoreError>| before = moved.unwrap().before;
        store.load_moved_wallets(&[user(1)], second(since), each).await.unwrap();
        let number = before.first().map(|entry| entry.number);
        assert_eq!(number.is_some(), first_before.is_some(), "since {since} s");
        assert!(number.is_none_or(|number| Some(number) <= first_before), "since {since} s: {number:?}");
    }
}

pub(crate) async fn a_ledger_without_a_page_hides_no_other_wallet(engine: &Engine) {
    let store = engine.store.clone().retry_for(Duration::ZERO);
    for number in 1..=5 {
        fund(&store, 1, &format!("order-{number}"), second(number)).await;
    }
    fund(&store, 2, "other", second(1)).await;
    let pages = raw::items(engine, "entries").await;
    raw::delete(engine, "LEDGER#1", "ENTRY#00000000000000000001").await;
    let (numbers, errors) = entries_since(&store, &[1, 2], 0).await;
    assert_eq!(
        (numbers, errors),
        (vec![vec![1]], vec!["the item USER#1 is corrupt: its ledger lacks entries".to_owned()])
    );
    raw::put_all(engine, pages).await;
}

pub(crate) async fn a_wallet_that_cannot_be_read_hides_no_other(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "a", second(0)).await;
    fund(store, 2, "b", second(0)).await;
    let wallets = raw::items(engine, "wallet").await;
    let wallet = wallets.iter().find(|item| raw::key(item) == "USER#1 WALLET").expect("a wallet");
    raw::put(engine, raw::with(wallet, &[("balance", text("much"))])).await;
    let (numbers, errors) = entries_since(store, &[1, 2], 0).await;
    assert_eq!((numbers, errors.len()), (vec![vec![1]], 1));
    assert!(errors[0].contains("USER#1 WALLET is corrupt: balance"), "{errors:?}");
    raw::put(engine, wallet.clone()).await;
}

pub(crate) async fn records_are_loaded_by_their_names(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "a", second(0)).await;
    let transfer = fee("x", second(0));
    store.book_transfer(&transfer).await.unwrap();
    opened(store).await;
    let made = contribution("partner-1", ["1", "2", "3"]);
    contributed(store, "partner-1", ["1", "2", "3"]).await;
    let names = [
        RecordName::Funding("a".to_owned()),
        RecordName::Funding("b".to_owned()),
        RecordName::Transfer(transfer.key.clone()),
        RecordName::Operation(made.operation.clone()),
        RecordName::Account(user(1)),
    ];
    let mut found = Vec::new();
    store.load_records(&names, |record| found.push(record.unwrap())).await.unwrap();
    let is_there = |is: fn(&Record) -> bool| found.iter().filter(|record| is(record)).count();
    assert_eq!(is_there(|record| matches!(record, Record::Funding(_))), 1);
    assert_eq!(is_there(|record| matches!(record, Record::Transfer(_))), 1);
    assert_eq!(is_there(|record| matches!(record, Record::Jackpot(_))), 1);
    assert_eq!(found.len(), 3, "names without a record are left out");
}
