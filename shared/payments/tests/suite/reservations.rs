//! The reservation of an open deposit in the player's limits, on the day of its end and later, and the players who may
//! still pay one.

use crate::common::world::World;
use crate::common::{amount, deposit_of, deposit_rules, minute, payment};
use evens_ledger::WalletOwner;
use evens_own_limits::{EXCLUSION_MIN, Period};
use evens_payments::{
    DepositPlan, DepositSum, IdentityStatus, OpenDepositInput, PaymentState, PaymentsRecord,
    SettleDepositInput, expire_deposit, open_deposit, settle_deposit,
};

const DAY: i64 = 24 * 60;

/// The end of the first deposit of a world, at this minute.
fn ended(world: &World, end: &str, at: i64) -> DepositPlan {
    let World { record, wallet, deposits, .. } = world;
    let (order, rules) = (&deposits[0], deposit_rules());
    let state = match end {
        "expired" => {
            return expire_deposit(order, record, &[], &rules.zone, minute(at)).expect("its time is over");
        }
        "failed" => PaymentState::Failed,
        _ => PaymentState::Paid,
    };
    let report = payment(order.terms.id, "pay-1", order.terms.money, state, "asked");
    let input = SettleDepositInput { order, record, wallet, is_blocked: false };
    settle_deposit(&report, input, &rules, minute(at)).expect("it is open")
}

/// A player opens a deposit of 100 on a Monday and one of 50 later, when the first one ends. A period that has ended
/// since then has no part of the first one.
#[test]
fn a_reservation_ends_in_the_periods_in_which_it_was_made() {
    #[rustfmt::skip]
    let table = [
        // first one   days later  reserved and used: day, week, month
        ("expired",    0,          [("50", "0"), ("50", "0"),   ("50", "0")]),
        ("failed",     0,          [("50", "0"), ("50", "0"),   ("50", "0")]),
        ("credited",   0,          [("50", "100"), ("50", "100"), ("50", "100")]),
        ("expired",    1,          [("50", "0"), ("50", "0"),   ("50", "0")]),
        ("failed",     1,          [("50", "0"), ("50", "0"),   ("50", "0")]),
        ("credited",   1,          [("50", "0"), ("50", "100"), ("50", "100")]),
        ("expired",    7,          [("50", "0"), ("50", "0"),   ("50", "0")]),
        ("credited",   7,          [("50", "0"), ("50", "0"),   ("50", "100")]),
        ("expired",    30,         [("50", "0"), ("50", "0"),   ("50", "0")]),
        ("credited",   30,         [("50", "0"), ("50", "0"),   ("50", "0")]),
    ];
    for (end, days, expected) in table {
        let mut world = World::new("0");
        for (key, coins, at) in [("first", "100", 0), ("second", "50", days * DAY + 60)] {
            let input =
                OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
            let opened = open_deposit(&deposit_of(key, coins), input, &deposit_rules(), minute(at));
            assert!(world.write(opened.expect("nothing stands in its way")));
        }
        assert_eq!(world.record.open_deposits, 2);
        let plan = ended(&world, end, days * DAY + 61);
        assert!(world.write(plan));
        assert_eq!(world.record.open_deposits, 1, "{end} {days}");
        let sum = |period| -> DepositSum { *world.record.deposits.of(period) };
        let found =
            [Period::Day, Period::Week, Period::Month].map(|period| (sum(period).reserved, sum(period).used));
        let expected = expected.map(|(reserved, used)| (amount(reserved), amount(used)));
        assert_eq!(found, expected, "{end} {days}");
    }
}

#[test]
fn a_player_may_still_pay_unless_something_has_happened_since() {
    #[rustfmt::skip]
    let table = [
        // blocked  excluded  identity                  may
        (false,     false,    IdentityStatus::NotAsked, true),
        (false,     false,    IdentityStatus::Pending,  true),
        (false,     false,    IdentityStatus::Verified, true),
        (false,     false,    IdentityStatus::Refused,  false),
        (false,     true,     IdentityStatus::Verified, false),
        (true,      false,    IdentityStatus::Verified, false),
    ];
    for (is_blocked, is_excluded, identity, may) in table {
        let mut record = World::new("0").record;
        if is_excluded {
            record = record.exclude(minute(0) + EXCLUSION_MIN, minute(0)).expect("long enough");
        }
        let record = PaymentsRecord { identity, ..record };
        assert_eq!(record.may_still_pay(is_blocked, minute(1)), may, "{is_blocked} {is_excluded} {identity}");
    }
}
