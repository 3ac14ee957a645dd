//! Requesting a withdrawal, and the decisions about it.

use crate::common::world::World;
use crate::common::{
    LARGEST, act, amount, minute, old_payee, or_usual, rows, rupees, wallet, withdrawal_of, withdrawal_rules,
};
use evens_ledger::{SystemAccount, WalletOwner};
use evens_payments::{
    ActReason, ActRefusal, Approval, CashierAct, DecideRefusal, HoldReason, HoldRules, PayeeSnapshot,
    PaymentsRecord, PayoutLimit, RecentWithdrawals, RequestWithdrawal, RequestWithdrawalInput,
    RequestWithdrawalRefusal, Totals, WithdrawalOrder, WithdrawalPlan, WithdrawalRules, WithdrawalState,
    approve_withdrawal, cancel_withdrawal, reject_withdrawal, request_withdrawal,
};
use jiff::SignedDuration;
use strum::VariantArray;

/// Each row is the row above with one fault repaired, so the table proves the precedence. `staked` is the turnover of a
/// player who needs 200. The session of an `ended` player was ended, and so was that of a `blocked` one. A payee can be
/// paid from minute 3 on (`new`), or since minute 2, the time of the request (`now`). `_` is the usual value: a new
/// key, an account in good order, withdrawals accepted, an old payee, a player who is neither excluded nor barred, 100,
/// enough turnover, a balance of 100.
const TABLE: &str = "
    key    account  withdrawals  payee  player    amount  staked  balance  outcome
    same   ended    off          none   excluded  9       199     8        SessionEnded
    _      ended    off          none   excluded  9       199     8        SessionEnded
    same   blocked  off          none   excluded  9       199     8        RequestedBefore
    other  blocked  off          none   excluded  9       199     8        AccountBlocked
    other  _        off          none   excluded  9       199     8        KeyUsedForAnotherBody
    _      _        off          none   excluded  9       199     8        WithdrawalsOff
    _      _        _            none   excluded  9       199     8        UnknownPayee
    _      _        _            new    excluded  9       199     8        PayeeNotUsable
    _      _        _            now    excluded  9       199     8        TooSmall
    _      _        _            upi    _         1001    199     8        AbovePayoutLimit
    _      _        _            upi    _         1000    199     8        TurnoverMissing
    _      _        _            _      _         10      199     8        TurnoverMissing
    _      _        _            _      excluded  10      199     8        InsufficientBalance
    _      _        _            _      excluded  10      199     10       Requested
    _      _        _            _      barred    10      199     10       Requested
    same   _        _            _      _         _       _       0        RequestedBefore
    _      _        _            _      _         _       _       99.99    InsufficientBalance
    _      _        _            _      _         _       _       _        Requested
";

fn name(outcome: &Result<WithdrawalPlan, RequestWithdrawalRefusal>) -> &'static str {
    match outcome {
        Ok(_) => "Requested",
        Err(RequestWithdrawalRefusal::SessionEnded) => "SessionEnded",
        Err(RequestWithdrawalRefusal::RequestedBefore(_)) => "RequestedBefore",
        Err(RequestWithdrawalRefusal::AccountBlocked) => "AccountBlocked",
        Err(RequestWithdrawalRefusal::KeyUsedForAnotherBody) => "KeyUsedForAnotherBody",
        Err(RequestWithdrawalRefusal::WithdrawalsOff) => "WithdrawalsOff",
        Err(RequestWithdrawalRefusal::UnknownPayee) => "UnknownPayee",
        Err(RequestWithdrawalRefusal::PayeeNotUsable { .. }) => "PayeeNotUsable",
        Err(RequestWithdrawalRefusal::TooSmall { .. }) => "TooSmall",
        Err(RequestWithdrawalRefusal::AbovePayoutLimit(_)) => "AbovePayoutLimit",
        Err(RequestWithdrawalRefusal::TurnoverMissing { .. }) => "TurnoverMissing",
        Err(RequestWithdrawalRefusal::InsufficientBalance(_)) => "InsufficientBalance",
    }
}

fn nothing_in_the_way(world: &World) -> RequestWithdrawalInput<'_> {
    RequestWithdrawalInput {
        existing: None,
        owner: WalletOwner::default(),
        payee: Some(old_payee()),
        password_since: minute(-100_000),
        record: &world.record,
        wallet: &world.wallet,
        turnover: amount("200"),
        may_bet: true,
        payout_limit: None,
    }
}

fn request(world: &World, asked: &RequestWithdrawal, rules: &WithdrawalRules) -> WithdrawalPlan {
    request_withdrawal(asked, nothing_in_the_way(world), rules, minute(1)).expect("nothing stands in its way")
}

