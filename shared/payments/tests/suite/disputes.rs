//! Deposits whose payer demands the money back or has got it back.

use crate::claims::suspended;
use crate::common::world::World;
use crate::common::{
    act, amount, deposit_of, deposit_rules, minute, or_usual, payment, provider, rows, rupees,
};
use evens_ledger::{Transfer, WalletOwner};
use evens_payments::{
    Agreement, Approval, BeforeSending, CarryOutRefusal, ClaimSuspendedRefusal, DepositPlan, DepositState,
    Dispute, DisputeRefusal, HoldReason, HoldRules, OpenDepositInput, PaymentRefund, PaymentState,
    PayoutInFlight, PayoutSearch, PayoutStep, PayoutTiming, RELEASE, ResolutionKind, ReturnPaymentRefusal,
    ReverseRefusal, SettleDepositInput, SettlePayoutInput, WithdrawalState, agree_to_resolution,
    approve_withdrawal, claim_payout, claim_suspended, hold_disputed, hold_unsent, next_payout_step,
    open_deposit, resolve_payout, return_payment, return_unclaimed, settle_deposit, settle_dispute,
};

/// A deposit of 100 that was credited.
fn credited() -> World {
    let mut world = World::new("0");
    let asked = deposit_of("key-1", "100");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let plan = open_deposit(&asked, input, &deposit_rules(), minute(0)).expect("nothing stands in its way");
    assert!(world.write(plan));
    let terms = &world.deposits[0].terms;
    let paid = payment(terms.id, "pay-1", terms.money, PaymentState::Paid, "asked");
    let World { deposits, record, wallet, .. } = &world;
    let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
    let plan = settle_deposit(&paid, input, &deposit_rules(), minute(1)).expect("it is credited");
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
    let World { deposits, record, wallet, .. } = world;
    let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
    settle_dispute(dispute, None, input, minute(2))
}

/// A payment of 90 for a deposit of 100, which a cashier gave to the player.
fn claimed() -> World {
    let mut world = World::new("0");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let plan = open_deposit(&deposit_of("key-1", "100"), input, &deposit_rules(), minute(0)).expect("opened");
    assert!(world.write(plan));
    let paid = payment(world.deposits[0].terms.id, "pay-1", rupees("90"), PaymentState::Paid, "asked");
    let World { deposits, record, wallet, .. } = &world;
    let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
    let plan = settle_deposit(&paid, input, &deposit_rules(), minute(1)).expect("it is unclaimed");
    let suspended = plan.transfer.clone();
    assert!(world.write(plan));
    let World { deposits, record, wallet, .. } = &world;
    let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
    let (act, holds) = (act(700, minute(2)), HoldRules::default());
    let plan =
        claim_suspended(&paid.id, suspended.as_ref(), input, &act, &holds, &deposit_rules(), minute(2));
    assert!(world.write(plan.expect("it is given")));
    world
}

/// The order is in the state `from`. `_` is the usual value: the order's own payment of 100 rupees.
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
    UNCLAIMED     _        _      won      NothingNew
    UNCLAIMED     _        99     opened   UNCLAIMED
    UNCLAIMED     _        99     lost     OtherMoney
    UNCLAIMED     _        _      lost     CHARGED_BACK
    RETURNED      _        99     opened   RETURNED
    RETURNED      _        99     lost     OtherMoney
    RETURNED      _        _      lost     CHARGED_BACK
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

/// The approvals to release the player were given without knowing the new reason for the hold.
#[test]
fn a_new_hold_drops_agreements_on_the_release() {
    let mut world = credited();
    let by = |by| Approval { by: crate::common::user(by), at: minute(2) };
    let wanted = |wanted: &str| Agreement { wanted: wanted.to_owned(), approvals: vec![by(700)] };
    world.record.is_held = true;
    world.record.agreements = vec![wanted(RELEASE), wanted("write-off 5")];
    let plan = settle(&world, &dispute(&world, "opened")).expect("it is noted");
    let after = plan.record.expect("the record changes");
    assert_eq!((after.is_held, after.agreements), (true, vec![wanted("write-off 5")]));
}

