//! Rate limits: exactly the configured number of requests passes, however many arrive at once on however many hosts.
//! Also which subject is counted.

use crate::beside::Beside;
use evens_contracts::Rate;
use evens_runtime::{Clock, Rates};
use evens_tests::{Answer, PASSWORD, Request, Scenario, phone};
use futures::future::join_all;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A window of a day, so that hardly any test sees two windows.
const LOGINS: &[(&str, &str)] = &[("EVENS_RATE_LIMITS", "login=100/24h,sign-up=100/24h")];
const PROXIES: &[(&str, &str)] = &[
    ("EVENS_RATE_LIMITS", "login=10/24h,sign-up=10/24h"),
    ("EVENS_TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8"),
];

const EXHAUSTED: &str = "429 too-many-requests -";
/// The answer to a login that was admitted.
const WRONG: &str = "401 wrong-credentials -";
/// Stands for a sign-up that was admitted, in counts of answers.
const MADE: &str = "201";
/// Answers of a machine that is too busy. A request that ends like this may have been counted.
const BUSY: [&str; 2] = ["408 request-timeout -", "503 unavailable -"];

/// A login with an unknown phone number, a different one each time, so that only the address reaches a limit.
fn stranger(number: u32) -> Request {
    Scenario::login_request(&phone(number), PASSWORD)
}

fn from(request: Request, forwarded_for: &str) -> Request {
    request.header("x-forwarded-for", forwarded_for.to_owned())
}

fn count<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> BTreeMap<String, usize> {
    answers.into_iter().fold(BTreeMap::new(), |mut counts, answer| {
        *counts.entry(answer.problem()).or_default() += 1;
        counts
    })
}

/// As many as `expected` were admitted. A machine that is too busy may admit fewer, but never more.
fn assert_admitted(mut counts: BTreeMap<String, usize>, answer: &str, expected: RangeInclusive<usize>) {
    let busy: usize = BUSY.iter().filter_map(|answer| counts.remove(*answer)).sum();
    let admitted = counts.remove(answer).unwrap_or_default();
    assert!(
        expected.contains(&admitted) || busy > 0 && admitted < *expected.start(),
        "{admitted} of {expected:?}, {busy} busy, {counts:?}"
    );
    assert!(counts.keys().all(|answer| answer == EXHAUSTED), "{counts:?}");
}

