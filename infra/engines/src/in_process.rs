//! An SDK HTTP client for the process that hosts the engines, without sockets.
//!
//! It answers like the engines' servers without the cost of a connection. The SDK builds and retries requests and reads
//! answers as usual. No access key is checked, because code in this process has the engines anyway.

use crate::operations::Answer;
use crate::table_server::operation;
use crate::table_thread::TableThread;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use std::fmt;
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct InProcess {
    table: TableThread,
    queues: Router,
}

impl InProcess {
    pub(crate) fn new(table: TableThread, queues: Router) -> Self {
        Self { table, queues }
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { table, queues } = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            if target.starts_with("AmazonSQS.") {
                return ask_queues(queues, request).await;
            }
            let body = request.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default();
            let answered = table.ask(operation(target).to_owned(), body).await;
            let Answer { status, body } =
                answered.map_err(|error| ConnectorError::other(error.into(), None))?;
            let status = status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        })
    }
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
