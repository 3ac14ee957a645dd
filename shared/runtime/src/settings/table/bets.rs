//! Settings of bets between players, and of requests and notifications.

use super::{RATE_LIMITS, Reading, Setting, Use, settings};
use evens_exchange::CommissionRate;
use evens_ledger::Amount;
use jiff::SignedDuration;
use std::num::NonZeroUsize;

pub(super) const REQUESTS: &[Setting] = &[Setting::new("RateLimits", &[(RATE_LIMITS, Reading::Value)])
    .used_by(&[Use::Budgets])
    .length_max(200)
    .default_is("the table")
    .about(
        "Limits of requests that differ from [the table](manual/integrator.md#budgets), as in \
             `bets=600/1m,login=20/15m`. `off` disables all, except in `prod`.",
    )];

pub(super) const NOTIFICATIONS: &[Setting] = &[Setting::new(
    "WebhookSecret",
    &[
        ("EVENS_WEBHOOK_URL", Reading::FieldIf { condition: "HasWebhook", field: "url" }),
        ("EVENS_WEBHOOK_SECRET", Reading::FieldIf { condition: "HasWebhook", field: "secret" }),
    ],
)
.used_by(&[Use::Code("Notifications::from_env(")])
.pattern("^[A-Za-z0-9_.-]*$")
.length_max(64)
.about(
    "The last part of the name of the secret with the webhook for events, evens/{stage}/{this}; \
             empty to log events only. docs/deploy.md describes its content.",
)];

settings! {
    /// Settings of bets between players. Those that limit a bet are read in [`crate::Settings::betting`] only.
    BetSettings in BETS, as bets: {
        /// New bets on rounds and house games are accepted. `off` refuses them (503, `switched-off`); existing bets
        /// continue.
        pub(in crate::settings) is_open: bool = switch("on or off"), "Bets", "EVENS_BETS",
            default("on"), values(&["on", "off"]),
            used_by(&[Use::Code("settings.betting.is_open"), PLACES]);
        /// Least stake, and least amount that is matched; a round may ask for more. A smaller rest is refunded at once.
        pub(in crate::settings) stake_min: Amount = value("an amount such as 1.00"), "StakeMin", "EVENS_STAKE_MIN",
            default("1.00"), pattern("^[0-9]{1,9}([.][0-9]{1,8})?$"),
            used_by(&[Use::Code("settings.betting.stake_min"), PLACES]);
        /// Commission on the net winnings of bets between players, 0 to 0.1 with at most four decimals. It applies to
        /// rounds that open from now on; a round may have its own ([decision
        /// 124](decisions/124-commission-on-net-winnings.md)).
        pub commission: CommissionRate = value("a rate from 0 to 0.1, such as 0.025"), "Commission", "EVENS_COMMISSION",
            default("0"), pattern("^0([.](0[0-9]{0,3}|10{0,3}))?$");
        /// Unmatched bets per player and round; one more gets 409. Bets whose refund is 15 minutes late do not count. A
        /// raised `EVENS_STAKE_MIN` lets more old ones wait.
        pub(in crate::settings) waiting_max: NonZeroUsize = value("a whole number from 1"),
            "WaitingBetsMax", "EVENS_WAITING_BETS_MAX",
            default("50"), pattern("^[1-9][0-9]{0,4}$"), used_by(&[PLACES]);
        /// Age in seconds at which the unmatched part of a bet is refunded.
        pub(in crate::settings) refund_after: SignedDuration = seconds("a number of seconds above zero, such as 300"),
            "RefundAfterSeconds", "EVENS_REFUND_AFTER_SECONDS",
            default("300"), pattern("^[1-9][0-9]{0,5}$"),
            used_by(&[Use::Code("settings.betting.refund_after"), PLACES]);
    }
}

/// The placing of a bet, which takes every limit.
pub(super) const PLACES: Use = Use::Code("store.place_bet(");
