//! The routes that answer 404, because a path or a body names what may not exist.

use crate::documented_problems::routes;
use evens_contracts::ProblemKind;

/// The routes by which staff block and unblock accounts.
pub(crate) fn access_of_users() -> [String; 3] {
    ["block", "unblock", "end-sessions"].map(|step| format!("POST /api/operator/users/{{userId}}/{step}"))
}

#[test]
fn routes_that_name_an_object_list_not_found() {
    let confirm = "POST /api/limits/{limitId}/confirm";
    let refund = "POST /api/operator/bets/{betId}/refund";
    let void = "POST /api/operator/rounds/{roundId}/matches/{matchId}/void";
    let steps = ["close", "result", "cancel"].map(|step| format!("POST /api/rounds/{{roundId}}/{step}"));
    let matches = "GET /api/rounds/{roundId}/matches".to_owned();
    // A bet names a round, and that round may not exist.
    let of_one_bet = [
        "POST /api/bets",
        "GET /api/bets/{betId}",
        "GET /api/bets/{betId}/matches",
        "POST /api/bets/{betId}/refund",
    ];
    let of_one_bet = of_one_bet.map(str::to_owned);
    let of_one_round = [&["GET /api/rounds/{roundId}".to_owned(), matches], steps.as_slice()].concat();
    let by_operators = [refund, void, "GET /api/operator/rounds/{roundId}/waiting"].map(str::to_owned);
    let of_oneself =
        ["GET ", "PATCH ", "POST /password", "POST /phone/code", "POST /phone/verify", "GET /referrals"]
            .map(|route| route.split_once(' ').expect("a method and a path"))
            .map(|(method, path)| format!("{method} /api/users/me{path}"));
    let of_users = [
        "GET ",
        "GET /{userId}",
        "GET /{userId}/ledger",
        "GET /{userId}/bets",
        "GET /{userId}/limits",
        "GET /{userId}/opponents",
    ]
    .map(|route| route.replace(' ', " /api/operator/users"));
    let of_users = [of_users.as_slice(), &access_of_users()].concat();
    let of_one_letter = ["GET ", "POST /redrive", "POST /delete"]
        .map(|route| route.split_once(' ').expect("a method and a path"))
        .map(|(method, path)| format!("{method} /api/operator/dead-letters/{{deadLetterId}}{path}"));
    let of_payments = [
        "GET /api/deposits/{orderId}",
        "POST /api/payees/{payeeId}/remove",
        "POST /api/withdrawals",
        "GET /api/withdrawals/{orderId}",
        "POST /api/withdrawals/{orderId}/cancel",
        confirm,
        "GET /api/operator/deposits/{orderId}",
        "POST /api/operator/deposits/{orderId}/refund",
        "POST /api/operator/deposits/{orderId}/return",
        "POST /api/operator/deposits/{orderId}/payments/{paymentId}/claim",
        "POST /api/operator/deposits/{orderId}/payments/{paymentId}/return",
        "GET /api/operator/withdrawals/{orderId}",
        "POST /api/operator/withdrawals/{orderId}/approve",
        "POST /api/operator/withdrawals/{orderId}/reject",
        "POST /api/operator/withdrawals/{orderId}/retry",
        "POST /api/operator/withdrawals/{orderId}/give-back",
        "POST /api/operator/users/{userId}/write-off",
        "POST /api/operator/users/{userId}/release",
        "POST /api/operator/users/{userId}/adjust",
        "GET /api/operator/users/{userId}/identity",
        "POST /api/operator/users/{userId}/identity",
        "GET /api/operator/users/{userId}/deposits",
        "GET /api/operator/users/{userId}/withdrawals",
        "GET /api/operator/payees/{reference}",
        "POST /api/operator/payees/{reference}/free",
        "GET /api/operator/reconciliations/{reportId}",
        "POST /api/payments/callback/{provider}",
        "POST /api/payments/callback",
    ];
    let of_payments = of_payments.map(str::to_owned);
    let of_rooms = ["GET ", "GET /last-result", "GET /history", "GET /period/{periodId}", "GET /statistics"];
    let in_room = |route: &str| {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        format!("{method} /api/games/{{gameType}}/{{duration}}{path}")
    };
    let of_players = ["POST /bet", "GET /my-bets"].map(in_room);
    let one_game_bet = ["GET /api/games/my-bets/{betId}", "GET /api/operator/users/{userId}/game-bets"];
    let one_game_bet = one_game_bet.map(str::to_owned);
    let of_staff = ["POST /cancel", "GET /period/{periodId}/distribution", "POST /block"].map(in_room);
    let of_rooms = of_rooms.map(in_room);
    let of_jackpots = [
        "GET {group}/wins",
        "GET {group}/terms",
        "POST contribute",
        "POST {group}/win",
        "PATCH {group}/config",
    ]
    .map(|route| route.split_once(' ').expect("a method and a path"))
    .map(|(method, path)| format!("{method} /api/jackpots/{path}"));
    let not_found = [
        of_one_bet.as_slice(),
        &of_one_round,
        &by_operators,
        &of_rooms,
        &of_players,
        &one_game_bet,
        &of_staff,
        &of_jackpots,
        &["POST /api/operator/switches/{switch}".to_owned()],
        &of_one_letter,
        &of_payments,
        &of_oneself,
        &of_users,
    ]
    .concat();
    assert_eq!(routes(ProblemKind::NotFound), not_found);
}
