//! A win, step by step.

use crate::common::{
    MINOR, amount, is_open, meter, minute, opened, operation, pool_of, user, wallet, wanted,
};
use evens_jackpots::{
    Award, GroupTotals, MeterPart, Pool, Share, WinPlan, begin_win, finish_win, group_totals,
};
use evens_ledger::SystemAccount;

fn begun(pool: &Pool, requested: Option<&str>) -> Pool {
    let award = Award { cycle: Some(pool.cycle), ..wanted("a", requested) };
    begin_win(pool, award, amount("1000"), minute(1))
}

fn finished(pool: &str, reserve: &str, in_meters: (&str, &str), requested: Option<&str>) -> WinPlan {
    let pool = begun(&Pool { reserve: amount(reserve), ..pool_of(pool) }, requested);
    let collected = Share { pool: amount(in_meters.0), reserve: amount(in_meters.1) };
    finish_win(&pool, collected, &wallet(42, "5"), minute(2)).unwrap().unwrap()
}

#[test]
fn a_win_is_collected_and_the_pool_restarts() {
    #[rustfmt::skip]
    let table = [
        // pool, reserve, in meters,       asked for,         won,      refill,  top up,  pool,    reserve
        ("1000", "0",    ("0", "0"),       None,              "1000",   "0",     "1000",  "1000",  "0"),
        ("1000", "0",    ("3000", "999"),  None,              "4000",   "999",   "1",     "1000",  "0"),
        ("1000", "1",    ("3000", "999"),  None,              "4000",   "1000",  "0",     "1000",  "0"),
        ("1000", "500",  ("3000", "1000"), None,              "4000",   "1000",  "0",     "1000",  "500"),
        ("1000", "500",  ("3000", "1000"), Some("2500"),      "2500",   "0",     "0",     "1500",  "1500"),
        ("1000", "500",  ("3000", "1000"), Some("3500"),      "3500",   "500",   "0",     "1000",  "1000"),
        ("1000", "0",    ("0.00000001", "0"), Some("0.00000001"), "0.00000001", "0", "0", "1000",  "0"),
        ("1000", "0",    ("0", "0"),       Some("1001"),      "1000",   "0",     "1000",  "1000",  "0"),
    ];
    for (pool, reserve, in_meters, requested, won, refill, top_up, pool_after, reserve_after) in table {
        let WinPlan { pool, wallet, entry, transfers, win } = finished(pool, reserve, in_meters, requested);
        assert_eq!((win.amount, win.refill, win.top_up), (amount(won), amount(refill), amount(top_up)));
        assert_eq!((pool.amount, pool.reserve), (amount(pool_after), amount(reserve_after)));
        assert_eq!((pool.cycle, pool.version, is_open(&pool)), (1, 3, true));
        assert_eq!(wallet.balance, amount("5").checked_add(amount(won)).unwrap());
        assert_eq!((entry.key.as_str(), entry.reference.as_str()), ("JACKPOT:a", "a"));
        assert_eq!((entry.account, entry.amount), (MINOR.pool_account(), amount(won)));
        let moved: Vec<_> = transfers.iter().map(|moved| (moved.from.clone(), moved.amount)).collect();
        let legs = [(MINOR.reserve_account(), amount(refill)), (SystemAccount::House, amount(top_up))];
        let legs: Vec<_> = legs.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
        assert_eq!(moved, legs);
    }
}

#[test]
fn a_win_is_not_paid_without_a_beginning_or_beyond_the_balance() {
    let full = wallet(42, "99999999999999999999.99999999");
    let empty = Share::default();
    assert!(finish_win(&opened(MINOR).1, empty, &full, minute(2)).is_none());
    assert!(finish_win(&begun(&opened(MINOR).1, None), empty, &full, minute(2)).unwrap().is_err());
}

#[test]
fn a_meter_is_collected_once_by_each_win_and_never_by_one_that_is_over() {
    let share = |pool| Share { pool: amount(pool), reserve: amount("0") };
    let part = MeterPart { share: share("7"), ..MeterPart::default() };
    let (first, second) = (operation("a"), operation("b"));
    let collected = part.collect(&first, 0).unwrap();
    assert_eq!((collected.share, collected.cycle), (Share::default(), 1));
    assert_eq!(collected.found_by(&first), Some(share("7")));
    assert_eq!(collected.found_by(&second), None);
    assert_eq!(collected.collect(&first, 0), None);
    let later = MeterPart { share: share("2"), ..collected };
    let next = later.collect(&second, 1).unwrap();
    assert_eq!((next.found_by(&second), next.found_by(&first)), (Some(share("2")), None));
    assert_eq!(next.collect(&first, 0), None);
}

#[test]
fn a_group_stands_at_pool_and_meters_and_what_a_win_has_collected() {
    let mut meters = vec![meter(0), meter(1)];
    meters[0].parts.minor.share = Share { pool: amount("7"), reserve: amount("1") };
    meters[1].parts.minor.share = Share { pool: amount("5"), reserve: amount("2") };
    meters[1].parts.major.share = Share { pool: amount("100"), reserve: amount("100") };
    let expected = GroupTotals { amount: amount("1012"), reserve: amount("3") };
    assert_eq!(group_totals(&pool_of("1000"), &meters), expected);
    let pool = begun(&pool_of("1000"), None);
    meters[0].parts.minor = meters[0].parts.minor.collect(&operation("a"), 0).unwrap();
    assert_eq!(group_totals(&pool, &meters), expected);
    // The amount collected by an earlier win is gone.
    let earlier = meters[1].parts.minor.collect(&operation("z"), 0).unwrap();
    meters[1].parts.minor = earlier;
    assert_eq!(group_totals(&pool, &meters).amount, amount("1007"));
    assert_eq!(
        finish_win(&pool, Share::default(), &wallet(42, "1"), minute(3)).unwrap().unwrap().win.user,
        user(42)
    );
}
