//! [`MATRIX`]: every route and every kind of token, with the expected status. A player's token neither shows nor
//! changes another player's data.

use crate::draft::{Draft, good};
use crate::world::World;
use crate::{NEW_PASSWORD, name};
use evens_contracts::{Access, ROUTES, Route};
use evens_runtime::tokens::Role;
use evens_tests::Answer;
use futures::{StreamExt, stream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bearer {
    None,
    Garbage,
    Expired,
    Early,
    Audience,
    Issuer,
    Key,
    /// Signed with the second of two accepted keys.
    Second,
    /// A token of another player, sent for the first player's data.
    Others,
    /// A token of a blocked account that has the role.
    Blocked,
    /// A token of the player, who has no staff role.
    Player,
    /// A token with a role that the account has lost.
    Former,
    /// A token from before all sessions of its account were ended.
    Ended,
}

/// The order of the columns of [`MATRIX`].
const BEARERS: [Bearer; 13] = {
    use Bearer::{
        Audience, Blocked, Early, Ended, Expired, Former, Garbage, Issuer, Key, None, Others, Player, Second,
    };
    [None, Garbage, Expired, Early, Audience, Issuer, Key, Second, Others, Blocked, Player, Former, Ended]
};

/// Every route, and the status of its good request with each kind of token.
#[rustfmt::skip]
const MATRIX: &[(&str, [u16; 13])] = &[
    //                                    none garb. exp. early aud. iss. key  2nd  other blkd. plyr form. ended
    ("POST /api/bets",                    [401, 401, 401, 401, 401, 401, 401, 202, 403, 403, 202, 403, 401]),
    ("GET /api/bets",                     [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/bets/{betId}",             [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("GET /api/bets/{betId}/matches",     [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("POST /api/bets/{betId}/refund",     [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("GET /api/rounds",                   [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/rounds/{roundId}",         [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/rounds/{roundId}/matches", [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/rounds",                  [401, 401, 401, 401, 401, 401, 401, 201, 403, 403, 403, 403, 401]),
    ("POST /api/rounds/{roundId}/close",  [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/rounds/{roundId}/result", [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/rounds/{roundId}/cancel", [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/bets/{betId}/refund",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/rounds/{roundId}/matches/{matchId}/void",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/rounds",            [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/rounds/ended",      [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/rounds/{roundId}/waiting",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/ledger",          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/games",                    [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/games/active-periods",     [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/games/{gameType}/{duration}",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/games/{gameType}/{duration}/last-result",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/games/{gameType}/{duration}/history",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/games/{gameType}/{duration}/period/{periodId}",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/games/{gameType}/{duration}/statistics",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    // The other accounts have no money.
    ("POST /api/games/{gameType}/{duration}/bet",
                                          [401, 401, 401, 401, 401, 401, 401, 202, 400, 403, 202, 403, 401]),
    ("GET /api/games/{gameType}/{duration}/my-bets",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/games/my-bets",            [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/games/my-bets/{betId}",    [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("GET /api/operator/users/{userId}/game-bets",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/users/in-house-games/stats",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/games/{gameType}/{duration}/cancel",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/games/{gameType}/{duration}/period/{periodId}/distribution",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/games/{gameType}/{duration}/block",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/jackpots",                 [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/jackpots/{group}/wins",    [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/jackpots/{group}/terms",   [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/jackpots/contribute",     [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/jackpots/{group}/win",    [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("PATCH /api/jackpots/{group}/config",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/jackpots/proposals",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/queues",           [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/queues/minutes",   [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/sockets",          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/metrics",          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/metrics/minutes",  [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/books",            [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/switches",         [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/switches/{switch}",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/dead-letters",     [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/dead-letters",   [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/dead-letters/{deadLetterId}",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/dead-letters/{deadLetterId}/redrive",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/dead-letters/{deadLetterId}/delete",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /health",                       [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /health/live",                  [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /health/ready",                 [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /openapi.json",                 [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/platform",                 [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/deposits",                [401, 401, 401, 401, 401, 401, 401, 201, 201, 403, 201, 403, 401]),
    ("GET /api/deposits",                 [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/deposits/{orderId}",       [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("POST /api/deposits/{orderId}/checkout",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("POST /api/deposits/{orderId}/check",
                                          [401, 401, 401, 401, 401, 401, 401, 202, 404, 403, 202, 403, 401]),
    ("POST /api/payees",                  [401, 401, 401, 401, 401, 401, 401, 201, 409, 403, 201, 403, 401]),
    ("GET /api/payees",                   [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/payees/{payeeId}/remove", [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("POST /api/withdrawals",             [401, 401, 401, 401, 401, 401, 401, 202, 404, 403, 202, 403, 401]),
    ("GET /api/withdrawals",              [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/withdrawals/{orderId}",    [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("POST /api/withdrawals/{orderId}/cancel",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 404, 403, 200, 403, 401]),
    ("GET /api/limits",                   [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/limits",                  [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    // The limit is confirmed once. The other accounts have not requested a higher one.
    ("POST /api/limits/{limitId}/confirm",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 409, 403, 409, 403, 401]),
    ("POST /api/limits/reality-check",    [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/limits/reality-check/acknowledge",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/exclusion",                [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/exclusion/end",           [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/exclusion",               [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/identity",                 [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/payments/callback/{provider}",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/payments/callback",       [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/operator/deposits",        [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/deposits/{orderId}",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/deposits/{orderId}/refund",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/deposits/{orderId}/return",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/deposits/{orderId}/payments/{paymentId}/claim",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/deposits/{orderId}/payments/{paymentId}/return",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/withdrawals",     [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/withdrawals/{orderId}",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/withdrawals/{orderId}/facts",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/withdrawals/{orderId}/approve",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/withdrawals/{orderId}/reject",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/withdrawals/{orderId}/retry",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/withdrawals/{orderId}/give-back",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/write-off",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/release",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/adjust",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/identity",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/identity",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/deposits",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/withdrawals",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/payees/{reference}",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/payees/{reference}/free",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/reconciliations", [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    // A repeat of the same statement would be a 200.
    ("POST /api/operator/reconciliations", [401, 401, 401, 401, 401, 401, 401, 201, 403, 403, 403, 403, 401]),
    ("GET /api/operator/reconciliations/{reportId}",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/audit",           [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/wallet",                   [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/wallet/ledger",            [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/users/signup",            [201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201]),
    ("POST /api/users/login",             [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/users/refresh",           [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/users/logout",            [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/users/recovery",          [202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202]),
    ("POST /api/users/recovery/{recoveryId}",
                                          [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/users/me",                 [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("PATCH /api/users/me",               [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    // The first change ends all sessions of the player, so the next one is refused.
    ("POST /api/users/me/password",       [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 401, 403, 401]),
    // The player's number is verified. The other player was sent a different code.
    ("POST /api/users/me/phone/code",     [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("POST /api/users/me/phone/verify",   [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 200, 403, 401]),
    ("GET /api/users/me/referrals",       [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/attendance",               [401, 401, 401, 401, 401, 401, 401, 200, 200, 403, 200, 403, 401]),
    ("GET /api/operator/search",            [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/players",           [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/names",             [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users",             [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}",    [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/ledger",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/bets",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/limits",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("GET /api/operator/users/{userId}/opponents",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/block",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/unblock",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
    ("POST /api/operator/users/{userId}/end-sessions",
                                          [401, 401, 401, 401, 401, 401, 401, 200, 403, 403, 403, 403, 401]),
];

/// The name of the token in the world for a route with this access.
fn token(bearer: Bearer, access: Access) -> Option<&'static str> {
    let role = match access {
        Access::Public | Access::Provider | Access::Player => Role::Player,
        Access::Staff(roles) => roles[0],
    };
    let kind = match bearer {
        Bearer::None => return None,
        Bearer::Garbage => return Some("garbage"),
        Bearer::Others => return Some("other player"),
        Bearer::Player => return Some("player"),
        Bearer::Expired => "expired",
        Bearer::Early => "early",
        Bearer::Audience => "other audience",
        Bearer::Issuer => "other issuer",
        Bearer::Key => "foreign key",
        Bearer::Second => "second key",
        Bearer::Blocked => "blocked",
        Bearer::Former => "former",
        Bearer::Ended => "ended",
    };
    Some(String::leak(format!("{kind} {role}")))
}

/// Sends the good request with this token.
async fn ask(world: &World, route: &'static Route, bearer: Bearer) -> Answer {
    let mut draft = Draft { token: token(bearer, route.access), ..good(route) };
    match bearer {
        // Without `userId`, the bet belongs to the bearer of the token.
        Bearer::Blocked | Bearer::Former | Bearer::Ended => draft.set("userId", ""),
        Bearer::Second | Bearer::Player if route.path == "/api/bets/{betId}/refund" => {
            let placed = world.scenario.player(World::PLAYER).bet("to-refund", "A", "0.5").await;
            draft.path = draft.path.replace("{betId}", &placed.bet_id);
        }
        _ => {}
    }
    world.scenario.visitor().send_as_it_stands(draft.request(world).await).await
}

/// Fails if a new route has no row.
#[test]
fn each_route_has_its_row() {
    let rows: Vec<_> = MATRIX.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rows, ROUTES.iter().map(name).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_token_has_its_answer_on_each_route() {
    let world = &World::new().await;
    // An excluded player may do less, and a new password ends the tokens. So these come last.
    let last = ["POST /api/exclusion", NEW_PASSWORD];
    let (last, first): (Vec<_>, Vec<_>) =
        ROUTES.iter().zip(MATRIX).partition(|(_, (row, _))| last.contains(row));
    let mut wrong = answered(world, first).await;
    for row in last {
        wrong.extend(answered(world, vec![row]).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.scenario.await_idle().await;
    assert_eq!(world.scenario.books().await.violations(), [""; 0]);
}

/// Sends each row's request with each token. Returns a line for each unexpected answer.
async fn answered(
    world: &World,
    rows: Vec<(&'static Route, &'static (&'static str, [u16; 13]))>,
) -> Vec<String> {
    // Routes run concurrently. The tokens of one route run in sequence, as some requests change the state for the next.
    let asked = stream::iter(rows).map(|(route, (row, expected))| async move {
        let mut wrong = Vec::new();
        for (bearer, expected) in BEARERS.into_iter().zip(expected) {
            let answer = ask(world, route, bearer).await;
            if answer.status() != *expected {
                wrong.push(format!("{row} with {bearer:?}: {answer:?} instead of {expected}"));
            }
        }
        wrong
    });
    asked.buffer_unordered(8).concat().await
}

/// M8: no answer to another player contains the player's data, and no request of another player changes it.
#[tokio::test(flavor = "multi_thread")]
async fn no_token_shows_or_changes_another_users_data() {
    let world = World::new().await;
    let own = async || {
        let books = world.scenario.books().await;
        let user = world.scenario.player(World::PLAYER).user;
        let store = &world.scenario.context().store;
        let login = store.load_login(&books.accounts[&user].phone).await.unwrap();
        let bets: Vec<_> = books.bets.into_values().filter(|bet| bet.user == user).collect();
        (
            books.wallets[&user].clone(),
            books.entries[&user].clone(),
            books.accounts[&user].clone(),
            bets,
            login,
        )
    };
    let before = own().await;
    let account = &before.2;
    let telling = [world.bet_id.clone(), account.phone.to_string(), account.referral_code.to_string()];
    for route in ROUTES.iter().filter(|route| route.access.takes_token()) {
        for bearer in [Bearer::Others, Bearer::Blocked, Bearer::Former, Bearer::Ended] {
            for path in ["", "?userId=41"] {
                let mut draft = Draft { token: token(bearer, route.access), query: path, ..good(route) };
                if route.path == "/api/games/my-bets/{betId}" {
                    // Without a bet on a game that the request places itself.
                    draft = draft.about_what_stands(&world);
                }
                if route.body.is_some() && bearer != Bearer::Others {
                    draft.set("userId", "41");
                }
                let request = draft.request(&world).await;
                let answer = world.scenario.visitor().send_as_it_stands(request.clone()).await;
                // The sender already knows the text of their own path.
                let is_told =
                    |secret: &&String| answer.text().contains(*secret) && !request.path.contains(*secret);
                let actual: Vec<_> = telling.iter().filter(is_told).collect();
                assert!(actual.is_empty(), "{} with {bearer:?} tells {actual:?}: {answer:?}", name(route));
            }
        }
    }
    world.scenario.await_idle().await;
    assert_eq!(own().await, before);
}
