//! The Lambda function `operate-rounds`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_operate_rounds::FUNCTION).await?,
        evens_operate_rounds::router(),
    )
    .await
}
