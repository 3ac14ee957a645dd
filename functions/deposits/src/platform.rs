//! The public settings of the platform, which are the same as long as the process runs, and the switches of the stage.

use axum::extract::{Extension, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use evens_contracts::{Data, PlatformBody};
use evens_exchange::Stake;
use evens_http::{Answer, Refusal, Visitor};
use evens_ledger::Amount;
use evens_payments::decimals;
use evens_providers::Payments;
use evens_runtime::Context;
use evens_switches::SwitchName;

/// As long as a process keeps the switches ([`evens_runtime::StageSwitches::AGE_MAX`]).
const SECONDS: HeaderValue = HeaderValue::from_static("public, max-age=5");

pub(crate) async fn read(
    State(context): State<Context>,
    Extension(payments): Extension<Payments>,
    _: Visitor,
) -> Result<([(HeaderName, HeaderValue); 1], Answer<Data<PlatformBody>>), Refusal> {
    let Payments { currency, deposits, withdrawals, .. } = &payments;
    let settings = &context.settings;
    let switches = context.switches.load(&context.store).await?;
    let is_on = |name| switches.stopped_by(name).is_none();
    let has_provider = payments.provider_of_new_orders().is_some();
    let data = PlatformBody {
        stage: settings.stage.as_str(),
        currency: currency.code().to_owned(),
        currency_decimals: decimals(*currency),
        phone_country: settings.players.phone_country.to_string(),
        bets: settings.betting.is_open && is_on(SwitchName::Bets),
        deposits: deposits.is_open && has_provider && is_on(SwitchName::Deposits),
        withdrawals: withdrawals.is_open && has_provider && is_on(SwitchName::Withdrawals),
        paused: switches.off().map(SwitchName::as_str).collect(),
        stake_min: settings.betting.stake_min.into(),
        stake_max: Amount::from_units(Stake::MAX_UNITS).unwrap_or_default().into(),
        refund_after_seconds: settings.betting.refund_after.as_secs(),
        deposit_min: deposits.amount_min.into(),
        deposit_max: deposits.amount_max.into(),
        withdrawal_min: withdrawals.amount_min.into(),
    };
    Ok(([(CACHE_CONTROL, SECONDS)], Answer::ok(Data { data })))
}
