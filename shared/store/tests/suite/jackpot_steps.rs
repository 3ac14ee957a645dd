//! A process dies between any two writes of a win: the next one does the rest, and nothing is paid twice.

use crate::engine::Engine;
use crate::jackpots::{MINOR, award, contributed, finished, load_totals, opened, wanted};
use crate::raw::{self, number, text};
use crate::scenario::{amount, second, user};
use evens_jackpots::{GroupTotals, MeterCount};
use evens_store::{FinishWinOutcome, Store};
use futures::future::join_all;

const METERS: u8 = MeterCount::PRODUCTION.get();

pub(crate) async fn the_next_process_completes_a_win(store: &Store) {
    opened(store).await;
    let mut total = amount("0");
    // Each time, the process that began the win dies after this number of meters.
    for collected in [0, 1, 7, METERS - 1, METERS] {
        for number in 0..20 {
            contributed(store, &format!("op-{collected}-{number}"), ["4", "4", "0"]).await;
        }
        let before = load_totals(store, MINOR).await;
        award(store, &wanted(&format!("win-{collected}"), 1, None), 700, "100000000").await.unwrap();
        store.collect_jackpot_meters(MINOR, 0..collected, second(5)).await.unwrap();
        assert_eq!(load_totals(store, MINOR).await, before, "after {collected} meters");
        let late = format!("late-{collected}");
        contributed(store, &late, ["4", "0", "0"]).await;
        // Three processes continue concurrently.
        let all = join_all((0..3).map(|_| store.finish_jackpot_win(MINOR, second(6)))).await;
        let paid = all.into_iter().find_map(|outcome| match outcome.unwrap() {
            FinishWinOutcome::Paid { win, .. } => Some(win),
            FinishWinOutcome::NoneUnderWay => None,
            FinishWinOutcome::BalanceTooLarge(pending) => panic!("does not fit: {pending:?}"),
        });
        let win = paid.unwrap();
        let left = load_totals(store, MINOR).await;
        // The operator decided about the amount at that time. The late coin was collected and starts the next pool with
        // money of the house, or it is in a meter beside that.
        assert_eq!(win.amount, before.amount, "after {collected} meters");
        let collected_late = GroupTotals { amount: amount("1000"), reserve: left.reserve };
        let left_late = GroupTotals { amount: amount("1003"), ..collected_late };
        assert!([collected_late, left_late].contains(&left), "after {collected} meters: {left:?}");
        total = total.checked_add(win.amount).unwrap();
        assert_eq!(finished(store).await, None);
        assert_eq!(store.load_wallet(user(1)).await.unwrap().balance, total);
    }
}

/// F2: for readers of the item itself.
pub(crate) async fn a_pool_says_who_holds_it_and_since_when(engine: &Engine) {
    let store = &engine.store;
    opened(store).await;
    let fields = async || {
        let everything = raw::everything(engine).await;
        let pool = &everything["JACKPOT#minor POOL"];
        ["version", "last_modified_at", "lock_holder"].map(|field| pool.get(field).cloned())
    };
    let said = |version, at, holder: Option<&str>| [Some(number(version)), Some(text(at)), holder.map(text)];
    assert_eq!(fields().await, said(1, "2024-01-01T00:00:01.000Z", None));
    award(store, &wanted("win", 1, None), 700, "100000000").await.unwrap();
    assert_eq!(fields().await, said(2, "2024-01-01T00:00:04.000Z", Some("win")));
    finished(store).await.expect("it is under way");
    assert_eq!(fields().await, said(3, "2024-01-01T00:00:05.000Z", None));
}
