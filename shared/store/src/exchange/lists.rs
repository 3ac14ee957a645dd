//! Lists of bets and matches, page by page.

use crate::exchange::entities::{bet, bet_match, waiting};
use crate::table::item::{Fields, Item, Key, text};
use crate::table::queries::{Page, PageStart};
use crate::{Store, StoreError};
use evens_exchange::{Bet, BetView, Match, MatchId, RoundId, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_ledger::{Entry, EntryPurpose, UserId};
use evens_table::Query;
use jiff::Timestamp;
use std::cmp::Reverse;

/// Maximum number of ledger entries that one page of bets reads. Bets of both kinds, their payouts and all other money
/// share the ledger, so two bets of one kind can be any distance apart. Without this limit a player with 100,000
/// entries of another kind would wait for a thousand reads in a row on each request.
const LOOKED_AT_MAX: usize = 500;

/// A page of a player's bets, newest first. It may be short or empty although another page follows, because it reads a
/// limited number of ledger entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetPage {
    pub bets: Vec<BetView>,
    /// The next page starts before the entry of this number; `None` on the last page.
    pub next_before: Option<u64>,
    /// This page and those before it contain all bets placed after this time; `None` on the last page.
    pub read_to: Option<Timestamp>,
}

/// A stake in a player's ledger.
pub(crate) struct Stake {
    pub(crate) bet: BetId,
    /// The number and the time of the oldest entry. A stake paid from both balances has two consecutive entries.
    oldest: EntryPlace,
}

/// The place of an entry in its ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryPlace {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
}

impl EntryPlace {
    fn of(entry: &Entry) -> Self {
        Self { number: entry.number, at: entry.at }
    }
}

/// Maximum number of a round's matches that one page of a bet's matches reads: they sort by id, among the matches of
/// all other bets.
const MATCHES_LOOKED_AT_MAX: u32 = 500;

/// A page of the matches of a round or of a bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchPage {
    pub matches: Vec<Match>,
    /// Number of matches left out because they cannot be read.
    pub left_out: usize,
    /// The next page starts after this match; `None` on the last page.
    pub next_after: Option<MatchId>,
}

/// The players with unmatched bets on one side of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiters {
    Nobody,
    /// Only this player.
    One(UserId),
    /// Several players, or more bets than were read.
    Several,
}

impl Waiters {
    /// Returns `true` if the player may find an opponent. A player does not play against themselves.
    pub fn may_play(self, player: UserId) -> bool {
        match self {
            Self::Nobody => false,
            Self::One(user) => user != player,
            Self::Several => true,
        }
    }
}

