//! The Lambda function `compare-statements`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_compare_statements::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    evens_http::run_http(context, evens_compare_statements::router(payments)).await
}
