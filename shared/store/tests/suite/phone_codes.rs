//! Phone verification codes: each has its tries and its lifetime, and is used up by a verification.

use crate::engine::Engine;
use crate::raw;
use crate::scenario::{account, hash, newcomer, second, signed_up, user};
use evens_ledger::Digest;
use evens_players::{Account, Registration, SentCode};
use evens_store::{Since, Store, VerifyPhoneOutcome};
use futures::future::join_all;
use jiff::Timestamp;

fn sent(player: u64, number: u8, at: i64) -> SentCode {
    SentCode::new(user(player), Digest::of(&[number]), second(at))
}

async fn tried(store: &Store, player: u64, at: i64) -> Option<SentCode> {
    store.try_phone_code(user(player), second(at)).await.expect("an outcome")
}

pub(crate) async fn a_code_has_its_tries_and_its_time(store: &Store) {
    assert_eq!(tried(store, 1, 0).await, None, "none was sent");
    store.keep_phone_code(&sent(1, 1, 0)).await.unwrap();
    store.keep_phone_code(&sent(2, 2, 0)).await.unwrap();
    for tries in 1..=SentCode::TRIES_MAX {
        assert_eq!(tried(store, 1, 599).await, Some(SentCode { tries, ..sent(1, 1, 0) }));
    }
    assert_eq!(tried(store, 1, 599).await, None, "as many as there are");
    assert_eq!(tried(store, 2, 600).await, None, "its time is over");
    // The next code has all tries again, and the previous one is gone.
    store.keep_phone_code(&sent(1, 3, 601)).await.unwrap();
    assert_eq!(tried(store, 1, 602).await, Some(SentCode { tries: 1, ..sent(1, 3, 601) }));
    store.keep_phone_code(&sent(3, 4, 0)).await.unwrap();
    let at_once = join_all((0..12).map(|_| tried(store, 3, 1))).await;
    assert_eq!(at_once.iter().flatten().count(), 5);
}

pub(crate) async fn a_number_is_proved_once(store: &Store) {
    let mut expected = signed_up(store, 1, None).await;
    store.keep_phone_code(&sent(1, 1, 0)).await.unwrap();
    let first = tried(store, 1, 1).await.expect("a try");
    store.keep_phone_code(&sent(1, 2, 2)).await.unwrap();
    assert_eq!(store.verify_phone(&first).await.unwrap(), VerifyPhoneOutcome::Replaced);
    assert_eq!(account(store, 1).await, expected);
    let newest = tried(store, 1, 3).await.expect("a try");
    expected.is_phone_verified = true;
    let verified = VerifyPhoneOutcome::Verified(Box::new(expected.clone()));
    let outcomes = join_all((0..4).map(|_| store.verify_phone(&newest))).await;
    assert!(
        outcomes.iter().all(|outcome| matches!(outcome, Ok(found) if *found == verified)),
        "{outcomes:?}"
    );
    assert_eq!(account(store, 1).await, expected);
    assert_eq!(tried(store, 1, 4).await, None, "it is used up");
    assert_eq!(store.verify_phone(&sent(9, 1, 0)).await.unwrap(), VerifyPhoneOutcome::UnknownUser);
}

/// A bonus that waited for the verification is due from then on, and found by the sweep.
pub(crate) async fn a_proved_number_makes_bonuses_due(store: &Store) {
    let waiting = Account { registration: Registration::VerificationDue, ..newcomer(1, None) };
    store.sign_up(&waiting, &hash(1)).await.unwrap();
    store.keep_phone_code(&sent(1, 1, 0)).await.unwrap();
    let code = tried(store, 1, 1).await.expect("a try");
    let due = Account { is_phone_verified: true, registration: Registration::BonusDue, ..waiting };
    let verified = VerifyPhoneOutcome::Verified(Box::new(due.clone()));
    assert_eq!(store.verify_phone(&code).await.unwrap(), verified);
    assert_eq!(account(store, 1).await, due);
    let mut found = Vec::new();
    for shard in store.layout().shards() {
        let page = store.sweep_registrations(shard, Since::Before(Timestamp::MAX), None).await.unwrap();
        found.extend(page.found.into_iter().map(|found| found.user));
    }
    assert_eq!(found, [user(1)]);
}

/// Only the hash of a code is stored, with the time after which the engine may delete it.
pub(crate) async fn a_kept_code_expires(engine: &Engine) {
    engine.store.keep_phone_code(&sent(1, 1, 0)).await.unwrap();
    let item = raw::items(engine, "phone-code").await.remove(0);
    assert_eq!(item["expires_at"], raw::number(second(600).as_second()));
    assert_eq!(item["code_hash"], raw::text(Digest::of(&[1])));
}
