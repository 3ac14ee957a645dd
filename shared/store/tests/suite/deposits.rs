//! Deposits: opened within the limits, credited once however often they are reported, and ended in every other way.

use crate::order_scenario::{
    act, changed, credited, deposit_of, deposit_rules, opened, payment, planned, report, rupees,
};
use crate::scenario::{amount, fill_up, fund, holds, money, second, set_blocked, signed_up, user};
use evens_audit_log::{Act, Action, Actor};
use evens_ledger::{Amount, EntryKey, EntryPurpose, SystemAccount, Transfer};
use evens_own_limits::{Limit, PerPeriod};
use evens_payments::{
    BonusRefusal, ClaimSuspendedRefusal, Currency, DepositOrder, DepositReportRefusal, DepositRules,
    DepositState, DisputeId, HoldRules, Money, OpenDeposit, OpenDepositRefusal, PaymentReport, PaymentState,
    PaymentsRecord, SettleDepositInput, UnclaimedCause, charge_back, claim_suspended, expire_deposit,
    note_provider_id, open_dispute, refund_deposit, return_unclaimed, settle_deposit, win_dispute,
};
use evens_store::{OrderOutcome, Store, StoreError};
use futures::future::{join, join_all};

async fn record(store: &Store, player: u64) -> PaymentsRecord {
    store.load_payments_record(user(player)).await.expect("a read")
}

async fn state(store: &Store, order: &DepositOrder) -> DepositState {
    store.load_deposit(order.terms.id).await.expect("a read").expect("the deposit").state
}

pub(crate) async fn a_deposit_is_opened_and_reserved_once(store: &Store) {
    assert_eq!(record(store, 1).await, PaymentsRecord::empty(user(1)));
    let order = opened(store, 1, "key-1", "100.50", 0).await;
    assert_eq!((order.state, order.terms.money), (DepositState::Created, rupees("100.5")));
    assert_eq!(store.load_deposit(order.terms.id).await.unwrap(), Some(order.clone()));
    let after = record(store, 1).await;
    assert_eq!((after.revision, after.deposits.day.reserved), (1, amount("100.5")));

    let open = |asked: OpenDeposit| async move {
        store.open_deposit(&asked, &deposit_rules(), second(9)).await.expect("an answer")
    };
    let before = open(deposit_of(1, "key-1", "100.50")).await;
    assert_eq!(before, Err(OpenDepositRefusal::OpenedBefore(Box::new(order))));
    let other = open(deposit_of(1, "key-1", "100.51")).await;
    assert_eq!(other, Err(OpenDepositRefusal::KeyUsedForAnotherBody));
    assert_eq!(record(store, 1).await, after, "nothing else was reserved");
}

/// Each row repairs one fault of the row above. A refused deposit writes nothing.
pub(crate) async fn a_refused_deposit_is_not_opened(store: &Store) {
    signed_up(store, 1, None).await;
    opened(store, 1, "used", "10", 0).await;
    let before = record(store, 1).await;
    let off = DepositRules { is_open: false, ..deposit_rules() };
    #[rustfmt::skip]
    let table = [
        // key, amount, blocked, rules, expected refusal
        ("used", "0.5",   true,  &off,             "the account is blocked"),
        ("used", "0.5",   false, &off,             "the idempotency key was used for another deposit"),
        ("new",  "0.5",   false, &off,             "deposits are switched off"),
        ("new",  "0.5",   false, &deposit_rules(), "the minimum deposit is 1"),
        ("new",  "10001", false, &deposit_rules(), "the maximum deposit is 10000"),
    ];
    for (key, coins, is_blocked, rules, expected) in table {
        set_blocked(store, user(1), is_blocked).await.unwrap();
        // The block ended earlier sessions.
        let asked = OpenDeposit { session_epoch: 1, ..deposit_of(1, key, coins) };
        let refused = store.open_deposit(&asked, rules, second(9)).await.unwrap();
        assert_eq!(refused.map_err(|refusal| refusal.to_string()).map(drop), Err(expected.to_owned()));
    }
    assert_eq!(record(store, 1).await, before);
    assert_eq!(store.load_deposit(deposit_of(1, "new", "1").order).await.unwrap(), None);
}

