//! `evens serve`: runs the API, the pollers and the sweeper until SIGTERM or SIGINT, or until an embedded engine fails.

use crate::cli::ServeArgs;
use crate::commands::restored::cancel_open_rounds;
use crate::concurrency::Concurrency;
use crate::data_folder::{clock_floor, full_disk, payee_keys, signing_key};
use crate::home::{Home, OpenMode};
use crate::live::{LiveSettings, Sockets};
use crate::local_stage::quick_round::QuickRound;
use crate::local_stage::sandbox::SandboxAddress;
use crate::local_stage::{banner, local_jackpots, sandbox};
use crate::pages::{self, PagePolicy, Pages, Site};
use crate::router::{self, Host};
use crate::server::Limits;
use crate::server::connection_slots::ConnectionSlots;
use crate::server::{cors, metrics_server};
use crate::traces::{self, TraceCollector};
use crate::{server, workers};
use axum::{Extension, Router, middleware};
use evens_block_sources::blocks_from_lookup;
use evens_credentials::{CredentialSettings, Credentials, load_signing_key};
use evens_exclusion_register::{Exclusions, RegisterSettings};
use evens_notifications::Notifications;
use evens_place_bet::RoundOpener;
use evens_providers::{PaymentSettings, Payments, ProviderSettings};
use evens_runtime::{Context, Stage, StartError, stopped, variable};
use evens_sealing::SealingKeys;
use evens_workers::Outside;
use futures::future::OptionFuture;
use sd_notify::NotifyState;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, lookup_host};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// The number of connections that may wait to be accepted. Linux has its own limit: `net.core.somaxconn`.
const BACKLOG: u32 = 4_096;

/// The maximum time for requests and jobs to finish after the signal to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) async fn run(args: ServeArgs) -> Result<ExitCode, StartError> {
    server::raise_file_limit();
    let concurrency = Concurrency::from_env()?;
    let (listener, address) = listen(&args.listen, "--listen").await?;
    let metrics = listen_if_set(args.metrics_listen.as_deref(), "--metrics-listen").await?;
    let console = listen_if_set(args.console_listen.as_deref(), "--console-listen").await?;
    let home = Home::open(&args.home.data, OpenMode::Alone).await?;
    let on_disk = |error| full_disk::named(&args.home.data, error);
    let mut settings = home.settings.clone();
    let credential_settings = CredentialSettings::from_env(settings.stage)?;
    let signer = match settings.stage {
        Stage::Local => {
            let signer = signing_key::load_or_create(&home.folder, &settings).map_err(on_disk)?;
            settings.token_public_keys.push(signer.public_key());
            signer
        }
        Stage::Dev | Stage::Staging | Stage::Prod => {
            load_signing_key(&home.identity, &credential_settings, &settings).await?
        }
    };
    let credentials = Credentials::new(signer, &credential_settings)?;
    let opener = RoundOpener::from_env(settings.stage)?;
    let notifications = Notifications::from_env()?;
    let origins = cors::origins_from_env()?;
    let live_settings = LiveSettings::from_env()?;
    let traces = TraceCollector::from_lookup(settings.stage.as_str(), variable)?;
    let quick_round = QuickRound::from_env(settings.stage, variable)?;
    let has_local_jackpots = local_jackpots::is_on(settings.stage, variable)?;
    let blocks = blocks_from_lookup(settings.stage, variable)?;
    let payee_keys = match settings.stage {
        Stage::Local => payee_keys::load_or_create(&home.folder).map_err(on_disk)?,
        Stage::Dev | Stage::Staging | Stage::Prod => SealingKeys::from_env(&home.identity).await?,
    };
    settings.warn();
    let context = Context { spans: traces::spans(traces.as_ref()), ..home.context(settings).await? };
    if home.is_copy() {
        take_over_copy(&home, &context).await?;
    }
    let (stop_sender, stop) = watch::channel(false);
    let limits = Limits::of_process();
    let sockets_max = live_settings.within(limits).sockets_max;
    let sockets = Sockets::new(&context, sockets_max, origins.clone(), stop.clone());
    let slots = ConnectionSlots::new(limits.share, &context.settings.trusted_proxies);
    let (provider, sandbox) = provider_beside(&home, address, &stop).await?;
    let checkout_origin = provider.as_ref().map(ProviderSettings::checkout_origin);
    let page_policy = PagePolicy::new(checkout_origin.as_deref())?;
    let money = PaymentSettings::of_process(&home.settings, provider.is_some(), variable)?;
    let payments = Payments::new(money, provider, &context.clock)?;
    let register = RegisterSettings::from_env(&home.identity, &home.settings).await?;
    let exclusions = Exclusions::new(register, &context.clock)?;
    let outside = Outside { notifications, payments, payee_keys };
    let host =
        Host { opener, is_embedded: home.is_embedded(), slots: slots.clone(), sockets: sockets.clone() };
    let router = router::router(context.clone(), credentials, &outside, &exclusions, host);
    let router = match cors::layer(origins) {
        Some(layer) => router.layer(layer),
        None => router,
    };
    let api = ServedSite { listener, site: Site::of_api(context.settings.stage), limits, slots };
    let console = console.map(|(listener, address)| {
        tracing::info!(%address, "Serving the console on http://{address}/");
        let limits = Limits::of_staff();
        let slots = ConnectionSlots::new(limits.share, &context.settings.trusted_proxies);
        ServedSite { listener, site: Site::Console, limits, slots }
    });
    let server = tokio::spawn(serve_sites(router, page_policy, api, console, stop.clone()));
    let concurrency = if home.is_embedded() { concurrency.over_embedded_engine() } else { concurrency };
    let mut workers = workers::start(&context, &outside, blocks, quick_round, &concurrency, &stop);
    sockets.start(&context, &mut workers);
    if has_local_jackpots {
        workers.spawn(local_jackpots::open(context.clone()));
    }
    if home.is_embedded() {
        tokio::spawn(clock_floor::keep(home.folder.clone(), context.clock.clone()));
    }
    home.publish_api(address, sandbox).map_err(on_disk)?;
    announce(address, &home);
    if let Some((listener, address)) = metrics {
        tokio::spawn(metrics_server::serve(listener, address, context.metrics.clone(), stop.clone()));
        tracing::info!(%address, "Serving metrics on http://{address}/metrics");
    }
    tell_manager(&NotifyState::Ready);
    let is_failed = serve_until_stopped(&home, &context, args.drain_seconds).await?;
    tracing::info!("Stopping: finishing current work and accepting no more");
    stop_sender.send_replace(true);
    let exit = drain(server, workers).await;
    if let Some(traces) = traces {
        traces.stop().await;
    }
    if home.is_embedded()
        && let Err(error) = clock_floor::write(&home.folder, context.clock.now())
    {
        tracing::warn!(%error, "Could not store the newest time in the data folder");
    }
    home.close().await;
    Ok(if is_failed { ExitCode::FAILURE } else { exit })
}

