//! The sums above which a player must be identified, and the treatment of their money until then.

use crate::common::world::World;
use crate::common::{
    act, amount, deposit_of, deposit_rules, minute, old_payee, payment, rows, withdrawal_of, withdrawal_rules,
};
use evens_ledger::{Amount, WalletOwner};
use evens_payments::{
    ActRefusal, DepositRules, DepositState, HoldReason, HoldRules, IdentityStatus, OpenDepositInput,
    OpenDepositRefusal, PaymentState, PaymentsRecord, RequestWithdrawalInput, SettleDepositInput, Totals,
    UnclaimedCause, WithdrawalPlan, WithdrawalRules, WithdrawalState, cancel_withdrawal, note_identity,
    open_deposit, request_withdrawal, settle_deposit,
};
use jiff::Timestamp;
use strum::VariantArray;

fn deposits_above(above: &str) -> DepositRules {
    let identity_above = (above != "never").then(|| amount(above));
    DepositRules { identity_above, ..deposit_rules() }
}

/// A player has deposited `brought`, has an open deposit of `open`, and requests one of `amount`.
const OPENED: &str = "
    above  status    brought  open  amount  outcome
    never  not-asked 5000     500   1000    opened
    200    not-asked 0        _     200     opened
    200    not-asked 0        _     200.01  refused
    200    not-asked 100      _     100     opened
    200    not-asked 100      _     100.01  refused
    200    not-asked 100      50    50      opened
    200    not-asked 100      50    50.01   refused
    200    pending   100      50    50.01   refused
    200    verified  5000     500   1000    opened
    0      not-asked 0        _     10      refused
    0      verified  0        _     10      opened
    never  refused   0        _     10      refused
    200    refused   0        _     10      refused
";

#[test]
fn deposits_wait_until_it_is_known_who_the_player_is() {
    for row @ [above, status, brought, open, asked, outcome] in rows(OPENED) {
        let mut record = World::new("0").record;
        if open != "_" {
            let asked = deposit_of("open", open);
            let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &record };
            let plan = open_deposit(&asked, input, &deposit_rules(), minute(0)).expect("opened");
            record = plan.record.expect("its place");
        }
        record.identity = status.parse().expect("a status");
        record.totals.actual_deposit_amount = amount(brought);
        let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &record };
        let opened = open_deposit(&deposit_of("key", asked), input, &deposits_above(above), minute(1));
        match opened {
            Ok(_) => assert_eq!(outcome, "opened", "{row:?}"),
            Err(OpenDepositRefusal::IdentityMissing(missing)) => {
                assert_eq!((outcome, missing.status), ("refused", record.identity), "{row:?}");
            }
            Err(other) => panic!("{row:?}: {other:?}"),
        }
    }
}

/// An open deposit has its reservation. If the check failed in the meantime, or other deposits exceed the sum, it is
/// not credited.
#[test]
fn money_of_an_unverified_player_is_put_aside() {
    #[rustfmt::skip]
    let table = [
        // above   status                    brought  credited
        ("never",  IdentityStatus::NotAsked, "5000",  true),
        ("100",    IdentityStatus::NotAsked, "0",     true),
        ("100",    IdentityStatus::Pending,  "0.01",  false),
        ("100",    IdentityStatus::Verified, "0.01",  true),
        ("never",  IdentityStatus::Refused,  "0",     false),
    ];
    for (above, status, brought, is_credited) in table {
        let mut world = World::new("0");
        let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
        let plan =
            open_deposit(&deposit_of("key", "100"), input, &deposit_rules(), minute(0)).expect("opened");
        assert!(world.write(plan));
        world.record.identity = status;
        world.record.totals.actual_deposit_amount = amount(brought);
        let order = &world.deposits[0];
        let paid = payment(order.terms.id, "pay-1", order.terms.money, PaymentState::Paid, "asked");
        let (record, wallet) = (&world.record, &world.wallet);
        let input = SettleDepositInput { order, record, wallet, is_blocked: false };
        let plan = settle_deposit(&paid, input, &deposits_above(above), minute(1)).expect("settled");
        let unclaimed = plan.order.payment.as_ref().and_then(|payment| payment.unclaimed);
        let expected = if is_credited {
            (DepositState::Completed, None)
        } else {
            (DepositState::Unclaimed, Some(UnclaimedCause::IdentityMissing))
        };
        assert_eq!((plan.order.state, unclaimed), expected, "{above} {status} {brought}");
        let after = plan.record.clone().expect("its place is used or given up");
        assert_eq!((after.open_deposits, after.deposits.day.reserved), (0, amount("0")));
        assert!(world.write(plan));
        assert_eq!(world.accounts.values().sum::<i128>() + world.wallet.balance.units(), 0);
    }
}

