//! [`PlayStatistics`]: what a player's bets on games came to, day by day. They are folded from the entries of the
//! player's ledger, so they cannot disagree with money.
//!
//! A bet counts for the day on which it was placed, whenever its payout came. One that was given back is none.

use crate::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::{Amount, Entry, EntryPurpose, SystemAccount};
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// What the bets of a day came to, or of several days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayStatistics {
    /// How many.
    pub bets: u64,
    /// How many have won.
    pub winning: u64,
    /// How many have lost.
    pub losing: u64,
    /// All stakes.
    pub staked: Amount,
    /// What was paid for those that have won.
    pub won: Amount,
}

/// Which days a player asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatisticsPeriod {
    /// Today.
    Today,
    /// The day before.
    Yesterday,
    /// From Monday to today.
    ThisWeek,
    /// From the first to today.
    ThisMonth,
}

/// The text names no days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of \"today\", \"yesterday\", \"this_week\" and \"this_month\"")]
pub struct StatisticsPeriodError;

/// What a player's bets came to on each day that they can ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayDays {
    /// The day of the moment.
    pub today: Date,
    /// The days with bets, and others that are kept.
    pub days: BTreeMap<Date, PlayStatistics>,
}

/// A day whose bets have all ended, as it is kept: nothing of it changes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedDay {
    /// Which day.
    pub day: Date,
    /// What its bets came to.
    pub statistics: PlayStatistics,
    /// The number of the last entry that counts for it or for a day before it.
    pub last_entry: u64,
}

/// The bets of a player, as far as entries of their ledger tell of them.
#[derive(Debug, Clone)]
pub struct PlayedBets {
    offset: Offset,
    first: Date,
    /// The number of the last entry that was read.
    last_entry: u64,
    /// The last entry that counts for each day.
    ends: BTreeMap<Date, u64>,
    bets: BTreeMap<BetId, PlayedBet>,
}

/// A bet, as entries tell of it.
#[derive(Debug, Clone)]
struct PlayedBet {
    day: Date,
    period: PeriodId,
    staked: Amount,
    won: Amount,
    is_given_back: bool,
}

/// An entry of a bet on a game that names no bet, or no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the entry of a bet on a game names no bet, or no period")]
pub struct PlayedBetsError;

impl PlayStatistics {
    /// How many may still win.
    pub fn pending(&self) -> u64 {
        self.bets - self.winning - self.losing
    }

    /// Of those that have won or lost, how many have won: in hundredths of a per cent, rounded.
    pub fn win_rate(&self) -> u64 {
        let ended = self.winning + self.losing;
        (self.winning * 10_000 + ended / 2).checked_div(ended).unwrap_or_default()
    }

    fn plus(self, other: Self) -> Self {
        Self {
            bets: self.bets + other.bets,
            winning: self.winning + other.winning,
            losing: self.losing + other.losing,
            staked: self.staked.saturating_add(other.staked),
            won: self.won.saturating_add(other.won),
        }
    }
}

impl StatisticsPeriod {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Today, Self::Yesterday, Self::ThisWeek, Self::ThisMonth];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::ThisWeek => "this_week",
            Self::ThisMonth => "this_month",
        }
    }

    /// The first of its days.
    pub fn first_day(self, today: Date) -> Date {
        match self {
            Self::Today => today,
            Self::Yesterday => today.saturating_sub(1.day()),
            Self::ThisWeek => today.saturating_sub(i64::from(today.weekday().since(Weekday::Monday)).days()),
            Self::ThisMonth => today.first_of_month(),
        }
    }

    /// The last of its days.
    pub fn last_day(self, today: Date) -> Date {
        match self {
            Self::Yesterday => self.first_day(today),
            Self::Today | Self::ThisWeek | Self::ThisMonth => today,
        }
    }

    /// The first day that anybody can ask about. It never goes back.
    pub fn earliest_day(today: Date) -> Date {
        Self::ALL.map(|period| period.first_day(today)).into_iter().min().unwrap_or(today)
    }
}

impl FromStr for StatisticsPeriod {
    type Err = StatisticsPeriodError;

    fn from_str(text: &str) -> Result<Self, StatisticsPeriodError> {
        Self::ALL.into_iter().find(|period| period.as_str() == text).ok_or(StatisticsPeriodError)
    }
}

impl PlayDays {
    /// What the bets of those days came to.
    pub fn over(&self, period: StatisticsPeriod) -> PlayStatistics {
        let days = self.days.range(period.first_day(self.today)..=period.last_day(self.today));
        days.fold(PlayStatistics::default(), |sum, (_, day)| sum.plus(*day))
    }
}

impl PlayedBets {
    /// No bet yet. Entries of days before the first are left out, until there is one of that day or later.
    pub fn since(first: Date, offset: Offset) -> Self {
        Self { offset, first, last_entry: 0, ends: BTreeMap::new(), bets: BTreeMap::new() }
    }

