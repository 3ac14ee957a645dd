//! Faults between the store and the engine: the outcome is still right, there is at most one effect, and the books are
//! clean.

mod jackpots;
mod joins;
mod late;
mod positions;
mod refunds;
mod retry_logs;
pub(crate) mod script;
mod turns;
mod write;
mod write_order;

use crate::books;
use crate::engine::Engine;
use crate::game_scenario::{game_bet, game_command, opened_period};
use crate::raw;
use crate::scenario::{
    amount, bet, code, command, hash, newcomer, opened_session, phone, salt, second, signed_up, token,
    try_place, user, welcomed,
};
use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use evens_exchange::{PlaceBetOutcome, Side};
use evens_players::{RecordReferral, ReferralBonusAfter, Registration};
use evens_store::{BonusOutcome, ReferralOutcome, RefreshOutcome, StoreError};
use script::{Fault, Script, error_body};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::OnceCell;
use write::{Write, word};

/// The result of a write through faults.
#[derive(Debug, PartialEq)]
struct Came {
    outcome: &'static str,
    requests: usize,
    /// Number of times the write had its effect.
    effects: usize,
}

impl Came {
    fn of(outcome: &'static str, requests: usize, effects: usize) -> Self {
        Self { outcome, requests, effects }
    }
}

/// Writes through a script, and checks the books and every item.
async fn write_through(write: Write, script: &Script, retry_for: Duration) -> Came {
    let engine = Engine::direct().await;
    let prepared = write.prepare(&engine).await;
    let before = look(&engine).await;
    let outcome = prepared.write(&engine.through(script.http()).retry_for(retry_for)).await;
    let after = look(&engine).await;
    let effects = if after == before {
        0
    } else {
        // If a wallet blocks the payment, the bets are only joined.
        let wanted = if outcome == "joined" { Write::Join } else { write };
        assert_eq!(after, *written_without_faults(wanted).await, "{write:?} had one effect, and no other");
        1
    };
    Came { outcome, requests: script.requests(), effects }
}

/// Every item, after a check of the books.
async fn look(engine: &Engine) -> BTreeMap<String, raw::Item> {
    books::check(&engine.store).await;
    raw::everything(engine).await
}

/// Every item after the same write in another table without faults.
async fn written_without_faults(write: Write) -> &'static BTreeMap<String, raw::Item> {
    static ITEMS: [OnceCell<BTreeMap<String, raw::Item>>; Write::ALL.len()] =
        [const { OnceCell::const_new() }; Write::ALL.len()];
    let written = async || {
        let engine = Engine::direct().await;
        let prepared = write.prepare(&engine).await;
        assert_eq!(prepared.write(&engine.store).await, "now");
        look(&engine).await
    };
    ITEMS[write as usize].get_or_init(written).await
}

/// Checks faults before an undisturbed second request, over every write: the outcome, and the number of effects.
async fn check(faults: &[Fault], expected: impl Fn(Write) -> Came) {
    for write in Write::ALL {
        let script = Script::of(write.operation(), faults);
        let came = write_through(write, &script, Duration::from_secs(20)).await;
        assert_eq!(came, expected(write), "{write:?} through {faults:?}");
    }
}

/// A join makes one attempt, and its caller continues with the next candidate. A join with payment only joins if a
/// wallet blocks the payment. All other writes are retried.
fn again(write: Write, of_join: &'static str) -> Came {
    match write {
        Write::JoinAndSettle if of_join == "busy" => Came::of("joined", 2, 1),
        Write::Join | Write::JoinAndSettle => Came::of(of_join, 1, 0),
        _ => Came::of("now", 2, 1),
    }
}

#[tokio::test]
async fn a_write_without_effect_is_retried() {
    for (fault, of_join) in [
        (Fault::error("ProvisionedThroughputExceededException"), "throttled"),
        (Fault::error("ThrottlingException"), "throttled"),
        (Fault::error("RequestLimitExceeded"), "throttled"),
        (Fault::error("TransactionConflictException"), "busy"),
        (Fault::error("TransactionInProgressException"), "unavailable"),
        (Fault::trouble(), "unavailable"),
        (Fault::bad_gateway(), "unavailable"),
        (Fault::Reset, "unavailable"),
    ] {
        check(&[fault], |write| again(write, of_join)).await;
    }
}

