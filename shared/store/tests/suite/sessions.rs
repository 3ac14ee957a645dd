//! Sessions: each refresh token is replaced once, a repeat within 30 s gets the same successor, and presenting an older
//! one ends its family.

use crate::engine::Engine;
use crate::raw::{self, Item, text, with};
use crate::scenario::{opened_session as opened, salt, second, signed_up, token, user};
use evens_players::{
    FamilyId, PendingTask, Predecessor, REFRESH_REPEAT_WINDOW, REFRESH_TOKEN_LIFETIME, RefreshToken, Session,
    SuccessorSalt,
};
use evens_store::{PlayerDebt, RefreshOutcome, SESSIONS_MAX, SessionDebt, Since, Store};
use futures::future::join_all;
use jiff::Timestamp;

/// A refresh that must have a known outcome.
async fn refresh(store: &Store, old: &RefreshToken, salt: SuccessorSalt, now: Timestamp) -> RefreshOutcome {
    store.rotate_session(old, salt, now).await.expect("an outcome")
}

/// Refreshes twice, the second time a minute after the session began. Returns all three tokens.
async fn refreshed_twice(store: &Store, first: &RefreshToken) -> [RefreshToken; 3] {
    let tokens = [first.clone(), first.successor(salt(1)), first.successor(salt(1)).successor(salt(2))];
    for (number, at) in [(1, 1), (2, 60)] {
        let rotated = refresh(store, &tokens[usize::from(number) - 1], salt(number), second(at)).await;
        assert!(matches!(rotated, RefreshOutcome::Rotated(_)), "{rotated:?}");
    }
    tokens
}

async fn sessions(store: &Store, player: u64) -> Vec<Session> {
    store.list_sessions(user(player)).await.expect("the sessions")
}

pub(crate) async fn each_token_is_good_once(store: &Store) {
    let opened = opened(store, &token(1, 1, 0)).await;
    assert_eq!(sessions(store, 1).await, std::slice::from_ref(&opened));
    let (mut newest, mut old) = (opened, token(1, 1, 0));
    for number in 1..=5 {
        let (new, now) = (old.successor(salt(number)), second(i64::from(number)));
        let outcome = refresh(store, &old, salt(number), now).await;
        let expected = Session {
            current: new.digest(),
            previous: Some(Predecessor { digest: old.digest(), salt: salt(number) }),
            generation: u64::from(number),
            rotated_at: now,
            expires_at: now + REFRESH_TOKEN_LIFETIME,
            ..newest.clone()
        };
        assert_eq!(outcome, RefreshOutcome::Rotated(expected.clone()));
        assert_eq!(sessions(store, 1).await, std::slice::from_ref(&expected));
        (newest, old) = (expected, new);
    }
}

/// D21. A token that the family never issued is treated like an old one, because its holder knows the family.
pub(crate) async fn a_token_that_comes_back_ends_its_family_and_no_other(store: &Store) {
    #[rustfmt::skip]
    let table = [
        // shown after two refreshes      outcome
        (token(1, 1, 0),                  RefreshOutcome::Reused),
        (token(1, 1, 0).successor(salt(1)), RefreshOutcome::Reused),
        (token(1, 1, 99),                 RefreshOutcome::Reused),
        // Another family, and another user's.
        (token(1, 3, 2),                  RefreshOutcome::Ended),
        (token(2, 1, 2),                  RefreshOutcome::Ended),
    ];
    for (shown, expected) in table {
        opened(store, &token(1, 1, 0)).await;
        opened(store, &token(1, 2, 0)).await;
        let [_, _, newest] = refreshed_twice(store, &token(1, 1, 0)).await;
        let later = second(60) + REFRESH_REPEAT_WINDOW;
        assert_eq!(refresh(store, &shown, salt(77), later).await, expected);
        let newest = refresh(store, &newest, salt(3), later).await;
        let is_ended = expected == RefreshOutcome::Reused;
        assert_eq!(newest == RefreshOutcome::Ended, is_ended, "{newest:?}");
        let families: Vec<_> = sessions(store, 1).await.iter().map(|session| session.family).collect();
        assert_eq!(families.contains(&FamilyId::from_random([1; 16])), !is_ended);
        assert!(families.contains(&FamilyId::from_random([2; 16])));
        store.end_sessions(user(1)).await.unwrap();
    }
}

