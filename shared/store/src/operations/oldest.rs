//! The age of the oldest unfinished work, found shard by shard and never by a scan.

use crate::exchange::entities::{bet_match, round};
use crate::games::entities::period;
use crate::jackpots::entities::pool;
use crate::operations::sweep::Since;
use crate::payments::entities::order::OrderList;
use crate::payments::entities::payments_record;
use crate::players::entities::{account, session};
use crate::table::index_place::unfinished_since;
use crate::table::item::Fields;
use crate::table::shard::Shard;
use crate::{Store, StoreError};
use jiff::Timestamp;

/// A kind of unfinished work, with the time from which its age counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnfinishedWork {
    /// A bet with an unmatched part: since it was placed.
    UnmatchedBet,
    /// An unsettled match: since it was joined.
    Match,
    /// An ended round with bets or matches that have not ended: since it opened. Also an open round past its closing
    /// deadline: since the deadline.
    Round,
    /// A period of a game that is neither drawn nor cancelled: since its closing time.
    UndrawnPeriod,
    /// A period of a game that still owes payments for its bets: since it ended.
    Period,
    /// A jackpot win that is not paid: since it began. Also a drawn win that has not begun: since it was drawn.
    JackpotWin,
    /// An account whose sign-up has a step left: since it was created.
    Registration,
    /// A deposit that may still be paid: since its next check was due.
    Deposit,
    /// A withdrawal that is being paid: since its next check was due.
    Withdrawal,
    /// A withdrawal that waits for a cashier: since it was held, or the last cashier approved it.
    HeldWithdrawal,
    /// A due bonus for a first deposit: since the deposit was credited.
    FirstBonus,
    /// A day of attendance to record, or a password notification to send: since the session was opened, or the account
    /// was recovered.
    SessionDebt,
}

impl UnfinishedWork {
    pub const ALL: [Self; 12] = [
        Self::UnmatchedBet,
        Self::Match,
        Self::Round,
        Self::UndrawnPeriod,
        Self::Period,
        Self::JackpotWin,
        Self::Registration,
        Self::Deposit,
        Self::Withdrawal,
        Self::HeldWithdrawal,
        Self::FirstBonus,
        Self::SessionDebt,
    ];

    /// The partition in the `unfinished` index. `None` for bets, which are in the book.
    fn index_partition(self) -> Option<fn(Shard) -> String> {
        match self {
            Self::UnmatchedBet => None,
            Self::Match => Some(bet_match::index_partition),
            Self::Round => Some(round::index_partition),
            Self::UndrawnPeriod => Some(period::index_partition),
            Self::Period => Some(period::index_partition_of_lanes),
            Self::JackpotWin => Some(pool::index_partition),
            Self::Registration => Some(account::index_partition),
            Self::Deposit => Some(|shard| OrderList::Deposits.partition(shard)),
            Self::Withdrawal => Some(|shard| OrderList::Withdrawals.partition(shard)),
            Self::HeldWithdrawal => Some(|shard| OrderList::Held.partition(shard)),
            Self::FirstBonus => Some(payments_record::index_partition),
            Self::SessionDebt => Some(session::index_partition),
        }
    }
}

impl Store {
    /// The time since which the oldest work of a kind has been unfinished, or `None` if there is none. Reads one index
    /// item per shard. For unmatched bets it reads the whole book, because that sorts by round.
    ///
    /// # Role
    /// - `Query` on `BOOK#`, index `unfinished`
    pub async fn oldest_unfinished(
        &self,
        what: UnfinishedWork,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut oldest = None::<Timestamp>;
        for shard in self.layout.shards() {
            oldest = self.oldest_in_shard(what, shard, now).await?.into_iter().chain(oldest).min();
        }
        Ok(oldest)
    }

    /// Like [`Store::oldest_unfinished`] for one shard: the time of the first item in a partition of the index, which
    /// sorts by time. An item with a later time, such as a round that is still to close, is not unfinished yet.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn oldest_in_shard(
        &self,
        what: UnfinishedWork,
        shard: u8,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(partition) = what.index_partition() else {
            return self.oldest_waiting(shard).await;
        };
        let partition = partition(self.layout.shard(shard));
        let (items, _) = self.page_of_unfinished(&partition, Since::Before(now), None, 1).await?;
        items.first().map(|item| unfinished_since(Fields::of(item))).transpose()
    }

    async fn oldest_waiting(&self, shard: u8) -> Result<Option<Timestamp>, StoreError> {
        let (mut oldest, mut start) = (None::<Timestamp>, None);
        loop {
            let page = self.sweep_waiting(shard, start).await?;
            oldest = page.found.iter().map(|waiting| waiting.placed_at).chain(oldest).min();
            start = page.next;
            if start.is_none() {
                return Ok(oldest);
            }
        }
    }
}
