//! Helpers of the scenarios about forgotten passwords.

use evens_ledger::Digest;
use evens_players::{RecoveryId, SentCode};
use evens_store::VerifyPhoneOutcome;
use evens_tests::{Answer, Client, PASSWORD, Request, Scenario, await_until, phone};
use jiff::Timestamp;
use serde_json::json;

/// Makes a process log the notifications it sends, with their codes.
pub(crate) const TELLS_OF_EVENTS: (&str, &str) = ("RUST_LOG", "warn,evens_notifications=info");

pub(crate) const NEW: &str = "purple battery";
pub(crate) const WRONG: &str = "403 wrong-code code";

/// A player whose number is verified.
pub(crate) async fn proved(scenario: &Scenario, number: u32) -> Client {
    let client = scenario.signed_up(&phone(number), PASSWORD).await;
    prove(scenario, &client).await;
    client
}

/// Marks the number of a player as verified.
pub(crate) async fn prove(scenario: &Scenario, client: &Client) {
    let store = &scenario.context().store;
    store.keep_phone_code(&SentCode::new(client.user, Digest::of(b"code"), Timestamp::now())).await.unwrap();
    let tried = store.try_phone_code(client.user, Timestamp::now()).await.unwrap().expect("a try");
    let proved = store.verify_phone(&tried).await.unwrap();
    assert!(matches!(proved, VerifyPhoneOutcome::Verified(_)), "{proved:?}");
}

/// A request for a code.
pub(crate) fn request(phone: &str) -> Request {
    Request::new("POST", "/api/users/recovery").json(json!({ "phoneNo": phone }).to_string())
}

pub(crate) async fn ask(scenario: &Scenario, phone: &str) -> Answer {
    scenario.visitor().send(request(phone)).await
}

/// Begins a recovery, and returns its id.
pub(crate) async fn begin(scenario: &Scenario, phone: &str) -> String {
    ask(scenario, phone).await.expect(202)["data"]["recoveryId"].as_str().expect("an id").to_owned()
}

/// A code with a new password.
pub(crate) fn new_password(id: &str, code: &str, new: &str) -> Request {
    let path = format!("/api/users/recovery/{id}");
    Request::new("POST", path).json(json!({ "code": code, "newPassword": new }).to_string())
}

pub(crate) async fn finish(scenario: &Scenario, id: &str, code: &str, new: &str) -> Answer {
    scenario.visitor().send(new_password(id, code, new)).await
}

/// The code of a recovery in the local log, if it was sent.
pub(crate) fn sent_code(scenario: &Scenario, id: &str) -> Option<String> {
    let id: RecoveryId = id.parse().expect("an id");
    let event = format!("event recovery-code:{} ", id.digest());
    let log = scenario.log();
    let line = log.lines().find(|line| line.contains(&event))?;
    let (_, code) = line.split_once("; the code is ")?;
    Some(code.chars().take(8).collect())
}

pub(crate) async fn await_code(scenario: &Scenario, id: &str) -> String {
    await_until("a code", Scenario::DEADLINE, async || sent_code(scenario, id)).await
}

/// Begins a recovery, and waits for its code.
pub(crate) async fn begun(scenario: &Scenario, phone: &str) -> (String, String) {
    let id = begin(scenario, phone).await;
    let code = await_code(scenario, &id).await;
    (id, code)
}

/// Gives a player a new password by a code.
pub(crate) async fn recover(scenario: &Scenario, number: u32) {
    let (id, code) = begun(scenario, &phone(number)).await;
    finish(scenario, &id, &code, NEW).await.expect(200);
}

/// A code that differs from this one by `more`.
pub(crate) fn other_than(code: &str, more: u32) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:08}", (number + more) % 100_000_000)
}
