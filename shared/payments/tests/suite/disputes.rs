//! Deposits whose payer wants the money back, or has got it.

use crate::common::world::World;
use crate::common::{
    act, amount, deposit_of, deposit_rules, minute, or_usual, payment, provider, rows, rupees,
};
use evens_payments::{
    DepositPlan, DepositState, Dispute, DisputeRefusal, HoldReason, HoldRules, PaymentState, SeenForOpening,
    SeenForPayment, SeenForPayout, WithdrawalState, approve_withdrawal, claim_suspended, hold_approved,
    open_deposit, settle_deposit, settle_dispute,
};

/// A deposit of 100 that was credited.
fn credited() -> World {
    let mut world = World::new("0");
    let asked = deposit_of("key-1", "100");
    let seen = SeenForOpening { existing: None, is_blocked: false, cashier: &world.cashier };
    let plan = open_deposit(&asked, seen, &deposit_rules(), minute(0)).expect("nothing stands in its way");
    assert!(world.write(plan));
    let terms = &world.deposits[0].terms;
    let paid = payment(terms.id, "pay-1", terms.money, PaymentState::Paid, "asked");
    let World { deposits, cashier, wallet, .. } = &world;
    let seen = SeenForPayment { order: &deposits[0], cashier, wallet, is_blocked: false };
    let plan = settle_deposit(&paid, seen, &deposit_rules(), minute(1)).expect("it is credited");
    assert!(world.write(plan));
    world
}

fn dispute(world: &World, state: &str) -> Dispute {
    Dispute {
        provider: provider("sandbox"),
        id: "dispute-1".parse().expect("an id"),
        reference: world.deposits[0].terms.id,
        payment: "pay-1".parse().expect("an id"),
        money: rupees("100"),
        state: state.parse().expect("a state"),
    }
}

fn settle(world: &World, dispute: &Dispute) -> Result<DepositPlan, DisputeRefusal> {
    let World { deposits, cashier, wallet, .. } = world;
    let seen = SeenForPayment { order: &deposits[0], cashier, wallet, is_blocked: false };
    settle_dispute(dispute, seen, minute(2))
}

/// 90 that came for a deposit of 100, and that a cashier gave to its player.
fn claimed() -> World {
    let mut world = World::new("0");
    let seen = SeenForOpening { existing: None, is_blocked: false, cashier: &world.cashier };
    let plan = open_deposit(&deposit_of("key-1", "100"), seen, &deposit_rules(), minute(0)).expect("opened");
    assert!(world.write(plan));
    let paid = payment(world.deposits[0].terms.id, "pay-1", rupees("90"), PaymentState::Paid, "asked");
    let World { deposits, cashier, wallet, .. } = &world;
    let seen = SeenForPayment { order: &deposits[0], cashier, wallet, is_blocked: false };
    let plan = settle_deposit(&paid, seen, &deposit_rules(), minute(1)).expect("it is unclaimed");
    let suspended = plan.transfer.clone();
    assert!(world.write(plan));
    let World { deposits, cashier, wallet, .. } = &world;
    let seen = SeenForPayment { order: &deposits[0], cashier, wallet, is_blocked: false };
    let (act, holds) = (act(700, minute(2)), HoldRules::default());
    let plan = claim_suspended(&paid.id, suspended.as_ref(), seen, &act, &holds, &deposit_rules(), minute(2));
    assert!(world.write(plan.expect("it is given")));
    world
}

/// The order is in the state `from`; `_` is the usual value: its own payment, of 100 rupees.
const DISPUTES: &str = "
    from          payment  money  dispute  result
    COMPLETED     pay-2    99     lost     OtherPayment
    COMPLETED     _        _      opened   DISPUTED
    DISPUTED      _        _      opened   NothingNew
    DISPUTED      _        99     won      COMPLETED
    COMPLETED     _        _      won      NothingNew
    COMPLETED     _        99     lost     OtherMoney
    COMPLETED     _        _      lost     CHARGED_BACK
    DISPUTED      _        _      lost     CHARGED_BACK
    CHARGED_BACK  _        99     lost     NothingNew
    CHARGED_BACK  _        _      opened   NothingNew
    REFUNDED      _        _      opened   NothingNew
    REFUNDED      _        _      lost     InState(Refunded)
    CLAIMED       _        _      opened   CLAIMED
    CLAIMED       _        _      lost     CHARGED_BACK
    UNCLAIMED     _        _      lost     InState(Unclaimed)
";

