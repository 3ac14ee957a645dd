//! What more than one cashier must agree to: wallets that are put right by hand, and acts on players and deposits.

use crate::common::world::World;
use crate::common::{act, amount, deposit_of, deposit_rules, minute, payment, rupees, user};
use evens_ledger::SystemAccount;
use evens_payments::{
    ActRefusal, AdjustRefusal, AdjustmentKind, Cashier, DepositState, HoldRules, PaymentState,
    SeenForOpening, SeenForPayment, adjust_wallet, agreed_on_deposit, open_deposit, refund_deposit,
    settle_deposit,
};

const DAY: i64 = 24 * 60;

fn adjusted(
    world: &mut World,
    by: u64,
    kind: AdjustmentKind,
    coins: &str,
    at: i64,
) -> Result<bool, AdjustRefusal> {
    let World { cashier, wallet, .. } = &*world;
    let plan = adjust_wallet(cashier, wallet, kind, amount(coins), &act(by, minute(at)), minute(at))?;
    let is_done = plan.posted.is_some();
    assert!(world.write(plan));
    Ok(is_done)
}

/// Another amount, or the other way, is something else; and what nobody agreed to for a day is asked for anew.
#[test]
fn two_cashiers_want_the_same_adjustment_within_a_day() {
    use AdjustmentKind::{Credit, Debit};
    let own = Err(AdjustRefusal::Act(ActRefusal::OwnOrder));
    let before = Err(AdjustRefusal::Act(ActRefusal::AgreedBefore));
    #[rustfmt::skip]
    let table = [
        // by  kind    coins  minute     done        holds
        (42,   Credit, "30",  0,         own,        "100"),
        (700,  Credit, "30",  1,         Ok(false),  "100"),
        (700,  Credit, "30",  2,         before,     "100"),
        (701,  Credit, "31",  3,         Ok(false),  "100"),
        (701,  Debit,  "30",  4,         Ok(false),  "100"),
        (701,  Credit, "30",  5,         Ok(true),   "130"),
        (701,  Credit, "30",  6,         Ok(false),  "130"),
        (700,  Debit,  "30",  7,         Ok(true),   "100"),
        (700,  Credit, "30",  6 + DAY,   Ok(false),  "100"),
        (701,  Credit, "30",  7 + DAY,   Ok(true),   "130"),
    ];
    let mut world = World::new("100");
    for row @ (by, kind, coins, at, expected, holds) in table {
        assert_eq!(adjusted(&mut world, by, kind, coins, at), expected, "{row:?}");
        assert_eq!(world.wallet.balance, amount(holds), "{row:?}");
        assert_eq!(world.account(&SystemAccount::House), -world.wallet.balance.units(), "{row:?}");
    }
    let more = adjusted(&mut world, 700, Debit, "130.01", DAY + 8);
    assert!(matches!(more, Err(AdjustRefusal::InsufficientBalance(_))), "{more:?}");
}

#[test]
fn ten_things_wait_at_most_and_the_oldest_goes() {
    let mut world = World::new("100");
    for coins in 1..=12 {
        assert_eq!(adjusted(&mut world, 700, AdjustmentKind::Credit, &coins.to_string(), coins), Ok(false));
    }
    let wanted: Vec<_> = world.cashier.agreements.iter().map(|waits| waits.wanted.as_str()).collect();
    assert_eq!((wanted.len(), wanted[0], wanted[9]), (10, "credit 3", "credit 12"));
}

/// The record after the act, once enough agree; else the one before, with the agreement.
#[test]
fn an_act_on_a_player_waits_for_the_second_cashier() {
    let held = Cashier { is_held: true, ..Cashier::empty(user(42)) };
    let free = Cashier { is_held: false, revision: 1, ..held.clone() };
    let agreed = |before: &Cashier, by, needed| {
        before.agreed("release", needed, &free, &act(by, minute(1)), minute(1)).expect("they may")
    };
    assert_eq!(agreed(&held, 700, 1), (free.clone(), true));
    let (waits, is_done) = agreed(&held, 700, 2);
    assert_eq!((waits.is_held, waits.revision, waits.agreements.len(), is_done), (true, 1, 1, false));
    assert_eq!(agreed(&waits, 701, 2), (free.clone(), true));
    for (four_eyes_above, needed) in [(None, 1), (Some(amount("5")), 2)] {
        assert_eq!(HoldRules { four_eyes_above, ..HoldRules::default() }.approvals_needed_to_open(), needed);
    }
}

/// What is above the sum stays credited until the second one agrees; what is not goes back at once.
#[test]
fn a_large_deposit_goes_back_when_two_agree() {
    for (above, cashiers) in [("100", 1), ("99", 2)] {
        let mut world = World::new("0");
        let World { cashier, .. } = &world;
        let opening = SeenForOpening { existing: None, is_blocked: false, cashier };
        let plan = open_deposit(&deposit_of("key-1", "100"), opening, &deposit_rules(), minute(0));
        assert!(world.write(plan.expect("it is opened")));
        let id = world.deposits[0].terms.id;
        let paid = payment(id, "pay-1", rupees("100"), PaymentState::Paid, "asked");
        let World { deposits, cashier, wallet, .. } = &world;
        let seen = SeenForPayment { order: &deposits[0], cashier, wallet, is_blocked: false };
        let plan = settle_deposit(&paid, seen, &deposit_rules(), minute(1)).expect("it is credited");
        assert!(world.write(plan));
        let holds = HoldRules { four_eyes_above: Some(amount(above)), ..HoldRules::default() };
        for nth in 1..=cashiers {
            let World { deposits, cashier, wallet, .. } = &world;
            let (order, act) = (&deposits[0], act(700 + nth, minute(2)));
            let plan = refund_deposit(order, cashier, wallet, &act, minute(2)).expect("it is there");
            let plan = agreed_on_deposit(order, "refund", amount("100"), plan, &act, &holds, minute(2));
            assert!(world.write(plan.expect("they may")));
            let is_back = nth == cashiers;
            let state = if is_back { DepositState::Refunded } else { DepositState::Completed };
            assert_eq!((world.deposits[0].state, world.wallet.balance.is_zero()), (state, is_back));
        }
        assert_eq!(world.deposits[0].agreements, []);
    }
}
