//! Sessions whose refresh token is in a cookie of the browser, out of reach of scripts.

use evens_tests::{Answer, Client, PASSWORD, Request, Scenario, phone};
use serde_json::{Value, json};

const REFRESH: &str = "/api/users/refresh";
const LOGOUT: &str = "/api/users/logout";

/// What a browser keeps: the name and the value of each cookie that an answer sets, which has these attributes.
fn cookies(answer: &Answer, max_age: u32) -> Vec<String> {
    let attributes = format!("; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict");
    let set = answer.headers().into_iter().filter(|(name, _)| name == "set-cookie");
    set.map(|(_, value)| {
        let (cookie, rest) = value.split_once(';').unwrap();
        let secure = if cookie.starts_with("__Host-") { "; Secure" } else { "" };
        assert_eq!(format!(";{rest}"), format!("{attributes}{secure}"), "{value}");
        cookie.to_owned()
    })
    .collect()
}

/// A request of a page of that site, with these cookies.
fn from_page(path: &'static str, site: &str, cookies: &[String]) -> Request {
    let request = Request::new("POST", path).json("{}").header("sec-fetch-site", site);
    request.header("cookie", cookies.join("; "))
}

async fn send(client: &Client, path: &'static str, cookies: &[String]) -> Answer {
    client.send_as_it_stands(from_page(path, "same-origin", cookies)).await
}

const MONTH: u32 = 30 * 24 * 3_600;