#[test]
fn a_dispute_does_what_the_state_lets_it() {
    for row @ [from, payment, money, state, expected] in rows(DISPUTES) {
        let mut world = credited();
        world.deposits[0].state = from.parse().expect("a state");
        let dispute = Dispute {
            payment: or_usual(payment, "pay-1").parse().expect("an id"),
            money: rupees(or_usual(money, "100")),
            ..dispute(&world, state)
        };
        let outcome = settle(&world, &dispute);
        let result =
            outcome.map_or_else(|refusal| format!("{refusal:?}"), |plan| plan.order.state.to_string());
        assert_eq!(result, expected, "{row:?}");
    }
}

#[test]
fn a_dispute_of_another_order_or_provider_does_nothing() {
    let world = credited();
    let right = dispute(&world, "lost");
    let of_other = Dispute { provider: provider("other"), ..right.clone() };
    assert_eq!(settle(&world, &of_other), Err(DisputeRefusal::OtherOrder));
    let elsewhere = deposit_of("key-2", "100").order;
    assert_eq!(settle(&world, &Dispute { reference: elsewhere, ..right }), Err(DisputeRefusal::OtherOrder));
}

/// However often and in which order it is told: the money is taken once.
#[test]
fn a_lost_dispute_takes_once() {
    for told in [["opened", "lost", "opened", "lost"], ["lost", "opened", "won", "lost"]] {
        let mut world = credited();
        for state in told {
            let plan = settle(&world, &dispute(&world, state));
            assert!(plan.is_err() || world.write(plan.expect("it is ok")));
        }
        assert_eq!((world.wallet.balance, world.cashier.owed), (amount("0"), amount("0")), "{told:?}");
        assert!(world.cashier.is_held, "nothing is sent before a cashier has looked");
    }
}

/// What cashiers gave is taken back as what was credited at once, all of what came; until then it stays what it is.
#[test]
fn what_cashiers_gave_is_charged_back_too() {
    let mut world = claimed();
    assert_eq!((world.wallet.balance, world.deposits[0].state), (amount("90"), DepositState::Claimed));
    let of = |world: &World, state: &str| Dispute { money: rupees("90"), ..dispute(world, state) };
    let opened = settle(&world, &of(&world, "opened")).expect("it is noted");
    assert!(world.write(opened));
    assert_eq!((world.cashier.is_held, world.deposits[0].state), (true, DepositState::Claimed));
    assert_eq!(settle(&world, &of(&world, "opened")), Err(DisputeRefusal::NothingNew));
    assert_eq!(settle(&world, &dispute(&world, "lost")), Err(DisputeRefusal::OtherMoney));
    let lost = settle(&world, &of(&world, "lost")).expect("it is taken");
    assert!(world.write(lost));
    assert_eq!((world.wallet.balance, world.cashier.owed), (amount("0"), amount("0")));
    assert_eq!(world.cashier.totals.actual_deposit_amount, amount("0"));
    assert_eq!(world.deposits[0].state, DepositState::ChargedBack);
}

/// An approval is of what its cashiers knew: what was approved before is held again, once, and sent when they agree.
#[test]
fn a_dispute_stops_what_is_approved() {
    use crate::payouts::approved;
    let hold = |world: &World| {
        let World { withdrawals, cashier, wallet, .. } = world;
        hold_approved(SeenForPayout { order: &withdrawals[0], cashier, wallet }, minute(3))
    };
    let mut world = approved();
    assert_eq!(hold(&world), None);
    world.cashier.is_held = true;
    let plan = hold(&world).expect("it is stopped");
    assert!(world.write(plan));
    let order = &world.withdrawals[0];
    assert_eq!(
        (order.state, &order.hold_reasons[..]),
        (WithdrawalState::Held, &[HoldReason::AccountHeld][..])
    );
    assert_eq!(hold(&world), None, "it is held");
    let plan = approve_withdrawal(order, &act(700, minute(4)), &HoldRules::default(), minute(4));
    assert!(world.write(plan.expect("they may")));
    assert_eq!(world.withdrawals[0].state, WithdrawalState::Approved);
    assert_eq!(hold(&world), None, "who approved it knew");
    // Whoever owes is held, too, after cashiers have released them.
    let mut owing = approved();
    owing.cashier.owed = amount("1");
    assert!(owing.write(hold(&owing).expect("it is stopped")));
    assert_eq!(owing.withdrawals[0].hold_reasons, [HoldReason::Owes]);
    assert_eq!(hold(&owing), None, "it is held");
}
