//! Acts that need several cashiers: manual adjustments of wallets, and acts on players and deposits.

use crate::common::world::World;
use crate::common::{act, amount, deposit_of, deposit_rules, minute, payment, rupees, user};
use evens_ledger::{SystemAccount, WalletOwner};
use evens_payments::{
    ADJUSTMENTS_KNOWN, AGREEMENTS_MAX, AGREEMENTS_OF_ONE_MAX, ActRefusal, AdjustRefusal, Adjustment,
    AdjustmentId, AdjustmentIdError, AdjustmentKind, AgreedTo as _, Agreement, Approval, CashierAct, Claim,
    DepositState, HoldRules, IdentityStatus, OpenDepositInput, PaymentState, PaymentsRecord, RELEASE,
    Resolution, ResolutionKind, SettleDepositInput, WithdrawalState, adjust_wallet, agreed_on_deposit,
    note_identity, open_deposit, refund_deposit, settle_deposit,
};

const DAY: i64 = 24 * 60;

/// A cashier's request for an adjustment of a wallet.
struct AdjustmentInput<'a> {
    by: u64,
    id: &'a str,
    kind: AdjustmentKind,
    coins: &'a str,
    reason: &'a str,
    at: i64,
}

fn adjusted(world: &mut World, wanted: &AdjustmentInput<'_>) -> Result<bool, AdjustRefusal> {
    let World { record, wallet, .. } = &*world;
    let AdjustmentInput { by, id, kind, coins, reason, at } = *wanted;
    let adjustment = Adjustment { id: id.parse().expect("an id"), kind, amount: amount(coins) };
    let act = CashierAct { reason: reason.parse().expect("a reason"), ..act(by, minute(at)) };
    let plan = adjust_wallet(record, wallet, &adjustment, &act, minute(at))?;
    let is_done = plan.posted.is_some();
    assert!(world.write(plan));
    Ok(is_done)
}

/// A request with another amount, direction or reason does not match, and its id is taken. An adjustment that was made
/// is answered as a repeat, however often it is sent. A request without a second approval within a day has to be made
/// again.
#[test]
fn two_cashiers_want_the_same_adjustment_within_a_day() {
    use AdjustmentKind::{Credit, Debit};
    let own = Err(AdjustRefusal::Act(ActRefusal::OwnOrder));
    let before = Err(AdjustRefusal::Act(ActRefusal::AgreedBefore));
    let (made, reused) = (Err(AdjustRefusal::MadeBefore), Err(AdjustRefusal::IdReused));
    #[rustfmt::skip]
    let table = [
        // by  id   kind    coins  reason   minute     done        holds
        (42,   "a", Credit, "30",  "desk",  0,         own,        "100"),
        (700,  "a", Credit, "30",  "desk",  1,         Ok(false),  "100"),
        (700,  "a", Credit, "30",  "desk",  2,         before,     "100"),
        (701,  "a", Credit, "31",  "desk",  3,         reused,     "100"),
        (701,  "a", Debit,  "30",  "desk",  4,         reused,     "100"),
        (701,  "a", Credit, "30",  "phone", 5,         reused,     "100"),
        (701,  "b", Credit, "30",  "desk",  5,         Ok(false),  "100"),
        (701,  "a", Credit, "30",  "desk",  6,         Ok(true),   "130"),
        (701,  "a", Credit, "30",  "desk",  7,         made,       "130"),
        (700,  "a", Credit, "30",  "desk",  7,         made,       "130"),
        (702,  "a", Credit, "30",  "desk",  7,         made,       "130"),
        (702,  "a", Credit, "30",  "phone", 7,         reused,     "130"),
        (700,  "a", Credit, "30",  "desk",  8 + DAY,   made,       "130"),
        (700,  "b", Credit, "31",  "desk",  8 + DAY,   Ok(false),  "130"),
        (701,  "b", Credit, "31",  "desk",  9 + DAY,   Ok(true),   "161"),
    ];
    let mut world = World::new("100");
    for row @ (by, id, kind, coins, reason, at, expected, holds) in table {
        assert_eq!(
            adjusted(&mut world, &AdjustmentInput { by, id, kind, coins, reason, at }),
            expected,
            "{row:?}"
        );
        assert_eq!(world.wallet.balance, amount(holds), "{row:?}");
        assert_eq!(world.account(&SystemAccount::House), -world.wallet.balance.units(), "{row:?}");
    }
    let more =
        AdjustmentInput { by: 700, id: "c", kind: Debit, coins: "161.01", reason: "desk", at: DAY + 10 };
    let more = adjusted(&mut world, &more);
    assert!(matches!(more, Err(AdjustRefusal::InsufficientBalance(_))), "{more:?}");
}

