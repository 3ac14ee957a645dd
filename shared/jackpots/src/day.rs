//! [`Brought`]: what contributions by route have brought in a day. A meter keeps it, and each may bring a part of what
//! all may, so that nobody who contributes waits for anybody else.

use crate::{ByGroup, Contribution, JackpotGroup, METERS};
use evens_ledger::Amount;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What contributions by route have brought to a meter in the day of the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    /// Which day, by UTC.
    pub day: Date,
    /// How much, by group; for pool and reserve together.
    pub amounts: ByGroup<Amount>,
}

/// The meter that a contribution is added to, and what that one keeps of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterPlace {
    /// Which meter.
    pub meter: u8,
    /// For which day it is counted.
    pub day: Date,
    /// The day before, whose count ends with this one; none where the meter counts this one already, or none yet.
    pub ended: Option<Date>,
}

/// A day takes no more contributions to a group by route, or none of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("contributions have brought {brought} to {group} today, and {left} fits at once until {until}")]
pub struct DayIsFull {
    /// Which group.
    pub group: JackpotGroup,
    /// What it was brought.
    pub brought: Amount,
    /// What one contribution may bring it still.
    pub left: Amount,
    /// When the next day begins.
    pub until: Timestamp,
}

/// A group takes no contribution by route that was decided before some moment, as a limit comes, or has just gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the jackpot {group} takes no contributions until {until}")]
pub struct IsClosed {
    /// Which group.
    pub group: JackpotGroup,
    /// Until when.
    pub until: Timestamp,
}

impl IsClosed {
    /// Whether a contribution is too early for a group that it adds to. `until` is what the meters know.
    pub fn to(contribution: &Contribution, until: &ByGroup<Option<Timestamp>>) -> Option<Self> {
        let closed = |group| until.get(group).map(|until| Self { group, until });
        contribution.groups().filter_map(closed).find(|closed| contribution.at < closed.until)
    }
}

/// The day of a moment, by UTC.
pub fn day_of(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// What a meter may be brought in a day, of what all of them may.
pub fn meter_share(day_max: Amount) -> Amount {
    Amount::from_units(day_max.units() / i128::from(METERS)).unwrap_or_default()
}

impl MeterPlace {
    /// That of the meter of a contribution's id, as if it counted this day or none.
    pub fn first(contribution: &Contribution) -> Self {
        Self { meter: contribution.operation.meter(), day: day_of(contribution.at), ended: None }
    }

    /// The first meter with room for a contribution, from that of its id on. `brought` is what each meter keeps, in
    /// their order.
    ///
    /// # Errors
    /// [`DayIsFull`] where none has, of the first group that fits nowhere.
    pub fn with_room(
        contribution: &Contribution,
        brought: &[Option<Brought>],
        day_max: Option<Amount>,
    ) -> Result<Self, DayIsFull> {
        let today = day_of(contribution.at);
        let of = |meter: u8| counted(brought, meter, today);
        let has_room = |meter: u8| {
            let (kept, day) = of(meter);
            let fits = |(group, share): (JackpotGroup, &crate::Share)| {
                let amount = share.total();
                amount.is_zero() || amount <= room(kept, day, group, day_max)
            };
            contribution.shares.iter().all(fits)
        };
        let first = contribution.operation.meter();
        let mut meters = (0..METERS).map(|step| (first + step) % METERS);
        let found = meters.find(|meter| day_max.is_none() || has_room(*meter));
        let Some(meter) = found else { return Err(full(contribution, brought, day_max)) };
        let (kept, day) = of(meter);
        let ended = kept.map(|kept| kept.day).filter(|kept| *kept != day);
        Ok(Self { meter, day, ended })
    }
}

/// What a meter keeps, and for which day it counts: whose clock is behind counts for the day that others count.
fn counted(brought: &[Option<Brought>], meter: u8, today: Date) -> (Option<Brought>, Date) {
    let kept = brought.get(usize::from(meter)).copied().flatten();
    (kept, kept.map_or(today, |kept| kept.day.max(today)))
}

/// What of a group a meter may be brought still.
fn room(kept: Option<Brought>, day: Date, group: JackpotGroup, day_max: Option<Amount>) -> Amount {
    let of_day = kept.filter(|kept| kept.day == day);
    let brought = of_day.map(|kept| *kept.amounts.get(group)).unwrap_or_default();
    day_max.map(meter_share).unwrap_or_default().saturating_sub(brought)
}

fn full(contribution: &Contribution, brought: &[Option<Brought>], day_max: Option<Amount>) -> DayIsFull {
    let today = day_of(contribution.at);
    let meters = (0..METERS).map(|meter| counted(brought, meter, today));
    let left = |group| {
        let rooms = meters.clone().map(|(kept, day)| room(kept, day, group, day_max));
        rooms.max().unwrap_or_default()
    };
    let fits_nowhere = |group: &JackpotGroup| contribution.shares.get(*group).total() > left(*group);
    let asked = contribution.groups().next().unwrap_or(JackpotGroup::Minor);
    let group = contribution.groups().find(fits_nowhere).unwrap_or(asked);
    let of_today = meters.clone().filter_map(|(kept, _)| kept).filter(|kept| kept.day >= today);
    let sum = of_today.fold(Amount::ZERO, |sum, kept| sum.saturating_add(*kept.amounts.get(group)));
    DayIsFull { group, brought: sum, left: left(group), until: next_day(contribution.at) }
}

/// When the day of a moment ends.
fn next_day(at: Timestamp) -> Timestamp {
    let day = SignedDuration::from_hours(24).as_secs();
    let seconds = day - at.as_second().rem_euclid(day);
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(at)
}
