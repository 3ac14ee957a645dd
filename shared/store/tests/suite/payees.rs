//! Payees: a bank account belongs to one player, and a player has at most ten.

use crate::engine::Engine;
use crate::order_scenario::{act, facts, give_payee, held, withdrawal_of, withdrawal_rules};
use crate::raw;
use crate::scenario::{fund, second, user};
use evens_audit_log::{Act, Action, Actor};
use evens_ledger::Digest;
use evens_payments::{AccountNumber, Payee, PaymentsRecord, RequestWithdrawalRefusal, reject_withdrawal};
use evens_store::{
    AddPayeeOutcome, BankAccountUse, FreeAccountChange, OrderOutcome, RemovePayeeOutcome, Store,
};
use futures::future::{join, join_all};
use jiff::SignedDuration;

/// The payee that a player adds for an account. Its sealed part is a plain word, because no test opens it.
pub(crate) fn payee_of(player: u64, account: &str) -> Payee {
    let number: AccountNumber = format!("IN12{account}").parse().expect("an account");
    let fingerprint = Digest::of(account.as_bytes());
    let sealed = format!("sealed-{player}");
    Payee::new(user(player), number.mask(), sealed, fingerprint, SignedDuration::from_hours(1), second(5))
}

pub(crate) async fn an_account_is_one_players(engine: &Engine) {
    let store = &engine.store;
    let payee = payee_of(1, "IN12345678");
    assert_eq!(store.add_payee(&payee).await.unwrap(), AddPayeeOutcome::Added(payee.clone()));
    let before = raw::everything(engine).await;
    let later = Payee { sealed: "sealed again".to_owned(), usable_from: second(9), ..payee.clone() };
    assert_eq!(store.add_payee(&later).await.unwrap(), AddPayeeOutcome::AddedBefore(payee.clone()));
    assert_eq!(store.add_payee(&payee_of(2, "IN12345678")).await.unwrap(), AddPayeeOutcome::OfAnother);
    assert_eq!(raw::everything(engine).await, before);
    assert_eq!(store.list_payees(user(1)).await.unwrap(), std::slice::from_ref(&payee));
    assert_eq!(store.load_payee(user(1), &payee.id).await.unwrap(), Some(payee.clone()));
    assert_eq!(store.load_payee(user(2), &payee.id).await.unwrap(), None);
    assert!(store.list_payees(user(2)).await.unwrap().is_empty());
}

pub(crate) async fn of_eight_players_at_once_one_has_the_account(store: &Store) {
    let asked: Vec<_> = (1..=8).map(|player| payee_of(player, "IN12345678")).collect();
    let outcomes = join_all(asked.iter().map(|payee| store.add_payee(payee))).await;
    let is_added = |outcome: &&Result<_, _>| matches!(outcome, Ok(AddPayeeOutcome::Added(_)));
    assert_eq!(outcomes.iter().filter(is_added).count(), 1, "{outcomes:?}");
    assert!(
        outcomes.iter().filter(|one| !is_added(one)).all(|one| matches!(one, Ok(AddPayeeOutcome::OfAnother)))
    );
}

pub(crate) async fn payees_at_once_are_as_many_as_may_be(store: &Store) {
    let asked: Vec<_> = (0..13).map(|number| payee_of(1, &format!("IN1234567{number}"))).collect();
    let outcomes = join_all(asked.iter().map(|payee| store.add_payee(payee))).await;
    let count = |wanted: fn(&AddPayeeOutcome) -> bool| {
        outcomes.iter().filter(|outcome| outcome.as_ref().is_ok_and(wanted)).count()
    };
    let added = count(|outcome| matches!(outcome, AddPayeeOutcome::Added(_)));
    let refused = count(|outcome| *outcome == AddPayeeOutcome::TooMany);
    assert_eq!((added, refused), (Store::PAYEES_MAX, 3), "{outcomes:?}");
    assert_eq!(store.list_payees(user(1)).await.unwrap().len(), Store::PAYEES_MAX);
}

