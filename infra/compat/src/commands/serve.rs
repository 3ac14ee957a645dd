//! `evens serve`: the API, the pollers and the sweeper, until SIGTERM or SIGINT.

use crate::cli::ServeArgs;
use crate::commands::token::TOKEN_LIFETIME;
use crate::home::{Home, Sharing};
use crate::{banner, router, signing_key, workers};
use axum::Router;
use evens_ledger::{Amount, UserId};
use evens_runtime::tokens::{Role, TokenSigner};
use evens_runtime::{Context, Stage, StartError};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// For how long what is under way may go on after the signal to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) async fn run(args: ServeArgs) -> Result<ExitCode, StartError> {
    let (listener, address) = listen(args.listen).await?;
    let home = Home::open(&args.home.data, Sharing::Alone).await?;
    let mut settings = home.settings.clone();
    let signer = match settings.stage {
        Stage::Local => Some(signing_key::load_or_create(&home.folder, &settings)?),
        Stage::Dev | Stage::Staging | Stage::Prod => None,
    };
    settings.token_public_keys.extend(signer.as_ref().map(TokenSigner::public_key));
    let context = home.context(settings).await?;
    let (stop_sender, stop) = watch::channel(false);
    let router = router::router(context.clone(), home.is_embedded());
    let server = serve(listener, router, stop.clone());
    let workers = workers::start(&context, &stop);
    home.publish_api(address)?;
    announce(address, &home, &context, signer.as_ref()).await?;
    wait_for_signal().await?;
    tracing::info!("Stopping: no new work is taken, and what is under way is finished");
    stop_sender.send_replace(true);
    let exit = drain(server, workers).await;
    home.close().await;
    Ok(exit)
}

/// Binds first, so that a port that is taken is said at once. The address is the listener's: a port 0 was chosen.
async fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error| {
        let message = format!("cannot listen on {wanted}");
        StartError::new(message, "stop what listens there, or use another port with --listen")
            .caused_by(error)
    };
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn serve(
    listener: TcpListener,
    router: Router,
    stop: watch::Receiver<bool>,
) -> tokio::task::JoinHandle<std::io::Result<()>> {
    tokio::spawn(
        async move { axum::serve(listener, router).with_graceful_shutdown(workers::stopped(stop)).await },
    )
}

/// Says where everything is. On one's own machine there are two players with play money to begin with.
async fn announce(
    address: SocketAddr,
    home: &Home,
    context: &Context,
    signer: Option<&TokenSigner>,
) -> Result<(), StartError> {
    let engines = if home.is_embedded() { "embedded DynamoDB and SQS" } else { "as AWS_ENDPOINT_URL says" };
    let Some(signer) = signer else {
        tracing::info!(%address, "Serving on http://{address}");
        return Ok(());
    };
    let mut tokens = Vec::new();
    for number in [1, 2] {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            StartError::new("the players of the local stage cannot be made", "look at the data folder")
                .caused_by(error)
        };
        let user = UserId::new(number).map_err(|error| failed(error.into()))?;
        let amount = Amount::from_units(1_000 * 100_000_000).map_err(|error| failed(error.into()))?;
        let now = context.clock.now();
        let order = format!("welcome-{number}");
        let funded = context.store.fund_wallet(user, amount, &order, now).await;
        funded.map_err(|error| failed(error.into()))?;
        let token = signer.sign(user, Role::None, now, TOKEN_LIFETIME);
        tokens.push(token.map_err(|error| failed(error.into()))?);
    }
    if let [token_a, token_b] = tokens.as_slice() {
        banner::print(address, engines, &home.folder, [token_a, token_b]);
    }
    Ok(())
}

async fn wait_for_signal() -> Result<(), StartError> {
    let failed = |error| StartError::new("cannot wait for signals", "report this").caused_by(error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Lets what is under way finish, for thirty seconds. What is cut off then comes again: no step is half done.
async fn drain(server: tokio::task::JoinHandle<std::io::Result<()>>, mut workers: JoinSet<()>) -> ExitCode {
    let drained = timeout(DRAIN_TIMEOUT, async {
        while workers.join_next().await.is_some() {}
        server.await
    });
    match drained.await {
        Ok(Ok(Ok(()))) => {
            tracing::info!("Stopped");
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::FAILURE,
        Err(_elapsed) => {
            tracing::warn!("Stopped with work under way; it comes again at the next start");
            ExitCode::SUCCESS
        }
    }
}
