//! A connector between the SDK and the engine that injects faults into one kind of request, as a script says.

use crate::engine::plain_http;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::sync::{Arc, Mutex};

#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// No fault: the engine handles the request and answers.
    None,
    /// The engine does not get the request; this is the answer, with that HTTP status.
    Answer(u16, String),
    /// The engine handles the request; then this is the answer, with that HTTP status.
    AnswerAfter(u16, String),
    /// The connection breaks before the engine gets the request.
    Reset,
    /// The engine handles the request; then the connection breaks.
    ResetAfter,
    /// The engine handles the request; its answer does not arrive in time.
    TimeOutAfter,
    /// No answer arrives in time, and the engine handles the request only at [`Script::deliver`].
    Late,
    /// No key of a batch is read.
    Unprocessed,
}

impl Fault {
    /// The engine answers with this error.
    pub(crate) fn error(code: &str) -> Self {
        Self::Answer(400, error_body(code))
    }

    /// The engine reports an internal failure.
    pub(crate) fn trouble() -> Self {
        Self::Answer(500, error_body("InternalServerError"))
    }

    /// Like [`Self::trouble`], after the engine handled the request.
    pub(crate) fn trouble_after() -> Self {
        Self::AnswerAfter(500, error_body("InternalServerError"))
    }

    /// A proxy before the engine fails, with a body that is not the engine's.
    pub(crate) fn bad_gateway() -> Self {
        Self::Answer(502, "{}".to_owned())
    }

    /// The transaction is cancelled, with one reason per item.
    pub(crate) fn cancelled(reasons: &[&str]) -> Self {
        let reasons: Vec<_> = reasons.iter().map(|code| serde_json::json!({ "Code": code })).collect();
        let code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let body =
            serde_json::json!({ "__type": code, "Message": "scripted", "CancellationReasons": reasons });
        Self::Answer(400, body.to_string())
    }
}

pub(crate) fn error_body(code: &str) -> String {
    let code = format!("com.amazonaws.dynamodb.v20120810#{code}");
    serde_json::json!({ "__type": code, "message": "scripted" }).to_string()
}

/// The faults of the requests for one operation, in order.
#[derive(Debug, Clone)]
pub(crate) struct Script(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    operation: &'static str,
    faults: Vec<Fault>,
    last_for_ever: bool,
    requests: usize,
    /// The engine's answers, if the script records them.
    answers: Option<Vec<String>>,
    /// Requests on their way to the engine.
    late: Vec<(SharedHttpConnector, HttpRequest)>,
}

impl Script {
    /// These faults, and then none.
    pub(crate) fn of(operation: &'static str, faults: &[Fault]) -> Self {
        Self::new(operation, faults, false)
    }

    /// These faults, the last one repeated for ever.
    pub(crate) fn without_end(operation: &'static str, faults: &[Fault]) -> Self {
        Self::new(operation, faults, true)
    }

    fn new(operation: &'static str, faults: &[Fault], last_for_ever: bool) -> Self {
        let faults = faults.to_vec();
        let (requests, answers, late) = (0, None, Vec::new());
        Self(Arc::new(Mutex::new(State { operation, faults, last_for_ever, requests, answers, late })))
    }

    /// No faults. Records the engine's answers.
    pub(crate) fn recording(operation: &'static str) -> Self {
        let script = Self::of(operation, &[]);
        script.0.lock().unwrap().answers = Some(Vec::new());
        script
    }

    /// The engine's answers to the operation.
    pub(crate) fn answers(&self) -> Vec<String> {
        self.0.lock().unwrap().answers.clone().expect("a script that records")
    }

    fn records(&self, request: &HttpRequest) -> bool {
        let state = self.0.lock().unwrap();
        state.answers.is_some() && is_for(request, state.operation)
    }

    /// Records an answer, and passes it on.
    async fn record(&self, answer: HttpResponse) -> HttpResponse {
        let status = answer.status();
        let body = ByteStream::new(answer.into_body()).collect().await.expect("a body");
        let text = String::from_utf8(body.to_vec()).expect("a body in JSON");
        self.0.lock().unwrap().answers.as_mut().expect("a script that records").push(text.clone());
        HttpResponse::new(status, SdkBody::from(text))
    }

