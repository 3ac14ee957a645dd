//! [`Payments`]: what a function that works with money in and out is told, read once and checked whole.

use crate::{Guarded, ProviderSettings, Providers, SandboxSettings};
use evens_ledger::{Amount, ProviderName};
use evens_payments::{Currency, DepositRules, TurnoverFactor};
use evens_players::AttendanceOffset;
use evens_runtime::{Clock, Context, Settings, Stage, StartError, variable};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

/// The variables that say where the sandbox is: all of them, or none.
const SANDBOX: [&str; 3] = ["EVENS_SANDBOX_URL", "EVENS_SANDBOX_KEY", "EVENS_SANDBOX_SECRET"];

/// What it is called in orders, in accounts and in the address of its callbacks.
const SANDBOX_NAME: &str = "sandbox";

/// How long a player has for paying.
const PAY_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// 1.00.
const DEPOSIT_MIN_UNITS: i128 = 100_000_000;

/// 100000.00.
const DEPOSIT_MAX_UNITS: i128 = 100_000 * 100_000_000;

/// What the environment says of money in and out.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_CURRENCY` | `INR` | the currency of all of it, by its ISO 4217 code |
/// | `EVENS_DEPOSITS` | `on` | `off` to open no new deposits; those that were opened are carried on. Without a provider they are off |
/// | `EVENS_DEPOSIT_MIN`, `EVENS_DEPOSIT_MAX` | `1.00`, `100000.00` | the least and the largest deposit |
/// | `EVENS_CONFIRM_ABOVE` | none | above what amount a callback is not believed before the provider was asked |
/// | `EVENS_SANDBOX_URL`, `EVENS_SANDBOX_KEY`, `EVENS_SANDBOX_SECRET` | when local, one in the process | where the sandbox provider is, without `/v1`; what it knows us by; what it signs callbacks with, `whsec_` and base64. Not in prod: its money is worth nothing |
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// The currency of all money in and out.
    pub currency: Currency,
    /// Which deposits are opened.
    pub deposits: DepositRules,
    /// Who moves the money.
    pub provider: Option<ProviderSettings>,
}

impl PaymentSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// As [`PaymentSettings::from_lookup`].
    pub fn from_env(settings: &Settings) -> Result<Self, StartError> {
        Self::from_lookup(settings, variable)
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
        let Self { currency, deposits: defaults, .. } = Self::default();
        let currency = lookup("EVENS_CURRENCY").map_or(Ok(currency), |code| parse_currency(&code))?;
        let is_open =
            lookup("EVENS_DEPOSITS").map_or(Ok(true), |text| parse_switch("EVENS_DEPOSITS", &text))?;
        let amount_min = parse_amount(lookup, "EVENS_DEPOSIT_MIN")?.unwrap_or(defaults.amount_min);
        let amount_max = parse_amount(lookup, "EVENS_DEPOSIT_MAX")?.unwrap_or(defaults.amount_max);
        let confirm_above = parse_amount(lookup, "EVENS_CONFIRM_ABOVE")?;
        let provider = parse_sandbox(settings.stage, lookup)?.map(ProviderSettings::Sandbox);
        if amount_min > amount_max {
            let message =
                format!("EVENS_DEPOSIT_MIN, {amount_min}, is more than EVENS_DEPOSIT_MAX, {amount_max}");
            return Err(StartError::new(message, "set a least deposit that is not more than the largest"));
        }
        let zone = TimeZone::fixed(settings.attendance_offset.offset());
        let deposits = DepositRules { is_open, amount_min, amount_max, zone, confirm_above, ..defaults };
        Ok(Self { currency, deposits, provider })
    }

    /// The sandbox provider at that address, which knows us by that key and signs with that secret.
    ///
    /// # Errors
    /// The first of the three that cannot be used. None is repeated: each may be a secret.
    pub fn sandbox(url: &str, key: &str, secret: &str) -> Result<SandboxSettings, StartError> {
        let [url_name, key_name, secret_name] = SANDBOX;
        let name = parse_part("the name of the sandbox", SANDBOX_NAME, SANDBOX_NAME)?;
        let endpoint = parse_part(url_name, url, "an https address, or an http one of this machine")?;
        let key = parse_part(key_name, key, "what the sandbox knows callers by")?;
        let secrets = parse_part(secret_name, secret, "whsec_ and the base64 of 24 to 64 random bytes")?;
        Ok(SandboxSettings { name, endpoint, key, secrets })
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
            turnover: TurnoverFactor::default(),
        };
        Self { currency: Currency::INR, deposits, provider: None }
    }
}