pub(crate) async fn of_one_key_at_once_one_deposit_is_opened(store: &Store) {
    let asked = deposit_of(1, "key-1", "10");
    let rules = deposit_rules();
    let eight = (0..8).map(|_| store.open_deposit(&asked, &rules, second(0)));
    let outcomes: Vec<_> = join_all(eight).await.into_iter().map(Result::unwrap).collect();
    let is_repeat = |outcome: &&Result<_, _>| matches!(outcome, Err(OpenDepositRefusal::OpenedBefore(_)));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(is_repeat).count(), 7, "{outcomes:?}");
    assert_eq!(record(store, 1).await.deposits.day.reserved, amount("10"));
}

pub(crate) async fn deposits_at_once_are_all_reserved(store: &Store) {
    let rules = deposit_rules();
    let asked: Vec<_> = (0..8).map(|number| deposit_of(1, &format!("key-{number}"), "5")).collect();
    let opened = join_all(asked.iter().map(|asked| store.open_deposit(asked, &rules, second(0)))).await;
    assert!(opened.iter().all(|outcome| matches!(outcome, Ok(Ok(_)))), "{opened:?}");
    let after = record(store, 1).await;
    assert_eq!((after.revision, after.deposits.month.reserved), (8, amount("40")));
}

/// A request that loses the race for the record decides anew. As many deposits are opened as the limit allows, for any
/// number of requests.
pub(crate) async fn a_limit_holds_against_deposits_at_once(engine: &crate::engine::Engine) {
    let store = &engine.store;
    opened(store, 1, "key", "5", 0).await;
    let item = crate::raw::items(engine, "cashier").await.remove(0);
    let limited = crate::raw::with(&item, &[("limit_week", crate::raw::text("20\n\n"))]);
    crate::raw::put(engine, limited).await;
    let expected =
        PerPeriod { week: Limit { current: Some(amount("20")), wanted: None }, ..PerPeriod::default() };
    assert_eq!(record(store, 1).await.deposit_limits, expected);
    let asked: Vec<_> = (0..8).map(|number| deposit_of(1, &format!("key-{number}"), "5")).collect();
    let rules = deposit_rules();
    let outcomes = join_all(asked.iter().map(|asked| store.open_deposit(asked, &rules, second(0)))).await;
    let opened = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(_)))).count();
    let refused = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Err(OpenDepositRefusal::OverLimit(_)))))
        .count();
    assert_eq!((opened, refused), (3, 5), "{outcomes:?}");
    crate::books::check(store).await;
}

pub(crate) async fn a_payment_is_credited_once(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    let paid = payment(&order, "pay-1");
    let plan = planned(report(store, &paid, 5).await);
    assert_eq!(plan.order.state, DepositState::Completed);
    assert_eq!(store.load_deposit(order.terms.id).await.unwrap(), Some(plan.order.clone()));
    assert_eq!(money(store, 1).await, holds("100", "0"));
    let entry = plan.posted.expect("a movement").entry;
    assert_eq!(entry.key, EntryKey::new(EntryPurpose::Deposit, &[&order.terms.id]));
    assert_eq!(store.list_entries(user(1), None, 10).await.unwrap(), [entry]);
    let after = record(store, 1).await;
    assert_eq!((after.deposits.day.reserved, after.deposits.day.used), (Amount::ZERO, amount("100")));
    assert_eq!(
        (after.first_deposit, after.bonus_due.map(|due| due.amount)),
        (Some(order.terms.id), Some(amount("25")))
    );

    let again = report(store, &paid, 6).await;
    assert_eq!(again, OrderOutcome::Refused(DepositReportRefusal::NothingNew));
    let nobodys = PaymentReport { reference: deposit_of(9, "key", "1").order, ..paid };
    assert_eq!(report(store, &nobodys, 6).await, OrderOutcome::Unknown);
}