fn existing(key: &str, asked: &RequestWithdrawal) -> Option<WithdrawalOrder> {
    let earlier = match key {
        "_" => return None,
        "same" => asked.clone(),
        "other" => RequestWithdrawal { payee: "payee-2".parse().expect("an id"), ..asked.clone() },
        _ => panic!("no key is called {key}"),
    };
    let rules = WithdrawalRules { amount_min: amount("0"), ..withdrawal_rules() };
    Some(request(&World::new("1000"), &earlier, &rules).order)
}

fn check(row: [&str; 9]) -> Result<WithdrawalPlan, RequestWithdrawalRefusal> {
    let [key, account, withdrawals, payee, player, taken, staked, balance, _] = row;
    let asked = withdrawal_of("key-1", or_usual(taken, "100"));
    let mut world = World::new(or_usual(balance, "100"));
    world.record.turnover_needed = amount("200");
    if player == "excluded" {
        let until = minute(0) + evens_own_limits::EXCLUSION_MIN;
        world.record = world.record.exclude(until, minute(0)).expect("long enough");
    }
    let existing = existing(key, &asked);
    let upi = PayoutLimit { amount_max: amount("1000"), system: "UPI" };
    let payout_limit = Some(upi).filter(|_| payee == "upi");
    let payee = match payee {
        "none" => None,
        "new" => Some(PayeeSnapshot { usable_from: minute(3), ..old_payee() }),
        "now" => Some(PayeeSnapshot { usable_from: minute(2), ..old_payee() }),
        _ => Some(old_payee()),
    };
    let input = RequestWithdrawalInput {
        existing: existing.as_ref(),
        owner: WalletOwner {
            is_blocked: account == "blocked",
            session_epoch: u64::from(["blocked", "ended"].contains(&account)),
            ..WalletOwner::default()
        },
        payee,
        turnover: amount(or_usual(staked, "200")),
        may_bet: player != "barred",
        payout_limit,
        ..nothing_in_the_way(&world)
    };
    let rules = WithdrawalRules { is_open: withdrawals != "off", ..withdrawal_rules() };
    request_withdrawal(&asked, input, &rules, minute(2))
}

#[test]
fn refusals_have_their_order() {
    for row in rows(TABLE) {
        assert_eq!(name(&check(row)), row[8], "{row:?}");
    }
}

#[test]
fn a_requested_withdrawal_is_written_whole() {
    let mut world = World::new("130");
    let asked = withdrawal_of("key-1", "100");
    let plan = request(&world, &asked, &withdrawal_rules());
    assert_eq!(
        (plan.read.clone(), plan.transfer.clone(), plan.order.state),
        (None, None, WithdrawalState::Approved)
    );
    let posted = plan.posted.clone().expect("it leaves at once");
    assert_eq!(posted.entry.key.to_string(), format!("WITHDRAW:{}", asked.order));
    assert_eq!((posted.entry.account, posted.wallet.balance), (SystemAccount::Withdrawals, amount("30")));
    assert!(world.write(plan));
    assert_eq!((world.record.open_withdrawals, world.record.withdrawals_of_day.sum), (1, amount("100")));
    assert_eq!(world.account(&SystemAccount::Withdrawals), 10_000_000_000);
}

