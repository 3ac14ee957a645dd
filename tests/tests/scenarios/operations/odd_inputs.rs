//! No input of anonymous clients or players pages an operator: no answer is 5xx, no job becomes a dead letter, and the
//! log has no error. Operators would learn to ignore an alarm that strangers can trigger, and one of the alarms rolls
//! deployments back.

use evens_contracts::{
    Access, Cursor, Job, MatchCursor, Method, OrderCursor, Queue, ROUTES, RecordReferralJob, RoundCursor,
    Route,
};
use evens_tests::{Client, PASSWORD, Placed, Request, Scenario, Tokens, phone};
use futures::future::join_all;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// Rate limits that are never reached, so that the checks behind them are exercised.
const VARIABLES: &[(&str, &str)] = &[
    ("RUST_LOG", "info,dynoxide=error"),
    ("REFERRAL_BONUS", "10"),
    (
        "EVENS_RATE_LIMITS",
        "phone=100000/24h,phone-code=100000/24h,password=100000/24h,changes=100000/24h,\
         recovery=100000/24h,recovery-address=100000/1h",
    ),
];

/// A referral code without an owner.
const NOBODYS_CODE: &str = "abcd-efgh";
const NOWHERE: &str = "00000000-0000-8000-8000-000000000000";

/// The system, and the subjects of odd requests.
struct World {
    scenario: Scenario,
    player: Client,
    code: String,
    blocked: Client,
    blocked_code: String,
    /// Refresh tokens: a valid one, a used one, and one whose session has ended.
    tokens: [String; 3],
    /// Bets of the player (unmatched, refunded and settled) and one of another player.
    bets: [String; 4],
}

impl World {
    async fn new() -> Self {
        let scenario = Scenario::start_with(VARIABLES).await;
        let player = scenario.signed_up(&phone(1), PASSWORD).await;
        let other = scenario.signed_up(&phone(2), PASSWORD).await;
        let blocked = scenario.signed_up(&phone(3), PASSWORD).await;
        let (code, blocked_code) = (player.referral_code().await, blocked.referral_code().await);
        for client in [&player, &other, &blocked] {
            scenario.fund(client.user.number(), "1000").await;
        }
        let bet = async |client: &Client, round: &str, side: &str| client.bet(round, side, "10").await.bet_id;
        let [waiting, refunded] = [bet(&player, "waiting", "A").await, bet(&player, "refunded", "A").await];
        player.post(&format!("/api/bets/{refunded}/refund")).await.expect(200);
        let (others, settled) = (bet(&other, "settled", "A").await, bet(&player, "settled", "B").await);
        player.await_status(&settled, "SETTLED").await;
        bet(&other, "ended", "A").await;
        scenario.operator().close_round("ended").await.expect(200);
        scenario.set_blocked(blocked.user, true).await;
        let used = Tokens::of(&scenario.log_in(&phone(2), PASSWORD).await).refresh;
        let ended = Tokens::of(&scenario.log_in(&phone(2), PASSWORD).await).refresh;
        scenario.log_out(&ended).await.expect(200);
        let good = Tokens::of(&scenario.refresh(&used).await).refresh;
        let (tokens, bets) = ([good, used, ended], [waiting, refunded, settled, others]);
        Self { scenario, player, code, blocked, blocked_code, tokens, bets }
    }

    /// The clients: no token, the player, a player without an account, a blocked player, and a malformed token.
    fn clients(&self) -> [Client; 5] {
        let [nobody, stranger] = [self.scenario.visitor(), self.scenario.player(77)];
        [nobody, self.player.clone(), stranger, self.blocked.clone(), self.scenario.bearer("garbage")]
    }

