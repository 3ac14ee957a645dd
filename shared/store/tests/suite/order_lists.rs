//! A player's orders page by page, and the lists of orders that must be checked.

use crate::engine::Engine;
use crate::order_scenario::{
    claimed, credited, deposit_rules, held, moved, opened, paid_out, payment, payout_reported, planned,
    report, requested, rupees,
};
use crate::raw::{self, text, with};
use crate::scenario::{amount, fund, second, user};
use evens_ledger::UserId;
use evens_payments::{
    Direction, OrderId, OrderPosition, PaymentReport, PayoutState, RequestWithdrawal, WithdrawalState,
    cancel_withdrawal, expire_deposit,
};
use evens_store::{OrderList, OrderPage, PageStart, PlayerOrder, Store, StoreError, TimeSpan, WaitingPage};
use jiff::Timestamp;

/// The ids of all orders of a direction, page by page, newest first.
async fn listed(store: &Store, direction: Option<Direction>, limit: u16) -> Vec<Vec<OrderId>> {
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let page = store.list_orders(user(1), direction, before, limit).await.expect("a page");
        pages.push(page.orders.iter().map(|order| order.terms().id).collect());
        let Some(next) = page.next_before else { return pages };
        // As the client of the next page sends it back.
        before = Some(next.to_string().parse::<OrderPosition>().expect("a place"));
    }
}

pub(crate) async fn orders_are_listed_newest_first_page_by_page(store: &Store) {
    assert_eq!(listed(store, None, 5).await, [Vec::new()]);
    fund(store, 1, "1000").await;
    fund(store, 2, "1000").await;
    let (mut all, mut deposits) = (Vec::new(), Vec::new());
    for number in 0..7 {
        let key = format!("key-{number}");
        // Two of them at the same time.
        let at = number / 2;
        let id = if number % 3 == 0 {
            requested(store, 1, &key, "1", at).await.terms.id
        } else {
            opened(store, 1, &key, "1", at).await.terms.id
        };
        all.push((at, id.to_string(), id));
        if number % 3 != 0 {
            deposits.push(id);
        }
        opened(store, 2, &key, "1", at).await;
    }
    all.sort();
    let newest: Vec<_> = all.iter().rev().map(|(.., id)| *id).collect();
    for limit in [1, 2, 3, 7, 8] {
        let expected: Vec<Vec<_>> = newest.chunks(limit).map(<[_]>::to_vec).collect();
        assert_eq!(listed(store, None, u16::try_from(limit).unwrap()).await, expected, "pages of {limit}");
        for direction in [Direction::Deposit, Direction::Withdrawal] {
            let is_wanted = |id: &&OrderId| deposits.contains(id) == (direction == Direction::Deposit);
            let wanted: Vec<_> = newest.iter().filter(is_wanted).copied().collect();
            let expected: Vec<Vec<_>> = wanted.chunks(limit).map(<[_]>::to_vec).collect();
            let found = listed(store, Some(direction), u16::try_from(limit).unwrap()).await;
            assert_eq!(found, expected, "{direction:?} in pages of {limit}");
        }
    }
}

/// A list shows the current state of each order.
pub(crate) async fn a_list_shows_how_far_orders_have_come(store: &Store) {
    let deposit = credited(store, 1, "key-1", "100", 0).await;
    let withdrawal = requested(store, 1, "key-2", "50", 10).await;
    let withdrawal = claimed(store, &withdrawal, 11).await;
    let page = store.list_orders(user(1), None, None, 10).await.unwrap();
    let expected =
        vec![PlayerOrder::Withdrawal(Box::new(withdrawal)), PlayerOrder::Deposit(Box::new(deposit))];
    assert_eq!(page, OrderPage { orders: expected, next_before: None });
    assert_eq!(store.list_orders(user(9), None, None, 10).await.unwrap().orders, []);
}

pub(crate) async fn orders_beyond_one_batch_are_listed(store: &Store) {
    fund(store, 1, "1000").await;
    let first = opened(store, 1, "first", "1", 0).await;
    for number in 0..120 {
        requested(store, 1, &format!("key-{number}"), "1", 1 + number).await;
    }
    let pages = listed(store, None, 110).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [110, 11]);
    assert_eq!(listed(store, Some(Direction::Deposit), 5).await, [vec![first.terms.id]]);
    assert_eq!(listed(store, Some(Direction::Withdrawal), 60).await.len(), 2);
}

pub(crate) async fn a_place_whose_order_is_gone_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    let order = opened(store, 1, "key-1", "1", 0).await;
    raw::delete(engine, &format!("ORDER#{}", order.terms.id), "ORDER").await;
    let listed = store.list_orders(user(1), None, None, 10).await;
    assert!(matches!(listed, Err(StoreError::Corrupt { .. })), "{listed:?}");
}

