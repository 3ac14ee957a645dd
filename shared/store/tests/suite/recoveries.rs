//! Recoveries: each code has its tries and its lifetime, and sets one password.

use crate::engine::Engine;
use crate::raw;
use crate::scenario::{account, hash, phone, second, set_blocked, set_role, signed_up, user};
use evens_ledger::Digest;
use evens_players::{Account, NotRecoverable, Recovery, Role, SentCode};
use evens_store::{PlayerDebt, RecoverOutcome, Since, Store, VerifyPhoneOutcome};
use futures::future::join_all;
use jiff::Timestamp;

fn begun(number: u8, player: u64, at: i64) -> Recovery {
    Recovery::new(Digest::of(&[number]), phone(player), Digest::of(&[number, 1]), second(at))
}

/// Stores a recovery and takes a try, as for a code that is right.
pub(crate) async fn tried(store: &Store, number: u8, player: u64, at: i64) -> Recovery {
    let begun = begun(number, player, at);
    store.keep_recovery(&begun).await.expect("it is stored");
    store.try_recovery(begun.key, second(at)).await.expect("an outcome").expect("a try")
}

/// Signs a player up whose number is verified.
pub(crate) async fn verified(store: &Store, player: u64) -> Account {
    signed_up(store, player, None).await;
    store.keep_phone_code(&SentCode::new(user(player), Digest::of(b"code"), second(0))).await.unwrap();
    let tried = store.try_phone_code(user(player), second(1)).await.unwrap().expect("a try");
    match store.verify_phone(&tried).await.unwrap() {
        VerifyPhoneOutcome::Verified(account) => *account,
        other => panic!("{other:?}"),
    }
}

async fn debts(store: &Store) -> Vec<PlayerDebt> {
    let mut debts = Vec::new();
    for shard in store.layout().shards() {
        let page = store.sweep_session_debts(shard, Since::Before(Timestamp::MAX), None).await.unwrap();
        assert_eq!((page.left_out, page.next.is_none()), (0, true));
        debts.extend(page.found);
    }
    debts
}

pub(crate) async fn a_recovery_has_its_tries_and_its_time(store: &Store) {
    let tries = async |number: u8, at| store.try_recovery(begun(number, 1, 0).key, second(at)).await.unwrap();
    assert_eq!(tries(1, 0).await, None, "none was begun");
    for number in [1, 2, 3] {
        store.keep_recovery(&begun(number, 1, 0)).await.unwrap();
    }
    for count in 1..=Recovery::TRIES_MAX {
        assert_eq!(tries(1, 599).await, Some(Recovery { tries: count, ..begun(1, 1, 0) }));
    }
    assert_eq!(tries(1, 599).await, None, "as many as there are");
    assert_eq!(tries(2, 600).await, None, "its time is over");
    // Tries at once do not exceed their number, and another recovery of the number is not touched.
    let at_once = join_all((0..12).map(|_| tries(3, 1))).await;
    assert_eq!(at_once.iter().flatten().count(), 5);
    assert_eq!(tries(2, 599).await.map(|found| found.tries), Some(1));
    assert_eq!(
        store.load_recovery(begun(2, 1, 0).key).await.unwrap().map(|found| found.phone),
        Some(phone(1))
    );
    assert_eq!(store.load_recovery(begun(9, 1, 0).key).await.unwrap(), None);
}

/// Everything that a new password ends is ended in the same transaction, and the player is owed a notification.
pub(crate) async fn a_recovery_sets_a_password_and_ends_all_sessions(store: &Store) {
    let before = verified(store, 1).await;
    let code = tried(store, 1, 1, 10).await;
    let expected =
        Account { session_epoch: 1, password_changes: 1, recovered_at: Some(second(20)), ..before };
    let recovered = RecoverOutcome::Recovered(Box::new(expected.clone()));
    assert_eq!(store.recover(&code, user(1), &hash(2), second(20)).await.unwrap(), recovered);
    assert_eq!(account(store, 1).await, expected);
    let stored = store.load_login(&phone(1)).await.unwrap().expect("a login");
    assert_eq!((stored.user, stored.password), (user(1), hash(2)));
    assert_eq!(store.password_since(user(1)).await.unwrap(), Some(second(20)));
    let owed = PlayerDebt::Recovery { user: user(1), recovery: code.key };
    assert_eq!(debts(store).await, [owed]);
    crate::books::check(store).await;
    // The same call again, and the same code in another one.
    assert_eq!(store.recover(&code, user(1), &hash(2), second(20)).await.unwrap(), recovered);
    let again = store.recover(&code, user(1), &hash(3), second(30)).await.unwrap();
    assert_eq!(again, RecoverOutcome::Refused(NotRecoverable::RecoveredSince));
    assert_eq!(store.try_recovery(code.key, second(30)).await.unwrap(), None, "it is used up");
    for _ in 0..2 {
        store.clear_recovery_notice(code.key).await.unwrap();
        assert_eq!(debts(store).await, []);
    }
    // A code of after it is good, and the times go on.
    let later = tried(store, 2, 1, 40).await;
    let outcome = store.recover(&later, user(1), &hash(4), second(50)).await.unwrap();
    assert!(matches!(outcome, RecoverOutcome::Recovered(_)), "{outcome:?}");
    assert_eq!(account(store, 1).await.session_epoch, 2);
    crate::books::check(store).await;
}

