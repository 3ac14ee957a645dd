//! [`SdkSeam`]: the SDK's HTTP client of one process.

use super::table::Reply;
use super::{queue, queue_wire, table};
use crate::violation::Violation;
use crate::world::{Who, World};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use evens_simulated_table::http::{SdkCall, response};
use evens_simulated_table::wire;
use serde_json::{Value, json};
use std::future::pending;

#[derive(Debug, Clone)]
pub(crate) struct SdkSeam {
    world: World,
    who: Who,
}

impl SdkSeam {
    pub(crate) fn new(world: World, who: Who) -> Self {
        Self { world, who }
    }

    /// Sends a request and waits for the reply.
    async fn pass(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let SdkCall { service, operation, body } = SdkCall::of(&request)?;
        let replied = if service.starts_with("DynamoDB") {
            self.pass_to_table(operation, &body).await
        } else {
            self.pass_to_queue(operation, &body).await
        };
        let Some((status, body)) = replied else {
            return Err(ConnectorError::io("the connection was lost".into()));
        };
        response(status, &body)
    }

    /// The status and the body of the answer. `None` for a lost connection.
    async fn pass_to_table(&self, operation: &str, body: &Value) -> Option<(u16, Value)> {
        match wire::request(operation, body) {
            Ok(request) => {
                let replied = table::pass(&self.world, self.who, request.clone()).await;
                match unless_lost(replied).await {
                    Reply::Answer(done) => Some(wire::answer(&request, done)),
                    Reply::BadGateway => Some((502, json!({}))),
                    Reply::Reset => None,
                }
            }
            Err(fault) => {
                let sentence = format!("The table does not understand {operation}: {}", fault.summary());
                self.world.violated(Violation::new("defect", sentence));
                None
            }
        }
    }

    /// The same for a queue.
    async fn pass_to_queue(&self, operation: &str, body: &Value) -> Option<(u16, Value)> {
        let Some(request) = queue_wire::request(operation, body) else {
            let sentence = format!("{operation} is no call of a queue");
            self.world.violated(Violation::new("defect", sentence));
            return None;
        };
        let replied = queue::pass(&self.world, self.who, request.clone()).await;
        Some(queue_wire::answer(&request, unless_lost(replied).await))
    }
}

/// The reply. Without one, the caller's own timeout ends the call.
async fn unless_lost<T>(replied: Option<T>) -> T {
    match replied {
        Some(reply) => reply,
        None => pending().await,
    }
}

impl HttpClient for SdkSeam {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SdkSeam {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().pass(request))
    }
}
