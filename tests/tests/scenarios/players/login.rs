//! `POST /api/users/login`: successful logins, and how little a refusal reveals.

use evens_tests::{Answer, PASSWORD, Scenario, Tokens, phone};
use jiff::Timestamp;
use serde_json::Value;
use std::time::{Duration, Instant};

/// An answer without the parts that vary between requests.
fn likeness(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut body = answer.json();
    body["requestId"] = Value::Null;
    let mut headers = answer.headers();
    headers
        .retain(|(name, _)| !["date", "x-request-id", "traceparent", "ratelimit"].contains(&name.as_str()));
    (answer.status(), body, headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_phone_look_the_same() {
    let scenario = Scenario::start().await;
    scenario.signed_up(&phone(1), PASSWORD).await;
    let blocked = scenario.signed_up(&phone(2), PASSWORD).await;
    scenario.set_blocked(blocked.user, true).await;
    let unknown = scenario.log_in(&phone(3), PASSWORD).await;
    assert_eq!(unknown.problem(), "401 wrong-credentials -");
    let cases = [
        ("a wrong password", phone(1), "battery staple"),
        ("an empty password", phone(1), ""),
        ("a password in capitals", phone(1), "CORRECT HORSE"),
        ("a password with a space behind it", phone(1), "correct horse "),
        ("an unknown phone and a password that nobody may have", phone(4), "x"),
        ("a blocked account with a wrong password", phone(2), "battery staple"),
    ];
    for (what, phone, password) in cases {
        let answer = scenario.log_in(&phone, password).await;
        assert_eq!(likeness(&answer), likeness(&unknown), "{what}");
    }
    scenario.finish().await;
}

/// An unknown phone number takes as long to refuse as a wrong password. The two are measured in turns, so that other
/// load affects both. A skipped hash would differ by a factor of a hundred.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_phone_take_the_same() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "phone=10000/24h")]).await;
    scenario.signed_up(&phone(1), PASSWORD).await;
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..15 {
        for (number, took) in [1, 3].into_iter().zip(&mut took) {
            let started = Instant::now();
            let answer = scenario.log_in(&phone(number), "battery staple").await;
            took.push(started.elapsed());
            assert_eq!(answer.status(), 401);
        }
    }
    let [wrong, unknown] = took.map(|mut took: Vec<Duration>| {
        took.sort();
        took[took.len() / 2]
    });
    assert!(
        unknown * 5 > wrong && wrong * 5 > unknown,
        "wrong password {wrong:?}, unknown phone {unknown:?}"
    );
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_player_is_told_so_when_their_password_is_right() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let before = scenario.context().store.load_account(client.user).await.unwrap().unwrap();
    scenario.set_blocked(client.user, true).await;
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.problem(), "403 account-blocked -");
    assert_eq!(scenario.log_in(&phone(1), "battery staple").await.problem(), "401 wrong-credentials -");
    // The attempt is not recorded, and the only open session is that of the sign-up.
    let account = scenario.context().store.load_account(client.user).await.unwrap().unwrap();
    assert_eq!(account.last_login, before.last_login);
    assert_eq!(scenario.context().store.list_sessions(client.user).await.unwrap().len(), 1);
    scenario.set_blocked(client.user, false).await;
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.status(), 200);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_login_is_stored_with_its_address() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let me = client.me().await;
    assert_eq!((&me["lastLoginAt"], &me["lastLoginIp"]), (&Value::Null, &Value::Null));
    let mut last = scenario.started;
    for _ in 0..2 {
        let answer = scenario.log_in(&phone(1), PASSWORD).await;
        let body = answer.expect(200);
        assert_eq!(body["success"], true);
        let me = client.me().await;
        assert_eq!(body["data"]["user"]["lastLoginAt"], me["lastLoginAt"], "the answer is of this login");
        let at: Timestamp = me["lastLoginAt"].as_str().unwrap().parse().unwrap();
        assert!(at.as_millisecond() >= last.as_millisecond() && at <= Timestamp::now(), "{at} after {last}");
        assert_eq!(me["lastLoginIp"], "127.0.0.1");
        last = at;
    }
    scenario.finish().await;
}

/// The answer has the current wallet, and the user as in `GET /api/users/me`.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_shows_the_player() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.fund(client.user.number(), "12.5").await;
    let answer = scenario.log_in(&phone(1), PASSWORD).await;
    assert_eq!(answer.json()["data"]["user"], client.me().await);
    assert_eq!(answer.amount("data.user.walletBalance").to_string(), "12.5");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_two_devices_are_independent() {
    let scenario = Scenario::start().await;
    let signed_up = Tokens::of(
        &scenario.sign_up(&serde_json::json!({ "phoneNo": phone(1), "password": PASSWORD })).await,
    );
    let telephone = Tokens::of(&scenario.log_in(&phone(1), PASSWORD).await);
    let tablet = Tokens::of(&scenario.log_in(&phone(1), PASSWORD).await);
    scenario.log_out(&telephone.refresh).await.expect(200);
    assert_eq!(scenario.refresh(&telephone.refresh).await.problem(), "401 session-ended -");
    let tablet = Tokens::of(&scenario.refresh(&tablet.refresh).await);
    Tokens::of(&scenario.refresh(&tablet.refresh).await);
    Tokens::of(&scenario.refresh(&signed_up.refresh).await);
    scenario.finish().await;
}

/// The log line has the client's address and the masked phone number, enough to tell players apart.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_a_line_with_its_address_and_a_masked_number() {
    let scenario = Scenario::start_with(&[("RUST_LOG", "info,dynoxide=error")]).await;
    scenario.signed_up(&phone(1), PASSWORD).await;
    let blocked = scenario.signed_up(&phone(2), PASSWORD).await;
    scenario.set_blocked(blocked.user, true).await;
    let guess = "battery staple";
    for (number, password) in [(1, guess), (93, guess), (2, PASSWORD), (1, PASSWORD)] {
        scenario.log_in(&phone(number), password).await;
    }
    let log = scenario.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let refused: Vec<_> = lines
        .filter(|line| line["client.address"] == "127.0.0.1")
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            let (phone, reason) = (text("phone"), text("reason"));
            let said = format!("Refused a login from 127.0.0.1 with the number {phone}: {reason}");
            assert_eq!(line["message"], said);
            (phone, reason)
        })
        .collect();
    let wrong = "the phone number or the password is wrong";
    let expected =
        [("+**********01", wrong), ("+**********93", wrong), ("+**********02", "the account is blocked")];
    assert_eq!(refused, expected.map(|(phone, reason)| (phone.to_owned(), reason.to_owned())));
    for secret in [guess, PASSWORD, &phone(1), &phone(93), &phone(2)] {
        assert!(!log.contains(secret.trim_start_matches('+')), "the log says {secret}");
    }
    scenario.finish().await;
}
