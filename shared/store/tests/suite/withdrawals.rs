//! Withdrawals: debited on request, then paid or returned, never both and each once.

use crate::order_scenario::{
    act, claimed, deposit_of, deposit_rules, facts, give_payee, held, holding_rules, paid_out, payout,
    payout_reported, planned, requested, withdrawal_of, withdrawal_rules,
};
use crate::payees::payee_of;
use crate::scenario::{
    act_on_account, amount, fill_up, fund, holds, money, second, set_blocked, signed_up, user,
};
use evens_audit_log::Action;
use evens_ledger::{EntryKey, EntryPurpose, SystemAccount};
use evens_payments::{
    ClaimRefusal, DecideRefusal, HoldRules, OpenDepositRefusal, PayoutReport, PayoutReportRefusal,
    PayoutState, PayoutTiming, RESOLVE_AFTER, RequestWithdrawal, RequestWithdrawalRefusal, ResolutionKind,
    SettlePayoutInput, WithdrawalOrder, WithdrawalRules, WithdrawalState, agree_to_resolution,
    approve_withdrawal, cancel_withdrawal, claim_payout, reject_withdrawal, resolve_payout, settle_payout,
};
use evens_store::{OrderOutcome, Store, WithdrawalFacts};
use futures::future::{join, join_all};
use strum::VariantArray;

async fn state(store: &Store, order: &WithdrawalOrder) -> WithdrawalState {
    store.load_withdrawal(order.terms.id).await.expect("a read").expect("the withdrawal").state
}

async fn cancel(store: &Store, order: &WithdrawalOrder) -> OrderOutcome<WithdrawalOrder, DecideRefusal> {
    let now = second(50);
    let cancelled = store.change_withdrawal(order.terms.id, now, |input| {
        cancel_withdrawal(input.order, input.record, input.wallet, now)
    });
    cancelled.await.expect("an answer")
}

pub(crate) async fn a_withdrawal_is_debited_when_it_is_asked_for(store: &Store) {
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    let (asked, rules) = (withdrawal_of(1, "key-1", "60.50"), withdrawal_rules());
    let ask = || store.request_withdrawal(&asked, facts(), &rules, second(5));
    let plan = ask().await.unwrap().expect("nothing stands in its way");
    assert_eq!(plan.order.state, WithdrawalState::Approved);
    assert_eq!(money(store, 1).await, holds("39.5", "0"));
    assert_eq!(store.load_withdrawal(asked.order).await.unwrap(), Some(plan.order.clone()));
    assert_eq!(store.load_deposit(asked.order).await.unwrap(), None, "it is no deposit");
    let record = store.load_payments_record(user(1)).await.unwrap();
    assert_eq!((record.open_withdrawals, record.withdrawals_of_day.sum), (1, amount("60.5")));
    assert_eq!(Some(record), plan.record);
    let entries = store.list_entries(user(1), None, 1).await.unwrap();
    assert_eq!(entries, [plan.posted.expect("a movement").entry]);
    assert_eq!(entries[0].account, SystemAccount::Withdrawals);

    let before = ask().await.unwrap();
    assert_eq!(before, Err(RequestWithdrawalRefusal::RequestedBefore(Box::new(plan.order))));
    let other = withdrawal_of(1, "key-1", "60");
    let other = store.request_withdrawal(&other, facts(), &rules, second(5)).await.unwrap();
    assert_eq!(other, Err(RequestWithdrawalRefusal::KeyUsedForAnotherBody));
    assert_eq!(money(store, 1).await, holds("39.5", "0"));
}

