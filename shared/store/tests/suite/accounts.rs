//! Accounts after their sign-up: blocking, logins, profiles, roles, passwords.

use crate::engine::Engine;
use crate::raw;
use crate::scenario::{
    ENOUGH, ROUND, account, act_on_account, amount, command, fund, hash, of_epoch, phone, place, round_id,
    second, seed, set_blocked, set_role, signed_up, token, try_place, user,
};
use evens_audit_log::Action;
use evens_exchange::{Draw, PlaceBetOutcome, Round, RoundTerms, Side};
use evens_players::{Account, LastLogin, Role, Session, UserName};
use evens_store::{AccountWrite, LoginOutcome, PasswordHash, PasswordWrite, Store, StoreError};
use futures::future::join_all;
use jiff::tz::TimeZone;
use std::sync::atomic::{AtomicU32, Ordering};

fn written(write: AccountWrite) -> Account {
    match write {
        AccountWrite::Written(account) => *account,
        AccountWrite::UnknownUser => panic!("the account is there"),
    }
}

/// Places bets of player 1 concurrently until they are refused with `expected`. Every bet after `change` has returned
/// is refused, regardless of earlier reads.
async fn bet_until(store: &Store, expected: PlaceBetOutcome, change: impl Future<Output = Account>) {
    let placed = AtomicU32::new(0);
    let storm = |one: u32| {
        let (placed, expected) = (&placed, &expected);
        async move {
            for number in 0.. {
                let command = command(1, &format!("key-{one}-{number}"), Side::A, "0.01");
                match try_place(store, &command, second(5)).await.expect("an outcome") {
                    PlaceBetOutcome::Placed(_) => placed.fetch_add(1, Ordering::SeqCst),
                    refused if refused == *expected => return,
                    other => panic!("{other:?}"),
                };
            }
        }
    };
    let change = async {
        while placed.load(Ordering::SeqCst) < 20 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        change.await;
        store.load_wallet(user(1)).await.unwrap()
    };
    let (_, when_changed) = tokio::join!(join_all((0..8).map(storm)), change);
    let at_the_end = store.load_wallet(user(1)).await.unwrap();
    assert_eq!(at_the_end, when_changed);
    assert_eq!(at_the_end.version, 1 + u64::from(placed.load(Ordering::SeqCst)));
}

