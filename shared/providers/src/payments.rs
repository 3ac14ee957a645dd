//! [`Payments`]: what a function that works with money in and out is told, read once and checked whole.

use crate::hold_settings::parse_holds;
use crate::{Guarded, PaymentNeed, ProviderSettings, Providers};
use evens_ledger::{Amount, ProviderName};
use evens_payments::{Currency, DepositRules, HoldRules, TurnoverFactor, WithdrawalRules};
use evens_players::{AttendanceOffset, ReferralBonusAfter};
use evens_runtime::{Clock, Context, Identity, Settings, StartError, parse_switch, require_told, variable};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// How long a player has for paying.
const PAY_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// 1.00.
const DEPOSIT_MIN_UNITS: i128 = 100_000_000;

/// 100000.00.
const DEPOSIT_MAX_UNITS: i128 = 100_000 * 100_000_000;

/// What the environment says of the rules of money in and out.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_CURRENCY` | `INR` | the currency of all of it, by its ISO 4217 code |
/// | `EVENS_DEPOSITS` | `on` | `off` to open no new deposits; those that were opened are carried on. Without a provider they are off |
/// | `EVENS_DEPOSIT_MIN`, `EVENS_DEPOSIT_MAX` | `1.00`, `100000.00` | the least and the largest deposit |
/// | `EVENS_FIRST_DEPOSIT_BONUS` | `0.00` | what a player gets for their first deposit |
/// | `EVENS_TURNOVER_FACTOR` | `0` | how often a deposit must be staked before a withdrawal, such as `1` or `0.5` |
/// | `EVENS_WITHDRAWALS` | `on` | `off` to take no new withdrawals; those that were taken are carried on. Without a provider they are off |
/// | `EVENS_WITHDRAWAL_MIN` | `1.00` | the least withdrawal |
/// | `EVENS_HOLDS` | none | which withdrawals cashiers look at before they are paid: rules such as `from=10000,first` |
/// | `EVENS_KYC_ABOVE` | none | above what sum of deposits it must be known who a player is |
/// | `EVENS_CONFIRM_ABOVE` | `0` where real money moves, else none | above what amount a callback is not believed before the provider was asked |
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// The currency of all money in and out.
    pub currency: Currency,
    /// Which deposits are opened.
    pub deposits: DepositRules,
    /// Which withdrawals are taken.
    pub withdrawals: WithdrawalRules,
}

impl PaymentSettings {
    /// Reads the environment of a function that has use for these settings.
    ///
    /// # Errors
    /// As [`PaymentSettings::of_function`].
    pub fn from_env(settings: &Settings, needs: &[PaymentNeed]) -> Result<Self, StartError> {
        Self::of_function(settings, needs, variable)
    }

    /// The settings of a function that has use for these only: it reads no other, and gets the defaults of those.
    ///
    /// # Errors
    /// 1. The first variable that is not there, although the function cannot do without it ([`require_told`]).
    /// 2. As [`PaymentSettings::from_lookup`].
    pub fn of_function(
        settings: &Settings,
        needs: &[PaymentNeed],
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        require_told(settings.stage, needs.iter().map(|need| need.variable()), &lookup)?;
        let is_read = |name: &str| needs.iter().any(|need| need.variable() == name);
        Self::from_lookup(settings, |name| if is_read(name) { lookup(name) } else { None })
    }

    /// The settings of a process that does the work of all functions, with or without a provider.
    ///
    /// # Errors
    /// 1. There is a provider, and a variable is not there that protects money and whose default is that nothing does
    ///    ([`require_told`]).
    /// 2. As [`PaymentSettings::from_lookup`].
    pub fn of_process(
        settings: &Settings,
        has_provider: bool,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let protective = PaymentNeed::PROTECTIVE.into_iter().filter(|_| has_provider);
        require_told(settings.stage, protective.map(PaymentNeed::variable), &lookup)?;
        Self::from_lookup(settings, lookup)
    }

    /// Reads variables from wherever they are. An empty one counts as not set.
    ///
    /// # Errors
    /// The first variable, in the order of the table above, that cannot be used; then a least deposit that is more
    /// than the largest.
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
                format!("EVENS_DEPOSIT_MIN, {amount_min}, is more than EVENS_DEPOSIT_MAX, {amount_max}");
            return Err(StartError::new(message, "set a least deposit that is not more than the largest"));
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

/// What an environment says that says nothing: nobody moves money.
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

/// What a function that works with money in and out is told. Clones share what is known of the providers.
#[derive(Debug, Clone)]
pub struct Payments {
    /// The currency of all money in and out.
    pub currency: Currency,
    /// Which deposits are opened, and what is believed of them.
    pub deposits: DepositRules,
    /// Which withdrawals are taken, and what is believed of them.
    pub withdrawals: WithdrawalRules,
    providers: Option<Providers>,
}

impl Payments {
    /// Reads the environment of a function that has use for these settings.
    ///
    /// # Errors
    /// 1. A variable that is missing or cannot be used ([`PaymentSettings::from_env`]).
    /// 2. What is said of the provider ([`ProviderSettings::from_env`]).
    /// 3. A provider that cannot be called ([`Payments::new`]).
    pub async fn from_env(context: &Context, needs: &[PaymentNeed]) -> Result<Self, StartError> {
        let settings = PaymentSettings::from_env(&context.settings, needs)?;
        let provider = ProviderSettings::from_env(&Identity::from_env(), &context.settings).await?;
        Self::new(settings, provider, &context.clock)
    }

    /// Works with these settings and that provider; none for nobody who moves money. Nothing is called yet. Where real
    /// money moves and nothing else is said, no callback is believed: whoever has stolen its secret makes no money.
    ///
    /// # Errors
    /// There are no certificates to check the provider with.
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
                let hint = "install the certificates of the system, such as the package ca-certificates";
                StartError::new("the payment provider cannot be called", hint).caused_by(fault)
            })
        };
        let providers = provider.map(connect).transpose()?;
        Ok(Self::with_providers(settings, providers))
    }

    /// Works with these providers, wherever they come from; none for nobody who moves money.
    pub fn with_providers(settings: PaymentSettings, providers: Option<Providers>) -> Self {
        let PaymentSettings { currency, deposits, withdrawals } = settings;
        Self { currency, deposits, withdrawals, providers }
    }

    /// Who new orders go to; nobody where there is no provider.
    pub fn provider_of_new_orders(&self) -> Option<&Arc<Guarded>> {
        self.providers.as_ref().map(Providers::default_provider)
    }

    /// All providers, by name.
    pub fn providers(&self) -> impl Iterator<Item = &Arc<Guarded>> {
        self.providers.iter().flat_map(Providers::all)
    }

    /// The provider with that name, for orders that were given to it and for its callbacks.
    pub fn provider(&self, name: &ProviderName) -> Option<&Arc<Guarded>> {
        self.providers.as_ref()?.by_name(name)
    }
}

/// Nobody moves money.
impl Default for Payments {
    fn default() -> Self {
        Self::with_providers(PaymentSettings::default(), None)
    }
}

fn parse_currency(code: &str) -> Result<Currency, StartError> {
    Currency::from_code(code).ok_or_else(|| {
        let message = format!("EVENS_CURRENCY cannot be {code:?}");
        StartError::new(message, "set EVENS_CURRENCY to a code of ISO 4217, such as INR")
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