/// A refused request writes nothing, and each fact from the caller reaches the rule.
pub(crate) async fn a_refused_withdrawal_is_not_requested(store: &Store) {
    fund(store, 1, "100").await;
    let (late, others, removed) = (payee_of(1, "too-late"), payee_of(2, "others"), payee_of(1, "removed"));
    for payee in [&late, &others, &removed] {
        store.add_payee(payee).await.unwrap();
    }
    store.remove_payee(user(1), &removed.id, second(0)).await.unwrap();
    give_payee(store, 1).await;
    let good = withdrawal_of(1, "key-1", "60").payee;
    let before = store.load_payments_record(user(1)).await.unwrap();
    let off = WithdrawalRules { is_open: false, ..withdrawal_rules() };
    #[rustfmt::skip]
    let table = [
        ("60",  &good,       off,                "withdrawals are switched off"),
        ("60",  &others.id,  withdrawal_rules(), "the player has no such payee"),
        ("60",  &removed.id, withdrawal_rules(), "the player has no such payee"),
        ("60",  &late.id,    withdrawal_rules(), "the payee can be paid from 2024-01-01T01:00:05Z"),
        ("0.5", &good,       withdrawal_rules(), "the minimum withdrawal is 1"),
        ("101", &good,       withdrawal_rules(), "the debit of 101 is larger than the balance of 100"),
    ];
    for (coins, payee, rules, expected) in table {
        let asked = RequestWithdrawal { payee: payee.clone(), ..withdrawal_of(1, "key-1", coins) };
        let refused = store.request_withdrawal(&asked, facts(), &rules, second(5)).await.unwrap();
        assert_eq!(refused.map_err(|refusal| refusal.to_string()).map(drop), Err(expected.to_owned()));
    }
    assert_eq!(
        (money(store, 1).await, store.load_payments_record(user(1)).await.unwrap()),
        (holds("100", "0"), before)
    );
    // A recent password causes a review.
    let young = WithdrawalFacts { password_since: second(0), ..facts() };
    let old_enough =
        HoldRules { password_age_min: Some(jiff::SignedDuration::from_hours(24)), ..HoldRules::default() };
    let rules = WithdrawalRules { holds: old_enough, ..withdrawal_rules() };
    let asked = withdrawal_of(1, "key-1", "10");
    let plan = store.request_withdrawal(&asked, young, &rules, second(5)).await.unwrap().unwrap();
    assert_eq!(plan.order.state, WithdrawalState::Held);
}

/// K7, E9: no overdraft, and one effect of a key.
pub(crate) async fn withdrawals_at_once_never_overdraw(store: &Store) {
    fund(store, 1, "50").await;
    give_payee(store, 1).await;
    let rules = withdrawal_rules();
    let asked: Vec<_> = (0..8).map(|number| withdrawal_of(1, &format!("key-{number}"), "10")).collect();
    let outcomes =
        join_all(asked.iter().map(|asked| store.request_withdrawal(asked, facts(), &rules, second(5)))).await;
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    let is_poor =
        |outcome: &&Result<_, _>| matches!(outcome, Err(RequestWithdrawalRefusal::InsufficientBalance(_)));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(is_poor).count(), 3, "{outcomes:?}");
    assert_eq!(money(store, 1).await, holds("0", "0"));

    fund(store, 2, "50").await;
    give_payee(store, 2).await;
    let asked = withdrawal_of(2, "key-1", "10");
    let eight = (0..8).map(|_| store.request_withdrawal(&asked, facts(), &rules, second(5)));
    let made = join_all(eight).await.into_iter().filter(|outcome| matches!(outcome, Ok(Ok(_)))).count();
    assert_eq!((made, money(store, 2).await), (1, holds("40", "0")));
}

pub(crate) async fn a_blocked_player_requests_nothing(store: &Store) {
    signed_up(store, 1, None).await;
    fund(store, 1, "100").await;
    let order = requested(store, 1, "key-1", "10", 0).await;
    set_blocked(store, user(1), true).await.unwrap();
    let asked = withdrawal_of(1, "key-2", "10");
    let refused = store.request_withdrawal(&asked, facts(), &withdrawal_rules(), second(5)).await.unwrap();
    assert_eq!(refused.map(drop), Err(RequestWithdrawalRefusal::AccountBlocked));
    // An open withdrawal is returned to them all the same.
    assert_eq!(planned(cancel(store, &order).await).order.state, WithdrawalState::Cancelled);
    assert_eq!(money(store, 1).await, holds("100", "0"));
}

