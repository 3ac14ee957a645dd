//! Reports of reconciliation are stored once, and the account of a provider is read completely.

use crate::engine::Engine;
use crate::order_scenario::{credited, paid_out, requested, sandbox};
use crate::raw::{self, text, with};
use crate::scenario::{amount, command, fund, place, second};
use evens_exchange::Side;
use evens_ledger::{Digest, ProviderName};
use evens_payments::{
    BookedMovement, ClosingBalances, Difference, DifferenceKind, Reconciled, ReconciliationReport, ReportId,
    StatementKind, StatementLine, book_bank_movement,
};
use evens_records::Record;
use evens_store::{PlayerOrder, Store, StoreError};
use futures::future::join;
use std::cmp::Reverse;

/// A report with a difference.
pub(crate) fn report(day: &str, provider: &str, statement: &[u8], at: i64) -> ReconciliationReport {
    let id = ReportId {
        day: day.parse().expect("a day"),
        provider: provider.parse().expect("a name"),
        is_given: false,
        statement: Digest::of(statement),
    };
    let difference = Difference {
        kind: DifferenceKind::MissingAtProvider,
        subject: "DEPOSIT:a key of whatever form".to_owned(),
        order: None,
        stated_units: 0,
        booked_units: -5,
    };
    let closing = ClosingBalances {
        opening_units: 1,
        stated_units: -2,
        booked_units: 3,
        open_units: 5,
        on_the_way_units: -10,
    };
    let differences = [difference].into_iter().collect();
    ReconciliationReport::new(id, Reconciled { lines: 7, differences, closing }, second(at))
}

pub(crate) async fn a_report_is_kept_once_for_each_statement(store: &Store) {
    let first = report("2026-11-02", "sandbox", b"one", 1);
    assert!(!store.has_report(&first.id.provider, first.id.day).await.unwrap());
    assert_eq!(store.keep_report(&first).await.unwrap(), first);
    let again = ReconciliationReport { at: second(2), lines: 8, ..first.clone() };
    assert_eq!(store.keep_report(&again).await.unwrap(), first, "the same statement");
    let changed = report("2026-11-02", "sandbox", b"two", 3);
    assert_eq!(store.keep_report(&changed).await.unwrap(), changed, "a changed one");
    assert_eq!(store.load_report(&first.id).await.unwrap(), Some(first.clone()));
    let id = ReportId { statement: Digest::of(b"three"), ..first.id.clone() };
    assert_eq!(store.load_report(&id).await.unwrap(), None);
    for (provider, day, expected) in [
        ("sandbox", "2026-11-02", true),
        ("sandbox", "2026-11-01", false),
        ("sand", "2026-11-02", false),
        ("sandbox-2", "2026-11-02", false),
    ] {
        let found = store.has_report(&provider.parse().unwrap(), day.parse().unwrap()).await.unwrap();
        assert_eq!(found, expected, "{provider} {day}");
    }
}

pub(crate) async fn reports_are_listed_by_day_the_newest_first(store: &Store) {
    assert_eq!(store.list_reports(None, 10).await.unwrap(), []);
    let mut kept = Vec::new();
    for (day, provider) in
        [("2026-11-03", "b"), ("2026-10-30", "a"), ("2026-11-03", "a"), ("2027-01-01", "a")]
    {
        kept.push(store.keep_report(&report(day, provider, b"statement", 1)).await.unwrap());
    }
    kept.sort_by_key(|report| Reverse(report.id.to_string()));
    assert_eq!(store.list_reports(None, 10).await.unwrap(), kept);
    assert_eq!(store.list_reports(None, 2).await.unwrap(), kept[..2]);
    assert_eq!(store.list_reports(Some(&kept[1].id), 2).await.unwrap(), kept[2..]);
    assert_eq!(store.list_reports(Some(&kept[3].id), 2).await.unwrap(), []);
}

pub(crate) async fn facts_of_a_statement_are_booked_once(store: &Store) {
    let line = |coins: &str| StatementLine {
        id: "set-1".parse().expect("an id"),
        kind: StatementKind::Settlement,
        reference: None,
        record: None,
        dispute: None,
        money: crate::order_scenario::rupees(coins),
        fee: amount("0"),
        charged_at: second(1),
        settlement: None,
        at: second(1),
    };
    let book = |coins: &str| book_bank_movement(&sandbox(), &line(coins), second(2)).expect("a settlement");
    let booked = store.book_transfer(&book("5")).await.unwrap();
    assert_eq!(booked, book("5"));
    assert_eq!(store.book_transfer(&book("6")).await.unwrap(), booked, "the key is used");
}