impl Store {
    /// A page of a user's bets, newest first. They are found through the ledger entries of their stakes.
    ///
    /// # Role
    /// - `BatchGetItem` on `BET#`
    /// - `GetItem` on `BET#`, `BOOK#`, `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn list_bets(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<BetPage, StoreError> {
        let limit = usize::from(limit);
        let (stakes, read_to) = self.list_stakes(user, EntryPurpose::Bet, before, limit).await?;
        let mut bets = Vec::with_capacity(stakes.len());
        for some in stakes.chunks(Self::BATCH_MAX) {
            bets.extend(self.load_bets(some.iter().map(|stake| stake.bet)).await?);
        }
        let (next_before, read_to) = (read_to.map(|place| place.number), read_to.map(|place| place.at));
        Ok(BetPage { bets: self.view_bets(bets).await?, next_before, read_to })
    }

    /// The newest stakes before an entry, at most `limit`. Also returns the entry before which the next page starts, as
    /// long as there are unread entries. `purpose` is the prefix of the keys of the stakes.
    pub(crate) async fn list_stakes(
        &self,
        user: UserId,
        purpose: EntryPurpose,
        mut before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Stake>, Option<EntryPlace>), StoreError> {
        const ENTRIES: u16 = 100;
        let mut stakes: Vec<Stake> = Vec::new();
        let (mut looked_at, mut newest_of_last) = (0, None);
        loop {
            let entries = self.list_entries(user, before, ENTRIES).await?;
            looked_at += entries.len();
            for entry in &entries {
                let Some(bet) = stake_in_key(entry, purpose)? else { continue };
                let place = EntryPlace::of(entry);
                if let Some(stake) = stakes.last_mut().filter(|last| last.bet == bet) {
                    stake.oldest = place;
                } else {
                    stakes.push(Stake { bet, oldest: place });
                    newest_of_last = Some(place);
                }
            }
            if stakes.len() > limit {
                stakes.truncate(limit);
                let read_to = stakes.last().map(|stake| stake.oldest);
                return Ok((stakes, read_to));
            }
            // Entries are numbered from 1.
            let oldest = entries.last().map(EntryPlace::of).filter(|oldest| oldest.number > 1);
            let Some(oldest) = oldest.filter(|_| entries.len() == usize::from(ENTRIES)) else {
                return Ok((stakes, None));
            };
            before = Some(oldest.number);
            if looked_at >= LOOKED_AT_MAX {
                // The last stake may have a second entry just after this one. It is then left to the next page, with
                // both entries.
                let is_cut = |stake: &Stake| stake.oldest.number == oldest.number;
                let cut = newest_of_last.filter(|_| stakes.last().is_some_and(is_cut));
                let read_to = match cut {
                    Some(newest) => {
                        stakes.pop();
                        EntryPlace { number: newest.number + 1, at: newest.at }
                    }
                    None => oldest,
                };
                return Ok((stakes, Some(read_to)));
            }
        }
    }

    async fn load_bets(&self, ids: impl Iterator<Item = BetId>) -> Result<Vec<Bet>, StoreError> {
        let keys: Vec<_> = ids.map(bet::key).collect();
        let items = self.get_named(&keys, "the bet is missing").await?;
        items.iter().map(bet::decode).collect()
    }

    /// A page of the readable unmatched bets on one side of a round, oldest first; the first page, or the one at
    /// `start`.
    ///
    /// # Role
    /// - `Query` on `BOOK#`
    pub async fn list_waiting(
        &self,
        round: &RoundId,
        side: Side,
        start: Option<PageStart>,
        limit: u16,
    ) -> Result<Page<UnmatchedBet>, StoreError> {
        let start = start.map(|start| start.0);
        let (items, next) = self.query_page(&self.waiting_on(round, side), start, limit.into()).await?;
        Ok(Page::of(&items, |item| waiting::decode(item, self.layout), next))
    }

    /// A page of the keys of unmatched bets on one side of a round, readable or not, except closed ones.
    pub(crate) async fn list_places(
        &self,
        round: &RoundId,
        side: Side,
        start: Option<PageStart>,
        limit: u16,
    ) -> Result<Page<Key>, StoreError> {
        let query = self.waiting_on(round, side).projection("pk, sk, closed_at");
        let (mut items, next) = self.query_page(&query, start.map(|start| start.0), limit.into()).await?;
        items.retain(|item| !item.contains_key(waiting::CLOSED_AT));
        Ok(Page::of(&items, Key::of, next))
    }

    /// Returns `true` if there is an unmatched bet on one side of a round, readable or not.
    ///
    /// # Role
    /// - `Query` on `BOOK#`
    pub async fn has_waiting_bets(&self, round: &RoundId, side: Side) -> Result<bool, StoreError> {
        Ok(!self.query_up_to(&self.waiting_on(round, side), None, 1).await?.is_empty())
    }

    /// The players with unmatched bets on one side of a round, judging by the oldest bets.
    ///
    /// # Role
    /// - `Query` on `BOOK#`
    pub async fn load_waiters(&self, round: &RoundId, side: Side) -> Result<Waiters, StoreError> {
        const LOOKED_AT: usize = 100;
        let items = self.query_up_to(&self.waiting_on(round, side), None, LOOKED_AT).await?;
        let users: Vec<UserId> = items.iter().filter_map(|item| Fields::of(item).get("user").ok()).collect();
        let Some(&oldest) = users.first() else {
            // An unreadable bet counts as another player's.
            return Ok(if items.is_empty() { Waiters::Nobody } else { Waiters::Several });
        };
        let is_one = users.len() == items.len() && users.iter().all(|user| *user == oldest);
        Ok(if is_one && items.len() < LOOKED_AT { Waiters::One(oldest) } else { Waiters::Several })
    }

    /// Queries the unmatched bets on one side of a round, oldest first.
    pub(crate) fn waiting_on(&self, round: &RoundId, side: Side) -> Query {
        Query::new("pk = :pk AND begins_with(sk, :prefix)")
            .consistent(true)
            .value(":pk", text(waiting::partition(self.layout.shard_of(round))))
            .value(":prefix", text(waiting::sort_prefix(round, side)))
    }

    /// A page of a round's matches; `after` is the `next_after` of the previous page. A match that cannot be read is an
    /// error.
    ///
    /// # Role
    /// - `Query` on `MATCHES#`
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

    /// Like [`Self::list_matches`], but leaves out matches that cannot be read.
    ///
    /// # Role
    /// - `Query` on `MATCHES#`
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

    /// A page of matches as items, and the match after which the next page starts. Its id is taken from the key,
    /// because other attributes may be corrupt.
    async fn match_items(
        &self,
        round: &RoundId,
        after: Option<MatchId>,
        limit: u16,
    ) -> Result<(Vec<Item>, Option<MatchId>), StoreError> {
        let start = after.map(|last| bet_match::key(round, last).attributes());
        let limit = usize::from(limit);
        let mut items = self.query_up_to(&Self::matches_of(round), start, limit + 1).await?;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next_after = items.iter().rev().filter(|_| has_more).find_map(bet_match::id_in_key);
        Ok((items, next_after))
    }

    /// A page of a bet's matches, the newest first within the page; `after` is the `next_after` of the previous page.
    /// It may be short or empty although another page follows, because it reads a limited number of the round's
    /// matches.
    ///
    /// # Role
    /// - `Query` on `MATCHES#`
    pub async fn list_matches_of_bet(
        &self,
        bet: &Bet,
        after: Option<MatchId>,
    ) -> Result<MatchPage, StoreError> {
        let start = after.map(|last| bet_match::key(&bet.round, last).attributes());
        let query = Self::matches_of(&bet.round)
            .consistent(false)
            .filter("bet_a = :bet OR bet_b = :bet")
            .value(":bet", text(bet.id))
            .start(start)
            .limit(MATCHES_LOOKED_AT_MAX);
        let evens_table::Page { items, next } = self.query_once(query).await?;
        let mut matches = items.iter().map(bet_match::decode).collect::<Result<Vec<_>, _>>()?;
        matches.sort_by_key(|found| Reverse((found.joined_at, found.id)));
        let next_after = next.as_ref().and_then(bet_match::id_in_key);
        Ok(MatchPage { matches, left_out: 0, next_after })
    }

    /// Queries the matches of a round, in the order of their ids.
    pub(crate) fn matches_of(round: &RoundId) -> Query {
        Query::new("pk = :pk AND begins_with(sk, :prefix)")
            .consistent(true)
            .value(":pk", text(bet_match::partition(round)))
            .value(":prefix", text(bet_match::SORT_PREFIX))
    }
}

/// The bet whose stake an entry debits, if it is one of that purpose: `BET:{betId}`, optionally followed by `:BONUS`.
fn stake_in_key(entry: &Entry, purpose: EntryPurpose) -> Result<Option<BetId>, StoreError> {
    let id = entry.key.of_purpose(purpose).map(|id| id.strip_suffix(":BONUS").unwrap_or(id).parse());
    id.transpose().map_err(|_| StoreError::corrupt(&entry.key, "key"))
}
