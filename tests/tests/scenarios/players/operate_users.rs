//! Staff find an account and read it; operators block it, unblock it and end its sessions.

use evens_runtime::tokens::Role;
use evens_tests::{Answer, Client, PASSWORD, Request, Scenario, Tokens, phone};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

/// Sends an act on an account.
async fn act(client: &Client, user: u64, step: &str, reason: &str) -> Answer {
    let path = format!("/api/operator/users/{user}/{step}");
    client.send(Request::new("POST", path).json(json!({ "reason": reason }).to_string())).await
}

/// Action, reason, and the states before and after of the log's lines about a user.
async fn lines(scenario: &Scenario, user: u64) -> Vec<[String; 4]> {
    let said = scenario.auditor().get("/api/operator/audit").await.expect(200);
    let lines = said["data"].as_array().unwrap().iter();
    let subject = user.to_string();
    let about = lines.filter(|line| line["subject"] == subject);
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    about.map(|line| ["action", "reason", "before", "after"].map(|name| text(line, name))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_found_by_phone_number_and_code() {
    let scenario = Scenario::start().await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    let user = player.user.number();
    scenario.fund(user, "100").await;
    let placed = player.bet("r", "A", "30").await;
    let code = player.referral_code().await;
    let support = [scenario.operator(), scenario.cashier(), scenario.auditor()];
    for client in &support {
        let number = phone(1).replace('+', "%2B");
        for query in [format!("phone={number}"), format!("user={user}"), format!("code={code}")] {
            let found = client.get(&format!("/api/operator/users?{query}")).await.expect(200)["data"].clone();
            assert_eq!((&found["userId"], &found["phoneNo"]), (&json!(user), &json!(phone(1))), "{query}");
            assert_eq!(found["wallet"]["lockedBalance"], json!(30));
            assert_eq!(found["sessions"].as_array().unwrap().len(), 1);
        }
        let path = |part: &str| format!("/api/operator/users/{user}{part}");
        let bets = client.get(&path("/bets")).await.expect(200);
        assert_eq!(bets["data"][0]["betId"], json!(placed.bet_id));
        let ledger = client.get(&path("/ledger")).await.expect(200);
        assert_eq!(ledger, player.get("/api/wallet/ledger").await.expect(200));
        let limits = client.get(&path("/limits")).await.expect(200)["data"].clone();
        assert_eq!(limits["limits"], player.get("/api/limits").await.expect(200)["data"]["limits"]);
        assert_eq!(limits["exclusion"]["isExcluded"], json!(false));
    }
    for client in &support[1..] {
        for orders in ["deposits", "withdrawals"] {
            let path = format!("/api/operator/users/{user}/{orders}");
            assert_eq!(client.get(&path).await.expect(200)["data"], json!([]));
        }
    }
    let operator = scenario.operator();
    for (query, problem) in [
        ("", "422 invalid phone"),
        ("?phone=12", "422 invalid phone"),
        ("?user=7&code=00000019", "422 invalid phone"),
        ("?user=7", "404 not-found userId"),
    ] {
        let answer = operator.get(&format!("/api/operator/users{query}")).await;
        assert_eq!(answer.problem(), problem, "{query}");
    }
    scenario.finish().await;
}

/// An unknown account has no empty lists: each route below it has the problem of the account itself.
#[tokio::test(flavor = "multi_thread")]
async fn routes_of_an_unknown_account_have_its_problem() {
    let scenario = Scenario::start().await;
    let parts = ["ledger", "bets", "game-bets", "limits", "deposits", "withdrawals", "identity"];
    for client in [scenario.operator(), scenario.cashier(), scenario.auditor()] {
        for unknown in ["7", "nobody"] {
            let own = client.get(&format!("/api/operator/users/{unknown}")).await;
            assert_eq!(own.problem(), "404 not-found userId");
            for part in parts {
                let answer = client.get(&format!("/api/operator/users/{unknown}/{part}")).await;
                if answer.problem() == "403 forbidden -" {
                    continue; // Orders and identities are not for operators.
                }
                assert_eq!(answer.problem(), own.problem(), "{part}");
                assert_eq!(answer.json()["detail"], own.json()["detail"], "{part}");
            }
        }
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_blocks_and_unblocks_with_a_line_each() {
    let scenario = Scenario::start().await;
    let answer = scenario.sign_up(&json!({ "phoneNo": phone(1), "password": PASSWORD })).await;
    let (player, tokens) = (scenario.session_of(&answer), Tokens::of(&answer));
    let (user, operator) = (player.user.number(), scenario.operator());

    let blocked = act(&operator, user, "block", "a chargeback").await.expect(200)["data"].clone();
    assert_eq!((&blocked["isBlocked"], &blocked["sessions"]), (&json!(true), &json!([])));
    assert_eq!(player.get("/api/wallet").await.problem(), "403 account-blocked -");
    assert_eq!(scenario.refresh(&tokens.refresh).await.problem(), "401 session-ended -");
    assert!(act(&operator, user, "block", "again").await.is_replay(), "a repeat changes nothing");

    let unblocked = act(&operator, user, "unblock", "it was paid").await.expect(200)["data"].clone();
    assert_eq!(unblocked["isBlocked"], json!(false));
    assert!(act(&operator, user, "unblock", "again").await.is_replay());

    scenario.log_in(&phone(1), PASSWORD).await.expect(200);
    let ended = act(&operator, user, "end-sessions", "a lost telephone").await.expect(200)["data"].clone();
    assert_eq!(ended["sessions"], json!([]));
    assert!(act(&operator, user, "end-sessions", "again").await.is_replay());

    let expected = [
        ["block-user", "a chargeback", "not blocked", "blocked"],
        ["unblock-user", "it was paid", "blocked", "not blocked"],
        ["end-sessions", "a lost telephone", "open", "ended"],
    ];
    assert_eq!(lines(&scenario, user).await, expected);
    scenario.finish().await;
}

/// A staff token from before a block, a lost role or an end of sessions is refused, also once the account is free and
/// has its role again. So is the refresh token of its session.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_from_before_an_end_of_sessions_stay_refused() {
    let scenario = Scenario::start().await;
    let user = scenario.signed_up(&phone(1), PASSWORD).await.user;
    scenario.set_role(user, Role::Operator).await;
    let operator = scenario.operator();
    let log_in = async || {
        let answer = scenario.log_in(&phone(1), PASSWORD).await;
        (scenario.session_of(&answer), Tokens::of(&answer).refresh)
    };
    for step in ["block", "lose the role", "end-sessions"] {
        let (staff, refresh) = log_in().await;
        staff.get("/api/operator/queues").await.expect(200);
        match step {
            "block" => {
                scenario.set_blocked(user, true).await;
                assert_eq!(staff.get("/api/operator/queues").await.problem(), "403 account-blocked -");
                scenario.set_blocked(user, false).await;
            }
            "lose the role" => {
                scenario.set_role(user, Role::Player).await;
                assert_eq!(staff.get("/api/operator/queues").await.problem(), "403 forbidden -");
                scenario.set_role(user, Role::Operator).await;
            }
            _ => drop(act(&operator, user.number(), step, "a lost telephone").await.expect(200)),
        }
        for path in ["/api/operator/queues", "/api/users/me"] {
            assert_eq!(staff.get(path).await.problem(), "401 unauthorized -", "{step}: {path}");
        }
        assert_eq!(scenario.refresh(&refresh).await.problem(), "401 session-ended -", "{step}");
    }
    let (staff, refresh) = log_in().await;
    let refreshed = Tokens::of(&scenario.refresh(&refresh).await);
    for staff in [staff, scenario.bearer(refreshed.access)] {
        staff.get("/api/operator/queues").await.expect(200);
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_on_an_account_needs_a_reason_a_recent_login_and_another_account() {
    let scenario = Scenario::start().await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    let user = player.user.number();
    let operator = scenario.operator();
    let (hour, earlier) = (Duration::from_hours(1), Timestamp::now() - SignedDuration::from_mins(16));
    let old = scenario.signer().sign(operator.user, Role::Operator, earlier, hour).expect("a token");
    let old = scenario.bearer(old);
    for step in ["block", "unblock", "end-sessions"] {
        assert_eq!(act(&operator, user, step, "").await.problem(), "422 invalid reason");
        assert_eq!(act(&old, user, step, "r").await.problem(), "403 login-too-old -");
        assert_eq!(act(&operator, 7, step, "r").await.problem(), "404 not-found userId");
        let own = operator.user.number();
        assert_eq!(act(&operator, own, step, "r").await.problem(), "403 forbidden userId");
        assert_eq!(act(&scenario.cashier(), user, step, "r").await.problem(), "403 forbidden -");
    }
    assert_eq!(lines(&scenario, user).await, [[""; 4]; 0]);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_unfinished_rounds_and_unmatched_bets() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let placed = player.bet("open", "A", "30").await;
    let operator = scenario.operator();
    let waiting = operator.get("/api/operator/rounds/open/waiting").await.expect(200);
    let [bet] = &waiting["data"].as_array().unwrap()[..] else { panic!("{waiting}") };
    assert_eq!((&bet["betId"], &bet["userId"]), (&json!(placed.bet_id), &json!(41)));
    assert_eq!((&bet["side"], &bet["open"]), (&json!("A"), &json!(30)));
    assert_eq!(operator.get("/api/operator/rounds").await.expect(200)["data"], json!([]));
    let missing = operator.get("/api/operator/rounds/none/waiting").await;
    assert_eq!(missing.problem(), "404 not-found roundId");
    scenario.finish().await;
}