/// What a function that works with money in and out is told. Clones share what is known of the providers.
#[derive(Debug, Clone)]
pub struct Payments {
    /// The currency of all money in and out.
    pub currency: Currency,
    /// Which deposits are opened, and what is believed of them.
    pub deposits: DepositRules,
    providers: Option<Providers>,
}

impl Payments {
    /// Reads the environment of a function.
    ///
    /// # Errors
    /// 1. A variable that cannot be used ([`PaymentSettings::from_env`]).
    /// 2. A provider that cannot be called ([`Payments::new`]).
    pub fn from_env(context: &Context) -> Result<Self, StartError> {
        Self::new(PaymentSettings::from_env(&context.settings)?, &context.clock)
    }

    /// Works with these settings. Nothing is called yet.
    ///
    /// # Errors
    /// There are no certificates to check the provider with.
    pub fn new(settings: PaymentSettings, clock: &Clock) -> Result<Self, StartError> {
        let PaymentSettings { currency, deposits, provider } = settings;
        let connect = |provider| {
            Providers::from_settings(provider, [], clock).map_err(|fault| {
                let hint = "install the certificates of the system, such as the package ca-certificates";
                StartError::new("the payment provider cannot be called", hint).caused_by(fault)
            })
        };
        let providers = provider.map(connect).transpose()?;
        Ok(Self::with_providers(currency, deposits, providers))
    }

    /// Works with these providers, wherever they come from; none for nobody who moves money.
    pub fn with_providers(currency: Currency, deposits: DepositRules, providers: Option<Providers>) -> Self {
        Self { currency, deposits, providers }
    }

    /// Who new orders go to; nobody where there is no provider.
    pub fn provider_of_new_orders(&self) -> Option<&Arc<Guarded>> {
        self.providers.as_ref().map(Providers::default_provider)
    }

    /// The provider with that name, for orders that were given to it and for its callbacks.
    pub fn provider(&self, name: &ProviderName) -> Option<&Arc<Guarded>> {
        self.providers.as_ref()?.by_name(name)
    }
}

/// Nobody moves money.
impl Default for Payments {
    fn default() -> Self {
        let PaymentSettings { currency, deposits, .. } = PaymentSettings::default();
        Self::with_providers(currency, deposits, None)
    }
}

fn parse_currency(code: &str) -> Result<Currency, StartError> {
    Currency::from_code(code).ok_or_else(|| {
        let message = format!("EVENS_CURRENCY cannot be {code:?}");
        StartError::new(message, "set EVENS_CURRENCY to a code of ISO 4217, such as INR")
    })
}

fn parse_switch(name: &str, text: &str) -> Result<bool, StartError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(StartError::new(format!("{name} cannot be {text:?}"), format!("set {name} to on or off"))),
    }
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

fn parse_sandbox(
    stage: Stage,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<SandboxSettings>, StartError> {
    let [url, key, secret] = SANDBOX.map(&lookup);
    let (url, key, secret) = match (url, key, secret) {
        (None, None, None) => return Ok(None),
        (Some(url), Some(key), Some(secret)) => (url, key, secret),
        _ => {
            let message = "some of the variables of the sandbox provider are set, and not all";
            return Err(StartError::new(message, format!("set {}, or none", SANDBOX.join(", "))));
        }
    };
    if stage == Stage::Prod {
        let message = "the sandbox provider is set in prod: whoever opens its pay page is credited";
        return Err(StartError::new(message, format!("remove {}", SANDBOX.join(", "))));
    }
    PaymentSettings::sandbox(&url, &key, &secret).map(Some)
}

fn parse_part<T: FromStr<Err: Display>>(name: &str, text: &str, wanted: &str) -> Result<T, StartError> {
    text.parse().map_err(|fault| {
        StartError::new(format!("{name} cannot be used: {fault}"), format!("set {name} to {wanted}"))
    })
}
