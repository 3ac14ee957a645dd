//! Limits of stakes and losses: the amounts that count, the period they count in, and which refusal is returned.

use crate::common::{amount, minute};
use evens_own_limits::{
    EXCLUSION_MIN, Exclusion, PerPeriod, Period, PlayLimitKind, PlayLimits, PlayRefusal, PlayRules, PlaySum,
    RealityCheck,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;

const DAY: i64 = 24 * 60;

/// The limits in the wallet of a player who has set these and staked nothing since.
fn limited(limits: &[(PlayLimitKind, Period, &str)]) -> PlayLimits {
    let mut rules = PlayRules::NONE;
    for (kind, period, limit) in limits {
        let of_kind = match kind {
            PlayLimitKind::Stakes => &mut rules.stakes,
            PlayLimitKind::Losses => &mut rules.losses,
        };
        *of_kind = of_kind.with(*period, Some(amount(limit)));
    }
    PlayLimits { rules, ..PlayLimits::NONE }
}

/// Places a stake in a session that has just begun.
fn place(limits: &PlayLimits, stake: &str, at: i64) -> Result<PlayLimits, PlayRefusal> {
    limits.place(amount(stake), minute(at), &TimeZone::UTC, minute(at))
}

fn over(kind: PlayLimitKind, period: Period, limit: &str, left: &str) -> PlayRefusal {
    PlayRefusal::OverLimit { kind, period, limit: amount(limit), left: amount(left) }
}

/// The history, row by row, of a player who stakes at most 100 a day and loses at most 60 a week.
#[test]
fn stakes_count_and_what_comes_back_is_taken_off() {
    let mut limits =
        limited(&[(PlayLimitKind::Stakes, Period::Day, "100"), (PlayLimitKind::Losses, Period::Week, "60")]);
    let stakes = |left| Some(over(PlayLimitKind::Stakes, Period::Day, "100", left));
    let losses = |left| Some(over(PlayLimitKind::Losses, Period::Week, "60", left));
    #[rustfmt::skip]
    let table = [
        // what       minute      amount    placed at  refused
        ("stake",     0,          "101",    0,         stakes("100")),
        ("stake",     0,          "61",     0,         losses("60")),
        ("stake",     0,          "60",     0,         None),
        ("stake",     1,          "0.01",   1,         losses("0")),
        ("payout",    2,          "120",    0,         None),
        ("stake",     3,          "40.01",  3,         stakes("40")),
        ("stake",     3,          "40",     3,         None),
        ("refund",    4,          "40",     3,         None),
        ("stake",     5,          "40",     5,         None),
        ("stake",     DAY,        "80.01",  DAY,       losses("80")),
        ("stake",     DAY,        "80",     DAY,       None),
        ("refund",    DAY + 1,    "40",     5,         None),
        ("stake",     DAY + 2,    "20.01",  DAY + 2,   stakes("20")),
        ("stake",     DAY + 2,    "20",     DAY + 2,   None),
        ("stake",     7 * DAY,    "60.01",  7 * DAY,   losses("60")),
        ("payout",    7 * DAY,    "500",    DAY,       None),
        ("stake",     7 * DAY,    "60",     7 * DAY,   None),
        ("stake",     7 * DAY,    "0.01",   7 * DAY,   losses("0")),
    ];
    for (what, at, moved, placed_at, refused) in table {
        let outcome = match what {
            "stake" => place(&limits, moved, at),
            "payout" => Ok(limits.pay(amount(moved), minute(placed_at))),
            _ => Ok(limits.give_back(amount(moved), minute(placed_at))),
        };
        assert_eq!(outcome.err(), refused, "{what} {at} {moved}");
        limits = outcome.unwrap_or(limits);
    }
}

#[test]
fn each_refusal_comes_before_the_next() {
    let until = minute(0) + EXCLUSION_MIN;
    let exclusion = Exclusion::begin(None, until, minute(0)).ok();
    let reality_check = Some(RealityCheck { every: "30".parse().expect("minutes"), seen_at: minute(0) });
    let limits =
        limited(&[(PlayLimitKind::Losses, Period::Day, "0"), (PlayLimitKind::Stakes, Period::Day, "0")]);
    let place = |rules: PlayRules| {
        let limits = PlayLimits { rules, ..limits };
        limits.place(amount("1"), minute(-60), &TimeZone::UTC, minute(30)).err()
    };
    let excluded = PlayRefusal::Excluded { until };
    let held = PlayRules { is_held: true, reality_check, ..limits.rules };
    assert_eq!(place(PlayRules { exclusion, ..held }), Some(excluded));
    assert_eq!(place(held), Some(PlayRefusal::Held));
    let due = PlayRefusal::RealityCheckDue { since: minute(0) };
    assert_eq!(place(PlayRules { reality_check, ..limits.rules }), Some(due));
    assert_eq!(place(limits.rules), Some(over(PlayLimitKind::Stakes, Period::Day, "0", "0")));
    assert_eq!(place(PlayRules::NONE), None);
}

/// The limit with the least left is reported, stakes before losses. Each period and kind by itself is a limit.
#[test]
fn the_tightest_period_is_reported() {
    use PlayLimitKind::{Losses, Stakes};
    type Limit = (PlayLimitKind, Period, &'static str);
    #[rustfmt::skip]
    let table: [(&[Limit], _); 6] = [
        (&[(Stakes, Period::Day, "9"), (Stakes, Period::Week, "8"), (Stakes, Period::Month, "7")],
            over(Stakes, Period::Month, "7", "7")),
        (&[(Stakes, Period::Day, "9"), (Stakes, Period::Week, "7"), (Stakes, Period::Month, "8")],
            over(Stakes, Period::Week, "7", "7")),
        (&[(Losses, Period::Day, "1"), (Stakes, Period::Month, "9")], over(Stakes, Period::Month, "9", "9")),
        (&[(Losses, Period::Day, "1")],   over(Losses, Period::Day, "1", "1")),
        (&[(Losses, Period::Week, "1")],  over(Losses, Period::Week, "1", "1")),
        (&[(Losses, Period::Month, "1")], over(Losses, Period::Month, "1", "1")),
    ];
    for (limits, expected) in table {
        let limits = limited(limits);
        assert!(limits.rules.has_limits());
        assert_eq!(place(&limits, "10", 0), Err(expected));
    }
    assert!(!PlayRules::NONE.has_limits());
}

/// The sums of a period that is over are zero, and the amount that counts as lost is never below zero.
#[test]
fn the_counted_part_of_a_limit_is_shown() {
    let limits = limited(&[(PlayLimitKind::Stakes, Period::Week, "100")]);
    let limits = place(&limits, "40", 1).expect("it fits").pay(amount("15"), minute(1));
    #[rustfmt::skip]
    let table = [
        // period         minute       since     staked  paid  lost
        (Period::Day,     2,           0,        "40",   "15", "25"),
        (Period::Day,     DAY - 1,     0,        "40",   "15", "25"),
        (Period::Day,     DAY,         DAY,      "0",    "0",  "0"),
        (Period::Week,    DAY,         0,        "40",   "15", "25"),
        (Period::Week,    7 * DAY,     7 * DAY,  "0",    "0",  "0"),
    ];
    for (period, at, since, staked, paid, lost) in table {
        let sum = limits.sum_at(period, &TimeZone::UTC, minute(at));
        assert_eq!(sum, PlaySum { since: minute(since), staked: amount(staked), paid: amount(paid) });
        assert_eq!(sum.counted(PlayLimitKind::Stakes), amount(staked), "{period} {at}");
        assert_eq!(sum.counted(PlayLimitKind::Losses), amount(lost), "{period} {at}");
    }
    let won = limits.pay(amount("90"), minute(1)).sum_at(Period::Day, &TimeZone::UTC, minute(2));
    assert_eq!(won.counted(PlayLimitKind::Losses), amount("0"));
    assert_eq!(won.left(PlayLimitKind::Losses, amount("60")), amount("125"), "winnings can be lost");
    assert_eq!(won.left(PlayLimitKind::Stakes, amount("60")), amount("20"));
    let none = PlayLimits::NONE.sum_at(Period::Day, &TimeZone::UTC, minute(5));
    assert_eq!(none, PlaySum { since: minute(0), ..PlaySum::default() });
}

/// Sums after a movement begin at the next moment. Those from a time begin half a minute later, because clocks differ.
#[test]
fn sums_that_begin_within_a_period_say_since_when() {
    let all = |since| {
        let sum = PlaySum { since, ..PlaySum::default() };
        PerPeriod { day: sum, week: sum, month: sum }
    };
    let after = minute(10) + jiff::SignedDuration::from_nanos(1);
    assert_eq!(PlayLimits::sums_after(minute(10)), all(after));
    assert_eq!(PlayLimits::sums_from(minute(10)), all(minute(10) + jiff::SignedDuration::from_secs(30)));
    let begun = PlayLimits { sums: PlayLimits::sums_after(minute(10)), ..PlayLimits::NONE };
    let said = |limits: &PlayLimits, at| {
        [Period::Day, Period::Week, Period::Month]
            .map(|period| limits.counted_since(period, &TimeZone::UTC, minute(at)))
    };
    // Minute 0 is the beginning of a Monday, 2 November 2026.
    assert_eq!(said(&begun, 10), [Some(after); 3]);
    assert_eq!(said(&begun, DAY), [None, Some(after), Some(after)]);
    assert_eq!(said(&begun, 7 * DAY), [None, None, Some(after)]);
    assert_eq!(said(&begun, 31 * DAY), [None; 3]);
    let staked = place(&begun, "5", 7 * DAY).expect("there is no limit");
    assert_eq!(said(&staked, 7 * DAY), [None, None, Some(after)]);
    assert_eq!(said(&PlayLimits::NONE, 0), [None; 3]);
}

#[test]
fn stakes_without_a_limit_are_counted_too() {
    let staked = place(&PlayLimits::NONE, "1000", 1).expect("there is no limit");
    let returned = staked.pay(amount("5"), minute(1)).give_back(amount("10"), minute(1));
    let sum = PlaySum { since: minute(0), staked: amount("990"), paid: amount("5") };
    // The month began the day before.
    let of_month = PlaySum { since: minute(-DAY), ..sum };
    assert_eq!(returned.sums, PerPeriod { day: sum, week: sum, month: of_month });
}

#[test]
fn returns_of_stakes_that_were_not_counted_do_not_count() {
    let limits = [(PlayLimitKind::Stakes, Period::Day, "60"), (PlayLimitKind::Losses, Period::Day, "60")];
    // The sums begin at minute 10. Bets dated just before may have been written just after.
    let set = PlayLimits { sums: PlayLimits::sums_from(minute(10)), ..limited(&limits) };
    let full = place(&set, "60", 9).expect("it fits");
    let refused = Err(over(PlayLimitKind::Stakes, Period::Day, "60", "0"));
    for placed_before in [minute(5), minute(9), minute(10)] {
        let came_back = full.give_back(amount("60"), placed_before).pay(amount("500"), placed_before);
        assert_eq!(came_back, full);
        assert_eq!(place(&came_back, "1", 11), refused);
    }
    let less = place(&set, "50", 11).expect("it fits").give_back(amount("50"), minute(11));
    assert!(place(&less, "60", 12).is_ok());
}

proptest! {
    /// By an independent count for every day: neither stakes nor possible losses exceed their limit.
    #[test]
    fn no_order_of_stakes_and_payouts_passes_a_limit(
        steps in prop::collection::vec((0_i64..200, 1_u32..50, any::<bool>()), 1..80),
    ) {
        let mut limits = limited(&[
            (PlayLimitKind::Stakes, Period::Day, "200"), (PlayLimitKind::Losses, Period::Day, "100"),
        ]);
        let (mut at, mut day, mut staked, mut paid) = (0, 0, 0_i64, 0_i64);
        for (passed, units, is_stake) in steps {
            at += passed;
            if at / DAY > day {
                (day, staked, paid) = (at / DAY, 0, 0);
            }
            let moved = amount(&units.to_string());
            if !is_stake {
                limits = limits.pay(moved, minute(at));
                // A payout in a period without stakes is counted nowhere.
                paid += if staked > 0 { i64::from(units) } else { 0 };
            } else if let Ok(after) = limits.place(moved, minute(at), &TimeZone::UTC, minute(at)) {
                limits = after;
                staked += i64::from(units);
                prop_assert!(staked <= 200 && staked - paid <= 100, "{staked} {paid}");
            } else {
                let units = i64::from(units);
                prop_assert!(staked + units > 200 || staked + units - paid > 100, "{staked} {paid} {units}");
            }
        }
    }
}
