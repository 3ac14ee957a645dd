//! Which withdrawals cashiers look at before they are paid, and how many of them must agree.

use crate::{AGREEMENTS_MAX, AGREEMENTS_OF_ONE_MAX, Approval, Cashier, Money};
use evens_ledger::{Amount, UserId};
use jiff::{SignedDuration, Timestamp};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// Why cashiers look at a withdrawal, in the order in which the reasons are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum HoldReason {
    /// It is large.
    Large,
    /// It needs two cashiers.
    FourEyes,
    /// Where it is paid to is known only since lately.
    NewPayee,
    /// The player's password was set only lately.
    NewPassword,
    /// Nothing was ever paid to the player before.
    FirstWithdrawal,
    /// The player has many withdrawals that are not finished.
    ManyOpen,
    /// The player's withdrawals of the day are large together.
    DaySum,
    /// The player owes money.
    Owes,
    /// The player was paid twice, or a deposit of theirs is disputed, and nobody has looked at it yet.
    AccountHeld,
    /// It must be known who the player is, and is not.
    Identity,
    /// The player has not staked enough of what they brought, and may not play.
    TurnoverMissing,
}

/// Which withdrawals are held. Each rule is off unless set. Four are no settings: whoever owes has them looked at, an
/// account that is held stays so, whoever was refused for who they are is looked at, and whoever may not play is not
/// asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HoldRules {
    /// Those of so much, or more.
    pub amount_from: Option<Amount>,
    /// Those of more than this need two cashiers, so they are held.
    pub four_eyes_above: Option<Amount>,
    /// Those to a payee known for less than this.
    pub payee_age_min: Option<SignedDuration>,
    /// Those of a player whose password is younger than this.
    pub password_age_min: Option<SignedDuration>,
    /// The first of each player.
    pub first_withdrawal: bool,
    /// Those that leave a player with more unfinished ones than this.
    pub open_max: Option<u32>,
    /// Those that take a player's sum of the calendar day above this.
    pub day_sum_max: Option<Amount>,
    /// Those that take what a player has taken home in all, with what is on its way, above this, while it is not known
    /// who they are.
    pub identity_above: Option<Amount>,
}

/// What the rules look at besides the cashier record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldFacts {
    /// How much is asked for.
    pub money: Money,
    /// Since when the payee is known.
    pub payee_since: Timestamp,
    /// Since when the player has their password.
    pub password_since: Timestamp,
    /// Whether the player has not staked enough of what they brought.
    pub misses_turnover: bool,
}

impl HoldRules {
    /// Why a withdrawal is held, by the cashier record that it leaves; nothing where it is not.
    pub fn reasons(&self, facts: &HoldFacts, after: &Cashier, now: Timestamp) -> Vec<HoldReason> {
        let amount = facts.money.amount();
        let is_younger = |since: Timestamp, age_min| now.duration_since(since) < age_min;
        let (payee_age_min, password_age_min) = (self.payee_age_min, self.password_age_min);
        #[rustfmt::skip]
        let all = [
            (HoldReason::Large,           self.amount_from.is_some_and(|from| amount >= from)),
            (HoldReason::FourEyes,        self.needs_four_eyes(amount)),
            (HoldReason::NewPayee,        payee_age_min.is_some_and(|age| is_younger(facts.payee_since, age))),
            (HoldReason::NewPassword,     password_age_min.is_some_and(|age| is_younger(facts.password_since, age))),
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

    /// How many cashiers must agree to a withdrawal of so much.
    pub fn approvals_needed(&self, amount: Amount) -> usize {
        if self.needs_four_eyes(amount) { 2 } else { 1 }
    }

    fn needs_four_eyes(&self, amount: Amount) -> bool {
        self.four_eyes_above.is_some_and(|above| amount > above)
    }
}

/// How long ago a cashier may have logged in to decide about money.
pub const LOGIN_AGE_MAX: SignedDuration = SignedDuration::from_mins(15);

/// What a cashier does, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashierAct {
    /// Who.
    pub by: UserId,
    /// When they logged in.
    pub logged_in_at: Timestamp,
    /// Why.
    pub reason: ActReason,
}

/// Why a cashier does something, in their words: 1 to 200 characters without control characters, not all white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActReason(String);

/// The text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 200 characters without control characters, and not all white space")]
pub struct ActReasonError;

impl ActReason {
    /// The longest reason, in characters.
    pub const LENGTH_MAX: usize = 200;

    /// The reason's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ActReason {
    type Err = ActReasonError;

    fn from_str(text: &str) -> Result<Self, ActReasonError> {
        let is_one_line = !text.chars().any(char::is_control);
        let fits = is_one_line && !text.trim().is_empty() && text.chars().count() <= Self::LENGTH_MAX;
        if fits { Ok(Self(text.to_owned())) } else { Err(ActReasonError) }
    }
}

/// Why a cashier may not decide about an order, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// It is their own.
    #[error("nobody decides about an order of their own")]
    OwnOrder,
    /// They agreed to it before.
    #[error("the same cashier agreed before; another one is needed")]
    AgreedBefore,
    /// They logged in too long ago.
    #[error("the login is older than 15 minutes")]
    LoginTooOld,
    /// It would wait for others, and as many things wait as may.
    #[error(
        "{AGREEMENTS_MAX} other things wait for another cashier, or {AGREEMENTS_OF_ONE_MAX} that you began, which is as \
         many as may"
    )]
    TooManyWaiting,
}

impl CashierAct {
    /// Whether this cashier may decide about an order of that player, to which these have agreed.
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
