//! The payment page in a browser without scripts.

use crate::common::server::{Answer, SandboxServer, open_payment, settings};
use serde_json::{Value, json};

async fn opened(served: &SandboxServer, name: &str, value: Value) -> String {
    let mut body = open_payment();
    body[name] = value;
    let payment = served.post("/v1/payments", "k", &body).send().await.unwrap().json();
    payment["payUrl"].as_str().unwrap().strip_prefix(&served.url).unwrap().to_owned()
}

async fn act(served: &SandboxServer, page: &str, act: &str) -> Answer {
    served.request("POST", &format!("{page}/{act}"), &[], "").send().await.unwrap()
}

async fn show(served: &SandboxServer, page: &str) -> Answer {
    served.request("GET", page, &[], "").send().await.unwrap()
}

#[tokio::test]
async fn a_payer_fails_and_then_pays() {
    let served = SandboxServer::start(settings()).await;
    let page = opened(&served, "amount", json!(1000)).await;
    let buttons = |answer: Answer| -> Vec<String> {
        let parts = answer.body.split("<button>").skip(1);
        parts.map(|part| part.split_once('<').unwrap().0.to_owned()).collect()
    };
    assert_eq!(buttons(show(&served, &page).await), ["Pay", "Let the payment fail", "Leave without paying"]);
    let left = act(&served, &page, "leave").await;
    assert_eq!((left.status, left.header("location")), (303, &*page));
    assert_eq!(served.state().await["payments"][0]["status"], "open");
    assert_eq!(act(&served, &page, "fail").await.status, 303);
    assert_eq!(served.state().await["payments"][0]["status"], "failed");
    assert_eq!(act(&served, &page, "fail").await.status, 409);
    assert_eq!(buttons(show(&served, &page).await), ["Pay", "Leave without paying"]);
    assert_eq!(act(&served, &page, "pay").await.status, 303);
    assert_eq!(served.state().await["payments"][0]["status"], "succeeded");
    let paid = show(&served, &page).await;
    assert!(paid.body.contains("Paid. You can close this page."), "{}", paid.body);
    assert_eq!(buttons(act(&served, &page, "pay").await), [""; 0]);
    assert_eq!(served.state().await["movements"].as_array().unwrap().len(), 2, "it was paid once");
    served.stop().await;
}

#[tokio::test]
async fn a_payer_goes_back_to_where_they_came_from() {
    let served = SandboxServer::start(settings()).await;
    let url = "https://example.com/done?order=1&a=<b>";
    let page = opened(&served, "returnUrl", json!(url)).await;
    for what in ["leave", "fail", "pay"] {
        assert_eq!(act(&served, &page, what).await.header("location"), url);
    }
    assert!(show(&served, &page).await.body.contains("<button>Go back</button>"));
    served.stop().await;
}

#[tokio::test]
async fn an_amount_is_shown_as_a_person_reads_it() {
    let served = SandboxServer::start(settings()).await;
    for (currency, units, expected) in [
        ("INR", 1_u64, "INR 0.01"),
        ("INR", 50_000, "INR 500.00"),
        ("INR", 123_456_789, "INR 1,234,567.89"),
        ("JPY", 500, "JPY 500"),
        ("KWD", 1_500, "KWD 1.500"),
    ] {
        let mut body = open_payment();
        (body["currency"], body["amount"]) = (json!(currency), json!(units));
        let key = format!("{currency}-{units}");
        let payment = served.post("/v1/payments", &key, &body).send().await.unwrap().json();
        let page = payment["payUrl"].as_str().unwrap().strip_prefix(&served.url).unwrap().to_owned();
        let shown = show(&served, &page).await;
        assert!(shown.body.contains(&format!("<p class=\"amount\">{expected}</p>")), "{}", shown.body);
    }
    let style = show(&served, "/pay/page.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    served.stop().await;
}

#[tokio::test]
async fn a_reference_is_shown_as_text() {
    let served = SandboxServer::start(settings()).await;
    let page = opened(&served, "reference", json!("<script>alert(\"1\" & '2')</script>")).await;
    let shown = show(&served, &page).await;
    assert!(shown.body.contains("&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"));
    assert!(!shown.body.contains("<script"));
    assert!(shown.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(shown.header("cache-control"), "no-store");
    served.stop().await;
}

#[tokio::test]
async fn an_unknown_payment_has_no_page() {
    let served = SandboxServer::start(settings()).await;
    for page in ["/pay/7", "/pay/pay_00000000000000000000000000000007"] {
        assert_eq!(show(&served, page).await.status, 404);
        assert_eq!(act(&served, page, "pay").await.status, 404);
    }
    served.stop().await;
}

#[tokio::test]
async fn a_page_is_reached_by_its_public_address() {
    let mut settings = settings();
    settings.public_url = Some("https://pay.example.com/".parse().unwrap());
    let served = SandboxServer::start(settings).await;
    let payment = served.open_payment().await;
    let expected = format!("https://pay.example.com/pay/{}", payment["id"].as_str().unwrap());
    assert_eq!(payment["payUrl"], expected);
    served.stop().await;
}
