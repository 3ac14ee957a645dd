//! Requests of web pages of other origins to one box.

use evens_tests::Scenario;
use reqwest::Method;

const APP: &str = "https://app.example.com";

/// The answers to a preflight request and to the request itself, for a page of this origin: status and allowed origin.
async fn answered(scenario: &Scenario, origin: &str) -> [(u16, Option<String>); 2] {
    let url = format!("http://{}/api/rounds/none", scenario.api());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asks = http
        .request(Method::OPTIONS, &url)
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization,idempotency-key");
    let mut answers = Vec::new();
    for request in [asks, http.get(&url)] {
        let answer = request.header("origin", origin).send().await.unwrap();
        let shown_to = answer.headers().get("access-control-allow-origin");
        answers.push((answer.status().as_u16(), shown_to.map(|origin| origin.to_str().unwrap().to_owned())));
    }
    answers.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_origin_that_is_named_is_answered_and_no_other() {
    let scenario =
        Scenario::start_with(&[("EVENS_CORS_ORIGINS", "https://app.example.com, http://localhost:5173")]);
    let scenario = scenario.await;
    for origin in [APP, "http://localhost:5173"] {
        let shown = Some(origin.to_owned());
        assert_eq!(answered(&scenario, origin).await, [(200, shown.clone()), (404, shown)]);
    }
    for origin in ["http://app.example.com", "https://app.example.com.evil.test", "null"] {
        let [(_, asked), (status, shown)] = answered(&scenario, origin).await;
        assert_eq!((asked, status, shown), (None, 404, None), "{origin}");
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_origins_browsers_show_no_page_anything() {
    let scenario = Scenario::start().await;
    let [(_, asked), (status, shown)] = answered(&scenario, APP).await;
    assert_eq!((asked, status, shown), (None, 404, None));
    scenario.finish().await;
}
