//! [`Cashier`]: all that the rules of payments know of one player besides their wallet and orders.

use crate::{Agreement, IdentityStatus, MadeAdjustment, OrderId};
use evens_ledger::{Amount, UserId, Wallet};
use evens_own_limits::{Exclusion, Limit, PerPeriod, Period, PeriodSum, RealityCheck};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use strum::VariantArray;

/// What is known of a player's payments. Every change of it is written under the revision that was read, so that no two
/// requests pass one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cashier {
    /// Whose.
    pub user: UserId,
    /// How often it has changed; 0 before it is first written.
    pub revision: u64,
    /// The player's own limits of what they bring.
    pub deposit_limits: PerPeriod<Limit>,
    /// The player's own limits of what they stake. Their wallet has a copy of what counts of these three.
    pub stake_limits: PerPeriod<Limit>,
    /// The player's own limits of what they lose.
    pub loss_limits: PerPeriod<Limit>,
    /// How often they want to be reminded of how long they play.
    pub reality_check: Option<RealityCheck>,
    /// What they have brought, or are about to bring.
    pub deposits: PerPeriod<DepositSum>,
    /// How many of their deposits are open: they may be credited.
    pub open_deposits: u32,
    /// What they have asked to take home on the newest day of withdrawals.
    pub withdrawals_of_day: PeriodSum,
    /// How many of their withdrawals are neither paid nor given back.
    pub open_withdrawals: u32,
    /// What those come to.
    pub being_withdrawn: Amount,
    /// What they have brought and taken home in all.
    pub totals: Totals,
    /// Whether the bonus for the first deposit was given.
    pub has_received_first_bonus: bool,
    /// The first deposit that was credited, whatever became of it.
    pub first_deposit: Option<OrderId>,
    /// What follows their first deposit and has not: their bonus, and that of whoever brought them.
    pub bonus_due: Option<DueBonus>,
    /// What they owe: money that was taken back from us after they had spent it, or that they were paid twice.
    pub owed: Amount,
    /// Whether every withdrawal waits for a cashier, whatever the settings say.
    pub is_held: bool,
    /// Their exclusion, if there ever was one.
    pub exclusion: Option<Exclusion>,
    /// How much they must have staked before they withdraw.
    pub turnover_needed: Amount,
    /// Behind which entry of their ledger stakes count for that.
    pub turnover_since: u64,
    /// What is known of who they are.
    pub identity: IdentityStatus,
    /// What cashiers want and others must agree to.
    pub agreements: Vec<Agreement>,
    /// The newest adjustments of their wallet that were made.
    pub adjustments: Vec<MadeAdjustment>,
}

/// A bonus that was earned and not given, and what else a first deposit brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueBonus {
    /// How much; zero where only somebody else gets something.
    pub amount: Amount,
    /// Since when.
    pub since: Timestamp,
}

/// What a player has brought and taken home in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Deposits that were credited, without those that were given or taken back.
    pub actual_deposit_amount: Amount,
    /// Withdrawals that were paid, without those that came back.
    pub withdrawn: Amount,
}

/// The deposits of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DepositSum {
    /// The first day of the period.
    pub starts_on: Date,
    /// Those that are open: they may be credited.
    pub reserved: Amount,
    /// Those that were credited.
    pub used: Amount,
}

impl DepositSum {
    /// Both together: what counts against a limit.
    pub fn taken(self) -> Amount {
        self.reserved.saturating_add(self.used)
    }

    /// The sum in the period that starts on a day; a period that is over begins anew.
    pub(crate) fn rolled(self, starts_on: Date) -> Self {
        if starts_on > self.starts_on { Self { starts_on, ..Self::default() } } else { self }
    }
}

/// A deposit would pass a limit of its player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {limit} a {period} leaves {left}")]
pub struct OverDepositLimit {
    /// The limit that leaves least.
    pub period: Period,
    /// How high it is.
    pub limit: Amount,
    /// What fits under it.
    pub left: Amount,
}

