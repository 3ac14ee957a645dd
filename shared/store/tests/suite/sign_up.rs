//! Signing up: all four items or none, one account per phone number, and a hash that stays where it is.

use crate::engine::Engine;
use crate::raw::{self, text};
use crate::scenario::{
    account, amount, bet, code, command, fund, hash, holds, money, newcomer, phone, second, set_blocked,
    signed_up, try_place, user, welcomed,
};
use evens_exchange::{PlaceBetOutcome, Side};
use evens_ledger::Wallet;
use evens_players::{Account, PhoneNumber};
use evens_store::{SignUpOutcome, Store, StoreError};
use futures::future::join_all;

pub(crate) async fn makes_an_account_of_five_items(engine: &Engine) {
    let store = &engine.store;
    let signed_up = signed_up(store, 1, Some(2)).await;
    let items = raw::everything(engine).await;
    let keys = [
        "ACCOUNT#1 ACCOUNT".to_owned(),
        format!("PHONE#{} LOGIN", phone(1)),
        "PLAYERS#11 #1".to_owned(),
        format!("REFERRAL-CODE#{} REFERRAL-CODE", code(1)),
        "USER#1 WALLET".to_owned(),
    ];
    assert_eq!(items.keys().cloned().collect::<Vec<_>>(), keys);
    assert_eq!(account(store, 1).await, signed_up);
    assert_eq!(store.load_wallet(user(1)).await.unwrap(), Wallet::empty(user(1)));
    assert_eq!(store.load_referrer(code(1)).await.unwrap(), Some(user(1)));
    let login = store.load_login(&phone(1)).await.unwrap().expect("a login");
    assert_eq!((login.user, login.password), (user(1), hash(1)));
    let found = store.load_account_and_wallet(user(1)).await.unwrap();
    assert_eq!(found, Some((signed_up, Wallet::empty(user(1)))));

    assert_eq!(store.load_account(user(2)).await.unwrap(), None);
    assert_eq!(store.load_account_and_wallet(user(2)).await.unwrap(), None);
    assert_eq!(store.load_login(&phone(2)).await.unwrap(), None);
    assert_eq!(store.load_referrer(code(2)).await.unwrap(), None);
    crate::books::check(store).await;
}

/// The hash is only in the login, also after every change of the account.
pub(crate) async fn a_hash_is_in_the_login_alone(engine: &Engine) {
    let store = &engine.store;
    welcomed(store, 1, None).await;
    bet(store, 1, Side::A, "1", 5).await;
    set_blocked(store, user(1), true).await.unwrap();
    for (key, item) in raw::everything(engine).await {
        let has_hash = item.values().any(|value| *value == text(hash(1).as_phc()));
        assert_eq!(has_hash, key.ends_with(" LOGIN"), "{key}");
        assert_eq!(format!("{item:?}").contains("argon2"), has_hash, "{key}");
    }
    let login = store.load_login(&phone(1)).await.unwrap();
    assert!(!format!("{login:?}").contains("argon2"), "{login:?}");
}

pub(crate) async fn a_sign_up_with_a_taken_name_changes_nothing(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    fund(store, 3, "5").await;
    let before = raw::everything(engine).await;
    let newcomer = newcomer(2, None);
    #[rustfmt::skip]
    let table = [
        // taken values                                                      outcome
        (Account { phone: phone(1), ..newcomer.clone() },                    SignUpOutcome::PhoneNumberTaken),
        (Account { phone: phone(1), referral_code: code(1), ..newcomer.clone() }, SignUpOutcome::PhoneNumberTaken),
        (Account { referral_code: code(1), ..newcomer.clone() },             SignUpOutcome::Collision),
        (Account { user: user(1), ..newcomer.clone() },                      SignUpOutcome::Collision),
        // A wallet of a user without an account.
        (Account { user: user(3), ..newcomer.clone() },                      SignUpOutcome::Collision),
    ];
    for (account, expected) in table {
        assert_eq!(store.sign_up(&account, &hash(2)).await.unwrap(), expected, "{account:?}");
        assert_eq!(raw::everything(engine).await, before, "{account:?}");
    }
    assert_eq!(store.sign_up(&newcomer, &hash(2)).await.unwrap(), SignUpOutcome::SignedUp);
}

/// An Argentine mobile line is written with and without the 9. It has one account.
pub(crate) async fn a_line_with_two_numbers_has_one_account(store: &Store) {
    let [with, without] =
        ["+5491123456789", "+541123456789"].map(|text| text.parse::<PhoneNumber>().unwrap());
    for (round, phones) in [[&with, &without], [&without, &with]].into_iter().enumerate() {
        let accounts: Vec<_> = (1..=2)
            .map(|one| Account {
                phone: phones[one - 1].clone(),
                ..newcomer((10 * round + one) as u64, None)
            })
            .collect();
        let hash = hash(1);
        let outcomes = join_all(accounts.iter().map(|account| store.sign_up(account, &hash))).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        let taken = outcomes.iter().filter(|outcome| **outcome == SignUpOutcome::PhoneNumberTaken).count();
        assert_eq!(taken, 1 + round, "{outcomes:?}");
        for phone in phones {
            assert!(store.load_login(phone).await.unwrap().is_some(), "{phone}");
        }
    }
}

