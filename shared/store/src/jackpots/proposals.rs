//! Proposals of one operator that another may approve.

use super::entities::operation::{self, StoredOperation};
use super::entities::proposal;
use crate::operations::sweep::Since;
use crate::players::entities::account;
use crate::table::item::{Item, Key};
use crate::table::retry::{Attempt, attempt};
use crate::{Store, StoreError};
use evens_jackpots::{Award, JackpotGroup, PROPOSAL_HOLDS_FOR, ProposedConfig};
use evens_ledger::UserId;
use evens_players::Role;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Proposals that wait for a second operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotProposals {
    /// Oldest first.
    pub wins: Vec<Award>,
    /// Smallest group first.
    pub terms: Vec<ProposedConfig>,
}

impl Store {
    /// Maximum number of proposed wins in a list, and the number read at once.
    const PROPOSALS_MAX: u16 = 100;

    /// The proposals that wait for a second operator at the time `now`: the 100 oldest wins, and the terms of each
    /// group. Proposals of users who are no longer operators are left out, and do not hide others.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `JACKPOT-OP#`
    /// - `Query` on `JACKPOT#`, index `unfinished`
    pub async fn list_jackpot_proposals(&self, now: Timestamp) -> Result<JackpotProposals, StoreError> {
        let (wins, mut terms) =
            futures::future::try_join(self.load_proposed_wins(now), self.load_proposed_terms(now)).await?;
        let gone = self.proposers_gone(terms.iter().map(|proposed| proposed.by).collect()).await?;
        terms.retain(|proposed| !gone.contains(&proposed.by));
        Ok(JackpotProposals { wins, terms })
    }

    /// The proposers who are blocked or no longer operators. Their proposals cannot be approved.
    pub(super) async fn proposers_gone(
        &self,
        proposers: BTreeSet<UserId>,
    ) -> Result<BTreeSet<UserId>, StoreError> {
        let keys: Vec<_> = proposers.into_iter().map(account::key).collect();
        let mut gone = BTreeSet::new();
        for some in keys.chunks(Self::BATCH_MAX) {
            for item in self.get_batch_again(some).await?.iter().flatten() {
                let account = account::decode(item)?;
                if account.role != Role::Operator || account.is_blocked {
                    gone.insert(account.user);
                }
            }
        }
        Ok(gone)
    }

    async fn load_proposed_wins(&self, now: Timestamp) -> Result<Vec<Award>, StoreError> {
        let since = Since::After(now.saturating_sub(PROPOSAL_HOLDS_FOR).unwrap_or(Timestamp::MIN));
        let max = usize::from(Self::PROPOSALS_MAX);
        let (mut wins, mut start) = (Vec::new(), None);
        while wins.len() < max {
            let listed: Result<_, StoreError> = attempt!(self, Read, {
                let page =
                    self.page_of_unfinished(operation::PROPOSED, since, start.clone(), Self::PROPOSALS_MAX);
                page.await.map(Attempt::Done)
            });
            let (page, next) = listed?;
            wins.extend(self.load_waiting_wins(&page).await?);
            start = next;
            if start.is_none() {
                break;
            }
        }
        wins.truncate(max);
        Ok(wins)
    }

    /// The wins on a page of the index that another operator may approve. The index may be slightly behind, so a listed
    /// win may have begun.
    async fn load_waiting_wins(&self, listed: &[Item]) -> Result<Vec<Award>, StoreError> {
        let keys = listed.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        let mut wins = Vec::new();
        if keys.is_empty() {
            return Ok(wins);
        }
        for item in self.get_batch_again(&keys).await?.iter().flatten() {
            match operation::decode(item)? {
                StoredOperation::Award(award) if award.is_proposed() => wins.push(*award),
                StoredOperation::Award(_) | StoredOperation::Contribution(_) => {}
            }
        }
        let gone = self.proposers_gone(wins.iter().filter_map(Award::proposed_by).collect()).await?;
        wins.retain(|award| award.proposed_by().is_none_or(|by| !gone.contains(&by)));
        Ok(wins)
    }

    async fn load_proposed_terms(&self, now: Timestamp) -> Result<Vec<ProposedConfig>, StoreError> {
        let configs = self.load_jackpot_configs().await?;
        let [minor, major, mega] = JackpotGroup::ALL.map(|group| self.load_proposed_configs(group));
        let (minor, major, mega) = futures::future::try_join3(minor, major, mega).await?;
        let waits = |proposed: &ProposedConfig| {
            let newest = configs.get(proposed.config.group).as_ref().map_or(0, |config| config.version);
            proposed.config.version == newest + 1 && !proposed.has_lapsed(now)
        };
        Ok([minor, major, mega].into_iter().flatten().filter(waits).collect())
    }

    /// The last proposal of each operator for the terms of a group, even if it no longer applies.
    pub(super) async fn load_proposed_configs(
        &self,
        group: JackpotGroup,
    ) -> Result<Vec<ProposedConfig>, StoreError> {
        let (first, last) = proposal::bounds(group);
        let query = Self::downwards(first, last).consistent(true);
        let items: Result<Vec<Item>, StoreError> =
            attempt!(self, Read, { self.query_up_to(&query, None, usize::MAX).await.map(Attempt::Done) });
        items?.iter().map(proposal::decode).collect()
    }
}
