//! An HTTP client of the SDK for the process in which the engines are: its requests do not go through a socket.
//!
//! It is what the engines' servers do, without what a connection costs: the SDK builds, signs and retries its requests
//! and reads the answers as it always does. What the table refuses because of the request itself, and what is rarely
//! asked for, is sent to the server on the loopback port, which words every refusal as AWS does. Nothing has changed by
//! then, so asking again is harmless.

use crate::table_thread::TableThread;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use tower::ServiceExt;

/// The client.
#[derive(Clone)]
pub(crate) struct InProcess {
    table: TableThread,
    queues: Router,
    sockets: SharedHttpClient,
}

/// What answers the requests of one client of the SDK.
#[derive(Debug, Clone)]
struct Connector {
    engines: InProcess,
    sockets: SharedHttpConnector,
}

impl InProcess {
    pub(crate) fn new(table: TableThread, queues: Router) -> Self {
        Self { table, queues, sockets: aws_smithy_http_client::Builder::new().build_http() }
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let sockets = self.sockets.http_connector(settings, components);
        SharedHttpConnector::new(Connector { engines: self.clone(), sockets })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { engines, sockets } = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let answer = match target.split_once('.') {
                Some(("AmazonSQS", _)) => return ask_queues(engines.queues, request).await,
                Some(("DynamoDB_20120810", operation)) => {
                    let body = request.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default();
                    engines.table.ask(operation.to_owned(), body).await?
                }
                _ => None,
            };
            match answer {
                Some(answer) => answer.into_response(),
                None => sockets.call(with_form_of_signed(request)).await,
            }
        })
    }
}

/// Clients in this process need not sign their requests. The servers do not check signatures, but that there is one.
fn with_form_of_signed(mut request: HttpRequest) -> HttpRequest {
    let headers = request.headers_mut();
    headers.insert("authorization", "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none");
    headers.insert("x-amz-date", "19700101T000000Z");
    request
}

async fn ask_queues(queues: Router, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let request =
        request.map(|body| Body::from(body.bytes().map(Bytes::copy_from_slice).unwrap_or_default()));
    let Ok(response) = queues.oneshot(request).await;
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|error| ConnectorError::io(error.into()))?;
    let response = axum::http::Response::from_parts(head, SdkBody::from(body));
    HttpResponse::try_from(response).map_err(|error| ConnectorError::user(error.into()))
}

/// What the table answers: status and body.
pub(crate) struct Answer(u16, Vec<u8>);

impl Answer {
    fn into_response(self) -> Result<HttpResponse, ConnectorError> {
        let Self(status, body) = self;
        let status = status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
        Ok(HttpResponse::new(status, SdkBody::from(body)))
    }
}

/// Performs what handlers ask for all the time. `None` is for the server to answer; nothing has changed then.
pub(crate) fn ask_table(table: &Database, operation: &str, body: &[u8]) -> Option<Answer> {
    match operation {
        "BatchGetItem" => perform(body, |request| table.batch_get_item(request)),
        "DeleteItem" => perform(body, |request| table.delete_item(request)),
        "GetItem" => perform(body, |request| table.get_item(request)),
        "PutItem" => perform(body, |request| table.put_item(request)),
        "Query" => perform(body, |request| table.query(request)),
        "TransactWriteItems" => perform(body, |request| table.transact_write_items(request)),
        "UpdateItem" => perform(body, |request| table.update_item(request)),
        _ => None,
    }
}

fn perform<Request: DeserializeOwned, Response: Serialize>(
    body: &[u8],
    call: impl FnOnce(Request) -> Result<Response, DynoxideError>,
) -> Option<Answer> {
    let request = serde_json::from_slice(body).ok()?;
    // What was done is not for the server to do again, whatever becomes of its answer.
    let write = |response| serde_json::to_vec(&response);
    let write =
        |response| write(response).map_err(|error| DynoxideError::InternalServerError(error.to_string()));
    match call(request).and_then(write) {
        Ok(body) => Some(Answer(200, body)),
        Err(
            error @ (DynoxideError::ConditionalCheckFailedException(..)
            | DynoxideError::TransactionCanceledException(..)
            | DynoxideError::InternalServerError(_)
            | DynoxideError::SqliteError(_)),
        ) => Some(Answer(error.status_code(), error.to_json().into_bytes())),
        Err(_) => None,
    }
}
