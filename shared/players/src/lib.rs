//! Players: phone numbers and the codes that prove them, password policy, accounts, referrals, sessions, attendance,
//! rate limits.
//!
//! Numbers, names, codes and tokens are types that only a parser can make. A rule is a function from the state that was
//! read to an outcome, or to a plan of the writes. Bonuses are postings of the ledger, so M1 to M4 hold for them too.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O. Time and random bytes are
//! arguments. Nothing here hashes a password, sends a message or knows the table.

mod account;
mod attendance;
mod bonus;
mod code;
mod country;
mod name;
mod password;
mod phone;
mod player_place;
mod rate;
mod recovery;
mod referral;
mod referral_bonuses;
mod session;
mod token;

pub use account::{Account, LastLogin, Registration, RegistrationError, Role, RoleError};
pub use attendance::{AttendanceOffset, AttendanceOffsetError, Month, MonthError, streak};
pub use bonus::{
    BonusAfter, BonusAfterError, Bonuses, ReferralBonusAfter, ReferralBonusAfterError, ReferralCap,
    ReferralDay, referral_bonus, registration_bonus,
};
pub use code::{Code, CodeError, RecoveryCode, SentCode, VerificationCode};
pub use country::{Country, CountryError};
pub use name::{UserName, UserNameError, check_legible, disturbs, search_key, visible};
pub use password::{Password, PasswordError};
pub use phone::{PhoneNumber, PhoneNumberError};
pub use player_place::{PlayerPlace, PlayerPlaceError};
pub use rate::{Budget, BudgetError, Window};
pub use recovery::{
    NotRecoverable, RECOVERY_LOGIN_AGE_MAX, Recovery, RecoveryId, RecoveryIdError, check_recovery,
};
pub use referral::{
    ImportReferral, RecordReferral, Referral, ReferralCode, ReferralCodeError, import_referral,
    record_referral,
};
pub use referral_bonuses::{ReferralBonuses, ReferralBonusesError};
pub use session::{
    ACCESS_TOKEN_LIFETIME, LOGIN_AGE_MAX, PendingTask, Predecessor, REFRESH_REPEAT_WINDOW,
    REFRESH_TOKEN_LIFETIME, RotateOutcome, Session,
};
pub use token::{
    FamilyId, FamilyIdError, RefreshToken, RefreshTokenError, SuccessorSalt, SuccessorSaltError,
};
