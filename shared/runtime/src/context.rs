//! [`Context`]: the services that every handler gets, built once.

use crate::store_counts::StoreCounts;
use crate::telemetry::chain;
use crate::timed_queues::TimedQueues;
use crate::timed_table::TimedTable;
use crate::tokens::TokenVerifier;
use crate::{
    Changes, Clients, Clock, DrainFlag, Durability, Endpoints, Entropy, Function, Identity, Rates, Settings,
    Spans, StageSwitches, StartError, variable,
};
use evens_metrics::Metrics;
use evens_queues::{OutgoingJob, Queues};
use evens_store::Store;
use std::sync::Arc;

/// The services that every handler gets. Cheap to clone. Tests build it from parts.
#[derive(Debug, Clone)]
pub struct Context {
    pub store: Store,
    pub queues: Queues,
    /// Verifies access tokens.
    pub tokens: TokenVerifier,
    /// Rate limits.
    pub rates: Rates,
    pub clock: Clock,
    /// Source of secrets.
    pub entropy: Entropy,
    pub metrics: Metrics,
    /// Passes finished requests and jobs to a collector of traces.
    pub spans: Spans,
    /// Tells whether the process is shutting down.
    pub draining: DrainFlag,
    /// Makes committed writes survive a power cut.
    pub durability: Durability,
    /// Passes on changes of the table.
    pub changes: Changes,
    /// The switches by which operators stop requests.
    pub switches: StageSwitches,
    /// Settings from the environment.
    pub settings: Arc<Settings>,
}

impl Context {
    /// Reads the variables that a function has use for, and builds its clients.
    ///
    /// # Errors
    /// 1. A missing or malformed variable ([`Settings::of_function`]).
    /// 2. No region ([`Clients::connect`]).
    /// 3. A missing queue, or no answer from SQS. Skipped if the variables contain the queue URLs.
    pub async fn from_env(function: &Function) -> Result<Self, StartError> {
        Self::from_settings(Settings::of_function(function, variable)?, &Endpoints::default()).await
    }

    /// The same with given settings and endpoints.
    ///
    /// # Errors
    /// Those of [`Context::from_env`] from 2 on.
    pub async fn from_settings(settings: Settings, endpoints: &Endpoints) -> Result<Self, StartError> {
        Self::from_settings_as(&Identity::from_env(), settings, endpoints).await
    }

    /// The same with a given identity, as used by the `evens` binary.
    ///
    /// # Errors
    /// Those of [`Context::from_env`] from 2 on.
    pub async fn from_settings_as(
        identity: &Identity,
        settings: Settings,
        endpoints: &Endpoints,
    ) -> Result<Self, StartError> {
        let metrics = Metrics::default();
        let changes = Changes::default();
        let clients = Clients::connect_measured(identity, endpoints, &metrics)?;
        let queues = match &settings.queue_urls {
            Some(urls) => Queues::new(clients.sqs, urls.clone()),
            None => resolve_queues(clients.sqs, &settings).await?,
        };
        let queues = match &endpoints.queues {
            Some(service) => queues.through(Arc::new(TimedQueues::new(Arc::clone(service)))),
            None => queues,
        };
        let tokens = TokenVerifier::new(
            settings.token_public_keys.clone(),
            settings.token_issuer.clone(),
            settings.token_audience.clone(),
        );
        let store = match &endpoints.table {
            Some(table) => Store::over(Arc::new(TimedTable::new(Arc::clone(table), &metrics))),
            None => Store::new(clients.dynamodb, settings.table.clone()),
        };
        Ok(Self {
            store: store.observed(Arc::new(StoreCounts::new(metrics.clone(), changes.clone()))),
            queues,
            tokens,
            rates: Rates::new(settings.rate_limits.clone(), metrics.clone()),
            clock: Clock::system(),
            entropy: Entropy::system(),
            metrics,
            spans: Spans::default(),
            draining: DrainFlag::default(),
            durability: Durability::default(),
            changes,
            switches: StageSwitches::default(),
            settings: Arc::new(settings),
        })
    }
}

impl Context {
    /// Sends jobs that follow from a committed write. A failure is only logged, because a sweep or another job
    /// finds the work.
    /// `what` ends the log sentence.
    pub async fn ask_for(&self, jobs: Vec<OutgoingJob>, what: impl FnOnce() -> String) {
        if let Err(error) = self.queues.send(jobs).await {
            let what = what();
            tracing::warn!(
                job.what = what,
                error = chain(&error),
                "Could not send the job for {what}; it will be found without it"
            );
        }
    }
}

async fn resolve_queues(client: aws_sdk_sqs::Client, settings: &Settings) -> Result<Queues, StartError> {
    let stage = settings.stage.as_str();
    Queues::resolve(client, stage).await.map_err(|error| {
        let message = format!("the queues of the stage {stage} cannot be found");
        let hint =
            "run `evens migrate`, check AWS_ENDPOINT_URL_SQS and EVENS_STAGE, or set EVENS_QUEUE_URL_PREFIX";
        StartError::new(message, hint).caused_by(error)
    })
}
