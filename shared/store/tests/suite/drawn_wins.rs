//! Drawn wins: owed until they begin, and begun once, even if another win holds their group meanwhile.

use crate::jackpots::{MINOR, award, contributed, finished, load_totals, opened, wanted};
use crate::scenario::{amount, second, user};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_jackpots::{Award, JackpotGroup, OperationId, WinCause};
use evens_store::{BeginWinOutcome, OweWinOutcome, Since, Store, UnfinishedWin, UnfinishedWork};
use futures::future::join_all;

fn period(number: u32) -> PeriodId {
    format!("wingo-30-20261123{number:09}").parse().unwrap()
}

fn drawn(number: u32, winner: u64, is_forced: bool) -> Award {
    let bet = BetId::from_bytes([7; 16]);
    Award {
        operation: OperationId::of_drawn_win(period(number), MINOR),
        cause: WinCause::Drawn { period: period(number), bet, is_forced },
        reason: String::new(),
        ..wanted("drawn", winner, None)
    }
}

async fn begin(store: &Store, number: u32) -> BeginWinOutcome {
    store.begin_drawn_win(MINOR, period(number), second(5)).await.unwrap()
}

/// The wins that the sweeper finds.
async fn unfinished(store: &Store) -> Vec<UnfinishedWin> {
    let mut found = Vec::new();
    for shard in store.layout().shards() {
        found.extend(store.sweep_jackpot_wins(shard, Since::Before(second(60))).await.unwrap());
    }
    found
}

/// The time since which the oldest win waits, as of that second. Checked shard by shard, too.
async fn oldest(store: &Store, at: i64) -> Option<jiff::Timestamp> {
    let mut oldest = None;
    for shard in store.layout().shards() {
        let of_shard = store.oldest_in_shard(UnfinishedWork::JackpotWin, shard, second(at)).await.unwrap();
        oldest = of_shard.into_iter().chain(oldest).min();
    }
    assert_eq!(store.oldest_unfinished(UnfinishedWork::JackpotWin, second(at)).await.unwrap(), oldest);
    oldest
}

fn owed(number: u32) -> UnfinishedWin {
    UnfinishedWin { group: MINOR, owed_by: Some(period(number)) }
}

const UNDER_WAY: UnfinishedWin = UnfinishedWin { group: MINOR, owed_by: None };

pub(crate) async fn a_drawn_win_is_owed_once_and_begins_once(store: &Store) {
    opened(store).await;
    contributed(store, "a", ["400", "0", "0"]).await;
    let put = join_all((0..4).map(|_| async { store.owe_jackpot_win(&drawn(1, 1, false)).await.unwrap() }));
    let put = put.await;
    assert_eq!(put.iter().filter(|outcome| **outcome == OweWinOutcome::Owed).count(), 1);
    assert!(put.iter().all(|outcome| *outcome != OweWinOutcome::AnotherWin));
    assert_eq!(store.owe_jackpot_win(&drawn(1, 2, false)).await.unwrap(), OweWinOutcome::AnotherWin);
    assert_eq!(unfinished(store).await, [owed(1)]);
    assert_eq!(begin(store, 2).await, BeginWinOutcome::NotOwed);
    let begun = join_all((0..4).map(|_| begin(store, 1))).await;
    assert!(begun.iter().all(|outcome| [BeginWinOutcome::Begun, BeginWinOutcome::NotOwed].contains(outcome)));
    assert!(begun.contains(&BeginWinOutcome::Begun));
    assert_eq!(unfinished(store).await, [UNDER_WAY]);
    let win = finished(store).await.unwrap();
    assert_eq!((win.amount, win.user, win.cause), (amount("1300"), user(1), drawn(1, 1, false).cause));
    // A repeat finds it done.
    assert_eq!(store.owe_jackpot_win(&drawn(1, 1, false)).await.unwrap(), OweWinOutcome::OwedBefore);
    assert_eq!(begin(store, 1).await, BeginWinOutcome::NotOwed);
    assert_eq!(finished(store).await, None);
    assert_eq!(unfinished(store).await, []);
    assert_eq!(store.load_wallet(user(1)).await.unwrap().balance, amount("1300"));
    let award = store.load_drawn_win(MINOR, period(1)).await.unwrap().unwrap();
    assert_eq!((award.cycle, award.user), (Some(0), user(1)));
    assert_eq!(store.load_drawn_win(JackpotGroup::Major, period(1)).await.unwrap(), None);
}

