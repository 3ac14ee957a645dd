//! Phone verification: the code that is sent, and the bonuses that wait for it.

use evens_contracts::{ApplyBonusJob, Job};
use evens_players::Registration;
use evens_tests::{Answer, Client, PASSWORD, Request, Scenario, await_until, phone};
use serde_json::json;

const WRONG: &str = "403 wrong-code code";
const SHOWN: &str = "; the code is ";

/// Makes a process log the notifications it sends.
const TELLS_OF_EVENTS: (&str, &str) = ("RUST_LOG", "warn,evens_notifications=info");

pub(crate) async fn ask(client: &Client) -> Answer {
    client.send(Request::new("POST", "/api/users/me/phone/code")).await
}

async fn verify(client: &Client, code: &str) -> Answer {
    let body = json!({ "code": code }).to_string();
    client.send(Request::new("POST", "/api/users/me/phone/verify").json(body)).await
}

/// The codes sent to a player, newest last, from the local log.
fn codes(scenario: &Scenario, client: &Client) -> Vec<String> {
    let log = scenario.log();
    let whose = format!("to user {}, because", client.user);
    let lines = log.lines().filter(|line| line.contains("event phone-code:") && line.contains(&whose));
    let codes = lines.filter_map(|line| line.split_once(SHOWN)).map(|(_, code)| code.chars().take(6));
    codes.map(Iterator::collect).collect()
}

/// Requests a code and waits until this many were sent.
pub(crate) async fn code(scenario: &Scenario, client: &Client, count: usize) -> String {
    assert_eq!(ask(client).await.expect(200)["message"], "The code was sent");
    await_until("a code", Scenario::DEADLINE, async || {
        let codes = codes(scenario, client);
        (codes.len() == count).then(|| codes.last().cloned()).flatten()
    })
    .await
}

/// A different code.
fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_proves_the_number_of_who_was_sent_it() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let other = scenario.signed_up(&phone(2), PASSWORD).await;
    assert_eq!(client.me().await["isPhoneVerified"], false);
    assert_eq!(verify(&client, "123456").await.problem(), WRONG, "none was sent");
    let first = code(&scenario, &client, 1).await;
    let second = code(&scenario, &client, 2).await;
    let others = code(&scenario, &other, 1).await;
    if first != second {
        assert_eq!(verify(&client, &first).await.problem(), WRONG, "the newest one alone holds");
    }
    if others != second {
        assert_eq!(verify(&client, &others).await.problem(), WRONG);
    }
    assert_eq!(verify(&client, &other_than(&second)).await.problem(), WRONG);
    assert_eq!(verify(&client, &second).await.expect(200)["message"], "The phone number is verified");
    let me = client.me().await;
    assert_eq!((&me["isPhoneVerified"], &me["is_phone_verified"]), (&true.into(), &true.into()));
    assert_eq!(other.me().await["isPhoneVerified"], false);
    // A verified number stays verified, and no further code is sent.
    assert_eq!(ask(&client).await.expect(200)["message"], "The phone number is verified");
    assert_eq!(verify(&client, "000000").await.status(), 200);
    scenario.await_idle().await;
    assert_eq!(codes(&scenario, &client).len(), 2);
    // No item of the table contains a code, and no other log line does.
    let log = scenario.log();
    let shown = |code: &str| log.lines().filter(|line| line.contains(code) && !line.contains(SHOWN)).count();
    assert_eq!((shown(&format!("\"{second}\"")), shown(&format!("={second}"))), (0, 0));
    scenario.finish().await;
}

/// Only five of many concurrent attempts are checked. After that, even the right code is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_has_five_tries() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let right = code(&scenario, &client, 1).await;
    let wrong = other_than(&right);
    let tries = futures::future::join_all((0..8).map(|_| verify(&client, &wrong))).await;
    assert!(tries.iter().all(|answer| answer.problem() == WRONG), "{tries:?}");
    assert_eq!(verify(&client, &right).await.problem(), WRONG);
    assert_eq!(client.me().await["isPhoneVerified"], false);
    let next = code(&scenario, &client, 2).await;
    assert_eq!(verify(&client, &next).await.status(), 200);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_sent_so_many_codes() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "phone-code=2/1h")]).await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    for _ in 0..2 {
        assert_eq!(ask(&client).await.status(), 200);
    }
    assert_eq!(ask(&client).await.problem(), "429 too-many-requests -");
    let other = scenario.signed_up(&phone(2), PASSWORD).await;
    assert_eq!(ask(&other).await.status(), 200, "another number");
    scenario.finish().await;
}

