//! [`DailyContributions`]: the contributions through the API per day, counted in each meter. Each meter allows an equal
//! share of the daily maximum, so that contributors do not wait for each other.

use crate::{ByGroup, Contribution, JackpotGroup, MeterCount};
use evens_ledger::Amount;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The contributions through the API to a meter on its last day with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyContributions {
    /// In UTC.
    pub day: Date,
    /// By group, for pool and reserve together.
    pub amounts: ByGroup<Amount>,
}

/// The meter for a contribution, and the day for which the meter counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterDay {
    pub meter: u8,
    pub day: Date,
    /// The previous day, whose count this contribution ends. `None` if the meter already counts `day`, or counts no day
    /// yet.
    pub ended: Option<Date>,
}

/// The daily maximum of a group does not allow this contribution through the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {group} jackpot received contributions of {brought} today, and at most {left} more is accepted \
         until {until}"
)]
pub struct DayIsFull {
    pub group: JackpotGroup,
    /// The contributions to the group on this day.
    pub brought: Amount,
    /// The largest contribution that still fits.
    pub left: Amount,
    /// The start of the next day.
    pub until: Timestamp,
}

/// The group refuses contributions through the API that were decided before `until`, because its limit is changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {group} jackpot takes no contributions until {until}")]
pub struct IsClosed {
    pub group: JackpotGroup,
    pub until: Timestamp,
}

impl IsClosed {
    /// Finds a group of the contribution that is closed to it. `until` is the time stored in the meters.
    pub fn to(contribution: &Contribution, until: &ByGroup<Option<Timestamp>>) -> Option<Self> {
        let closed = |group| until.get(group).map(|until| Self { group, until });
        contribution.groups().filter_map(closed).find(|closed| contribution.at < closed.until)
    }
}

/// The day in UTC.
pub fn day_of(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// The share of one of so many meters in the daily maximum.
pub fn meter_share(day_max: Amount, meters: MeterCount) -> Amount {
    Amount::from_units(day_max.units() / i128::from(meters.get())).unwrap_or_default()
}

impl MeterDay {
    /// The meter of the contribution's id, without a look at the meters.
    pub fn first(contribution: &Contribution, meters: MeterCount) -> Self {
        Self { meter: contribution.operation.meter(meters), day: day_of(contribution.at), ended: None }
    }

    /// The first meter with room for the contribution, starting with the meter of its id. `brought` is the count of
    /// each meter, in their order.
    ///
    /// # Errors
    /// [`DayIsFull`] if no meter has room, with the first group that fits in none.
    pub fn with_room(
        contribution: &Contribution,
        brought: &[Option<DailyContributions>],
        day_max: Option<Amount>,
        meters: MeterCount,
    ) -> Result<Self, DayIsFull> {
        let meter_max = day_max.map(|max| meter_share(max, meters));
        let today = day_of(contribution.at);
        let of = |meter: u8| current_count(brought, meter, today);
        let has_room = |meter: u8| {
            let (kept, day) = of(meter);
            let fits = |(group, share): (JackpotGroup, &crate::Share)| {
                let amount = share.total();
                amount.is_zero() || amount <= room(kept, day, group, meter_max)
            };
            contribution.shares.iter().all(fits)
        };
        let first = contribution.operation.meter(meters);
        let mut in_turn = meters.numbers().map(|step| (first + step) % meters.get());
        let found = in_turn.find(|meter| day_max.is_none() || has_room(*meter));
        let Some(meter) = found else { return Err(full(contribution, brought, meter_max, meters)) };
        let (kept, day) = of(meter);
        let ended = kept.map(|kept| kept.day).filter(|kept| *kept != day);
        Ok(Self { meter, day, ended })
    }
}

/// The count of a meter, and the day for which it counts. A host whose clock is behind counts for the meter's day.
fn current_count(
    brought: &[Option<DailyContributions>],
    meter: u8,
    today: Date,
) -> (Option<DailyContributions>, Date) {
    let kept = brought.get(usize::from(meter)).copied().flatten();
    (kept, kept.map_or(today, |kept| kept.day.max(today)))
}

/// The amount that a meter still allows for a group.
fn room(
    kept: Option<DailyContributions>,
    day: Date,
    group: JackpotGroup,
    meter_max: Option<Amount>,
) -> Amount {
    let of_day = kept.filter(|kept| kept.day == day);
    let brought = of_day.map(|kept| *kept.amounts.get(group)).unwrap_or_default();
    meter_max.unwrap_or_default().saturating_sub(brought)
}

fn full(
    contribution: &Contribution,
    brought: &[Option<DailyContributions>],
    meter_max: Option<Amount>,
    meters: MeterCount,
) -> DayIsFull {
    let today = day_of(contribution.at);
    let meters = meters.numbers().map(|meter| current_count(brought, meter, today));
    let left = |group| {
        let rooms = meters.clone().map(|(kept, day)| room(kept, day, group, meter_max));
        rooms.max().unwrap_or_default()
    };
    let fits_nowhere = |group: &JackpotGroup| contribution.shares.get(*group).total() > left(*group);
    let asked = contribution.groups().next().unwrap_or(JackpotGroup::Minor);
    let group = contribution.groups().find(fits_nowhere).unwrap_or(asked);
    let of_today = meters.clone().filter_map(|(kept, _)| kept).filter(|kept| kept.day >= today);
    let sum = of_today.fold(Amount::ZERO, |sum, kept| sum.saturating_add(*kept.amounts.get(group)));
    DayIsFull { group, brought: sum, left: left(group), until: next_day(contribution.at) }
}

/// The end of the day (UTC).
fn next_day(at: Timestamp) -> Timestamp {
    let day = SignedDuration::from_hours(24).as_secs();
    let seconds = day - at.as_second().rem_euclid(day);
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(at)
}