/// Waits for a signal or the end of an engine, and after a signal serves on for `drain_seconds`, not ready.
///
/// Returns whether an engine failed.
async fn serve_until_stopped(home: &Home, context: &Context, drain_seconds: u64) -> Result<bool, StartError> {
    let is_failed = tokio::select! {
        asked = wait_for_signal() => asked.map(|()| false)?,
        () = home.engine_failed() => true,
    };
    tell_manager(&NotifyState::Stopping);
    context.draining.begin();
    if drain_seconds > 0 && !is_failed {
        tracing::info!(
            seconds = drain_seconds,
            "Draining: not ready, but serving for {drain_seconds} more seconds"
        );
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(drain_seconds)) => {}
            // A second signal ends the wait.
            again = wait_for_signal() => again?,
        }
    }
    Ok(is_failed)
}

/// An address with its pages and its limits. The API is behind each.
struct ServedSite {
    listener: TcpListener,
    site: Site,
    limits: Limits,
    slots: ConnectionSlots,
}

async fn serve_sites(
    router: Router,
    policy: PagePolicy,
    api: ServedSite,
    console: Option<ServedSite>,
    stop: watch::Receiver<bool>,
) {
    let serve = |served: ServedSite| {
        let pages = middleware::from_fn_with_state(Pages::new(served.site, policy.clone()), pages::serve);
        let router = router.clone().layer(pages).layer(Extension(served.site.session()));
        server::serve(served.listener, router, served.limits, served.slots, stop.clone())
    };
    tokio::join!(serve(api), OptionFuture::from(console.map(serve)));
}

async fn listen_if_set(
    wanted: Option<&str>,
    option: &str,
) -> Result<Option<(TcpListener, SocketAddr)>, StartError> {
    match wanted {
        Some(wanted) => listen(wanted, option).await.map(Some),
        None => Ok(None),
    }
}

/// Binds first, so that a port in use is reported at once. A host name may have several addresses; the first one that
/// can be bound is used, IPv4 before IPv6. Returns the listener's actual address, which differs from `wanted` for port
/// 0.
async fn listen(wanted: &str, option: &str) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error: io::Error| {
        let message = format!("cannot listen on {wanted}");
        let hint = match error.kind() {
            ErrorKind::AddrInUse => {
                format!("stop the program that uses this address, or choose another port with {option}")
            }
            _ => format!("choose an address and port of this machine with {option}, as in 127.0.0.1:8080"),
        };
        StartError::new(message, hint).caused_by(error)
    };
    let mut addresses: Vec<_> = lookup_host(wanted).await.map_err(failed)?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut bound = Err(io::Error::from(ErrorKind::AddrNotAvailable));
    for address in addresses {
        bound = bind(address);
        if bound.is_ok() {
            break;
        }
    }
    let listener = bound.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// A client that finds the backlog full tries again a second later.