/// A player has withdrawn `taken` in total, and `open` is pending.
const REQUESTED: &str = "
    above  status    taken  open  amount  held
    never  not-asked 5000   900   100     no
    200    not-asked 100    0     100     no
    200    not-asked 100    0     100.01  yes
    200    not-asked 0      100   100     no
    200    not-asked 0      100   100.01  yes
    200    pending   0      100   100.01  yes
    200    verified  5000   100   100.01  no
    0      not-asked 0      0     10      yes
    never  refused   0      0     10      yes
    200    refused   0      0     10      yes
";

fn taking_above(identity_above: Option<Amount>) -> WithdrawalRules {
    WithdrawalRules { holds: HoldRules { identity_above, ..HoldRules::default() }, ..withdrawal_rules() }
}

fn asked_for(world: &World, key: &str, asked: &str, above: Option<Amount>, now: Timestamp) -> WithdrawalPlan {
    let input = RequestWithdrawalInput {
        existing: None,
        owner: WalletOwner::default(),
        payee: Some(old_payee()),
        password_since: minute(-100_000),
        record: &world.record,
        wallet: &world.wallet,
        turnover: amount("0"),
        may_bet: true,
        payout_limit: None,
    };
    request_withdrawal(&withdrawal_of(key, asked), input, &taking_above(above), now).expect("taken")
}

#[test]
fn withdrawals_are_held_for_identity_and_never_refused() {
    for row @ [above, status, taken, open, asked, held] in rows(REQUESTED) {
        let mut world = World::new("1000");
        world.record = PaymentsRecord {
            identity: status.parse().expect("a status"),
            totals: Totals { withdrawn: amount(taken), ..Totals::default() },
            being_withdrawn: amount(open),
            ..world.record
        };
        let above = (above != "never").then(|| amount(above));
        let plan = asked_for(&world, "key", asked, above, minute(1));
        let expected = if held == "yes" {
            (WithdrawalState::Held, vec![HoldReason::Identity])
        } else {
            (WithdrawalState::Approved, Vec::new())
        };
        assert_eq!((plan.order.state, plan.order.hold_reasons), expected, "{row:?}");
    }
}

/// The first withdrawal is requested on the evening before. Unfinished withdrawals count on every later day.
#[test]
fn no_midnight_makes_withdrawals_small() {
    let above = Some(amount("2000"));
    let evening = minute(-1);
    for later in [minute(-1), minute(1), minute(3 * 24 * 60)] {
        let mut world = World::new("5000");
        let first = asked_for(&world, "first", "1900", above, evening);
        assert_eq!(first.order.hold_reasons, []);
        assert!(world.write(first));
        let held = |world: &World, asked| {
            let plan = asked_for(world, "second", asked, above, later);
            plan.order.state == WithdrawalState::Held
        };
        assert!(held(&world, "1900") && !held(&world, "100"), "{later}");
        // A cancelled withdrawal does not count.
        let order = &world.withdrawals[0];
        let plan = cancel_withdrawal(order, &world.record, &world.wallet, later).expect("not sent yet");
        assert!(world.write(plan));
        assert!(!held(&world, "1900"), "{later}");
    }
}

/// The sum of a record that is older than this rule began with an estimate.
#[test]
fn nothing_is_being_withdrawn_after_the_last_withdrawal() {
    let mut world = World::new("1000");
    world.record.being_withdrawn = amount("7");
    for (key, asked) in [("first", "100"), ("second", "200")] {
        let plan = asked_for(&world, key, asked, None, minute(1));
        assert!(world.write(plan));
    }
    for (place, left) in [(0, "207"), (1, "0")] {
        let order = &world.withdrawals[place];
        let plan = cancel_withdrawal(order, &world.record, &world.wallet, minute(2)).expect("not sent yet");
        assert!(world.write(plan));
        assert_eq!(world.record.being_withdrawn, amount(left));
    }
}

#[test]
fn a_cashier_notes_it_once_and_not_for_themselves() {
    let record = World::new("0").record;
    for status in IdentityStatus::VARIANTS {
        let noted = note_identity(&record, *status, &act(9, minute(1)), minute(1)).expect("a cashier may");
        match noted {
            None => assert_eq!(*status, IdentityStatus::NotAsked),
            Some(after) => {
                let expected = PaymentsRecord { identity: *status, revision: 1, ..record.clone() };
                assert_eq!(after, expected);
                assert_eq!(note_identity(&after, *status, &act(8, minute(2)), minute(2)), Ok(None));
            }
        }
    }
    let verified = IdentityStatus::Verified;
    let own = note_identity(&record, verified, &act(42, minute(1)), minute(1));
    assert_eq!(own, Err(ActRefusal::OwnOrder));
    let late = note_identity(&record, verified, &act(9, minute(1)), minute(17));
    assert_eq!(late, Err(ActRefusal::LoginTooOld));
}
