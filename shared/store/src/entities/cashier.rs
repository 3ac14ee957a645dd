//! What is known of a player's payments: `CASHIER#{user}` / `CASHIER`. Its revision guards every change of it, so that
//! no two requests pass one limit.

use super::order::{from_or_empty, lines, or_empty};
use crate::StoreError;
use crate::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_payments::{
    Cashier, DepositSum, Exclusion, Limit, PerPeriod, Period, PeriodSum, Totals, WantedLimit,
};

pub(crate) const KIND: &str = "cashier";

/// The attribute of a period's limit, and that of its sum.
const PERIODS: [(Period, &str, &str); 3] = [
    (Period::Day, "limit_day", "deposits_day"),
    (Period::Week, "limit_week", "deposits_week"),
    (Period::Month, "limit_month", "deposits_month"),
];

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("CASHIER#{user}"), sort: "CASHIER".to_owned() }
}

/// The record of a player, from what was read of it: the empty one if they never brought or took money.
pub(crate) fn of(user: UserId, item: Option<&Item>) -> Result<Cashier, StoreError> {
    item.map_or_else(|| Ok(Cashier::empty(user)), decode)
}

pub(crate) fn encode(cashier: &Cashier) -> Item {
    let Totals { actual_deposit_amount, withdrawn } = cashier.totals;
    let day = cashier.withdrawals_of_day;
    let mut item = ItemBuilder::new(KIND, &key(cashier.user))
        .number("user", cashier.user)
        .number("revision", cashier.revision)
        .text("withdrawals_day", format!("{}\n{}", day.starts_on, day.sum))
        .number("open_withdrawals", cashier.open_withdrawals)
        .number("actual_deposit_amount", actual_deposit_amount)
        .number("withdrawn", withdrawn)
        .flag("has_received_first_bonus", cashier.has_received_first_bonus)
        .optional_text("first_deposit", cashier.first_deposit)
        .optional_number("bonus_due", cashier.bonus_due)
        .number("owed", cashier.owed)
        .flag("held", cashier.is_held)
        .optional_text("exclusion", cashier.exclusion.map(encode_exclusion))
        .number("turnover_needed", cashier.turnover_needed);
    for (period, limit, sum) in PERIODS {
        let DepositSum { starts_on, reserved, used } = cashier.deposits.of(period);
        item = item
            .optional_text(limit, encode_limit(*cashier.deposit_limits.of(period)))
            .text(sum, format!("{starts_on}\n{reserved}\n{used}"));
    }
    item.build()
}

pub(crate) fn decode(item: &Item) -> Result<Cashier, StoreError> {
    let fields = Fields::of(item);
    let totals = Totals {
        actual_deposit_amount: fields.get("actual_deposit_amount")?,
        withdrawn: fields.get("withdrawn")?,
    };
    Ok(Cashier {
        user: fields.get("user")?,
        revision: fields.get("revision")?,
        deposit_limits: per_period(|_, limit, _| decode_limit(fields, limit))?,
        deposits: per_period(|_, _, sum| decode_sum(fields, sum))?,
        withdrawals_of_day: decode_day(fields)?,
        open_withdrawals: fields.get("open_withdrawals")?,
        totals,
        has_received_first_bonus: fields.flag("has_received_first_bonus")?,
        first_deposit: fields.optional("first_deposit")?,
        bonus_due: fields.optional("bonus_due")?,
        owed: fields.get("owed")?,
        is_held: fields.flag("held")?,
        exclusion: decode_exclusion(fields)?,
        turnover_needed: fields.get("turnover_needed")?,
    })
}

fn per_period<T>(
    of: impl Fn(Period, &'static str, &'static str) -> Result<T, StoreError>,
) -> Result<PerPeriod<T>, StoreError> {
    let [day, week, month] = PERIODS.map(|(period, limit, sum)| of(period, limit, sum));
    Ok(PerPeriod { day: day?, week: week?, month: month? })
}

fn decode_sum(fields: Fields<'_>, name: &'static str) -> Result<DepositSum, StoreError> {
    let text: String = fields.get(name)?;
    let read = || {
        let [starts_on, reserved, used] = lines(&text)?;
        let (reserved, used) = (reserved.parse().ok()?, used.parse().ok()?);
        Some(DepositSum { starts_on: starts_on.parse().ok()?, reserved, used })
    };
    read().ok_or_else(|| fields.corrupt(name))
}

fn decode_day(fields: Fields<'_>) -> Result<PeriodSum, StoreError> {
    let text: String = fields.get("withdrawals_day")?;
    let read = || {
        let [starts_on, sum] = lines(&text)?;
        Some(PeriodSum { starts_on: starts_on.parse().ok()?, sum: sum.parse().ok()? })
    };
    read().ok_or_else(|| fields.corrupt("withdrawals_day"))
}

/// What counts, what is wanted, and from when on; none where nothing was ever set.
fn encode_limit(limit: Limit) -> Option<String> {
    let Limit { current, wanted } = limit;
    let from = wanted.map(|wanted| wanted.from);
    let wanted_limit = wanted.and_then(|wanted| wanted.limit);
    let is_set = current.is_some() || wanted.is_some();
    is_set.then(|| format!("{}\n{}\n{}", or_empty(current), or_empty(wanted_limit), or_empty(from)))
}

fn decode_limit(fields: Fields<'_>, name: &'static str) -> Result<Limit, StoreError> {
    let Some(text) = fields.optional::<String>(name)? else { return Ok(Limit::default()) };
    let read = || {
        let [current, limit, from] = lines(&text)?;
        let (current, limit) = (from_or_empty(current).ok()?, from_or_empty(limit).ok()?);
        let wanted = match from_or_empty(from).ok()? {
            Some(from) => Some(WantedLimit { limit, from }),
            None if limit.is_none() => None,
            // Nobody could ever confirm it.
            None => return None,
        };
        Some(Limit { current, wanted })
    };
    read().ok_or_else(|| fields.corrupt(name))
}

fn encode_exclusion(exclusion: Exclusion) -> String {
    let Exclusion { since, until, ends_at } = exclusion;
    format!("{since}\n{until}\n{}", or_empty(ends_at))
}

fn decode_exclusion(fields: Fields<'_>) -> Result<Option<Exclusion>, StoreError> {
    let Some(text) = fields.optional::<String>("exclusion")? else { return Ok(None) };
    let read = || {
        let [since, until, ends_at] = lines(&text)?;
        let (since, until) = (since.parse().ok()?, until.parse().ok()?);
        Some(Exclusion { since, until, ends_at: from_or_empty(ends_at).ok()? })
    };
    read().map(Some).ok_or_else(|| fields.corrupt("exclusion"))
}
