//! Finds unfinished work, shard by shard and never by a scan.

use crate::exchange::entities::{bet_match, round, waiting};
use crate::jackpots::entities::{operation, pool};
use crate::payments::entities::order::OrderList;
use crate::payments::entities::{order, payments_record};
use crate::players::entities::account;
use crate::table::index_place::unfinished_since;
use crate::table::item::{Fields, Item, text};
use crate::table::queries::{Page, PageStart};
use crate::table::shard::index_sort;
use crate::{Store, StoreError};
use evens_exchange::{MatchId, RoundId, UnmatchedBet};
use evens_games::PeriodId;
use evens_jackpots::{JackpotGroup, OperationId};
use evens_ledger::UserId;
use evens_payments::OrderId;
use evens_table::Query;
use jiff::Timestamp;

/// An unsettled match, as the index shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsettledMatch {
    pub id: MatchId,
    pub round: RoundId,
    /// The player of its bet on side A.
    pub user_a: UserId,
    pub joined_at: Timestamp,
}

/// A round with something left to do: it has ended and its bets or matches have not, or it is past its closing
/// deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedRound {
    pub id: RoundId,
}

/// An account whose sign-up has a step left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedRegistration {
    pub user: UserId,
}

/// A player to whom the bonus for their first deposit is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfinishedFirstBonus {
    pub user: UserId,
}

/// An order that must be checked, as the index shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedOrder {
    pub id: OrderId,
    pub user: UserId,
}

/// A jackpot win that is not paid, as the index shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfinishedWin {
    pub group: JackpotGroup,
    /// The period whose bets it is owed to, if it was drawn and has not begun. `None` if it has begun.
    pub owed_by: Option<PeriodId>,
}

/// A range of times since which work has been unfinished, by the clock of the process that began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Earlier than this time.
    Before(Timestamp),
    /// Later than this time. With the current time: the clock of that process was ahead.
    After(Timestamp),
    /// From the first time to the second, both included.
    Within(Timestamp, Timestamp),
}

impl Store {
    /// The name of the index of unfinished work.
    pub(crate) const UNFINISHED: &'static str = "unfinished";

    /// A page of the unmatched bets in a shard of the book; the first page, or the one at `start`.
    ///
    /// # Role
    /// - `Query` on `BOOK#`
    pub async fn sweep_waiting(
        &self,
        shard: u8,
        start: Option<PageStart>,
    ) -> Result<Page<UnmatchedBet>, StoreError> {
        let query = Query::new("pk = :pk")
            .value(":pk", text(waiting::partition(self.layout.shard(shard))))
            .start(start.map(|start| start.0))
            .limit(Self::PAGE.into());
        let found = self.query_once(query).await?;
        Ok(Page::of(&found.items, |item| waiting::decode(item, self.layout), found.next))
    }

    /// A page of the unsettled matches in a shard of the index that were joined in the range `joined`.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_matches(
        &self,
        shard: u8,
        joined: Since,
        start: Option<PageStart>,
    ) -> Result<Page<UnsettledMatch>, StoreError> {
        let partition = bet_match::index_partition(self.layout.shard(shard));
        let start = start.map(|start| start.0);
        let (items, next) = self.page_of_unfinished(&partition, joined, start, Self::PAGE).await?;
        Ok(Page::of(&items, unsettled_match, next))
    }

    /// Every round in a shard of the index with something left to do: those that have ended, and open ones whose
    /// closing deadline has passed.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_rounds(&self, shard: u8, now: Timestamp) -> Result<Vec<UnfinishedRound>, StoreError> {
        let partition = round::index_partition(self.layout.shard(shard));
        let (mut rounds, mut start) = (Vec::new(), None);
        loop {
            let (items, next) =
                self.page_of_unfinished(&partition, Since::Before(now), start, Self::PAGE).await?;
            let page = Page::of(&items, unfinished_round, next);
            rounds.extend(page.found);
            let Some(next) = page.next else { return Ok(rounds) };
            start = Some(next.0);
        }
    }

    /// A page of the accounts in a shard of the index that were created in the range `created` and have a step of their
    /// sign-up left.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_registrations(
        &self,
        shard: u8,
        created: Since,
        start: Option<PageStart>,
    ) -> Result<Page<UnfinishedRegistration>, StoreError> {
        let partition = account::index_partition(self.layout.shard(shard));
        let start = start.map(|start| start.0);
        let (items, next) = self.page_of_unfinished(&partition, created, start, Self::PAGE).await?;
        Ok(Page::of(&items, unfinished_registration, next))
    }

    /// A page of the players in a shard of the index whose bonus for a first deposit has been due since the range
    /// `due`.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_first_bonuses(
        &self,
        shard: u8,
        due: Since,
        start: Option<PageStart>,
    ) -> Result<Page<UnfinishedFirstBonus>, StoreError> {
        let partition = payments_record::index_partition(self.layout.shard(shard));
        let start = start.map(|start| start.0);
        let (items, next) = self.page_of_unfinished(&partition, due, start, Self::PAGE).await?;
        Ok(Page::of(&items, unfinished_first_bonus, next))
    }

    /// The jackpot wins of a shard of the index that began in the range `begun`, or were drawn in it and have not
    /// begun; the oldest first.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_jackpot_wins(
        &self,
        shard: u8,
        begun: Since,
    ) -> Result<Vec<UnfinishedWin>, StoreError> {
        let partition = pool::index_partition(self.layout.shard(shard));
        let (mut wins, mut start) = (Vec::new(), None);
        loop {
            let (items, next) = self.page_of_unfinished(&partition, begun, start, Self::PAGE).await?;
            wins.extend(Page::of(&items, win_in_key, None).found);
            start = next;
            if start.is_none() {
                return Ok(wins);
            }
        }
    }

    /// A page of the orders in a shard of a list whose next check is due, the longest due first.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_orders(
        &self,
        list: OrderList,
        shard: u8,
        now: Timestamp,
        start: Option<PageStart>,
    ) -> Result<Page<UnfinishedOrder>, StoreError> {
        let partition = list.partition(self.layout.shard(shard));
        let start = start.map(|start| start.0);
        let (items, next) =
            self.page_of_unfinished(&partition, Since::Before(now), start, Self::PAGE).await?;
        Ok(Page::of(&items, unfinished_order, next))
    }

    /// At most `limit` items of a partition of the index, which sorts by time, and the start of the next page.
    pub(crate) async fn page_of_unfinished(
        &self,
        partition: &str,
        since: Since,
        start: Option<Item>,
        limit: u16,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let (condition, moment) = match since {
            Since::Before(moment) => ("unfinished_pk = :pk AND unfinished_sk < :moment", moment),
            Since::After(moment) => ("unfinished_pk = :pk AND unfinished_sk > :moment", moment),
            Since::Within(_, last) => {
                ("unfinished_pk = :pk AND unfinished_sk BETWEEN :first AND :moment", last)
            }
        };
        let mut query = Query::new(condition)
            .index(Self::UNFINISHED)
            .value(":pk", text(partition))
            .value(":moment", text(index_sort(moment)))
            .start(start)
            .limit(limit.into());
        if let Since::Within(first, _) = since {
            query = query.value(":first", text(index_sort(first)));
        }
        let found = self.query_once(query).await?;
        Ok((found.items, found.next))
    }
}

