//! Forgotten passwords: a code to the phone sets a new one.

use super::recovering::{
    NEW, TELLS_OF_EVENTS, WRONG, ask, await_code, begin, begun, finish, new_password, other_than, prove,
    proved, recover, request, sent_code,
};
use axum::Router;
use axum::extract::State;
use evens_players::{LastLogin, RecoveryId, Role};
use evens_store::{PlayerDebt, Since};
use evens_tests::{Client, PASSWORD, Scenario, Tokens, await_until, phone};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The player gets back in. Everything that the old password opened is closed, and support is not needed.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_who_forgot_the_password_gets_back_in() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let client = proved(&scenario, 1).await;
    scenario.fund(client.user.number(), "100").await;
    let tokens = Tokens::of(&scenario.log_in(&phone(1), PASSWORD).await);
    let before = Timestamp::now();
    let answer = ask(&scenario, &phone(1)).await.expect(202);
    let expires_at: Timestamp = answer["data"]["expiresAt"].as_str().unwrap().parse().unwrap();
    let lifetime = expires_at.duration_since(before);
    assert!((595..=660).contains(&lifetime.as_secs()), "{answer}");
    // A request changes nothing: the old password and the sessions go on.
    client.me().await;
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.status(), 200);
    let id = answer["data"]["recoveryId"].as_str().unwrap();
    let code = await_code(&scenario, id).await;
    let (front, back) = code.split_at(4);
    let done = finish(&scenario, id, &format!("{front} {back}"), NEW).await.expect(200);
    assert_eq!(done["success"], true);
    assert!(!done.to_string().contains("Token"), "it does not log in: {done}");
    assert_eq!(client.get("/api/users/me").await.problem(), "401 unauthorized -");
    assert_eq!(scenario.refresh(&tokens.refresh).await.problem(), "401 session-ended -");
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.problem(), "401 wrong-credentials -");
    let client = scenario.session_of(&scenario.log_in(&phone(1), NEW).await);
    client.bet("r", "A", "10").await;
    let told = format!("event password-changed:{}", id.parse::<RecoveryId>().unwrap().digest());
    await_until("a notice", Scenario::DEADLINE, async || scenario.log().contains(&told).then_some(())).await;
    scenario.await_idle().await;
    let account = scenario.context().store.load_account(client.user).await.unwrap().unwrap();
    assert_eq!((account.session_epoch, account.password_changes), (1, 1));
    assert!(account.recovered_at.is_some_and(|at| at >= before));
    scenario.finish().await;
}

/// The code expires, has five tries and is good once. Each refusal has one text.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_not_right_changes_nothing() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    proved(&scenario, 1).await;
    proved(&scenario, 2).await;
    let (id, code) = begun(&scenario, &phone(1)).await;
    let (other_id, other_code) = begun(&scenario, &phone(2)).await;
    let unknown = "0a".repeat(16);
    for (id, code) in [
        (id.as_str(), other_than(&code, 1)),
        (&other_id, code.clone()),
        (&unknown, code.clone()),
        ("no-id", code.clone()),
    ] {
        let refused = finish(&scenario, id, &code, NEW).await;
        assert_eq!(refused.problem(), WRONG, "{id}");
        assert!(refused.json()["detail"].as_str().unwrap().starts_with("The code is wrong or has expired."));
    }
    if code != other_code {
        assert_eq!(finish(&scenario, &id, &other_code, NEW).await.problem(), WRONG);
    }
    // Ten minutes later.
    for (age, expected) in [(600_i64, 403), (590, 200)] {
        let (id, code) = (RecoveryId::from_random([age.to_le_bytes()[0]; 16]), "01234567".parse().unwrap());
        let sent_at = Timestamp::now() - SignedDuration::from_secs(age);
        let begun = scenario.codes().begun(&id, &phone(2).parse().unwrap(), &code, sent_at);
        scenario.context().store.keep_recovery(&begun).await.unwrap();
        let answer = finish(&scenario, &id.reveal(), "01234567", NEW).await;
        assert_eq!(answer.status(), expected, "{age} s: {}", answer.text());
    }
    // A code that was sent before the account was recovered is of no use.
    assert_eq!(finish(&scenario, &other_id, &other_code, "a third horse").await.problem(), WRONG);
    scenario.finish().await;
}

