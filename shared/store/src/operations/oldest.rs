//! How long the oldest unfinished things have been unfinished, found shard by shard and never by a scan.

use crate::exchange::entities::{bet_match, round};
use crate::games::entities::period;
use crate::jackpots::entities::pool;
use crate::operations::sweep::{Since, unfinished_since};
use crate::payments::entities::cashier;
use crate::payments::entities::order::OrderList;
use crate::players::entities::{account, session};
use crate::table::item::Fields;
use crate::table::shard::SHARDS;
use crate::table::shard::Shard;
use crate::{Store, StoreError};
use jiff::Timestamp;

/// What can be unfinished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// A bet of which something waits: since it was placed.
    UnmatchedBet,
    /// A match that is not settled: since it was joined.
    Match,
    /// A round that has ended, with something in it that has not: since it opened; one that should have closed: since
    /// then.
    Round,
    /// A period of a game that is neither drawn nor cancelled: since it should have closed.
    UndrawnPeriod,
    /// A period of a game that owes something for its bets: since it ended.
    Period,
    /// A win of a jackpot that is under way: since it began; one that was drawn and has not begun: since it was drawn.
    JackpotWin,
    /// An account to which something of its sign-up is owed: since it was made.
    Registration,
    /// A deposit that may still be paid: since when somebody should have asked about it.
    Deposit,
    /// A withdrawal on its way: since when somebody should have looked at it.
    Withdrawal,
    /// A withdrawal that waits for a cashier: since it began to, or the last of them decided.
    HeldWithdrawal,
    /// A bonus for a first deposit that is due: since the deposit was credited.
    FirstBonus,
    /// A day to be written down, or news of a password to be told: since the session was opened.
    SessionDebt,
}

impl Unfinished {
    /// Every kind.
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

    /// Where in the index it stands; none where it stands in the book, which is in the order of rounds.
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
            Self::FirstBonus => Some(cashier::index_partition),
            Self::SessionDebt => Some(session::index_partition),
        }
    }
}

impl Store {
    /// Since when the oldest thing of a kind has been unfinished; none where there is none. It is a read of the index
    /// for each shard; of waiting bets all are read, as the book is in the order of rounds.
    ///
    /// # Role
    /// - `Query` on `BOOK#`, index `unfinished`
    pub async fn oldest_unfinished(
        &self,
        what: Unfinished,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut oldest = None::<Timestamp>;
        for shard in 0..SHARDS {
            oldest = self.oldest_in_shard(what, shard, now).await?.into_iter().chain(oldest).min();
        }
        Ok(oldest)
    }

    /// The same of one shard: the time of the first item of a partition of the index, which is in the order of time.
    /// What is there for later, such as a round that is still to close, is not unfinished yet.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn oldest_in_shard(
        &self,
        what: Unfinished,
        shard: u8,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(partition) = what.index_partition() else {
            return self.oldest_waiting(shard).await;
        };
        let partition = partition(Shard::number(shard));
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