/// An address gets a limited number of codes, however many phone numbers it has.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_sent_so_many_codes() {
    let scenario = Scenario::start_with(&[
        ("EVENS_RATE_LIMITS", "code-address=3/24h"),
        ("EVENS_TRUSTED_PROXIES", "127.0.0.0/8"),
    ]);
    let scenario = scenario.await;
    let asks = async |number, address: &str| {
        let client = scenario.signed_up(&phone(number), PASSWORD).await;
        let request = Request::new("POST", "/api/users/me/phone/code");
        client.send(request.header("x-forwarded-for", address.to_owned())).await
    };
    for number in 1..=3 {
        assert_eq!(asks(number, "198.51.100.1").await.status(), 200);
    }
    assert_eq!(asks(4, "198.51.100.1").await.problem(), "429 too-many-requests -");
    assert_eq!(asks(5, "198.51.100.2").await.status(), 200, "another address");
    scenario.finish().await;
}

/// `REG_BONUS_AFTER=verified`: nothing is owed before verification, and everything after it.
#[tokio::test(flavor = "multi_thread")]
async fn bonuses_wait_for_the_number_where_they_are_to() {
    const AFTER: &[(&str, &str)] =
        &[("REG_BONUS_AFTER", "verified"), ("REFERRAL_BONUS", "10"), TELLS_OF_EVENTS];
    let scenario = Scenario::start_with(AFTER).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let referred = scenario.referred(&phone(1), &referrer.referral_code().await).await;
    let job = Job::ApplyBonus(ApplyBonusJob { user_id: referred.user });
    assert_eq!(scenario.work(job).await.unwrap().0, "waiting for phone verification");
    scenario.sweep_later().await;
    scenario.await_idle().await;
    let books = scenario.books().await;
    for user in [referrer.user, referred.user] {
        assert_eq!(books.accounts[&user].registration, Registration::VerificationDue);
        assert!(!books.entries.contains_key(&user));
    }
    let sent = code(&scenario, &referred, 1).await;
    assert_eq!(verify(&referred, &sent).await.status(), 200);
    let bonus =
        async |client: &Client| client.get("/api/wallet").await.expect(200)["data"]["bonusBalance"].clone();
    await_until("the bonuses", Scenario::DEADLINE, async || {
        (bonus(&referred).await == 25 && bonus(&referrer).await == 10).then_some(())
    })
    .await;
    scenario.await_idle().await;
    let books = scenario.books().await;
    assert_eq!(books.accounts[&referred.user].registration, Registration::Done);
    assert_eq!(books.accounts[&referrer.user].registration, Registration::VerificationDue);
    scenario.finish().await;
}

/// `REFERRAL_BONUSES_PER_DAY`: referrals beyond the cap still count.
#[tokio::test(flavor = "multi_thread")]
async fn a_referrer_gets_so_many_bonuses_a_day() {
    const CAPPED: &[(&str, &str)] = &[("REFERRAL_BONUS", "10"), ("REFERRAL_BONUSES_PER_DAY", "2")];
    let scenario = Scenario::start_with(CAPPED).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let referral_code = referrer.referral_code().await;
    for number in 1..=5 {
        scenario.referred(&phone(number), &referral_code).await;
    }
    let books = await_until("all registrations", Scenario::DEADLINE, async || {
        let books = scenario.books().await;
        let is_done = books.accounts.values().all(|account| account.registration == Registration::Done);
        is_done.then_some(books)
    })
    .await;
    assert_eq!(books.accounts[&referrer.user].direct_referral_count, 5);
    let bonus = books.wallets[&referrer.user].bonus.to_string();
    // Two bonuses, or four if the test runs across midnight, plus the sign-up bonus.
    assert!(["45", "55", "65"].contains(&bonus.as_str()), "{bonus}");
    scenario.finish().await;
}
