//! [`Payments`]: the settings and providers of a function that moves money in or out, read and validated once.

use crate::hold_settings::parse_holds;
use crate::{GuardedProvider, PaymentNeed, ProviderSettings, Providers};
use evens_ledger::{Amount, ProviderName};
use evens_payments::{Currency, DepositRules, HoldRules, TurnoverFactor, WithdrawalRules};
use evens_players::{AttendanceOffset, ReferralBonusAfter};
use evens_runtime::{Clock, Context, Identity, Settings, StartError, parse_switch, require_set, variable};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Time that a player has to pay.
const PAY_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// 1.00.
const DEPOSIT_MIN_UNITS: i128 = 100_000_000;

/// 100000.00.
const DEPOSIT_MAX_UNITS: i128 = 100_000 * 100_000_000;

/// The rules for money in and out, from the environment.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_CURRENCY` | `INR` | the ISO 4217 code of the currency |
/// | `EVENS_DEPOSITS` | `on` | `off`: no new deposits are opened; open ones continue. Always off without a provider |
/// | `EVENS_DEPOSIT_MIN`, `EVENS_DEPOSIT_MAX` | `1.00`, `100000.00` | the smallest and the largest deposit |
/// | `EVENS_FIRST_DEPOSIT_BONUS` | `0.00` | the bonus for a player's first deposit |
/// | `EVENS_TURNOVER_FACTOR` | `0` | how often a deposit must be staked before a withdrawal, such as `1` or `0.5` |
/// | `EVENS_WITHDRAWALS` | `on` | `off`: no new withdrawals are accepted; accepted ones continue. Always off without a provider |
/// | `EVENS_WITHDRAWAL_MIN` | `1.00` | the smallest withdrawal |
/// | `EVENS_HOLDS` | none | rules by which withdrawals wait for a cashier, such as `from=10000,first` |
/// | `EVENS_KYC_ABOVE` | none | the sum of deposits above which a player must be identified |
/// | `EVENS_CONFIRM_ABOVE` | `0` with a real-money provider, else none | the amount above which a callback is confirmed with the provider before it counts |
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// The currency of all money in and out.
    pub currency: Currency,
    pub deposits: DepositRules,
    pub withdrawals: WithdrawalRules,
}

impl PaymentSettings {
    /// Reads the environment of a function that uses these settings.
    ///
    /// # Errors
    /// Those of [`PaymentSettings::of_function`].
    pub fn from_env(settings: &Settings, needs: &[PaymentNeed]) -> Result<Self, StartError> {
        Self::of_function(settings, needs, variable)
    }

    /// The settings that a function uses. All others keep their defaults and are not read.
    ///
    /// # Errors
    /// 1. The first required variable that is missing ([`require_set`]).
    /// 2. Those of [`PaymentSettings::from_lookup`].
    pub fn of_function(
        settings: &Settings,
        needs: &[PaymentNeed],
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        require_set(settings.stage, needs.iter().map(|need| need.variable()), &lookup)?;
        let is_read = |name: &str| needs.iter().any(|need| need.variable() == name);
        Self::from_lookup(settings, |name| if is_read(name) { lookup(name) } else { None })
    }

    /// The settings of a process that does the work of all functions, with or without a provider.
    ///
    /// # Errors
    /// 1. There is a provider, and a variable of a setting that protects money is missing although its default is no
    ///    protection ([`require_set`]).
    /// 2. Those of [`PaymentSettings::from_lookup`].
    pub fn of_process(
        settings: &Settings,
        has_provider: bool,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let protective = PaymentNeed::PROTECTIVE.into_iter().filter(|_| has_provider);
        require_set(settings.stage, protective.map(PaymentNeed::variable), &lookup)?;
        Self::from_lookup(settings, lookup)
    }

