//! Calls of the SDK over HTTP, and [`SharedTable`] as its HTTP client.

use crate::{Fault, Request, SharedTable, wire};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// A call of the SDK in AWS's JSON.
#[derive(Debug)]
pub struct SdkCall<'a> {
    /// The service with its version, such as `DynamoDB_20120810`.
    pub service: &'a str,
    pub operation: &'a str,
    pub body: Value,
}

impl<'a> SdkCall<'a> {
    /// Parses a request.
    ///
    /// # Errors
    /// The body is no JSON.
    pub fn of(request: &'a HttpRequest) -> Result<Self, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (service, operation) = target.split_once('.').unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let body = serde_json::from_slice(body).map_err(|error| ConnectorError::user(error.into()))?;
        Ok(Self { service, operation, body })
    }
}

/// The answer to a call of the SDK.
///
/// # Errors
/// The status is none of HTTP.
pub fn response(status: u16, body: &Value) -> Result<HttpResponse, ConnectorError> {
    let status = status.try_into().map_err(|_| ConnectorError::user("no status".into()))?;
    Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
}

impl SharedTable {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let SdkCall { operation, body, .. } = SdkCall::of(&request)?;
        let (status, body) = self.answer_json(operation, &body).await;
        response(status, &body)
    }

    /// The status and the body of the answer.
    async fn answer_json(&self, operation: &str, body: &Value) -> (u16, Value) {
        if operation == "BatchWriteItem" {
            return match self.put_batch(body).await {
                Ok(()) => (200, json!({ "UnprocessedItems": {} })),
                Err(fault) => wire::fault_answer(fault),
            };
        }
        match wire::request(operation, body) {
            Ok(request) => wire::answer(&request, self.perform(&request).await),
            Err(fault) => wire::fault_answer(fault),
        }
    }

    /// Puts many items. The store never does, but its tests do.
    async fn put_batch(&self, body: &Value) -> Result<(), Fault> {
        for put in wire::puts(body)? {
            self.perform(&Request::Put(put)).await?;
        }
        Ok(())
    }
}

impl HttpClient for SharedTable {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SharedTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}