/// A parameter of a header such as `"login";r=3;t=60`.
fn part(answer: &Answer, header: &str, name: &str) -> u64 {
    let value = answer.header(header).unwrap_or_else(|| panic!("no {header}: {answer:?}"));
    let found = value.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or_else(|| panic!("no {name} in {value}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_400_logins_at_once_100_are_admitted() {
    let scenario = Scenario::start_with(LOGINS).await;
    let nobody = scenario.visitor();
    let answers = join_all((0..400).map(|number| nobody.send(stranger(number)))).await;
    assert_admitted(count(&answers), WRONG, 100..=100);
    // Only the logins of one address are counted. Sign-ups have another limit.
    scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_400_sign_ups_at_once_100_make_accounts() {
    let scenario = Scenario::start_with(LOGINS).await;
    let phones: Vec<_> = (0..400).map(phone).collect();
    let bodies: Vec<_> =
        phones.iter().map(|phone| serde_json::json!({ "phoneNo": phone, "password": PASSWORD })).collect();
    let answers = join_all(bodies.iter().map(|body| scenario.sign_up(body))).await;
    let made = answers.iter().filter(|answer| answer.status() == 201).count();
    let mut counts = count(answers.iter().filter(|answer| answer.status() != 201));
    counts.insert(MADE.to_owned(), made);
    assert_admitted(counts, MADE, 100..=100);
    let books = scenario.finish().await;
    // A sign-up whose answer came too late may have made its account.
    assert!((made..=100).contains(&(books.accounts.len() - Scenario::STAFF)), "{made} made");
}

/// All hosts share one counter: the process, and two routers with their own leases.
#[tokio::test(flavor = "multi_thread")]
async fn several_hosts_stay_within_one_budget() {
    let scenario = Scenario::start_with(LOGINS).await;
    let nobody = scenario.visitor();
    let hosts =
        [Beside::login(&scenario, Clock::system()).await, Beside::login(&scenario, Clock::system()).await];
    let asked = (0..300).map(async |number| match number % 3 {
        0 => nobody.send(stranger(number)).await,
        host => hosts[host as usize - 1].send(stranger(number)).await,
    });
    let answers = join_all(asked).await;
    // One run on a busy machine admitted 99: a count whose answer is lost may be repeated, and then counts twice.
    assert_admitted(count(&answers), WRONG, 90..=100);
    scenario.finish().await;
}

/// Limits that hosts lease ten or thirty at a time are not exceeded, and a client that keeps asking gets all of them.
#[tokio::test(flavor = "multi_thread")]
async fn leases_of_several_hosts_stay_within_one_budget() {
    let limits = "session=100/24h,bets=100/24h,changes=101/24h,reads=7/24h,operations=1/24h";
    let variables = [("EVENS_RATE_LIMITS", limits)];
    let scenario = Scenario::start_with(Vec::leak(variables.to_vec())).await;
    let context = scenario.context();
    let hosts =
        [(); 5].map(|()| Rates::new(context.settings.rate_limits.clone(), evens_metrics::Metrics::default()));
    let rows = [
        (Rate::Session, 100),
        (Rate::Bets, 100),
        (Rate::Changes, 101),
        (Rate::Reads, 7),
        (Rate::Operations, 1),
    ];
    for (rate, limit) in rows {
        let now = Timestamp::now();
        let asked = (0..600).map(|number| hosts[number % 5].take(&context.store, rate, "subject", now));
        let asked: Vec<_> = stream::iter(asked).buffer_unordered(64).collect().await;
        let let_through = asked.iter().filter(|quota| quota.as_ref().unwrap().unwrap().is_within).count();
        assert_eq!(let_through, limit, "{rate:?}");
        // The next window starts full, and another subject has its own count.
        let tomorrow = now + jiff::SignedDuration::from_hours(24);
        for (subject, at) in [("subject", tomorrow), ("another", now)] {
            let quota = hosts[0].take(&context.store, rate, subject, at).await.unwrap().unwrap();
            assert!(quota.is_within, "{rate:?} of {subject}");
        }
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_says_how_it_stands() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "login=3/24h")]).await;
    for number in 0..5 {
        let answer = scenario.visitor().send(stranger(number)).await;
        assert_eq!(answer.header("ratelimit-policy"), Some("\"login\";q=3;w=86400"));
        assert_eq!(part(&answer, "ratelimit", "r"), u64::from(2_u32.saturating_sub(number)));
        let reset = part(&answer, "ratelimit", "t");
        assert!((1..=86_400).contains(&reset), "{reset}");
        let retry_after = answer.header("retry-after");
        if number < 3 {
            assert_eq!((answer.problem().as_str(), retry_after), ("401 wrong-credentials -", None));
            continue;
        }
        assert_eq!(answer.problem(), EXHAUSTED);
        let retry_after: u64 = retry_after.expect("when to try again").parse().unwrap();
        assert!(retry_after.abs_diff(reset) <= 1, "{retry_after} and {reset}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("Too many requests: the limit is 3 in 86400 seconds."), "{detail}");
    }
    scenario.finish().await;
}

/// After the window, the full limit is available, even on a host that had stopped asking.
#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_full_again_when_its_window_is_over() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "login=2/2s")]).await;
    let mut let_through = 0;
    let mut refused = 0;
    let mut number = 0;
    // On a busy machine, a window may end before its limit is reached.
    while let_through < 8 || refused < 2 {
        assert!(number < 100, "{let_through} of {number} were let through, and {refused} refused");
        let answer = scenario.visitor().send(stranger(number)).await;
        number += 1;
        match answer.status() {
            401 => let_through += 1,
            429 => {
                refused += 1;
                let wait = answer.header("retry-after").unwrap().parse().unwrap();
                assert!((1..=2).contains(&wait), "{wait}");
                // The header is accurate: after that time, the next request passes.
                tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
                let answer = scenario.visitor().send(stranger(number)).await;
                number += 1;
                assert_eq!(answer.status(), 401, "after {wait} s");
                let_through += 1;
            }
            _ => panic!("{answer:?}"),
        }
    }
    scenario.finish().await;
}

/// The defaults of the local stage: nothing is counted by address, and the old limits apply elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn the_limits_that_the_old_system_had_are_the_defaults() {
    let rows = [(Rate::SignUp, "100/15m"), (Rate::Login, "100/15m"), (Rate::Phone, "10/15m")];
    for (rate, expected) in rows {
        assert_eq!(rate.rules().budget.to_string(), expected, "{rate:?}");
    }
    let scenario = Scenario::start().await;
    let answer = scenario.visitor().send(stranger(0)).await;
    assert_eq!((answer.status(), answer.header("ratelimit")), (401, None));
    scenario.finish().await;
}

/// Guessing the password of one phone number is stopped for any number of addresses and any route.
#[tokio::test(flavor = "multi_thread")]
async fn one_phone_has_ten_requests_from_all_addresses_together() {
    let variables = [
        ("EVENS_RATE_LIMITS", "login=100/24h,sign-up=100/24h,phone=10/24h"),
        ("EVENS_TRUSTED_PROXIES", "127.0.0.0/8"),
    ];
    let scenario = Scenario::start_with(Vec::leak(variables.to_vec())).await;
    let nobody = scenario.visitor();
    scenario.signed_up(&phone(1), PASSWORD).await;
    // Nine requests are left. Every spelling of the number counts as the same number.
    let written = ["+919876500001", "9876500001", "098765 00001"];
    let guesses = (0..60).map(|number: usize| {
        let request = Scenario::login_request(written[number % 3], "a guess");
        nobody.send(from(request, &format!("198.51.100.{number}")))
    });
    let answers = join_all(guesses).await;
    let expected = [("401 wrong-credentials -".to_owned(), 9), (EXHAUSTED.to_owned(), 51)];
    assert_eq!(count(&answers), BTreeMap::from(expected));
    // The right password is no longer tried, and the number cannot sign up. Other numbers are not affected.
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.problem(), EXHAUSTED);
    let again = serde_json::json!({ "phoneNo": phone(1), "password": PASSWORD });
    let refused = scenario.sign_up(&again).await;
    assert_eq!(refused.problem(), EXHAUSTED);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(scenario.visitor().send(stranger(2)).await.status(), 401);
    scenario.finish().await;
}

