//! Invariants for any events of one player's orders, in any order, including two processes that decide at once.

use crate::common::world::{Change, World};
use crate::common::{
    act, amount, deposit_of, deposit_rules, deposits_a, minute, money, old_payee, payment, payout, provider,
    rupees, user, wallet, withdrawal_of, withdrawal_rules,
};
use evens_ledger::{BalanceKind, EntryKey, Incoming, Posting, SystemAccount, WalletOwner};
use evens_own_limits::Period;
use evens_payments::{
    CashierAct, Currency, DepositOrder, DepositRules, DepositState, Dispute, HoldRules, OpenDepositInput,
    PaymentState, PayoutState, PayoutTiming, RequestWithdrawalInput, ResolutionKind, SettleDepositInput,
    SettlePayoutInput, WithdrawalOrder, WithdrawalRules, agree_to_resolution, approve_withdrawal,
    cancel_withdrawal, charge_back, claim_payout, claim_suspended, expire_deposit, give_first_bonus,
    hold_disputed, note_provider_id, open_deposit, open_dispute, refund_deposit, reject_withdrawal,
    request_withdrawal, resolve_payout, return_payment, return_unclaimed, settle_deposit, settle_dispute,
    settle_payout, suspense_key, win_dispute, write_off_debt,
};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use strum::VariantArray;

