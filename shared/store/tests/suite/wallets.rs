//! Wallet items that a movement of money finds: missing, created with an account, or from before bonuses.

use crate::engine::Engine;
use crate::raw::{self, Item, number, text, with};
use crate::scenario::{
    amount, bet, command, fund, holds, match_of, money, place, refund, second, settled, user,
};
use evens_exchange::Side;
use evens_ledger::{BalanceKind, Digest, Wallet};
use evens_store::FundOutcome;
use futures::future::join_all;
use std::collections::BTreeSet;

/// A wallet as it is created with an account, before any money.
fn of_an_account(player: u64) -> Item {
    let attributes = [
        ("pk", text(format!("USER#{player}"))),
        ("sk", text("WALLET")),
        ("kind", text("wallet")),
        ("user", number(player)),
        ("balance", number(0)),
        ("bonus", number(0)),
        ("locked", number(0)),
        ("version", number(0)),
        ("head", text(Digest::ZERO)),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

async fn wallet_item(engine: &Engine, player: u64) -> Item {
    let items = raw::items(engine, "wallet").await;
    items.into_iter().find(|item| item["user"] == number(player)).expect("a wallet")
}

pub(crate) async fn a_wallet_is_the_same_by_sign_up_or_first_entry(engine: &Engine) {
    let store = &engine.store;
    raw::put(engine, of_an_account(1)).await;
    assert_eq!(store.load_wallet(user(1)).await.unwrap(), Wallet::empty(user(1)));
    crate::books::check(store).await;
    for player in [1, 2] {
        let wallet = fund(store, player, "500").await;
        assert_eq!((wallet.version, money(store, player).await), (1, holds("500", "0")));
        bet(store, player, Side::A, "7", 1).await;
    }
    let attributes = |item: Item| item.into_keys().collect::<BTreeSet<_>>();
    let mut expected = attributes(of_an_account(1));
    expected.extend(["entries", "play_sums", "previous_hash"].map(str::to_owned));
    for player in [1, 2] {
        assert_eq!(attributes(wallet_item(engine, player).await), expected, "user {player}");
    }
    crate::books::check(store).await;
}

pub(crate) async fn first_fundings_into_a_wallet_of_an_account_are_all_credited(engine: &Engine) {
    let store = &engine.store;
    raw::put(engine, of_an_account(1)).await;
    let orders = ["order-1", "order-2", "order-3", "order-4"];
    let funded = orders.map(|order| store.fund_wallet(user(1), amount("5"), order, second(0)));
    let funded = join_all(funded).await;
    assert!(funded.iter().all(|outcome| matches!(outcome, Ok(FundOutcome::Funded(_)))), "{funded:?}");
    assert_eq!(money(store, 1).await, holds("20", "0"));
    crate::books::check(store).await;
}

/// Also for a blocked player: debts are paid to every player.
pub(crate) async fn other_attributes_of_a_wallet_survive_every_movement(engine: &Engine) {
    let store = &engine.store;
    for player in [1, 2] {
        raw::put(engine, with(&of_an_account(player), &[("mark", text("yes"))])).await;
    }
    let found = match_of(store, "10").await;
    let third = place(store, &command(1, "key-3", Side::A, "1"), second(12)).await;
    for player in [1, 2] {
        let blocked = [("blocked", text("yes"))];
        raw::put(engine, with(&wallet_item(engine, player).await, &blocked)).await;
    }
    settled(store, &found, Side::A).await;
    refund(store, &third.bet).await;
    fund(store, 2, "3").await;
    for player in [1, 2] {
        let item = wallet_item(engine, player).await;
        assert_eq!((&item["mark"], &item["blocked"]), (&text("yes"), &text("yes")));
    }
    crate::books::check(store).await;
}

/// Data from before bonuses still verifies, and is continued.
pub(crate) async fn items_from_before_there_were_bonuses_are_read(engine: &Engine) {
    let store = &engine.store;
    bet(store, 1, Side::A, "7", 0).await;
    let now = crate::books::check(store).await;
    raw::put_entries_one_by_one(engine, now.entries.values()).await;
    for (kind, attribute) in [("wallet", "bonus"), ("entry", "purse")] {
        for mut item in raw::items(engine, kind).await {
            assert!(item.remove(attribute).is_some(), "{item:?}");
            raw::put(engine, item).await;
        }
    }
    assert_eq!(crate::books::check(store).await, now);
    assert!(now.entries.values().all(|entry| entry.balance_kind == BalanceKind::Cash));
    fund(store, 1, "3").await;
    assert_eq!(wallet_item(engine, 1).await["bonus"], number(0));
    crate::books::check(store).await;
}

/// So is data from before entries were stored in pages.
pub(crate) async fn entries_that_are_items_of_their_own_are_continued(engine: &Engine) {
    let store = &engine.store;
    for number in 1..=6 {
        fund(store, 1, &number.to_string()).await;
    }
    let before = crate::books::check(store).await;
    raw::put_entries_one_by_one(engine, before.entries.values()).await;
    assert_eq!(crate::books::check(store).await, before);
    for number in 7..=13 {
        fund(store, 1, &number.to_string()).await;
    }
    let after = crate::books::check(store).await;
    assert!(before.entries.iter().all(|(number, entry)| after.entries[number] == *entry));
    for limit in 1..=14 {
        let (mut listed, mut next) = (Vec::new(), None);
        loop {
            let page = store.list_entries(user(1), next, limit).await.unwrap();
            next = page.last().map(|entry| entry.number);
            let is_last = page.len() < usize::from(limit);
            listed.extend(page);
            if is_last {
                break;
            }
        }
        assert!(listed.iter().eq(after.entries.values().rev()), "{limit} at a time");
    }
    assert_eq!(
        raw::items(engine, "entries").await.len(),
        1,
        "7 to 10 are a page, 11 to 13 are with the wallet"
    );
}
