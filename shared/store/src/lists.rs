//! Lists, page by page. A page is full unless the list has ended, however little the engine returns at once.

use crate::entities::{Shard, attendance, bet, bet_match, entry, referral, waiting};
use crate::item::{Fields, Item, Key, text};
use crate::sweep::{Page, PageStart};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use evens_exchange::{Bet, BetId, BetView, Match, MatchId, RoundId, Side, UnmatchedBet};
use evens_ledger::{Entry, UserId, Wallet};
use evens_players::Referral;
use jiff::civil::Date;

/// A page of a player's bets, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetPage {
    /// The bets.
    pub bets: Vec<BetView>,
    /// The next page starts before the entry of this number; `None` where there is none.
    pub next_before: Option<u64>,
}

/// A page of a round's matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchPage {
    /// The matches.
    pub matches: Vec<Match>,
    /// How many were left out, because they cannot be read.
    pub left_out: usize,
    /// The next page starts after this one; `None` where there is none.
    pub next_after: Option<MatchId>,
}

/// Who waits on one side of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiters {
    /// Nobody.
    Nobody,
    /// This player alone.
    One(UserId),
    /// Several players, or so many bets that nobody looked further.
    Several,
}

impl Waiters {
    /// Whether there may be somebody for a player to play against: nobody plays against themselves.
    pub fn may_play(self, player: UserId) -> bool {
        match self {
            Self::Nobody => false,
            Self::One(user) => user != player,
            Self::Several => true,
        }
    }
}

/// A page of who signed up with a player's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralPage {
    /// The edges of the tree, by descending number of the referred user.
    pub referrals: Vec<Referral>,
    /// The next page starts before this number; `None` where there is none.
    pub next_before: Option<u64>,
}

