//! The player page, the console and their files, as a browser gets them.

use evens_tests::{Request, Scenario};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, IF_NONE_MATCH};
use reqwest::redirect::Policy;
use reqwest::{Method, Response};
use std::io::{Read, Write};
use std::net::TcpStream;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      manifest-src 'self'; base-uri 'none'; form-action 'self' {provider}; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types lit-html";

/// Asks as a browser does: this client does not unpack what is compressed.
async fn ask(scenario: &Scenario, method: Method, path: &str, headers: HeaderMap) -> Response {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}{path}", scenario.api());
    http.request(method, url).headers(headers).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_it_may_do_and_when_it_has_changed() {
    let scenario = Scenario::start().await;
    let page = ask(&scenario, Method::GET, "/", HeaderMap::new()).await;
    let provider = scenario.sandbox().url.clone();
    let etag = header(&page, "etag").to_owned();
    for (name, expected) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("vary", "accept-encoding"),
        ("content-security-policy", &POLICY.replace("{provider}", &provider)),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(header(&page, name), expected, "{name}");
    }
    let length = header(&page, "content-length").to_owned();
    let text = page.text().await.unwrap();
    assert!(text.starts_with("<!doctype html>"));
    let joined: Vec<&str> = text.split('"').filter(|part| part.starts_with("/joined/")).collect();
    assert_eq!(joined.len(), 3, "the icon, the stylesheet and the script: {joined:?}");
    for path in joined {
        let file = ask(&scenario, Method::GET, path, HeaderMap::new()).await;
        assert_eq!(file.status(), 200, "{path}");
        assert_eq!(header(&file, "cache-control"), "public, max-age=31536000, immutable", "{path}");
        assert_eq!(
            header(&file, "content-security-policy"),
            POLICY.replace("{provider}", &provider),
            "{path}"
        );
    }

    let icon = ask(&scenario, Method::GET, "/favicon.ico", HeaderMap::new()).await;
    assert_eq!((icon.status().as_u16(), header(&icon, "content-type")), (200, "image/svg+xml"));

    let head = ask(&scenario, Method::HEAD, "/", HeaderMap::new()).await;
    assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, &*length));
    assert_eq!(head.text().await.unwrap(), "");

    let gzip = HeaderMap::from_iter([(ACCEPT_ENCODING, "br, gzip".parse().unwrap())]);
    let zipped = ask(&scenario, Method::GET, "/", gzip).await;
    assert_eq!(header(&zipped, "content-encoding"), "gzip");
    assert_ne!(header(&zipped, "etag"), etag);
    assert!(zipped.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));

    let known = HeaderMap::from_iter([(IF_NONE_MATCH, etag.parse().unwrap())]);
    let unchanged = ask(&scenario, Method::GET, "/", known).await;
    assert_eq!((unchanged.status().as_u16(), header(&unchanged, "etag")), (304, &*etag));
    assert_eq!(header(&unchanged, "content-security-policy"), POLICY.replace("{provider}", &provider));
    assert_eq!(unchanged.text().await.unwrap(), "");
    scenario.finish().await;
}

/// The path as it stands: a client library would take the dots out.
fn ask_as_it_stands(scenario: &Scenario, path: &str) -> String {
    let mut stream = TcpStream::connect(scenario.api()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: evens\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_pages_is_served() {
    let scenario = Scenario::start().await;
    for path in [
        "/tests/package.json",
        "/vendor.sh",
        "/player",
        "/player/",
        "/player/none.js",
        "/player/main.js",
        "/joined/player.js",
        "/player/../../Cargo.toml",
        "/player/%2e%2e/%2e%2e/Cargo.toml",
        "//etc/passwd",
        "/index.html",
    ] {
        let answer = ask_as_it_stands(&scenario, path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(answer.contains("urn:evens:problem:not-found"), "{path}: {answer}");
    }
    let posted = ask(&scenario, Method::POST, "/", HeaderMap::new()).await;
    assert_eq!(posted.status(), 404);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_has_an_address_of_its_own_with_the_api_but_without_the_player_page() {
    const VARIABLES: &[(&str, &str)] = &[("RUST_LOG", "info"), ("EVENS_CONSOLE_LISTEN", "127.0.0.1:0")];
    let scenario = Scenario::start_with(VARIABLES).await;
    let address = scenario.console().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| http.get(format!("http://{address}{path}")).send().await.unwrap();
    for path in ["/", "/console/"] {
        let page = get(path).await;
        let policy = header(&page, "content-security-policy").to_owned();
        assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
        assert!(page.text().await.unwrap().contains("<title>Evens console</title>"), "{path}");
    }
    for (path, status) in [
        ("/console/main.js", 404),
        ("/player/index.html", 404),
        ("/health/live", 200),
        ("/api/operator/queues", 401),
    ] {
        assert_eq!(get(path).await.status(), status, "{path}");
    }
    scenario.finish().await;
}

/// A provider may come back with a form. Nothing in it is believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_page_leads_back_to_the_wallet() {
    let scenario = Scenario::start().await;
    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let url = format!("http://{}/api/payments/return?payment_link_status=paid", scenario.api());
    let form = http.post(&url).header("content-type", "application/x-www-form-urlencoded");
    for request in [http.get(&url), form.body("razorpay_payment_id=pay_1")] {
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/#/wallet"));
        assert_eq!(header(&answer, "cache-control"), "no-store");
    }
    let put = http.put(&url).send().await.unwrap();
    assert_eq!(put.status(), 404);
    scenario.finish().await;
}

/// The document of the API describes this answer, which the client compares with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_the_document_of_the_api_gets_no_body() {
    let scenario = Scenario::start().await;
    let etag = scenario.visitor().get("/openapi.json").await.header("etag").expect("a tag").to_owned();
    let request = Request::new("GET", "/openapi.json").header("if-none-match", etag);
    assert_eq!(scenario.visitor().send(request).await.status(), 304);
    scenario.finish().await;
}