pub(crate) async fn of_reports_at_once_one_credits(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    let paid = payment(&order, "pay-1");
    let outcomes = join_all((0..8).map(|_| report(store, &paid, 5))).await;
    let made = outcomes.iter().filter(|outcome| matches!(outcome, OrderOutcome::Changed(_))).count();
    let nothing_new = OrderOutcome::Refused(DepositReportRefusal::NothingNew);
    assert_eq!((made, outcomes.iter().filter(|outcome| **outcome == nothing_new).count()), (1, 7));
    assert_eq!(money(store, 1).await, holds("100", "0"));
}

/// K3, K5: all of these write the wallet and the record of one player.
pub(crate) async fn credits_fundings_and_bonuses_at_once_all_happen(store: &Store) {
    let mut orders = Vec::new();
    for number in 0..4 {
        orders.push(opened(store, 1, &format!("key-{number}"), "10", 0).await);
    }
    let paid: Vec<_> =
        orders.iter().enumerate().map(|(number, order)| payment(order, &format!("pay-{number}"))).collect();
    let credits = join_all(paid.iter().map(|paid| report(store, paid, 5)));
    let orders = ["order-1", "order-2", "order-3"];
    let fundings = join_all(orders.map(|order| store.fund_wallet(user(1), amount("1"), order, second(5))));
    let (credits, fundings) = join(credits, fundings).await;
    assert!(credits.iter().all(|outcome| matches!(outcome, OrderOutcome::Changed(_))), "{credits:?}");
    assert!(fundings.iter().all(Result::is_ok), "{fundings:?}");
    assert_eq!(money(store, 1).await, holds("43", "0"));
    let after = record(store, 1).await;
    assert_eq!((after.revision, after.totals.actual_deposit_amount), (8, amount("40")));
}

pub(crate) async fn a_first_bonus_is_given_once(store: &Store) {
    let nothing = store.give_first_bonus(user(1), second(9)).await.unwrap();
    assert_eq!(nothing, Err(BonusRefusal::NotDue));
    let order = credited(store, 1, "key-1", "100", 0).await;
    let eight = join_all((0..8).map(|_| store.give_first_bonus(user(1), second(9)))).await;
    let eight: Vec<_> = eight.into_iter().map(Result::unwrap).collect();
    let before = eight.iter().filter(|given| **given == Err(BonusRefusal::GivenBefore)).count();
    let given: Vec<_> = eight.iter().flatten().collect();
    assert_eq!((before, given.len()), (7, 1), "{eight:?}");
    let entry = &given[0].posted.as_ref().expect("an entry").entry;
    assert_eq!((&entry.account, &entry.reference), (&SystemAccount::BonusPool, &order.terms.id.to_string()));
    let wallet = store.load_wallet(user(1)).await.unwrap();
    assert_eq!((wallet.balance, wallet.bonus), (amount("100"), amount("25")));
    assert_eq!(record(store, 1).await, given[0].record);
}

/// A due bonus is also given to blocked players, as soon as the balance can hold it.
pub(crate) async fn a_first_bonus_is_not_given_where_it_does_not_fit(store: &Store) {
    let most = amount("99999999999999999999.99999999");
    for (player, bonus) in [(1, most), (2, most.checked_sub(amount("25")).expect("less"))] {
        signed_up(store, player, None).await;
        store.apply_registration_bonus(user(player), bonus, second(1)).await.unwrap();
        credited(store, player, "key-1", "100", 2).await;
        set_blocked(store, user(player), true).await.unwrap();
        let before = record(store, player).await;
        let given = store.give_first_bonus(user(player), second(9)).await.unwrap();
        if bonus == most {
            assert!(matches!(given, Err(BonusRefusal::BalanceTooLarge(_))), "{given:?}");
            assert_eq!(record(store, player).await, before, "and it stays owed");
        } else {
            assert_eq!(given.expect("it fits").posted.expect("an entry").wallet.bonus, most);
        }
    }
}

