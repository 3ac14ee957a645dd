//! The sandbox provider beside the process: payments by players, and injected faults.

use crate::{Answer, Client, Request, Scenario};
use evens_outbound::Signer;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The address of the sandbox provider, its API key, and its callback secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// The name, which is `sandbox`.
    pub provider: String,
    pub url: String,
    /// The key that identifies callers.
    pub key: String,
    /// The secret that signs callbacks.
    pub secret: String,
}

impl Sandbox {
    /// The value of `EVENS_PAYMENT_PROVIDER` for this provider.
    pub fn variable(&self) -> String {
        serde_json::to_string(self).expect("JSON")
    }

    /// Presses a button of a payment page: `pay`, `fail` or `leave`.
    pub async fn press(&self, pay_url: &str, act: &str) {
        let answer = http().post(format!("{pay_url}/{act}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 303, "{act}");
    }

    /// Makes the next `times` operations `on` fail in the way `what`.
    pub async fn fault(&self, on: &str, what: &str, times: u32) {
        let body = json!({ "on": on, "do": what, "times": times });
        let asked = http().post(format!("{}/_faults", self.url)).bearer_auth(&self.key).json(&body);
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{on} {what}");
    }

    /// Opens another payment for an order, as a second holder of the key could. Returns its payment page.
    pub async fn open_payment(&self, order: &str, minor_units: u64) -> String {
        let body = json!({ "amount": minor_units, "currency": "INR", "reference": order });
        let asked = http().post(format!("{}/v1/payments", self.url)).bearer_auth(&self.key);
        let asked = asked.header("Idempotency-Key", format!("by-hand-{order}")).json(&body);
        let opened: Value = asked.send().await.expect("an answer").json().await.expect("a payment");
        opened["payUrl"].as_str().expect("a page").to_owned()
    }

    /// Makes a payout for an order, as a second holder of the key could.
    pub async fn pay_out(&self, order: &str, minor_units: u64, account: &str) {
        let body = json!({
            "amount": minor_units, "currency": "INR", "reference": order, "account": account,
        });
        let asked = http().post(format!("{}/v1/payouts", self.url)).bearer_auth(&self.key);
        let asked = asked.header("Idempotency-Key", format!("by-hand-{order}")).json(&body);
        assert_eq!(asked.send().await.expect("an answer").status(), 201, "{order}");
    }

    /// The complete state of the provider.
    pub async fn state(&self) -> Value {
        let asked = http().get(format!("{}/_state", self.url)).bearer_auth(&self.key);
        asked.send().await.expect("an answer").json().await.expect("its state")
    }

    /// The provider's statement of a day.
    pub async fn statement(&self, day: Date) -> String {
        let url = format!("{}/v1/statements/{day}.csv", self.url);
        let asked = http().get(url).bearer_auth(&self.key);
        asked.send().await.expect("an answer").text().await.expect("a statement")
    }

    /// The headers of a callback signed now.
    pub fn headers(&self, id: &str, body: &[u8]) -> [(&'static str, String); 3] {
        self.headers_at(id, Timestamp::now().as_second(), body)
    }

    /// The headers of a callback signed at this time.
    pub fn headers_at(&self, id: &str, seconds: i64, body: &[u8]) -> [(&'static str, String); 3] {
        let signer: Signer = self.secret.parse().expect("a secret");
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signer.sign(id, seconds, body)),
        ]
    }

    /// A callback signed now.
    pub fn callback(&self, id: &str, body: &Value) -> Request {
        let body = body.to_string();
        let headers = self.headers(id, body.as_bytes());
        let request = Request::new("POST", "/api/payments/callback/sandbox").json(body);
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }
}

/// The body of a callback about a payment.
pub fn payment_event(kind: &str, id: &str, order: &str, minor_units: u64, currency: &str) -> Value {
    let status = kind.strip_prefix("payment.").unwrap_or(kind);
    json!({ "type": kind, "data": {
        "id": id, "reference": order, "amount": minor_units, "currency": currency, "status": status,
        "at": Timestamp::now().to_string(),
    } })
}

/// A client that follows no redirects.
fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

/// An open deposit.
#[derive(Debug, Clone)]
pub struct OpenedDeposit {
    pub order: String,
    /// The payment page.
    pub pay_url: String,
}

impl OpenedDeposit {
    /// Parses the answer to an opened deposit.
    pub fn of(answer: &Answer) -> Self {
        let data = &answer.expect(201)["data"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self { order: text(&data["orderId"]), pay_url: text(&data["checkout"]["url"]) }
    }
}

impl Client {
    /// Requests a deposit and returns any answer.
    pub async fn try_deposit(&self, amount: &str, key: &str) -> Answer {
        let body = format!("{{\"amount\":{amount}}}");
        self.send(Request::new("POST", "/api/deposits").json(body).header("idempotency-key", key)).await
    }

    /// Opens a deposit.
    pub async fn deposit(&self, amount: &str, key: &str) -> OpenedDeposit {
        OpenedDeposit::of(&self.try_deposit(amount, key).await)
    }
}

impl Scenario {
    /// Waits until a deposit has this status, and returns the player's view of it.
    pub async fn await_deposit(&self, player: &Client, order: &str, status: &str) -> Value {
        let id = order.parse().expect("an order");
        // The messages of a killed process are invisible for a minute.
        let deadline = 2 * Self::DEADLINE;
        crate::await_until(&format!("a deposit that is {status}"), deadline, async || {
            let found = self.context().store.load_deposit(id).await.expect("the table");
            found.filter(|found| found.state.wire_status().as_ref() == status)
        })
        .await;
        player.get(&format!("/api/deposits/{order}")).await.expect(200)["data"].clone()
    }
}