/// An event. The index selects one of the existing orders.
#[derive(Debug, Clone)]
enum Step {
    Open(u32),
    Note(Index),
    Payment { of: Index, state: PaymentState, kind: &'static str, from: &'static str, is_blocked: bool },
    Expire(Index),
    RefundDeposit(Index),
    Dispute(Index),
    Win(Index),
    ChargeBack(Index),
    ReturnUnclaimed(Index),
    Bonus,
    Play { units: u32, is_won: bool },
    Request(u32),
    Approve(Index, u64),
    Reject(Index),
    Cancel(Index),
    Claim(Index),
    Agree(Index, u64, ResolutionKind),
    Resolve(Index),
    Payout { of: Index, state: PayoutState, id: &'static str, from: &'static str },
    WriteOff,
    Exclude,
    Suspended { of: Index, is_second: bool, what: &'static str, by: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let from = || prop::sample::select(vec!["asked", "asked", "callback"]);
    let payment = (
        index(),
        prop::sample::select([PaymentState::VARIANTS, &[PaymentState::Paid; 4]].concat()),
        prop::sample::select(vec!["exact", "exact", "exact", "second", "amount", "currency", "order"]),
        from(),
        prop::bool::weighted(0.1),
    );
    let payment = payment.prop_map(|(of, state, kind, from, is_blocked)| Step::Payment {
        of,
        state,
        kind,
        from,
        is_blocked,
    });
    let payout = (
        index(),
        prop::sample::select(PayoutState::VARIANTS.to_vec()),
        prop::sample::select(vec!["out-1", "out-1", "out-2"]),
        from(),
    );
    let payout = payout.prop_map(|(of, state, id, from)| Step::Payout { of, state, id, from });
    let what = prop::sample::select(vec!["claim", "claim", "return", "opened", "won", "lost"]);
    let suspended = (index(), any::<bool>(), what, 1_u64..4);
    let suspended =
        suspended.prop_map(|(of, is_second, what, by)| Step::Suspended { of, is_second, what, by });
    let kind = prop::sample::select(ResolutionKind::VARIANTS.to_vec());
    prop_oneof![
        4 => (50_u32..300).prop_map(Step::Open),
        1 => index().prop_map(Step::Note),
        8 => payment,
        2 => index().prop_map(Step::Expire),
        1 => index().prop_map(Step::RefundDeposit),
        1 => index().prop_map(Step::Dispute),
        1 => index().prop_map(Step::Win),
        1 => index().prop_map(Step::ChargeBack),
        1 => index().prop_map(Step::ReturnUnclaimed),
        1 => Just(Step::Bonus),
        2 => (1_u32..200, any::<bool>()).prop_map(|(units, is_won)| Step::Play { units, is_won }),
        4 => (10_u32..200).prop_map(Step::Request),
        3 => (index(), 1_u64..4).prop_map(|(of, by)| Step::Approve(of, by)),
        1 => index().prop_map(Step::Reject),
        1 => index().prop_map(Step::Cancel),
        4 => index().prop_map(Step::Claim),
        2 => (index(), 1_u64..4, kind).prop_map(|(of, by, kind)| Step::Agree(of, by, kind)),
        2 => index().prop_map(Step::Resolve),
        8 => payout,
        6 => suspended,
        1 => Just(Step::WriteOff),
        1 => Just(Step::Exclude),
    ]
}

/// A step of the simulation: time passes, then one or two processes decide on the same state.
fn turns() -> impl Strategy<Value = Vec<(i64, Step, Option<Step>)>> {
    let minutes = prop_oneof![4 => 0_i64..5, 2 => 30_i64..60, 1 => 600_i64..3_000, 1 => 20_000_i64..50_000];
    prop::collection::vec((minutes, step(), prop::option::of(step())), 1..60)
}

fn rules() -> (DepositRules, WithdrawalRules) {
    let deposits =
        DepositRules { first_bonus: amount("25"), confirm_above: Some(amount("150")), ..deposit_rules() };
    let holds = HoldRules {
        amount_from: Some(amount("50")),
        four_eyes_above: Some(amount("100")),
        ..HoldRules::default()
    };
    (deposits, WithdrawalRules { holds, ..withdrawal_rules() })
}

/// The writes of one process in the current state. Returns `None` if the rules refuse.
fn decide(world: &World, step: &Step, turn: usize, now: Timestamp) -> Option<Change> {
    let (deposits, withdrawals) = rules();
    let World { wallet, record, .. } = world;
    let deposit = |of: &Index| (!world.deposits.is_empty()).then(|| of.get(&world.deposits));
    let withdrawal = |of: &Index| (!world.withdrawals.is_empty()).then(|| of.get(&world.withdrawals));
    let key = format!("key-{turn}");
    match step {
        Step::Open(units) => {
            let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record };
            open_deposit(&deposit_of(&key, &units.to_string()), input, &deposits, now).ok().map(Into::into)
        }
        Step::Note(of) => note_provider_id(deposit(of)?, &"in-1".parse().ok()?, now).map(Into::into),
        Step::Payment { of, state, kind, from, is_blocked } => {
            let order = deposit(of)?;
            let report = payment_of(order, *state, kind, from);
            let input = SettleDepositInput { order, record, wallet, is_blocked: *is_blocked };
            settle_deposit(&report, input, &deposits, now).ok().map(Into::into)
        }
        Step::Expire(of) => {
            expire_deposit(deposit(of)?, record, &[], &deposits.zone, now).ok().map(Into::into)
        }
        Step::RefundDeposit(of) => {
            refund_deposit(deposit(of)?, record, wallet, &act(1, now), now).ok().map(Into::into)
        }
        Step::Dispute(of) => open_dispute(deposit(of)?, now).map(Into::into),
        Step::Win(of) => win_dispute(deposit(of)?, now).map(Into::into),
        Step::ChargeBack(of) => {
            let order = deposit(of)?;
            let dispute = format!("dispute-{}", order.terms.id).parse().ok()?;
            charge_back(order, &dispute, record, wallet, now).map(Into::into)
        }
        Step::ReturnUnclaimed(of) => return_unclaimed(deposit(of)?, &act(1, now), now).ok().map(Into::into),
        Step::Bonus => give_first_bonus(record, wallet, now).ok().map(Into::into),
        Step::Play { units, is_won } => played(world, *units, *is_won, turn, now),
        Step::Request(units) => {
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
            let asked = withdrawal_of(&key, &units.to_string());
            request_withdrawal(&asked, input, &withdrawals, now).ok().map(Into::into)
        }
        Step::Approve(of, by) => {
            approve_withdrawal(withdrawal(of)?, record, &act(*by, now), &withdrawals.holds, now)
                .ok()
                .map(Into::into)
        }
        Step::Reject(of) => {
            reject_withdrawal(withdrawal(of)?, record, wallet, &act(1, now), now).ok().map(Into::into)
        }
        Step::Cancel(of) => cancel_withdrawal(withdrawal(of)?, record, wallet, now).ok().map(Into::into),
        Step::Claim(of) => claim_payout(withdrawal(of)?, PayoutTiming::default(), now).ok().map(Into::into),
        Step::Agree(of, by, kind) => {
            let (order, act) = (withdrawal(of)?, act(*by, now));
            agree_to_resolution(order, *kind, &act, &withdrawals.holds, now).ok().map(Into::into)
        }
        Step::Resolve(of) => {
            let order = withdrawal(of)?;
            resolve_payout(
                order,
                None,
                SettlePayoutInput { order, record, wallet, owner: WalletOwner::default() },
                now,
            )
            .ok()
            .map(Into::into)
        }
        Step::Payout { of, state, id, from } => {
            let order = withdrawal(of)?;
            let report = payout(order.terms.id, id, order.terms.money, *state, from);
            let input = SettlePayoutInput { order, record, wallet, owner: WalletOwner::default() };
            settle_payout(&report, Some(input.order), input, &withdrawals, now).ok().map(Into::into)
        }
        Step::Suspended { of, is_second, what, by } => {
            suspended(world, deposit(of)?, *is_second, what, &act(*by, now), now)
        }
        Step::WriteOff => write_off_debt(record, turn as u64, &act(1, now), now).ok()?.map(Into::into),
        Step::Exclude => {
            // Rarely, or no deposit would ever be made.
            turn.is_multiple_of(7)
                .then(|| record.exclude(now + evens_own_limits::EXCLUSION_MIN, now).ok())?
                .map(Into::into)
        }
    }
}