pub(crate) async fn of_eight_sign_ups_for_one_number_one_is_made(store: &Store) {
    for round in 0..5 {
        let accounts: Vec<_> = (0..8)
            .map(|one| Account { phone: phone(round), ..newcomer(1 + 8 * round + one, None) })
            .collect();
        let hash = hash(1);
        let outcomes = join_all(accounts.iter().map(|account| store.sign_up(account, &hash))).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        let made = outcomes.iter().position(|outcome| *outcome == SignUpOutcome::SignedUp).expect("one");
        let taken = outcomes.iter().filter(|outcome| **outcome == SignUpOutcome::PhoneNumberTaken).count();
        assert_eq!(taken, 7, "{outcomes:?}");
        let login = store.load_login(&phone(round)).await.unwrap().expect("a login");
        assert_eq!(login.user, accounts[made].user);
        for (position, account) in accounts.iter().enumerate() {
            let found = store.load_account(account.user).await.unwrap();
            assert_eq!(found.is_some(), position == made, "{account:?}");
            let owner = store.load_referrer(account.referral_code).await.unwrap();
            assert_eq!(owner.is_some(), position == made, "{account:?}");
        }
    }
}

pub(crate) async fn of_eight_sign_ups_with_one_code_one_is_made(store: &Store) {
    let accounts: Vec<_> =
        (1..=8).map(|one| Account { referral_code: code(99), ..newcomer(one, None) }).collect();
    let hash = hash(1);
    let outcomes = join_all(accounts.iter().map(|account| store.sign_up(account, &hash))).await;
    let made = outcomes.iter().filter(|outcome| matches!(outcome, Ok(SignUpOutcome::SignedUp))).count();
    let others = outcomes.iter().filter(|outcome| matches!(outcome, Ok(SignUpOutcome::Collision))).count();
    assert_eq!((made, others), (1, 7), "{outcomes:?}");
    assert_eq!(crate::books::check(store).await.accounts.len(), 1);
}

/// J17.
pub(crate) async fn ten_sign_ups_at_once_do_not_disturb_each_other(store: &Store) {
    join_all((1..=10).map(|player| signed_up(store, player, Some(11)))).await;
    assert_eq!(crate::books::check(store).await.accounts.len(), 10);
}

/// A client that lost an answer repeats the call, and finds its own account under the number.
pub(crate) async fn the_same_call_again_is_signed_up(store: &Store) {
    let (account, hash) = (newcomer(1, None), hash(1));
    for _ in 0..2 {
        let outcomes = join_all((0..4).map(|_| store.sign_up(&account, &hash))).await;
        assert!(
            outcomes.iter().all(|outcome| matches!(outcome, Ok(SignUpOutcome::SignedUp))),
            "{outcomes:?}"
        );
    }
    assert_eq!(self::account(store, 1).await, account);
}

pub(crate) async fn the_first_money_of_a_new_account_may_be_of_any_kind(store: &Store) {
    for player in [1, 2, 3] {
        signed_up(store, player, None).await;
    }
    let stake = command(1, "key-1", Side::A, "1");
    let refused = try_place(store, &stake, second(5)).await.unwrap();
    assert!(matches!(refused, PlaceBetOutcome::InsufficientBalance { .. }), "{refused:?}");

    // A funding and a bet.
    bet(store, 1, Side::A, "100", 5).await;
    assert_eq!(money(store, 1).await, holds("900", "100"));
    // A bonus, which pays for no bet, then a funding and a bet.
    store.apply_registration_bonus(user(2), amount("25"), second(1)).await.unwrap();
    let stake = command(2, "key-1", Side::B, "1");
    let refused = try_place(store, &stake, second(5)).await.unwrap();
    assert!(matches!(refused, PlaceBetOutcome::InsufficientBalance { .. }), "{refused:?}");
    bet(store, 2, Side::B, "100", 6).await;
    let wallet = store.load_wallet(user(2)).await.unwrap();
    assert_eq!((wallet.balance, wallet.bonus, wallet.version), (amount("900"), amount("25"), 3));
    // All at once.
    let (funding, bonus) = tokio::join!(
        store.fund_wallet(user(3), amount("7"), "order-of-3", second(5)),
        store.apply_registration_bonus(user(3), amount("25"), second(5)),
    );
    assert!(funding.is_ok() && bonus.is_ok(), "{funding:?}, {bonus:?}");
    let wallet = store.load_wallet(user(3)).await.unwrap();
    assert_eq!((wallet.balance, wallet.bonus, wallet.version), (amount("7"), amount("25"), 2));
}

pub(crate) async fn half_of_an_account_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    raw::delete(engine, "USER#1", "WALLET").await;
    let blocked = set_blocked(store, user(1), true).await;
    assert!(matches!(blocked, Err(StoreError::Corrupt { .. })), "{blocked:?}");
    assert!(!account(store, 1).await.is_blocked);
}