pub(crate) async fn a_session_ends_when_it_is_not_used(store: &Store) {
    let ends_at = second(0) + REFRESH_TOKEN_LIFETIME;
    let before = ends_at - jiff::SignedDuration::from_secs(1);
    for (now, is_good) in [(before, true), (ends_at, false), (Timestamp::MAX, false)] {
        opened(store, &token(1, 1, 0)).await;
        let outcome = refresh(store, &token(1, 1, 0), salt(1), now).await;
        assert_eq!(matches!(outcome, RefreshOutcome::Rotated(_)), is_good, "{now}: {outcome:?}");
        assert!(is_good || outcome == RefreshOutcome::Ended, "{outcome:?}");
    }
    // An old token of an ended session gets the same answer as the newest one.
    opened(store, &token(1, 1, 0)).await;
    refresh(store, &token(1, 1, 0), salt(1), second(1)).await;
    let outcome =
        refresh(store, &token(1, 1, 0), salt(2), ends_at + jiff::SignedDuration::from_hours(1)).await;
    assert_eq!(outcome, RefreshOutcome::Ended);
}

/// Two tabs refresh at once: the token is replaced once, and both get its successor, which is valid.
pub(crate) async fn refreshes_at_once_get_one_successor(store: &Store) {
    for (round, at_once) in (0..15).map(|round| (round, 2)).chain((15..20).map(|round| (round, 6))) {
        let presented = token(1, round, 0);
        opened(store, &presented).await;
        let salts = (1..=at_once).map(salt);
        let outcomes = join_all(salts.map(|salt| refresh(store, &presented, salt, second(1)))).await;
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "round {round}: {outcomes:?}");
        let RefreshOutcome::Rotated(session) = &outcomes[0] else { panic!("round {round}: {outcomes:?}") };
        assert_eq!(session.generation, 1);
        let next = session.successor(&presented).expect("the successor");
        let after = refresh(store, &next, salt(99), second(2)).await;
        assert!(matches!(after, RefreshOutcome::Rotated(_)), "round {round}: {after:?}");
    }
}

/// A refresh whose answer was lost gets the same successor for 30 s. After that, or once the successor was replaced,
/// the token counts as stolen.
pub(crate) async fn the_same_refresh_again_is_found(store: &Store) {
    opened(store, &token(1, 1, 0)).await;
    let old = token(1, 1, 0);
    let first = refresh(store, &old, salt(1), second(1)).await;
    assert_eq!(refresh(store, &old, salt(2), second(30)).await, first);
    let at_once = join_all((0..6).map(|_| refresh(store, &old, salt(3), second(30)))).await;
    assert!(at_once.iter().all(|outcome| *outcome == first), "{at_once:?}");
    assert_eq!(sessions(store, 1).await.len(), 1);
    assert_eq!(refresh(store, &old, salt(2), second(31)).await, RefreshOutcome::Reused);
    assert_eq!(sessions(store, 1).await, []);
    opened(store, &token(1, 2, 0)).await;
    let [replaced, ..] = refreshed_twice(store, &token(1, 2, 0)).await;
    assert_eq!(refresh(store, &replaced, salt(2), second(2)).await, RefreshOutcome::Reused);
    assert_eq!(sessions(store, 1).await, []);
}

pub(crate) async fn ended_sessions_are_gone(store: &Store) {
    signed_up(store, 1, None).await;
    for family in 0..40 {
        opened(store, &token(1, family, 0)).await;
    }
    opened(store, &token(11, 1, 0)).await;
    store.end_session(user(1), FamilyId::from_random([3; 16])).await.unwrap();
    store.end_session(user(1), FamilyId::from_random([3; 16])).await.unwrap();
    assert_eq!(sessions(store, 1).await.len(), 39);
    let ended = refresh(store, &token(1, 3, 0), salt(1), second(1)).await;
    assert_eq!(ended, RefreshOutcome::Ended);
    store.end_sessions(user(1)).await.unwrap();
    assert_eq!(sessions(store, 1).await, []);
    store.end_sessions(user(1)).await.unwrap();
    assert_eq!(sessions(store, 11).await.len(), 1, "another user's");
    assert!(store.load_account(user(1)).await.unwrap().is_some());
}

/// A refresh that races with the end of all sessions does not restore its session.
pub(crate) async fn a_refresh_does_not_bring_an_ended_session_back(store: &Store) {
    for family in 0..15 {
        opened(store, &token(1, family, 0)).await;
        let old = token(1, family, 0);
        let (_, ended) = tokio::join!(refresh(store, &old, salt(1), second(1)), store.end_sessions(user(1)));
        ended.unwrap();
        assert_eq!(sessions(store, 1).await, [], "round {family}");
    }
}

