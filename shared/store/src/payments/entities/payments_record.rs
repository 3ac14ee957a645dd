//! The payments record of a player: `CASHIER#{user}` / `CASHIER`. Its revision guards every change, so that two
//! requests cannot pass one limit together. While a bonus is due, it is in the `unfinished` index under
//! `FIRST-BONUS#{shard}`.

use super::agreements::{self, with_adjustments, with_agreements};
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use crate::table::texts::{from_or_empty, lines, or_empty};
use evens_ledger::{Amount, UserId};
use evens_own_limits::{Exclusion, Limit, PerPeriod, Period, PeriodSum, RealityCheck, WantedLimit};
use evens_payments::{
    DepositSum, DueBonus, IdentityStatus, PaymentsRecord, RecentWithdrawal, RecentWithdrawals,
    SettingsChanges, SettingsHead, Totals,
};
use evens_records::Record;
use strum::VariantArray;

pub(crate) const KIND: &str = "cashier";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "payments record | `CASHIER#42` / `CASHIER` | a player's payments and own limits: sums by period, \
          `owed`, `held`, `kyc`, `agreements` *decisions that need another cashier*, `requested` *withdrawals \
          of 24 hours*, `number` and `head` *of the newest change of settings*, `changes` *start and number of \
          those within 24 hours*; with `bonus_due` also `unfinished_pk` `FIRST-BONUS#04`",
    books: Books::Read(&[
        &[
            "user",
            "revision",
            "withdrawals_day",
            RECENT_WITHDRAWALS,
            "open_deposits",
            "open_withdrawals",
            "being_withdrawn",
            "actual_deposit_amount",
            "withdrawn",
            "has_received_first_bonus",
            "first_deposit",
            "bonus_due",
            "owed",
            "held",
            "exclusion",
            "turnover_needed",
            "turnover_since",
            "kyc",
            REALITY_CHECK,
            SETTINGS_NUMBER,
            SETTINGS_HASH,
            SETTINGS_CHANGES,
            agreements::AGREEMENTS,
            agreements::ADJUSTMENTS,
        ],
        &[SUMS.day, SUMS.week, SUMS.month],
        &[DEPOSIT_LIMITS.day, DEPOSIT_LIMITS.week, DEPOSIT_LIMITS.month],
        &[STAKE_LIMITS.day, STAKE_LIMITS.week, STAKE_LIMITS.month],
        &[LOSS_LIMITS.day, LOSS_LIMITS.week, LOSS_LIMITS.month],
    ]),
    hidden: &[],
    records,
};

pub(crate) const PARTITION_PREFIX: &str = "CASHIER#";

/// The attributes of the sums of deposits.
const SUMS: PerPeriod<&str> =
    PerPeriod { day: "deposits_day", week: "deposits_week", month: "deposits_month" };

/// The attributes of the limits of deposits, stakes and losses.
const DEPOSIT_LIMITS: PerPeriod<&str> =
    PerPeriod { day: "limit_day", week: "limit_week", month: "limit_month" };
const STAKE_LIMITS: PerPeriod<&str> =
    PerPeriod { day: "stakes_day", week: "stakes_week", month: "stakes_month" };
const LOSS_LIMITS: PerPeriod<&str> =
    PerPeriod { day: "losses_day", week: "losses_week", month: "losses_month" };

const REALITY_CHECK: &str = "reality_check";

/// The newest entry of the history of the player's settings. Both are absent if there is none.
const SETTINGS_NUMBER: &str = "number";
const SETTINGS_HASH: &str = "head";
/// The time of the first counted change of the settings, and their number. Absent if none were counted.
const SETTINGS_CHANGES: &str = "changes";

/// The withdrawals that were requested recently. Absent if there are none.
const RECENT_WITHDRAWALS: &str = "requested";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{user}"), sort: "CASHIER".to_owned() }
}

/// Partition of the `unfinished` index for a shard of due bonuses.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("FIRST-BONUS#{shard}")
}

/// Decodes the record of a player. A player who never deposited or withdrew has the empty record.
pub(crate) fn of(user: UserId, item: Option<&Item>) -> Result<PaymentsRecord, StoreError> {
    item.map_or_else(|| Ok(PaymentsRecord::empty(user)), decode)
}

