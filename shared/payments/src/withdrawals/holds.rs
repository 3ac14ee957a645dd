//! Rules for withdrawals that cashiers review before they are paid, and for the number of approvals.

use crate::{AGREEMENTS_MAX, AGREEMENTS_OF_ONE_MAX, Approval, HoldRules, Money, PaymentsRecord};
use evens_ledger::{Amount, UserId};
use evens_players::LOGIN_AGE_MAX;
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The reason why cashiers review a withdrawal, in the order in which the reasons are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum HoldReason {
    Large,
    /// The player's withdrawals of 24 hours add up to an amount that needs two cashiers.
    FourEyes,
    /// The payee was added recently.
    NewPayee,
    NewPassword,
    /// The player got the password by a code, because they had forgotten theirs.
    Recovered,
    /// No withdrawal was ever paid to the player.
    FirstWithdrawal,
    ManyOpen,
    /// The player's withdrawals of the day add up to a large sum.
    DaySum,
    Owes,
    /// The player was paid twice or a deposit is disputed, and no cashier has reviewed it yet.
    AccountHeld,
    /// The player must be identified first.
    Identity,
    /// The player has not staked enough of their deposits, and may not play.
    TurnoverMissing,
}

/// The facts that the rules use, besides the payments record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldFacts {
    pub money: Money,
    pub payee_since: Timestamp,
    pub password_since: Timestamp,
    pub recovered_at: Option<Timestamp>,
    /// True if the player has not staked enough of their deposits.
    pub misses_turnover: bool,
}

impl HoldRules {
    /// The reasons to hold a withdrawal, given the payments record afterwards. Empty if it is not held.
    pub fn reasons(&self, facts: &HoldFacts, after: &PaymentsRecord, now: Timestamp) -> Vec<HoldReason> {
        let amount = facts.money.amount();
        let is_younger = |since: Timestamp, age_min| now.duration_since(since) < age_min;
        let (payee_age_min, password_age_min) = (self.payee_age_min, self.password_age_min);
        #[rustfmt::skip]
        let all = [
            (HoldReason::Large,           self.amount_from.is_some_and(|from| amount >= from)),
            (HoldReason::FourEyes,        self.needs_four_eyes(after.recent_withdrawals.sum())),
            (HoldReason::NewPayee,        payee_age_min.is_some_and(|age| is_younger(facts.payee_since, age))),
            (HoldReason::NewPassword,     password_age_min.is_some_and(|age| is_younger(facts.password_since, age))),
            (HoldReason::Recovered,       self.is_recent(facts.recovered_at, now)),
            (HoldReason::FirstWithdrawal, self.first_withdrawal && after.totals.withdrawn.is_zero()),
            (HoldReason::ManyOpen,        self.open_max.is_some_and(|max| after.open_withdrawals > max)),
            (HoldReason::DaySum,          self.day_sum_max.is_some_and(|max| after.withdrawals_of_day.sum > max)),
            (HoldReason::Owes,            !after.owed.is_zero()),
            (HoldReason::AccountHeld,     after.is_held),
            (HoldReason::Identity,        after.misses_identity_to_take(self.identity_above)),
            (HoldReason::TurnoverMissing, facts.misses_turnover),
        ];
        all.into_iter().filter(|(_, applies)| *applies).map(|(reason, _)| reason).collect()
    }

    /// The number of cashiers who must approve a withdrawal of this amount.
    pub fn approvals_needed(&self, amount: Amount) -> usize {
        if self.needs_four_eyes(amount) { 2 } else { 1 }
    }

    fn needs_four_eyes(&self, amount: Amount) -> bool {
        self.four_eyes_above.is_some_and(|above| amount > above)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashierAct {
    pub by: UserId,
    pub logged_in_at: Timestamp,
    pub reason: ActReason,
}

/// The reason for an act, in the words of the person who acts: 1 to 200 characters. At least one is visible, and none
/// can disturb the surrounding text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActReason(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 200 characters, at least one of them visible, without control or invisible characters")]
pub struct ActReasonError;

impl ActReason {
    /// In characters.
    pub const LENGTH_MAX: usize = 200;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ActReason {
    type Err = ActReasonError;

    fn from_str(text: &str) -> Result<Self, ActReasonError> {
        let is_legible = evens_players::check_legible(text).is_ok();
        let fits = is_legible && text.chars().count() <= Self::LENGTH_MAX;
        if fits { Ok(Self(text.to_owned())) } else { Err(ActReasonError) }
    }
}

/// The reason why a cashier may not decide about an order, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    #[error("cashiers cannot decide about their own orders")]
    OwnOrder,
    #[error("you have already approved it, and another cashier must approve it too")]
    AgreedBefore,
    #[error("the login is older than 15 minutes")]
    LoginTooOld,
    /// It would have to wait for another cashier, and the maximum number of acts is already waiting.
    #[error(
        "{AGREEMENTS_MAX} decisions await another cashier, or {AGREEMENTS_OF_ONE_MAX} that you began, the maximum"
    )]
    TooManyWaiting,
}

impl CashierAct {
    /// Checks that this cashier may decide about an order of this player. `agreed` are the approvals so far.
    pub fn check(&self, player: UserId, agreed: &[Approval], now: Timestamp) -> Result<(), ActRefusal> {
        if self.by == player {
            return Err(ActRefusal::OwnOrder);
        }
        if agreed.iter().any(|approval| approval.by == self.by) {
            return Err(ActRefusal::AgreedBefore);
        }
        if now.duration_since(self.logged_in_at) > LOGIN_AGE_MAX {
            return Err(ActRefusal::LoginTooOld);
        }
        Ok(())
    }
}
