//! [`SystemAccount`]: an account that is no player's; and [`LedgerAccount`]: any account.

use crate::{BalanceKind, UserId};
use std::fmt;
use std::str::FromStr;

/// An account that is no player's. Its balance is derived from entries and transfers and stored nowhere, so that no
/// item is hot.
///
/// Money that came in from outside makes the account that it came from negative: what it holds below zero is owed to
/// us, or is with us.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SystemAccount {
    /// Stakes of one round that are neither paid out nor given back yet; holds the round's id.
    Stakes(String),
    /// What was staked against the house in one period of a game, less what was paid out of it and given back; holds
    /// the period's id. What is in it once the period has ended is what the house won, below zero what it lost.
    Period(String),
    /// The house.
    House,
    /// What bonuses are paid from.
    BonusPool,
    /// A payment provider, or all of them by the name of before there were several: money that came from or went
    /// outside.
    PaymentProvider(Option<ProviderName>),
    /// What the wins of a jackpot are paid from; holds the name of its group.
    JackpotPool(String),
    /// What starts a jackpot again after a win, which is shown to nobody; holds the name of its group.
    JackpotReserve(String),
    /// Withdrawals that are debited and not paid out yet.
    Withdrawals,
    /// Money of a provider that belongs to no order, until a cashier says what becomes of it.
    Suspense(ProviderName),
    /// What a provider charged.
    ProviderFees(ProviderName),
    /// What a player owes: money that was taken back from us after it was spent.
    Receivable(UserId),
    /// What players owed and never paid.
    BadDebt,
    /// Our account at the bank, to which providers settle.
    Bank,
    /// What players held when they were taken over from another system; holds its name.
    Opening(ProviderName),
}

/// An account of the ledger: one of the two balances of a wallet, or one of the system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccount {
    /// A balance of a player's wallet.
    Wallet(UserId, BalanceKind),
    /// An account that is no player's.
    System(SystemAccount),
}

/// The name of a system outside, such as a payment provider: 1 to 32 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderName(String);

/// The text is no name of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 32 of a-z, 0-9 and -")]
pub struct ProviderNameError;

impl ProviderName {
    /// The longest name, in characters.
    pub const LENGTH_MAX: usize = 32;

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for ProviderName {
    type Err = ProviderNameError;

    fn from_str(text: &str) -> Result<Self, ProviderNameError> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(ProviderNameError) }
    }
}

/// The text names no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no account")]
pub struct SystemAccountError;

impl fmt::Display for SystemAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stakes(round) => write!(formatter, "stakes:{round}"),
            Self::Period(period) => write!(formatter, "period:{period}"),
            Self::House => formatter.write_str("house"),
            Self::BonusPool => formatter.write_str("bonus-pool"),
            Self::PaymentProvider(None) => formatter.write_str("payment-provider"),
            Self::PaymentProvider(Some(name)) => write!(formatter, "payment-provider:{name}"),
            Self::JackpotPool(group) => write!(formatter, "jackpot-pool:{group}"),
            Self::JackpotReserve(group) => write!(formatter, "jackpot-reserve:{group}"),
            Self::Withdrawals => formatter.write_str("withdrawals"),
            Self::Suspense(name) => write!(formatter, "suspense:{name}"),
            Self::ProviderFees(name) => write!(formatter, "provider-fees:{name}"),
            Self::Receivable(user) => write!(formatter, "receivable:{user}"),
            Self::BadDebt => formatter.write_str("bad-debt"),
            Self::Bank => formatter.write_str("bank"),
            Self::Opening(name) => write!(formatter, "opening:{name}"),
        }
    }
}

impl FromStr for SystemAccount {
    type Err = SystemAccountError;

    fn from_str(text: &str) -> Result<Self, SystemAccountError> {
        let named = |name: &str| name.parse().map_err(|_| SystemAccountError);
        match text.split_once(':') {
            None => match text {
                "house" => Ok(Self::House),
                "bonus-pool" => Ok(Self::BonusPool),
                "payment-provider" => Ok(Self::PaymentProvider(None)),
                "withdrawals" => Ok(Self::Withdrawals),
                "bad-debt" => Ok(Self::BadDebt),
                "bank" => Ok(Self::Bank),
                _ => Err(SystemAccountError),
            },
            Some(("stakes", round)) => Ok(Self::Stakes(round.to_owned())),
            Some(("period", period)) => Ok(Self::Period(period.to_owned())),
            Some(("jackpot-pool", group)) => Ok(Self::JackpotPool(group.to_owned())),
            Some(("jackpot-reserve", group)) => Ok(Self::JackpotReserve(group.to_owned())),
            Some(("payment-provider", name)) => Ok(Self::PaymentProvider(Some(named(name)?))),
            Some(("suspense", name)) => Ok(Self::Suspense(named(name)?)),
            Some(("provider-fees", name)) => Ok(Self::ProviderFees(named(name)?)),
            Some(("receivable", user)) => user.parse().map(Self::Receivable).map_err(|_| SystemAccountError),
            Some(("opening", name)) => Ok(Self::Opening(named(name)?)),
            Some(_) => Err(SystemAccountError),
        }
    }
}

impl fmt::Display for LedgerAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(user, BalanceKind::Cash) => write!(formatter, "wallet:{user}:cash"),
            Self::Wallet(user, BalanceKind::Bonus) => write!(formatter, "wallet:{user}:bonus"),
            Self::System(account) => account.fmt(formatter),
        }
    }
}
