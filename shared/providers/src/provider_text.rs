//! [`ProviderSettings`], parsed from one JSON text: the description of the payment provider.

use crate::{ProviderSettings, RazorpaySettings, SandboxSettings};
use evens_ledger::ProviderName;
use evens_runtime::{Identity, Settings, Stage, StartError, read_said_or_secret, variable};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// The variable with the description.
const PROVIDER: &str = "EVENS_PAYMENT_PROVIDER";

/// The variable with the name of a secret in Secrets Manager that contains the description. It takes precedence.
const PROVIDER_SECRET: &str = "EVENS_PAYMENT_PROVIDER_SECRET";

const HINT: &str = "set EVENS_PAYMENT_PROVIDER_SECRET to the name of a secret with the JSON of a provider, \
                    or EVENS_PAYMENT_PROVIDER to that JSON; docs/manual.md describes it";

const RAZORPAY_URL: &str = "https://api.razorpay.com/v1";

impl ProviderSettings {
    /// Reads the secret that `EVENS_PAYMENT_PROVIDER_SECRET` names, with the credentials of `identity`, or else
    /// `EVENS_PAYMENT_PROVIDER`. Returns `None` if neither is set.
    ///
    /// # Errors
    /// Those of [`ProviderSettings::from_lookup`].
    pub async fn from_env(identity: &Identity, settings: &Settings) -> Result<Option<Self>, StartError> {
        Self::from_lookup(identity, settings, variable).await
    }

    /// Reads variables through `lookup`. An empty value counts as unset.
    ///
    /// # Errors
    /// 1. Secrets Manager does not return the secret.
    /// 2. The text is malformed ([`ProviderSettings::from_text`]).
    pub async fn from_lookup(
        identity: &Identity,
        settings: &Settings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, StartError> {
        let text = read_said_or_secret(identity, [PROVIDER_SECRET, PROVIDER], HINT, lookup).await?;
        text.map(|text| Self::from_text(&text, settings.stage)).transpose()
    }

    /// Parses a JSON object of strings. `provider` selects the provider, and the rest are its settings:
    ///
    /// | `provider` | settings |
    /// |---|---|
    /// | `sandbox` | `url`, its address without `/v1`; `key`, our API key; `secret`, the callback signing secret, `whsec_` and base64. Not allowed in prod, because its money is worthless |
    /// | `razorpay` | `keyId` and `keySecret`; `secret`, the callback signing secrets, separated by commas; `account`, the account number that payouts are paid from; `shop`, the name that players see; `returnTo`, the page that players return to. Optional: `url`; `licence`, the legal basis of deposits, without which prod accepts none |
    ///
    /// # Errors
    /// The first that applies. The text is never repeated, because it may contain secrets.
    ///
    /// 1. It is not a JSON object of strings.
    /// 2. The provider is unknown, or it is the sandbox in prod.
    /// 3. A setting is missing or malformed, in the order of the table.
    /// 4. It has an unknown setting.
    pub fn from_text(text: &str, stage: Stage) -> Result<Self, StartError> {
        let mut parts = Parts::of(text)?;
        let name = parts.take("provider")?;
        let settings = match name.as_str() {
            "sandbox" => Self::Sandbox(sandbox(&mut parts, stage)?),
            "razorpay" => Self::Razorpay(razorpay(&mut parts, stage)?),
            _ => return Err(unusable_provider("its \"provider\" is unknown", "use sandbox or razorpay")),
        };
        parts.end()?;
        Ok(settings)
    }
}

fn sandbox(parts: &mut Parts, stage: Stage) -> Result<SandboxSettings, StartError> {
    if stage == Stage::Prod {
        return Err(unusable_provider(
            "it is the sandbox, which is not allowed in prod: its pay page credits deposits without real money",
            "remove it",
        ));
    }
    Ok(SandboxSettings {
        name: provider_name("sandbox")?,
        endpoint: parts.parse("url", "an https URL, or an http URL of this machine")?,
        key: parts.parse("key", "the API key that the sandbox expects")?,
        secrets: parts.parse("secret", "whsec_ followed by 24 to 64 random bytes in base64")?,
    })
}

fn razorpay(parts: &mut Parts, stage: Stage) -> Result<RazorpaySettings, StartError> {
    let settings = RazorpaySettings {
        name: provider_name("razorpay")?,
        key_id: parts.parse("keyId", "the id of the API key, such as rzp_live_ILgsfZCZoFIKMb")?,
        key_secret: parts.parse("keySecret", "the secret of the API key")?,
        secrets: parts.parse("secret", "the signing secret of callbacks")?,
        source: parts.parse("account", "the number of the account that pays payouts")?,
        shop: parts.take("shop")?,
        return_to: parts.parse("returnTo", "the https URL of the page that players return to")?,
        endpoint: parse(
            "url",
            &parts.take_if_any("url").unwrap_or_else(|| RAZORPAY_URL.to_owned()),
            "an https address",
        )?,
        takes_deposits: true,
    };
    let takes_deposits = parts.take_if_any("licence").is_some() || stage != Stage::Prod;
    Ok(RazorpaySettings { takes_deposits, ..settings })
}

/// The settings that have not been parsed yet.
struct Parts(BTreeMap<String, String>);

impl Parts {
    fn of(text: &str) -> Result<Self, StartError> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|_| unusable_provider("it is not a JSON object of strings", HINT))
    }

    fn take_if_any(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|text| !text.is_empty())
    }

    fn take(&mut self, name: &str) -> Result<String, StartError> {
        self.take_if_any(name).ok_or_else(|| unusable_provider(&format!("it has no {name:?}"), HINT))
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, name: &str, wanted: &str) -> Result<T, StartError> {
        parse(name, &self.take(name)?, wanted)
    }

    fn end(self) -> Result<(), StartError> {
        match self.0.into_keys().next() {
            Some(name) => Err(unusable_provider(
                &format!("it contains {name:?}, which is not a setting of this provider"),
                HINT,
            )),
            None => Ok(()),
        }
    }
}

fn provider_name(name: &str) -> Result<ProviderName, StartError> {
    parse("provider", name, name)
}

fn parse<T: FromStr<Err: Display>>(name: &str, text: &str, wanted: &str) -> Result<T, StartError> {
    let failed = |fault| {
        unusable_provider(&format!("its {name:?} is invalid: {fault}"), &format!("set it to {wanted}"))
    };
    text.parse().map_err(failed)
}

fn unusable_provider(why: &str, hint: &str) -> StartError {
    StartError::new(format!("the payment provider cannot be used: {why}"), hint.to_owned())
}