pub(crate) fn encode(record: &PaymentsRecord, layout: Layout) -> Item {
    let Totals { actual_deposit_amount, withdrawn } = record.totals;
    let day = record.withdrawals_of_day;
    let mut item = ItemBuilder::new(&ENTITY, &key(record.user))
        .number("user", record.user)
        .number("revision", record.revision)
        .text("withdrawals_day", format!("{}\n{}", day.starts_on, day.sum))
        .optional_text(RECENT_WITHDRAWALS, encode_recent(record.recent_withdrawals.as_slice()))
        .number("open_deposits", record.open_deposits)
        .number("open_withdrawals", record.open_withdrawals)
        .number("being_withdrawn", record.being_withdrawn)
        .number("actual_deposit_amount", actual_deposit_amount)
        .number("withdrawn", withdrawn)
        .flag("has_received_first_bonus", record.has_received_first_bonus)
        .optional_text("first_deposit", record.first_deposit)
        .optional_text("bonus_due", record.bonus_due.map(|due| format!("{}\n{}", due.amount, due.since)))
        .number("owed", record.owed)
        .flag("held", record.is_held)
        .optional_text("exclusion", record.exclusion.map(encode_exclusion))
        .number("turnover_needed", record.turnover_needed)
        .optional_number("turnover_since", Some(record.turnover_since).filter(|number| *number > 0))
        .optional_text("kyc", Some(record.identity).filter(|status| *status != IdentityStatus::NotAsked));
    item = item.optional_text(REALITY_CHECK, record.reality_check.map(encode_reality_check));
    let limits = [
        (DEPOSIT_LIMITS, &record.deposit_limits),
        (STAKE_LIMITS, &record.stake_limits),
        (LOSS_LIMITS, &record.loss_limits),
    ];
    for period in Period::VARIANTS {
        let DepositSum { starts_on, reserved, used } = record.deposits.of(*period);
        item = item.text(SUMS.of(*period), format!("{starts_on}\n{reserved}\n{used}"));
        for (names, limits) in &limits {
            item = item.optional_text(names.of(*period), encode_limit(*limits.of(*period)));
        }
    }
    let SettingsHead { number, hash } = record.settings;
    item = item.optional_number(SETTINGS_NUMBER, Some(number).filter(|number| *number > 0));
    item = item.optional_text(SETTINGS_HASH, (number > 0).then_some(hash));
    let SettingsChanges { since, count } = record.settings_changes;
    item = item.optional_text(SETTINGS_CHANGES, (count > 0).then(|| format!("{since}\n{count}")));
    item = with_adjustments(with_agreements(item, &record.agreements), &record.adjustments);
    match record.bonus_due {
        Some(due) => item.unfinished(index_partition(layout.shard_of(record.user)), due.since).build(),
        None => item.build(),
    }
}

pub(crate) fn decode(item: &Item) -> Result<PaymentsRecord, StoreError> {
    let fields = Fields::of(item);
    let (withdrawals_of_day, open_withdrawals): (_, u32) =
        (decode_day(fields)?, fields.get("open_withdrawals")?);
    // An item from before this sum was stored: the day's sum is the closest to it.
    let guessed = if open_withdrawals > 0 { withdrawals_of_day.sum } else { Amount::ZERO };
    let totals = Totals {
        actual_deposit_amount: fields.get("actual_deposit_amount")?,
        withdrawn: fields.get("withdrawn")?,
    };
    Ok(PaymentsRecord {
        user: fields.get("user")?,
        revision: fields.get("revision")?,
        settings: decode_settings(fields)?,
        settings_changes: decode_changes(fields)?,
        deposit_limits: per_period(DEPOSIT_LIMITS, |limit| decode_limit(fields, limit))?,
        stake_limits: per_period(STAKE_LIMITS, |limit| decode_limit(fields, limit))?,
        loss_limits: per_period(LOSS_LIMITS, |limit| decode_limit(fields, limit))?,
        reality_check: decode_reality_check(fields)?,
        deposits: per_period(SUMS, |sum| decode_sum(fields, sum))?,
        // An item from before they were counted has none.
        open_deposits: fields.optional("open_deposits")?.unwrap_or_default(),
        withdrawals_of_day,
        recent_withdrawals: decode_recent(fields)?,
        open_withdrawals,
        being_withdrawn: fields.optional("being_withdrawn")?.unwrap_or(guessed),
        totals,
        has_received_first_bonus: fields.flag("has_received_first_bonus")?,
        first_deposit: fields.optional("first_deposit")?,
        bonus_due: decode_bonus(fields)?,
        owed: fields.get("owed")?,
        is_held: fields.flag("held")?,
        exclusion: decode_exclusion(fields)?,
        turnover_needed: fields.get("turnover_needed")?,
        turnover_since: fields.optional("turnover_since")?.unwrap_or_default(),
        identity: fields.optional("kyc")?.unwrap_or_default(),
        agreements: agreements::decode(fields)?,
        adjustments: agreements::decode_adjustments(fields)?,
    })
}