fn bind(wanted: SocketAddr) -> io::Result<TcpListener> {
    let socket = if wanted.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Allows a restarted process to bind while old connections are still closing.
    socket.set_reuseaddr(true)?;
    socket.bind(wanted)?;
    socket.listen(BACKLOG)
}

/// Runs before the API takes bets. If it is interrupted, the next start repeats it.
async fn take_over_copy(home: &Home, context: &Context) -> Result<(), StartError> {
    let cancelled = cancel_open_rounds(context).await?;
    context.durability.sync().await.map_err(|error| {
        let message = "the cancellations of rounds cannot be synced to disk";
        StartError::new(message, "check whether the disk is full or failing").caused_by(error)
    })?;
    home.forget_copy()?;
    let rounds = cancelled.len();
    tracing::warn!(rounds, "Started from a copy: cancelled its {rounds} open rounds");
    Ok(())
}

/// The payment provider. In the local stage a sandbox provider runs beside the API, unless the environment configures a
/// provider.
///
/// # Errors
/// The provider moves real money and the engines are embedded: a power cut could lose orders or callbacks.
async fn provider_beside(
    home: &Home,
    api: SocketAddr,
    stop: &watch::Receiver<bool>,
) -> Result<(Option<ProviderSettings>, Option<SandboxAddress>), StartError> {
    let provider = ProviderSettings::from_env(&home.identity, &home.settings).await?;
    let moves_real_money = provider.as_ref().is_some_and(ProviderSettings::moves_real_money);
    if moves_real_money && (home.is_embedded() || has_engine_on_this_machine(variable)) {
        let message = "the payment provider moves real money, but embedded engines may lose recent commits \
                       in a power cut";
        let hint =
            "set EVENS_ENGINES=aws without an AWS_ENDPOINT_URL that begins with http:, or use the sandbox";
        return Err(StartError::new(message, hint));
    }
    if home.settings.stage != Stage::Local || provider.is_some() {
        return Ok((provider, None));
    }
    let (provider, address) = sandbox::start(&home.folder, api, stopped(stop.clone())).await?;
    Ok((Some(provider), Some(address)))
}

/// Returns whether the SDK would use an unencrypted engine. Such an engine runs on this machine and may be embedded in
/// another process.
fn has_engine_on_this_machine(lookup: impl Fn(&str) -> Option<String>) -> bool {
    let names = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"];
    names.into_iter().filter_map(lookup).any(|url| url.to_ascii_lowercase().starts_with("http:"))
}

fn announce(address: SocketAddr, home: &Home) {
    match home.settings.stage {
        Stage::Local => banner::print(address, home.is_embedded(), &home.folder),
        Stage::Dev | Stage::Staging | Stage::Prod => tracing::info!(%address, "Serving on http://{address}"),
    }
}

/// Notifies the service manager that started the process, if it expects notifications (`Type=notify` of systemd).
fn tell_manager(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, "Could not notify the service manager");
    }
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

/// Lets requests and jobs finish for up to 30 s. Work that is cut off is retried at the next start, because no step is
/// half done.
async fn drain(server: JoinHandle<()>, mut workers: JoinSet<()>) -> ExitCode {
    let drained = timeout(DRAIN_TIMEOUT, async {
        while workers.join_next().await.is_some() {}
        server.await
    });
    match drained.await {
        Ok(Ok(())) => {
            tracing::info!("Stopped");
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::FAILURE,
        Err(_elapsed) => {
            tracing::warn!("Stopped before all work was finished; it resumes at the next start");
            ExitCode::SUCCESS
        }
    }
}

#[cfg(test)]
mod tests {
    use super::drain;
    use std::process::ExitCode;
    use std::time::Duration;
    use tokio::task::JoinSet;
    use tokio::time::{Instant, sleep};

    /// C25: work that has not finished in time is cut off. This is no failure, because it is retried.
    #[tokio::test(start_paused = true)]
    async fn running_work_has_thirty_seconds() {
        for (takes, waited) in [(0, 0), (29, 29), (31, 30), (600, 30)] {
            let mut workers = JoinSet::new();
            workers.spawn(sleep(Duration::from_secs(takes)));
            let started = Instant::now();
            let exit = drain(tokio::spawn(async {}), workers).await;
            assert_eq!((started.elapsed().as_secs(), exit), (waited, ExitCode::SUCCESS), "{takes} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_panicked_is_a_failure() {
        let server = tokio::spawn(async { panic!("as the test wants it") });
        assert_eq!(drain(server, JoinSet::new()).await, ExitCode::FAILURE);
    }
}
