//! Where players are paid: one account is one player's, and a player has ten at most.

use crate::engine::Engine;
use crate::raw;
use crate::scenario::{second, user};
use evens_ledger::Digest;
use evens_payments::{AccountNumber, Payee};
use evens_store::{AddPayeeOutcome, Store};
use futures::future::join_all;
use jiff::SignedDuration;

/// The payee that a player adds for an account. It is sealed in a word, as nobody opens it here.
pub(crate) fn payee_of(player: u64, account: &str) -> Payee {
    let number: AccountNumber = account.parse().expect("an account");
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
