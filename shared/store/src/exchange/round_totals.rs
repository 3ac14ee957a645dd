//! The matched and unmatched amounts of a round, added up by one reader at a time in the whole system.
//!
//! All other readers get the last result: one small item. The number of items added up per second is bounded, whatever
//! the number of requests, processes and matches (decision 019). So reading a round cannot slow down its bets.
//!
//! Architecture invariant: nothing here is strongly consistent but the turn to read, and no decision depends on it.

use crate::exchange::entities::totals::{self, Sum, Tally, Totals, Walk};
use crate::exchange::entities::{bet_match, waiting};
use crate::table::item::{Item, Key, number, text};
use crate::table::layout::Layout;
use crate::table::queries::Page;
use crate::table::write::Change;
use crate::{Store, StoreError};
use evens_exchange::{MatchState, RoundId, RoundTotals, Side};
use evens_ledger::Amount;
use evens_table::Query;
use jiff::{SignedDuration, Timestamp};

/// The totals of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedTotals {
    pub totals: RoundTotals,
    /// The time at which the reading of the oldest sum began.
    pub as_of: Timestamp,
}

/// Maximum number of matches of a round that are read in one turn.
const MATCHES_MAX: usize = 5_000;
/// Maximum number of unmatched bets on each side: they are in the partition to which bets are written.
const WAITING_MAX: usize = 1_000;
/// Minimum time between the starts of two turns.
const BETWEEN_TURNS: SignedDuration = SignedDuration::from_secs(1);
/// Maximum duration of a turn. A reader that takes longer is considered dead.
const TURN_MAX: SignedDuration = SignedDuration::from_secs(10);
/// Maximum difference between the clocks of two processes. A turn that began later than this from now was taken with a
/// wrong clock.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(1);

/// A list to add up.
struct List {
    query: Query,
    partition: String,
    /// Maximum number of items read in one turn.
    read_max: usize,
    amount_of: fn(&Item, Layout) -> Result<Amount, StoreError>,
}

impl Store {
    /// The totals of a round. If the last turn is more than a second ago, this call takes the next one, and a round
    /// that fits into one turn is exact. Otherwise the result is the last finished sum, or the sum in progress if none
    /// is finished.
    ///
    /// A bet that is joined meanwhile may be counted on neither list or on both. Unreadable items are left out; then
    /// the totals are not complete.
    ///
    /// # Role
    /// - `GetItem` on `TOTALS#`
    /// - `Query` on `BOOK#`, `MATCHES#`
    /// - `UpdateItem` on `TOTALS#`
    pub async fn load_round_totals(
        &self,
        round: &RoundId,
        now: Timestamp,
    ) -> Result<CountedTotals, StoreError> {
        let found = self.look(&totals::key(round)).await?.as_ref().map(totals::decode).transpose()?;
        if let Some(totals) = found.filter(|totals| !totals.is_free(now)) {
            return Ok(totals.latest());
        }
        match self.take_turn(round, now).await? {
            Ok(taken) => self.make_turn(round, taken, now).await,
            Err(found) => Ok(found.latest()),
        }
    }

    /// Takes the turn to read, or returns the current totals. One conditional write:
    ///
    /// 1. totals: absent or free at this moment, else another reader has the turn, or has just finished
    async fn take_turn(&self, round: &RoundId, now: Timestamp) -> Result<Result<Totals, Totals>, StoreError> {
        let change = Change {
            key: totals::key(round),
            update: "SET kind = :kind, round = :round, taken_at = :now, free_at = :end ADD leases :one",
            condition: "attribute_not_exists(pk) OR free_at <= :now OR taken_at > :soon",
            values: vec![
                (":kind", text(totals::KIND)),
                (":round", text(round)),
                (":now", number(now.as_millisecond())),
                (":end", number(after(now, TURN_MAX).as_millisecond())),
                (":soon", number(after(now, CLOCKS_DIFFER).as_millisecond())),
                (":one", number(1)),
            ],
        };
        match self.change_and_read(change).await? {
            Ok(taken) => totals::decode(&taken).map(Ok),
            Err(Some(found)) => totals::decode(&found).map(Err),
            Err(None) => Err(StoreError::corrupt(round, "the totals are missing")),
        }
    }

    /// Continues each list from where the previous turn stopped, and stores the result.
    async fn make_turn(
        &self,
        round: &RoundId,
        taken: Totals,
        now: Timestamp,
    ) -> Result<CountedTotals, StoreError> {
        let [matches, on_a, on_b] =
            [matched_list(round), self.unmatched_list(round, Side::A), self.unmatched_list(round, Side::B)];
        let (matched, waiting_a, waiting_b) = tokio::try_join!(
            self.go_on(taken.matched, &matches, now),
            self.go_on(taken.waiting_a, &on_a, now),
            self.go_on(taken.waiting_b, &on_b, now),
        )?;
        let read = Totals { matched, waiting_a, waiting_b, ..taken };
        self.keep(round, &read).await?;
        Ok(read.latest())
    }