    /// No bet yet, behind a day that is kept. What follows its last entry counts for later days, whatever a clock said
    /// that was behind.
    pub fn behind(kept: &FinishedDay, offset: Offset) -> Self {
        let first = kept.day.saturating_add(1.day());
        let ends = BTreeMap::from([(kept.day, kept.last_entry)]);
        Self { last_entry: kept.last_entry, ends, ..Self::since(first, offset) }
    }

    /// The number of the last entry that was read.
    pub fn last_entry(&self) -> u64 {
        self.last_entry
    }

    /// The moment at which the first day begins.
    pub fn first_moment(&self) -> Timestamp {
        self.offset.to_timestamp(self.first.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
    }

    /// Reads an entry, which must come after those that were read; one that was read before is left out.
    pub fn read(&mut self, entry: &Entry) -> Result<(), PlayedBetsError> {
        if entry.number <= self.last_entry {
            return Ok(());
        }
        self.last_entry = entry.number;
        let said = self.offset.to_datetime(entry.at).date();
        if self.ends.is_empty() && said < self.first {
            return Ok(());
        }
        // Entries have numbers in the order in which they were made, and times from many clocks: numbers decide.
        let newest = self.ends.last_key_value().map_or(self.first, |(day, _)| *day);
        let day = said.max(newest).max(self.first);
        self.ends.insert(day, entry.number);
        let Some((purpose, id)) = entry.key.split() else { return Ok(()) };
        let id = id.strip_suffix(":BONUS").unwrap_or(id);
        match purpose {
            EntryPurpose::Game => {
                let id = id.parse().map_err(|_| PlayedBetsError)?;
                let period = period_of(&entry.account).ok_or(PlayedBetsError)?;
                let (staked, won) = (Amount::ZERO, Amount::ZERO);
                let new = PlayedBet { day, period, staked, won, is_given_back: false };
                let bet = self.bets.entry(id).or_insert(new);
                bet.staked = bet.staked.saturating_add(entry.amount);
            }
            // What is paid for a bet of a day that is kept was waited for when that day was.
            EntryPurpose::Win => {
                if let Some(bet) = self.bets.get_mut(&id.parse().map_err(|_| PlayedBetsError)?) {
                    bet.won = bet.won.saturating_add(entry.amount);
                }
            }
            EntryPurpose::GameRefund => {
                if let Some(bet) = self.bets.get_mut(&id.parse().map_err(|_| PlayedBetsError)?) {
                    bet.is_given_back = true;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The periods of bets for which nothing came back yet: they have lost, or may still win.
    pub fn periods_to_ask(&self) -> BTreeSet<PeriodId> {
        self.bets.values().filter(|bet| bet.is_open()).map(|bet| bet.period).collect()
    }

    /// What the bets came to, day by day. Of these periods everything is paid, as far as entries were read since.
    pub fn days(&self, paid: &BTreeSet<PeriodId>) -> BTreeMap<Date, PlayStatistics> {
        let mut days: BTreeMap<Date, PlayStatistics> = BTreeMap::new();
        for bet in self.bets.values().filter(|bet| !bet.is_given_back) {
            let one = PlayStatistics {
                bets: 1,
                winning: u64::from(!bet.won.is_zero()),
                losing: u64::from(bet.is_open() && paid.contains(&bet.period)),
                staked: bet.staked,
                won: bet.won,
            };
            let day = days.entry(bet.day).or_default();
            *day = day.plus(one);
        }
        days
    }

    /// The days that are over by now and whose bets have all ended, up to the first one that is not so. A day with
    /// other entries and without bets is one of them, or whoever plays no games would have all of theirs folded at each
    /// look.
    pub fn finished_days(&self, days: &BTreeMap<Date, PlayStatistics>, today: Date) -> Vec<FinishedDay> {
        let is_finished = |day: &Date, statistics: &PlayStatistics| *day < today && statistics.pending() == 0;
        let read = self.ends.keys().filter(|day| **day >= self.first);
        let mut all: BTreeMap<_, _> = read.map(|day| (*day, PlayStatistics::default())).collect();
        all.extend(days);
        let finished = all.into_iter().take_while(|(day, statistics)| is_finished(day, statistics));
        let finished = finished.map(|(day, statistics)| {
            let last_entry = self.ends.range(..=day).next_back().map_or(0, |(_, number)| *number);
            FinishedDay { day, statistics, last_entry }
        });
        finished.collect()
    }
}

impl PlayedBet {
    fn is_open(&self) -> bool {
        self.won.is_zero() && !self.is_given_back
    }
}

fn period_of(account: &SystemAccount) -> Option<PeriodId> {
    match account {
        SystemAccount::Period(period) => period.parse().ok(),
        _ => None,
    }
}
