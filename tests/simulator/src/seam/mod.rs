//! The seam: an SDK HTTP client connected to the in-memory engines, with the hazards in between.
//!
//! A call of the SDK becomes a task of the world, not of the calling process. A request may therefore take effect after
//! its process has ended, or after a timeout and retry.

mod queue;
mod send;
mod table;

pub(crate) use queue::change;
pub(crate) use send::send_now;

use crate::asked;
use crate::hazard::Hazard;
use crate::touched::touches;
use crate::world::{Who, World};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use std::future::pending;
use std::time::Duration;
use tokio::sync::oneshot;

/// The HTTP client of one process.
#[derive(Debug, Clone)]
pub(crate) struct Seam {
    world: World,
    who: Who,
}

/// The reply to a call. A dropped sender is an answer that never arrives.
#[derive(Debug, Clone)]
enum Reply {
    Answer(u16, Value),
    Reset,
}

/// A call in progress.
struct Call {
    world: World,
    who: Who,
    operation: String,
    request: Value,
    /// Set for calls that serve a player's refund of a bet.
    is_of_refund: bool,
    reply: oneshot::Sender<Reply>,
}

impl Seam {
    pub(crate) fn new(world: World, who: Who) -> Self {
        Self { world, who }
    }
}

impl HttpClient for Seam {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Seam {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (world, who) = (self.world.clone(), self.who);
        HttpConnectorFuture::new(pass(world, who, request))
    }
}

/// Sends a request and waits for the reply.
async fn pass(world: World, who: Who, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let (service, operation) = target.split_once('.').unwrap_or_default();
    let (is_table, operation) = (service.starts_with("DynamoDB"), operation.to_owned());
    let body = request.body().bytes().unwrap_or_default();
    let request: Value = serde_json::from_slice(body).map_err(|error| ConnectorError::user(error.into()))?;
    leave(&world, who, &operation).await;
    let (reply, answer) = oneshot::channel();
    let is_of_refund = asked::is_refund();
    let call = Call { world: world.clone(), who, operation, request, is_of_refund, reply };
    if is_table {
        world.lock().touched.extend(touches(&call.operation, &call.request));
        tokio::spawn(table::serve(call));
    } else {
        tokio::spawn(queue::serve(call));
    }
    let answer = answer.await;
    world.go_on(who).await;
    match answer {
        Ok(Reply::Answer(status, body)) => {
            let status = status.try_into().map_err(|_| ConnectorError::user("no status".into()))?;
            Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
        }
        Ok(Reply::Reset) => Err(ConnectorError::io("the connection was lost".into())),
        // The caller's own timeout ends this.
        Err(_) => pending().await,
    }
}

/// Applies the hazards of a call that leaves a process: a crash or a stall.
pub(crate) async fn leave(world: &World, who: Who, operation: &str) {
    world.lock().calls += 1;
    if who != Who::Auditor && world.lock().strike(Hazard::CrashBeforeCall) {
        world.note(who, format_args!("ends before {operation}"));
        world.crash(who);
        pending::<()>().await;
    }
    if who != Who::Auditor && world.lock().strike(Hazard::Stall) {
        world.stall(who);
    }
    world.go_on(who).await;
}

impl Call {
    /// Draws the latency of one direction.
    fn way(&self) -> Duration {
        if self.who == Who::Auditor {
            return Duration::ZERO;
        }
        let mut state = self.world.lock();
        let longest = state.latency_max_ms;
        state.dice.milliseconds(1..=longest)
    }

    /// Returns whether this hazard strikes now.
    fn strike(&self, hazard: Hazard) -> bool {
        self.who != Who::Auditor && self.world.lock().strike(hazard)
    }

    fn note(&self, what: std::fmt::Arguments<'_>) {
        if self.who != Who::Auditor {
            self.world.note(self.who, what);
        }
    }

    /// Sends the reply back.
    async fn answer(self, reply: Reply) {
        if self.strike(Hazard::CrashAfterCall) {
            self.note(format_args!("ends before the answer to {}", self.operation));
            self.world.crash(self.who);
            return;
        }
        let way = self.way();
        if !way.is_zero() {
            self.world.sleep(way).await;
        }
        // Sending fails if the caller has given up.
        let _ = self.reply.send(reply);
    }
}