/// An approval of a pending act frees a place, and so does a day.
#[test]
fn ten_things_wait_at_most_and_none_is_pushed_out() {
    let mut world = World::new("100");
    let mut want = |by, nth: usize, at| {
        let (id, kind, reason) = (format!("desk-{nth}"), AdjustmentKind::Credit, "desk");
        adjusted(&mut world, &AdjustmentInput { by, id: &id, kind, coins: &nth.to_string(), reason, at })
    };
    let full = Err(AdjustRefusal::Act(ActRefusal::TooManyWaiting));
    for nth in 1..=AGREEMENTS_OF_ONE_MAX {
        assert_eq!(want(700, nth, 0), Ok(false));
    }
    // One cashier can fill half of the places; the other half is left to others.
    assert_eq!(want(700, 11, 0), full);
    for nth in AGREEMENTS_OF_ONE_MAX + 1..=AGREEMENTS_MAX {
        assert_eq!(want(702, nth, 0), Ok(false));
    }
    assert_eq!(want(700, 11, 1), full);
    assert_eq!(want(701, 11, 1), full);
    assert_eq!(want(701, 1, 1), Ok(true));
    assert_eq!(want(700, 11, 2), Ok(false));
    assert_eq!(want(700, 12, 2), full);
    assert_eq!(want(700, 12, DAY), Ok(false));
    let wanted: Vec<_> = world.record.agreements.iter().map(|waits| waits.wanted.as_str()).collect();
    assert_eq!(wanted, ["adjust desk-11: credit 11, desk", "adjust desk-12: credit 12, desk"]);
}

/// An id used long ago is free again. An adjustment under it then needs two cashiers as well.
#[test]
fn the_newest_adjustments_are_known_by_their_ids() {
    let mut world = World::new("100");
    for nth in 0..=ADJUSTMENTS_KNOWN {
        let (id, kind) = (format!("desk-{nth}"), AdjustmentKind::Credit);
        for (by, done) in [(700, false), (701, true)] {
            let wanted = AdjustmentInput { by, id: &id, kind, coins: "1", reason: "desk", at: 0 };
            assert_eq!(adjusted(&mut world, &wanted), Ok(done));
        }
    }
    let known: Vec<_> = world.record.adjustments.iter().map(|made| made.id.to_string()).collect();
    assert_eq!((known.len(), known[0].as_str()), (ADJUSTMENTS_KNOWN, "desk-1"));
}

#[test]
fn an_adjustment_has_a_short_and_plain_id() {
    let (longest, longer) = ("a".repeat(64), "a".repeat(65));
    for text in ["a", "Desk-1.b_2", &longest] {
        assert_eq!(text.parse::<AdjustmentId>().map(|id| id.to_string()), Ok(text.to_owned()));
    }
    for wrong in ["", &longer, "a b", "a:b", "\u{e4}"] {
        assert_eq!(wrong.parse::<AdjustmentId>(), Err(AdjustmentIdError), "{wrong}");
    }
}

/// Once enough cashiers approve, the record after the act; until then, the previous record with the approval.
#[test]
fn an_act_on_a_player_waits_for_the_second_cashier() {
    let held = PaymentsRecord { is_held: true, ..PaymentsRecord::empty(user(42)) };
    let free = PaymentsRecord { is_held: false, revision: 1, ..held.clone() };
    let agreed = |before: &PaymentsRecord, by, needed| {
        before.agreed((RELEASE, RELEASE), needed, &free, &act(by, minute(1)), minute(1)).expect("they may")
    };
    assert_eq!(agreed(&held, 700, 1), (free.clone(), true));
    let (waits, is_done) = agreed(&held, 700, 2);
    assert_eq!((waits.is_held, waits.revision, waits.agreements.len(), is_done), (true, 1, 1, false));
    assert_eq!(agreed(&waits, 701, 2), (free.clone(), true));
    for (four_eyes_above, needed) in [(None, 1), (Some(amount("5")), 2)] {
        assert_eq!(HoldRules { four_eyes_above, ..HoldRules::default() }.approvals_needed_to_open(), needed);
    }
}

/// An act that is done leaves pending acts on other subjects in the record, but no lapsed ones.
#[test]
fn lapsed_acts_leave_the_record_with_the_next_act() {
    let waits_since = |at| Agreement {
        wanted: "identity verified".to_owned(),
        approvals: vec![Approval { by: user(700), at: minute(at) }],
    };
    for (at, is_kept) in [(DAY - 1, true), (DAY, false)] {
        let held = PaymentsRecord {
            is_held: true,
            agreements: vec![waits_since(0)],
            ..PaymentsRecord::empty(user(42))
        };
        let free = PaymentsRecord { is_held: false, ..held.clone() };
        let act = act(701, minute(at));
        let (after, is_done) = held.agreed((RELEASE, RELEASE), 1, &free, &act, minute(at)).expect("they may");
        assert_eq!(
            (after.is_held, is_done, after.agreements == held.agreements),
            (false, true, is_kept),
            "{at}"
        );
    }
}