#[test]
fn a_cursor_is_a_place_or_nothing() {
    let order = "1704067200000.0d1e2f30-0000-8000-8000-000000000000";
    assert_eq!(order.parse::<OrderPosition>().expect("a place").to_string(), order);
    for text in [
        "",
        ".",
        "1704067200000",
        "1704067200000.x",
        "x.0d1e2f30-0000-8000-8000-000000000000",
        "9223372036854775807.0d1e2f30-0000-8000-8000-000000000000",
    ] {
        assert!(text.parse::<OrderPosition>().is_err(), "{text:?}");
    }
}

/// The orders due in a list at that time, with their players.
async fn due(store: &Store, list: OrderList, at: i64) -> Vec<(OrderId, UserId)> {
    let mut found = Vec::new();
    for shard in store.layout().shards() {
        let mut start: Option<PageStart> = None;
        loop {
            let page = store.sweep_orders(list, shard, second(at), start).await.expect("a page");
            assert_eq!(page.left_out, 0);
            found.extend(page.found.into_iter().map(|order| (order.id, order.user)));
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    found.sort();
    found
}

/// The lists that contain an order, regardless of when it is due.
async fn lists_of(store: &Store, id: OrderId) -> Vec<OrderList> {
    let mut lists = Vec::new();
    for list in OrderList::ALL {
        if due(store, list, 100_000_000).await.iter().any(|(found, _)| *found == id) {
            lists.push(list);
        }
    }
    lists
}

/// All held orders, page by page, the longest waiting first.
async fn waiting(store: &Store, limit: u16) -> Vec<Vec<OrderId>> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_withdrawals_to_check(OrderList::Held, after, limit, second(1_000)).await;
        let page = page.expect("a page");
        pages.push(page.orders.iter().map(|order| order.terms.id).collect());
        let Some(next) = page.next_after else { return pages };
        after = Some(next.to_string().parse::<OrderPosition>().expect("a place"));
    }
}

pub(crate) async fn waiting_orders_are_listed_page_by_page(store: &Store) {
    assert_eq!(waiting(store, 5).await, [Vec::new()]);
    fund(store, 1, "1000").await;
    let mut all = Vec::new();
    for number in 0..40 {
        // Most of them at the same time, so that some share a shard.
        let at = if number < 30 { 5 } else { number };
        let id = held(store, 1, &format!("key-{number}"), "10", at).await.terms.id;
        all.push((at, id.to_string(), id));
    }
    all.sort();
    let all: Vec<_> = all.iter().map(|(.., id)| *id).collect();
    for limit in [1, 3, 39, 40, 41] {
        let expected: Vec<Vec<_>> = all.chunks(limit).map(<[_]>::to_vec).collect();
        assert_eq!(waiting(store, u16::try_from(limit).unwrap()).await, expected, "pages of {limit}");
    }
    // A position after every due order, and one before all of them.
    for (milliseconds, expected) in [(i64::from(u32::MAX) * 1_000_000 / 40, 0), (-1, 40)] {
        let after = OrderPosition::new(Timestamp::from_millisecond(milliseconds).unwrap(), all[0]);
        let page = store.list_withdrawals_to_check(OrderList::Held, Some(after), 50, second(1_000)).await;
        assert_eq!(page.unwrap().orders.len(), expected, "{milliseconds}");
    }
    let none = store.list_deposits_to_check(OrderList::Unclaimed, None, 5, second(1_000)).await.unwrap();
    assert_eq!(none, WaitingPage { orders: Vec::new(), next_after: None });
}

/// The ids of the withdrawals that have ended in a state, page by page, newest first.
async fn ended(store: &Store, state: WithdrawalState, limit: u16) -> Vec<Vec<OrderId>> {
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let page =
            store.list_ended_withdrawals(state, TimeSpan::default(), before, limit).await.expect("a page");
        pages.push(page.orders.iter().map(|order| order.terms.id).collect());
        let Some(next) = page.next_before else { return pages };
        before = Some(next.to_string().parse::<OrderPosition>().expect("a place"));
    }
}