/// All movements of the account, sorted by key.
async fn account(store: &Store, provider: &ProviderName) -> Vec<BookedMovement> {
    let mut found = Vec::new();
    store.scan_provider_account(provider, |movement| found.push(movement)).await.expect("the account");
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

/// The movements according to a scan of the whole table.
async fn expected(store: &Store, provider: &ProviderName) -> Vec<BookedMovement> {
    let mut found = Vec::new();
    let each = |record: Result<Record, StoreError>| {
        found.extend(match record.expect("a record") {
            Record::Entry(entry) => BookedMovement::of_entry(&entry, provider),
            Record::Transfer(transfer) => BookedMovement::of_transfer(&transfer, provider),
            _ => None,
        });
    };
    store.scan(each).await.expect("all items");
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

pub(crate) async fn an_account_is_read_from_wallets_pages_and_transfers(store: &Store) {
    assert_eq!(account(store, &sandbox()).await, []);
    for player in 1..=3 {
        let deposit = credited(store, player, "in", "100", 0).await;
        // Enough entries that the deposit of one player is in a page, and that of another in the wallet.
        for coins in 0..4 * (player - 1) {
            fund(store, player, &format!("{}", coins + 1)).await;
        }
        let known = store.load_known_orders(&[deposit.terms.id]).await.unwrap();
        assert_eq!(known, [PlayerOrder::Deposit(Box::new(deposit))]);
    }
    let paid = paid_out(store, 2, "out", "30", 10).await;
    let waiting = requested(store, 3, "out", "30", 10).await;
    let ids = [paid.terms.id, waiting.terms.id, "00000000-0000-8000-8000-000000000000".parse().unwrap()];
    assert_eq!(store.load_known_orders(&ids).await.unwrap().len(), 2);
    let found = account(store, &sandbox()).await;
    let units: i128 = found.iter().map(|movement| movement.units).sum();
    assert_eq!((found.len(), units), (4, 270 * 100_000_000));
    assert!(found.iter().all(|movement| movement.order.is_some()), "{found:?}");
    assert_eq!(found, expected(store, &sandbox()).await);
    assert_eq!(account(store, &"other".parse().unwrap()).await, []);
}

/// Wallets move entries to pages during the scan: none is missed, and none appears twice.
pub(crate) async fn an_account_is_read_in_full_while_its_players_play(engine: &Engine) {
    let store = &engine.store;
    for player in 1..=20 {
        credited(store, player, "in", "100", 0).await;
    }
    // Several answers of the engine, so that other writes happen between them.
    let padding = raw::items(engine, "order-place").await.remove(0);
    let padding = (0..3_000).map(|number| with(&padding, &[("sk", text(format_args!("{number:013}")))]));
    raw::put_all(engine, padding).await;
    let before = account(store, &sandbox()).await;
    assert_eq!(before.len(), 20);
    let play = async {
        for round in 0..6 {
            for player in 1..=20 {
                let key = format!("key-{round}");
                place(store, &command(player, &key, Side::A, "1"), second(round)).await;
            }
        }
    };
    let look = async {
        for _ in 0..10 {
            assert_eq!(account(store, &sandbox()).await, before);
        }
    };
    join(play, look).await;
}

pub(crate) async fn a_report_or_an_account_that_cannot_be_read_is_an_error(engine: &Engine) {
    let store = &engine.store;
    let kept = store.keep_report(&report("2026-11-02", "sandbox", b"one", 1)).await.unwrap();
    let item = raw::items(engine, "reconciliation").await.remove(0);
    for name in ["report", "at", "lines", "counts", "differences", "stated_units", "on_the_way_units"] {
        let mut broken = item.clone();
        broken.remove(name);
        raw::put(engine, broken).await;
        let found = store.load_report(&kept.id).await;
        assert!(
            matches!(&found, Err(StoreError::Corrupt { attribute, .. }) if *attribute == name),
            "{name}: {found:?}"
        );
    }
    raw::put(engine, item).await;
    credited(store, 1, "in", "100", 0).await;
    let wallet = raw::items(engine, "wallet").await.remove(0);
    raw::put(engine, with(&wallet, &[("entries", text("none"))])).await;
    let found = store.scan_provider_account(&sandbox(), drop).await;
    assert!(matches!(found, Err(StoreError::Corrupt { attribute: "entries", .. })), "{found:?}");
}