/// A provider that gives one id to the payments of two orders: the second payment is not put in suspense again, and
/// needs manual review.
pub(crate) async fn one_payment_for_two_orders_is_put_aside_once(store: &Store) {
    let orders = [opened(store, 1, "key-1", "100", 0).await, opened(store, 2, "key-1", "100", 0).await];
    let [one, other] =
        orders.each_ref().map(|order| PaymentReport { money: rupees("101"), ..payment(order, "pay-1") });
    planned(report(store, &one, 5).await);
    let rules = deposit_rules();
    let refused = store
        .change_deposit(other.reference, second(5), |input| settle_deposit(&other, input, &rules, second(5)))
        .await;
    assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
    assert_eq!(state(store, &orders[1]).await, DepositState::Created);
}

pub(crate) async fn a_payment_beyond_the_wallet_goes_into_suspense(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    fill_up(store, user(1)).await;
    let plan = planned(report(store, &payment(&order, "pay-1"), 5).await);
    let payment = plan.order.payment.expect("it came");
    assert_eq!(
        (plan.order.state, payment.unclaimed),
        (DepositState::Unclaimed, Some(UnclaimedCause::BalanceTooLarge))
    );
    assert_eq!(plan.transfer.expect("a movement").key, EntryKey::new(EntryPurpose::Suspense, &[&"pay-1"]));
    assert_eq!(record(store, 1).await.deposits.day.reserved, Amount::ZERO);
}

pub(crate) async fn money_that_may_not_be_credited_is_put_aside_and_returned(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    let more = PaymentReport { money: rupees("101"), ..payment(&order, "pay-1") };
    assert_eq!(planned(report(store, &more, 5).await).order.state, DepositState::Unclaimed);
    // A second payment has no account in the order, and is in suspense all the same.
    let second_payment = payment(&order, "pay-2");
    assert_eq!(planned(report(store, &second_payment, 6).await).order.state, DepositState::Unclaimed);
    let again = report(store, &second_payment, 6).await;
    assert_eq!(again, OrderOutcome::Refused(DepositReportRefusal::NothingNew));
    let returned =
        changed(store, &order, 7, |input, now| return_unclaimed(input.order, &act(90, now), now)).await;
    assert_eq!(returned.order.state, DepositState::Returned);
    assert_eq!(money(store, 1).await, holds("0", "0"));
    // There is no account for another currency.
    let order = opened(store, 1, "key-2", "100", 10).await;
    let euros = Money::parse(amount("100"), Currency::EUR).unwrap();
    let foreign = PaymentReport { money: euros, ..payment(&order, "pay-3") };
    assert_eq!(planned(report(store, &foreign, 11).await).transfer, None);
    changed(store, &order, 12, |input, now| return_unclaimed(input.order, &act(90, now), now)).await;
}

/// Money for a blocked player is put in suspense. Once they are unblocked, the next payment is credited.
pub(crate) async fn a_payment_for_a_blocked_player_is_not_credited(store: &Store) {
    signed_up(store, 1, None).await;
    let (one, other) = (opened(store, 1, "key-1", "100", 0).await, opened(store, 1, "key-2", "100", 0).await);
    set_blocked(store, user(1), true).await.unwrap();
    let plan = planned(report(store, &payment(&one, "pay-1"), 5).await);
    assert_eq!(plan.order.payment.unwrap().unclaimed, Some(UnclaimedCause::AccountBlocked));
    let refused =
        store.open_deposit(&deposit_of(1, "key-3", "1"), &deposit_rules(), second(5)).await.unwrap();
    assert_eq!(refused, Err(OpenDepositRefusal::AccountBlocked));
    set_blocked(store, user(1), false).await.unwrap();
    assert_eq!(
        planned(report(store, &payment(&other, "pay-2"), 6).await).order.state,
        DepositState::Completed
    );
}