fn decode_settings(fields: Fields<'_>) -> Result<SettingsHead, StoreError> {
    match (fields.optional(SETTINGS_NUMBER)?, fields.optional(SETTINGS_HASH)?) {
        (None, None) => Ok(SettingsHead::default()),
        (Some(number), Some(hash)) => Ok(SettingsHead { number, hash }),
        (None, Some(_)) => Err(fields.corrupt(SETTINGS_NUMBER)),
        (Some(_), None) => Err(fields.corrupt(SETTINGS_HASH)),
    }
}

fn decode_changes(fields: Fields<'_>) -> Result<SettingsChanges, StoreError> {
    let Some(text) = fields.optional::<String>(SETTINGS_CHANGES)? else {
        return Ok(SettingsChanges::default());
    };
    let read = || {
        let [since, count] = lines::<2>(&text)?;
        Some(SettingsChanges { since: since.parse().ok()?, count: count.parse().ok()? })
    };
    read().ok_or_else(|| fields.corrupt(SETTINGS_CHANGES))
}

fn decode_bonus(fields: Fields<'_>) -> Result<Option<DueBonus>, StoreError> {
    let Some(text) = fields.optional::<String>("bonus_due")? else { return Ok(None) };
    let decode = || {
        let [amount, since] = lines::<2>(&text)?;
        Some(DueBonus { amount: amount.parse().ok()?, since: since.parse().ok()? })
    };
    decode().map(Some).ok_or_else(|| fields.corrupt("bonus_due"))
}

fn per_period<T>(
    names: PerPeriod<&'static str>,
    of: impl Fn(&'static str) -> Result<T, StoreError>,
) -> Result<PerPeriod<T>, StoreError> {
    let PerPeriod { day, week, month } = names;
    Ok(PerPeriod { day: of(day)?, week: of(week)?, month: of(month)? })
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

/// A line for each withdrawal: time and amount.
fn encode_recent(withdrawals: &[RecentWithdrawal]) -> Option<String> {
    let lines = withdrawals.iter().map(|RecentWithdrawal { at, amount }| format!("{at} {amount}"));
    (!withdrawals.is_empty()).then(|| lines.collect::<Vec<_>>().join("\n"))
}

/// An item from before they were stored has none.
fn decode_recent(fields: Fields<'_>) -> Result<RecentWithdrawals, StoreError> {
    let Some(text) = fields.optional::<String>(RECENT_WITHDRAWALS)? else {
        return Ok(RecentWithdrawals::default());
    };
    let read = |line: &str| {
        let (at, amount) = line.split_once(' ')?;
        Some(RecentWithdrawal { at: at.parse().ok()?, amount: amount.parse().ok()? })
    };
    let withdrawals = text.split('\n').map(read).collect::<Option<_>>();
    withdrawals.map(RecentWithdrawals::from_stored).ok_or_else(|| fields.corrupt(RECENT_WITHDRAWALS))
}

/// Three lines: the current limit, the requested limit, and the time from which it applies. `None` if no limit was ever
/// set.
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
            // A requested limit without a time could never be confirmed.
            None => return None,
        };
        Some(Limit { current, wanted })
    };
    read().ok_or_else(|| fields.corrupt(name))
}

fn encode_reality_check(check: RealityCheck) -> String {
    let RealityCheck { every, seen_at } = check;
    format!("{every}\n{seen_at}")
}

fn decode_reality_check(fields: Fields<'_>) -> Result<Option<RealityCheck>, StoreError> {
    let Some(text) = fields.optional::<String>(REALITY_CHECK)? else { return Ok(None) };
    let read = || {
        let [every, seen_at] = lines(&text)?;
        Some(RealityCheck { every: every.parse().ok()?, seen_at: seen_at.parse().ok()? })
    };
    read().map(Some).ok_or_else(|| fields.corrupt(REALITY_CHECK))
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

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let record = decode(item)?;
    let partition = index_partition(layout.shard_of(record.user));
    let listed = record.bonus_due.map_or(IndexPlace::Never, |due| IndexPlace::Always(partition, due.since));
    Ok(ScannedRecords::at(key(record.user), Record::Cashier(Box::new(record))).with_listing(listed))
}