#[tokio::test]
async fn a_cancelled_transaction_is_tried_again_where_that_may_help() {
    for (code, of_join) in [
        ("TransactionConflict", "busy"),
        ("ThrottlingError", "throttled"),
        ("ProvisionedThroughputExceeded", "throttled"),
    ] {
        for write in Write::transactions() {
            for position in 0..write.items() {
                let script = Script::of(write.operation(), &[cancelled_at(write, position, code)]);
                let came = write_through(write, &script, Duration::from_secs(20)).await;
                assert_eq!(came, again(write, of_join), "{write:?}, {code} at {position}");
            }
        }
    }
}

#[tokio::test]
async fn a_write_with_a_lost_answer_happens_once() {
    for fault in [Fault::trouble_after(), Fault::ResetAfter, Fault::TimeOutAfter] {
        check(&[fault], |write| match write {
            Write::Join | Write::JoinAndSettle => Came::of("unavailable", 1, 1),
            // The state of the match or of the registration is read before the retry writes.
            Write::Void | Write::Bonus | Write::Referral | Write::ReferralBonus
            // So are the order, the payments record, and the owner of an account.
            | Write::OpenDeposit | Write::Credit | Write::Withdraw | Write::Payout | Write::FirstBonus
            | Write::AddPayee | Write::RemovePayee => Came::of("before", 1, 1),
            // The refunded part of the bet has grown; the session has the next token; the account is blocked
            // or has the new password.
            Write::Refund | Write::Rotate | Write::Block | Write::Recover => Came::of("now", 1, 1),
            // The repeated write has the same result.
            Write::SignUp | Write::RecordLogin | Write::ReplacePassword | Write::KeepRehashed => Came::of("now", 2, 1),
            _ => Came::of("before", 2, 1),
        })
        .await;
    }
}

/// The SDK repeats a transaction with the same token, so the engine itself recognizes it.
#[tokio::test]
async fn a_repeat_by_the_sdk_is_the_same_transaction() {
    for write in Write::transactions() {
        let engine = Engine::direct().await;
        let prepared = write.prepare(&engine).await;
        let script = Script::of("TransactWriteItems", &[Fault::ResetAfter, Fault::trouble_after()]);
        let store = engine.through_with_attempts(script.http(), 3);
        assert_eq!((prepared.write(&store).await, script.requests()), ("now", 3), "{write:?}");
        assert_eq!(look(&engine).await, *written_without_faults(write).await, "{write:?}");
    }
}

#[tokio::test]
async fn a_permanent_error_is_not_retried() {
    for fault in [
        Fault::error("ValidationException"),
        Fault::error("AccessDeniedException"),
        Fault::error("ResourceNotFoundException"),
        Fault::error("SomethingNew"),
    ] {
        check(&[fault], |_| Came::of("rejected", 1, 0)).await;
    }
    for code in ["ValidationError", "ItemCollectionSizeLimitExceeded"] {
        for write in Write::transactions() {
            let script = Script::of(write.operation(), &[cancelled_at(write, 0, code)]);
            let came = write_through(write, &script, Duration::from_secs(20)).await;
            assert_eq!(came, Came::of("rejected", 1, 0), "{write:?}, {code}");
        }
    }
}

#[tokio::test]
async fn when_time_is_over_the_last_error_is_reported() {
    for (fault, expected) in [
        (Fault::error("ThrottlingException"), "throttled"),
        (Fault::error("TransactionConflictException"), "contended"),
        (Fault::trouble(), "unavailable"),
    ] {
        let joins = [Write::Join, Write::JoinAndSettle];
        for write in Write::ALL.into_iter().filter(|write| !joins.contains(write)) {
            let script = Script::without_end(write.operation(), std::slice::from_ref(&fault));
            let came = write_through(write, &script, Duration::from_millis(150)).await;
            assert_eq!((came.outcome, came.effects), (expected, 0), "{write:?} through {fault:?}");
            assert!((1..30).contains(&came.requests), "{came:?}");
        }
    }
}

/// `Contended` and `Throttled` mean that nothing was changed. After an attempt whose answer was lost, that is unknown.
#[tokio::test]
async fn a_lost_answer_is_not_reported_as_unchanged() {
    for last in [Fault::error("ThrottlingException"), Fault::error("TransactionConflictException")] {
        for write in [
            Write::Place,
            Write::Fund,
            Write::Settle,
            Write::Draw,
            Write::OpenRound,
            Write::MoveRound,
            Write::SignUp,
            Write::RecordLogin,
            Write::ReplacePassword,
            Write::Attend,
        ] {
            let script = Script::without_end(write.operation(), &[Fault::ResetAfter, last.clone()]);
            let came = write_through(write, &script, Duration::from_secs(1)).await;
            assert_eq!((came.outcome, came.effects), ("unavailable", 1), "{write:?}, {last:?}");
        }
    }
}