/// The debts since logins before that time, by user.
async fn debts(store: &Store, before: Timestamp) -> Vec<SessionDebt> {
    let mut debts = Vec::new();
    for shard in store.layout().shards() {
        let page = store.sweep_session_debts(shard, Since::Before(before), None).await.expect("a page");
        assert_eq!((page.left_out, page.next.is_none()), (0, true));
        debts.extend(page.found.into_iter().map(|debt| match debt {
            PlayerDebt::Session(debt) => debt,
            recovery @ PlayerDebt::Recovery { .. } => panic!("{recovery:?}"),
        }));
    }
    debts.sort_by_key(|debt| format!("{debt:?}"));
    debts
}

fn day(number: i8) -> PendingTask {
    PendingTask::Day(jiff::civil::date(2026, 11, number))
}

async fn owing(store: &Store, token: &RefreshToken, at: i64, owed: &PendingTask) -> Session {
    let session = Session::open(token, second(at)).owing(owed.clone());
    store.open_session(&session).await.expect("a session");
    session
}

/// Several logins of a day owe it, and the debt of all of them is cleared when it is recorded. Other debts are not.
pub(crate) async fn work_owed_since_a_login_is_found_until_it_is_done(store: &Store) {
    let notice = PendingTask::PasswordNotice("request-1".to_owned());
    opened(store, &token(1, 9, 0)).await;
    let kept = owing(store, &token(1, 1, 0), 10, &day(20)).await;
    owing(store, &token(1, 2, 0), 11, &day(20)).await;
    owing(store, &token(2, 1, 0), 12, &day(21)).await;
    owing(store, &token(3, 1, 0), 13, &notice).await;
    let debt = |player, owed: &PendingTask| SessionDebt { user: user(player), owed: owed.clone() };
    assert_eq!(debts(store, second(10)).await, []);
    assert_eq!(debts(store, second(11)).await, [debt(1, &day(20))]);
    let all = [debt(1, &day(20)), debt(1, &day(20)), debt(2, &day(21)), debt(3, &notice)];
    assert_eq!(debts(store, second(14)).await, all);
    // A refresh keeps the debt.
    let rotated = refresh(store, &token(1, 1, 0), salt(1), second(20)).await;
    assert!(matches!(&rotated, RefreshOutcome::Rotated(session) if session.owed == kept.owed), "{rotated:?}");
    for (player, owed) in [(1, day(21)), (2, day(20)), (3, day(20)), (4, day(20))] {
        store.clear_owed(user(player), &owed).await.unwrap();
    }
    assert_eq!(debts(store, second(21)).await, all);
    for _ in 0..2 {
        store.clear_owed(user(1), &day(20)).await.unwrap();
        assert_eq!(debts(store, second(21)).await, all[2..]);
    }
    store.clear_owed(user(2), &day(21)).await.unwrap();
    store.clear_owed(user(3), &notice).await.unwrap();
    assert_eq!(debts(store, second(21)).await, []);
    let open = sessions(store, 1).await;
    assert_eq!((open.len(), open.iter().all(|session| session.owed.is_none())), (3, true));
}

/// All logins of a day owe it, in any number, and one job clears the debts and ends most of the sessions.
pub(crate) async fn many_logins_owe_a_day_once_and_leave_few_sessions(store: &Store) {
    let (logins, owed) = ((0..1_050_u16).collect::<Vec<_>>(), day(20));
    for some in logins.chunks(50) {
        let open = some.iter().map(|number| owe_of_many(store, *number, &owed));
        join_all(open).await;
    }
    owing(store, &token_of_many(2_000), 0, &day(21)).await;
    opened(store, &token(2, 1, 0)).await;
    store.clear_owed(user(1), &day(20)).await.unwrap();
    let left = SessionDebt { user: user(1), owed: day(21) };
    assert_eq!(debts(store, second(2_000)).await, [left]);
    // Each call reads a thousand, so the second one finishes the rest.
    for _ in 0..2 {
        store.end_longest_unused(user(1)).await.unwrap();
    }
    let open = sessions(store, 1).await;
    assert_eq!(open.len(), SESSIONS_MAX);
    store.end_longest_unused(user(1)).await.unwrap();
    assert_eq!(sessions(store, 1).await, open, "which are not too many");
    assert_eq!(sessions(store, 2).await.len(), 1, "another user's");
}