/// One code in eight requests, and two codes in two: one password is set.
pub(crate) async fn of_recoveries_at_once_one_sets_the_password(store: &Store) {
    for player in [1, 2] {
        verified(store, player).await;
    }
    let (one, other, third) =
        (tried(store, 1, 1, 10).await, tried(store, 2, 2, 10).await, tried(store, 3, 2, 11).await);
    let at = |number: u64| second(20 + i64::try_from(number).unwrap_or_default());
    let of_one = (10..18).map(|number| (one.clone(), 1, number));
    let of_two = [(other, 2, 20), (third, 2, 21)];
    for requests in [of_one.collect::<Vec<_>>(), of_two.to_vec()] {
        let hashes: Vec<_> = requests.iter().map(|(.., number)| hash(*number)).collect();
        let outcomes = join_all(
            requests
                .iter()
                .zip(&hashes)
                .map(|((code, player, number), hash)| store.recover(code, user(*player), hash, at(*number))),
        );
        let outcomes = outcomes.await;
        let done: Vec<_> = (0..requests.len())
            .filter(|one| matches!(outcomes[*one], Ok(RecoverOutcome::Recovered(_))))
            .collect();
        let [done] = done[..] else { panic!("{outcomes:?}") };
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let player = requests[done].1;
        let stored = store.load_login(&phone(player)).await.unwrap().expect("a login");
        assert_eq!(stored.password, hashes[done]);
        assert_eq!(account(store, player).await.session_epoch, 1, "the sessions ended once");
    }
    crate::books::check(store).await;
}

/// The code was sent when the account could be recovered, and is tried when it no longer can.
pub(crate) async fn an_account_that_may_not_be_recovered_is_not_changed(engine: &Engine) {
    let store = &engine.store;
    for player in [1, 2] {
        verified(store, player).await;
    }
    signed_up(store, 3, None).await;
    set_blocked(store, user(1), true).await.unwrap();
    set_role(store, user(2), Role::Cashier).await.unwrap();
    let table =
        [(1, NotRecoverable::Blocked), (2, NotRecoverable::Staff), (3, NotRecoverable::NumberNotVerified)];
    for (player, refusal) in table {
        let code = tried(store, u8::try_from(player).unwrap(), player, 10).await;
        let before = raw::everything(engine).await;
        let outcome = store.recover(&code, user(player), &hash(9), second(20)).await.unwrap();
        assert_eq!(outcome, RecoverOutcome::Refused(refusal));
        assert_eq!(raw::everything(engine).await, before);
    }
}

/// The table has neither the id nor the code, only hashes, with the time after which the engine may delete them.
pub(crate) async fn a_kept_recovery_expires(engine: &Engine) {
    let store = &engine.store;
    verified(store, 1).await;
    let code = tried(store, 1, 1, 0).await;
    let item = raw::items(engine, "recovery").await.remove(0);
    assert_eq!(item["pk"], raw::text(format!("RECOVERY#{}", Digest::of(&[1]))));
    assert_eq!(item["code_hash"], raw::text(Digest::of(&[1, 1])));
    assert_eq!(item["expires_at"], raw::number(second(600).as_second()));
    store.recover(&code, user(1), &hash(2), second(20)).await.unwrap();
    let item = raw::items(engine, "recovery").await.remove(0);
    assert_eq!(item["expires_at"], raw::number(second(20 + 24 * 60 * 60).as_second()), "its notice is owed");
    let wallet = raw::items(engine, "wallet").await.remove(0);
    assert_eq!(wallet["recovered_at"], raw::text(second(20)));
    assert_eq!(wallet["session_epoch"], raw::number("1"));
}
