//! Deposits whose payer wants the money back, or has got it.

use crate::common::world::World;
use crate::common::{amount, deposit_of, deposit_rules, minute, or_usual, payment, provider, rows, rupees};
use evens_payments::{
    DepositPlan, Dispute, DisputeRefusal, PaymentState, SeenForOpening, SeenForPayment, open_deposit,
    settle_deposit, settle_dispute,
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
    CLAIMED       _        _      lost     InState(Claimed)
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
        assert!(!world.cashier.is_held);
    }
}