    /// Odd bodies of a route that parse. The state may still refuse them.
    fn bodies(&self, route: &Route) -> Vec<Value> {
        let token = |token: &String| json!({ "refreshToken": token });
        match (route.method, route.path) {
            (Method::Post, "/api/users/signup") => self.sign_ups(),
            (Method::Post, "/api/users/login") => [
                json!({ "phoneNo": phone(1), "password": PASSWORD }),
                json!({ "phoneNo": phone(1), "password": "" }),
                json!({ "phoneNo": phone(1), "password": "\0".repeat(1_000) }),
                json!({ "phoneNo": phone(3), "password": PASSWORD }),
                json!({ "phoneNo": phone(99), "password": PASSWORD }),
            ]
            .into(),
            (Method::Post, "/api/users/recovery") => [phone(1), phone(3), phone(99), format!("00 {}", &phone(1)[1..])]
                .map(|phone| json!({ "phoneNo": phone }))
                .into(),
            (Method::Post, "/api/users/recovery/{recoveryId}") => ["00000000", "1234 5678", "99999999"]
                .map(|code| json!({ "code": code, "newPassword": "another good password" }))
                .into(),
            (Method::Post, "/api/users/refresh" | "/api/users/logout") => {
                self.tokens.iter().map(token).collect()
            }
            (Method::Post, "/api/bets") => self.placements(),
            (Method::Post, "/api/games/{gameType}/{duration}/bet") => PERIODS
                .into_iter()
                .flat_map(|period| [json!(1), json!("1e2"), json!(0.01), json!(1e15)].map(|stake| (period, stake)))
                .map(|(period, stake)| {
                    json!({ "periodId": period, "betType": "SIZE", "betValue": "big", "betAmount": stake })
                })
                .collect(),
            (Method::Post, "/api/deposits") => [json!(1), json!("1e2"), json!(100_000), json!("1.00")]
                .map(|amount| json!({ "amount": amount }))
                .into(),
            (Method::Post, "/api/payees") => ["123456", "~!@#$%^&*()", "' OR 1=1--", &"9".repeat(64)]
                .map(|account| json!({ "account": account.replace(' ', "") }))
                .into(),
            (Method::Post, "/api/withdrawals") => [json!(1), json!("1e2"), json!(1_000_000_000_000_u64)]
                .map(|amount| json!({ "amount": amount, "payeeId": "nobody" }))
                .into(),
            (Method::Post, "/api/limits") => {
                [json!(0), json!("0.01"), json!(1_000_000_000_000_u64), json!("none")]
                    .map(|limit| json!({ "kind": "deposits", "period": "month", "limit": limit }))
                    .into()
            }
            (Method::Post, "/api/limits/reality-check") => [json!(5), json!(1_440), json!("none"), json!(4)]
                .map(|every| json!({ "everyMinutes": every }))
                .into(),
            // After an exclusion, the player can do little else here.
            (Method::Post, "/api/exclusion") => [json!(0), json!(5), json!(1_201), json!("6")]
                .map(|months| json!({ "months": months }))
                .into(),
            (Method::Patch, "/api/users/me") => [
                json!({ "userName": "\u{200d}e\u{301}\u{1f3f4}\u{200d}\u{2620}\u{fe0f}" }),
                json!({ "userName": "\"'--<script>${7*7}%s" }),
                json!({ "profilePictureId": 0 }),
                json!({ "profilePictureId": "4294967295" }),
            ]
            .into(),
            (Method::Post, "/api/users/me/phone/verify") => ["000000", "123456", "999999"]
                .map(|code| json!({ "code": code }))
                .into(),
            (Method::Post, "/api/users/me/password") => [
                json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD }),
                json!({ "currentPassword": "", "newPassword": PASSWORD }),
                json!({ "currentPassword": PASSWORD, "newPassword": "\u{0}\u{0}\u{7f}password of bytes" }),
            ]
            .into(),
            (method, path) => panic!("{} {path} reads a body, and has no odd one here", method.as_str()),
        }
    }

    /// Sign-ups with every kind of referral code, with new and taken phone numbers.
    fn sign_ups(&self) -> Vec<Value> {
        let codes = [NOBODYS_CODE, &self.code, &self.code.to_lowercase(), &self.blocked_code, "OOOO-OOOL"];
        let with_code =
            |code: &&str| json!({ "phoneNo": fresh_phone(), "password": PASSWORD, "referredBy": code });
        let taken = json!({ "phoneNo": phone(1), "password": PASSWORD, "referredBy": self.code });
        let named = json!({ "phoneNo": fresh_phone(), "password": PASSWORD, "userName": "\u{200d}\u{926}" });
        codes.iter().map(with_code).chain([taken, named]).collect()
    }

    fn placements(&self) -> Vec<Value> {
        let bet = |round: &str, amount: Value, side: &str| json!({ "roundId": round, "amount": amount, "side": side });
        let mut bets = vec![
            bet("waiting", json!(10), "B"),
            bet("ended", json!(10), "B"),
            bet("settled", json!("0.01"), "A"),
            bet("settled", json!("1.0"), "B"),
            bet("settled", json!(1_000_000_000_000_u64), "B"),
            bet(&"r".repeat(64), json!(1), "A"),
            bet("...", json!(1), "A"),
        ];
        bets.push(
            json!({ "userId": self.player.user.number(), "roundId": "mine", "amount": 1, "side": "A" }),
        );
        bets
    }

    /// The paths and queries of a route.
    fn paths(&self, route: &Route) -> Vec<String> {
        let rounds = ["waiting", "ended", "settled", "nowhere", "...", &"r".repeat(64)];
        let path = |parameter: &str| {
            let parts =
                route.path.split('/').map(|part| if part.starts_with('{') { parameter } else { part });
            parts.collect::<Vec<_>>().join("/")
        };
        let mut paths: Vec<_> = match route.path {
            path_of_bet if path_of_bet.contains("{betId}") => {
                self.bets.iter().map(String::as_str).chain([NOWHERE, "%00"]).map(path).collect()
            }
            path_of_round if path_of_round.contains("{roundId}") => rounds.into_iter().map(path).collect(),
            path_of_room if path_of_room.contains("{gameType}") => ROOMS
                .into_iter()
                .flat_map(|room| PERIODS.map(|period| in_room(route, room).replace("{periodId}", period)))
                .collect(),
            _ => vec![path(NOWHERE)],
        };
        let queries = [
            Cursor { before: 0 }.to_string(),
            Cursor { before: u64::MAX }.to_string(),
            MatchCursor { after: NOWHERE.parse().unwrap() }.to_string(),
            RoundCursor { after: format!("253402207200000-{NOWHERE}").parse().unwrap() }.to_string(),
            OrderCursor { before: format!("0.{NOWHERE}").parse().unwrap() }.to_string(),
        ];
        let queries = queries.map(|cursor| format!("?cursor={cursor}"));
        let months = ["?month=2000-01", "?month=2100-12"].map(str::to_owned);
        let queried: Vec<_> =
            queries.iter().chain(&months).map(|query| format!("{}{query}", paths[0])).collect();
        paths.extend(queried);
        paths
    }

    /// The odd requests to a route.
    fn requests(&self, route: &Route) -> Vec<Request> {
        let method = route.method.as_str();
        let is_for_players = matches!(route.access, Access::Public | Access::Player);
        let requests: Vec<_> = if is_for_players && route.body.is_some() {
            let bodies = self.bodies(route).into_iter();
            let path = in_room(route, ROOMS[0]);
            bodies.map(|body| Request::new(method, path.as_str()).json(body.to_string())).collect()
        } else {
            self.paths(route).into_iter().map(|path| Request::new(method, path)).collect()
        };
        requests
            .into_iter()
            .map(|request| request.header("traceparent", "00-0-0-00").header("x-amzn-trace-id", "Root=\"%s"))
            .collect()
    }
}

