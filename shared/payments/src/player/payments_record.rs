//! [`PaymentsRecord`]: the state of a player's payments, except for their wallet and orders.

use crate::{
    AdjustmentRequest, Agreement, IdentityStatus, OrderId, RecentWithdrawals, SettingsChanges, SettingsHead,
};
use evens_ledger::{Amount, UserId, Wallet};
use evens_own_limits::{Exclusion, Limit, PerPeriod, Period, PeriodSum, RealityCheck};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use strum::VariantArray;

/// The state of a player's payments. Every change is conditional on the revision that was read, so that two requests
/// cannot pass one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentsRecord {
    pub user: UserId,
    /// The number of changes so far. 0 before the first write.
    pub revision: u64,
    pub deposit_limits: PerPeriod<Limit>,
    /// The player's own limits on stakes. The wallet has a copy of the active stake and loss limits and of the reality
    /// check.
    pub stake_limits: PerPeriod<Limit>,
    pub loss_limits: PerPeriod<Limit>,
    /// The interval at which the player is reminded of their playing time.
    pub reality_check: Option<RealityCheck>,
    /// Deposits that are open or credited.
    pub deposits: PerPeriod<DepositSum>,
    /// The number of open deposits, which may still be credited.
    pub open_deposits: u32,
    /// The withdrawals requested on the newest day with one.
    pub withdrawals_of_day: PeriodSum,
    /// The withdrawals requested within 24 hours before the newest one.
    pub recent_withdrawals: RecentWithdrawals,
    /// The number of withdrawals that are neither paid nor returned to the wallet.
    pub open_withdrawals: u32,
    /// The sum of these withdrawals.
    pub being_withdrawn: Amount,
    pub totals: Totals,
    /// True if the bonus for the first deposit was given.
    pub has_received_first_bonus: bool,
    /// The first deposit that was credited, whatever its state is now.
    pub first_deposit: Option<OrderId>,
    /// The pending effects of the first deposit: the player's bonus, and the referrer's.
    pub bonus_due: Option<DueBonus>,
    /// The player's debt: money taken back from us after the player had spent it, or paid to the player twice.
    pub owed: Amount,
    /// True if every withdrawal needs a cashier, independent of the settings.
    pub is_held: bool,
    pub exclusion: Option<Exclusion>,
    /// The stakes that are required before a withdrawal.
    pub turnover_needed: Amount,
    /// The number of the ledger entry after which stakes count towards it.
    pub turnover_since: u64,
    pub identity: IdentityStatus,
    /// Acts of cashiers that wait for more approvals.
    pub agreements: Vec<Agreement>,
    pub adjustments: Vec<AdjustmentRequest>,
    /// The newest entry of the history of the player's own settings.
    pub settings: SettingsHead,
    /// The changes of these settings, which are limited.
    pub settings_changes: SettingsChanges,
}

/// A bonus that is due, and other pending effects of a first deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueBonus {
    /// Zero if only the referrer gets a bonus.
    pub amount: Amount,
    pub since: Timestamp,
}

/// A player's total deposits and withdrawals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Credited deposits, without those refunded or charged back.
    pub actual_deposit_amount: Amount,
    /// Paid withdrawals, without those returned.
    pub withdrawn: Amount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DepositSum {
    /// The first day of the period.
    pub starts_on: Date,
    /// Open deposits, which may still be credited.
    pub reserved: Amount,
    pub used: Amount,
}

impl DepositSum {
    /// The sum of both, which counts towards a limit.
    pub fn taken(self) -> Amount {
        self.reserved.saturating_add(self.used)
    }

    /// The sum for the period that starts on `starts_on`. A later period starts a new sum.
    pub(crate) fn rolled(self, starts_on: Date) -> Self {
        if starts_on > self.starts_on { Self { starts_on, ..Self::default() } } else { self }
    }
}

/// A deposit would exceed one of the player's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("of the deposit limit of {limit} a {period}, {left} is left")]
pub struct OverDepositLimit {
    /// The period with the least left.
    pub period: Period,
    pub limit: Amount,
    /// The amount that still fits.
    pub left: Amount,
}

impl PaymentsRecord {
    /// The record of a player without deposits or withdrawals.
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
            recent_withdrawals: RecentWithdrawals::default(),
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
            settings: SettingsHead::default(),
            settings_changes: SettingsChanges::default(),
        }
    }

    /// A copy with the next revision, to be changed.
    pub(crate) fn next(&self) -> Self {
        Self { revision: self.revision + 1, ..self.clone() }
    }

    /// Requires stakes for a deposit. If none are required so far, stakes count from this deposit on.
    pub(crate) fn ask_for_stakes(&mut self, needed: Amount, before: &Wallet) {
        if self.turnover_needed.is_zero() && !needed.is_zero() {
            self.turnover_since = before.version;
        }
        self.turnover_needed = self.turnover_needed.saturating_add(needed);
    }

    /// The earliest end of the player's exclusion, if one is in force.
    pub fn excluded_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.exclusion.filter(|exclusion| exclusion.is_in_force(now)).map(|exclusion| exclusion.until)
    }

    /// Checks that another deposit fits under the player's limits.
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

    /// Reserves a deposit in the current periods.
    pub(crate) fn reserve_deposit(&mut self, amount: Amount, zone: &TimeZone, now: Timestamp) {
        self.open_deposits += 1;
        self.deposits = self.deposits.map(|period, sum| {
            let sum = sum.rolled(period.start(now, zone));
            DepositSum { reserved: sum.reserved.saturating_add(amount), ..sum }
        });
    }

    /// Releases a reservation in the periods in which it was made, as far as they are current.
    pub(crate) fn release_deposit(&mut self, amount: Amount, zone: &TimeZone, opened_at: Timestamp) {
        self.open_deposits = self.open_deposits.saturating_sub(1);
        self.deposits = self.deposits.map(|period, sum| match period.start(opened_at, zone) {
            starts_on if starts_on == sum.starts_on => {
                DepositSum { reserved: sum.reserved.saturating_sub(amount), ..*sum }
            }
            _ => *sum,
        });
    }

    /// Turns a reservation into a used amount in the periods in which it was made, as far as they are current.
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

    /// Counts a deposit without a reservation in the current periods.
    pub(crate) fn use_deposit(&mut self, amount: Amount, zone: &TimeZone, now: Timestamp) {
        self.deposits = self.deposits.map(|period, sum| {
            let sum = sum.rolled(period.start(now, zone));
            DepositSum { used: sum.used.saturating_add(amount), ..sum }
        });
    }

    /// Counts a withdrawal as finished: paid or returned to the wallet.
    pub(crate) fn finish_withdrawal(&mut self, amount: Amount) {
        self.open_withdrawals = self.open_withdrawals.saturating_sub(1);
        // Records that are older than this sum began with an estimate. It must not remain when no withdrawal is open.
        let is_last = self.open_withdrawals == 0;
        self.being_withdrawn =
            if is_last { Amount::ZERO } else { self.being_withdrawn.saturating_sub(amount) };
    }
}