/// Eight withdrawals race the end of all sessions. Those that it refuses stay refused, also a repeat of one that was
/// accepted. Neither is a deposit opened.
pub(crate) async fn an_ended_session_requests_nothing(store: &Store) {
    signed_up(store, 1, None).await;
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    let rules = withdrawal_rules();
    let asked: Vec<_> = (0..8).map(|number| withdrawal_of(1, &format!("key-{number}"), "1")).collect();
    let ask = |asked: &RequestWithdrawal| {
        let (asked, rules) = (asked.clone(), &rules);
        async move { store.request_withdrawal(&asked, facts(), rules, second(5)).await.unwrap() }
    };
    let act = act_on_account(Action::EndSessions, user(1), "ended");
    let (outcomes, ended) =
        join(join_all(asked.iter().map(&ask)), store.end_epoch(user(1), 0, &act, second(5))).await;
    ended.unwrap();
    let is_ended = |outcome: &Result<_, _>| *outcome == Err(RequestWithdrawalRefusal::SessionEnded);
    assert!(outcomes.iter().all(|outcome| outcome.is_ok() || is_ended(outcome)), "{outcomes:?}");
    let before = money(store, 1).await;
    let again = join_all(asked.iter().map(&ask)).await;
    assert!(again.iter().all(is_ended), "{again:?}");
    let deposit = store.open_deposit(&deposit_of(1, "key-9", "10"), &deposit_rules(), second(5)).await;
    assert_eq!(deposit.unwrap(), Err(OpenDepositRefusal::SessionEnded));
    assert_eq!(money(store, 1).await, before);
    let logged_in = RequestWithdrawal { session_epoch: 1, ..withdrawal_of(1, "key-10", "1") };
    assert!(ask(&logged_in).await.is_ok());
}

pub(crate) async fn a_withdrawal_is_paid_once(store: &Store) {
    fund(store, 1, "100").await;
    let order = requested(store, 1, "key-1", "60", 0).await;
    assert!(matches!(
        payout_reported(store, &order, PayoutState::Paid, 1).await,
        OrderOutcome::Refused(PayoutReportRefusal::NeverSent)
    ));
    claimed(store, &order, 2).await;
    let eight = join_all((0..8).map(|_| payout_reported(store, &order, PayoutState::Paid, 3))).await;
    let nothing_new = OrderOutcome::Refused(PayoutReportRefusal::NothingNew);
    assert_eq!(eight.iter().filter(|outcome| **outcome == nothing_new).count(), 7, "{eight:?}");
    let plan = eight.into_iter().find(|outcome| *outcome != nothing_new).map(planned).expect("one");
    let transfer = plan.transfer.expect("a movement");
    assert_eq!(transfer.key, EntryKey::new(EntryPurpose::Payout, &[&order.terms.id]));
    assert_eq!(transfer.from, SystemAccount::Withdrawals);
    let record = store.load_payments_record(user(1)).await.unwrap();
    assert_eq!((record.open_withdrawals, record.totals.withdrawn), (0, amount("60")));

    // The payout is returned once, and then paid, so its player owes it.
    assert_eq!(
        planned(payout_reported(store, &order, PayoutState::Returned, 4).await).order.state,
        WithdrawalState::Returned
    );
    assert_eq!(payout_reported(store, &order, PayoutState::Returned, 4).await, nothing_new);
    assert_eq!(money(store, 1).await, holds("100", "0"));
    let owed = planned(payout_reported(store, &order, PayoutState::Paid, 5).await);
    assert_eq!((owed.order.state, owed.order.is_paid_after_return), (WithdrawalState::Returned, true));
    assert_eq!(payout_reported(store, &order, PayoutState::Paid, 5).await, nothing_new);
    assert_eq!(store.load_payments_record(user(1)).await.unwrap().owed, amount("60"));
}