pub(crate) async fn a_deposit_ends_as_it_may_and_once(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    let pending = changed(store, &order, 1, |input, now| {
        note_provider_id(input.order, &"pay-1".parse().unwrap(), now).ok_or(())
    });
    assert_eq!(pending.await.order.state, DepositState::Pending);
    let failed = PaymentReport { state: PaymentState::Failed, ..payment(&order, "pay-1") };
    planned(report(store, &failed, 2).await);
    assert_eq!(record(store, 1).await.deposits.day.reserved, Amount::ZERO);
    // Money may still arrive.
    planned(report(store, &payment(&order, "pay-1"), 3).await);
    assert_eq!(state(store, &order).await, DepositState::Completed);

    let late = opened(store, 1, "key-2", "7", 10).await;
    let expire = |at: i64| {
        let (now, rules) = (second(at), deposit_rules());
        store.change_deposit(late.terms.id, now, move |input| {
            expire_deposit(input.order, input.record, &[], &rules.zone, now)
        })
    };
    assert!(matches!(expire(11).await.unwrap(), OrderOutcome::Refused(_)));
    assert_eq!(planned(expire(2_000).await.unwrap()).order.state, DepositState::Expired);
    assert!(matches!(expire(2_000).await.unwrap(), OrderOutcome::Refused(_)));
}

pub(crate) async fn a_credited_deposit_is_given_back_or_taken_back(store: &Store) {
    let refunded = credited(store, 1, "key-1", "100", 0).await;
    let refund = |order: &DepositOrder| {
        let now = second(20);
        store.change_deposit(order.terms.id, now, move |input| {
            refund_deposit(input.order, input.record, input.wallet, &act(90, now), now)
        })
    };
    assert_eq!(planned(refund(&refunded).await.unwrap()).order.state, DepositState::Refunded);
    assert!(matches!(refund(&refunded).await.unwrap(), OrderOutcome::Refused(_)));
    assert_eq!(money(store, 1).await, holds("0", "0"));

    let won = credited(store, 1, "key-2", "50", 30).await;
    changed(store, &won, 40, |input, now| open_dispute(input.order, now).ok_or(())).await;
    changed(store, &won, 41, |input, now| win_dispute(input.order, now).ok_or(())).await;
    assert_eq!(state(store, &won).await, DepositState::Completed);

    // The 50 and 10 leave 60 for a dispute over 50, and 10 for one over 30.
    fund(store, 1, "10").await;
    let lost = credited(store, 1, "key-3", "30", 50).await;
    let disputed = |order: &DepositOrder, dispute: &str| {
        let (now, dispute): (_, DisputeId) = (second(60), dispute.parse().expect("an id"));
        store.change_deposit(order.terms.id, now, move |input| {
            charge_back(input.order, &dispute, input.record, input.wallet, now).ok_or(())
        })
    };
    store_bet_away(store, "30").await;
    let plan = planned(disputed(&won, "dispute-1").await.unwrap());
    assert_eq!((plan.posted.is_some(), plan.transfer), (true, None));
    let plan = planned(disputed(&lost, "dispute-2").await.unwrap());
    assert_eq!(plan.posted.expect("what is left").entry.amount, amount("10"));
    let owed = plan.transfer.expect("the rest");
    assert_eq!((owed.amount, owed.from), (amount("20"), SystemAccount::Receivable(user(1))));
    let after = record(store, 1).await;
    assert_eq!((after.owed, after.is_held), (amount("20"), true));
    assert!(matches!(disputed(&lost, "dispute-3").await.unwrap(), OrderOutcome::Refused(())));
}

