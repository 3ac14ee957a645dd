//! [`Function`]: a function's binary with a server that emulates the Lambda runtime API for it.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use evens_tests::built;
use serde_json::Value;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

/// The time that a cold start with an invocation may take on a busy machine.
const DEADLINE: Duration = Duration::from_mins(2);

/// A running function. It is killed on drop.
pub(crate) struct Function {
    events: mpsc::UnboundedSender<Value>,
    answers: mpsc::UnboundedReceiver<Value>,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

/// The state of the server: the pending events, and the channel for answers.
struct Runtime {
    events: Mutex<mpsc::UnboundedReceiver<Value>>,
    answers: mpsc::UnboundedSender<Value>,
}

impl Function {
    pub(crate) async fn start(name: &str, variables: &[(&str, String)]) -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let (answered, answers) = mpsc::unbounded_channel();
        let runtime = Arc::new(Runtime { events: Mutex::new(waiting), answers: answered });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(answer))
            .with_state(runtime);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut child =
            command(name, &address.to_string(), variables).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { events, answers, lines, _child: child }
    }

    /// The error of a function that does not start.
    pub(crate) async fn start_error(name: &str, variables: &[(&str, String)]) -> String {
        let ended = timeout(DEADLINE, command(name, "127.0.0.1:1", variables).output()).await;
        let ended = ended.expect("an end in time").unwrap();
        assert!(!ended.status.success(), "{ended:?}");
        String::from_utf8(ended.stderr).unwrap()
    }

    /// Sends one event to the function and returns its answer or error.
    pub(crate) async fn invoke(&mut self, event: &Value) -> Value {
        self.events.send(event.clone()).unwrap();
        timeout(DEADLINE, self.answers.recv()).await.expect("an answer in time").expect("an answer")
    }

    /// The next line that the function writes to stdout: the metrics of an invocation.
    pub(crate) async fn next_line(&mut self) -> Value {
        let line = timeout(DEADLINE, self.lines.next_line()).await.expect("a line in time").unwrap();
        serde_json::from_str(&line.expect("a line")).unwrap()
    }
}

fn command(name: &str, runtime_api: &str, variables: &[(&str, String)]) -> Command {
    let mut command = Command::new(built(&format!("evens-{name}")));
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_REGION", "us-east-1")
        .env("RUST_LOG", "warn")
        .envs(variables.iter().map(|(name, value)| (*name, value.as_str())))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn next(State(runtime): State<Arc<Runtime>>) -> impl IntoResponse {
    let event = runtime.events.lock().await.recv().await;
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "9999999999999"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:test"),
        ("content-type", "application/json"),
    ];
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
        .collect();
    (headers, event.unwrap_or_default().to_string())
}

async fn answer(State(runtime): State<Arc<Runtime>>, Path(_id): Path<String>, body: String) -> StatusCode {
    // Sending fails only after the test has ended.
    let _ = runtime.answers.send(serde_json::from_str(&body).unwrap_or(Value::String(body)));
    StatusCode::ACCEPTED
}