/// The condition of a single write failed without another writer: the state is read and decides.
#[tokio::test]
async fn a_single_write_that_is_refused_looks_at_what_is_there() {
    #[rustfmt::skip]
    let table = [
        (Write::Rotate,          Came::of("now", 2, 1)),
        (Write::Attend,          Came::of("before", 1, 0)),
        (Write::KeepRehashed,    Came::of("refused", 1, 0)),
        // The account is gone.
        (Write::RecordLogin,     Came::of("corrupt", 1, 0)),
    ];
    for (write, expected) in table {
        let script = Script::of(write.operation(), &[Fault::error("ConditionalCheckFailedException")]);
        assert_eq!(write_through(write, &script, Duration::from_secs(20)).await, expected, "{write:?}");
    }
}

/// Presenting an old token ends its family, even if the engine failed at first, or did it without answering.
#[tokio::test]
async fn a_family_is_ended_through_faults() {
    for (fault, expected) in [
        (Fault::error("ThrottlingException"), RefreshOutcome::Reused),
        (Fault::Reset, RefreshOutcome::Reused),
        // At the second read the session is gone.
        (Fault::ResetAfter, RefreshOutcome::Ended),
    ] {
        let engine = Engine::direct().await;
        opened_session(&engine.store, &token(1, 1, 5)).await;
        let script = Script::of("DeleteItem", std::slice::from_ref(&fault));
        let store = engine.through(script.http());
        let outcome = store.rotate_session(&token(1, 1, 0), salt(6), second(1)).await.unwrap();
        assert_eq!(outcome, expected, "{fault:?}");
        assert_eq!(engine.store.list_sessions(user(1)).await.unwrap(), []);
    }
}

#[tokio::test]
async fn sessions_are_opened_and_ended_through_faults() {
    for fault in
        [Fault::error("ThrottlingException"), Fault::Reset, Fault::ResetAfter, Fault::trouble_after()]
    {
        let engine = Engine::direct().await;
        let script = Script::of("PutItem", std::slice::from_ref(&fault));
        opened_session(&engine.through(script.http()), &token(1, 1, 0)).await;
        opened_session(&engine.store, &token(1, 2, 0)).await;
        assert_eq!((script.requests(), engine.store.list_sessions(user(1)).await.unwrap().len()), (2, 2));
        let script = Script::of("DeleteItem", std::slice::from_ref(&fault));
        engine.through(script.http()).end_sessions(user(1)).await.unwrap();
        assert_eq!((script.requests(), engine.store.list_sessions(user(1)).await.unwrap().len()), (3, 0));
    }
}

/// A counter does not retry, because the request that it counts would wait. A repeat by the SDK client may be counted
/// twice, but no request is missed.
#[tokio::test]
async fn a_counter_counts_too_many_rather_than_too_few() {
    #[rustfmt::skip]
    let table = [
        // fault                               attempts  said                  counted
        (Fault::error("ThrottlingException"),  1,        Err("throttled"),     0),
        (Fault::Reset,                         1,        Err("unavailable"),   0),
        (Fault::ResetAfter,                    1,        Err("unavailable"),   1),
        (Fault::Reset,                         3,        Ok(1),                1),
        (Fault::ResetAfter,                    3,        Ok(2),                2),
        (Fault::trouble_after(),               3,        Ok(2),                2),
    ];
    for (fault, attempts, said, counted) in table {
        let engine = Engine::direct().await;
        let script = Script::of("UpdateItem", std::slice::from_ref(&fault));
        let store = engine.through_with_attempts(script.http(), attempts);
        let found = store.count_requests("login", "203.0.113.7", 7, second(60), 1).await;
        assert_eq!(found.as_ref().map_err(word).copied(), said, "{fault:?}");
        let after = engine.store.count_requests("login", "203.0.113.7", 7, second(60), 0).await.unwrap();
        assert_eq!(after, counted, "{fault:?}");
    }
}