/// The cookies of an answer that opens a session, or carries it on; its body has no refresh token.
fn opened(answer: &Answer) -> Vec<String> {
    let tokens = &answer.json()["data"]["tokens"];
    assert!(tokens["accessToken"].is_string(), "{answer:?}");
    assert_eq!(tokens.get("refreshToken"), None);
    let cookies = cookies(answer, MONTH);
    // The local stage, at an address of this machine.
    let names: Vec<_> = cookies.iter().map(|cookie| cookie.split_once('=').unwrap().0).collect();
    let [name] = names[..] else { panic!("{names:?}") };
    let port = name.strip_prefix("evens-local-").and_then(|port| port.parse::<u16>().ok());
    assert!(port.is_some(), "{name}");
    cookies
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_by_its_cookie_until_it_is_ended() {
    let scenario = Scenario::start().await;
    let body = json!({ "phoneNo": phone(1), "password": PASSWORD, "session": "cookie" });
    let signed_up = scenario.sign_up(&body).await;
    let first = opened(&signed_up);
    let nobody = scenario.visitor();

    let refreshed = send(&nobody, REFRESH, &first).await;
    let second = opened(&refreshed);
    assert_ne!(first, second);
    let third = opened(&send(&nobody, REFRESH, &second).await);

    let logged_out = send(&nobody, LOGOUT, &third).await;
    let name = third[0].split_once('=').unwrap().0;
    assert_eq!(cookies(&logged_out, 0), [format!("{name}=")]);
    assert_eq!(send(&nobody, REFRESH, &third).await.problem(), "401 session-ended -");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_counts_for_no_other_site_and_for_no_other_route() {
    let scenario = Scenario::start().await;
    let body = json!({ "phoneNo": phone(1), "password": PASSWORD, "session": "cookie" });
    let cookies = opened(&scenario.sign_up(&body).await);
    let nobody = scenario.visitor();
    for path in [REFRESH, LOGOUT] {
        for site in ["same-site", "cross-site", "none"] {
            let refused = nobody.send_as_it_stands(from_page(path, site, &cookies)).await;
            assert_eq!(refused.problem(), "403 forbidden -", "{path} from {site}");
        }
        let unsaid = Request::new("POST", path).json("{}").header("cookie", cookies.join("; "));
        assert_eq!(nobody.send_as_it_stands(unsaid).await.problem(), "403 forbidden -", "{path}");
        assert_eq!(send(&nobody, path, &[]).await.problem(), "422 invalid refreshToken", "{path}");
        let garbage = ["__Host-evens=garbage".to_owned()];
        assert_eq!(send(&nobody, path, &garbage).await.problem(), "401 session-ended -", "{path}");
    }
    let wallet = Request::new("GET", "/api/wallet").header("cookie", cookies.join("; "));
    let wallet = wallet.header("sec-fetch-site", "same-origin");
    assert_eq!(nobody.send_as_it_stands(wallet).await.problem(), "401 unauthorized -");
    // The session is as good as before.
    opened(&send(&nobody, REFRESH, &cookies).await);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_puts_the_token_where_its_client_keeps_it() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let log_in = |session: Option<&str>| {
        let mut body = json!({ "phoneNo": phone(1), "password": PASSWORD });
        if let Some(session) = session {
            body["session"] = json!(session);
        }
        Request::new("POST", "/api/users/login").json(body.to_string())
    };
    opened(&scenario.visitor().send(log_in(Some("cookie"))).await);
    let in_body = scenario.visitor().send(log_in(None)).await;
    let token = in_body.json()["data"]["tokens"]["refreshToken"].clone();
    assert!(token.is_string() && cookies(&in_body, MONTH).is_empty(), "{in_body:?}");
    assert_eq!(scenario.visitor().send(log_in(Some("body"))).await.problem(), "422 invalid session");

    // A token in the body counts before any cookie, and its successor is in the body.
    let request = Request::new("POST", REFRESH).json(json!({ "refreshToken": token }).to_string());
    let refreshed = scenario.visitor().send(request.header("cookie", "__Host-evens=garbage")).await;
    assert!(refreshed.json()["data"]["tokens"]["refreshToken"].is_string(), "{refreshed:?}");
    assert_eq!(cookies(&refreshed, MONTH), [""; 0]);

    let body: Value =
        json!({ "currentPassword": PASSWORD, "newPassword": "battery staple", "session": "cookie" });
    let changed = Request::new("POST", "/api/users/me/password").json(body.to_string());
    let cookies = opened(&client.send(changed).await);
    opened(&send(&scenario.visitor(), REFRESH, &cookies).await);
    scenario.finish().await;
}

/// A browser sends one line, so with two it is unclear which page sent the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_does_not_count_with_two_sites() {
    let scenario = Scenario::start().await;
    let body = json!({ "phoneNo": phone(1), "password": PASSWORD, "session": "cookie" });
    let cookies = opened(&scenario.sign_up(&body).await);
    for (one, other) in [("same-origin", "cross-site"), ("same-origin", "same-origin")] {
        let request = from_page(REFRESH, one, &cookies).header("sec-fetch-site", other);
        let answer = scenario.visitor().send_as_it_stands(request).await;
        assert_eq!(answer.problem(), "403 forbidden -", "{one} {other}");
    }
    opened(&send(&scenario.visitor(), REFRESH, &cookies).await);
    scenario.finish().await;
}

/// A browser sends the cookies of a host to all of its ports.
#[tokio::test(flavor = "multi_thread")]
async fn programs_on_several_ports_of_a_machine_keep_their_sessions() {
    let scenarios = [Scenario::start().await, Scenario::start().await];
    let body = json!({ "phoneNo": phone(1), "password": PASSWORD, "session": "cookie" });
    let mut kept = Vec::new();
    for scenario in &scenarios {
        kept.extend(opened(&scenario.sign_up(&body).await));
    }
    for (number, scenario) in scenarios.iter().enumerate() {
        // Sessions of earlier versions have names without a port. The newer name counts.
        let all =
            [&kept[..], &["__Host-evens=garbage".to_owned(), "evens-local=garbage".to_owned()]].concat();
        let refreshed = send(&scenario.visitor(), REFRESH, &all).await.expect(200);
        assert!(refreshed["data"]["tokens"]["accessToken"].is_string(), "{number}");
    }
    for scenario in scenarios {
        scenario.finish().await;
    }
}

/// The console of a deployed program has another port than the player page, or another name.
#[tokio::test(flavor = "multi_thread")]
async fn the_console_has_a_session_of_its_own() {
    let scenario =
        Scenario::start_with(&[("RUST_LOG", "info"), ("EVENS_CONSOLE_LISTEN", "127.0.0.1:0")]).await;
    let [player, staff] = [phone(1), phone(2)];
    for phone in [&player, &staff] {
        scenario.signed_up(phone, PASSWORD).await;
    }
    let page = scenario.visitor();
    let console = scenario.visitor().at(scenario.console().await);
    let of_host = |request: Request| request.header("host", "evens.test");
    let log_in = async |client: &Client, phone: &str| {
        let body = json!({ "phoneNo": phone, "password": PASSWORD, "session": "cookie" });
        let request = Request::new("POST", "/api/users/login").json(body.to_string());
        let answer = client.send(of_host(request)).await;
        answer.expect(200);
        cookies(&answer, MONTH)
    };
    let jar = [log_in(&page, &player).await, log_in(&console, &staff).await].concat();
    let names: Vec<_> = jar.iter().map(|cookie| cookie.split_once('=').unwrap().0).collect();
    assert_eq!(names, ["__Host-evens", "__Host-evens-console"]);
    for (client, name) in [(&page, "__Host-evens"), (&console, "__Host-evens-console")] {
        let refreshed = client.send_as_it_stands(of_host(from_page(REFRESH, "same-origin", &jar))).await;
        assert!(refreshed.expect(200)["data"]["tokens"]["accessToken"].is_string());
        assert!(cookies(&refreshed, MONTH)[0].starts_with(&format!("{name}=")), "{refreshed:?}");
    }
    // The session of the player page opens nothing at the console.
    let alone = console.send_as_it_stands(of_host(from_page(REFRESH, "same-origin", &jar[..1]))).await;
    assert_eq!(alone.problem(), "422 invalid refreshToken");
    scenario.finish().await;
}

/// Older browsers send no `Sec-Fetch-Site`.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_known_by_its_origin_alone() {
    let scenario = Scenario::start().await;
    let body = json!({ "phoneNo": phone(1), "password": PASSWORD, "session": "cookie" });
    let kept = opened(&scenario.sign_up(&body).await);
    let own = format!("http://{}", scenario.api());
    for (origin, is_own) in [("http://evens.test", false), (own.as_str(), true)] {
        let request = Request::new("POST", REFRESH).json("{}").header("cookie", kept.join("; "));
        let answer = scenario.visitor().send_as_it_stands(request.header("origin", origin)).await;
        if is_own {
            opened(&answer);
        } else {
            assert_eq!(answer.problem(), "403 forbidden -");
        }
    }
    scenario.finish().await;
}
