//! The items that carry a ledger, byte for byte, because stored items are read for ever.

use crate::engine::Engine;
use crate::raw::{self, Item, number, text};
use crate::scenario::{amount, second, user};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_ledger::{EntryKey, EntryPurpose, ProviderName, SystemAccount, Transfer};
use evens_store::{FundOutcome, StoreError};

/// The hashes of five fundings of 5, 6, 7, 8 and 9 of user 42. The tests of `ledger` show how to compute one with
/// ordinary tools.
const HASHES: [&str; 5] = [
    "f90ba76449660fa5b169d96ebcf850211a7e7b8a804b614a0e3131332b9a4d21",
    "87711447cbc2a68066b61e2b1ca3e91ed9d70ef271a2edf6f2b0ec6bbc0feb7b",
    "d0a8752f762924c3ef234f8d41ecb3deef317c136da497011ff90686c2662252",
    "aa18fb335c47b4a9f68248b4802f747cfc2712c3b01f5072474446f50d5f4b0d",
    "d61060419a2ce6b46db9174f573440fcc1d9d47286d60bdeccd4fce185c94754",
];

/// Their entries as texts.
const ENTRIES: [&str; 5] = [
    "FUND:order-1\nCREDIT\nCASH\n5\nhouse\n\n5\n2024-01-01T00:00:01Z",
    "FUND:order-2\nCREDIT\nCASH\n6\nhouse\n\n11\n2024-01-01T00:00:02Z",
    "FUND:order-3\nCREDIT\nCASH\n7\nhouse\n\n18\n2024-01-01T00:00:03Z",
    "FUND:order-4\nCREDIT\nCASH\n8\nhouse\n\n26\n2024-01-01T00:00:04Z",
    "FUND:order-5\nCREDIT\nCASH\n9\nhouse\n\n35\n2024-01-01T00:00:05Z",
];

fn item<const ATTRIBUTES: usize>(attributes: [(&str, AttributeValue); ATTRIBUTES]) -> Item {
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The page that the first four fill.
fn page() -> Item {
    item([
        ("pk", text("LEDGER#42")),
        ("sk", text("ENTRY#00000000000000000001")),
        ("kind", text("entries")),
        ("user", number(42)),
        ("number", number(1)),
        ("previous_hash", text("0".repeat(64))),
        ("hash", text(HASHES[3])),
        ("entries", AttributeValue::L(ENTRIES[..4].iter().map(text).collect())),
    ])
}

/// The wallet that carries the fifth, as it was before stakes were counted for every player.
fn wallet() -> Item {
    item([
        ("pk", text("USER#42")),
        ("sk", text("WALLET")),
        ("kind", text("wallet")),
        ("user", number(42)),
        ("balance", number(35)),
        ("bonus", number(0)),
        ("locked", number(0)),
        ("version", number(5)),
        ("head", text(HASHES[4])),
        ("previous_hash", text(HASHES[3])),
        ("entries", AttributeValue::L(ENTRIES[4..].iter().map(text).collect())),
    ])
}

pub(crate) async fn a_ledger_is_written_as_it_always_was(engine: &Engine) {
    for (number, coins) in (1..).zip(["5", "6", "7", "8", "9"]) {
        let order = format!("order-{number}");
        let funded = engine.store.fund_wallet(user(42), amount(coins), &order, second(number)).await.unwrap();
        assert!(matches!(funded, FundOutcome::Funded(_)), "{funded:?}");
    }
    let everything = raw::everything(engine).await;
    assert_eq!(everything.get("LEDGER#42 ENTRY#00000000000000000001"), Some(&page()));
    let nothing = ["1970-01-01T00:00Z\n0\n0"; 3].join("\n");
    let wallet = raw::with(&wallet(), &[("play_sums", text(nothing))]);
    assert_eq!(everything.get("USER#42 WALLET"), Some(&wallet));
}

pub(crate) async fn a_ledger_that_was_written_is_read_and_continued(engine: &Engine) {
    let store = &engine.store;
    raw::put_all(engine, [page(), wallet()]).await;
    let entries = store.list_entries(user(42), None, 10).await.unwrap();
    let hashes: Vec<_> = entries.iter().rev().map(|entry| entry.hash.to_string()).collect();
    assert_eq!(hashes, HASHES);
    let funded = store.fund_wallet(user(42), amount("1"), "order-6", second(6)).await.unwrap();
    let FundOutcome::Funded(after) = funded else { panic!("{funded:?}") };
    assert_eq!((after.version, after.balance), (6, amount("36")));
    let newest = store.list_entries(user(42), None, 1).await.unwrap().remove(0);
    assert_eq!(newest.previous_hash.to_string(), HASHES[4]);
}

pub(crate) async fn a_transfer_of_nothing_is_not_booked(engine: &Engine) {
    let provider = |name: &str| -> SystemAccount {
        let name: ProviderName = name.parse().expect("a name");
        SystemAccount::PaymentProvider(Some(name))
    };
    let fee = Transfer {
        key: EntryKey::new(EntryPurpose::Fee, &[&"one"]),
        from: provider("one"),
        to: SystemAccount::ProviderFees("one".parse().expect("a name")),
        amount: amount("1"),
        reference: "2024-01-01".to_owned(),
        at: second(0),
    };
    let within_one = Transfer { to: provider("one"), ..fee.clone() };
    for nothing in [Transfer { amount: amount("0"), ..fee.clone() }, within_one] {
        let refused = engine.store.book_transfer(&nothing).await;
        assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
    }
    assert!(raw::items(engine, "transfer").await.is_empty());
    assert_eq!(engine.store.book_transfer(&fee).await.unwrap(), fee);
}