/// For any number of reports, each payout beyond the order's own is owed once, and so is its return.
pub(crate) async fn a_second_payout_is_owed_once(store: &Store) {
    fund(store, 1, "100").await;
    let order = requested(store, 1, "key-1", "60", 0).await;
    claimed(store, &order, 2).await;
    let order = store.load_withdrawal(order.terms.id).await.unwrap().unwrap();
    let named = |id: &str| PayoutReport { id: id.parse().unwrap(), ..payout(&order, PayoutState::Paid) };
    let found = ["payout-1", "payout-2", "payout-3"].map(named);
    let eight = join_all((0..8).map(|_| store.settle_paid_twice(&order, &found, second(3)))).await;
    assert!(eight.into_iter().all(|settled| settled.is_ok()));
    let after = store.load_withdrawal(order.terms.id).await.unwrap().unwrap();
    assert_eq!(after.provider_id, Some(found[0].id.clone()));
    assert_eq!(after.paid_twice, [found[1].id.clone(), found[2].id.clone()]);
    let record = store.load_payments_record(user(1)).await.unwrap();
    assert_eq!((record.owed, record.is_held), (amount("120"), true));
    let settle = async |report: &PayoutReport| {
        let rules = withdrawal_rules();
        let rule =
            |input: SettlePayoutInput<'_>| settle_payout(report, Some(input.order), input, &rules, second(4));
        planned(store.change_withdrawal(order.terms.id, second(4), rule).await.unwrap())
    };
    assert_eq!(settle(&found[0]).await.order.state, WithdrawalState::Completed);
    let back = PayoutReport { state: PayoutState::Returned, ..found[2].clone() };
    assert_eq!(settle(&back).await.order.owed_back, [found[2].id.clone()]);
    assert_eq!(store.load_payments_record(user(1)).await.unwrap().owed, amount("60"));
}

pub(crate) async fn an_attempt_is_claimed_by_one(store: &Store) {
    fund(store, 1, "100").await;
    let order = requested(store, 1, "key-1", "60", 0).await;
    let claim = |at: i64| {
        let now = second(at);
        store.change_withdrawal(order.terms.id, now, move |input| {
            claim_payout(input.order, PayoutTiming::default(), now)
        })
    };
    let eight = join_all((0..8).map(|_| claim(10))).await;
    let leased = OrderOutcome::Refused(ClaimRefusal::Leased { until: second(55) });
    assert_eq!(eight.iter().filter(|outcome| outcome.as_ref().unwrap() == &leased).count(), 7, "{eight:?}");
    // The lease has expired: one more attempt, with the same key and age. Its state is the one that was read.
    let again = join_all((0..8).map(|_| claim(80))).await;
    let again: Vec<_> = again.into_iter().map(Result::unwrap).collect();
    let plan = again.iter().find_map(|outcome| match outcome {
        OrderOutcome::Changed(plan) => Some(plan),
        _ => None,
    });
    let attempt = plan.expect("one").order.attempt.expect("claimed");
    assert_eq!((attempt.number, attempt.key_since, attempt.lease_until), (1, second(10), second(125)));
    assert_eq!(again.iter().filter(|outcome| matches!(outcome, OrderOutcome::Changed(_))).count(), 1);
}

