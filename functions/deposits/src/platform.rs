//! The public settings of the platform. They are the same as long as the process runs.

use axum::extract::{Extension, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use evens_contracts::{PlatformAnswer, PlatformBody};
use evens_exchange::Stake;
use evens_http::{Answer, Visitor};
use evens_ledger::Amount;
use evens_payments::decimals;
use evens_providers::Payments;
use evens_runtime::Context;

/// A new version may have other settings, and is out within minutes.
const A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");

pub(crate) async fn read(
    State(context): State<Context>,
    Extension(payments): Extension<Payments>,
    _: Visitor,
) -> ([(HeaderName, HeaderValue); 1], Answer<PlatformAnswer>) {
    let Payments { currency, deposits, withdrawals, .. } = &payments;
    let settings = &context.settings;
    let has_provider = payments.provider_of_new_orders().is_some();
    let data = PlatformBody {
        stage: settings.stage.as_str(),
        currency: currency.code().to_owned(),
        currency_decimals: decimals(*currency),
        phone_country: settings.phone_country.to_string(),
        bets: settings.betting.is_open,
        deposits: deposits.is_open && has_provider,
        withdrawals: withdrawals.is_open && has_provider,
        stake_min: settings.betting.stake_min.into(),
        stake_max: Amount::from_units(Stake::MAX_UNITS).unwrap_or_default().into(),
        deposit_min: deposits.amount_min.into(),
        deposit_max: deposits.amount_max.into(),
        withdrawal_min: withdrawals.amount_min.into(),
    };
    ([(CACHE_CONTROL, A_MINUTE)], Answer::ok(PlatformAnswer { data }))
}