    /// Stores the result of a turn, and lets the next one begin. One conditional write:
    ///
    /// 1. totals: the turn is the one that was taken, else it took too long, and another reader has the turn
    async fn keep(&self, round: &RoundId, read: &Totals) -> Result<(), StoreError> {
        let free_at = after(read.taken_at, BETWEEN_TURNS);
        let change = Change {
            key: totals::key(round),
            update: "SET free_at = :free, matched = :matched, waiting_a = :a, waiting_b = :b",
            condition: "leases = :mine",
            values: vec![
                (":free", number(free_at.as_millisecond())),
                (":matched", text(&read.matched)),
                (":a", text(&read.waiting_a)),
                (":b", text(&read.waiting_b)),
                (":mine", number(read.leases)),
            ],
        };
        self.change_one(change).await.map(drop)
    }

    /// Reads on to the end of the list, or up to the limit of one turn. Each walk starts anew from zero, because
    /// counted items may change: a match that was voided must not stay in the sum.
    async fn go_on(&self, tally: Tally, list: &List, now: Timestamp) -> Result<Tally, StoreError> {
        let (mut sum, mut after) = match tally.walk {
            Some(walk) => (walk.sum, Some(walk.after)),
            None => (Sum { amount: Amount::ZERO, is_whole: true, as_of: now }, None),
        };
        let mut left = list.read_max;
        while left > 0 {
            let start = after.take().map(|sort| Key { partition: list.partition.clone(), sort }.attributes());
            let (items, next) = self.query_page(&list.query, start, left.min(Self::PAGE.into())).await?;
            left -= items.len();
            sum.add(&Page::of(&items, |item| (list.amount_of)(item, self.layout), None));
            match next {
                None => return Ok(Tally { done: Some(sum), walk: None }),
                Some(next) => after = Some(Key::of(&next)?.sort),
            }
        }
        Ok(Tally { done: tally.done, walk: after.map(|after| Walk { sum, after }) })
    }

    fn unmatched_list(&self, round: &RoundId, side: Side) -> List {
        List {
            query: self.waiting_on(round, side).consistent(false),
            partition: waiting::partition(self.layout.shard_of(round)),
            read_max: WAITING_MAX,
            amount_of: |item, layout| Ok(waiting::decode(item, layout)?.open),
        }
    }
}

fn matched_list(round: &RoundId) -> List {
    List {
        query: Store::matches_of(round).consistent(false),
        partition: bet_match::partition(round),
        read_max: MATCHES_MAX,
        amount_of: |item, _| {
            let found = bet_match::decode(item)?;
            Ok(if found.state == MatchState::Void { Amount::ZERO } else { found.amount })
        },
    }
}

impl Totals {
    /// Returns `true` if the next turn can be taken.
    fn is_free(&self, now: Timestamp) -> bool {
        self.free_at <= now || self.taken_at > after(now, CLOCKS_DIFFER)
    }

    /// The last finished sums. If a list was never read to its end, its sum in progress.
    fn latest(&self) -> CountedTotals {
        let nothing = Sum { amount: Amount::ZERO, is_whole: false, as_of: self.taken_at };
        let [matched, waiting_a, waiting_b] = [&self.matched, &self.waiting_a, &self.waiting_b]
            .map(|tally| tally.latest().unwrap_or_else(|| nothing.clone()));
        let totals = RoundTotals {
            is_complete: matched.is_whole && waiting_a.is_whole && waiting_b.is_whole,
            matched: matched.amount,
            waiting_a: waiting_a.amount,
            waiting_b: waiting_b.amount,
        };
        CountedTotals { totals, as_of: matched.as_of.min(waiting_a.as_of).min(waiting_b.as_of) }
    }
}

impl Tally {
    fn latest(&self) -> Option<Sum> {
        let so_far = || self.walk.as_ref().map(|walk| Sum { is_whole: false, ..walk.sum.clone() });
        self.done.clone().or_else(so_far)
    }
}

impl Sum {
    /// Amounts that do not fit into the sum are left out like unreadable ones.
    fn add(&mut self, page: &Page<Amount>) {
        self.is_whole &= page.left_out == 0;
        for amount in &page.found {
            match self.amount.checked_add(*amount) {
                Some(more) => self.amount = more,
                None => self.is_whole = false,
            }
        }
    }
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
