//! The Lambda function `operate-switches`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_operate_switches::FUNCTION).await?;
    evens_http::run_http(context, evens_operate_switches::router()).await
}
