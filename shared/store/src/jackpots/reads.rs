//! Reads of jackpots.

use super::entities::operation::{self, StoredOperation};
use super::entities::{config, meter, pool, win};
use crate::table::item::{Item, Key};
use crate::table::retry::{Attempt, attempt};
use crate::{Store, StoreError};
use evens_jackpots::{
    AwardAct, ByGroup, Contribution, GroupTotals, JackpotConfig, JackpotGroup, Meter, OperationId, Pool, Win,
    group_totals,
};
use evens_ledger::Amount;
use jiff::Timestamp;

/// A group as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotSnapshot {
    pub config: JackpotConfig,
    pub pool: Pool,
    /// The total amounts that it holds.
    pub totals: GroupTotals,
}

/// A page of a group's wins, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinPage {
    pub wins: Vec<Win>,
    /// The next page starts before the win of this number; `None` on the last page.
    pub next_before: Option<u64>,
}

/// A page of the versions of a group's terms, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPage {
    pub configs: Vec<JackpotConfig>,
    /// The next page starts before this version; `None` on the last page.
    pub next_before: Option<u64>,
}

impl Store {
    /// Number of wins read at once when all wins of a time range are read.
    const WINS_AT_ONCE: u16 = 100;
    /// Number of versions of terms read at once to find those in play. More than this is rare.
    const CONFIGS_AT_ONCE: u16 = 3;

    /// The open groups with their current amounts.
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT#`, `JACKPOT-METER#`
    /// - `Query` on `JACKPOT#`
    pub async fn load_jackpots_snapshot(&self) -> Result<ByGroup<Option<JackpotSnapshot>>, StoreError> {
        let configs = self.load_jackpot_configs().await?;
        let pools = self.load_pools_with_standing().await?;
        Ok(ByGroup::of(|group| {
            let (config, (pool, totals)) = (configs.get(group).clone()?, pools.get(group).clone()?);
            Some(JackpotSnapshot { config, pool, totals })
        }))
    }

    /// The current amounts of each open group.
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT#`, `JACKPOT-METER#`
    pub async fn load_jackpot_totals(&self) -> Result<ByGroup<Option<GroupTotals>>, StoreError> {
        let pools = self.load_pools_with_standing().await?;
        Ok(ByGroup::of(|group| pools.get(group).as_ref().map(|(_, totals)| *totals)))
    }

    async fn load_pools_with_standing(&self) -> Result<ByGroup<Option<(Pool, GroupTotals)>>, StoreError> {
        attempt!(self, Read, {
            let pools = self.load_jackpot_pools().await?;
            let meters = self.load_jackpot_meters().await?;
            // A win that began or ended in between has emptied the meters, and the pool that was read does not show it.
            if versions(&self.load_jackpot_pools().await?) != versions(&pools) {
                return Ok(Attempt::Again(StoreError::Contended));
            }
            Ok(Attempt::Done(ByGroup::of(|group| {
                let pool = pools.get(group).clone()?;
                let totals = group_totals(&pool, &meters);
                Some((pool, totals))
            })))
        })
    }

    /// The newest terms of each group.
    ///
    /// # Role
    /// - `Query` on `JACKPOT#`
    pub async fn load_jackpot_configs(&self) -> Result<ByGroup<Option<JackpotConfig>>, StoreError> {
        let [minor, major, mega] = JackpotGroup::ALL.map(|group| self.load_jackpot_config(group));
        let (minor, major, mega) = futures::future::try_join3(minor, major, mega).await?;
        Ok(ByGroup { minor, major, mega })
    }

    /// The newest terms of a group.
    pub async fn load_jackpot_config(
        &self,
        group: JackpotGroup,
    ) -> Result<Option<JackpotConfig>, StoreError> {
        Ok(self.query_jackpot_configs(group, None, 1).await?.pop())
    }

    /// The versions of a group's terms by which a period can still be won, newest first.
    pub(crate) async fn load_jackpot_configs_in_play(
        &self,
        group: JackpotGroup,
        now: Timestamp,
    ) -> Result<Vec<JackpotConfig>, StoreError> {
        let (mut configs, mut before) = (Vec::new(), None);
        loop {
            let page = self.page_jackpot_configs(group, before, Self::CONFIGS_AT_ONCE).await?;
            configs.extend(page.configs);
            let are_all = configs.last().is_none_or(|oldest| oldest.holds_alone(now));
            match page.next_before.filter(|_| !are_all) {
                Some(next) => before = Some(next),
                None => return Ok(configs),
            }
        }
    }

    /// Every version of a group's terms, newest first.
    pub async fn list_jackpot_configs(&self, group: JackpotGroup) -> Result<Vec<JackpotConfig>, StoreError> {
        self.query_jackpot_configs(group, None, usize::MAX).await
    }

    /// A page of the versions of a group's terms before a version, newest first.
    ///
    /// # Role
    /// - `Query` on `JACKPOT#`
    pub async fn page_jackpot_configs(
        &self,
        group: JackpotGroup,
        before: Option<u64>,
        limit: u16,
    ) -> Result<ConfigPage, StoreError> {
        let limit = usize::from(limit);
        let mut configs = self.query_jackpot_configs(group, before, limit + 1).await?;
        let has_more = configs.len() > limit;
        configs.truncate(limit);
        let next_before = configs.last().filter(|_| has_more).map(|config| config.version);
        Ok(ConfigPage { configs, next_before })
    }

    /// Every version of the terms of each group, newest first.
    ///
    /// # Role
    /// - `Query` on `JACKPOT#`
    pub async fn list_all_jackpot_configs(&self) -> Result<ByGroup<Vec<JackpotConfig>>, StoreError> {
        let [minor, major, mega] = JackpotGroup::ALL.map(|group| self.list_jackpot_configs(group));
        let (minor, major, mega) = futures::future::try_join3(minor, major, mega).await?;
        Ok(ByGroup { minor, major, mega })
    }

