//! [`Need`]: what only some functions are told, each by a variable.

use strum::{IntoStaticStr, VariantArray};

/// A setting that only some functions have use for. What a function does not ask for is not read, nor is it told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
pub enum Need {
    /// It checks tokens, or signs them.
    #[strum(serialize = "EVENS_TOKEN_PUBLIC_KEYS")]
    TokenPublicKeys,
    /// It counts requests.
    #[strum(serialize = "EVENS_RATE_LIMITS")]
    RateLimits,
    /// It reads phone numbers.
    #[strum(serialize = "EVENS_PHONE_COUNTRY")]
    PhoneCountry,
    /// It places bets.
    #[strum(serialize = "EVENS_BETS")]
    Bets,
    /// It knows the least stake of bets of players against each other.
    #[strum(serialize = "EVENS_STAKE_MIN")]
    StakeMin,
    /// It counts the bets of a player that wait.
    #[strum(serialize = "EVENS_WAITING_BETS_MAX")]
    WaitingBetsMax,
    /// It knows when what still waits of a bet is given back.
    #[strum(serialize = "EVENS_REFUND_AFTER_SECONDS")]
    RefundAfter,
    /// It knows on what day something happens.
    #[strum(serialize = "ATTENDANCE_TZ_OFFSET")]
    AttendanceOffset,
    /// It promises or gives the bonus for signing up.
    #[strum(serialize = "REG_BONUS")]
    RegistrationBonus,
    /// It decides when the bonus for signing up is given.
    #[strum(serialize = "REG_BONUS_AFTER")]
    RegistrationBonusAfter,
    /// It promises or gives the bonus for bringing somebody.
    #[strum(serialize = "REFERRAL_BONUS")]
    ReferralBonus,
    /// It decides when the bonus for bringing somebody is given.
    #[strum(serialize = "REFERRAL_BONUS_AFTER")]
    ReferralBonusAfter,
    /// It gives the bonuses for bringing somebody, and counts them.
    #[strum(serialize = "REFERRAL_BONUSES_PER_DAY")]
    ReferralBonusesPerDay,
    /// It knows how much a period of a house game may cost.
    #[strum(serialize = "GAMES_BANKROLL")]
    GamesBankroll,
    /// It knows what limits bets in the rooms of house games.
    #[strum(serialize = "GAMES_LIMITS")]
    GamesLimits,
    /// It knows what one operator may give away of a jackpot.
    #[strum(serialize = "JACKPOT_TWO_PERSONS_FROM")]
    JackpotTwoPersonsFrom,
    /// It knows what one contribution gives a jackpot at most.
    #[strum(serialize = "JACKPOT_CONTRIBUTION_MAX")]
    JackpotContributionMax,
    /// It knows what contributions give a jackpot in a day at most.
    #[strum(serialize = "JACKPOT_CONTRIBUTIONS_PER_DAY_MAX")]
    JackpotContributionsPerDayMax,
}

impl Need {
    /// Every one.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The variable that says it.
    pub fn variable(self) -> &'static str {
        self.into()
    }
}