/// An act of a cashier on a payment that may be in suspense, or the outcome of a dispute about it.
fn suspended(
    world: &World,
    order: &DepositOrder,
    is_second: bool,
    what: &str,
    act: &CashierAct,
    now: Timestamp,
) -> Option<Change> {
    let (deposits, WithdrawalRules { holds, .. }) = rules();
    let World { wallet, record, .. } = world;
    let payment_id =
        if is_second { format!("in-2-{}", order.terms.id) } else { format!("in-{}", order.terms.id) };
    let payment = payment_id.parse().ok()?;
    let transfer = world.transfers.get(&suspense_key(&payment));
    let input = SettleDepositInput { order, record, wallet, is_blocked: false };
    match what {
        "claim" => {
            claim_suspended(&payment, transfer, input, act, &holds, &deposits, now).ok().map(Into::into)
        }
        "return" => return_payment(&payment, transfer, order, act, now).ok().map(Into::into),
        state => {
            let came = order.payment.as_ref().filter(|own| own.id == payment).map(|own| own.money);
            let dispute = Dispute {
                provider: order.terms.provider.clone(),
                id: format!("about-{payment}").parse().ok()?,
                reference: order.terms.id,
                payment,
                money: came.unwrap_or(order.terms.money),
                state: state.parse().ok()?,
            };
            match settle_dispute(&dispute, transfer, input, now) {
                Ok(plan) => Some(plan.into()),
                Err(_) => hold_disputed(&dispute, input, now).map(Into::into),
            }
        }
    }
}

fn payment_of(
    order: &DepositOrder,
    state: PaymentState,
    kind: &str,
    from: &str,
) -> evens_payments::PaymentReport {
    let id = order.terms.id;
    let exact = order.terms.money;
    let short = format!("in-{id}");
    match kind {
        "exact" => payment(id, &short, exact, state, from),
        "second" => payment(id, &format!("in-2-{id}"), exact, state, from),
        "amount" => payment(id, &short, rupees("7"), state, from),
        "currency" => payment(id, &short, money("100", Currency::EUR), state, from),
        "order" => {
            let other = deposit_of("another", "10").order;
            payment(other, &format!("in-3-{id}"), exact, state, from)
        }
        _ => panic!("no payment is called {kind}"),
    }
}