    async fn query_jackpot_configs(
        &self,
        group: JackpotGroup,
        before: Option<u64>,
        wanted: usize,
    ) -> Result<Vec<JackpotConfig>, StoreError> {
        let last = before.map_or(u64::MAX, |before| before.saturating_sub(1)).min(9_999_999_999);
        let query = Self::downwards(config::key(group, 0), config::key(group, last));
        let query = query.consistent(true);
        let items: Result<Vec<Item>, StoreError> =
            attempt!(self, Read, { self.query_up_to(&query, None, wanted).await.map(Attempt::Done) });
        items?.iter().map(config::decode).collect()
    }

    /// The pool of each open group.
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT#`
    pub async fn load_jackpot_pools(&self) -> Result<ByGroup<Option<Pool>>, StoreError> {
        let found = self.get_several_again(JackpotGroup::ALL.map(pool::key)).await?;
        let [minor, major, mega] = found.map(|item| item.as_ref().map(pool::decode).transpose());
        Ok(ByGroup { minor: minor?, major: major?, mega: mega? })
    }

    /// All meters that ever received a contribution.
    pub(crate) async fn load_jackpot_meters(&self) -> Result<Vec<Meter>, StoreError> {
        let items = self.get_batch_again(&meter::all_keys(self.layout.meters())).await?;
        items.iter().flatten().map(meter::decode).collect()
    }

    /// The contribution with an id. `None` if there is none, or the id was used for something else.
    pub async fn load_jackpot_contribution(
        &self,
        operation: &OperationId,
    ) -> Result<Option<Contribution>, StoreError> {
        let found = self.read_jackpot(&operation::key(operation)).await?;
        Ok(match found.as_ref().map(operation::decode).transpose()? {
            Some(StoredOperation::Contribution(contribution)) => Some(contribution),
            Some(StoredOperation::Award(_)) | None => None,
        })
    }

    /// A win that was paid.
    ///
    /// # Role
    /// - `GetItem` on `JACKPOT-WINS#`
    pub async fn load_jackpot_win(&self, group: JackpotGroup, cycle: u64) -> Result<Option<Win>, StoreError> {
        self.read_jackpot(&win::key(group, cycle)).await?.as_ref().map(win::decode).transpose()
    }

    /// A page of a group's wins before the win of a number, newest first.
    ///
    /// # Role
    /// - `Query` on `JACKPOT-WINS#`
    pub async fn list_jackpot_wins(
        &self,
        group: JackpotGroup,
        before: Option<u64>,
        limit: u16,
    ) -> Result<WinPage, StoreError> {
        self.page_of_jackpot_wins(group, before, limit, false).await
    }

    /// The amount that was given away on the decision of a single operator, over all groups and operators, within
    /// [`AwardAct::ALONE_COUNTED_FOR`]. Includes paid wins and wins in progress. Pools are read first, so that a win
    /// that ends meanwhile is seen twice rather than missed; it counts once.
    pub(crate) async fn load_given_alone(&self, now: Timestamp) -> Result<Amount, StoreError> {
        let mut given = Amount::ZERO;
        for pool in self.load_jackpot_pools().await?.iter().filter_map(|(_, pool)| pool.as_ref()) {
            let pending = pool.winning().map(|win| (pool.cycle, win.award.given_alone()));
            given = given.saturating_add(self.load_given_alone_of(pool.group, pending, now).await?);
        }
        Ok(given)
    }

    /// Like [`Self::load_given_alone`] for one group. `pending` is the number and the amount of the win that was in
    /// progress.
    async fn load_given_alone_of(
        &self,
        group: JackpotGroup,
        pending: Option<(u64, Amount)>,
        now: Timestamp,
    ) -> Result<Amount, StoreError> {
        let (mut given, mut before) = (pending.map(|(_, amount)| amount).unwrap_or_default(), None);
        loop {
            let page = self.page_of_jackpot_wins(group, before, Self::WINS_AT_ONCE, true).await?;
            for win in &page.wins {
                if now.duration_since(win.at) >= AwardAct::ALONE_COUNTED_FOR {
                    return Ok(given);
                }
                if pending.is_none_or(|(cycle, _)| cycle != win.cycle) {
                    given = given.saturating_add(win.given_alone());
                }
            }
            before = page.next_before;
            if before.is_none() {
                return Ok(given);
            }
        }
    }

    async fn page_of_jackpot_wins(
        &self,
        group: JackpotGroup,
        before: Option<u64>,
        limit: u16,
        is_consistent: bool,
    ) -> Result<WinPage, StoreError> {
        let Some(last) = before.unwrap_or(u64::MAX).checked_sub(1) else {
            return Ok(WinPage { wins: Vec::new(), next_before: None });
        };
        let query = Self::downwards(win::key(group, 0), win::key(group, last)).consistent(is_consistent);
        let items = self.query_up_to(&query, None, usize::from(limit) + 1).await?;
        let mut wins = items.iter().map(win::decode).collect::<Result<Vec<_>, _>>()?;
        let has_more = wins.len() > usize::from(limit);
        wins.truncate(limit.into());
        let next_before = wins.last().filter(|_| has_more).map(|win| win.cycle);
        Ok(WinPage { wins, next_before })
    }

    pub(crate) async fn read_jackpot(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        attempt!(self, Read, { self.get(key).await.map(Attempt::Done) })
    }
}

/// The version of each open pool.
fn versions(pools: &ByGroup<Option<Pool>>) -> [Option<u64>; 3] {
    JackpotGroup::ALL.map(|group| pools.get(group).as_ref().map(|pool| pool.version))
}
