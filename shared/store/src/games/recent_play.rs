//! Recent statistics of a player's bets on games, stored for some minutes so that requests do not recompute them.
//!
//! Architecture invariant: no decision depends on it.

use crate::games::entities::play_now;
use crate::table::item::text;
use crate::{Store, StoreError};
use evens_games::PlayDays;
use evens_ledger::UserId;
use evens_table::Query;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The statistics of a player's bets on games, and the time at which they were computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentPlay {
    pub as_of: Timestamp,
    pub days: PlayDays,
}

impl RecentPlay {
    /// How long the statistics are valid.
    const KEPT: SignedDuration = SignedDuration::from_mins(5);

    /// The time from which they are no longer valid.
    pub fn expires_at(&self) -> Timestamp {
        self.as_of.saturating_add(Self::KEPT).unwrap_or(Timestamp::MAX)
    }

    /// Returns `true` if they are valid at the time `now` on the day `today`.
    pub fn is_good(&self, today: Date, now: Timestamp) -> bool {
        self.days.today == today && (self.as_of..self.expires_at()).contains(&now)
    }
}

impl Store {
    /// The stored statistics of a player's bets on games, if they are still valid. The engine may delete them late, so
    /// their age is checked.
    ///
    /// # Role
    /// - `Query` on `STATS#`
    pub async fn recall_play(
        &self,
        user: UserId,
        today: Date,
        now: Timestamp,
    ) -> Result<Option<RecentPlay>, StoreError> {
        let key = play_now::key(user);
        let query = Query::new("pk = :pk AND sk = :sk")
            .value(":pk", text(key.partition))
            .value(":sk", text(key.sort));
        let kept = self.query_up_to(&query, None, 1).await?;
        let kept = kept.first().map(play_now::decode).transpose()?;
        Ok(kept.filter(|kept| kept.is_good(today, now)))
    }

    /// Stores the statistics of a player's bets on games, unless newer ones are stored.
    ///
    /// # Role
    /// - `UpdateItem` on `STATS#`
    pub async fn keep_play(&self, user: UserId, recent: &RecentPlay) -> Result<(), StoreError> {
        self.change_one(play_now::keep(user, recent)).await.map(drop)
    }
}