/// The callback about the dispute arrived before the one about the payment.
#[test]
fn a_dispute_of_what_has_not_come_does_nothing() {
    let mut world = credited();
    world.deposits[0].payment = None;
    assert_eq!(settle(&world, &dispute(&world, "lost")), Err(DisputeRefusal::OtherPayment));
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

/// The money is taken once, however often and in whatever order it is reported.
#[test]
fn a_lost_dispute_takes_once() {
    for actual in [["opened", "lost", "opened", "lost"], ["lost", "opened", "won", "lost"]] {
        let mut world = credited();
        for state in actual {
            let plan = settle(&world, &dispute(&world, state));
            assert!(plan.is_err() || world.write(plan.expect("it is ok")));
        }
        assert_eq!((world.wallet.balance, world.record.owed), (amount("0"), amount("0")), "{actual:?}");
        assert!(world.record.is_held, "nothing is sent before a cashier has looked");
    }
}

/// Money that cashiers gave is taken back like money that was credited at once, in full. Until then the state does not
/// change.
#[test]
fn a_claimed_deposit_is_charged_back_too() {
    let mut world = claimed();
    assert_eq!((world.wallet.balance, world.deposits[0].state), (amount("90"), DepositState::Claimed));
    let of = |world: &World, state: &str| Dispute { money: rupees("90"), ..dispute(world, state) };
    let opened = settle(&world, &of(&world, "opened")).expect("it is noted");
    assert!(world.write(opened));
    assert_eq!((world.record.is_held, world.deposits[0].state), (true, DepositState::Claimed));
    assert_eq!(settle(&world, &of(&world, "opened")), Err(DisputeRefusal::NothingNew));
    assert_eq!(settle(&world, &dispute(&world, "lost")), Err(DisputeRefusal::OtherMoney));
    let lost = settle(&world, &of(&world, "lost")).expect("it is taken");
    assert!(world.write(lost));
    assert_eq!((world.wallet.balance, world.record.owed), (amount("0"), amount("0")));
    assert_eq!(world.record.totals.actual_deposit_amount, amount("0"));
    assert_eq!(world.deposits[0].state, DepositState::ChargedBack);
}

/// An approval covers only the facts that its cashiers knew. An earlier approval leads to a new hold, once, and the
/// withdrawal is sent when they approve again.
#[test]
fn a_dispute_stops_what_is_approved() {
    use crate::payouts::approved;
    let hold = |world: &World| {
        let World { withdrawals, record, wallet, .. } = world;
        hold_unsent(
            SettlePayoutInput { order: &withdrawals[0], record, wallet, owner: WalletOwner::default() },
            &HoldRules::default(),
            minute(3),
        )
    };
    let mut world = approved();
    assert_eq!(hold(&world), None);
    world.record.is_held = true;
    let plan = hold(&world).expect("it is stopped");
    assert!(world.write(plan));
    let order = &world.withdrawals[0];
    assert_eq!(
        (order.state, &order.hold_reasons[..]),
        (WithdrawalState::Held, &[HoldReason::AccountHeld][..])
    );
    assert_eq!(hold(&world), None, "it is held");
    let plan =
        approve_withdrawal(order, &world.record, &act(700, minute(4)), &HoldRules::default(), minute(4));
    assert!(world.write(plan.expect("they may")));
    assert_eq!(world.withdrawals[0].state, WithdrawalState::Approved);
    assert_eq!(hold(&world), None, "who approved it knew");
    let mut since = world.clone();
    since.record.owed = amount("1");
    assert!(since.write(hold(&since).expect("nobody knew of the debt")));
    assert_eq!(since.withdrawals[0].hold_reasons, [HoldReason::AccountHeld, HoldReason::Owes]);
    assert_eq!(since.withdrawals[0].approvals, [], "they were given without knowing of it");
    // A player who owes money is held, even after cashiers have released them.
    let mut owing = approved();
    owing.record.owed = amount("1");
    assert!(owing.write(hold(&owing).expect("it is stopped")));
    assert_eq!(owing.withdrawals[0].hold_reasons, [HoldReason::Owes]);
    assert_eq!(hold(&owing), None, "it is held");
}

/// A recovery after the approval leads to a new hold for a day. So does a further one after cashiers have approved
/// again.
#[test]
fn a_recovery_stops_what_is_approved() {
    use crate::payouts::{approved, processing};
    let recovered = |at| WalletOwner { recovered_at: Some(minute(at)), ..WalletOwner::default() };
    let hold = |world: &World, owner, at| {
        let World { withdrawals, record, wallet, .. } = world;
        let input = SettlePayoutInput { order: &withdrawals[0], record, wallet, owner };
        hold_unsent(input, &HoldRules::default(), minute(at))
    };
    let mut world = approved();
    assert_eq!(hold(&world, WalletOwner::default(), 3), None);
    assert_eq!(hold(&world, recovered(2), 2 + 24 * 60), None, "a day later");
    assert!(world.write(hold(&world, recovered(2), 3).expect("it is stopped")));
    let order = &world.withdrawals[0];
    assert_eq!((order.state, &order.hold_reasons[..]), (WithdrawalState::Held, &[HoldReason::Recovered][..]));
    assert_eq!(hold(&world, recovered(2), 3), None, "it is held");
    let approve = |world: &World, at| {
        let order = &world.withdrawals[0];
        approve_withdrawal(order, &world.record, &act(700, minute(at)), &HoldRules::default(), minute(at))
    };
    let plan = approve(&world, 4).expect("they may");
    assert!(world.write(plan));
    assert_eq!(hold(&world, recovered(2), 5), None, "who approved it knew");
    assert!(world.write(hold(&world, recovered(5), 6).expect("nobody knew of the second one")));
    let order = &world.withdrawals[0];
    assert_eq!((order.state, &order.hold_reasons[..]), (WithdrawalState::Held, &[HoldReason::Recovered][..]));
    let plan = approve(&world, 7).expect("they may");
    assert!(world.write(plan));
    assert_eq!(hold(&world, recovered(5), 8), None);
    // The provider may have it, so it is stopped. A payout that the provider has is not taken back.
    let mut sent = processing();
    assert!(sent.write(hold(&sent, recovered(2), 3).expect("it is stopped")));
    assert_eq!(sent.withdrawals[0].state, WithdrawalState::Processing);
    assert_eq!(hold(&sent, recovered(2), 4), None, "once");
    let mut known = processing();
    known.withdrawals[0].provider_id = Some("out-1".parse().expect("an id"));
    assert_eq!(hold(&known, recovered(2), 3), None);
}

/// The provider may have the payout but has no record. It is queried, and the payout is retried only when cashiers who
/// know of the dispute agree.
#[test]
fn a_dispute_stops_what_is_sent_again() {
    use crate::payouts::processing;
    let hold = |world: &World| {
        let World { withdrawals, record, wallet, .. } = world;
        hold_unsent(
            SettlePayoutInput { order: &withdrawals[0], record, wallet, owner: WalletOwner::default() },
            &HoldRules::default(),
            minute(3),
        )
    };
    let agree = |world: &World, kind, at| {
        let (order, rules) = (&world.withdrawals[0], &HoldRules::default());
        let plan = agree_to_resolution(order, kind, &act(700, minute(at)), rules, minute(at));
        plan.expect("nothing stands in its way")
    };
    let next = |world: &World, at| {
        let payout = PayoutInFlight::of(&world.withdrawals[0]).expect("it is on its way");
        next_payout_step(payout, PayoutSearch::Found(&[]), PayoutTiming::default(), minute(at))
    };
    let mut world = processing();
    assert_eq!(hold(&world), None);
    assert!(matches!(next(&world, 0), PayoutStep::Send(_)));
    let mut agreed = world.clone();
    assert!(agreed.write(agree(&agreed, ResolutionKind::Retry, 1)));
    world.record.is_held = true;
    assert!(world.write(hold(&world).expect("it is stopped")));
    let order = &world.withdrawals[0];
    assert_eq!(
        (order.state, &order.hold_reasons[..]),
        (WithdrawalState::Processing, &[HoldReason::AccountHeld][..])
    );
    assert_eq!((hold(&world), next(&world, 0)), (None, PayoutStep::AskAgain));
    assert_eq!(next(&world, 63), PayoutStep::AskAgain, "nobody has said what becomes of it");
    let wanted = |world: &World| world.withdrawals[0].resolution.clone().expect("it is there");
    let stopped = wanted(&world);
    assert_eq!((stopped.kind, stopped.stopped_since(), stopped.due_at), (None, Some(minute(3)), None));
    let input = SettlePayoutInput {
        order,
        record: &world.record,
        wallet: &world.wallet,
        owner: WalletOwner::default(),
    };
    assert_eq!(resolve_payout(order, None, input, minute(63)), Err(CarryOutRefusal::Changed));
    assert!(world.write(agree(&world, ResolutionKind::Retry, 4)));
    assert_eq!(hold(&world), None, "whoever agreed knew");
    let agreed_now = wanted(&world);
    assert_eq!((agreed_now.kind, agreed_now.stopped_since()), (Some(ResolutionKind::Retry), None));
    assert_eq!(next(&world, 63), PayoutStep::Resolve { failed: None }, "an hour after it was stopped");

    // Cashiers who approved before the dispute did not know of it.
    agreed.record.is_held = true;
    assert!(agreed.write(hold(&agreed).expect("it is stopped")));
    let stopped = wanted(&agreed);
    assert_eq!((stopped.kind, &stopped.approvals[..], stopped.due_at), (None, &[][..], None));
    assert_eq!(stopped.stopped_since(), Some(minute(1)), "nobody has sent it since");

    // A payout that the provider has, or whose money is to be returned, is not sent.
    let mut known = processing();
    known.record.is_held = true;
    known.withdrawals[0].provider_id = Some("out-1".parse().expect("an id"));
    assert_eq!(hold(&known), None);
    let mut back = processing();
    assert!(back.write(agree(&back, ResolutionKind::GiveBack, 1)));
    back.record.is_held = true;
    assert_eq!(hold(&back), None);
}

/// This also holds if it is stopped for a second reason, or claimed while it is stopped.
#[test]
fn an_approved_withdrawal_is_held_stopped_or_claimed() {
    use crate::payouts::{approved, processing};
    let hold = |world: &World| {
        let World { withdrawals, record, wallet, .. } = world;
        hold_unsent(
            SettlePayoutInput { order: &withdrawals[0], record, wallet, owner: WalletOwner::default() },
            &HoldRules::default(),
            minute(3),
        )
        .expect("it is held back")
    };
    let claim = |world: &World, at| {
        claim_payout(&world.withdrawals[0], PayoutTiming::default(), minute(at)).expect("nobody has it")
    };
    let claimed = |is_first, is_first_of_attempt| BeforeSending::Claimed { is_first, is_first_of_attempt };
    let mut unsent = approved();
    assert_eq!(BeforeSending::of(&claim(&unsent, 0)), claimed(true, true));
    unsent.record.is_held = true;
    assert_eq!(BeforeSending::of(&hold(&unsent)), BeforeSending::Held);
    let mut sent = processing();
    assert_eq!(BeforeSending::of(&claim(&sent, 2)), claimed(false, false));
    sent.record.is_held = true;
    assert_eq!(BeforeSending::of(&hold(&sent)), BeforeSending::Stopped);
    assert!(sent.write(hold(&sent)));
    sent.record.owed = amount("1");
    assert_eq!(BeforeSending::of(&hold(&sent)), BeforeSending::Stopped, "for a second reason");
    assert_eq!(BeforeSending::of(&claim(&sent, 4)), claimed(false, false), "its records are asked for");
    let mut again = processing();
    let attempt = again.withdrawals[0].attempt.as_mut().expect("it is sent");
    (attempt.number, attempt.key_since, attempt.lease_until) = (2, minute(5), minute(5));
    assert_eq!(BeforeSending::of(&claim(&again, 5)), claimed(false, true));
}

/// Events of `pay-1`, the order's own payment of 90 in suspense, or of `pay-2`, an extra payment of 100.
struct Suspended {
    world: World,
    payment: &'static str,
    transfer: Transfer,
}

impl Suspended {
    fn of(payment: &'static str) -> Self {
        let (world, [own, beside]) = suspended();
        Self { world, payment, transfer: if payment == "pay-1" { own } else { beside } }
    }

    /// Applies an act of a cashier or a provider's report of a dispute. Returns the refusal as text.
    fn happens(&mut self, what: &str) -> Result<(), String> {
        let World { deposits, record, wallet, .. } = &self.world;
        let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
        let (suspended, now) = (Some(&self.transfer), minute(3));
        let (act, holds, rules) = (act(9, now), HoldRules::default(), deposit_rules());
        let payment = self.payment.parse().expect("an id");
        let plan = match what {
            "claim" => claim_suspended(&payment, suspended, input, &act, &holds, &rules, now)
                .map_err(|refusal| format!("{refusal:?}")),
            "return" if self.payment == "pay-1" => {
                return_unclaimed(input.order, &act, now).map_err(|refusal| format!("{refusal:?}"))
            }
            "return" => return_payment(&payment, suspended, input.order, &act, now)
                .map_err(|refusal| format!("{refusal:?}")),
            state => {
                let coins = if self.payment == "pay-1" { "90" } else { "100" };
                let dispute = Dispute { payment, money: rupees(coins), ..dispute(&self.world, state) };
                match settle_dispute(&dispute, suspended, input, now) {
                    Ok(plan) => Ok(plan),
                    Err(DisputeRefusal::NothingNew) => Err("NothingNew".to_owned()),
                    Err(refusal) => hold_disputed(&dispute, input, now).ok_or(format!("{refusal:?}")),
                }
            }
        };
        let plan = plan?;
        assert!(self.world.write(plan), "{what}");
        Ok(())
    }

    fn left(&self) -> i128 {
        self.world.account(&self.transfer.to)
    }
}

/// In any order of events: the player has no money that the payer got back without being held, the payment leaves
/// suspense once, and no refund is requested that is never made.
#[test]
fn money_that_the_payer_got_back_belongs_to_no_player_in_any_order() {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (payment, others) in [("pay-1", "100"), ("pay-2", "90")] {
        for act in ["claim", "return"] {
            for order in ORDERS {
                let mut case = Suspended::of(payment);
                let events = order.map(|place| [act, "opened", "lost"][place]);
                for event in [events, events].concat() {
                    let _ = case.happens(event);
                }
                let name = format!("{payment}: {events:?}");
                let deposit = &case.world.deposits[0];
                let is_own = payment == "pay-1";
                // An extra payment that was given to the player needs a person.
                let is_for_person = !is_own && events[0] == "claim";
                assert_eq!(
                    case.world.wallet.balance,
                    amount(if is_for_person { "100" } else { "0" }),
                    "{name}"
                );
                assert_eq!(case.left(), amount(others).units(), "{name}");
                let state = if is_own { DepositState::ChargedBack } else { DepositState::Unclaimed };
                assert_eq!((deposit.state, case.world.record.is_held), (state, true), "{name}");
                assert_eq!((deposit.pending_refund(), &deposit.returns[..]), (None, &[][..]), "{name}");
                let held = case.world.wallet.balance.units() + case.world.accounts.values().sum::<i128>();
                assert_eq!(held, 0, "{name}");
            }
        }
    }
}

/// An open dispute keeps a payment in suspense. A won dispute does not, and the hold stays.
#[test]
fn a_disputed_payment_stays_in_suspense_until_the_dispute_is_won() {
    let disputed = format!("{:?}", ClaimSuspendedRefusal::Disputed);
    assert_eq!(disputed, format!("{:?}", ReverseRefusal::Disputed));
    assert_eq!(disputed, format!("{:?}", ReturnPaymentRefusal::Disputed));
    for payment in ["pay-1", "pay-2"] {
        for act in ["claim", "return"] {
            let mut case = Suspended::of(payment);
            assert_eq!(case.happens("won"), Err("NothingNew".to_owned()));
            assert_eq!((case.happens("opened"), case.happens("opened").is_err()), (Ok(()), true));
            assert_eq!(case.happens(act), Err(disputed.clone()), "{payment} {act}");
            assert_eq!((case.happens("won"), case.happens("won").is_err()), (Ok(()), true));
            assert_eq!(case.happens(act), Ok(()), "{payment} {act}");
            assert!(case.world.record.is_held, "until a cashier has looked");
        }
    }
}

/// A refund that the provider has made, followed by a lost dispute, needs a person.
#[test]
fn a_refunded_and_disputed_payment_needs_a_person() {
    for payment in ["pay-1", "pay-2"] {
        let mut case = Suspended::of(payment);
        assert_eq!(case.happens("return"), Ok(()));
        let made = |refund: PaymentRefund| PaymentRefund { made: "back-1".parse().ok(), ..refund };
        let deposit = &mut case.world.deposits[0];
        deposit.refund = deposit.refund.take().map(made);
        for back in &mut deposit.returns {
            back.refund = made(back.refund.clone());
        }
        assert_eq!((case.happens("lost"), case.world.record.is_held), (Ok(()), true), "noted, and held");
        assert_eq!(case.happens("lost"), Err("WentBack".to_owned()), "{payment}");
        assert_ne!(case.world.deposits[0].state, DepositState::ChargedBack);
    }
}

/// An open dispute is remembered after any number of later events.
#[test]
fn an_open_dispute_is_never_pushed_out_of_the_history() {
    let mut case = Suspended::of("pay-2");
    assert_eq!(case.happens("opened"), Ok(()));
    for number in 0..40 {
        let World { deposits, record, wallet, .. } = &case.world;
        let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
        let id = format!("failed-{number}");
        let failed = payment(deposits[0].terms.id, &id, rupees("100"), PaymentState::Failed, "asked");
        let plan = settle_deposit(&failed, input, &deposit_rules(), minute(4)).expect("it is noted");
        assert!(case.world.write(plan));
    }
    assert_eq!(case.happens("claim"), Err("Disputed".to_owned()));
}