/// Each rule works by itself, exactly at its limit. A rule that is off has no effect. Payee and password are one second
/// younger than a day if the number of seconds is 1.
#[test]
fn each_rule_holds_what_it_is_about() {
    let none = HoldRules::default();
    let day = SignedDuration::from_hours(24);
    #[rustfmt::skip]
    let table = [
        // rules                                                      seconds  amount  open  day   reasons
        (none, 1, "500", 9, "900", vec![]),
        (HoldRules { amount_from: Some(amount("500")), ..none }, 1, "499.99", 0, "0", vec![]),
        (HoldRules { amount_from: Some(amount("500")), ..none }, 1, "500", 0, "0", vec![HoldReason::Large]),
        (HoldRules { four_eyes_above: Some(amount("500")), ..none }, 1, "500", 0, "0", vec![]),
        (HoldRules { four_eyes_above: Some(amount("500")), ..none }, 1, "500.01", 0, "0", vec![HoldReason::FourEyes]),
        (HoldRules { payee_age_min: Some(day), ..none }, 0, "500", 0, "0", vec![]),
        (HoldRules { payee_age_min: Some(day), ..none }, 1, "500", 0, "0", vec![HoldReason::NewPayee]),
        (HoldRules { password_age_min: Some(day), ..none }, 0, "500", 0, "0", vec![]),
        (HoldRules { password_age_min: Some(day), ..none }, 1, "500", 0, "0", vec![HoldReason::NewPassword]),
        (HoldRules { first_withdrawal: true, ..none }, 1, "500", 0, "0", vec![HoldReason::FirstWithdrawal]),
        (HoldRules { open_max: Some(3), ..none }, 1, "500", 2, "0", vec![]),
        (HoldRules { open_max: Some(3), ..none }, 1, "500", 3, "0", vec![HoldReason::ManyOpen]),
        (HoldRules { day_sum_max: Some(amount("600")), ..none }, 1, "500", 0, "100", vec![]),
        (HoldRules { day_sum_max: Some(amount("600")), ..none }, 1, "500", 0, "101", vec![HoldReason::DaySum]),
    ];
    for (holds, younger, taken, open, of_day, expected) in table {
        let mut world = World::new("1000");
        world.record.open_withdrawals = open;
        world.record.withdrawals_of_day = world
            .record
            .withdrawals_of_day
            .plus(amount(of_day), minute(0).to_zoned(jiff::tz::TimeZone::UTC).date());
        let rules = WithdrawalRules { holds, ..withdrawal_rules() };
        let since = minute(1) - day + SignedDuration::from_secs(younger);
        let yesterday = PayeeSnapshot { since, usable_from: minute(0) };
        let input = RequestWithdrawalInput {
            payee: Some(yesterday),
            password_since: yesterday.since,
            ..nothing_in_the_way(&world)
        };
        let order = request_withdrawal(&withdrawal_of("key-1", taken), input, &rules, minute(1))
            .expect("taken")
            .order;
        let state = if expected.is_empty() { WithdrawalState::Approved } else { WithdrawalState::Held };
        assert_eq!((order.hold_reasons, order.state), (expected, state), "{holds:?} {younger} {taken}");
    }
}

/// The rule about recoveries is always on.
#[test]
fn a_withdrawal_after_a_recovery_waits_for_a_cashier() {
    let hour = SignedDuration::from_hours(1);
    let default = HoldRules::default();
    let short = HoldRules { recovered_for: hour, ..default };
    let day = SignedDuration::from_hours(24);
    let second = SignedDuration::from_secs(1);
    #[rustfmt::skip]
    let table = [
        // rules   recovered before the request  reasons
        (default, None,                          vec![]),
        (default, Some(day),                     vec![]),
        (default, Some(day - second),            vec![HoldReason::Recovered]),
        (default, Some(SignedDuration::ZERO),    vec![HoldReason::Recovered]),
        (short,   Some(hour),                    vec![]),
        (short,   Some(hour - second),           vec![HoldReason::Recovered]),
    ];
    for (holds, before, expected) in table {
        let world = World::new("1000");
        let owner =
            WalletOwner { recovered_at: before.map(|before| minute(1) - before), ..WalletOwner::default() };
        let input = RequestWithdrawalInput { owner, ..nothing_in_the_way(&world) };
        let rules = WithdrawalRules { holds, ..withdrawal_rules() };
        let plan =
            request_withdrawal(&withdrawal_of("key-1", "100"), input, &rules, minute(1)).expect("taken");
        assert_eq!(plan.order.hold_reasons, expected, "{before:?}");
    }
}

#[test]
fn a_withdrawal_of_a_debtor_or_held_player_waits_for_a_cashier() {
    let mut world = World::new("1000");
    world.record = PaymentsRecord {
        owed: amount("1"),
        is_held: true,
        totals: Totals { withdrawn: amount("1"), ..Totals::default() },
        ..world.record
    };
    let asked = withdrawal_of("key-1", "100");
    let reasons = |world: &World| request(world, &asked, &withdrawal_rules()).order.hold_reasons;
    assert_eq!(reasons(&world), [HoldReason::Owes, HoldReason::AccountHeld]);
    world.record.is_held = false;
    assert_eq!(reasons(&world), [HoldReason::Owes], "released, and owing");
    world.record.owed = amount("0");
    assert_eq!(reasons(&world), []);
}