/// Both cashiers are counted, and their decision is carried out once. Either the money is returned or the payout is
/// made.
pub(crate) async fn an_agreed_resolution_is_carried_out_once(store: &Store) {
    let four_eyes = HoldRules { four_eyes_above: Some(amount("1")), ..HoldRules::default() };
    let due = second(10) + RESOLVE_AFTER;
    for (player, kind) in (1..=4).zip(ResolutionKind::VARIANTS.iter().cycle()) {
        fund(store, player, "100").await;
        let order = requested(store, player, "key-1", "60", 0).await;
        claimed(store, &order, 2).await;
        let id = order.terms.id;
        let agree = |by: u64| {
            store.change_withdrawal(id, second(10), move |input| {
                agree_to_resolution(input.order, *kind, &act(by, second(10)), &four_eyes, second(10))
            })
        };
        let outcomes = join_all([90, 90, 91, 91].map(agree)).await;
        let agreed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(OrderOutcome::Changed(_))));
        assert_eq!(agreed.count(), 2, "{outcomes:?}");
        let asked_about = &store.load_withdrawal(id).await.unwrap().unwrap();
        let resolve =
            || store.change_withdrawal(id, due, move |input| resolve_payout(asked_about, None, input, due));
        let paid = payout(&order, PayoutState::Paid);
        let rules = withdrawal_rules();
        let settle = store
            .change_withdrawal(id, due, |input| settle_payout(&paid, Some(asked_about), input, &rules, due));
        let (resolved, settled) = join(join_all((0..4).map(|_| resolve())), settle).await;
        let resolved =
            resolved.iter().filter(|outcome| matches!(outcome, Ok(OrderOutcome::Changed(_)))).count();
        let found = store.load_withdrawal(id).await.unwrap().unwrap();
        assert!(resolved <= 1, "{kind}: {resolved}");
        let (state, balance) = match (resolved, kind) {
            (0, _) => (WithdrawalState::Completed, "40"),
            (_, ResolutionKind::GiveBack) => (WithdrawalState::Failed, "100"),
            (_, ResolutionKind::Retry) => {
                // Reports about the first attempt after that count, too.
                assert_eq!(found.attempt.expect("another one").number, 2);
                assert!(!found.state.is_given_back());
                (found.state, "40")
            }
        };
        assert_eq!((found.state, money(store, player).await), (state, holds(balance, "0")), "{settled:?}");
    }
}

pub(crate) async fn cancelling_or_claiming_exactly_one_wins(store: &Store) {
    for player in 1..=6 {
        fund(store, player, "100").await;
        let order = requested(store, player, "key-1", "60", 0).await;
        let claim = store.change_withdrawal(order.terms.id, second(50), |input| {
            claim_payout(input.order, PayoutTiming::default(), second(50))
        });
        let (claim, cancelled) = join(claim, cancel(store, &order)).await;
        let claim = claim.unwrap();
        let is_cancelled = matches!(cancelled, OrderOutcome::Changed(_));
        assert_ne!(matches!(claim, OrderOutcome::Changed(_)), is_cancelled, "{claim:?} {cancelled:?}");
        let balance = if is_cancelled { "100" } else { "40" };
        assert_eq!(money(store, player).await, holds(balance, "0"));
    }
}

/// The approvals are part of the state read: two concurrent cashiers count as two, and one who approves twice counts
/// once.
pub(crate) async fn approvals_at_once_are_all_counted(store: &Store) {
    let four_eyes = HoldRules { four_eyes_above: Some(amount("1")), ..HoldRules::default() };
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    for (key, cashiers, expected) in
        [("key-1", [90, 91], (2, WithdrawalState::Approved)), ("key-2", [90, 90], (1, WithdrawalState::Held))]
    {
        let asked = withdrawal_of(1, key, "10");
        let rules = WithdrawalRules { holds: four_eyes, ..holding_rules() };
        let order =
            store.request_withdrawal(&asked, facts(), &rules, second(0)).await.unwrap().unwrap().order;
        let approve = |by: u64| {
            store.change_withdrawal(order.terms.id, second(5), move |input| {
                approve_withdrawal(input.order, input.record, &act(by, second(5)), &four_eyes, second(5))
            })
        };
        let outcomes = join_all(cashiers.map(approve)).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let found = store.load_withdrawal(order.terms.id).await.unwrap().unwrap();
        assert_eq!((found.approvals.len(), found.state), expected, "{key}");
    }
}

