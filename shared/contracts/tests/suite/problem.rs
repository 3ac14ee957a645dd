//! Problems: codes and statuses are part of the API and never change.

use evens_contracts::{Problem, ProblemKind};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// Golden: a row is never edited and never removed.
#[rustfmt::skip]
const TABLE: [(ProblemKind, u16, &str); 51] = [
    (ProblemKind::InsufficientBalance,  400, "insufficient-balance"),
    (ProblemKind::MalformedBody,        400, "malformed-body"),
    (ProblemKind::Unauthorized,         401, "unauthorized"),
    (ProblemKind::WrongCredentials,     401, "wrong-credentials"),
    (ProblemKind::SessionEnded,         401, "session-ended"),
    (ProblemKind::WrongSignature,       401, "wrong-signature"),
    (ProblemKind::Forbidden,            403, "forbidden"),
    (ProblemKind::AccountBlocked,       403, "account-blocked"),
    (ProblemKind::WrongPassword,        403, "wrong-password"),
    (ProblemKind::WrongCode,            403, "wrong-code"),
    (ProblemKind::Excluded,             403, "excluded"),
    (ProblemKind::AccountHeld,          403, "account-held"),
    (ProblemKind::IdentityMissing,      403, "identity-missing"),
    (ProblemKind::LoginTooOld,          403, "login-too-old"),
    (ProblemKind::NotFound,             404, "not-found"),
    (ProblemKind::MethodNotAllowed,     405, "method-not-allowed"),
    (ProblemKind::RequestTimeout,       408, "request-timeout"),
    (ProblemKind::IdempotencyKeyReused, 409, "idempotency-key-reused"),
    (ProblemKind::RoundState,           409, "round-state"),
    (ProblemKind::NothingToRefund,      409, "nothing-to-refund"),
    (ProblemKind::RoundExists,          409, "round-exists"),
    (ProblemKind::TooManyWaitingBets,   409, "too-many-waiting-bets"),
    (ProblemKind::PeriodState,          409, "period-state"),
    (ProblemKind::TooManyGameBets,      409, "too-many-game-bets"),
    (ProblemKind::PeriodFull,           409, "period-full"),
    (ProblemKind::PhoneNumberTaken,     409, "phone-number-taken"),
    (ProblemKind::OverLimit,            409, "over-limit"),
    (ProblemKind::RealityCheckDue,      409, "reality-check-due"),
    (ProblemKind::NothingToConfirm,     409, "nothing-to-confirm"),
    (ProblemKind::TooEarly,             409, "too-early"),
    (ProblemKind::PayeeTaken,           409, "payee-taken"),
    (ProblemKind::TooManyOpenDeposits,  409, "too-many-open-deposits"),
    (ProblemKind::TooManyChanges,       409, "too-many-changes"),
    (ProblemKind::TooManyPayees,        409, "too-many-payees"),
    (ProblemKind::PayeeNotUsable,       409, "payee-not-usable"),
    (ProblemKind::TurnoverMissing,      409, "turnover-missing"),
    (ProblemKind::OrderState,           409, "order-state"),
    (ProblemKind::TooManyAgreements,    409, "too-many-agreements"),
    (ProblemKind::ConcurrencyViolation, 409, "concurrency-violation"),
    (ProblemKind::JackpotState,         409, "jackpot-state"),
    (ProblemKind::NotAJob,              409, "not-a-job"),
    (ProblemKind::Paused,               409, "paused"),
    (ProblemKind::PayloadTooLarge,      413, "payload-too-large"),
    (ProblemKind::UnsupportedMediaType, 415, "unsupported-media-type"),
    (ProblemKind::Invalid,              422, "invalid"),
    (ProblemKind::ExposureLimit,        422, "exposure-limit"),
    (ProblemKind::UpgradeRequired,      426, "upgrade-required"),
    (ProblemKind::TooManyRequests,      429, "too-many-requests"),
    (ProblemKind::Internal,             500, "internal"),
    (ProblemKind::Unavailable,          503, "unavailable"),
    (ProblemKind::SwitchedOff,          503, "switched-off"),
];

#[test]
fn codes_and_statuses_are_golden() {
    assert_eq!(TABLE.map(|row| row.0).as_slice(), ProblemKind::ALL);
    for (kind, status, code) in TABLE {
        assert_eq!((kind.status(), kind.code()), (status, code));
    }
}

#[test]
fn codes_and_titles_are_never_used_twice() {
    let codes: HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.code()).collect();
    let titles: HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.title()).collect();
    assert_eq!(codes.len(), ProblemKind::ALL.len());
    assert_eq!(titles.len(), ProblemKind::ALL.len());
}

#[test]
fn a_problem_is_written_whole() {
    let problem =
        Problem::new(ProblemKind::IdempotencyKeyReused, "The key was used for a bet of 10 on side A.")
            .about_bet("c6d110f3-7eb3-8322-875b-644f690fa954");
    let expected = json!({
        "type": "urn:evens:problem:idempotency-key-reused",
        "title": "The idempotency key was used for another request",
        "status": 409,
        "detail": "The key was used for a bet of 10 on side A.",
        "betId": "c6d110f3-7eb3-8322-875b-644f690fa954",
        "requestId": "request-1",
        "success": false,
        "code": "idempotency-key-reused",
        "message": "The key was used for a bet of 10 on side A.",
    });
    assert_eq!(json!(problem.body("request-1")), expected);
}

#[test]
fn a_wrong_field_is_named_in_its_own_member_and_in_the_sentence() {
    let body = json!(Problem::invalid("amount", "is negative").body("request-1"));
    assert_eq!((&body["field"], &body["detail"]), (&json!("amount"), &json!("amount is negative")));
    assert_eq!(body.get("betId"), None);
}

#[test]
fn our_own_faults_say_nothing_of_their_cause() {
    let internal = Problem::internal();
    assert_eq!((internal.kind, internal.field, internal.retry_after), (ProblemKind::Internal, None, None));
    let unavailable = Problem::unavailable();
    assert_eq!(
        (unavailable.kind, unavailable.retry_after),
        (ProblemKind::Unavailable, Some(Duration::from_secs(1)))
    );
}
