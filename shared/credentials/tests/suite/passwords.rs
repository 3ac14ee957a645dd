//! Hashing and checking passwords.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use evens_credentials::{PasswordFailure, PasswordParameters, Passwords, Verdict};
use evens_players::Password;
use evens_store::PasswordHash;
use futures::future::join_all;
use std::num::NonZeroUsize;

const WEAK: PasswordParameters = PasswordParameters { memory_kib: 8, passes: 1, lanes: 1 };

fn passwords(parameters: PasswordParameters) -> Passwords {
    Passwords::new(parameters, NonZeroUsize::new(2).unwrap()).unwrap()
}

fn password(text: &str) -> Password {
    Password::presented(text.to_owned())
}

#[tokio::test]
async fn the_right_password_and_no_other() {
    let passwords = passwords(WEAK);
    let stored = passwords.hash(password("correct horse")).await.unwrap();
    let rows = [
        ("correct horse", Some(stored.clone()), Verdict::Right { rehashed: None }),
        ("correct horse ", Some(stored.clone()), Verdict::Wrong),
        ("Correct horse", Some(stored.clone()), Verdict::Wrong),
        ("", Some(stored), Verdict::Wrong),
        ("correct horse", None, Verdict::Wrong),
        ("", None, Verdict::Wrong),
    ];
    for (text, stored, expected) in rows {
        let has_hash = stored.is_some();
        let verdict = passwords.verify(password(text), stored).await.unwrap();
        assert_eq!(verdict, expected, "{text:?} {has_hash}");
    }
}

#[tokio::test]
async fn each_hash_has_a_salt_of_its_own_and_says_how_it_was_made() {
    let passwords = passwords(PasswordParameters { memory_kib: 16, passes: 2, lanes: 1 });
    let one = passwords.hash(password("correct horse")).await.unwrap();
    let other = passwords.hash(password("correct horse")).await.unwrap();
    assert_ne!(one, other);
    assert!(one.as_phc().starts_with("$argon2id$v=19$m=16,t=2,p=1$"), "{}", one.as_phc());
    assert!(!format!("{one:?} {passwords:?}").contains("$argon2id"), "a hash is never printed");
}

/// A keyboard may send é as one character or as e with an accent.
#[tokio::test]
async fn a_password_is_right_in_each_spelling() {
    let passwords = passwords(WEAK);
    let composed = passwords.hash(password("caf\u{e9} au lait")).await.unwrap();
    let decomposed = password("cafe\u{301} au lait");
    let verdict = passwords.verify(decomposed, Some(composed.clone())).await.unwrap();
    assert_eq!(verdict, Verdict::Right { rehashed: None });
    let other = passwords.verify(password("cafe au lait"), Some(composed)).await.unwrap();
    assert_eq!(other, Verdict::Wrong);
}

/// Earlier versions stored the hash of the password as typed.
#[tokio::test]
async fn a_hash_of_the_password_as_typed_is_right_and_is_replaced() {
    let (passwords, typed) = (passwords(WEAK), "cafe\u{301} au lait");
    let old = argon2_of(typed.as_bytes());
    let verdict = passwords.verify(password(typed), Some(old.clone())).await.unwrap();
    let Verdict::Right { rehashed: Some(new) } = verdict else { panic!("{verdict:?}") };
    let again = passwords.verify(password("caf\u{e9} au lait"), Some(new)).await.unwrap();
    assert_eq!(again, Verdict::Right { rehashed: None });
    assert_eq!(passwords.verify(password("cafe\u{301}"), Some(old)).await.unwrap(), Verdict::Wrong);
    assert_eq!(passwords.verify(password(typed), None).await.unwrap(), Verdict::Wrong);
}

fn argon2_of(password: &[u8]) -> PasswordHash {
    let PasswordParameters { memory_kib, passes, lanes } = WEAK;
    let params = Params::new(memory_kib, passes, lanes, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    PasswordHash::new(argon2.hash_password_with_salt(password, &[7; 16]).unwrap().to_string())
}

/// A hash with earlier, weaker parameters is still valid, and is replaced.
#[tokio::test]
async fn a_hash_that_is_too_weak_now_is_made_anew() {
    let old = passwords(WEAK).hash(password("correct horse")).await.unwrap();
    let today = passwords(PasswordParameters { memory_kib: 16, passes: 1, lanes: 1 });
    let verdict = today.verify(password("correct horse"), Some(old.clone())).await.unwrap();
    let Verdict::Right { rehashed: Some(new) } = verdict else { panic!("{verdict:?}") };
    assert!(new.as_phc().contains("m=16"));
    let again = today.verify(password("correct horse"), Some(new)).await.unwrap();
    assert_eq!(again, Verdict::Right { rehashed: None });
    assert_eq!(today.verify(password("wrong"), Some(old)).await.unwrap(), Verdict::Wrong);
}

#[tokio::test]
async fn an_invalid_stored_hash_is_an_internal_failure() {
    let stored = PasswordHash::new("plain text".to_owned());
    let failed = passwords(WEAK).verify(password("plain text"), Some(stored)).await;
    assert!(matches!(failed, Err(PasswordFailure::Failed(_))), "{failed:?}");
}

/// While a password is hashed, the event loop's only thread keeps serving other requests.
#[tokio::test(flavor = "current_thread")]
async fn the_event_loop_is_free_of_it() {
    let passwords = passwords(PasswordParameters { memory_kib: 16_384, passes: 2, lanes: 1 });
    let hashing = tokio::spawn(async move { passwords.hash(password("correct horse")).await });
    let mut turns = 0;
    while !hashing.is_finished() {
        tokio::task::yield_now().await;
        turns += 1;
    }
    hashing.await.unwrap().unwrap();
    assert!(turns > 10, "the event loop had {turns} turns");
}

/// Many concurrent requests wait for their turn, and each gets it.
#[tokio::test]
async fn a_crowd_is_served() {
    let passwords = passwords(WEAK);
    let hashes = join_all((0..200).map(|_| passwords.hash(password("correct horse")))).await;
    assert!(hashes.iter().all(Result::is_ok));
}

/// A cancelled request releases its turn.
#[tokio::test]
async fn a_request_that_is_given_up_leaves_its_turn() {
    let passwords = Passwords::new(WEAK, NonZeroUsize::MIN).unwrap();
    for _ in 0..20 {
        let given_up = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.hash(password("correct horse")).await }
        });
        tokio::task::yield_now().await;
        given_up.abort();
    }
    assert!(passwords.hash(password("correct horse")).await.is_ok());
}

#[test]
fn parameters_that_argon2_does_not_take() {
    for (memory_kib, passes, lanes) in [(7, 1, 1), (8, 0, 1), (8, 1, 0), (8, 1, 2)] {
        let parameters = PasswordParameters { memory_kib, passes, lanes };
        let error = Passwords::new(parameters, NonZeroUsize::MIN).unwrap_err();
        assert!(error.hint().contains("EVENS_ARGON2"), "{parameters:?}: {error:?}");
    }
}
