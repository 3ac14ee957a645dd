//! [`run_http`]: serves a router on Lambda. It is the whole main of a function behind the API.

use crate::serve_layers;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use evens_runtime::{Context, LambdaHost, StartError};
use std::sync::Arc;

/// Serves a router behind an API Gateway HTTP API (payload 2.0). Paths are used unchanged, because the API's stage
/// `$default` is not part of them.
///
/// # Errors
/// Those of [`LambdaHost::enter`], and a failure of the Lambda runtime library.
pub async fn run_http(context: Context, router: Router<Context>) -> Result<(), StartError> {
    let host = Arc::new(LambdaHost::enter(&context)?);
    let router = serve_layers(router, context.clone());
    let router = router.layer(middleware::from_fn_with_state((context, host), flush_after));
    lambda_http::run(router).await.map_err(LambdaHost::unexpected_end)
}

async fn flush_after(
    State((context, host)): State<(Context, Arc<LambdaHost>)>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    host.flush(&context);
    response
}