/// A sign-up with a taken number does not receive the owner's password hash, not even from the engine.
#[tokio::test]
async fn no_cancelled_transaction_brings_a_hash_along() {
    let engine = Engine::direct().await;
    signed_up(&engine.store, 1, None).await;
    let script = Script::recording("TransactWriteItems");
    let store = engine.through(script.http());
    let of_the_same_number = evens_players::Account { phone: phone(1), ..newcomer(2, None) };
    for account in [newcomer(1, None), of_the_same_number] {
        store.sign_up(&account, &hash(2)).await.unwrap();
    }
    let answers = script.answers();
    assert_eq!(answers.len(), 2);
    for answer in answers {
        assert!(answer.contains("ConditionalCheckFailed"), "{answer}");
        assert!(!answer.contains("argon2"), "{answer}");
    }
}

#[tokio::test]
async fn steps_of_a_registration_read_again_what_a_batch_left_out() {
    let engine = Engine::direct().await;
    signed_up(&engine.store, 1, None).await;
    signed_up(&engine.store, 2, Some(1)).await;
    let script = Script::of("BatchGetItem", &[Fault::Unprocessed]);
    let given =
        engine.through(script.http()).apply_registration_bonus(user(2), amount("25"), second(1)).await;
    assert!(matches!(given, Ok(BonusOutcome::Applied(_))), "{given:?}");
    let again = Script::of("BatchGetItem", &[Fault::Unprocessed]);
    let store = engine.through(again.http());
    let recorded = store.record_referral(user(2), code(1), true, ReferralBonusAfter::SignUp, second(1)).await;
    assert!(matches!(recorded, Ok(ReferralOutcome::Decided(RecordReferral::Recorded(_), _))), "{recorded:?}");
    assert_eq!((script.requests(), again.requests()), (2, 2));

    let script = Script::without_end("BatchGetItem", &[Fault::Unprocessed]);
    let store = engine.through(script.http()).retry_for(Duration::from_millis(150));
    let errors = [
        store.apply_registration_bonus(user(1), amount("25"), second(1)).await.err(),
        store.record_referral(user(2), code(1), true, ReferralBonusAfter::SignUp, second(1)).await.err(),
        store.load_account_and_wallet(user(1)).await.err(),
    ];
    for error in &errors {
        assert_eq!(error.as_ref().map(word), Some("throttled"));
    }
    books::check(&engine.store).await;
}

/// An unknown code ends the registration. A caller that lost that answer finds that there is no referral to record.
#[tokio::test]
async fn an_unknown_code_ends_the_registration_once_through_faults() {
    for (fault, expected) in [
        (Fault::Reset, RecordReferral::UnknownCode),
        (Fault::cancelled(&["TransactionConflict"]), RecordReferral::UnknownCode),
        (Fault::cancelled(&[FAILED]), RecordReferral::UnknownCode),
        (Fault::ResetAfter, RecordReferral::EndedBefore),
    ] {
        let engine = Engine::direct().await;
        welcomed(&engine.store, 1, Some(99)).await;
        let script = Script::of("TransactWriteItems", std::slice::from_ref(&fault));
        let store = engine.through(script.http());
        let outcome = store
            .record_referral(user(1), code(99), true, ReferralBonusAfter::SignUp, second(2))
            .await
            .unwrap();
        assert_eq!(outcome, ReferralOutcome::Decided(expected, Registration::Done), "{fault:?}");
        let account = engine.store.load_account(user(1)).await.unwrap().expect("an account");
        assert_eq!(account.registration, Registration::Done);
    }
}

/// If two processes migrate concurrently, the engine refuses the second: time to live is already on.
#[tokio::test]
async fn two_processes_turn_expiry_on_at_the_same_moment() {
    let refused = error_body("ValidationException");
    for (fault, is_done) in
        [(Fault::AnswerAfter(400, refused.clone()), true), (Fault::Answer(400, refused), false)]
    {
        let engine = Engine::direct().await;
        let off = TimeToLiveSpecification::builder().attribute_name("expires_at").enabled(false).build();
        let off = engine.client.update_time_to_live().time_to_live_specification(off.unwrap());
        off.table_name(&engine.table).send().await.expect("nothing is deleted");
        let script = Script::of("UpdateTimeToLive", std::slice::from_ref(&fault));
        let migrated = evens_store::migrate(&engine.client_through(script.http()), &engine.table).await;
        assert_eq!(script.requests(), 1);
        assert_eq!(migrated.as_ref().err().map(word), (!is_done).then_some("rejected"), "{fault:?}");
    }
}

