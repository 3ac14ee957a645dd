//! Settings of accounts: passwords, phone numbers, bonuses, attendance.

use super::{ARGON2, CREDENTIALS, Reading, Setting, Use, bets::PLACES, settings};
use evens_ledger::Amount;
use evens_players::{AttendanceOffset, BonusAfter, Country, ReferralBonusAfter, ReferralBonuses};
use std::num::NonZeroU32;

pub(super) const PASSWORDS: &[Setting] = &[Setting::new("PasswordHashing", &[(ARGON2, Reading::Value)])
    .used_by(&[Use::Dependency(CREDENTIALS)])
    .default("m=9216,t=4,p=1")
    .pattern("^m=[0-9]+,t=[0-9]+,p=[0-9]+$")
    .about(
        "Memory in KiB, passes and lanes of Argon2id. Outside `local`, at least as strong as an OWASP choice \
             ([decision 081](decisions/081-passwords-are-hashed-with-less-memory.md)).",
    )];

settings! {
    /// Settings of accounts.
    PlayerSettings in PLAYERS, as players: {
        /// Country of phone numbers without a country code.
        pub phone_country: Country = value("a two-letter country code, such as IN"), "PhoneCountry", "EVENS_PHONE_COUNTRY",
            default("IN"), pattern("^[A-Z]{2}$");
        /// Sign-up bonus; `0` for none.
        pub registration_bonus: Amount = value("an amount such as 25.00"), "RegistrationBonus", "REG_BONUS",
            default("25.00"), pattern("^[0-9]+([.][0-9]{1,8})?$");
        /// When the sign-up bonus and the referral are given: `sign-up`, or `verified` once the phone number is proved.
        /// Outside `local`, `verified` needs a webhook.
        pub registration_bonus_after: BonusAfter = value("sign-up or verified"),
            "RegistrationBonusAfter", "REG_BONUS_AFTER",
            default("sign-up"), values(&["sign-up", "verified"]);
        /// Bonus per referred player; `0` for none. `10,5` also pays 5 to the referrer's own referrer; up to five
        /// levels.
        pub referral_bonus: ReferralBonuses = value("one to five amounts, such as 10.00 or 10,5"),
            "ReferralBonus", "REFERRAL_BONUS",
            default("0"), pattern("^[0-9]+([.][0-9]{1,8})?(,[0-9]+([.][0-9]{1,8})?){0,4}$");
        /// When the referral bonus is given: at `sign-up`, or at the first credited `deposit`.
        pub referral_bonus_after: ReferralBonusAfter = value("sign-up or deposit"),
            "ReferralBonusAfter", "REFERRAL_BONUS_AFTER",
            default("sign-up"), values(&["sign-up", "deposit"]),
            // The credit of a first deposit leads to it.
            used_by(&[Use::Code("settle_deposit(")]);
        /// Referral bonuses per player and day. Further ones are dropped, not delayed.
        pub referral_bonuses_per_day: Option<NonZeroU32> =
            optional("a whole number from 1, or an empty text for no limit"),
            "ReferralBonusesPerDay", "REFERRAL_BONUSES_PER_DAY",
            pattern("^([1-9][0-9]{0,8})?$"), default_is("unlimited");
        /// UTC offset at which days of attendance, of limits and of games begin, in steps of 15 minutes.
        pub attendance_offset: AttendanceOffset = value("an offset such as +05:30"),
            "AttendanceOffset", "ATTENDANCE_TZ_OFFSET",
            default("+05:30"), pattern("^[+-](0[0-9]|1[0-4]):(00|15|30|45)$"),
            // The days of limits begin at the same time.
            used_by(&[Use::Code("Payments::from_env("), Use::Code("PaymentSettings::of("), PLACES]);
    }
}
