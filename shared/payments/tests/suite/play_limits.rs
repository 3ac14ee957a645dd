//! Limits of stakes and losses: what counts, in which period, and which refusal is told.

use crate::common::{amount, minute};
use evens_payments::{EXCLUSION_MIN, Exclusion, Period, PlayLimitKind, PlayLimits, PlayRefusal};
use jiff::tz::TimeZone;
use proptest::prelude::*;

const DAY: i64 = 24 * 60;

fn limited(kind: PlayLimitKind, period: Period, limit: &str) -> PlayLimits {
    PlayLimits::default().ask_limit(kind, period, Some(amount(limit)), minute(0))
}

fn over(kind: PlayLimitKind, period: Period, limit: &str, left: &str) -> PlayRefusal {
    PlayRefusal::OverLimit { kind, period, limit: amount(limit), left: amount(left) }
}

/// What happens, one line after another, to a player who stakes at most 100 a day and loses at most 60 a week.
#[test]
fn stakes_count_and_what_comes_back_is_taken_off() {
    let mut limits = limited(PlayLimitKind::Stakes, Period::Day, "100").ask_limit(
        PlayLimitKind::Losses,
        Period::Week,
        Some(amount("60")),
        minute(0),
    );
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
            "stake" => limits.place(amount(moved), &TimeZone::UTC, minute(at)),
            "payout" => Ok(limits.pay(amount(moved), &TimeZone::UTC, minute(placed_at))),
            _ => Ok(limits.give_back(amount(moved), &TimeZone::UTC, minute(placed_at))),
        };
        assert_eq!(outcome.err(), refused, "{what} {at} {moved}");
        limits = outcome.unwrap_or(limits);
    }
}

#[test]
fn an_excluded_player_places_nothing() {
    let until = minute(0) + EXCLUSION_MIN;
    let exclusion = Exclusion::begin(None, until, minute(0)).ok();
    let limits = PlayLimits { exclusion, ..limited(PlayLimitKind::Stakes, Period::Day, "0") };
    let refused = limits.place(amount("1"), &TimeZone::UTC, minute(1));
    assert_eq!(refused, Err(PlayRefusal::Excluded { until }));
    let limits = PlayLimits { exclusion: None, ..limits };
    let refused = limits.place(amount("1"), &TimeZone::UTC, minute(1));
    assert_eq!(refused, Err(over(PlayLimitKind::Stakes, Period::Day, "0", "0")));
}

#[test]
fn raising_a_limit_of_play_takes_a_day() {
    let (kind, period) = (PlayLimitKind::Losses, Period::Month);
    let wished = limited(kind, period, "10").ask_limit(kind, period, Some(amount("20")), minute(0));
    assert_eq!(wished.limits(kind).month.current, Some(amount("10")));
    assert!(wished.confirm_limit(kind, period, minute(1)).is_err());
    let raised = wished.confirm_limit(kind, period, minute(DAY)).expect("a day later");
    assert_eq!(raised.limits(kind).month.current, Some(amount("20")));
    assert_eq!(raised.limits(PlayLimitKind::Stakes), &PlayLimits::default().stakes);
}

proptest! {
    /// Of every day, by a count of its own: no more is staked than the limit, and no more can be lost than its limit.
    #[test]
    fn no_order_of_stakes_and_payouts_passes_a_limit(
        steps in prop::collection::vec((0_i64..200, 1_u32..50, any::<bool>()), 1..80),
    ) {
        let mut limits = limited(PlayLimitKind::Stakes, Period::Day, "200").ask_limit(
            PlayLimitKind::Losses, Period::Day, Some(amount("100")), minute(0));
        let (mut at, mut day, mut staked, mut paid) = (0, 0, 0_i64, 0_i64);
        for (passed, units, is_stake) in steps {
            at += passed;
            if at / DAY > day {
                (day, staked, paid) = (at / DAY, 0, 0);
            }
            let moved = amount(&units.to_string());
            if !is_stake {
                limits = limits.pay(moved, &TimeZone::UTC, minute(at));
                // What nothing was staked for in this period is counted nowhere.
                paid += if staked > 0 { i64::from(units) } else { 0 };
            } else if let Ok(after) = limits.place(moved, &TimeZone::UTC, minute(at)) {
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