/// A password that cannot be one uses no try, however often it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_password_uses_no_try() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    proved(&scenario, 1).await;
    let (id, code) = begun(&scenario, &phone(1)).await;
    let own_number = phone(1);
    for _ in 0..3 {
        for bad in ["iloveyou", "short", &own_number, &own_number[3..]] {
            let refused = finish(&scenario, &id, &code, bad).await.problem();
            assert_eq!(refused, "422 invalid newPassword", "{bad}");
        }
        for bad in ["", "123456", "123456789", "abcdefgh"] {
            let refused = finish(&scenario, &id, bad, NEW).await.problem();
            assert_eq!(refused, "422 invalid code", "{bad}");
        }
    }
    finish(&scenario, &id, &code, NEW).await.expect(200);
    scenario.finish().await;
}

/// A number that cannot exist is refused before it is counted. Each budget counts known and unknown numbers alike.
#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_number_and_by_address() {
    let scenario = Scenario::start_with(&[
        ("EVENS_RATE_LIMITS", "recovery=2/24h,recovery-address=5/1h"),
        ("EVENS_TRUSTED_PROXIES", "127.0.0.0/8"),
    ]);
    let scenario = scenario.await;
    proved(&scenario, 1).await;
    let from = async |address: &str, number: &str| {
        scenario.visitor().send(request(number).header("x-forwarded-for", address.to_owned())).await
    };
    for (address, number) in [("198.51.100.1", phone(1)), ("198.51.100.2", phone(7))] {
        for _ in 0..8 {
            for bad in ["12345", "asha", "+91123"] {
                assert_eq!(from(address, bad).await.problem(), "422 invalid phoneNo", "{bad}");
            }
        }
        for _ in 0..2 {
            from(address, &number).await.expect(202);
        }
        assert_eq!(from(address, &number).await.problem(), "429 too-many-requests -");
        assert_eq!(from("198.51.100.9", &number).await.problem(), "429 too-many-requests -", "elsewhere");
        // An address that has used up its budget uses up no number's.
        for number in [8, 9] {
            from(address, &phone(number)).await.expect(202);
        }
        assert_eq!(from(address, &phone(10)).await.problem(), "429 too-many-requests -");
        assert_eq!(from(address, "12345").await.problem(), "422 invalid phoneNo");
    }
    for _ in 0..2 {
        from("198.51.100.3", &phone(10)).await.expect(202);
    }
    scenario.finish().await;
}

/// No code is sent to a number that is not proved, of staff, of a blocked account, or of one that is long unused. The
/// answers are those to any number, and so is the work: one item and one message.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_tells_whether_a_number_has_an_account() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let (known, blocked, staff, unused) = (
        proved(&scenario, 1).await,
        proved(&scenario, 2).await,
        proved(&scenario, 3).await,
        proved(&scenario, 4).await,
    );
    scenario.signed_up(&phone(5), PASSWORD).await;
    scenario.set_blocked(blocked.user, true).await;
    scenario.set_role(staff.user, Role::Cashier).await;
    let store = &scenario.context().store;
    let long_ago = Timestamp::now() - SignedDuration::from_hours(91 * 24);
    let login = LastLogin { at: long_ago, address: "203.0.113.7".to_owned() };
    store.record_login(unused.user, &login).await.unwrap();
    let mut ids = Vec::new();
    for number in 1..=6 {
        let answer = ask(&scenario, &phone(number)).await;
        let body = answer.expect(202);
        assert_eq!(body["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["expiresAt", "recoveryId"]);
        assert_eq!(body["data"]["recoveryId"].as_str().unwrap().len(), 32);
        ids.push(body["data"]["recoveryId"].as_str().unwrap().to_owned());
        let refused = finish(&scenario, ids.last().unwrap(), "00000000", NEW).await;
        assert_eq!(refused.problem(), WRONG, "{number}");
    }
    await_code(&scenario, &ids[0]).await;
    scenario.await_idle().await;
    let sent: Vec<_> = ids.iter().map(|id| sent_code(&scenario, id).is_some()).collect();
    assert_eq!(sent, [true, false, false, false, false, false]);
    for id in &ids {
        let kept = store.load_recovery(id.parse::<RecoveryId>().unwrap().digest()).await.unwrap();
        assert_eq!(kept.expect("an item for each request").tries, 1);
    }
    // The number of the log lines is that of the events, and none has a number.
    let log = scenario.log();
    assert_eq!(log.lines().filter(|line| line.contains("recovery-code")).count(), 1, "{log}");
    assert!(!log.contains(&phone(1)[3..]) && !log.contains(&phone(6)[3..]), "{log}");
    known.me().await;
    scenario.finish().await;
}

/// The account changes while its code is on the way.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_blocked_meanwhile_is_not_recovered() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let client = proved(&scenario, 1).await;
    let (id, code) = begun(&scenario, &phone(1)).await;
    scenario.set_blocked(client.user, true).await;
    assert_eq!(finish(&scenario, &id, &code, NEW).await.problem(), WRONG);
    scenario.set_blocked(client.user, false).await;
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.status(), 200);
    scenario.finish().await;
}

