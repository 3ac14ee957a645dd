//! Contexts with the real store and queues, connected to the simulated engines.

use crate::keys::Keys;
use crate::seam::{SdkSeam, SimulatedQueues, SimulatedTable};
use crate::world::{Who, World};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_runtime::client::retries::RetryPartition;
use evens_contracts::Queue;
use evens_queues::{QueueUrl, QueueUrls, Queues};
use evens_runtime::tokens::TokenVerifier;
use evens_runtime::{Clients, Clock, Context, Entropy, Rates, Settings};
use evens_store::Store;
use std::convert::Infallible;
use std::sync::Arc;

/// The stage of the queues.
pub(crate) const STAGE: &str = "local";

/// The size of a nonce in bytes.
const NONCE_LENGTH: usize = 32;

/// The context of a process whose clock is ahead by this many milliseconds.
pub(crate) fn context(
    world: &World,
    who: Who,
    skew_ms: i64,
    settings: &Arc<Settings>,
    keys: &Keys,
) -> Context {
    let (clock, secrets) = (world.clone(), world.clone());
    let verifier = TokenVerifier::new(
        vec![keys.signer.public_key()],
        settings.token_issuer.clone(),
        settings.token_audience.clone(),
    );
    Context {
        store: store(world, who, settings),
        queues: queues(world, who),
        tokens: verifier,
        rates: Rates::new(settings.rate_limits.clone(), evens_metrics::Metrics::default()),
        clock: Clock::from_fn(move || clock.now_with_skew(skew_ms)),
        entropy: Entropy::from_fn(move |bytes| {
            let mut state = secrets.lock();
            state.dice.bytes(bytes);
            // The nonce is the first secret of this size that is drawn for a bet.
            if bytes.len() == NONCE_LENGTH
                && let Some(nonce) = state.mutate_nonce()
            {
                bytes.copy_from_slice(nonce.bytes());
            }
            Ok(())
        }),
        metrics: evens_metrics::Metrics::default(),
        spans: evens_runtime::Spans::default(),
        draining: evens_runtime::DrainFlag::default(),
        durability: evens_runtime::Durability::default(),
        changes: evens_runtime::Changes::default(),
        switches: evens_runtime::StageSwitches::default(),
        settings: Arc::clone(settings),
    }
}

fn region() -> Region {
    Region::from_static("us-east-1")
}

/// The table as seen by one participant.
pub(crate) fn store(world: &World, who: Who, settings: &Settings) -> Store {
    let (is_through_sdk, layout) = {
        let state = world.lock();
        (state.is_through_sdk, state.layout)
    };
    let store = if is_through_sdk {
        Store::new(table_client(world, who), settings.table.clone())
    } else {
        Store::over(SimulatedTable::of(world.clone(), who))
    };
    store.laid_out(layout)
}

/// The SDK's client of the table.
pub(crate) fn table_client(world: &World, who: Who) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url("http://table.simulator")
        .region(region())
        // The engine does not check signatures, and signing takes longer than the rest of a call.
        .allow_no_auth()
        .retry_config(RetryConfig::standard().with_max_attempts(Clients::ATTEMPTS_MAX))
        .retry_partition(RetryPartition::custom("table").build())
        .timeout_config(Clients::timeouts())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(SdkSeam::new(world.clone(), who))
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// The queues as seen by one participant.
fn queues(world: &World, who: Who) -> Queues {
    if world.lock().is_through_sdk {
        Queues::new(queue_client(world, who), urls())
    } else {
        Queues::over(Arc::new(SimulatedQueues::new(world.clone(), who)), urls())
    }
}

/// The URLs of all queues.
pub(crate) fn urls() -> QueueUrls {
    let urls: Result<QueueUrls, Infallible> = QueueUrls::from_each(|queue| Ok(urls_of(queue)));
    let Ok(urls) = urls;
    urls
}

/// The SDK's client of the queues.
pub(crate) fn queue_client(world: &World, who: Who) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .endpoint_url("http://queues.simulator")
        .region(region())
        // The engine does not check signatures, and signing takes longer than the rest of a call.
        .allow_no_auth()
        .retry_config(RetryConfig::standard().with_max_attempts(Clients::ATTEMPTS_MAX))
        .retry_partition(RetryPartition::custom("queues").build())
        .timeout_config(Clients::timeouts())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(SdkSeam::new(world.clone(), who))
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}

/// The URLs of a queue and its dead-letter queue.
pub(crate) fn urls_of(queue: Queue) -> QueueUrl {
    let url = |name: String| format!("http://queues.simulator/000000000000/{name}");
    QueueUrl { main: url(queue.full_name(STAGE)), dead_letter: url(queue.dead_letter_name(STAGE)) }
}