fn played(world: &World, units: u32, is_won: bool, turn: usize, now: Timestamp) -> Option<Change> {
    let posting = Posting {
        key: EntryKey::from_stored(format!("PLAY:{turn}:{is_won}:{}", world.wallet.version)),
        amount: amount(&units.to_string()),
        account: SystemAccount::House,
        reference: "play".to_owned(),
    };
    let posted = if is_won {
        world.wallet.credit(Incoming::Credit, posting, now).ok()?
    } else {
        world.wallet.debit(posting, now).ok()?
    };
    Some(evens_payments::PostedEntry::from(posted).into())
}

const LIMITS: [(Period, &str); 3] = [(Period::Day, "500"), (Period::Week, "800"), (Period::Month, "1200")];

fn limited() -> World {
    let mut world = World::new("100");
    for (period, limit) in LIMITS {
        let limited = world.record.ask_limit(deposits_a(period), Some(amount(limit)), minute(0));
        assert!(world.write(limited));
    }
    world
}

fn check(world: &World) {
    let held = world.wallet.balance_of(BalanceKind::Cash).units()
        + world.wallet.balance_of(BalanceKind::Bonus).units();
    assert_eq!(held + world.accounts.values().sum::<i128>(), 0, "M1");
    let unfinished: Vec<&WithdrawalOrder> =
        world.withdrawals.iter().filter(|order| order.state.is_unfinished()).collect();
    let owed: i128 = unfinished.iter().map(|order| order.terms.amount().units()).sum();
    assert_eq!(world.account(&SystemAccount::Withdrawals), owed, "withdrawals");
    assert_eq!(usize::try_from(world.record.open_withdrawals), Ok(unfinished.len()));
    assert_eq!(world.record.being_withdrawn.units(), owed, "what is being withdrawn");
    let open = world.deposits.iter().filter(|order| order.state.is_reserved()).count();
    assert_eq!(usize::try_from(world.record.open_deposits), Ok(open), "open deposits");
    assert_eq!(world.account(&SystemAccount::Receivable(user(42))), -world.record.owed.units(), "owed");
    let suspense = SystemAccount::Suspense(provider("sandbox"));
    assert!(world.account(&suspense) >= 0, "what left suspense left it once");
    for order in &world.deposits {
        check_deposit(world, order);
    }
    for order in &world.withdrawals {
        check_withdrawal(world, order);
    }
    for (period, limit) in LIMITS {
        let sum = world.record.deposits.of(period);
        let taken = sum.reserved.units() + sum.used.units();
        assert!(taken <= amount(limit).units(), "{sum:?} a {period}");
    }
}

fn check_deposit(world: &World, order: &DepositOrder) {
    let was_unclaimed = order.payment.as_ref().is_some_and(|own| own.unclaimed.is_some());
    let is_credited = match order.state {
        DepositState::Completed | DepositState::Refunded | DepositState::Disputed => true,
        DepositState::ChargedBack => !was_unclaimed,
        _ => false,
    };
    assert_eq!(is_credited, world.has_moved("DEPOSIT", order.terms.id), "{order:?}");
    // Lines about money are never dropped.
    let is_kept =
        |cause: &str| ["paid", "dispute-", "money-taken-back"].iter().any(|word| cause.starts_with(word));
    assert!(order.history.lines().iter().filter(|line| !is_kept(&line.cause)).count() <= 16);
}