    /// Lets the engine handle the late requests. Returns the HTTP statuses of its answers, which no caller receives.
    pub(crate) async fn deliver(&self) -> Vec<u16> {
        let late = std::mem::take(&mut self.0.lock().unwrap().late);
        let mut statuses = Vec::new();
        for (real, request) in late {
            statuses.push(real.call(request).await.expect("an answer").status().as_u16());
        }
        statuses
    }

    pub(crate) fn http(&self) -> SharedHttpClient {
        self.http_before(plain_http())
    }

    /// The HTTP client that follows the script, before another one, which may follow a script for another operation.
    pub(crate) fn http_before(&self, real: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(ScriptedClient { script: self.clone(), real })
    }

    /// Applies this fault to the next request. The fault that it would have got applies to the request after it.
    pub(crate) fn interrupt(&self, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        let (number, last) = (state.requests, state.faults.last().expect("a script with a fault").clone());
        state.faults.resize(number, last.clone());
        state.faults.extend([fault, last]);
    }

    pub(crate) fn end(&self) {
        let mut state = self.0.lock().unwrap();
        state.faults.clear();
    }

    /// Number of requests for the operation.
    pub(crate) fn requests(&self) -> usize {
        self.0.lock().unwrap().requests
    }

    /// The fault of this request.
    fn next(&self, request: &HttpRequest) -> Option<Fault> {
        let mut state = self.0.lock().unwrap();
        if !is_for(request, state.operation) {
            return None;
        }
        let number = state.requests;
        state.requests += 1;
        let last = state.faults.last().filter(|_| state.last_for_ever);
        state.faults.get(number).or(last).cloned()
    }
}

fn is_for(request: &HttpRequest, operation: &str) -> bool {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.split('.').next_back() == Some(operation)
}

#[derive(Debug)]
struct ScriptedClient {
    script: Script,
    real: SharedHttpClient,
}

impl HttpClient for ScriptedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let real = self.real.http_connector(settings, components);
        SharedHttpConnector::new(ScriptedConnector { script: self.script.clone(), real })
    }
}

#[derive(Debug)]
struct ScriptedConnector {
    script: Script,
    real: SharedHttpConnector,
}

impl HttpConnector for ScriptedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let fault = self.script.next(&request);
        let real = self.real.clone();
        let script = self.script.clone();
        let recorder = self.script.records(&request).then(|| self.script.clone());
        HttpConnectorFuture::new(async move {
            match fault {
                None | Some(Fault::None) => match recorder {
                    Some(script) => Ok(script.record(real.call(request).await?).await),
                    None => real.call(request).await,
                },
                Some(Fault::Answer(status, body)) => Ok(answer(status, body)),
                Some(Fault::AnswerAfter(status, body)) => {
                    real.call(request).await?;
                    Ok(answer(status, body))
                }
                Some(Fault::Reset) => Err(ConnectorError::io("scripted: reset".into())),
                Some(Fault::ResetAfter) => {
                    real.call(request).await?;
                    Err(ConnectorError::io("scripted: reset".into()))
                }
                Some(Fault::TimeOutAfter) => {
                    real.call(request).await?;
                    Err(ConnectorError::timeout("scripted: timed out".into()))
                }
                Some(Fault::Late) => {
                    script.0.lock().unwrap().late.push((real, request));
                    Err(ConnectorError::timeout("scripted: late".into()))
                }
                Some(Fault::Unprocessed) => Ok(answer(200, unprocessed(&request))),
            }
        })
    }
}

fn answer(status: u16, body: String) -> HttpResponse {
    HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body))
}

/// The answer to a batch of which no key was read.
fn unprocessed(request: &HttpRequest) -> String {
    let body = request.body().bytes().expect("a body in memory");
    let body: serde_json::Value = serde_json::from_slice(body).expect("a body in JSON");
    serde_json::json!({ "Responses": {}, "UnprocessedKeys": body["RequestItems"] }).to_string()
}