pub(crate) async fn a_drawn_win_waits_for_the_win_that_holds_the_group(store: &Store) {
    opened(store).await;
    award(store, &wanted("held", 2, None), 700, "100000000").await.unwrap();
    for number in [1, 2] {
        let outcome = store.owe_jackpot_win(&drawn(number, u64::from(number), false)).await.unwrap();
        assert_eq!(outcome, OweWinOutcome::Owed);
        assert_eq!(begin(store, number).await, BeginWinOutcome::Held);
    }
    assert_eq!(unfinished(store).await.len(), 3);
    // The win was drawn before the other one began.
    assert_eq!(oldest(store, 60).await, Some(second(3)));
    finished(store).await.unwrap();
    // Each takes a pool of its own.
    for number in [1, 2] {
        contributed(store, &format!("op-{number}"), ["4", "0", "0"]).await;
        assert_eq!(begin(store, number).await, BeginWinOutcome::Begun);
        assert_eq!(finished(store).await.unwrap().amount, amount("1003"));
    }
    assert_eq!(unfinished(store).await, []);
    assert_eq!(oldest(store, 60).await, None);
}

pub(crate) async fn a_forced_win_that_need_not_be_is_owed_no_more(store: &Store) {
    // The terms have no limit.
    opened(store).await;
    store.owe_jackpot_win(&drawn(1, 1, true)).await.unwrap();
    assert_eq!(unfinished(store).await, [owed(1)]);
    assert_eq!(begin(store, 1).await, BeginWinOutcome::NotOwed);
    assert_eq!(unfinished(store).await, []);
    assert_eq!(store.owe_jackpot_win(&drawn(1, 1, true)).await.unwrap(), OweWinOutcome::OwedBefore);
    assert_eq!(begin(store, 1).await, BeginWinOutcome::NotOwed);
    assert_eq!(finished(store).await, None);
    assert_eq!(load_totals(store, MINOR).await.amount, amount("1000"));
}

/// An operator has changed the terms since, so that they have no limit.
pub(crate) async fn a_forced_win_is_owed_by_the_terms_of_its_period(store: &Store) {
    opened(store).await;
    let forced = |number, limit| Award { must_hit_by: Some(amount(limit)), ..drawn(number, 1, true) };
    store.owe_jackpot_win(&forced(1, "1000.00000001")).await.unwrap();
    store.owe_jackpot_win(&forced(2, "1000")).await.unwrap();
    assert_eq!(begin(store, 1).await, BeginWinOutcome::NotOwed);
    assert_eq!(begin(store, 2).await, BeginWinOutcome::Begun);
    assert_eq!(finished(store).await.unwrap().amount, amount("1000"));
    let begun = store.load_drawn_win(MINOR, period(2)).await.unwrap();
    assert_eq!(begun.and_then(|award| award.must_hit_by), Some(amount("1000")));
}

pub(crate) async fn a_win_beyond_the_balance_stays_owed(store: &Store) {
    opened(store).await;
    crate::scenario::fund(store, 1, "99999999999999999999").await;
    store.owe_jackpot_win(&drawn(1, 1, false)).await.unwrap();
    for _ in 0..2 {
        assert!(matches!(begin(store, 1).await, BeginWinOutcome::BalanceTooLarge(_)));
        assert_eq!(unfinished(store).await, [owed(1)]);
    }
    // It does not block the next win.
    store.owe_jackpot_win(&drawn(2, 2, false)).await.unwrap();
    assert_eq!(begin(store, 2).await, BeginWinOutcome::Begun);
    assert_eq!(finished(store).await.unwrap().user, user(2));
}

/// An answer of the index has at most a thousand items.
pub(crate) async fn wins_beyond_one_answer_are_found(store: &Store) {
    opened(store).await;
    let numbers: Vec<u32> = (1..=1_010).collect();
    for some in numbers.chunks(50) {
        let owe =
            some.iter().map(|number| async move { store.owe_jackpot_win(&drawn(*number, 1, false)).await });
        join_all(owe).await.into_iter().for_each(|outcome| assert_eq!(outcome.unwrap(), OweWinOutcome::Owed));
    }
    assert_eq!(unfinished(store).await.len(), numbers.len());
}
