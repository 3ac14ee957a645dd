//! [`Context`]: what every handler is given, built once.

use crate::store_counts::StoreCounts;
use crate::telemetry::chain;
use crate::tokens::TokenVerifier;
use crate::{
    Changes, Clients, Clock, Draining, Durability, Endpoints, Entropy, Identity, Need, Rates, Settings,
    StartError, variable,
};
use evens_metrics::Metrics;
use evens_queues::{Outgoing, Queues};
use evens_store::Store;
use std::sync::Arc;

/// What every handler is given. Cheap to clone. Tests fill it from parts.
#[derive(Debug, Clone)]
pub struct Context {
    /// The table.
    pub store: Store,
    /// The queues.
    pub queues: Queues,
    /// Checks tokens.
    pub tokens: TokenVerifier,
    /// Takes requests out of their budgets.
    pub rates: Rates,
    /// Tells the time.
    pub clock: Clock,
    /// Gives secrets.
    pub entropy: Entropy,
    /// Counts and measures.
    pub metrics: Metrics,
    /// Whether the process is about to stop.
    pub draining: Draining,
    /// Makes what the table has committed survive a power cut.
    pub durability: Durability,
    /// Passes on what the table has changed.
    pub changes: Changes,
    /// What the environment said.
    pub settings: Arc<Settings>,
}

impl Context {
    /// Reads and checks the variables of a function that has use for these settings, and builds each client.
    ///
    /// # Errors
    /// 1. A variable that is missing or cannot be used ([`Settings::of_function`]).
    /// 2. No region ([`Clients::connect`]).
    /// 3. A queue that does not exist, or SQS that does not answer; not where the variables say where the queues are.
    pub async fn from_env(needs: &[Need]) -> Result<Self, StartError> {
        Self::from_settings(Settings::of_function(needs, variable)?, &Endpoints::default()).await
    }

    /// The same from settings and endpoints that are known.
    ///
    /// # Errors
    /// As [`Context::from_env`], from 2 on.
    pub async fn from_settings(settings: Settings, endpoints: &Endpoints) -> Result<Self, StartError> {
        Self::from_settings_as(&Identity::from_env(), settings, endpoints).await
    }

    /// The same as somebody else, as the `evens` binary is.
    ///
    /// # Errors
    /// As [`Context::from_env`], from 2 on.
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
        let tokens = TokenVerifier::new(
            settings.token_public_keys.clone(),
            settings.token_issuer.clone(),
            settings.token_audience.clone(),
        );
        Ok(Self {
            store: Store::new(clients.dynamodb, settings.table.clone())
                .observed(Arc::new(StoreCounts::new(metrics.clone(), changes.clone()))),
            queues,
            tokens,
            rates: Rates::new(settings.rate_limits.clone(), metrics.clone()),
            clock: Clock::system(),
            entropy: Entropy::system(),
            metrics,
            draining: Draining::default(),
            durability: Durability::default(),
            changes,
            settings: Arc::new(settings),
        })
    }
}

impl Context {
    /// Asks for what follows from what is in the table. That is due whether or not a queue takes the jobs: where none
    /// does, the sweeper finds it. `what` ends the sentence about it.
    pub async fn ask_for(&self, jobs: Vec<Outgoing>, what: impl FnOnce() -> String) {
        if let Err(error) = self.queues.send(jobs).await {
            let what = what();
            tracing::warn!(
                job.what = what,
                error = chain(&error),
                "Could not ask for {what}; the sweeper will"
            );
        }
    }
}

async fn resolve_queues(client: aws_sdk_sqs::Client, settings: &Settings) -> Result<Queues, StartError> {
    let stage = settings.stage.as_str();
    Queues::resolve(client, stage).await.map_err(|error| {
        let message = format!("the queues of the stage {stage} were not found");
        let hint =
            "run `evens migrate`, check AWS_ENDPOINT_URL_SQS and EVENS_STAGE, or set EVENS_QUEUE_URL_PREFIX";
        StartError::new(message, hint).caused_by(error)
    })
}