/// G6: withdrawals by status and time, also those that have ended. A check that comes late does not take
/// one out of its list.
pub(crate) async fn ended_withdrawals_are_listed_by_state_newest_first(store: &Store) {
    fund(store, 1, "1000").await;
    let (mut failed, mut cancelled) = (Vec::new(), Vec::new());
    for number in 0..40 {
        // Most of them at the same time, so that some share a shard.
        let at = if number < 30 { 5 } else { number };
        let order = requested(store, 1, &format!("key-{number}"), "10", at).await;
        let list = if number % 4 == 0 {
            claimed(store, &order, 100).await;
            planned(payout_reported(store, &order, PayoutState::Failed, 101).await);
            &mut failed
        } else {
            moved(store, &order, 100, |seen, now| {
                cancel_withdrawal(seen.order, seen.record, seen.wallet, now)
            })
            .await;
            &mut cancelled
        };
        store.postpone_withdrawal_check(order.terms.id, second(102)).await.expect("a check");
        list.push((at, order.terms.id.to_string(), order.terms.id));
    }
    requested(store, 1, "under-way", "10", 50).await;
    let mut completed = Vec::new();
    for at in 50..53 {
        let paid = paid_out(store, 1, &format!("paid-{at}"), "10", at).await.terms.id;
        completed.push((at, paid.to_string(), paid));
    }
    let newest = completed.iter().rev().map(|(.., id)| *id).collect::<Vec<_>>();
    for (since, until, expected) in
        [(None, Some(52), &newest[1..]), (Some(51), None, &newest[..2]), (Some(51), Some(52), &newest[1..2])]
    {
        let span = TimeSpan { since: since.map(second), until: until.map(second) };
        let page = store.list_ended_withdrawals(WithdrawalState::Completed, span, None, 50).await;
        let found: Vec<_> = page.expect("a page").orders.iter().map(|order| order.terms.id).collect();
        assert_eq!(found, expected, "{span:?}");
    }
    for (state, mut all) in [
        (WithdrawalState::Cancelled, cancelled),
        (WithdrawalState::Failed, failed),
        (WithdrawalState::Completed, completed),
    ] {
        all.sort();
        let newest: Vec<_> = all.iter().rev().map(|(.., id)| *id).collect();
        for limit in [1, 3, newest.len() - 1, newest.len(), 50] {
            let expected: Vec<Vec<_>> = newest.chunks(limit).map(<[_]>::to_vec).collect();
            assert_eq!(
                ended(store, state, u16::try_from(limit).unwrap()).await,
                expected,
                "{state} by {limit}"
            );
        }
    }
    for state in [WithdrawalState::Rejected, WithdrawalState::Returned] {
        assert_eq!(ended(store, state, 50).await, [Vec::new()], "{state}");
    }
    crate::books::check(store).await;
}

pub(crate) async fn an_order_is_in_the_list_of_its_next_step(store: &Store) {
    fund(store, 1, "1000").await;
    let deposit = opened(store, 1, "key-1", "10", 0).await;
    assert_eq!(lists_of(store, deposit.terms.id).await, [OrderList::Deposits]);
    // The first check is due after two minutes.
    assert_eq!(due(store, OrderList::Deposits, 120).await, []);
    assert_eq!(due(store, OrderList::Deposits, 121).await, [(deposit.terms.id, user(1))]);
    let more = PaymentReport { money: rupees("11"), ..payment(&deposit, "pay-1") };
    planned(report(store, &more, 5).await);
    assert_eq!(lists_of(store, deposit.terms.id).await, [OrderList::Unclaimed]);
    let paid = credited(store, 1, "key-2", "10", 0).await;
    assert_eq!(lists_of(store, paid.terms.id).await, []);

    let held = held(store, 1, "key-3", "10", 0).await;
    assert_eq!(lists_of(store, held.terms.id).await, [OrderList::Held]);
    assert_eq!(due(store, OrderList::Held, 1).await, [(held.terms.id, user(1))]);
    let sent = requested(store, 1, "key-4", "10", 0).await;
    assert_eq!(due(store, OrderList::Withdrawals, 60).await, []);
    assert_eq!(due(store, OrderList::Withdrawals, 61).await, [(sent.terms.id, user(1))]);
    claimed(store, &sent, 61).await;
    assert_eq!(
        (
            due(store, OrderList::Withdrawals, 106).await.len(),
            due(store, OrderList::Withdrawals, 107).await.len()
        ),
        (0, 1)
    );
    planned(payout_reported(store, &sent, PayoutState::Paid, 130).await);
    assert_eq!(lists_of(store, sent.terms.id).await, []);
}

