//! A scripted SQS without sockets, for cases that a real server does not produce on demand, and for tests with paused
//! time. Everything else is tested against `embedded-sqs`.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::http::{HttpRequest, HttpResponse};
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use evens_queues::{QueueUrl, QueueUrls, Queues};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The operation, such as `SendMessage`.
    pub operation: String,
    /// The input as JSON.
    pub input: Value,
}

/// The scripted answer: an output, or an error code.
pub type Answer = Result<Value, &'static str>;

type Script = dyn Fn(&str, &Value, usize) -> Answer + Send + Sync;

/// An SQS without sockets. Clones share their state.
#[derive(Clone)]
pub struct FakeSqs {
    calls: Arc<Mutex<Vec<Call>>>,
    script: Arc<Script>,
    latency: Duration,
}

impl FakeSqs {
    /// Answers each call from its operation, its input, and the number of earlier calls.
    pub fn new(script: impl Fn(&str, &Value, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self { calls: Arc::default(), script: Arc::new(script), latency: Duration::ZERO }
    }

    /// Delays each answer by this time.
    #[must_use]
    pub fn slow(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// An SQS on which every call succeeds.
    pub fn willing() -> Self {
        Self::new(|operation, input, _| Ok(success(operation, input, &[])))
    }

    /// A client with the timeouts of `evens_runtime::Clients`.
    pub fn client(&self) -> Client {
        let fake = self.clone();
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .timeout_config(evens_runtime::Clients::timeouts())
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(fake.clone())))
            .build();
        Client::from_conf(config)
    }

    /// The queues of a stage on this fake.
    pub fn queues(&self) -> Queues {
        let urls = QueueUrls::from_each(|queue| {
            Ok::<_, Infallible>(QueueUrl {
                main: format!("http://sqs/{}", queue.name()),
                dead_letter: format!("http://sqs/{}-dead-letter", queue.name()),
            })
        });
        let Ok(urls) = urls;
        Queues::new(self.client(), urls)
    }

    /// All calls so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The inputs of the calls of one operation.
    pub fn inputs(&self, operation: &str) -> Vec<Value> {
        let calls = self.calls().into_iter();
        let calls = calls.filter(|call| call.operation == operation);
        calls.map(|call| call.input).collect()
    }
}

/// The output of an operation. Entries with the ids in `refused` fail, and the flag says whether that is the sender's
/// fault.
pub fn success(operation: &str, input: &Value, refused: &[(&str, bool)]) -> Value {
    if !operation.ends_with("Batch") {
        return match operation {
            "SendMessage" => json!({ "MessageId": "sent", "MD5OfMessageBody": "" }),
            _ => json!({}),
        };
    }
    let entries = input["Entries"].as_array().unwrap();
    let ids = entries.iter().map(|entry| entry["Id"].as_str().unwrap());
    let is_refused = |id: &str| refused.iter().find(|(refused, _)| *refused == id);
    let (failed, successful): (Vec<&str>, Vec<&str>) = ids.partition(|id| is_refused(id).is_some());
    let successful =
        successful.iter().map(|id| json!({ "Id": id, "MessageId": "sent", "MD5OfMessageBody": "" }));
    let failed = failed.iter().map(|id| {
        let sender_fault = is_refused(id).is_some_and(|(_, sender_fault)| *sender_fault);
        json!({ "Id": id, "SenderFault": sender_fault, "Code": "InternalError" })
    });
    json!({ "Successful": successful.collect::<Vec<_>>(), "Failed": failed.collect::<Vec<_>>() })
}

impl HttpConnector for FakeSqs {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.trim_start_matches("AmazonSQS.").to_owned();
        let input = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let before = {
            let mut calls = self.calls.lock().unwrap();
            let call = Call { operation, input };
            calls.push(call);
            calls.len() - 1
        };
        let call = self.calls.lock().unwrap()[before].clone();
        let (status, body) = match (self.script)(&call.operation, &call.input, before) {
            Ok(output) => (200_u16, output),
            Err(code) => {
                let is_ours = matches!(code, "InternalError" | "ServiceUnavailable");
                let body = json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": code });
                (if is_ours { 500 } else { 400 }, body)
            }
        };
        let status = status.try_into().unwrap();
        let latency = self.latency;
        HttpConnectorFuture::new(async move {
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            Ok(HttpResponse::new(status, body.to_string().into()))
        })
    }
}

impl fmt::Debug for FakeSqs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FakeSqs")
    }
}
