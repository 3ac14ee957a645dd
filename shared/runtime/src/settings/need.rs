//! [`Need`]: the settings that a function uses.

use strum::{IntoStaticStr, VariantArray};

/// A setting that only some functions use. A function reads only the settings that it lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
pub enum Need {
    /// For functions that verify or sign tokens.
    #[strum(serialize = "EVENS_TOKEN_PUBLIC_KEYS")]
    TokenPublicKeys,
    /// For functions that count requests.
    #[strum(serialize = "EVENS_RATE_LIMITS")]
    RateLimits,
    /// For functions that parse phone numbers.
    #[strum(serialize = "EVENS_PHONE_COUNTRY")]
    PhoneCountry,
    /// For functions that place bets.
    #[strum(serialize = "EVENS_BETS")]
    Bets,
    /// The minimum stake of bets between players.
    #[strum(serialize = "EVENS_STAKE_MIN")]
    StakeMin,
    /// For functions that open rounds.
    #[strum(serialize = "EVENS_COMMISSION")]
    Commission,
    /// The maximum number of a player's unmatched bets.
    #[strum(serialize = "EVENS_WAITING_BETS_MAX")]
    WaitingBetsMax,
    /// The age at which the unmatched part of a bet is refunded.
    #[strum(serialize = "EVENS_REFUND_AFTER_SECONDS")]
    RefundAfter,
    /// The time zone of days.
    #[strum(serialize = "ATTENDANCE_TZ_OFFSET")]
    AttendanceOffset,
    /// For functions that announce or give the sign-up bonus.
    #[strum(serialize = "REG_BONUS")]
    RegistrationBonus,
    /// For functions that decide when the sign-up bonus is given.
    #[strum(serialize = "REG_BONUS_AFTER")]
    RegistrationBonusAfter,
    /// For functions that announce or give referral bonuses.
    #[strum(serialize = "REFERRAL_BONUS")]
    ReferralBonus,
    /// For functions that decide when referral bonuses are given.
    #[strum(serialize = "REFERRAL_BONUS_AFTER")]
    ReferralBonusAfter,
    /// For functions that give and count referral bonuses.
    #[strum(serialize = "REFERRAL_BONUSES_PER_DAY")]
    ReferralBonusesPerDay,
    /// The bankroll of the house, which limits the cost of a period.
    #[strum(serialize = "GAMES_BANKROLL")]
    GamesBankroll,
    /// Limits of bets in the rooms of house games.
    #[strum(serialize = "GAMES_LIMITS")]
    GamesLimits,
    /// The amount of a jackpot that one operator alone may award.
    #[strum(serialize = "JACKPOT_TWO_PERSONS_FROM")]
    JackpotTwoPersonsFrom,
    /// The maximum of one contribution to a jackpot.
    #[strum(serialize = "JACKPOT_CONTRIBUTION_MAX")]
    JackpotContributionMax,
    /// The maximum of all contributions to a jackpot per day.
    #[strum(serialize = "JACKPOT_CONTRIBUTIONS_PER_DAY_MAX")]
    JackpotContributionsPerDayMax,
}

impl Need {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The environment variable.
    pub fn variable(self) -> &'static str {
        self.into()
    }
}
