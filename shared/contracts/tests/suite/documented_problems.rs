//! Which routes document which problems.

use crate::not_found::access_of_users;
use crate::openapi::{GAME_BET, operation};
use evens_contracts::{ProblemKind, ROUTES, Route, openapi};

const ADJUST: &str = "POST /api/operator/users/{userId}/adjust";
const WIN: &str = "POST /api/jackpots/{group}/win";
const TERMS: &str = "PATCH /api/jackpots/{group}/config";
const VOID: &str = "POST /api/operator/rounds/{roundId}/matches/{matchId}/void";

/// The routes that may answer with a problem of this kind.
pub(crate) fn routes(kind: ProblemKind) -> Vec<String> {
    let document = openapi();
    let is_documented = |route: &&Route| {
        let response = &operation(&document, route)["responses"][kind.status().to_string()];
        response["description"].as_str().is_some_and(|description| description.contains(kind.title()))
    };
    let routes = ROUTES.iter().filter(is_documented);
    routes.map(|route| format!("{} {}", route.method.as_str(), route.path)).collect()
}

#[test]
fn every_kind_of_problem_is_documented_where_it_is_answered() {
    for &kind in ProblemKind::ALL {
        // 405 is the answer to paths and methods that are not routes, so no route answers with it.
        assert_eq!(routes(kind).is_empty(), kind == ProblemKind::MethodNotAllowed, "{kind:?}");
    }
    for kind in [
        ProblemKind::Internal,
        ProblemKind::Unavailable,
        ProblemKind::RequestTimeout,
        ProblemKind::TooManyRequests,
    ] {
        assert_eq!(routes(kind).len(), ROUTES.len(), "{kind:?}");
    }
    let asks_for_token = ROUTES.iter().filter(|route| route.access.takes_token()).count();
    let blocked = routes(ProblemKind::AccountBlocked);
    assert_eq!(blocked.len(), asks_for_token + 2, "and login and refresh: {blocked:?}");
    assert!(blocked.iter().any(|route| route == "POST /api/bets"), "{blocked:?}");
    // A provider also signs JSON, but unreadable JSON is answered with 422, because the signature is right.
    let is_no_callback = |route: &String| !route.starts_with("POST /api/payments/callback");
    let unsupported: Vec<_> =
        routes(ProblemKind::UnsupportedMediaType).into_iter().filter(is_no_callback).collect();
    assert_eq!(unsupported, routes(ProblemKind::MalformedBody));
    assert_eq!(routes(ProblemKind::UnsupportedMediaType).len(), unsupported.len() + 2);
}

#[test]
fn routes_that_share_a_problem_document_it() {
    let game_bet = format!("POST {GAME_BET}");
    let with_balance = ["POST /api/bets", &game_bet, "POST /api/withdrawals", ADJUST];
    assert_eq!(routes(ProblemKind::InsufficientBalance), with_balance);
    let with_key = ["POST /api/bets", &game_bet, "POST /api/deposits", "POST /api/withdrawals"];
    let contribute = "POST /api/jackpots/contribute";
    let with_id = [with_key[0], with_key[1], contribute, WIN, with_key[2], with_key[3], ADJUST];
    assert_eq!(routes(ProblemKind::IdempotencyKeyReused), with_id);
    let of_process = ["queues/minutes", "sockets", "metrics", "metrics/minutes"]
        .map(|path| format!("GET /api/operator/{path}"));
    let of_process: Vec<_> = of_process.iter().map(String::as_str).collect();
    let may_be_off = [&with_key[..2], of_process.as_slice(), &with_key[2..]].concat();
    assert_eq!(routes(ProblemKind::SwitchedOff), may_be_off);
    assert_eq!(routes(ProblemKind::ConcurrencyViolation), [WIN, TERMS]);
    assert_eq!(routes(ProblemKind::JackpotState), [contribute, WIN, TERMS]);
    let redrive = "POST /api/operator/dead-letters/{deadLetterId}/redrive";
    assert_eq!(routes(ProblemKind::NotAJob), [redrive]);
}

/// A paused stage refuses each change by a player, but no login.
#[test]
fn changes_by_players_document_a_pause() {
    let bets =
        ["POST /api/bets", "POST /api/bets/{betId}/refund", &format!("POST {GAME_BET}")].map(str::to_owned);
    let of_payments =
        ["deposits", "payees", "payees/{payeeId}/remove", "withdrawals", "withdrawals/{orderId}/cancel"];
    let of_payments = of_payments.map(|path| format!("POST /api/{path}"));
    let of_limits = ["", "/{limitId}/confirm", "/reality-check", "/reality-check/acknowledge"];
    let of_limits = of_limits.map(|path| format!("POST /api/limits{path}"));
    let rest = [
        "POST /api/exclusion/end",
        "POST /api/exclusion",
        "POST /api/users/signup",
        "PATCH /api/users/me",
        "POST /api/users/me/password",
        "POST /api/users/me/phone/code",
        "POST /api/users/me/phone/verify",
    ];
    let stopped = [bets.as_slice(), &of_payments, &of_limits, &rest.map(str::to_owned)].concat();
    assert_eq!(routes(ProblemKind::Paused), stopped);
}