    /// Reads variables through `lookup`. An empty value counts as unset.
    ///
    /// # Errors
    /// The first malformed variable in the order of the table above; then a minimum deposit above the maximum.
    pub fn from_lookup(
        settings: &Settings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let Self { currency, deposits: defaults, withdrawals } = Self::default();
        let currency = lookup("EVENS_CURRENCY").map_or(Ok(currency), |code| parse_currency(&code))?;
        let is_open =
            lookup("EVENS_DEPOSITS").map_or(Ok(true), |text| parse_switch("EVENS_DEPOSITS", &text))?;
        let amount_min = parse_amount(lookup, "EVENS_DEPOSIT_MIN")?.unwrap_or(defaults.amount_min);
        let amount_max = parse_amount(lookup, "EVENS_DEPOSIT_MAX")?.unwrap_or(defaults.amount_max);
        let first_bonus = parse_amount(lookup, "EVENS_FIRST_DEPOSIT_BONUS")?.unwrap_or(defaults.first_bonus);
        let turnover =
            lookup("EVENS_TURNOVER_FACTOR").map_or(Ok(defaults.turnover), |text| parse_factor(&text))?;
        let pays_out =
            lookup("EVENS_WITHDRAWALS").map_or(Ok(true), |text| parse_switch("EVENS_WITHDRAWALS", &text))?;
        let withdrawal_min = parse_amount(lookup, "EVENS_WITHDRAWAL_MIN")?;
        let holds = parse_holds(&lookup("EVENS_HOLDS").unwrap_or_default())?;
        let identity_above = parse_amount(lookup, "EVENS_KYC_ABOVE")?;
        let confirm_above = parse_amount(lookup, "EVENS_CONFIRM_ABOVE")?;
        if amount_min > amount_max {
            let message =
                format!("EVENS_DEPOSIT_MIN, {amount_min}, is greater than EVENS_DEPOSIT_MAX, {amount_max}");
            return Err(StartError::new(message, "set EVENS_DEPOSIT_MIN to at most EVENS_DEPOSIT_MAX"));
        }
        let zone = TimeZone::fixed(settings.attendance_offset.offset());
        let withdrawals = WithdrawalRules {
            is_open: pays_out,
            amount_min: withdrawal_min.unwrap_or(withdrawals.amount_min),
            holds,
            confirm_above,
            zone: zone.clone(),
        };
        let deposits = DepositRules {
            is_open,
            amount_min,
            amount_max,
            zone,
            confirm_above,
            first_bonus,
            is_first_followed: settings.referral_bonus_after == ReferralBonusAfter::FirstDeposit,
            turnover,
            identity_above,
            ..defaults
        };
        Ok(Self { currency, deposits, withdrawals })
    }
}

/// Defaults when no variable is set: no payment provider.
impl Default for PaymentSettings {
    fn default() -> Self {
        let deposits = DepositRules {
            is_open: true,
            amount_min: Amount::from_units(DEPOSIT_MIN_UNITS).unwrap_or_default(),
            amount_max: Amount::from_units(DEPOSIT_MAX_UNITS).unwrap_or_default(),
            pay_within: PAY_WITHIN,
            zone: TimeZone::fixed(AttendanceOffset::INDIA.offset()),
            confirm_above: None,
            first_bonus: Amount::ZERO,
            is_first_followed: false,
            turnover: TurnoverFactor::default(),
            identity_above: None,
        };
        let withdrawals = WithdrawalRules {
            is_open: true,
            amount_min: deposits.amount_min,
            holds: HoldRules::default(),
            confirm_above: None,
            zone: deposits.zone.clone(),
        };
        Self { currency: Currency::INR, deposits, withdrawals }
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
    /// Reads the environment of a function that uses these settings.
    ///
    /// # Errors
    /// 1. A missing or malformed variable ([`PaymentSettings::from_env`]).
    /// 2. A malformed provider description ([`ProviderSettings::from_env`]).
    /// 3. A provider that cannot be called ([`Payments::new`]).
    pub async fn from_env(context: &Context, needs: &[PaymentNeed]) -> Result<Self, StartError> {
        let settings = PaymentSettings::from_env(&context.settings, needs)?;
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

fn parse_currency(code: &str) -> Result<Currency, StartError> {
    Currency::from_code(code).ok_or_else(|| {
        let message = format!("EVENS_CURRENCY cannot be {code:?}");
        StartError::new(message, "set EVENS_CURRENCY to an ISO 4217 code, such as INR")
    })
}

fn parse_factor(text: &str) -> Result<TurnoverFactor, StartError> {
    text.trim().parse().map_err(|_| {
        let message = format!("EVENS_TURNOVER_FACTOR cannot be {text:?}");
        StartError::new(message, "set EVENS_TURNOVER_FACTOR to a number from 0 to 99.99, such as 1 or 0.5")
    })
}

fn parse_amount(lookup: impl Fn(&str) -> Option<String>, name: &str) -> Result<Option<Amount>, StartError> {
    let parse = |text: String| {
        text.trim().parse().map_err(|_| {
            let message = format!("{name} cannot be {text:?}");
            StartError::new(message, format!("set {name} to an amount such as 100.00"))
        })
    };
    lookup(name).map(parse).transpose()
}