impl Store {
    /// A page of who signed up with a player's code: those before that number.
    pub async fn list_referrals(
        &self,
        referrer: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<ReferralPage, StoreError> {
        let last = before.map_or(u64::MAX, |before| before.saturating_sub(1));
        let query = self.downwards(referral::key(referrer, 0), referral::key(referrer, last));
        let limit = usize::from(limit);
        let mut items = self.query_up_to(&query, None, limit + 1).await?;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let referrals = items.iter().map(referral::decode).collect::<Result<Vec<_>, _>>()?;
        let next_before = referrals.last().filter(|_| has_more).map(|last| last.referred.number());
        Ok(ReferralPage { referrals, next_before })
    }

    /// The days from `first` to `last` on which a player logged in, newest first, at most so many.
    pub async fn list_attendance(
        &self,
        user: UserId,
        first: Date,
        last: Date,
        limit: u16,
    ) -> Result<Vec<Date>, StoreError> {
        let query = self.downwards(attendance::key(user, first), attendance::key(user, last));
        let items = self.query_up_to(&query, None, limit.into()).await?;
        items.iter().filter_map(|item| attendance::decode(item).transpose()).collect()
    }

    /// The items of a partition between two keys, from the last one down.
    fn downwards(&self, first: Key, last: Key) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table);
        query
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(first.partition))
            .expression_attribute_values(":first", text(first.sort))
            .expression_attribute_values(":last", text(last.sort))
            .scan_index_forward(false)
    }

    /// A page of a user's ledger entries, newest first: those before the entry of that number.
    pub async fn list_entries(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        // The wallet first: what it does not carry any more is then in its page.
        let wallet = self.load_wallet(user).await?;
        self.list_entries_of(&wallet, before, limit).await
    }

    /// The same, of a wallet that was read.
    pub(crate) async fn list_entries_of(
        &self,
        wallet: &Wallet,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        let (limit, user, newest) = (usize::from(limit), wallet.user, wallet.newest.clone());
        let in_pages = newest.first().map_or(u64::MAX, |first| first.number);
        let asked = before.unwrap_or(u64::MAX);
        let mut entries: Vec<_> = newest.into_iter().rev().filter(|entry| entry.number < asked).collect();
        let mut before = asked.min(in_pages);
        // Number 1 is the first.
        while entries.len() < limit && before > 1 {
            // One more, as the page with the newest of them may go on beyond it.
            let wanted = (limit - entries.len()).div_ceil(entry::PAGE) + 1;
            let query = self.downwards(entry::key(user, 0), entry::key(user, before - 1));
            let pages = self.query_up_to(&query.consistent_read(true), None, wanted).await?;
            for page in &pages {
                let page = entry::decode_item(page)?;
                entries.extend(page.into_iter().rev().filter(|entry| entry.number < before));
            }
            if pages.len() < wanted {
                break;
            }
            before = entries.last().map_or(0, |entry| entry.number);
        }
        entries.truncate(limit);
        Ok(entries)
    }

    /// A page of a user's bets, newest first: they are found through the entries of their stakes.
    pub async fn list_bets(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<BetPage, StoreError> {
        let limit = usize::from(limit);
        let mut stakes = self.list_stakes(user, before, limit + 1).await?;
        let has_more = stakes.len() > limit;
        stakes.truncate(limit);
        let next_before = stakes.last().map(|(number, _)| *number).filter(|_| has_more);
        let mut bets = Vec::with_capacity(stakes.len());
        for some in stakes.chunks(Self::BATCH_MAX) {
            bets.extend(self.load_bets(some.iter().map(|(_, id)| *id)).await?);
        }
        Ok(BetPage { bets: self.view_bets(bets).await?, next_before })
    }

    /// The newest bets before an entry, at least so many if there are, each with the number of its stake's entry.
    async fn list_stakes(
        &self,
        user: UserId,
        mut before: Option<u64>,
        wanted: usize,
    ) -> Result<Vec<(u64, BetId)>, StoreError> {
        const ENTRIES: u16 = 100;
        let mut stakes = Vec::new();
        loop {
            let entries = self.list_entries(user, before, ENTRIES).await?;
            for entry in &entries {
                if let Some(id) = entry.key.as_str().strip_prefix("BET:") {
                    let id = id.parse().map_err(|_| StoreError::corrupt(&entry.key, "key"))?;
                    stakes.push((entry.number, id));
                }
            }
            if stakes.len() >= wanted || entries.len() < usize::from(ENTRIES) {
                return Ok(stakes);
            }
            before = entries.last().map(|entry| entry.number);
        }
    }

    /// Some bets that were placed.
    async fn load_bets(&self, ids: impl Iterator<Item = BetId>) -> Result<Vec<Bet>, StoreError> {
        let keys: Vec<_> = ids.map(bet::key).collect();
        let found = self.get_batch_again(&keys).await?;
        keys.iter()
            .zip(found)
            .map(|(key, item)| {
                let item = item.ok_or_else(|| StoreError::corrupt(&key.partition, "the bet is gone"))?;
                bet::decode(&item)
            })
            .collect()
    }

    /// A page of what can be read of what waits on one side of a round, oldest first; the first one, or the one that
    /// `start` names.
    pub async fn list_waiting(
        &self,
        round: &RoundId,
        side: Side,
        start: Option<PageStart>,
        limit: u16,
    ) -> Result<Page<UnmatchedBet>, StoreError> {
        let start = start.map(|start| start.0);
        let (items, next) = self.query_page(&self.waiting_on(round, side), start, limit.into()).await?;
        Ok(Page::of(&items, waiting::decode, next))
    }

    /// A page of where what waits on one side of a round lies, readable or not, without what is closed already.
    pub(crate) async fn list_places(
        &self,
        round: &RoundId,
        side: Side,
        start: Option<PageStart>,
        limit: u16,
    ) -> Result<Page<Key>, StoreError> {
        let query = self.waiting_on(round, side).projection_expression("pk, sk, closed_at");
        let (mut items, next) = self.query_page(&query, start.map(|start| start.0), limit.into()).await?;
        items.retain(|item| !item.contains_key(waiting::CLOSED_AT));
        Ok(Page::of(&items, Key::of, next))
    }

    /// Whether anybody waits on one side of a round, readable or not.
    pub async fn does_anybody_wait(&self, round: &RoundId, side: Side) -> Result<bool, StoreError> {
        Ok(!self.query_up_to(&self.waiting_on(round, side), None, 1).await?.is_empty())
    }

    /// Who waits on one side of a round, as far as a look at the oldest bets says.
    pub async fn who_waits(&self, round: &RoundId, side: Side) -> Result<Waiters, StoreError> {
        const LOOKED_AT: usize = 100;
        let items = self.query_up_to(&self.waiting_on(round, side), None, LOOKED_AT).await?;
        let users: Vec<UserId> = items.iter().filter_map(|item| Fields::of(item).get("user").ok()).collect();
        let Some(&oldest) = users.first() else {
            // What cannot be read is somebody's.
            return Ok(if items.is_empty() { Waiters::Nobody } else { Waiters::Several });
        };
        let is_one = users.len() == items.len() && users.iter().all(|user| *user == oldest);
        Ok(if is_one && items.len() < LOOKED_AT { Waiters::One(oldest) } else { Waiters::Several })
    }

    /// What waits on one side of a round, oldest first.
    pub(crate) fn waiting_on(&self, round: &RoundId, side: Side) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        query
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(waiting::partition(Shard::of(round))))
            .expression_attribute_values(":prefix", text(waiting::sort_prefix(round, side)))
    }

    /// A page of a round's matches; `after` is the `next_after` of the page before. It is whole: one that cannot be
    /// read is an error.
    pub async fn list_matches(
        &self,
        round: &RoundId,
        after: Option<MatchId>,
        limit: u16,
    ) -> Result<MatchPage, StoreError> {
        let (items, next_after) = self.match_items(round, after, limit).await?;
        let matches = items.iter().map(bet_match::decode).collect::<Result<_, _>>()?;
        Ok(MatchPage { matches, left_out: 0, next_after })
    }

    /// The same, of those that can be read.
    pub async fn list_readable_matches(
        &self,
        round: &RoundId,
        after: Option<MatchId>,
        limit: u16,
    ) -> Result<MatchPage, StoreError> {
        let (items, next_after) = self.match_items(round, after, limit).await?;
        let Page { found, left_out, .. } = Page::of(&items, bet_match::decode, None);
        Ok(MatchPage { matches: found, left_out, next_after })
    }

    /// A page of matches as items, and after which one the next page starts. That is said by their keys, as what else
    /// is in an item may be wrong.
    async fn match_items(
        &self,
        round: &RoundId,
        after: Option<MatchId>,
        limit: u16,
    ) -> Result<(Vec<Item>, Option<MatchId>), StoreError> {
        let start = after.map(|last| bet_match::key(round, last).attributes());
        let limit = usize::from(limit);
        let mut items = self.query_up_to(&self.matches_of(round), start, limit + 1).await?;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next_after = items.iter().rev().filter(|_| has_more).find_map(bet_match::id_in_key);
        Ok((items, next_after))
    }

    /// The matches of a round, in the order of their ids.
    pub(crate) fn matches_of(&self, round: &RoundId) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        query
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(bet_match::partition(round)))
            .expression_attribute_values(":prefix", text(bet_match::SORT_PREFIX))
    }

    /// So many items of a query, or all that there are.
    pub(crate) async fn query_up_to(
        &self,
        query: &QueryFluentBuilder,
        start: Option<Item>,
        wanted: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.query_page(query, start, wanted).await.map(|(items, _)| items)
    }

    /// The same, and where the list goes on, if it does. One answer of the engine holds 1 MB at most: that it is short
    /// says nothing about the end of the list.
    pub(crate) async fn query_page(
        &self,
        query: &QueryFluentBuilder,
        mut start: Option<Item>,
        wanted: usize,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut items = Vec::new();
        while items.len() < wanted {
            let limit = i32::try_from(wanted - items.len()).unwrap_or(i32::MAX);
            let request = query.clone().set_exclusive_start_key(start).limit(limit);
            let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
            self.count_read(output.consumed_capacity.as_slice());
            items.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok((items, start))
    }
}
