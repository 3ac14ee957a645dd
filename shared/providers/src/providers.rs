//! [`Providers`]: the providers of a process.

use crate::{GuardedProvider, PaymentProvider, Razorpay, RazorpaySettings, Sandbox, SandboxSettings};
use evens_ledger::ProviderName;
use evens_outbound::NoCertificates;
use evens_runtime::Clock;
use hyper::http::uri::Authority;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The settings of a provider, one variant per adapter.
#[derive(Debug, Clone)]
pub enum ProviderSettings {
    /// The provider for development and tests.
    Sandbox(SandboxSettings),
    /// Razorpay, in India.
    Razorpay(RazorpaySettings),
}

/// The reasons why the set cannot be built, in the order of the checks.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersFault {
    /// An adapter cannot call its provider.
    #[error("no CA certificates were found to verify the provider {provider}")]
    NoCertificates {
        provider: ProviderName,
        #[source]
        cause: NoCertificates,
    },
    /// Two providers have the same name. They would share a ledger account and a callback path.
    #[error("two providers have the name {0}")]
    Twice(ProviderName),
}

/// The providers of a process, each behind its own guard, and the one that gets new orders.
#[derive(Debug, Clone)]
pub struct Providers {
    default: Arc<GuardedProvider>,
    by_name: BTreeMap<ProviderName, Arc<GuardedProvider>>,
}

impl Providers {
    /// Builds the set. New orders go to `default`. Nothing is called yet.
    ///
    /// # Errors
    /// In the order of [`ProvidersFault`], provider by provider.
    pub fn from_settings(
        default: ProviderSettings,
        others: impl IntoIterator<Item = ProviderSettings>,
        clock: &Clock,
    ) -> Result<Self, ProvidersFault> {
        let others = others.into_iter().map(ProviderSettings::connect).collect::<Result<Vec<_>, _>>();
        Self::new(default.connect()?, others?, clock)
    }

    /// Builds the set. New orders go to `default`.
    ///
    /// # Errors
    /// [`ProvidersFault::Twice`].
    pub fn new(
        default: Arc<dyn PaymentProvider>,
        others: impl IntoIterator<Item = Arc<dyn PaymentProvider>>,
        clock: &Clock,
    ) -> Result<Self, ProvidersFault> {
        let guarded = |provider| Arc::new(GuardedProvider::new(provider, clock.clone()));
        let default = guarded(default);
        let mut by_name = BTreeMap::from([(default.name().clone(), Arc::clone(&default))]);
        for provider in others {
            let name = provider.name().clone();
            if by_name.insert(name.clone(), guarded(provider)).is_some() {
                return Err(ProvidersFault::Twice(name));
            }
        }
        Ok(Self { default, by_name })
    }

    /// The provider that gets new orders.
    pub fn default_provider(&self) -> &Arc<GuardedProvider> {
        &self.default
    }

    /// The provider with that name, for its existing orders and its callbacks.
    pub fn by_name(&self, name: &ProviderName) -> Option<&Arc<GuardedProvider>> {
        self.by_name.get(name)
    }

    /// All providers, sorted by name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<GuardedProvider>> {
        self.by_name.values()
    }
}

impl ProviderSettings {
    /// Returns `true` if the provider moves real money. In that case an order must survive a power cut before the
    /// provider is called.
    pub fn moves_real_money(&self) -> bool {
        match self {
            Self::Sandbox(_) => false,
            Self::Razorpay(_) => true,
        }
    }

    /// Returns `true` if the provider may take deposits.
    pub fn takes_deposits(&self) -> bool {
        match self {
            Self::Sandbox(_) => true,
            Self::Razorpay(settings) => settings.takes_deposits,
        }
    }

    /// The origin to which a browser posts the form of a checkout, such as `https://api.razorpay.com`.
    pub fn checkout_origin(&self) -> String {
        let endpoint = match self {
            Self::Sandbox(settings) => &settings.endpoint,
            Self::Razorpay(settings) => &settings.endpoint,
        };
        let uri = endpoint.uri();
        let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
        format!("{}://{authority}", uri.scheme_str().unwrap_or_default())
    }

    fn connect(self) -> Result<Arc<dyn PaymentProvider>, ProvidersFault> {
        Ok(match self {
            Self::Sandbox(settings) => Arc::new(Sandbox::new(settings)?),
            Self::Razorpay(settings) => Arc::new(Razorpay::new(settings)?),
        })
    }
}