/// The keys make each movement happen once. This checks that the right movements happened.
fn check_withdrawal(world: &World, order: &WithdrawalOrder) {
    let has_moved = |purpose| world.has_moved(purpose, order.terms.id);
    assert!(has_moved("WITHDRAW"));
    assert_eq!(order.state.is_given_back(), has_moved("WITHDRAW-REV"), "{order:?}");
    assert_eq!(order.is_paid_after_return, has_moved("PAID-AFTER-RETURN"), "{order:?}");
    let is_paid = has_moved("PAYOUT") && !has_moved("PAYOUT-REV");
    assert!(!is_paid || !order.state.is_given_back(), "paid and given back: {order:?}");
}

/// The credited amounts by the day whose limit each deposit was reserved in.
#[derive(Debug, Default)]
struct CreditedByDay(std::collections::BTreeMap<jiff::civil::Date, i128>);

impl CreditedByDay {
    fn count(&mut self, before: &World, after: &World, now: Timestamp) {
        for order in &after.deposits {
            let earlier = before.deposits.iter().find(|known| known.terms.id == order.terms.id);
            let is_new = |key| after.has_moved(key, order.terms.id) && !before.has_moved(key, order.terms.id);
            if let Some(earlier) = earlier.filter(|_| is_new("DEPOSIT")) {
                let at = if earlier.state.is_reserved() { order.terms.created_at } else { now };
                let day = Period::Day.start(at, &deposit_rules().zone);
                *self.0.entry(day).or_default() += order.terms.amount().units();
            }
        }
        assert!(self.0.values().all(|sum| *sum <= amount("500").units()), "{self:?}");
    }
}

/// Runs all events, and checks the books after each write.
fn happen(turns: Vec<(i64, Step, Option<Step>)>) {
    let (mut world, mut credited, mut minutes) = (limited(), CreditedByDay::default(), 0);
    for (turn, (passed, step, other)) in turns.into_iter().enumerate() {
        minutes += passed;
        let now = minute(minutes);
        let before = world.clone();
        let steps = [Some(step), other];
        // Both decide on the state before either has written.
        let changes = steps.iter().flatten().enumerate();
        let changes: Vec<_> =
            changes.filter_map(|(nth, step)| decide(&before, step, turn * 2 + nth, now)).collect();
        for change in changes {
            let read = world.clone();
            world.write(change.clone());
            check(&world);
            credited.count(&read, &world, now);
            assert!(!world.write(change), "the same is never written twice");
        }
    }
}

/// Deposits only, several of them on one day: opened, paid, failed, expired.
fn deposit_turns() -> impl Strategy<Value = Vec<(i64, Step, Option<Step>)>> {
    let state = prop::sample::select(vec![PaymentState::Paid, PaymentState::Paid, PaymentState::Failed]);
    let payment = (any::<Index>(), state).prop_map(|(of, state)| Step::Payment {
        of,
        state,
        kind: "exact",
        from: "asked",
        is_blocked: false,
    });
    let step = prop_oneof![
        3 => (50_u32..300).prop_map(Step::Open),
        3 => payment,
        1 => any::<Index>().prop_map(Step::Expire),
    ];
    let step = step.boxed();
    let minutes = prop_oneof![8 => 0_i64..40, 1 => 600_i64..1_500];
    prop::collection::vec((minutes, step.clone(), prop::option::of(step)), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_are_right_whatever_happens(turns in turns()) {
        happen(turns);
    }

    #[test]
    fn the_limits_hold_in_any_order_of_opens_payments_and_failures(turns in deposit_turns()) {
        happen(turns);
    }
}

/// E9: for any number of simultaneous requests, the wallet pays only the amount it holds.
#[test]
fn a_hundred_withdrawals_at_once_do_not_overdraw() {
    let mut world = World::new("100");
    world.wallet = wallet("100");
    let mut paid = 0;
    for turn in 0..100 {
        let step = Step::Request(30);
        let stale = decide(&world, &step, 1_000 + turn, minute(1));
        let change = decide(&world, &step, turn, minute(1));
        paid += usize::from(change.is_some_and(|change| world.write(change)));
        assert!(!stale.is_some_and(|change| world.write(change)), "two by one reading");
        check(&world);
    }
    assert_eq!((paid, world.wallet.balance), (3, amount("10")));
}
