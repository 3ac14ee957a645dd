//! What a player's bets on games came to as of some minutes ago: so that it is added up once, whoever is asked.
//!
//! Architecture invariant: nothing is decided by it.

use crate::games::entities::play_now;
use crate::table::item::text;
use crate::{Store, StoreError};
use evens_games::PlayDays;
use evens_ledger::UserId;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// What a player's bets on games came to, and when they were added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentPlay {
    /// When they were.
    pub as_of: Timestamp,
    /// What they came to.
    pub days: PlayDays,
}

impl RecentPlay {
    /// For how long it is good.
    const KEPT: SignedDuration = SignedDuration::from_mins(5);

    /// From when on it is not.
    pub fn expires_at(&self) -> Timestamp {
        self.as_of.saturating_add(Self::KEPT).unwrap_or(Timestamp::MAX)
    }

    /// Whether it is good at that moment, which is on that day.
    pub fn is_good(&self, today: Date, now: Timestamp) -> bool {
        self.days.today == today && (self.as_of..self.expires_at()).contains(&now)
    }
}

impl Store {
    /// What a player's bets on games came to as it was kept, if that is good. It is not deleted at the second at which
    /// it ends, so that is looked at.
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
        let query = self.client.query().table_name(&self.table);
        let query = query
            .key_condition_expression("pk = :pk AND sk = :sk")
            .expression_attribute_values(":pk", text(key.partition))
            .expression_attribute_values(":sk", text(key.sort));
        let kept = self.query_up_to(&query, None, 1).await?;
        let kept = kept.first().map(play_now::decode).transpose()?;
        Ok(kept.filter(|kept| kept.is_good(today, now)))
    }

    /// Keeps what a player's bets on games came to, unless something newer is kept.
    ///
    /// # Role
    /// - `UpdateItem` on `STATS#`
    pub async fn keep_play(&self, user: UserId, recent: &RecentPlay) -> Result<(), StoreError> {
        self.change_one(play_now::keep(user, recent)).await.map(drop)
    }
}