/// A removed payee no longer counts, and its player can add it again like a new one.
pub(crate) async fn a_removed_payee_frees_its_place(engine: &Engine) {
    let store = &engine.store;
    let payees: Vec<_> =
        (0..Store::PAYEES_MAX).map(|number| payee_of(1, &format!("IN-100{number}"))).collect();
    for payee in &payees {
        assert_eq!(store.add_payee(payee).await.unwrap(), AddPayeeOutcome::Added(payee.clone()));
    }
    let (gone, now) = (&payees[3], second(60));
    let removed = Payee { removed_at: Some(now), ..gone.clone() };
    let remove = || store.remove_payee(user(1), &gone.id, now);
    assert_eq!(store.remove_payee(user(2), &gone.id, now).await.unwrap(), RemovePayeeOutcome::Unknown);
    assert_eq!(remove().await.unwrap(), RemovePayeeOutcome::Removed(removed.clone()));
    let before = raw::everything(engine).await;
    let again = store.remove_payee(user(1), &gone.id, second(99)).await.unwrap();
    assert_eq!(again, RemovePayeeOutcome::RemovedBefore(removed.clone()));
    assert_eq!(raw::everything(engine).await, before);
    assert!(!store.is_of_another(gone.fingerprint, user(77)).await.unwrap());
    assert_eq!(store.load_payee(user(1), &gone.id).await.unwrap(), Some(removed));
    assert_eq!(store.list_payees(user(1)).await.unwrap().len(), Store::PAYEES_MAX - 1);

    let eleventh = payee_of(1, "IN-eleventh");
    assert_eq!(store.add_payee(&eleventh).await.unwrap(), AddPayeeOutcome::Added(eleventh.clone()));
    assert_eq!(store.add_payee(gone).await.unwrap(), AddPayeeOutcome::TooMany);
    store.remove_payee(user(1), &eleventh.id, now).await.unwrap();
    let later = Payee { since: second(70), usable_from: second(80), ..gone.clone() };
    assert_eq!(store.add_payee(&later).await.unwrap(), AddPayeeOutcome::Added(later.clone()));
    assert_eq!(store.load_payee(user(1), &gone.id).await.unwrap(), Some(later));
}

/// A player who registers another person's account keeps it only until they remove it.
pub(crate) async fn an_account_that_was_removed_is_whose_it_is_next(store: &Store) {
    let [theirs, ours] = [1, 2].map(|player| payee_of(player, "IN12345678"));
    let owner = async || {
        let account = store.find_account(ours.fingerprint).await.unwrap();
        account.filter(|account| account.freed_at.is_none()).map(|account| account.holder)
    };
    assert_eq!(store.add_payee(&theirs).await.unwrap(), AddPayeeOutcome::Added(theirs.clone()));
    assert_eq!(owner().await, Some(user(1)));
    store.remove_payee(user(1), &theirs.id, second(60)).await.unwrap();
    assert_eq!(owner().await, None);
    let (one, other) = join(store.add_payee(&theirs), store.add_payee(&ours)).await;
    let is_added = |outcome: &AddPayeeOutcome| matches!(outcome, AddPayeeOutcome::Added(_));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_ne!(is_added(&one), is_added(&other), "{one:?}, {other:?}");
    let (loser, winner) = if is_added(&one) { (&ours, &theirs) } else { (&theirs, &ours) };
    assert_eq!(owner().await, Some(winner.user));
    assert_eq!(store.add_payee(loser).await.unwrap(), AddPayeeOutcome::OfAnother);
    assert!(store.list_payees(loser.user).await.unwrap().is_empty());
    store.remove_payee(winner.user, &winner.id, second(70)).await.unwrap();
    assert_eq!(store.add_payee(loser).await.unwrap(), AddPayeeOutcome::Added(loser.clone()));
    assert_eq!(owner().await, Some(loser.user));
}

/// Removed payees are kept and read with every addition, so their number is limited.
pub(crate) async fn payees_that_come_and_go_have_an_end(store: &Store) {
    for number in 0..Store::PAYEES_EVER_MAX {
        let payee = payee_of(1, &format!("IN-100{number}"));
        assert_eq!(store.add_payee(&payee).await.unwrap(), AddPayeeOutcome::Added(payee.clone()));
        store.remove_payee(user(1), &payee.id, second(60)).await.unwrap();
    }
    assert_eq!(store.add_payee(&payee_of(1, "IN-last")).await.unwrap(), AddPayeeOutcome::TooMany);
    let known = payee_of(1, "IN-1000");
    assert_eq!(store.add_payee(&known).await.unwrap(), AddPayeeOutcome::Added(known.clone()));
}

/// A withdrawal requested while its payee is removed is requested before that and keeps the payee, or is refused.
pub(crate) async fn of_removing_and_withdrawing_one_is_first(store: &Store) {
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    let (rules, payee) = (withdrawal_rules(), withdrawal_of(1, "key", "1").payee);
    let asked: Vec<_> = (0..8).map(|number| withdrawal_of(1, &format!("key-{number}"), "1")).collect();
    let requests = asked.iter().map(|asked| store.request_withdrawal(asked, facts(), &rules, second(5)));
    let (outcomes, removed) = join(join_all(requests), store.remove_payee(user(1), &payee, second(5))).await;
    let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap().map(drop)).collect();
    let is_removed = match removed.unwrap() {
        RemovePayeeOutcome::Removed(_) => true,
        RemovePayeeOutcome::Awaited => false,
        other => panic!("{other:?}"),
    };
    let expected = if is_removed { Err(RequestWithdrawalRefusal::UnknownPayee) } else { Ok(()) };
    assert!(outcomes.iter().all(|outcome| *outcome == expected), "{is_removed}: {outcomes:?}");
    let late = store.request_withdrawal(&withdrawal_of(1, "late", "1"), facts(), &rules, second(6)).await;
    assert_eq!(late.unwrap().map(drop), expected);
}