#[test]
fn routes_of_players_document_their_problems() {
    let game_bet = format!("POST {GAME_BET}");
    for kind in [ProblemKind::Excluded, ProblemKind::OverLimit] {
        assert_eq!(routes(kind), ["POST /api/bets", &game_bet, "POST /api/deposits"], "{kind:?}");
    }
    let confirm = "POST /api/limits/{limitId}/confirm";
    assert_eq!(routes(ProblemKind::AccountHeld), ["POST /api/bets", &game_bet]);
    let played = ["POST /api/bets", &game_bet, "POST /api/limits/reality-check"];
    assert_eq!(routes(ProblemKind::RealityCheckDue), played);
    assert_eq!(routes(ProblemKind::NothingToConfirm), [confirm]);
    assert_eq!(routes(ProblemKind::TooEarly), [VOID, confirm, "POST /api/exclusion/end"]);
    assert_eq!(routes(ProblemKind::PhoneNumberTaken), ["POST /api/users/signup"]);
    assert_eq!(routes(ProblemKind::WrongCredentials), ["POST /api/users/login"]);
    assert_eq!(routes(ProblemKind::WrongPassword), ["POST /api/users/me/password"]);
    assert_eq!(routes(ProblemKind::WrongCode), ["POST /api/users/me/phone/verify"]);
    let of_sessions = ["POST /api/users/refresh", "POST /api/users/logout"];
    assert_eq!(routes(ProblemKind::SessionEnded), of_sessions);
}

#[test]
fn routes_of_payments_document_their_problems() {
    for kind in [ProblemKind::PayeeTaken, ProblemKind::TooManyPayees] {
        assert_eq!(routes(kind), ["POST /api/payees"], "{kind:?}");
    }
    for kind in [ProblemKind::TooManyOpenDeposits, ProblemKind::IdentityMissing] {
        assert_eq!(routes(kind), ["POST /api/deposits"], "{kind:?}");
    }
    for kind in [ProblemKind::PayeeNotUsable, ProblemKind::TurnoverMissing] {
        assert_eq!(routes(kind), ["POST /api/withdrawals"], "{kind:?}");
    }
    let refunds = ["refund", "return", "payments/{paymentId}/claim", "payments/{paymentId}/return"]
        .map(|step| format!("POST /api/operator/deposits/{{orderId}}/{step}"));
    let decisions = ["approve", "reject", "retry", "give-back"]
        .map(|step| format!("POST /api/operator/withdrawals/{{orderId}}/{step}"));
    let decisions = [refunds.as_slice(), &decisions].concat();
    let debts = ["write-off", "release", "adjust", "identity"]
        .map(|step| format!("POST /api/operator/users/{{userId}}/{step}"));
    let debts = [debts.as_slice(), &["POST /api/operator/payees/{reference}/free".to_owned()]].concat();
    let by_operators = [WIN, TERMS, "POST /api/operator/switches/{switch}"].map(str::to_owned);
    let fresh = [by_operators.as_slice(), &decisions, &debts, &access_of_users()].concat();
    assert_eq!(routes(ProblemKind::LoginTooOld), fresh);
    let of_players = ["POST /api/payees/{payeeId}/remove", "POST /api/withdrawals/{orderId}/cancel"];
    let of_orders = [of_players.map(str::to_owned).as_slice(), &decisions, &debts[4..]].concat();
    assert_eq!(routes(ProblemKind::OrderState), of_orders);
    let agreed: Vec<_> = refunds.iter().filter(|route| !route.ends_with("claim")).chain(&debts).collect();
    assert_eq!(routes(ProblemKind::TooManyAgreements).iter().collect::<Vec<_>>(), agreed);
}

#[test]
fn routes_of_bets_rounds_and_periods_document_their_problems() {
    let game_bet = format!("POST {GAME_BET}");
    assert_eq!(routes(ProblemKind::TooManyWaitingBets), ["POST /api/bets"]);
    let cancel = "POST /api/games/{gameType}/{duration}/cancel";
    let block = "POST /api/games/{gameType}/{duration}/block";
    assert_eq!(routes(ProblemKind::PeriodState), [game_bet.as_str(), cancel, block]);
    for kind in [ProblemKind::TooManyGameBets, ProblemKind::PeriodFull, ProblemKind::ExposureLimit] {
        assert_eq!(routes(kind), [game_bet.as_str()], "{kind:?}");
    }
    assert_eq!(routes(ProblemKind::RoundExists), ["POST /api/rounds"]);
    let refund = "POST /api/operator/bets/{betId}/refund";
    assert_eq!(routes(ProblemKind::NothingToRefund), ["POST /api/bets/{betId}/refund", refund]);
    let steps = ["close", "result", "cancel"].map(|step| format!("POST /api/rounds/{{roundId}}/{step}"));
    let matches = "GET /api/rounds/{roundId}/matches".to_owned();
    let of_bets = ["POST /api/bets", "POST /api/bets/{betId}/refund"].map(str::to_owned);
    let by_state = [of_bets.as_slice(), std::slice::from_ref(&matches), &steps, &[VOID.to_owned()]].concat();
    assert_eq!(routes(ProblemKind::RoundState), by_state);
}