/// Rooms of games: two existing ones, one that has no periods without a source of blocks, and two invalid ones.
const ROOMS: [&str; 5] = ["wingo/300", "5d/600", "trx_wix/30", "wingo/31", "chess/60"];

/// Period ids: the first of a day, the last of the calendar, one of an impossible day, and one beyond its day.
const PERIODS: [&str; 4] =
    ["20261123000000000", "99991231000000143", "00000000000000000", "20261123999999999"];

fn in_room(route: &Route, room: &str) -> String {
    route.path.replace("{gameType}/{duration}", room)
}

fn fresh_phone() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1_000);
    phone(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Every route, whatever role it requires: each client sends each odd request twice at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn no_input_of_a_client_is_an_operators_trouble() {
    let world = World::new().await;
    for route in ROUTES {
        let asked = world.clients().into_iter().flat_map(|client| {
            let requests = world.requests(route).into_iter();
            requests.flat_map(move |request| [(client.clone(), request.clone()), (client.clone(), request)])
        });
        let answers = stream::iter(asked).map(async |(client, request)| {
            let answer = client.send(request.clone()).await;
            (answer.status() >= 500).then(|| format!("{request:?}: {answer:?}"))
        });
        let failed: Vec<_> = answers.buffer_unordered(8).filter_map(async |line| line).collect().await;
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
    world.scenario.finish().await;
}

/// In an earlier version, eleven sign-ups with unknown codes became more than ten dead letters in five minutes. That
/// paged an operator and rolled a deployment back. Their jobs can repeat like any job and get the same result.
#[tokio::test(flavor = "multi_thread")]
async fn each_unknown_code_is_a_line_of_the_log() {
    let scenario = Scenario::start_with(VARIABLES).await;
    let phones: Vec<_> = (0..11).map(phone).collect();
    let clients = join_all(phones.iter().map(|phone| scenario.referred(phone, NOBODYS_CODE))).await;
    scenario.await_idle().await;
    let again = clients.iter().map(|client| {
        let job = RecordReferralJob { user_id: client.user, referred_by: NOBODYS_CODE.parse().unwrap() };
        (Job::RecordReferral(job), client.user.to_string())
    });
    scenario.send_again(again).await;
    scenario.await_idle().await;
    assert_eq!(scenario.dead_letters(Queue::Registration).await, 0);
    let log = scenario.log();
    for client in clients {
        let expected = format!("Invalid referral code: ABCDEFGH of user {}: it is unknown", client.user);
        assert_eq!(log.lines().filter(|line| line.contains(&expected)).count(), 1, "{expected}");
    }
    scenario.finish().await;
}

/// One player sends everything at once. All requests are answered, and at most they conflict on the player's own
/// wallet.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_who_asks_for_everything_at_once_fails_nothing() {
    let scenario = Scenario::start_with(VARIABLES).await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.fund(player.user.number(), "1000").await;
    let placed = join_all((0..60).map(|number| {
        let request = player.bet_request("crowded", if number % 2 == 0 { "A" } else { "B" }, "10");
        player.send(request.header("idempotency-key", format!("{}", number / 2)))
    }))
    .await;
    assert!(placed.iter().all(|answer| answer.status() < 500), "{placed:#?}");
    let bets = placed.iter().filter(|answer| answer.status() == 202).map(|answer| Placed::of(answer).bet_id);
    let refund = async |bet: String| player.post(&format!("/api/bets/{bet}/refund")).await;
    let refunded = join_all(bets.map(refund)).await;
    assert!(refunded.iter().all(|answer| answer.status() < 500), "{refunded:#?}");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD }).to_string();
    let changes =
        (0..8).map(|_| player.send(Request::new("POST", "/api/users/me/password").json(body.clone())));
    let phone = phone(1);
    let logins = (0..8).map(|_| scenario.log_in(&phone, PASSWORD));
    let (changed, logged_in) = tokio::join!(join_all(changes), join_all(logins));
    let answers = changed.into_iter().chain(logged_in);
    answers.for_each(|answer| assert!(answer.status() < 500, "{answer:?}"));
    scenario.finish().await;
}
