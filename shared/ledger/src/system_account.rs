//! [`SystemAccount`]: an account that does not belong to a player. [`LedgerAccount`]: any account.

use crate::{BalanceKind, UserId};
use std::fmt;
use std::str::FromStr;

/// An account that does not belong to a player. Its balance is derived from entries and transfers and is not stored, so
/// that it cannot be a hot item.
///
/// Money that comes in from outside makes its source account negative. A negative balance is money that is owed to us
/// or that we hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SystemAccount {
    /// Stakes of a round that are neither paid out nor refunded yet. Holds the id of the round.
    Stakes(String),
    /// Stakes against the house in one period of a game, minus payouts and refunds. Holds the id of the period. After
    /// the end of the period, the balance is the profit of the house, or its loss if negative.
    Period(String),
    House,
    /// The earnings of the house: commissions on winnings of bets between players.
    Revenue,
    /// The source of bonuses.
    BonusPool,
    /// Money that came from or went to a payment provider. `None` in entries written before there were several
    /// providers.
    PaymentProvider(Option<ProviderName>),
    /// The source of jackpot wins. Holds the name of the jackpot group.
    JackpotPool(String),
    /// The reserve that refills a jackpot after a win. It is never shown. Holds the name of the jackpot group.
    JackpotReserve(String),
    /// Withdrawals that are debited and not paid out yet.
    Withdrawals,
    /// A provider's money that belongs to no order, until a cashier assigns it.
    Suspense(ProviderName),
    ProviderFees(ProviderName),
    /// A player's debt: money that was taken back from us after the player had spent it.
    Receivable(UserId),
    BadDebt,
    /// Our bank account, to which providers settle.
    Bank,
    /// Balances of players at their import from another system. Holds the name of that system.
    Opening(ProviderName),
}

/// An account of the ledger: a balance of a wallet, or a system account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccount {
    Wallet(UserId, BalanceKind),
    System(SystemAccount),
}

/// The name of an external system, such as a payment provider: 1 to 32 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 32 of a-z, 0-9 and -")]
pub struct ProviderNameError;

impl ProviderName {
    /// In characters.
    pub const LENGTH_MAX: usize = 32;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a system account")]
pub struct SystemAccountError;

impl fmt::Display for SystemAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stakes(round) => write!(formatter, "stakes:{round}"),
            Self::Period(period) => write!(formatter, "period:{period}"),
            Self::House => formatter.write_str("house"),
            Self::Revenue => formatter.write_str("revenue"),
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
                "revenue" => Ok(Self::Revenue),
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