/// Without a trusted proxy, address headers of clients are ignored.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_trusted_proxy_no_header_is_believed() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "login=10/24h")]).await;
    let nobody = scenario.visitor();
    let headers =
        ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-client-ip"];
    let answers = (0..40).map(|number| {
        let address = match headers[number % headers.len()] {
            "forwarded" => format!("for=198.51.100.{number}"),
            _ => format!("198.51.100.{number}"),
        };
        nobody.send(stranger(u32::try_from(number).unwrap()).header(headers[number % headers.len()], address))
    });
    let answers = join_all(answers).await;
    let expected = [("401 wrong-credentials -".to_owned(), 10), (EXHAUSTED.to_owned(), 30)];
    assert_eq!(count(&answers), BTreeMap::from(expected));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_where_a_client_is() {
    let scenario = Scenario::start_with(PROXIES).await;
    let nobody = scenario.visitor();
    let mut number = 0;
    let mut ask = async |forwarded_for: &str| {
        number += 1;
        nobody.send(from(stranger(number), forwarded_for)).await.status()
    };
    for _ in 0..10 {
        assert_eq!(ask("198.51.100.1").await, 401);
    }
    // The client's own claim may precede the address that the proxy adds, and other proxies may follow it.
    for same in
        ["198.51.100.1", "203.0.113.9, 198.51.100.1", "garbage, 198.51.100.1", "198.51.100.1, 10.1.2.3"]
    {
        assert_eq!(ask(same).await, 429, "{same}");
    }
    for other in ["198.51.100.2", "198.51.100.1, 198.51.100.2", "2001:db8::1"] {
        assert_eq!(ask(other).await, 401, "{other}");
    }
    // A customer of IPv6 has a whole network of addresses and one limit.
    for last in 2..11 {
        assert_eq!(ask(&format!("2001:db8::{last}:1")).await, 401);
    }
    assert_eq!(ask("2001:db8::ffff").await, 429);
    assert_eq!(ask("2001:db8:0:1::1").await, 401);
    // The counted address is also the stored one.
    scenario.signed_up(&phone(500), PASSWORD).await;
    let login = from(Scenario::login_request(&phone(500), PASSWORD), "203.0.113.7, 198.51.100.3");
    assert_eq!(nobody.send(login).await.expect(200)["data"]["user"]["lastLoginIp"], "198.51.100.3");
    scenario.finish().await;
}

/// Requests with a token are counted by user, from any address. Each limit has its own count.
#[tokio::test(flavor = "multi_thread")]
async fn other_routes_are_counted_by_user() {
    let variables =
        [("EVENS_RATE_LIMITS", "reads=40/24h,changes=15/24h,bets=35/24h,password=3/24h,operations=12/24h")];
    let scenario = Scenario::start_with(Vec::leak(variables.to_vec())).await;
    let (client, other) =
        (scenario.signed_up(&phone(1), PASSWORD).await, scenario.signed_up(&phone(2), PASSWORD).await);
    scenario.fund(client.user.number(), "1000").await;
    let operator = scenario.operator();
    let password =
        serde_json::json!({ "currentPassword": "a guess", "newPassword": "another horse" }).to_string();
    let rows = [
        ("reads", 40, &client, Request::new("GET", "/api/wallet"), 200),
        ("changes", 15, &client, Request::new("PATCH", "/api/users/me").json(r#"{"userName":"Asha"}"#), 200),
        ("bets", 35, &client, client.bet_request("r", "A", "1"), 202),
        ("password", 3, &client, Request::new("POST", "/api/users/me/password").json(password), 403),
        ("operations", 12, &operator, Request::new("POST", "/api/rounds").json(r#"{"roundId":"q"}"#), 201),
    ];
    for (name, limit, client, request, status) in rows {
        let answers = join_all((0..60).map(|_| client.send(request.clone()))).await;
        let (within, refused): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status() == status);
        assert_eq!(
            (within.len(), count(refused)),
            (limit, BTreeMap::from([(EXHAUSTED.to_owned(), 60 - limit)])),
            "{name}"
        );
        let policy = format!("\"{name}\";q={limit};w=86400");
        assert!(answers.iter().all(|answer| answer.header("ratelimit-policy") == Some(&policy)), "{name}");
    }
    assert_eq!(other.get("/api/wallet").await.status(), 200);
    // A request with an invalid token counts for no user.
    assert_eq!(scenario.bearer("garbage").get("/api/wallet").await.status(), 401);
    let books = scenario.finish().await;
    assert_eq!(books.bets.len(), 35);
}
