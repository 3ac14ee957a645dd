//! Contributions: to several groups in one step, once per id.

use crate::{ByGroup, DayIsFull, IsClosed, JackpotGroup, JackpotTerms, OperationId, Share};
use evens_games::GameBetRecord;
use evens_ledger::{Amount, EntryKey, EntryPurpose, SystemAccount, Transfer, UserId};
use jiff::Timestamp;

/// A contribution under an id. It is its own record in the books: its transfers from the house follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    pub operation: OperationId,
    /// The amounts for pool and reserve, by group.
    pub shares: ByGroup<Share>,
    pub at: Timestamp,
    /// The caller of the API. `None` if bets made the contribution, or if it was stored before this field existed.
    pub by: Option<UserId>,
}

/// The reason why a contribution is refused, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContributeRefusal {
    #[error("the contribution is zero")]
    Nothing,
    #[error("there is no jackpot {0}")]
    NotOpen(JackpotGroup),
    /// The group has a limit, which only stakes may bring it to.
    #[error("the {0} jackpot must be won at {1} and takes contributions from bets only")]
    HasLimit(JackpotGroup, Amount),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContributeOutcome {
    /// The contribution was made now, or earlier under the same id.
    Contributed {
        contribution: Contribution,
        /// True if it was made earlier.
        is_replay: bool,
    },
    /// The id was used for something else; nothing changed.
    OperationReused,
    /// The contribution was decided while a group is closed for contributions; nothing changed.
    IsClosed(IsClosed),
    /// The daily maximum is reached; nothing changed.
    DayIsFull(DayIsFull),
}

/// Divides the amount for each group between pool and reserve, in proportion to their rates. The reserve is rounded
/// down.
///
/// # Errors
/// [`ContributeRefusal`]
pub fn contribute(
    operation: OperationId,
    amounts: &ByGroup<Amount>,
    terms: &ByGroup<Option<JackpotTerms>>,
    now: Timestamp,
) -> Result<Contribution, ContributeRefusal> {
    if amounts.iter().all(|(_, amount)| amount.is_zero()) {
        return Err(ContributeRefusal::Nothing);
    }
    let shares = ByGroup::try_of(|group| match (amounts.get(group), terms.get(group)) {
        (amount, _) if amount.is_zero() => Ok(Share::default()),
        (_, None) => Err(ContributeRefusal::NotOpen(group)),
        (amount, Some(terms)) => Ok(divide(*amount, terms)),
    })?;
    Ok(Contribution { operation, shares, at: now, by: None })
}

/// The cash part of bets against the house. A bonus contributes to no jackpot.
pub fn cash_of<'a>(bets: impl IntoIterator<Item = &'a GameBetRecord>) -> Amount {
    let cash = bets.into_iter().map(GameBetRecord::cash);
    cash.fold(Amount::ZERO, Amount::saturating_add)
}

/// The contribution of cash stakes against the house: each rate of the stakes, rounded down. Returns `None` if that is
/// nothing.
pub fn contribution_of_stakes(
    operation: OperationId,
    staked: Amount,
    terms: &ByGroup<Option<JackpotTerms>>,
    now: Timestamp,
) -> Option<Contribution> {
    let shares = ByGroup::of(|group| {
        let of = |terms: &JackpotTerms| Share {
            pool: terms.rate().of(staked),
            reserve: terms.reserve_rate().of(staked),
        };
        terms.get(group).as_ref().map(of).unwrap_or_default()
    });
    let contribution = Contribution { operation, shares, at: now, by: None };
    (!contribution.total().is_zero()).then_some(contribution)
}

fn divide(amount: Amount, terms: &JackpotTerms) -> Share {
    let (rate, reserve_rate) = (terms.rate().millionths(), terms.reserve_rate().millionths());
    let units = amount.units() * i128::from(reserve_rate) / i128::from(rate + reserve_rate);
    let reserve = Amount::from_units(units).unwrap_or_default();
    Share { pool: amount.saturating_sub(reserve), reserve }
}

impl Contribution {
    /// Refuses a contribution to a group with a limit. The contributor could choose the period in which it is won, and
    /// with it the players who bet there. The house would pay the next start amount, even after a small contribution.
    ///
    /// # Errors
    /// [`ContributeRefusal::HasLimit`]
    pub fn brings_none_to_its_limit(
        &self,
        terms: &ByGroup<Option<JackpotTerms>>,
    ) -> Result<(), ContributeRefusal> {
        let limit_of = |group| terms.get(group).as_ref().and_then(JackpotTerms::must_hit_by);
        let limited = self.groups().find_map(|group| limit_of(group).map(|limit| (group, limit)));
        limited.map_or(Ok(()), |(group, limit)| Err(ContributeRefusal::HasLimit(group, limit)))
    }

    /// The sum over all groups, for pool and reserve.
    pub fn total(&self) -> Amount {
        self.shares.iter().fold(Amount::ZERO, |sum, (_, share)| sum.saturating_add(share.total()))
    }

    #[must_use]
    pub fn made_by(self, by: UserId) -> Self {
        Self { by: Some(by), ..self }
    }

    /// Returns `true` for the same contribution, even if other terms divided it differently. Contributions of two known
    /// callers are never the same.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_of_another = self.by.zip(other.by).is_some_and(|(by, other)| by != other);
        self.operation == other.operation
            && !is_of_another
            && self.shares.iter().all(|(group, share)| share.total() == other.shares.get(group).total())
    }

    pub fn groups(&self) -> impl Iterator<Item = JackpotGroup> {
        self.shares.iter().filter(|(_, share)| !share.total().is_zero()).map(|(group, _)| group)
    }

    /// The purposes of the transfers to a group: to its pool, and to its reserve.
    pub const LEGS: [EntryPurpose; 2] = [EntryPurpose::JackpotIn, EntryPurpose::JackpotReserve];

    pub fn transfers(&self) -> Vec<Transfer> {
        let of_group = |group| Self::LEGS.into_iter().filter_map(move |leg| self.transfer(leg, group));
        JackpotGroup::ALL.into_iter().flat_map(of_group).collect()
    }

    /// The transfer of a [leg](Self::LEGS) to a group, unless nothing is moved.
    pub fn transfer(&self, leg: EntryPurpose, group: JackpotGroup) -> Option<Transfer> {
        let share = self.shares.get(group);
        let (to, amount) = match leg {
            EntryPurpose::JackpotReserve => (group.reserve_account(), share.reserve),
            _ => (group.pool_account(), share.pool),
        };
        (!amount.is_zero()).then(|| Transfer {
            key: EntryKey::new(leg, &[&self.operation, &group]),
            from: SystemAccount::House,
            to,
            amount,
            reference: self.operation.to_string(),
            at: self.at,
        })
    }
}