pub(crate) async fn no_bet_is_placed_after_its_player_was_blocked(store: &Store) {
    signed_up(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    let block = async { written(set_blocked(store, user(1), true).await.unwrap()) };
    bet_until(store, PlaceBetOutcome::AccountBlocked, block).await;
}

/// In a round opened by an operator. The token says that the bettor is a player.
pub(crate) async fn no_bet_of_a_player_is_placed_after_they_got_a_role(store: &Store) {
    signed_up(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    let opened_by = Some(user(900));
    let terms = RoundTerms { opened_by, ..RoundTerms::endless(round_id(ROUND), Draw::Match, amount("0.01")) };
    store.open_round(Round::open(terms, &seed(), second(1)), &seed()).await.unwrap();
    let promote = async { written(set_role(store, user(1), Role::Operator).await.unwrap()) };
    bet_until(store, PlaceBetOutcome::RunsRound, promote).await;
    // The player may bet again when the role is removed.
    let player = written(set_role(store, user(1), Role::Player).await.unwrap());
    assert_eq!(player.role, Role::Player);
    place(store, &of_epoch(1, command(1, "again", Side::A, "0.01")), second(6)).await;
}

pub(crate) async fn a_bet_that_is_refused_for_the_block_leaves_nothing(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    let first = command(1, "key-1", Side::A, "1");
    place(store, &first, second(5)).await;
    set_blocked(store, user(1), true).await.unwrap();
    let before = raw::everything(engine).await;
    let mut of_another_round = command(1, "key-2", Side::A, "1");
    of_another_round.round = "another".parse().unwrap();
    for command in [&of_another_round, &command(1, "key-3", Side::B, "1e12")] {
        let refused = try_place(store, command, second(6)).await.unwrap();
        assert_eq!(refused, PlaceBetOutcome::AccountBlocked);
    }
    // A bet placed before the block is not reported as refused, because its stake is taken.
    let repeated = try_place(store, &first, second(6)).await.unwrap();
    assert!(matches!(repeated, PlaceBetOutcome::PlacedBefore(_)), "{repeated:?}");
    assert_eq!(raw::everything(engine).await, before);

    let unblocked = written(set_blocked(store, user(1), false).await.unwrap());
    assert!(!unblocked.is_blocked);
    // The block has ended the session, so the player logs in.
    for command in [&first, &of_another_round] {
        assert_eq!(try_place(store, command, second(7)).await.unwrap(), PlaceBetOutcome::SessionEnded);
    }
    let [first, of_another_round] = [first, of_another_round].map(|command| of_epoch(1, command));
    place(store, &of_another_round, second(7)).await;
    let repeated = try_place(store, &first, second(8)).await.unwrap();
    assert!(matches!(repeated, PlaceBetOutcome::PlacedBefore(_)), "{repeated:?}");
    crate::books::check(store).await;
}

pub(crate) async fn blocking_twice_is_blocking_once(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    let start = raw::everything(engine).await;
    for is_blocked in [true, true, false, false] {
        let account = written(set_blocked(store, user(1), is_blocked).await.unwrap());
        assert_eq!(account.is_blocked, is_blocked);
    }
    let mut items = raw::everything(engine).await;
    let count = items.len();
    items.retain(|key, _| !key.starts_with("AUDIT"));
    for key in ["ACCOUNT#1 ACCOUNT", "USER#1 WALLET"] {
        let epoch = items.get_mut(key).and_then(|item| item.remove("session_epoch"));
        assert_eq!(epoch, Some(raw::number("1")), "the block ended the sessions, once: {key}");
    }
    assert_eq!(items, start);
    assert_eq!(count, items.len() + 3, "two lines of the log, and its head");
    let at_once = join_all((0..8).map(|number| set_blocked(store, user(1), number % 2 == 0))).await;
    assert!(at_once.iter().all(Result::is_ok), "{at_once:?}");
    let items = raw::everything(engine).await;
    let blocked = ["ACCOUNT#1 ACCOUNT", "USER#1 WALLET"].map(|key| items[key].contains_key("blocked"));
    assert_eq!(blocked[0], blocked[1], "both items or none");
}

pub(crate) async fn a_user_without_an_account_is_not_changed(engine: &Engine) {
    let store = &engine.store;
    let before_sign_up = signed_up(store, 1, None).await;
    // The user has a wallet and no account.
    fund(store, 9, "5").await;
    let before = raw::everything(engine).await;
    for player in [8, 9] {
        let writes = [
            set_blocked(store, user(player), true).await,
            set_role(store, user(player), Role::Operator).await,
            store.update_profile(user(player), None, Some(1)).await,
            store.update_profile(user(player), None, None).await,
        ];
        for write in writes {
            assert_eq!(write.unwrap(), AccountWrite::UnknownUser, "player {player}");
        }
        let login = LastLogin { at: second(1), address: "203.0.113.7".to_owned() };
        let recorded = store.record_login(user(player), &login).await;
        assert!(matches!(recorded, Err(StoreError::Corrupt { .. })), "{recorded:?}");
    }
    let nobody = Account { phone: phone(8), user: user(8), ..before_sign_up };
    let opened = Session::open(&token(8, 1, 0), second(1));
    let replaced = store.replace_password(&nobody, &hash(8), &hash(9), &opened).await.unwrap();
    assert_eq!(replaced, PasswordWrite::HashChanged);
    assert!(!store.keep_rehashed(&phone(8), &hash(8), &hash(9)).await.unwrap());
    assert_eq!(store.password_since(user(8)).await.unwrap(), None);
    assert_eq!(raw::everything(engine).await, before);
}

/// D14, D16.
pub(crate) async fn a_login_is_recorded_unless_the_account_is_blocked(store: &Store) {
    let mut expected = signed_up(store, 1, None).await;
    for (at, address) in [(1, "203.0.113.7"), (2, "2001:db8::1")] {
        let login = LastLogin { at: second(at), address: address.to_owned() };
        let outcome = store.record_login(user(1), &login).await.unwrap();
        expected.last_login = Some(login);
        assert_eq!(outcome, LoginOutcome::LoggedIn(Box::new(expected.clone())));
        assert_eq!(account(store, 1).await, expected);
    }
    set_blocked(store, user(1), true).await.unwrap();
    let login = LastLogin { at: second(3), address: "203.0.113.9".to_owned() };
    assert_eq!(store.record_login(user(1), &login).await.unwrap(), LoginOutcome::Blocked);
    (expected.is_blocked, expected.session_epoch) = (true, 1);
    assert_eq!(account(store, 1).await, expected);
}

/// The act that ends sessions, and the end, are one transaction. A repeat of the same call ends nothing more.
pub(crate) async fn an_epoch_of_sessions_ends_once(store: &Store) {
    let mut expected = signed_up(store, 1, None).await;
    for epoch in [0, 0, 1, 0, 7] {
        let act = act_on_account(Action::EndSessions, user(1), "ended");
        let account = written(store.end_epoch(user(1), epoch, &act, second(1)).await.unwrap());
        expected.session_epoch = expected.session_epoch.max(if epoch < 2 { epoch + 1 } else { 0 });
        assert_eq!(account, expected, "{epoch}");
    }
    let day = second(1).to_zoned(TimeZone::UTC).date();
    let lines = store.list_audit_lines(day, 0, 10).await.unwrap();
    assert_eq!(lines.len(), 2, "one line for each end: {lines:?}");
    let act = act_on_account(Action::EndSessions, user(9), "ended");
    let unknown = store.end_epoch(user(9), 0, &act, second(1)).await.unwrap();
    assert_eq!(unknown, AccountWrite::UnknownUser);
}

pub(crate) async fn a_change_of_an_account_leaves_other_attributes(store: &Store) {
    let mut expected = signed_up(store, 1, Some(2)).await;
    let (name, other) = ("Asha".parse().unwrap(), "आशा".parse().unwrap());
    let profile = async |name: Option<&UserName>, picture| {
        written(store.update_profile(user(1), name, picture).await.unwrap())
    };
    assert_eq!(profile(None, None).await, expected);
    expected.name = Some(name);
    assert_eq!(profile(expected.name.as_ref(), None).await, expected);
    expected.picture = Some(7);
    assert_eq!(profile(None, Some(7)).await, expected);
    (expected.name, expected.picture) = (Some(other), Some(0));
    assert_eq!(profile(expected.name.as_ref(), Some(0)).await, expected);
    for role in Role::ALL {
        // Taking a role ends the sessions, and giving one to a player does not.
        expected.session_epoch += u64::from(![role, Role::Player].contains(&expected.role));
        expected.role = role;
        assert_eq!(written(set_role(store, user(1), role).await.unwrap()), expected);
    }
    assert_eq!(account(store, 1).await, expected);
}

pub(crate) async fn of_eight_changes_of_a_password_one_is_made(store: &Store) {
    let account = signed_up(store, 1, None).await;
    let new: Vec<_> = (10..18).map(hash).collect();
    let (phone, old) = (phone(1), hash(1));
    let since = async || store.password_since(user(1)).await.unwrap();
    assert_eq!(since().await, Some(account.created_at));
    let [first, late_one] = [1, 3].map(|at| Session::open(&token(1, 1, 0), second(at)).of_epoch(1));
    let replaced = new.iter().map(|new| store.replace_password(&account, &old, new, &first));
    let outcomes = join_all(replaced).await;
    let made: Vec<_> =
        (0..new.len()).filter(|one| matches!(outcomes[*one], Ok(PasswordWrite::Replaced))).collect();
    let [made] = made.as_slice() else { panic!("{outcomes:?}") };
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let stored = async || store.load_login(&phone).await.unwrap().expect("a login");
    assert_eq!((stored().await.user, stored().await.password), (user(1), new[*made].clone()));
    // The same call again reports that the new password is stored. A call that read the old one does not.
    let again = store.replace_password(&account, &old, &new[*made], &first).await.unwrap();
    assert_eq!(again, PasswordWrite::Replaced);
    let late = PasswordHash::new("late".to_owned());
    let refused = store.replace_password(&account, &old, &late, &late_one).await.unwrap();
    assert_eq!(refused, PasswordWrite::HashChanged);
    assert_eq!((stored().await.password, since().await), (new[*made].clone(), Some(second(1))));
    let expected = Account { session_epoch: 1, password_changes: 1, ..account };
    assert_eq!(crate::scenario::account(store, 1).await, expected, "the sessions ended once");
    // Rehashing the same password does not change its age.
    assert!(store.keep_rehashed(&phone, &new[*made], &late).await.unwrap());
    assert_eq!((stored().await.password, since().await), (late, Some(second(1))));
}

/// An operator ends the sessions after the player's request has read the account.
pub(crate) async fn a_session_that_was_ended_changes_no_password(store: &Store) {
    let account = signed_up(store, 1, None).await;
    let act = act_on_account(Action::EndSessions, user(1), "ended");
    store.end_epoch(user(1), 0, &act, second(1)).await.unwrap();
    let opened = Session::open(&token(1, 1, 0), second(2)).of_epoch(1);
    let refused = store.replace_password(&account, &hash(1), &hash(2), &opened).await.unwrap();
    assert_eq!(refused, PasswordWrite::SessionsEnded);
    let stored = store.load_login(&phone(1)).await.unwrap().expect("a login");
    assert_eq!((stored.password, store.list_sessions(user(1)).await.unwrap()), (hash(1), vec![]));
}

/// Whatever ends the sessions also ends the bets and withdrawals of their tokens, regardless of earlier reads.
pub(crate) async fn no_bet_is_placed_after_the_sessions_were_ended(store: &Store) {
    let start = signed_up(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    let change = async {
        let opened = Session::open(&token(1, 1, 0), second(2)).of_epoch(1);
        let replaced = store.replace_password(&start, &hash(1), &hash(2), &opened).await.unwrap();
        assert_eq!(replaced, PasswordWrite::Replaced);
        account(store, 1).await
    };
    bet_until(store, PlaceBetOutcome::SessionEnded, change).await;
    for epoch in 1..=3 {
        place(store, &of_epoch(epoch, command(1, &format!("of-{epoch}"), Side::A, "0.01")), second(6)).await;
        let act = act_on_account(Action::EndSessions, user(1), "ended");
        store.end_epoch(user(1), epoch, &act, second(7)).await.unwrap();
        let late = of_epoch(epoch, command(1, &format!("late-{epoch}"), Side::A, "0.01"));
        let refused = try_place(store, &late, second(8)).await.unwrap();
        assert_eq!(refused, PlaceBetOutcome::SessionEnded);
    }
    crate::books::check(store).await;
}

/// Wallets of earlier versions have no epoch. It arrives with the next end of all sessions.
pub(crate) async fn a_wallet_without_an_epoch_refuses_no_session(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    let end = async |epoch| {
        let act = act_on_account(Action::EndSessions, user(1), "ended");
        store.end_epoch(user(1), epoch, &act, second(1)).await.unwrap();
    };
    end(0).await;
    let mut wallet = raw::items(engine, "wallet").await.remove(0);
    assert_eq!(wallet.remove("session_epoch"), Some(raw::number("1")));
    raw::put(engine, wallet).await;
    place(store, &command(1, "key-1", Side::A, "1"), second(2)).await;
    crate::books::check(store).await;
    end(1).await;
    let refused = try_place(store, &of_epoch(1, command(1, "key-2", Side::A, "1")), second(3)).await.unwrap();
    assert_eq!(refused, PlaceBetOutcome::SessionEnded);
    assert_eq!(raw::items(engine, "wallet").await[0]["session_epoch"], raw::number("2"));
}