/// Stakes the amount `coins` of player 1.
async fn store_bet_away(store: &Store, coins: &str) {
    let command = crate::scenario::command(1, "key-1", evens_exchange::Side::A, coins);
    crate::scenario::place(store, &command, second(55)).await;
}

/// A cashier's refund: the debit, the state, the refund that is owed, and the line in the log, once for any number of
/// requests.
pub(crate) async fn a_cashiers_refund_has_its_line(store: &Store) {
    let order = credited(store, 1, "key-1", "100", 0).await;
    let (id, now) = (order.terms.id, second(20));
    let refund = |by: u64| {
        store.act_on_deposit(id, now, move |input| {
            let plan = refund_deposit(input.order, input.record, input.wallet, &act(by, now), now)?;
            let actual = Act {
                actor: Actor::User(user(by)),
                action: Action::RefundDeposit,
                subject: id.to_string(),
                reason: "looked at it".to_owned(),
                before: "COMPLETED".to_owned(),
                after: "REFUNDED".to_owned(),
            };
            Ok::<_, evens_payments::ReverseRefusal>((plan, actual))
        })
    };
    let eight = join_all((0..8).map(|number| refund(90 + number))).await;
    let made = eight.iter().filter(|outcome| matches!(outcome, Ok(OrderOutcome::Changed(_)))).count();
    assert_eq!(made, 1, "{eight:?}");
    let found = store.load_deposit(id).await.unwrap().unwrap();
    let refund = found.refund.expect("it goes back");
    assert_eq!((found.state, refund.attempt, refund.made), (DepositState::Refunded, 1, None));
    assert_eq!(money(store, 1).await, holds("0", "0"));
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    assert_eq!(store.list_audit_lines(day, 0, 10).await.unwrap().len(), 1);
}

/// Concurrent claims of cashiers: the player gets the money in suspense once, with a line for each approving cashier.
pub(crate) async fn money_in_suspense_is_given_to_its_player_once(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    let (id, now) = (order.terms.id, second(20));
    for (payment_id, coins) in [("pay-1", "101"), ("pay-2", "100")] {
        let paid = PaymentReport { money: rupees(coins), ..payment(&order, payment_id) };
        planned(report(store, &paid, 5).await);
    }
    let (hold_rules, rules) = (HoldRules::default(), deposit_rules());
    let claim = async |payment_id: &str, by: u64| {
        let payment = payment_id.parse().expect("an id");
        let rule = |input: SettleDepositInput<'_>, suspended: Option<&Transfer>| {
            let plan = claim_suspended(&payment, suspended, input, &act(by, now), &hold_rules, &rules, now)?;
            let actual = Act {
                actor: Actor::User(user(by)),
                action: Action::ClaimSuspended,
                subject: id.to_string(),
                reason: "looked at it".to_owned(),
                before: "UNCLAIMED".to_owned(),
                after: "CLAIMED".to_owned(),
            };
            Ok::<_, ClaimSuspendedRefusal>((plan, actual))
        };
        store.act_on_suspended(id, &payment, now, rule).await.expect("an answer")
    };
    let unknown = claim("pay-3", 90).await;
    assert_eq!(unknown, OrderOutcome::Refused(ClaimSuspendedRefusal::NotSuspended));
    for (payment_id, balance) in [("pay-2", "100"), ("pay-1", "201")] {
        let eight = join_all((0..8).map(|number| claim(payment_id, 90 + number))).await;
        let made = eight.iter().filter(|outcome| matches!(outcome, OrderOutcome::Changed(_))).count();
        assert_eq!((made, money(store, 1).await), (1, holds(balance, "0")), "{eight:?}");
    }
    assert_eq!(state(store, &order).await, DepositState::Claimed);
    assert_eq!(record(store, 1).await.totals.actual_deposit_amount, amount("201"));
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    assert_eq!(store.list_audit_lines(day, 0, 10).await.unwrap().len(), 2);
}