/// The other act was approved on the basis of the previous record.
#[test]
fn pending_acts_are_dropped_when_their_subject_changes() {
    let before = PaymentsRecord::empty(user(42));
    let noted = |before: &PaymentsRecord, status, by, needed| {
        let (act, wanted) = (act(by, minute(1)), format!("identity {status}"));
        let after = note_identity(before, status, &act, minute(1)).expect("they may").expect("it is new");
        before.agreed(("identity", &wanted), needed, &after, &act, minute(1)).expect("they may")
    };
    let (waits, _) = noted(&before, IdentityStatus::Verified, 700, 2);
    let release = Agreement { wanted: RELEASE.to_owned(), ..waits.agreements[0].clone() };
    let waits = PaymentsRecord {
        agreements: [&waits.agreements[..], std::slice::from_ref(&release)].concat(),
        ..waits
    };
    let (refused, is_done) = noted(&waits, IdentityStatus::Refused, 702, 1);
    assert_eq!((refused.identity, is_done), (IdentityStatus::Refused, true));
    assert_eq!(refused.agreements, [release], "what is about something else waits on");
    let (_, is_done) = noted(&refused, IdentityStatus::Verified, 701, 2);
    assert!(!is_done, "it is agreed to by one alone");
}

/// Above the limit the deposit stays credited until a second cashier approves. Otherwise the refund begins at once.
#[test]
fn a_large_deposit_goes_back_when_two_agree() {
    for (above, cashiers) in [("100", 1), ("99", 2)] {
        let mut world = World::new("0");
        let World { record, .. } = &world;
        let opening = OpenDepositInput { existing: None, owner: WalletOwner::default(), record };
        let plan = open_deposit(&deposit_of("key-1", "100"), opening, &deposit_rules(), minute(0));
        assert!(world.write(plan.expect("it is opened")));
        let id = world.deposits[0].terms.id;
        let paid = payment(id, "pay-1", rupees("100"), PaymentState::Paid, "asked");
        let World { deposits, record, wallet, .. } = &world;
        let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
        let plan = settle_deposit(&paid, input, &deposit_rules(), minute(1)).expect("it is credited");
        assert!(world.write(plan));
        let holds = HoldRules { four_eyes_above: Some(amount(above)), ..HoldRules::default() };
        for nth in 1..=cashiers {
            let World { deposits, record, wallet, .. } = &world;
            let (order, act) = (&deposits[0], act(700 + nth, minute(2)));
            let plan = refund_deposit(order, record, wallet, &act, minute(2)).expect("it is there");
            let plan = agreed_on_deposit(order, "refund", amount("100"), plan, &act, &holds, minute(2));
            assert!(world.write(plan.expect("they may")));
            let is_back = nth == cashiers;
            let state = if is_back { DepositState::Refunded } else { DepositState::Completed };
            assert_eq!((world.deposits[0].state, world.wallet.balance.is_zero()), (state, is_back));
        }
        assert_eq!(world.deposits[0].agreements, []);
    }
}

/// Earlier approvals count as long as their cashiers may still approve. Decisions already made do not change.
#[test]
fn agreements_of_those_who_may_not_agree_any_more_are_dropped() {
    use crate::payouts::approved;
    let gone: std::collections::BTreeSet<_> = [user(700)].into();
    let mut world = World::new("100");
    let adjust = |by, at| AdjustmentInput {
        by,
        id: "a",
        kind: AdjustmentKind::Credit,
        coins: "30",
        reason: "desk",
        at,
    };
    assert_eq!(adjusted(&mut world, &adjust(700, 0)), Ok(false));
    assert_eq!(world.record.approvers(), gone);
    world.record.drop_approvals(&gone);
    assert_eq!(adjusted(&mut world, &adjust(701, 1)), Ok(false), "the other one is nobody now");
    assert_eq!(adjusted(&mut world, &adjust(702, 2)), Ok(true));

    let by = |number| Approval { by: user(number), at: minute(0) };
    let mut order = approved().withdrawals[0].clone();
    order.approvals = vec![by(700), by(701)];
    assert!(order.approvers().is_empty(), "it is decided");
    order.state = WithdrawalState::Held;
    order.drop_approvals(&gone);
    assert_eq!(order.approvals, [by(701)]);
    let wanted = Resolution {
        kind: Some(ResolutionKind::Retry),
        since: minute(0),
        approvals: vec![by(700)],
        due_at: Some(minute(60)),
    };
    order.state = WithdrawalState::Processing;
    order.resolution = Some(wanted.clone());
    assert!(order.approvers().is_empty(), "it is decided");
    order.resolution = Some(Resolution { due_at: None, ..wanted });
    assert_eq!(order.approvers(), gone);

    let (mut suspended, [own, _]) = crate::claims::suspended();
    let (deposit, id) = (&mut suspended.deposits[0], "pay-1".parse().expect("an id"));
    assert_eq!(own.amount, amount("90"));
    deposit.claims = vec![Claim { payment: id, approvals: vec![by(700), by(701)], is_given: false }];
    deposit.drop_approvals(&gone);
    assert_eq!(deposit.claims[0].approvals, [by(701)]);
    deposit.claims[0].is_given = true;
    assert!(deposit.approvers().is_empty(), "it is decided");
}
