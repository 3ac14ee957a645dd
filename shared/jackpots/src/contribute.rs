//! Contributions: of several groups in one step, each id once.

use crate::{ByGroup, DayIsFull, IsClosed, JackpotGroup, JackpotTerms, OperationId, Share};
use evens_games::GameBetRecord;
use evens_ledger::{Amount, EntryKey, EntryPurpose, SystemAccount, Transfer, UserId};
use jiff::Timestamp;

/// What was contributed under an id. It is its own proof in the books: what it moved from the house follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Under which id.
    pub operation: OperationId,
    /// What went where, by group.
    pub shares: ByGroup<Share>,
    /// When.
    pub at: Timestamp,
    /// Who made it; none where bets did, and of one that was made before that was put down.
    pub by: Option<UserId>,
}

/// Why a contribution is refused, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContributeRefusal {
    /// Nothing is contributed.
    #[error("contributes nothing")]
    Nothing,
    /// The group has no terms.
    #[error("has no jackpot {0}")]
    NotOpen(JackpotGroup),
    /// The group must be won at some sum, which stakes alone bring it to.
    #[error("the jackpot {0} must be won at {1}")]
    HasLimit(JackpotGroup, Amount),
}

/// What became of a contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContributeOutcome {
    /// It was made now, or under the same id before.
    Contributed {
        /// What went where.
        contribution: Contribution,
        /// Whether that was before.
        is_replay: bool,
    },
    /// The id was used for something else; nothing changed.
    OperationReused,
    /// It was decided while a group takes none; nothing changed.
    IsClosed(IsClosed),
    /// The day takes no more of it; nothing changed.
    DayIsFull(DayIsFull),
}

/// What goes where of amounts for each group: divided between pool and reserve as their rates stand to each other, the
/// reserve rounded down.
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

/// What of some bets against the house was staked in cash. A bonus feeds no jackpot.
pub fn cash_of<'a>(bets: impl IntoIterator<Item = &'a GameBetRecord>) -> Amount {
    let cash = bets.into_iter().map(GameBetRecord::cash);
    cash.fold(Amount::ZERO, Amount::saturating_add)
}

/// What goes where of cash that was staked against the house: each rate of it, rounded down. None where that is
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
    /// Whether it adds to no jackpot that must be won at some sum. Whoever contributes to one would choose the period
    /// in which it is won, and with it who bets there; and the start of the next one is the house's, however little
    /// brought it there.
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

    /// All of it together.
    pub fn total(&self) -> Amount {
        self.shares.iter().fold(Amount::ZERO, |sum, (_, share)| sum.saturating_add(share.total()))
    }

    /// The same by somebody.
    #[must_use]
    pub fn made_by(self, by: UserId) -> Self {
        Self { by: Some(by), ..self }
    }

    /// Whether it is the same as another, whatever the terms of its time divided it by. Those of two callers are not,
    /// as far as it is known who made them.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_of_another = self.by.zip(other.by).is_some_and(|(by, other)| by != other);
        self.operation == other.operation
            && !is_of_another
            && self.shares.iter().all(|(group, share)| share.total() == other.shares.get(group).total())
    }

    /// The jackpots that it adds to.
    pub fn groups(&self) -> impl Iterator<Item = JackpotGroup> {
        self.shares.iter().filter(|(_, share)| !share.total().is_zero()).map(|(group, _)| group)
    }

    /// What it moves between accounts of the ledger.
    pub fn transfers(&self) -> Vec<Transfer> {
        let of_group = |(group, share): (JackpotGroup, &Share)| {
            let legs = [
                (EntryPurpose::JackpotIn, group.pool_account(), share.pool),
                (EntryPurpose::JackpotReserve, group.reserve_account(), share.reserve),
            ];
            legs.map(|(purpose, to, amount)| Transfer {
                key: EntryKey::new(purpose, &[&self.operation, &group]),
                from: SystemAccount::House,
                to,
                amount,
                reference: self.operation.to_string(),
                at: self.at,
            })
        };
        self.shares.iter().flat_map(of_group).filter(|transfer| !transfer.amount.is_zero()).collect()
    }
}
