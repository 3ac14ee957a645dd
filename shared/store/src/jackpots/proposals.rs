//! What one operator has proposed of jackpots, and another one may agree to.

use super::entities::operation::{self, Used};
use super::entities::proposal;
use crate::operations::sweep::Since;
use crate::table::item::{Item, Key};
use crate::table::retry::{Attempt, attempt};
use crate::{Store, StoreError};
use evens_jackpots::{Award, JackpotGroup, PROPOSAL_HOLDS_FOR, ProposedConfig};
use jiff::Timestamp;

/// What waits for a second operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotProposals {
    /// Wins, the oldest first.
    pub wins: Vec<Award>,
    /// Terms, the smallest group first.
    pub terms: Vec<ProposedConfig>,
}

impl Store {
    /// How many proposed wins are listed at most: what one read takes.
    const PROPOSALS_MAX: u16 = 100;

    /// What waits for a second operator at that moment: the 100 oldest wins, and the terms of each group.
    pub async fn list_jackpot_proposals(&self, now: Timestamp) -> Result<JackpotProposals, StoreError> {
        let (wins, terms) =
            futures::future::try_join(self.load_proposed_wins(now), self.load_proposed_terms(now)).await?;
        Ok(JackpotProposals { wins, terms })
    }

    async fn load_proposed_wins(&self, now: Timestamp) -> Result<Vec<Award>, StoreError> {
        let since = Since::After(now.saturating_sub(PROPOSAL_HOLDS_FOR).unwrap_or(Timestamp::MIN));
        let listed: Result<_, StoreError> = attempt!(self, Read, {
            let page = self.page_of_unfinished(operation::PROPOSED, since, None, Self::PROPOSALS_MAX);
            page.await.map(Attempt::Done)
        });
        let keys = listed?.0.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.get_batch_again(&keys).await?;
        // The index is a moment behind: what it lists may have begun.
        let waits = |item: &Item| match operation::decode(item) {
            Ok(Used::Award(award)) => Ok(Some(*award).filter(Award::is_proposed)),
            Ok(Used::Contribution(_)) => Ok(None),
            Err(error) => Err(error),
        };
        found.iter().flatten().filter_map(|item| waits(item).transpose()).collect()
    }

    async fn load_proposed_terms(&self, now: Timestamp) -> Result<Vec<ProposedConfig>, StoreError> {
        let configs = self.load_jackpot_configs().await?;
        let found = self.get_several_again(JackpotGroup::ALL.map(proposal::key)).await?;
        let proposed = found.iter().flatten().map(proposal::decode).collect::<Result<Vec<_>, _>>()?;
        let waits = |proposed: &ProposedConfig| {
            let newest = configs.get(proposed.config.group).as_ref().map_or(0, |config| config.version);
            proposed.config.version == newest + 1 && !proposed.has_lapsed(now)
        };
        Ok(proposed.into_iter().filter(waits).collect())
    }
}
