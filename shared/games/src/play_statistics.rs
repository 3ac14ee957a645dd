//! [`PlayStatistics`]: the results of a player's bets on games, day by day. They are computed from the entries of the
//! player's ledger, so they cannot disagree with the money.
//!
//! A bet counts for the day on which it was placed, even if it is paid later. A refunded bet does not count.

use crate::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::{Amount, Entry, EntryPurpose, SystemAccount};
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// The results of the bets of one or more days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayStatistics {
    pub bets: u64,
    pub winning: u64,
    pub losing: u64,
    pub staked: Amount,
    pub won: Amount,
}

/// The days that a player asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatisticsPeriod {
    Today,
    Yesterday,
    /// From Monday to today.
    ThisWeek,
    /// From the first of the month to today.
    ThisMonth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"today\", \"yesterday\", \"this_week\" or \"this_month\"")]
pub struct StatisticsPeriodError;

/// The results of a player's bets for each day that can be requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayDays {
    pub today: Date,
    /// Days with bets, and stored days without bets.
    pub days: BTreeMap<Date, PlayStatistics>,
}

/// A stored day whose bets have all ended, so that it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedDay {
    pub day: Date,
    pub statistics: PlayStatistics,
    /// The number of the last entry that counts for this day or an earlier one.
    pub last_entry: u64,
}

/// A player's bets, computed from the ledger entries read so far.
#[derive(Debug, Clone)]
pub struct PlayedBets {
    offset: Offset,
    first: Date,
    /// The number of the last entry that was read.
    last_entry: u64,
    /// The number of the last entry that counts for each day.
    ends: BTreeMap<Date, u64>,
    bets: BTreeMap<BetId, PlayedBet>,
}

/// A bet, computed from its entries.
#[derive(Debug, Clone)]
struct PlayedBet {
    day: Date,
    period: PeriodId,
    staked: Amount,
    won: Amount,
    is_given_back: bool,
}

/// The entry of a bet on a game contains no valid bet id or period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the entry of a game bet has no bet or no period")]
pub struct PlayedBetsError;

impl PlayStatistics {
    /// The number of bets that have not ended.
    pub fn pending(&self) -> u64 {
        self.bets - self.winning - self.losing
    }

    /// The share of winning bets among the ended ones, in hundredths of a percent, rounded.
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
    pub const ALL: [Self; 4] = [Self::Today, Self::Yesterday, Self::ThisWeek, Self::ThisMonth];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::ThisWeek => "this_week",
            Self::ThisMonth => "this_month",
        }
    }

    pub fn first_day(self, today: Date) -> Date {
        match self {
            Self::Today => today,
            Self::Yesterday => today.saturating_sub(1.day()),
            Self::ThisWeek => today.saturating_sub(i64::from(today.weekday().since(Weekday::Monday)).days()),
            Self::ThisMonth => today.first_of_month(),
        }
    }

    pub fn last_day(self, today: Date) -> Date {
        match self {
            Self::Yesterday => self.first_day(today),
            Self::Today | Self::ThisWeek | Self::ThisMonth => today,
        }
    }

    /// The earliest day that can be requested. It never moves back in time.
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
    pub fn over(&self, period: StatisticsPeriod) -> PlayStatistics {
        let days = self.days.range(period.first_day(self.today)..=period.last_day(self.today));
        days.fold(PlayStatistics::default(), |sum, (_, day)| sum.plus(*day))
    }
}

impl PlayedBets {
    /// Starts without bets. Entries are skipped until the first one with a date on or after `first`.
    pub fn since(first: Date, offset: Offset) -> Self {
        Self { offset, first, last_entry: 0, ends: BTreeMap::new(), bets: BTreeMap::new() }
    }

    /// Starts after a stored day. Entries after its last one count for later days, even if the clock of their host was
    /// behind.
    pub fn behind(kept: &FinishedDay, offset: Offset) -> Self {
        let first = kept.day.saturating_add(1.day());
        let ends = BTreeMap::from([(kept.day, kept.last_entry)]);
        Self { last_entry: kept.last_entry, ends, ..Self::since(first, offset) }
    }

    pub fn last_entry(&self) -> u64 {
        self.last_entry
    }

    pub fn first_moment(&self) -> Timestamp {
        self.offset.to_timestamp(self.first.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
    }

    /// Reads an entry. Entries must be read in order; an entry that was read earlier is skipped.
    pub fn read(&mut self, entry: &Entry) -> Result<(), PlayedBetsError> {
        if entry.number <= self.last_entry {
            return Ok(());
        }
        self.last_entry = entry.number;
        let said = self.offset.to_datetime(entry.at).date();
        if self.ends.is_empty() && said < self.first {
            return Ok(());
        }
        // Entries are numbered in the order of their writes, but their times come from many clocks. The numbers decide.
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
            // A payout for a bet on a stored day cannot arrive, because a day is stored only after all its payouts.
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

    /// The periods of bets without a payout or refund: these bets have lost or may still win.
    pub fn periods_to_ask(&self) -> BTreeSet<PeriodId> {
        self.bets.values().filter(|bet| bet.is_open()).map(|bet| bet.period).collect()
    }

    /// The results of the bets, day by day. In the periods `paid`, all payouts are among the entries read.
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

    /// The past days whose bets have all ended, up to the first day for which this is not so. Days without bets are
    /// included if they have other entries: otherwise all entries of a player without games would be read again each
    /// time.
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
