//! The table of settings: parameters of templates, the variables that functions read them from, and defaults.
//!
//! A row says everything about a setting that is not its rule. `infra/stacks` writes the parameters of templates, the
//! environment of each function and `infra/box/evens.env` from it. The order of rows is that of the parameters in the
//! console of `CloudFormation`.

mod bets;
mod games;
mod jackpots;
mod payments;
mod players;
mod setting;

pub use bets::BetSettings;
pub use games::GameSettings;
pub use payments::MoneySettings;
pub use players::PlayerSettings;
pub use setting::{Reading, Setting, Shape, Use};

pub const PUBLIC_KEYS: &str = "EVENS_TOKEN_PUBLIC_KEYS";
pub const RATE_LIMITS: &str = "EVENS_RATE_LIMITS";
pub const ARGON2: &str = "EVENS_ARGON2";

/// A dependency of the functions that sign tokens and hash passwords.
const CREDENTIALS: &str = "evens-credentials";

/// Declares the settings of a domain: a structure with the value of each, and their rows in the table. The
/// documentation of a field is the description of its parameter. A row has: the field and its type, the way to read it
/// with the values that it takes, its parameter, its variable, and what else [`Setting`] has for it.
macro_rules! settings {
    (
        $(#[doc = $what:literal])+
        $name:ident in $rows:ident, as $group:ident: {
            $(
                $(#[doc = $about:literal])+
                $visibility:vis $field:ident: $type:ty = $read:ident($wanted:literal), $parameter:literal, $variable:literal
                $(, $method:ident($($argument:expr),*))*;
            )+
        }
    ) => {
        pub(super) const $rows: &[Setting] = &[$(
            Setting::new($parameter, &[($variable, Reading::Value)])
                .about(concat!($($about),+))
                .field(concat!("settings.", stringify!($group), ".", stringify!($field)))
                $(.$method($($argument),*))*
        ),+];

        $(#[doc = $what])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[doc = $about])+ $visibility $field: $type,)+
        }

        impl $name {
            /// Reads the variables through `lookup`, which knows the defaults.
            ///
            /// # Errors
            /// The first malformed variable.
            pub(in crate::settings) fn read(
                lookup: &impl Fn(&str) -> Option<String>,
            ) -> Result<Self, crate::StartError> {
                Ok(Self {
                    $($field: crate::settings::parse::$read($variable, $wanted, lookup($variable))?,)+
                })
            }
        }
    };
}
use settings;

/// Settings whose parameters are written by hand, because they differ between a stage and a box.
const KEYS: &[Setting] = &[
    Setting::new("TokenPublicKeys", &[(PUBLIC_KEYS, Reading::Value)])
        .used_by(&[Use::Tokens, Use::Dependency(CREDENTIALS)]),
    Setting::new("TokenSigningKeySecret", &[("EVENS_TOKEN_SIGNING_KEY_SECRET", Reading::Name)])
        .used_by(&[Use::Dependency(CREDENTIALS)]),
];

/// The settings by the names that marks of templates have for them.
pub const GROUPS: [(&str, &[&[Setting]]); 8] = [
    ("players", &[players::PASSWORDS, players::PLAYERS]),
    ("games", &[games::GAMES]),
    ("jackpots", &[jackpots::JACKPOTS]),
    ("blocks", &[games::BLOCKS]),
    ("requests", &[bets::REQUESTS]),
    ("notifications", &[bets::NOTIFICATIONS]),
    ("bets", &[bets::BETS]),
    ("payments", &[payments::MONEY, payments::SECRETS]),
];

/// The settings of a group.
pub fn group(name: &str) -> Option<impl Iterator<Item = &'static Setting>> {
    let (_, settings) = GROUPS.iter().find(|(known, _)| *known == name)?;
    Some(settings.iter().copied().flatten())
}

/// The settings whose parameters are written.
pub fn written() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|(_, settings)| settings.iter().copied().flatten())
}

/// Every setting.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    KEYS.iter().chain(written())
}

/// The setting that is read from a variable as it is.
fn plain(variable: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.plain_variable() == Some(variable))
}

/// The default of a variable. `None` if it has none, or an empty one.
pub fn default_of(variable: &str) -> Option<&'static str> {
    plain(variable).map(|setting| setting.default).filter(|default| !default.is_empty())
}

/// The variables of settings that protect money, and whose default is no protection.
pub fn protective() -> impl Iterator<Item = &'static str> {
    all().filter(|setting| setting.is_protective).filter_map(Setting::plain_variable)
}

/// The variables that each function reads as they are, a line for each function.
const OF_FUNCTIONS: &str = include_str!("of_functions.txt");

/// The variables that a function reads as they are.
pub(super) fn variables_of(folder: &str) -> impl Iterator<Item = &'static str> {
    let is_its = move |line: &&str| line.split(' ').next() == Some(folder);
    OF_FUNCTIONS.lines().find(is_its).into_iter().flat_map(|line| line.split(' ').skip(1))
}

/// Returns `true` for a variable that only some functions read.
pub(super) fn is_of_some(variable: &str) -> bool {
    plain(variable).is_some()
}