/// An exclusion does not avoid the required stakes: cashiers review each withdrawal.
#[test]
fn a_player_who_may_not_bet_needs_no_turnover_but_a_cashier() {
    let until = minute(0) + evens_own_limits::EXCLUSION_MIN;
    let needs = PaymentsRecord { turnover_needed: amount("201"), ..World::new("1000").record };
    let excluded = needs.exclude(until, minute(0)).expect("long enough");
    let (held, owing) =
        (PaymentsRecord { is_held: true, ..needs.clone() }, PaymentsRecord { owed: amount("1"), ..needs });
    let table = [
        (excluded, vec![HoldReason::TurnoverMissing]),
        (held, vec![HoldReason::AccountHeld, HoldReason::TurnoverMissing]),
        (owing, vec![HoldReason::Owes, HoldReason::TurnoverMissing]),
    ];
    for (record, reasons) in table {
        let mut world = World::new("1000");
        world.record = record;
        for key in ["key-1", "key-2"] {
            let plan = request(&world, &withdrawal_of(key, "100"), &withdrawal_rules());
            assert_eq!((plan.order.state, &plan.order.hold_reasons), (WithdrawalState::Held, &reasons));
            assert!(world.write(plan));
            assert_eq!(world.record.turnover_needed, amount("201"), "nothing was staked");
        }
    }
}

fn held(taken: &str) -> WithdrawalOrder {
    let holds = HoldRules { amount_from: Some(amount("0")), ..HoldRules::default() };
    let rules = WithdrawalRules { holds, ..withdrawal_rules() };
    request(&World::new("1000"), &withdrawal_of("key-1", taken), &rules).order
}

/// Each row is the row above with one fault repaired, beginning with an approved withdrawal. Player 42 requested it,
/// and cashier 1 has already approved it.
#[test]
fn above_a_bound_two_cashiers_agree() {
    let held = held("600");
    let approved = WithdrawalOrder { state: WithdrawalState::Approved, ..held.clone() };
    let rules = HoldRules { four_eyes_above: Some(amount("500")), ..HoldRules::default() };
    let record = PaymentsRecord::empty(held.terms.user);
    let agreed =
        approve_withdrawal(&held, &record, &act(1, minute(2)), &rules, minute(2)).expect("the first").order;
    assert_eq!(
        (agreed.state, &agreed.approvals),
        (WithdrawalState::Held, &vec![Approval { by: crate::common::user(1), at: minute(2) }])
    );
    let login = |by, age: i64| CashierAct { logged_in_at: minute(30 - age), ..act(by, minute(30)) };
    #[rustfmt::skip]
    let table = [
        (&approved, login(42, 16), Err(DecideRefusal::Act(ActRefusal::OwnOrder))),
        (&approved, login(2, 16),  Err(DecideRefusal::Act(ActRefusal::LoginTooOld))),
        (&approved, login(2, 15),  Err(DecideRefusal::InState(WithdrawalState::Approved))),
        (&agreed,   login(1, 16),  Err(DecideRefusal::Act(ActRefusal::AgreedBefore))),
        (&agreed,   login(2, 16),  Err(DecideRefusal::Act(ActRefusal::LoginTooOld))),
        (&agreed,   login(2, 15),  Ok(WithdrawalState::Approved)),
    ];
    for (order, by, expected) in table {
        let outcome =
            approve_withdrawal(order, &record, &by, &rules, minute(30)).map(|plan| plan.order.state);
        assert_eq!(outcome, expected, "{by:?}");
    }
    let one_is_enough =
        approve_withdrawal(&held, &record, &act(1, minute(2)), &HoldRules::default(), minute(2));
    assert_eq!(one_is_enough.map(|plan| plan.order.state), Ok(WithdrawalState::Approved));
    // The first cashier did not know that the player owes money.
    let owing = PaymentsRecord { owed: amount("400"), ..record };
    let alone = approve_withdrawal(&agreed, &owing, &login(2, 15), &rules, minute(30)).expect("a first one");
    assert_eq!((alone.order.state, alone.order.approvals.len()), (WithdrawalState::Held, 1));
    assert!(alone.order.hold_reasons.contains(&HoldReason::Owes));
    let both = approve_withdrawal(&alone.order, &owing, &login(1, 15), &rules, minute(30));
    assert_eq!(both.map(|plan| plan.order.state), Ok(WithdrawalState::Approved));
}

#[test]
fn a_reason_is_required() {
    #[rustfmt::skip]
    let table = [
        ("checked the papers", true),
        ("é",                  true),
        ("",                   false),
        (" \t\n",              false),
        ("two\nlines",         false),
        ("a zero \0",          false),
        ("turned \u{202e}round", false),
        ("nothing\u{200b}seen", false),
        ("\u{200d}",            false),
        ("\u{200c}\u{fe0f} ",   false),
        ("\u{301}",             false),
        ("\u{2066}isolated\u{2069}", false),
        ("marks e\u{301}\u{301}\u{301}\u{301}\u{301}", false),
        ("क्ष\u{200d} ठीक है",    true),
        ("👍",                  true),
    ];
    for (text, is_reason) in table {
        assert_eq!(text.parse::<ActReason>().is_ok(), is_reason, "{text:?}");
    }
    assert!("é".repeat(200).parse::<ActReason>().is_ok());
    assert!("é".repeat(201).parse::<ActReason>().is_err());
}