/// As long as a payment to an account is possible, no other player gets the account.
pub(crate) async fn a_payee_stays_while_a_withdrawal_is_unfinished(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let order = held(store, 1, "key-1", "60", 0).await;
    let before = raw::everything(engine).await;
    let remove = || store.remove_payee(user(1), &order.payee, second(5));
    assert_eq!(remove().await.unwrap(), RemovePayeeOutcome::Awaited);
    assert_eq!(raw::everything(engine).await, before);
    let rejected = store.change_withdrawal(order.terms.id, second(6), |seen| {
        reject_withdrawal(seen.order, seen.record, seen.wallet, &act(90, second(6)), second(6))
    });
    assert!(matches!(rejected.await.unwrap(), OrderOutcome::Changed(_)));
    assert!(matches!(remove().await.unwrap(), RemovePayeeOutcome::Removed(_)));
    assert!(matches!(remove().await.unwrap(), RemovePayeeOutcome::RemovedBefore(_)));
}

fn freed_for(
    claimant: u64,
) -> impl Fn(&BankAccountUse, &PaymentsRecord) -> Result<Option<FreeAccountChange>, ()> {
    move |account, before| {
        let act = Act {
            actor: Actor::User(user(900)),
            action: Action::FreeAccount,
            subject: account.holder.to_string(),
            reason: "seen".to_owned(),
            before: String::new(),
            after: format!("kept for {claimant}"),
        };
        let record = PaymentsRecord { revision: before.revision + 1, ..before.clone() };
        Ok(Some(FreeAccountChange { record, is_freed: true, act }))
    }
}

/// Only the player for whom cashiers keep a freed account can add it, until it is freed again.
pub(crate) async fn an_account_is_freed_for_one_player(engine: &Engine) {
    let store = &engine.store;
    let [theirs, ours, strangers] = [1, 2, 3].map(|player| payee_of(player, "IN12345678"));
    let none = store.free_account(ours.fingerprint, user(2), second(50), freed_for(2)).await.unwrap();
    assert_eq!(none, None, "nobody ever had it");
    store.add_payee(&theirs).await.unwrap();
    let known = store.find_account(ours.fingerprint).await.unwrap().unwrap();
    let mask = Some(theirs.mask.clone());
    let expected =
        BankAccountUse { holder: user(1), payee: theirs.id.clone(), mask, freed_at: None, kept_for: None };
    assert_eq!(known, expected);

    let before = raw::everything(engine).await;
    let unchanged = store.free_account(ours.fingerprint, user(2), second(55), |_, _| Ok::<_, ()>(None)).await;
    assert!(!unchanged.unwrap().unwrap().unwrap().is_changed);
    assert_eq!(raw::everything(engine).await, before);

    let freed = store.free_account(ours.fingerprint, user(3), second(60), freed_for(3)).await;
    let freed = freed.unwrap().unwrap().unwrap();
    let free = BankAccountUse { freed_at: Some(second(60)), kept_for: Some(user(3)), ..known };
    assert_eq!((&freed.account, freed.is_changed), (&free, true));
    assert_eq!(store.find_account(ours.fingerprint).await.unwrap(), Some(free.clone()));
    assert_eq!(store.list_payees(user(1)).await.unwrap(), []);
    assert_eq!(store.remove_payee(user(1), &theirs.id, second(61)).await.unwrap(), {
        RemovePayeeOutcome::RemovedBefore(theirs.removed(second(60)).unwrap())
    });
    // A mistake is corrected: the account belonged to another player.
    store.free_account(ours.fingerprint, user(2), second(70), freed_for(2)).await.unwrap().unwrap().unwrap();
    for closed in [&theirs, &strangers] {
        assert_eq!(store.add_payee(closed).await.unwrap(), AddPayeeOutcome::OfAnother);
        assert!(store.is_of_another(ours.fingerprint, closed.user).await.unwrap());
    }
    assert_eq!(store.add_payee(&ours).await.unwrap(), AddPayeeOutcome::Added(ours.clone()));
    store.remove_payee(user(2), &ours.id, second(80)).await.unwrap();
    assert_eq!(store.add_payee(&strangers).await.unwrap(), AddPayeeOutcome::Added(strangers.clone()));
}
