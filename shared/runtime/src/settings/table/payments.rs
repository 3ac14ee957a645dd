//! Settings of deposits and withdrawals.

use super::{Reading, Setting, Use, bets::PLACES, settings};
use evens_ledger::Amount;
use evens_payments::{Currency, HoldRules, TurnoverFactor};

settings! {
    /// Settings of money in and out. The rules of orders are made of them in `evens-providers`.
    MoneySettings in MONEY, as money: {
        /// ISO 4217 code of all money. Stakes, deposits and withdrawals have its decimals.
        pub currency: Currency = value("an ISO 4217 code, such as INR"), "Currency", "EVENS_CURRENCY",
            default("INR"), pattern("^[A-Z]{3}$"),
            // Stakes have its decimals.
            used_by(&[Use::Code("payments.currency"), Use::Code("betting.decimals"), PLACES]);
        /// New deposits are accepted. `off` refuses them (503, `switched-off`); open ones continue. Off without a
        /// provider.
        pub takes_deposits: bool = switch("on or off"), "Deposits", "EVENS_DEPOSITS",
            default("on"), values(&["on", "off"]), used_by(&[OPENS]);
        /// Least deposit.
        pub deposit_min: Amount = value("an amount such as 100.00"), "DepositMin", "EVENS_DEPOSIT_MIN",
            default("1.00"), pattern("^[0-9]{1,9}([.][0-9]{1,2})?$"), used_by(&[OPENS]);
        /// Largest deposit, at least the least one.
        pub deposit_max: Amount = value("an amount such as 100.00"), "DepositMax", "EVENS_DEPOSIT_MAX",
            default("100000.00"), pattern("^[0-9]{1,9}([.][0-9]{1,2})?$"), used_by(&[OPENS]);
        /// Bonus for a player's [first deposit](manual/integrator.md#deposits).
        pub first_deposit_bonus: Amount = value("an amount such as 100.00"),
            "FirstDepositBonus", "EVENS_FIRST_DEPOSIT_BONUS",
            default("0.00"), pattern("^[0-9]{1,6}([.][0-9]{1,2})?$"), used_by(&[CREDITS]);
        /// New withdrawals are accepted. `off` refuses them (503, `switched-off`); existing ones continue. Off without
        /// a provider.
        pub takes_withdrawals: bool = switch("on or off"), "Withdrawals", "EVENS_WITHDRAWALS",
            default("on"), values(&["on", "off"]), used_by(&[REQUESTS, Use::Code("withdrawals.is_open")]);
        /// Least withdrawal.
        pub withdrawal_min: Amount = value("an amount such as 100.00"), "WithdrawalMin", "EVENS_WITHDRAWAL_MIN",
            default("1.00"), pattern("^[0-9]{1,9}([.][0-9]{1,2})?$"),
            used_by(&[REQUESTS, Use::Code("withdrawals.amount_min")]);
        /// The rules that hold withdrawals for a cashier, such as
        /// from=10000,four-eyes-above=50000,new-payee=24h,first; empty for the usual ones. docs/manual.md lists them.
        pub holds: HoldRules = value(
            "rules such as from=10000,new-payee=24h,first, each at most once; docs/manual.md lists them"
            ), "Holds", "EVENS_HOLDS",
            pattern("^[a-z0-9=,.-]*$"), length_max(120), protective(),
            used_by(&[REQUESTS, Use::Code("approve_withdrawal("), Use::Code("hold_unsent(")]);
        /// Total of deposits above which a player must be [verified](manual/cashier.md#player-identity); `0`: before
        /// the first one.
        pub identity_above: Option<Amount> = optional("an amount such as 100.00"), "KycAbove", "EVENS_KYC_ABOVE",
            pattern("^$|^[0-9]{1,9}([.][0-9]{1,2})?$"), protective(),
            used_by(&[OPENS, CREDITS, CLAIMS]);
        /// Stakes required per deposit before a [withdrawal](manual/integrator.md#withdrawals), as in `1` or `0.5`.
        pub turnover: TurnoverFactor = value("a number from 0 to 99.99, such as 1 or 0.5"),
            "TurnoverFactor", "EVENS_TURNOVER_FACTOR",
            default("0"), pattern("^[0-9]{1,2}([.][0-9]{1,2})?$"), used_by(&[CREDITS, CLAIMS]);
        /// Callbacks above this amount are [confirmed with the provider](manual/integrator.md#deposits) first; `0`
        /// confirms every one.
        pub confirm_above: Option<Amount> = optional("an amount such as 100.00"), "ConfirmAbove", "EVENS_CONFIRM_ABOVE",
            pattern("^$|^[0-9]{1,9}([.][0-9]{1,2})?$"), default_is("`0` with real money, else none"),
            used_by(&[CREDITS, Use::Code("settle_payout(")]);
    }
}

const OPENS: Use = Use::Code("open_deposit(");
const CREDITS: Use = Use::Code("settle_deposit(");
const CLAIMS: Use = Use::Code("claim_suspended(");
const REQUESTS: Use = Use::Code("request_withdrawal(");

pub(super) const SECRETS: &[Setting] = &[
    Setting::new(
        "PaymentProviderSecret",
        &[("EVENS_PAYMENT_PROVIDER_SECRET", Reading::NameIf { condition: "HasProvider" })],
    )
    .used_by(&[Use::Code("Payments::from_env(")])
    .pattern("^[A-Za-z0-9_.-]*$")
    .length_max(32)
    .about(
        "The last part of the name of the secret with the payment provider and its keys, \
             evens/{stage}/{this}; empty for no provider, and so no deposits and withdrawals. \
             docs/deploy.md describes its content.",
    ),
    Setting::new(
        "ExclusionRegisterSecret",
        &[("EVENS_EXCLUSION_REGISTER_SECRET", Reading::NameIf { condition: "HasRegister" })],
    )
    .used_by(&[Use::Code("Exclusions::from_env(")])
    .pattern("^[A-Za-z0-9_.-]*$")
    .length_max(32)
    .about(
        "The last part of the name of the secret with the exclusion register that is queried before \
             bets and deposits, evens/{stage}/{this}; empty for none. docs/deploy.md describes its \
             content.",
    ),
    Setting::new("PayeeKeysSecret", &[("EVENS_PAYEE_KEYS_SECRET", Reading::Name)])
        .used_by(&[Use::Dependency("evens-sealing")])
        .default("payee-keys")
        .pattern("^[A-Za-z0-9_.-]+$")
        .length_max(32)
        .about(
            "The last part of the name of the Secrets Manager secret with the keys that encrypt payee \
             accounts, evens/{stage}/{this}. The operator creates it; docs/deploy.md explains how.",
        ),
];
