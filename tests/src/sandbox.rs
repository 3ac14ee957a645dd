//! The sandbox provider beside the process: who pays there, and what it can be made to do.

use crate::{Answer, Client, Request, Scenario};
use evens_outbound::Signer;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where the sandbox provider is, what it knows callers by, and what it signs callbacks with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// `sandbox`.
    pub provider: String,
    /// Its address.
    pub url: String,
    /// What it knows callers by.
    pub key: String,
    /// What it signs callbacks with.
    pub secret: String,
}

impl Sandbox {
    /// What `EVENS_PAYMENT_PROVIDER` says of it.
    pub fn variable(&self) -> String {
        serde_json::to_string(self).expect("JSON")
    }

    /// Presses a button of a pay page: `pay`, `fail` or `leave`.
    pub async fn press(&self, pay_url: &str, act: &str) {
        let answer = http().post(format!("{pay_url}/{act}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 303, "{act}");
    }

    /// The next so many of what it is on go wrong in that way.
    pub async fn fault(&self, on: &str, what: &str, times: u32) {
        let body = json!({ "on": on, "do": what, "times": times });
        let asked = http().post(format!("{}/_faults", self.url)).bearer_auth(&self.key).json(&body);
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{on} {what}");
    }

    /// Opens another payment for an order, as somebody else would who has our key; gives where it is paid.
    pub async fn open_payment(&self, order: &str, minor_units: u64) -> String {
        let body = json!({ "amount": minor_units, "currency": "INR", "reference": order });
        let asked = http().post(format!("{}/v1/payments", self.url)).bearer_auth(&self.key);
        let asked = asked.header("Idempotency-Key", format!("by-hand-{order}")).json(&body);
        let opened: Value = asked.send().await.expect("an answer").json().await.expect("a payment");
        opened["payUrl"].as_str().expect("a page").to_owned()
    }

    /// Has it pay something out for an order, as somebody else would who has our key.
    pub async fn pay_out(&self, order: &str, minor_units: u64, account: &str) {
        let body = json!({
            "amount": minor_units, "currency": "INR", "reference": order, "account": account,
        });
        let asked = http().post(format!("{}/v1/payouts", self.url)).bearer_auth(&self.key);
        let asked = asked.header("Idempotency-Key", format!("by-hand-{order}")).json(&body);
        assert_eq!(asked.send().await.expect("an answer").status(), 201, "{order}");
    }

    /// All that the provider knows.
    pub async fn state(&self) -> Value {
        let asked = http().get(format!("{}/_state", self.url)).bearer_auth(&self.key);
        asked.send().await.expect("an answer").json().await.expect("its state")
    }

    /// What it states of a day.
    pub async fn statement(&self, day: Date) -> String {
        let url = format!("{}/v1/statements/{day}.csv", self.url);
        let asked = http().get(url).bearer_auth(&self.key);
        asked.send().await.expect("an answer").text().await.expect("a statement")
    }

    /// The headers of a callback that it signs now.
    pub fn headers(&self, id: &str, body: &[u8]) -> [(&'static str, String); 3] {
        self.headers_at(id, Timestamp::now().as_second(), body)
    }

    /// The same of one that it signed then.
    pub fn headers_at(&self, id: &str, seconds: i64, body: &[u8]) -> [(&'static str, String); 3] {
        let signer: Signer = self.secret.parse().expect("a secret");
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signer.sign(id, seconds, body)),
        ]
    }

    /// A callback that it signs now.
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

/// Follows no redirect.
fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

/// A deposit that was opened.
#[derive(Debug, Clone)]
pub struct OpenedDeposit {
    /// Its id.
    pub order: String,
    /// Where it is paid.
    pub pay_url: String,
}

impl OpenedDeposit {
    /// What an answer says.
    pub fn of(answer: &Answer) -> Self {
        let data = &answer.expect(201)["data"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self { order: text(&data["orderId"]), pay_url: text(&data["checkout"]["url"]) }
    }
}

impl Client {
    /// Asks for a deposit.
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
    /// Waits until a deposit has that status, and gives what its player sees then.
    pub async fn await_deposit(&self, player: &Client, order: &str, status: &str) -> Value {
        let id = order.parse().expect("an order");
        // A process that was killed has taken messages with it, which nobody sees for a minute.
        let deadline = 2 * Self::DEADLINE;
        crate::await_until(&format!("a deposit that is {status}"), deadline, async || {
            let found = self.context().store.load_deposit(id).await.expect("the table");
            found.filter(|found| found.state.wire_status().as_ref() == status)
        })
        .await;
        player.get(&format!("/api/deposits/{order}")).await.expect(200)["data"].clone()
    }
}