impl Cashier {
    /// The record of a player who never brought or took money.
    pub fn empty(user: UserId) -> Self {
        Self {
            user,
            revision: 0,
            deposit_limits: PerPeriod::default(),
            stake_limits: PerPeriod::default(),
            loss_limits: PerPeriod::default(),
            reality_check: None,
            deposits: PerPeriod::default(),
            open_deposits: 0,
            withdrawals_of_day: PeriodSum::default(),
            open_withdrawals: 0,
            being_withdrawn: Amount::ZERO,
            totals: Totals::default(),
            has_received_first_bonus: false,
            first_deposit: None,
            bonus_due: None,
            owed: Amount::ZERO,
            is_held: false,
            exclusion: None,
            turnover_needed: Amount::ZERO,
            turnover_since: 0,
            identity: IdentityStatus::NotAsked,
            agreements: Vec::new(),
            adjustments: Vec::new(),
        }
    }

    /// The record as its next revision, to be changed.
    pub(crate) fn next(&self) -> Self {
        Self { revision: self.revision + 1, ..self.clone() }
    }

    /// Asks for stakes of what was brought. Those count that come behind it, or behind what asked for stakes before.
    pub(crate) fn ask_for_stakes(&mut self, needed: Amount, before: &Wallet) {
        if self.turnover_needed.is_zero() && !needed.is_zero() {
            self.turnover_since = before.version;
        }
        self.turnover_needed = self.turnover_needed.saturating_add(needed);
    }

    /// Until when the player has excluded themselves, if they have.
    pub fn excluded_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.exclusion.filter(|exclusion| exclusion.is_in_force(now)).map(|exclusion| exclusion.until)
    }

    /// Whether one more deposit fits under the player's limits.
    pub fn check_deposit(
        &self,
        amount: Amount,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<(), OverDepositLimit> {
        let over = |period: &Period| {
            let sum = self.deposits.of(*period).rolled(period.start(now, zone));
            let limit = self.deposit_limits.of(*period);
            let left = limit.left(sum.taken())?;
            let over = OverDepositLimit { period: *period, limit: limit.current?, left };
            (amount > left).then_some(over)
        };
        let tightest = Period::VARIANTS.iter().filter_map(over).min_by_key(|over| over.left);
        tightest.map_or(Ok(()), Err)
    }

    /// Reserves a deposit in the periods that it is opened in.
    pub(crate) fn reserve_deposit(&mut self, amount: Amount, zone: &TimeZone, now: Timestamp) {
        self.open_deposits += 1;
        self.deposits = self.deposits.map(|period, sum| {
            let sum = sum.rolled(period.start(now, zone));
            DepositSum { reserved: sum.reserved.saturating_add(amount), ..sum }
        });
    }

    /// Gives a reservation up, in the periods that it was made in and that are not over.
    pub(crate) fn release_deposit(&mut self, amount: Amount, zone: &TimeZone, opened_at: Timestamp) {
        self.open_deposits = self.open_deposits.saturating_sub(1);
        self.deposits = self.deposits.map(|period, sum| match period.start(opened_at, zone) {
            starts_on if starts_on == sum.starts_on => {
                DepositSum { reserved: sum.reserved.saturating_sub(amount), ..*sum }
            }
            _ => *sum,
        });
    }

    /// Counts a deposit that is still reserved, in the periods that it was reserved in and that are not over.
    pub(crate) fn use_reserved_deposit(&mut self, amount: Amount, zone: &TimeZone, opened_at: Timestamp) {
        self.open_deposits = self.open_deposits.saturating_sub(1);
        self.deposits = self.deposits.map(|period, sum| match period.start(opened_at, zone) {
            starts_on if starts_on == sum.starts_on => {
                let reserved = sum.reserved.saturating_sub(amount);
                DepositSum { reserved, used: sum.used.saturating_add(amount), ..*sum }
            }
            _ => *sum,
        });
    }

    /// Counts a deposit whose reservation was given up, in the periods that have come.
    pub(crate) fn use_deposit(&mut self, amount: Amount, zone: &TimeZone, now: Timestamp) {
        self.deposits = self.deposits.map(|period, sum| {
            let sum = sum.rolled(period.start(now, zone));
            DepositSum { used: sum.used.saturating_add(amount), ..sum }
        });
    }

    /// Counts a withdrawal as finished: paid, or given back.
    pub(crate) fn finish_withdrawal(&mut self, amount: Amount) {
        self.open_withdrawals = self.open_withdrawals.saturating_sub(1);
        // A record from before the sum was kept began with a guess, which must not outlive what it was about.
        let is_last = self.open_withdrawals == 0;
        self.being_withdrawn =
            if is_last { Amount::ZERO } else { self.being_withdrawn.saturating_sub(amount) };
    }
}
