//! Accounts on Lambda: the signing key comes from the environment and the client's address from the gateway.

use crate::function::Function;
use crate::{Platform, batch, body, request, work_all};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::Queue;
use evens_ledger::UserId;
use evens_players::Registration;
use evens_queues::Message;
use evens_runtime::tokens::TokenSigner;
use jiff::civil::Date;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse";

impl Platform {
    /// A function that signs tokens. Trusted proxies do not matter: behind a gateway, only the gateway's address
    /// counts.
    async fn signing_function(&self, name: &str, rate_limits: &str) -> Function {
        let variables = [
            ("EVENS_TOKEN_SIGNING_KEY", self.signing_key.clone()),
            ("EVENS_ARGON2", "m=8,t=1,p=1".to_owned()),
            ("EVENS_RATE_LIMITS", rate_limits.to_owned()),
            ("EVENS_TRUSTED_PROXIES", "0.0.0.0/0,::/0".to_owned()),
        ];
        self.function_with(name, &variables).await
    }
}

/// A request of a player whose header claims another address.
fn from_player(route: &str, number: usize, body: &Value) -> Value {
    let headers =
        json!({ "content-type": "application/json", "x-forwarded-for": format!("198.51.100.{number}") });
    request(route, &headers, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_signs_up_logs_in_and_is_given_what_they_are_owed_by_functions() {
    let platform = Platform::start().await;
    let mut registering = platform.signing_function("register", "").await;
    let mut users = Vec::new();
    let mut code = None;
    for number in 0..2 {
        let mut wanted = json!({ "phoneNo": format!("+91987650000{number}"), "password": PASSWORD });
        if let Some(code) = &code {
            wanted["referredBy"] = json!(code);
        }
        let answer = registering.invoke(&from_player("POST /api/users/signup", number, &wanted)).await;
        assert_eq!(answer["statusCode"], 201, "{answer}");
        let user = body(&answer)["data"]["user"].clone();
        code = Some(user["referringCode"].as_str().unwrap().to_owned());
        users.push(UserId::new(user["userId"].as_u64().unwrap()).unwrap());
        if number == 1 {
            let again = registering.invoke(&from_player("POST /api/users/signup", number, &wanted)).await;
            assert_eq!(
                (&again["statusCode"], &body(&again)["code"]),
                (&409.into(), &"phone-number-taken".into())
            );
        }
    }
    // The bonuses of both players, then the referral of the second, which the bonus job sends.
    let mut working = platform.function("registration").await;
    let jobs = [
        work_all(&platform, Queue::Registration, &mut working).await,
        work_all(&platform, Queue::Registration, &mut working).await,
    ];
    let kinds: Vec<_> = jobs
        .iter()
        .flatten()
        .map(|message| serde_json::from_str::<Value>(&message.body).unwrap()["type"].clone())
        .collect();
    assert_eq!(kinds, ["applyBonus", "applyBonus", "recordReferral"]);
    for (user, referred) in [(users[0], 1), (users[1], 0)] {
        let account = platform.store.load_account(user).await.unwrap().unwrap();
        assert_eq!((account.registration, account.direct_referral_count), (Registration::Done, referred));
        assert_eq!(platform.store.load_wallet(user).await.unwrap().bonus.to_string(), "25");
    }

    let mut entering = platform.signing_function("login", "").await;
    let login = json!({ "phoneNo": "9876500000", "password": PASSWORD });
    let answer = entering.invoke(&from_player("POST /api/users/login", 7, &login)).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let entered = body(&answer);
    assert_eq!(entered["data"]["user"]["lastLoginIp"], "192.0.2.1");
    let mut attending = platform.function("attendance").await;
    work_all(&platform, Queue::Attendance, &mut attending).await;
    let days = platform.store.list_attendance(users[0], Date::ZERO, Date::MAX, 10).await.unwrap();
    assert_eq!(days.len(), 1);

    // The tokens are valid in another function, and the session continues in another invocation.
    let mut reading = platform.function("account").await;
    let token = entered["data"]["tokens"]["accessToken"].as_str().unwrap();
    let headers = json!({ "authorization": format!("Bearer {token}") });
    let read = reading.invoke(&request("GET /api/users/me", &headers, &Value::Null)).await;
    assert_eq!(body(&read)["data"]["userId"], users[0].number(), "{read}");
    let refresh = json!({ "refreshToken": entered["data"]["tokens"]["refreshToken"] });
    // A repeat gets the same successor.
    let mut successors = Vec::new();
    for _ in 0..2 {
        let answer = entering.invoke(&from_player("POST /api/users/refresh", 7, &refresh)).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        successors.push(body(&answer)["data"]["tokens"]["refreshToken"].clone());
    }
    assert_eq!(successors[0], successors[1]);
}

/// The gateway has cookies beside the headers, in events and in answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_by_its_cookie() {
    let platform = Platform::start().await;
    let body_of = json!({ "phoneNo": "9876500000", "password": PASSWORD, "session": "cookie" });
    let mut registering = platform.signing_function("register", "").await;
    let answer = registering.invoke(&from_player("POST /api/users/signup", 7, &body_of)).await;
    assert_eq!(answer["statusCode"], 201, "{answer}");
    assert_eq!(body(&answer)["data"]["tokens"].get("refreshToken"), None);
    let mut cookie = cookie_in(&answer);
    let mut entering = platform.signing_function("login", "").await;
    for _ in 0..2 {
        let mut event = from_player("POST /api/users/refresh", 7, &json!({}));
        event["cookies"] = json!(["other=1", cookie]);
        event["headers"]["sec-fetch-site"] = "same-origin".into();
        let answer = entering.invoke(&event).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        cookie = cookie_in(&answer);
    }
}

/// The one cookie that an answer sets, as a browser sends it.
fn cookie_in(answer: &Value) -> String {
    let cookies = answer["cookies"].as_array().unwrap();
    assert_eq!(cookies.len(), 1, "{answer}");
    let (cookie, attributes) = cookies[0].as_str().unwrap().split_once(';').unwrap();
    assert!(cookie.starts_with("__Host-evens=") && attributes.ends_with("; Secure"), "{answer}");
    cookie.to_owned()
}

/// Ten thousand addresses in a header count as the one address in the gateway's context.
#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_is_counted_is_the_gateways() {
    let platform = Platform::start().await;
    let mut entering = platform.signing_function("login", "login=3/24h").await;
    let mut ask = async |number: usize, source_ip: Option<&str>| {
        let login = json!({ "phoneNo": format!("+91987650001{number}"), "password": PASSWORD });
        let mut event = from_player("POST /api/users/login", number, &login);
        if let Some(source_ip) = source_ip {
            event["requestContext"]["http"]["sourceIp"] = source_ip.into();
        }
        entering.invoke(&event).await
    };
    for number in 0..3 {
        let answer = ask(number, None).await;
        assert_eq!(answer["statusCode"], 401, "{answer}");
        assert_eq!(answer["headers"]["ratelimit-policy"], "\"login\";q=3;w=86400");
    }
    let refused = ask(3, None).await;
    assert_eq!((&refused["statusCode"], &body(&refused)["code"]), (&429.into(), &"too-many-requests".into()));
    assert!(refused["headers"]["retry-after"].is_string(), "{refused}");
    assert_eq!(ask(4, Some("192.0.2.2")).await["statusCode"], 401, "another address has its own");
}