#[tokio::test]
async fn keys_that_a_batch_left_out_are_read_again() {
    let engine = Engine::direct().await;
    let placed = bet(&engine.store, 1, Side::A, "10", 0).await;
    let script = Script::of("BatchGetItem", &[Fault::Unprocessed, Fault::Unprocessed]);
    let store = engine.through(script.http());
    let outcome = try_place(&store, &command(1, "key-2", Side::B, "1"), second(1)).await.unwrap();
    assert!(matches!(outcome, PlaceBetOutcome::Placed(_)), "{outcome:?}");
    assert_eq!(script.requests(), 3);
    books::check(&engine.store).await;

    let script = Script::of("BatchGetItem", &[Fault::Unprocessed]);
    let page = engine.through(script.http()).list_bets(user(1), None, 10).await.unwrap();
    assert_eq!((page.bets.len(), script.requests()), (2, 2));
    let script = Script::of("BatchGetItem", &[Fault::Unprocessed]);
    let store = engine.through(script.http());
    let found = store.load_place(placed.bet.id, &placed.bet.place(), &[user(1)], true).await.unwrap();
    assert!(found.waiting.is_some() && found.round.is_some());
}

/// While a transaction is in progress, the entry of a stake can be visible before its bet.
#[tokio::test]
async fn a_bet_that_is_seen_a_moment_after_its_entry_is_listed() {
    let engine = Engine::direct().await;
    let placed = bet(&engine.store, 1, Side::A, "10", 0).await;
    let period = opened_period(&engine.store).await;
    let on_house = game_bet(&engine.store, &game_command(1, "key-2", true, "10"), &period).await;
    let not_yet = || Fault::Answer(200, r#"{"Responses":{},"UnprocessedKeys":{}}"#.to_owned());
    let script = Script::of("BatchGetItem", &[not_yet()]);
    let page = engine.through(script.http()).list_bets(user(1), None, 10).await.unwrap();
    assert_eq!(page.bets.iter().map(|seen| seen.bet.id).collect::<Vec<_>>(), [placed.bet.id]);
    let script = Script::of("BatchGetItem", &[not_yet()]);
    let page = engine.through(script.http()).list_game_bets(user(1), None, 10).await.unwrap();
    assert_eq!(page.bets, [on_house.bet]);
}

#[tokio::test]
async fn keys_that_are_never_read_end_with_the_deadline() {
    let engine = Engine::direct().await;
    let placed = bet(&engine.store, 1, Side::A, "10", 0).await;
    let script = Script::without_end("BatchGetItem", &[Fault::Unprocessed]);
    let store = engine.through(script.http()).retry_for(Duration::from_millis(150));
    let errors = [
        try_place(&store, &command(1, "key-2", Side::B, "1"), second(1)).await.err(),
        store.list_bets(user(1), None, 10).await.err(),
        store.load_place(placed.bet.id, &placed.bet.place(), &[], true).await.err(),
        store.load_round_and_seed(&placed.bet.round).await.err(),
    ];
    for error in &errors {
        assert_eq!(error.as_ref().map(word), Some("throttled"));
    }
    assert!(script.requests() < 60, "with pauses: {}", script.requests());
}

#[tokio::test]
async fn a_look_at_bets_that_are_being_written_is_taken_again() {
    let engine = Engine::direct().await;
    let placed = bet(&engine.store, 1, Side::A, "10", 0).await;
    #[rustfmt::skip]
    let table = [
        (Fault::cancelled(&["None", "TransactionConflict"]), None,             2),
        (Fault::cancelled(&["ThrottlingError", "None"]),     None,             2),
        (Fault::cancelled(&["ValidationError", "None"]),     Some("rejected"), 1),
        (Fault::Reset,                                       None,             2),
    ];
    for (fault, expected, requests) in table {
        let script = Script::of("TransactGetItems", std::slice::from_ref(&fault));
        let viewed: Result<_, StoreError> = engine.through(script.http()).load_bet_view(placed.bet.id).await;
        assert_eq!((viewed.as_ref().err().map(word), script.requests()), (expected, requests), "{fault:?}");
    }
}

const FAILED: &str = "ConditionalCheckFailed";

fn cancelled_at(write: Write, position: usize, code: &str) -> Fault {
    let mut reasons = vec!["None"; write.items()];
    reasons[position] = code;
    Fault::cancelled(&reasons)
}
