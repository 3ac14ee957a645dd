//! [`Payments`]: the settings and providers of a function that moves money in or out, read and validated once.

use crate::{GuardedProvider, ProviderSettings, Providers};
use evens_ledger::{Amount, ProviderName};
use evens_payments::{Currency, DepositRules, HoldRules, WithdrawalRules};
use evens_players::ReferralBonusAfter;
use evens_runtime::settings_table::{MoneySettings, protective};
use evens_runtime::{Clock, Context, Identity, Settings, Stage, StartError, require_set};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Time that a player has to pay.
const PAY_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// The rules for money in and out, from [`evens_runtime::Settings`]. Without a provider nothing moves. With a
/// real-money provider, an unset `EVENS_CONFIRM_ABOVE` means 0.
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// The currency of all money in and out.
    pub currency: Currency,
    pub deposits: DepositRules,
    pub withdrawals: WithdrawalRules,
}

impl PaymentSettings {
    /// The rules that follow from settings.
    ///
    /// # Errors
    /// 1. A minimum deposit above the maximum.
    /// 2. Outside the local stage, a recovery that holds withdrawals for less than an hour.
    pub fn of(settings: &Settings) -> Result<Self, StartError> {
        let (money, players) = (&settings.money, &settings.players);
        let MoneySettings { deposit_min, deposit_max, confirm_above, .. } = *money;
        if deposit_min > deposit_max {
            let message =
                format!("EVENS_DEPOSIT_MIN, {deposit_min}, is greater than EVENS_DEPOSIT_MAX, {deposit_max}");
            return Err(StartError::new(message, "set EVENS_DEPOSIT_MIN to at most EVENS_DEPOSIT_MAX"));
        }
        if settings.stage != Stage::Local && money.holds.recovered_for < HoldRules::RECOVERED_FOR_MIN {
            let message = "EVENS_HOLDS has a time of less than an hour for the rule recovered";
            return Err(StartError::new(message, "set recovered to 1h or more, or leave it out for 24h"));
        }
        let zone = TimeZone::fixed(players.attendance_offset.offset());
        let withdrawals = WithdrawalRules {
            is_open: money.takes_withdrawals,
            amount_min: money.withdrawal_min,
            holds: money.holds,
            confirm_above,
            zone: zone.clone(),
        };
        let deposits = DepositRules {
            is_open: money.takes_deposits,
            amount_min: deposit_min,
            amount_max: deposit_max,
            zone,
            confirm_above,
            first_bonus: money.first_deposit_bonus,
            is_first_followed: players.referral_bonus_after == ReferralBonusAfter::FirstDeposit,
            turnover: money.turnover,
            identity_above: money.identity_above,
            pay_within: PAY_WITHIN,
        };
        Ok(Self { currency: money.currency, deposits, withdrawals })
    }

    /// The settings of a process that does the work of all functions, with or without a provider.
    ///
    /// # Errors
    /// 1. There is a provider, and a variable of a setting that protects money is missing although its default is no
    ///    protection ([`require_set`]).
    /// 2. Those of [`PaymentSettings::of`].
    pub fn of_process(
        settings: &Settings,
        has_provider: bool,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        require_set(settings.stage, protective().filter(|_| has_provider), lookup)?;
        Self::of(settings)
    }
}

/// The settings where no variable is set.
///
/// # Panics
/// If the table of settings has unusable defaults.
impl Default for PaymentSettings {
    fn default() -> Self {
        Self::of(&Settings::local()).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The settings and providers of a function that moves money in or out. Clones share the providers' state.
#[derive(Debug, Clone)]
pub struct Payments {
    /// The currency of all money in and out.
    pub currency: Currency,
    /// The rules for opening deposits, and for trusting reports about them.
    pub deposits: DepositRules,
    /// The rules for accepting withdrawals, and for trusting reports about them.
    pub withdrawals: WithdrawalRules,
    providers: Option<Providers>,
}

impl Payments {
    /// Combines the settings of a function with the provider of its environment.
    ///
    /// # Errors
    /// 1. A minimum deposit above the maximum ([`PaymentSettings::of`]).
    /// 2. A malformed provider description ([`ProviderSettings::from_env`]).
    /// 3. A provider that cannot be called ([`Payments::new`]).
    pub async fn from_env(context: &Context) -> Result<Self, StartError> {
        let settings = PaymentSettings::of(&context.settings)?;
        let provider = ProviderSettings::from_env(&Identity::from_env(), &context.settings).await?;
        Self::new(settings, provider, &context.clock)
    }

    /// Combines settings and a provider; with `None`, no money moves in or out. Nothing is called yet. With a
    /// real-money provider, callbacks are confirmed by default, so that a stolen secret alone credits nothing.
    ///
    /// # Errors
    /// There are no CA certificates to verify the provider with.
    pub fn new(
        mut settings: PaymentSettings,
        provider: Option<ProviderSettings>,
        clock: &Clock,
    ) -> Result<Self, StartError> {
        settings.deposits.is_open &= provider.as_ref().is_none_or(ProviderSettings::takes_deposits);
        if provider.as_ref().is_some_and(ProviderSettings::moves_real_money) {
            settings.deposits.confirm_above.get_or_insert(Amount::ZERO);
            settings.withdrawals.confirm_above.get_or_insert(Amount::ZERO);
        }
        let connect = |provider| {
            Providers::from_settings(provider, [], clock).map_err(|fault| {
                let hint = "install CA certificates, such as the package ca-certificates";
                StartError::new("the payment provider cannot be called", hint).caused_by(fault)
            })
        };
        let providers = provider.map(connect).transpose()?;
        Ok(Self::with_providers(settings, providers))
    }

    /// Combines settings and existing providers; with `None`, no money moves in or out.
    pub fn with_providers(settings: PaymentSettings, providers: Option<Providers>) -> Self {
        let PaymentSettings { currency, deposits, withdrawals } = settings;
        Self { currency, deposits, withdrawals, providers }
    }

    /// The provider that gets new orders, or `None` without a provider.
    pub fn provider_of_new_orders(&self) -> Option<&Arc<GuardedProvider>> {
        self.providers.as_ref().map(Providers::default_provider)
    }

    /// All providers, sorted by name.
    pub fn providers(&self) -> impl Iterator<Item = &Arc<GuardedProvider>> {
        self.providers.iter().flat_map(Providers::all)
    }

    /// The provider with that name, for its existing orders and its callbacks.
    pub fn provider(&self, name: &ProviderName) -> Option<&Arc<GuardedProvider>> {
        self.providers.as_ref()?.by_name(name)
    }
}

/// No payment provider.
impl Default for Payments {
    fn default() -> Self {
        Self::with_providers(PaymentSettings::default(), None)
    }
}