#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<Value>>>);

/// A receiver of events on this machine, and the settings that name it.
async fn receiver() -> (Received, &'static [(&'static str, &'static str)]) {
    async fn take(State(received): State<Received>, body: axum::Json<Value>) {
        received.0.lock().unwrap().push(body.0);
    }
    let (received, listener) = (Received::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(received.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    let settings =
        vec![("EVENS_WEBHOOK_URL", &*url.leak()), ("EVENS_WEBHOOK_SECRET", secret), ("RUST_LOG", "debug")];
    (received, settings.leak())
}

/// With a receiver, a code reaches the phone: the event has the number. No log line has the number or the code.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_for_a_phone_has_its_number() {
    let (received, settings) = receiver().await;
    let scenario = Scenario::start_with(settings).await;
    let event = async |kind: &str| {
        await_until(kind, Scenario::DEADLINE, async || {
            received.0.lock().unwrap().iter().find(|event| event["type"] == kind).cloned()
        })
        .await
    };
    let client: Client = scenario.signed_up(&phone(1), PASSWORD).await;
    super::phone::ask(&client).await.expect(200);
    let sent = event("phone-code").await;
    assert_eq!((&sent["to"], sent["data"]["code"].as_str().map(str::len)), (&phone(1).into(), Some(6)));
    prove(&scenario, &client).await;
    let id = begin(&scenario, &phone(1)).await;
    let sent = event("recovery-code").await;
    let code = sent["data"]["code"].as_str().unwrap().to_owned();
    assert_eq!((&sent["to"], &sent["userId"]), (&phone(1).into(), &client.user.number().into()));
    assert!(sent["data"]["expiresAt"].is_string() && code.len() == 8, "{sent}");
    scenario.visitor().send(new_password(&id, &code, NEW)).await.expect(200);
    let sent = event("password-changed").await;
    assert_eq!((&sent["to"], &sent["userId"]), (&phone(1).into(), &client.user.number().into()));
    let welcome = event("welcome-bonus").await;
    assert_eq!(welcome.get("to"), None, "it goes to no phone");
    scenario.await_idle().await;
    let log = scenario.log();
    for secret in [&code, &phone(1)[3..], &id] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    scenario.finish().await;
}

/// The message about the new password is lost, and the sweeper sends it again.
#[tokio::test(flavor = "multi_thread")]
async fn the_news_of_a_recovery_outlives_a_queue_that_is_away() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let client = proved(&scenario, 1).await;
    let (id, code) = begun(&scenario, &phone(1)).await;
    let beside = crate::beside::Beside::login_without_queues(&scenario).await;
    beside.client(&scenario.visitor()).send(new_password(&id, &code, NEW)).await.expect(200);
    let owed = async || {
        let mut owed = Vec::new();
        for shard in scenario.context().store.layout().shards() {
            let begun = Since::Before(Timestamp::MAX);
            let page = scenario.context().store.sweep_session_debts(shard, begun, None).await.unwrap();
            owed.extend(page.found.into_iter().filter(|debt| matches!(debt, PlayerDebt::Recovery { .. })));
        }
        owed
    };
    let key = id.parse::<RecoveryId>().unwrap().digest();
    assert_eq!(owed().await, [PlayerDebt::Recovery { user: client.user, recovery: key }]);
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert!(scenario.log().contains(&format!("password-changed:{key}")), "the player is told");
    assert_eq!(owed().await, []);
    scenario.finish().await;
}

/// A recovered player is recovered again by a later code.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_may_forget_again() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    proved(&scenario, 1).await;
    for _ in 0..2 {
        recover(&scenario, 1).await;
    }
    assert_eq!(scenario.log_in(&phone(1), NEW).await.status(), 200);
    scenario.finish().await;
}