/// The open sessions that were unused for longest are ended.
pub(crate) async fn the_least_recently_used_session_is_ended(store: &Store) {
    let count = u16::try_from(SESSIONS_MAX).unwrap() + 3;
    owing(store, &token_of_many(0), 0, &day(20)).await;
    for number in 1..count {
        let session = Session::open(&token_of_many(number), second(i64::from(number)));
        store.open_session(&session).await.unwrap();
    }
    let used = refresh(store, &token_of_many(1), salt(77), second(1_000)).await;
    assert!(matches!(used, RefreshOutcome::Rotated(_)), "{used:?}");
    store.end_longest_unused(user(1)).await.unwrap();
    let open = sessions(store, 1).await;
    let goes_on = |number| open.iter().any(|session| session.family == token_of_many(number).family());
    let ended: Vec<_> = (0..count).filter(|number| !goes_on(*number)).collect();
    assert_eq!(ended, [0, 2, 3]);
    assert_eq!(debts(store, second(500)).await.len(), 1, "it owes what it owed");
}

async fn owe_of_many(store: &Store, number: u16, owed: &PendingTask) {
    owing(store, &token_of_many(number), i64::from(number), owed).await;
}

/// The first token of one of many logins of player 1.
fn token_of_many(number: u16) -> RefreshToken {
    let [high, low] = number.to_be_bytes();
    let mut family = [0; 16];
    (family[0], family[1]) = (high, low);
    RefreshToken::new(user(1), FamilyId::from_random(family), [1; 32])
}

/// Ending a session keeps its debt, but no token opens it.
pub(crate) async fn owed_work_outlives_its_session(store: &Store) {
    owing(store, &token(1, 1, 0), 0, &day(20)).await;
    owing(store, &token(1, 2, 0), 0, &day(21)).await;
    owing(store, &token(1, 3, 0), 0, &day(22)).await;
    let kept = opened(store, &token(1, 4, 0)).await;
    let all = debts(store, second(1)).await;
    // By a logout, by an old token, and by a new password.
    store.end_session(user(1), token(1, 1, 0).family()).await.unwrap();
    let reused = refresh(store, &token(1, 2, 9), salt(1), second(1)).await;
    assert_eq!(reused, RefreshOutcome::Reused);
    store.end_other_sessions(user(1), kept.family).await.unwrap();
    assert_eq!(sessions(store, 1).await, [kept]);
    for family in 1..=3 {
        let shown = token(1, family, 0);
        assert_eq!(store.load_session(user(1), shown.family()).await.unwrap(), None);
        assert_eq!(refresh(store, &shown, salt(1), second(2)).await, RefreshOutcome::Ended);
    }
    assert_eq!((all.len(), debts(store, second(1)).await), (3, all));
    for number in 20..=22 {
        store.end_sessions(user(1)).await.unwrap();
        store.clear_owed(user(1), &day(number)).await.unwrap();
    }
    assert_eq!((sessions(store, 1).await, debts(store, second(1)).await), (vec![], vec![]));
    let ended = refresh(store, &token(1, 1, 0), salt(1), second(3)).await;
    assert_eq!(ended, RefreshOutcome::Ended);
}

/// After a change of password no session continues, even if one of them is unreadable.
pub(crate) async fn a_session_that_cannot_be_read_is_ended_like_the_others(engine: &Engine) {
    let store = &engine.store;
    for family in 0..3 {
        opened(store, &token(1, family, 0)).await;
    }
    let broken = raw::items(engine, "session").await.remove(0);
    raw::put(engine, with(&broken, &[("generation", text("many"))])).await;
    assert!(store.list_sessions(user(1)).await.is_err());
    store.end_sessions(user(1)).await.unwrap();
    assert_eq!(raw::items(engine, "session").await, Vec::<Item>::new());
}

/// Only the hash of a token is stored.
pub(crate) async fn no_token_is_stored(engine: &Engine) {
    let (token, store) = (token(1, 1, 0), &engine.store);
    opened(store, &token).await;
    let item = raw::items(engine, "session").await.remove(0);
    let stored = format!("{item:?}");
    assert!(!stored.contains(&token.reveal()) && !stored.contains(&"00".repeat(32)), "{stored}");
    assert_eq!(item["current_hash"], text(token.digest()));
    refresh(store, &token, salt(1), second(1)).await;
    let item = raw::items(engine, "session").await.remove(0);
    let (stored, next) = (format!("{item:?}"), token.successor(salt(1)));
    assert!(!stored.contains(&token.reveal()) && !stored.contains(&next.reveal()), "{stored}");
    assert_eq!(
        (&item["current_hash"], &item["replaced_hash"]),
        (&text(next.digest()), &text(token.digest()))
    );
    let expires_at = (second(1) + REFRESH_TOKEN_LIFETIME).as_second();
    assert_eq!(item["expires_at"], raw::number(expires_at));
}