/// Cancelled or rejected in every state: the money is returned or the act is refused, and it never happens twice.
#[test]
fn an_unsent_withdrawal_goes_back_to_the_wallet() {
    for state in WithdrawalState::VARIANTS {
        let mut world = World::new("130");
        let plan = request(&world, &withdrawal_of("key-1", "100"), &withdrawal_rules());
        assert!(world.write(plan));
        world.withdrawals[0].state = *state;
        let World { record, wallet, withdrawals, .. } = &world;
        let cancelled = cancel_withdrawal(&withdrawals[0], record, wallet, minute(2));
        let rejected = reject_withdrawal(&withdrawals[0], record, wallet, &act(1, minute(2)), minute(2));
        let can_cancel = matches!(state, WithdrawalState::Held | WithdrawalState::Approved);
        assert_eq!(
            (cancelled.is_ok(), rejected.is_ok()),
            (can_cancel, *state == WithdrawalState::Held),
            "{state}"
        );
        for plan in [cancelled, rejected].into_iter().flatten() {
            let mut world = world.clone();
            assert!(plan.order.state.is_given_back());
            let entry = &plan.posted.as_ref().expect("it comes back").entry;
            assert_eq!(entry.key.to_string(), format!("WITHDRAW-REV:{}", plan.order.terms.id));
            assert!(world.write(plan.clone()));
            assert_eq!((world.wallet.balance, world.record.open_withdrawals), (amount("130"), 0));
            assert_eq!(world.account(&SystemAccount::Withdrawals), 0);
            assert!(!world.write(plan));
        }
    }
}

#[test]
fn a_cashiers_own_withdrawal_is_not_rejected_and_a_full_wallet_waits() {
    let order = held("100");
    let world = World::new("0");
    let reject = |by, balance| {
        reject_withdrawal(&order, &world.record, &wallet(balance), &act(by, minute(2)), minute(2)).err()
    };
    assert_eq!(reject(42, LARGEST), Some(DecideRefusal::Act(ActRefusal::OwnOrder)));
    assert_eq!(reject(1, LARGEST), Some(DecideRefusal::BalanceTooLarge(evens_ledger::BalanceTooLarge)));
    assert_eq!(reject(1, "0"), None);
    assert_eq!(order.terms.money, rupees("100"));
}

/// Each row is a withdrawal at a minute, with `true` if it needs two cashiers. The limit is 500.
#[test]
fn two_cashiers_approve_what_adds_up_within_24_hours() {
    const DAY: i64 = 24 * 60;
    let mut rules = withdrawal_rules();
    rules.holds.four_eyes_above = Some(amount("500"));
    rules.amount_min = amount("1");
    let mut world = World::new("100000");
    let table = [
        (0, "499", false),
        (1, "1", false),
        (2, "1", true),
        (DAY - 1, "499", true),
        (DAY + 2, "1", false),
        (2 * DAY + 2, "501", true),
    ];
    for (number, (at, coins, is_for_two)) in table.into_iter().enumerate() {
        let asked = withdrawal_of(&format!("key-{number}"), coins);
        let input = RequestWithdrawalInput {
            existing: None,
            owner: WalletOwner::default(),
            payee: Some(old_payee()),
            password_since: minute(0),
            record: &world.record,
            wallet: &world.wallet,
            turnover: amount("0"),
            may_bet: true,
            payout_limit: None,
        };
        let plan = request_withdrawal(&asked, input, &rules, minute(at)).expect("there is enough");
        assert_eq!(plan.order.hold_reasons.contains(&HoldReason::FourEyes), is_for_two, "{at} {coins}");
        assert!(world.write(plan));
    }
    // Many small withdrawals are counted together, and none is forgotten early.
    for number in 0..30 {
        let asked = withdrawal_of(&format!("small-{number}"), "17");
        let World { record, wallet, .. } = &world;
        let input = RequestWithdrawalInput {
            existing: None,
            owner: WalletOwner::default(),
            payee: Some(old_payee()),
            password_since: minute(0),
            record,
            wallet,
            turnover: amount("0"),
            may_bet: true,
            payout_limit: None,
        };
        let plan =
            request_withdrawal(&asked, input, &rules, minute(9 * DAY + number)).expect("there is enough");
        assert_eq!(plan.order.hold_reasons.contains(&HoldReason::FourEyes), number >= 29, "{number}");
        assert!(world.write(plan));
    }
    assert_eq!(world.record.recent_withdrawals.as_slice().len(), RecentWithdrawals::LENGTH_MAX);
}