/// A bad job in the new queues becomes a dead letter, and no message of its batch is returned.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_about_unknown_users_become_dead_letters_of_functions() {
    let platform = Platform::start().await;
    let rows = [
        ("registration", r#"{"type":"applyBonus","data":{"userId":"77"}}"#),
        ("attendance", r#"{"type":"checkAttendance","data":{"userId":"77","date":"2025-03-14"}}"#),
        ("registration", r#"{"type":"checkAttendance","data":{"userId":"77","date":"2025-03-14"}}"#),
    ];
    for (number, (name, job)) in rows.into_iter().enumerate() {
        let mut working = platform.function(name).await;
        let message = Message {
            id: format!("message-{number}"),
            group: "77".to_owned(),
            body: job.to_owned(),
            receipt: "receipt".to_owned(),
            attempt: 1,
            sent_at: None,
            trace: None,
            traceparent: None,
        };
        let answer = working.invoke(&batch(&[message])).await;
        assert_eq!(answer, json!({ "batchItemFailures": [] }), "{name}: {job}");
    }
}

/// A function with an unknown key, a malformed key or no key does not start.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_cannot_sign_does_not_start() {
    let platform = Platform::start().await;
    let foreign = format!("other:{}", BASE64_STANDARD.encode(TokenSigner::generate_pkcs8().unwrap()));
    let rows = [
        (foreign, "the public key of the signing key other is missing, so its tokens would be rejected"),
        ("test:garbage".to_owned(), "the token signing key cannot be read"),
        (String::new(), "no token signing key is set"),
    ];
    for (key, said) in rows {
        for name in ["register", "login"] {
            let variables = platform.variables(&[("EVENS_TOKEN_SIGNING_KEY", key.clone())]);
            let stderr = Function::start_error(name, &variables).await;
            assert!(stderr.contains(said), "{name}: {stderr}");
            assert!(key.is_empty() || !stderr.contains(&key), "{name} tells its key");
        }
    }
}