pub(crate) async fn a_withdrawal_is_given_back_once_whatever_led_to_it(store: &Store) {
    fund(store, 1, "100").await;
    let rejected = held(store, 1, "key-1", "10", 0).await;
    let reject = |by: u64| {
        let now = second(50);
        store.change_withdrawal(rejected.terms.id, now, move |input| {
            reject_withdrawal(input.order, input.record, input.wallet, &act(by, now), now)
        })
    };
    let (one, (other, cancelled)) = join(reject(90), join(reject(91), cancel(store, &rejected))).await;
    let outcomes = [one.unwrap(), other.unwrap(), cancelled];
    assert_eq!(
        outcomes.iter().filter(|outcome| matches!(outcome, OrderOutcome::Changed(_))).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(money(store, 1).await, holds("100", "0"));

    let failed = requested(store, 1, "key-2", "10", 60).await;
    claimed(store, &failed, 61).await;
    planned(payout_reported(store, &failed, PayoutState::Failed, 62).await);
    let again = payout_reported(store, &failed, PayoutState::Returned, 63).await;
    assert_eq!(again, OrderOutcome::Refused(PayoutReportRefusal::NothingNew));
    assert_eq!(
        (money(store, 1).await, state(store, &failed).await),
        (holds("100", "0"), WithdrawalState::Failed)
    );
}

pub(crate) async fn a_return_beyond_the_balance_stays_in_withdrawals(store: &Store) {
    fund(store, 1, "100").await;
    let order = paid_out(store, 1, "key-1", "60", 0).await;
    fill_up(store, user(1)).await;
    let refused = payout_reported(store, &order, PayoutState::Returned, 9).await;
    assert!(matches!(refused, OrderOutcome::Refused(PayoutReportRefusal::BalanceTooLarge(_))), "{refused:?}");
    assert_eq!(state(store, &order).await, WithdrawalState::Completed);
}

/// Bets, fundings and withdrawals of one player at once all happen.
pub(crate) async fn withdrawals_and_bets_at_once_all_happen(store: &Store) {
    use crate::scenario::{command, try_place};
    use evens_exchange::{PlaceBetOutcome, Side};
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    let first = command(1, "bet", Side::A, "1");
    try_place(store, &first, second(0)).await.unwrap();
    let asked: Vec<_> = (0..4).map(|number| withdrawal_of(1, &format!("key-{number}"), "10")).collect();
    let bets: Vec<_> = (0..4).map(|number| command(1, &format!("bet-{number}"), Side::A, "5")).collect();
    let rules = withdrawal_rules();
    let (withdrawals, bets) = join(
        join_all(asked.iter().map(|asked| store.request_withdrawal(asked, facts(), &rules, second(5)))),
        join_all(bets.iter().map(|bet| try_place(store, bet, second(5)))),
    )
    .await;
    assert!(withdrawals.iter().all(|outcome| matches!(outcome, Ok(Ok(_)))), "{withdrawals:?}");
    assert!(bets.iter().all(|outcome| matches!(outcome, Ok(PlaceBetOutcome::Placed(_)))), "{bets:?}");
    assert_eq!(money(store, 1).await, holds("39", "21"));
}

pub(crate) async fn an_order_of_the_other_direction_is_none(store: &Store) {
    let deposit = crate::order_scenario::opened(store, 1, "key-1", "10", 0).await;
    let refused = store.change_withdrawal(deposit.terms.id, second(1), |input| {
        claim_payout(input.order, PayoutTiming::default(), second(1))
    });
    assert_eq!(refused.await.unwrap(), OrderOutcome::Unknown);
    assert_eq!(store.load_withdrawal(deposit.terms.id).await.unwrap(), None);
}
