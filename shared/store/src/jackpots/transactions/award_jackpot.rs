//! The first step of a win: the pool belongs to it, so that no other win can begin.

use crate::jackpots::entities::operation::{self, StoredOperation};
use crate::jackpots::entities::pool;
use crate::table::item::text;
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_in_place, put_new};
use crate::wallet::entities::wallet;
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_jackpots::{
    Award, AwardAct, AwardInput, AwardRefusal, AwardStep, GroupTotals, Pool, StartedAward, award,
    group_totals,
};
use evens_ledger::Amount;
use jiff::Timestamp;

impl Store {
    /// Awards a pool, or proposes to, as the rule decides from the current state: all items, or none. A win that has
    /// begun is completed by [`Store::finish_jackpot_win`].
    ///
    /// 1. operation: absent, or the proposal that was read, else read again until the deadline
    /// 2. pool, if a win begins: version is the one read, else the same
    /// 3. head of the audit log, for an operator's act: is the one read, else the same
    /// 4. line of the audit log, for an operator's act: absent, else the same
    ///
    /// The pool is read before the meters: while its version is unchanged, no meter has been emptied since. The log's
    /// head is read before the sum that was given away recently: while it is unchanged, no operator has given away
    /// anything since. A refusal because of an amount writes nothing, so the pool is read again to confirm it.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `JACKPOT#`, `JACKPOT-METER#`, `JACKPOT-OP#`, `USER#`
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `JACKPOT#`, `JACKPOT-OP#`
    /// - `Query` on `JACKPOT#`, `JACKPOT-WINS#`
    pub async fn award_jackpot(
        &self,
        wanted: &Award,
        act: AwardAct,
        act_of: impl Fn(&AwardStep) -> Option<Act>,
        now: Timestamp,
    ) -> Result<Result<AwardStep, AwardRefusal>, StoreError> {
        attempt!(self, AwardJackpot, {
            let keys = [operation::key(&wanted.operation), pool::key(wanted.group), wallet::key(wanted.user)];
            let [used, found, held] = self.get_several(keys).await?;
            let existing = match used.as_ref().map(operation::decode).transpose()? {
                None => None,
                Some(StoredOperation::Award(existing)) => Some(existing),
                Some(StoredOperation::Contribution(_)) => {
                    let reused = AwardRefusal::OperationReused(wanted.operation.clone());
                    return Ok(Attempt::Done(Err(reused)));
                }
            };
            let found = found.as_ref().map(pool::decode).transpose()?;
            let terms = self.load_jackpot_config(wanted.group).await?.map(|config| config.terms);
            let current = match &found {
                Some(found) => group_totals(found, &self.load_jackpot_meters().await?),
                None => GroupTotals::default(),
            };
            let wallet = wallet::of(wanted.user, held.as_ref())?;
            let is_free = found.as_ref().is_some_and(|pool| pool.winning().is_none());
            let (log, given_alone) = match act {
                AwardAct::Operator { .. } if is_free => {
                    (Some(self.load_audit_head().await?), self.load_given_alone(now).await?)
                }
                AwardAct::Operator { .. } | AwardAct::Draw => (None, Amount::ZERO),
            };
            let proposer = existing.as_deref().filter(|existing| existing.is_proposed());
            let proposer = proposer.and_then(Award::proposed_by).into_iter().collect();
            let input = AwardInput {
                existing: existing.as_deref(),
                is_proposer_gone: !self.proposers_gone(proposer).await?.is_empty(),
                pool: found.as_ref().zip(terms.as_ref()),
                totals: current,
                given_alone,
                wallet: &wallet,
            };
            let step = match award(wanted, act, input, now) {
                Ok(step) => step,
                Err(refusal) if refusal.is_of_amount() && !self.is_still(found.as_ref()).await? => {
                    return Ok(Attempt::Again(StoreError::Contended));
                }
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let mut items = step_items(existing.as_deref(), found.as_ref(), &step, self.layout)?;
            if let Some(act) = act_of(&step) {
                let head = match log {
                    Some(head) => head,
                    None => self.load_audit_head().await?,
                };
                items.extend(Self::log_items_behind(&head, act, now));
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(Ok(step))),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Returns `true` if the pool is still the one that was read.
    async fn is_still(&self, read: Option<&Pool>) -> Result<bool, StoreError> {
        let Some(read) = read else { return Ok(true) };
        let [found] = self.get_several([pool::key(read.group)]).await?;
        let found = found.as_ref().map(pool::decode).transpose()?;
        Ok(found.is_some_and(|found| found.version == read.version))
    }
}

fn step_items(
    existing: Option<&Award>,
    read: Option<&Pool>,
    step: &AwardStep,
    layout: Layout,
) -> Result<Vec<Write>, StoreError> {
    let put_award = |after: &Award| match existing {
        None => put_new(operation::encode_award(after)),
        Some(existing) => put_over_award(after, existing),
    };
    match (step, read) {
        (AwardStep::Begin(begun), Some(read)) => {
            let StartedAward { award, pool: after } = begun.as_ref();
            Ok(vec![put_award(award), pool::put(after, read, layout)])
        }
        (AwardStep::Begin(begun), None) => {
            Err(StoreError::corrupt(&begun.award.operation, "a win without a pool"))
        }
        (AwardStep::Propose(award), _) => Ok(vec![put_award(award)]),
    }
}

/// Replaces an award that was read, unless it has become a win.
pub(super) fn put_over_award(after: &Award, read: &Award) -> Write {
    let condition = "cause = :read AND attribute_not_exists(win)";
    put_in_place(operation::encode_award(after), condition, vec![(":read", text(read.cause))])
}