fn unfinished_round(item: &Item) -> Result<UnfinishedRound, StoreError> {
    Ok(UnfinishedRound { id: round_in_key(Fields::of(item))? })
}

pub(crate) fn round_in_key(fields: Fields<'_>) -> Result<RoundId, StoreError> {
    let partition: String = fields.get("pk")?;
    let id = partition.strip_prefix("ROUND#").and_then(|id| id.parse().ok());
    id.ok_or_else(|| fields.corrupt("pk"))
}

fn unfinished_registration(item: &Item) -> Result<UnfinishedRegistration, StoreError> {
    Ok(UnfinishedRegistration { user: user_in_key(item, account::PARTITION_PREFIX)? })
}

fn unfinished_first_bonus(item: &Item) -> Result<UnfinishedFirstBonus, StoreError> {
    Ok(UnfinishedFirstBonus { user: user_in_key(item, payments_record::PARTITION_PREFIX)? })
}

fn win_in_key(item: &Item) -> Result<UnfinishedWin, StoreError> {
    let fields = Fields::of(item);
    let partition: String = fields.get("pk")?;
    let under_way = |group: &str| Some(UnfinishedWin { group: group.parse().ok()?, owed_by: None });
    let owed = |operation: &str| {
        let (period, group) = OperationId::from_stored(operation.to_owned()).drawn_win()?;
        Some(UnfinishedWin { group, owed_by: Some(period) })
    };
    let of_pool = partition.strip_prefix(pool::PARTITION_PREFIX).and_then(under_way);
    let found = of_pool.or_else(|| partition.strip_prefix(operation::PARTITION_PREFIX).and_then(owed));
    found.ok_or_else(|| fields.corrupt("pk"))
}

/// The user whose number follows the prefix in the partition key.
fn user_in_key(item: &Item, prefix: &str) -> Result<UserId, StoreError> {
    let fields = Fields::of(item);
    let partition: String = fields.get("pk")?;
    let user = partition.strip_prefix(prefix).and_then(|user| user.parse().ok());
    user.ok_or_else(|| fields.corrupt("pk"))
}

pub(crate) fn unfinished_order(item: &Item) -> Result<UnfinishedOrder, StoreError> {
    let fields = Fields::of(item);
    let partition: String = fields.get("pk")?;
    let id = partition.strip_prefix(order::PARTITION_PREFIX).and_then(|id| id.parse().ok());
    Ok(UnfinishedOrder { id: id.ok_or_else(|| fields.corrupt("pk"))?, user: fields.get("user_a")? })
}

fn unsettled_match(item: &Item) -> Result<UnsettledMatch, StoreError> {
    let fields = Fields::of(item);
    Ok(UnsettledMatch {
        id: bet_match::id_in_key(item).ok_or_else(|| fields.corrupt("sk"))?,
        round: bet_match::round_in_key(item).ok_or_else(|| fields.corrupt("pk"))?,
        user_a: fields.get("user_a")?,
        joined_at: unfinished_since(fields)?,
    })
}