pub(crate) async fn a_checked_order_is_due_later(store: &Store) {
    let deposit = opened(store, 1, "key-1", "10", 0).await;
    #[rustfmt::skip]
    let table = [
        // checked, due after
        (130,    600),
        (700,    1_800),
        (1_900,  5_500),
        (6_000,  9_600),
    ];
    for (looked_at, due_after) in table {
        store.postpone_deposit_check(deposit.terms.id, second(looked_at)).await.unwrap();
        let found = [due_after, due_after + 1];
        let found = [
            due(store, OrderList::Deposits, found[0]).await.len(),
            due(store, OrderList::Deposits, found[1]).await.len(),
        ];
        assert_eq!(found, [0, 1], "looked at {looked_at}");
    }
    assert_eq!(
        store.load_deposit(deposit.terms.id).await.unwrap(),
        Some(deposit.clone()),
        "nothing else changed"
    );
    // Five days after its deadline no money is expected, and no more checks are due.
    let (now, rules) = (second(2_000), deposit_rules());
    let expired = store.change_deposit(deposit.terms.id, now, |seen| {
        expire_deposit(seen.order, seen.record, &[], &rules.zone, now)
    });
    planned(expired.await.unwrap());
    store.postpone_deposit_check(deposit.terms.id, second(5 * 86_400 - 1_800)).await.unwrap();
    assert_eq!(lists_of(store, deposit.terms.id).await, [OrderList::Deposits]);
    store.postpone_deposit_check(deposit.terms.id, second(5 * 86_400 - 1_799)).await.unwrap();
    assert_eq!(lists_of(store, deposit.terms.id).await, []);
    store.postpone_deposit_check(deposit.terms.id, second(0)).await.unwrap();
    assert_eq!(lists_of(store, deposit.terms.id).await, [], "what is not listed stays so");

    fund(store, 1, "100").await;
    let sent = requested(store, 1, "key-2", "10", 0).await;
    store.postpone_withdrawal_check(sent.terms.id, second(100)).await.unwrap();
    assert_eq!(
        [
            due(store, OrderList::Withdrawals, 160).await.len(),
            due(store, OrderList::Withdrawals, 161).await.len()
        ],
        [0, 1]
    );
    // There is no order of the other direction, nor one that was never opened.
    for order in [deposit.terms.id, strangers_withdrawal().order] {
        store.postpone_withdrawal_check(order, second(100)).await.unwrap();
        store.postpone_deposit_check(sent.terms.id, second(9_000)).await.unwrap();
    }
    assert_eq!(due(store, OrderList::Withdrawals, 161).await.len(), 1);
}

fn strangers_withdrawal() -> RequestWithdrawal {
    crate::order_scenario::withdrawal_of(9, "key", "1")
}

/// A check during a change of the order does not list it: the change has done so.
pub(crate) async fn a_look_does_not_bring_an_order_back(store: &Store) {
    for number in 0..6 {
        let order = opened(store, 1, &format!("key-{number}"), "10", 0).await;
        let paid = payment(&order, &format!("pay-{number}"));
        let (credited, looked) = futures::future::join(
            report(store, &paid, 5),
            store.postpone_deposit_check(order.terms.id, second(200)),
        )
        .await;
        planned(credited);
        // The check may conflict with the change, and is repeated later.
        assert!(matches!(looked, Ok(()) | Err(StoreError::Contended)), "{looked:?}");
        assert_eq!(lists_of(store, order.terms.id).await, []);
    }
    assert_eq!(store.load_wallet(user(1)).await.unwrap().balance, amount("60"));
}

/// An unreadable order does not hide the others of its list.
pub(crate) async fn a_sweep_passes_over_a_corrupt_order(engine: &Engine) {
    let store = &engine.store;
    let order = opened(store, 1, "key-1", "10", 0).await;
    let item = raw::items(engine, "order").await.remove(0);
    let broken = with(&item, &[("pk", text("ORDER#none"))]);
    raw::put(engine, broken).await;
    let (mut found, mut left_out) = (Vec::new(), 0);
    for shard in store.layout().shards() {
        let page = store.sweep_orders(OrderList::Deposits, shard, second(1_000), None).await.unwrap();
        found.extend(page.found);
        left_out += page.left_out;
    }
    assert_eq!((found.len(), found[0].id, left_out), (1, order.terms.id, 1));
}

/// The pages of a list follow one another.
pub(crate) async fn a_sweep_of_many_orders_has_pages(engine: &Engine) {
    let store = &engine.store;
    opened(store, 1, "key-1", "10", 0).await;
    let item = raw::items(engine, "order").await.remove(0);
    let many = (0..1_100)
        .map(|number| with(&item, &[("pk", text(format!("ORDER#00000000-0000-8000-8000-{number:012}")))]));
    raw::put_all(engine, many).await;
    let shard = item["unfinished_pk"].as_s().unwrap().trim_start_matches("DEPOSIT#").parse().unwrap();
    let page = store.sweep_orders(OrderList::Deposits, shard, second(1_000), None).await.unwrap();
    assert_eq!(page.found.len(), 1_000);
    let rest = store.sweep_orders(OrderList::Deposits, shard, second(1_000), page.next).await.unwrap();
    assert_eq!((rest.found.len(), rest.next.is_none()), (101, true));
}
