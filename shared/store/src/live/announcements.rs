//! Writing and reading announcements. Nothing depends on one: a lost one is repaired by the next `sync` of a client.

use crate::live::entities::announcement::{self, Announcement, Announcements};
use crate::table::item::{Fields, text};
use crate::{Store, StoreError};
use evens_table::Query;
use jiff::Timestamp;

impl Store {
    /// Announces changes to other processes. One write:
    ///
    /// 1. announcement: absent, else it was written by an earlier attempt
    pub async fn announce(&self, announcement: &Announcement) -> Result<(), StoreError> {
        self.put_once(&announcement::encode(announcement), None).await.map(drop)
    }

    /// All announcements from a time on, oldest first, by the clocks of the processes that made them.
    pub async fn list_announcements(&self, since: Timestamp) -> Result<Announcements, StoreError> {
        self.announcements(since, true).await
    }

    /// The same as they were a moment ago, for half the read units.
    pub async fn list_announcements_eventually(&self, since: Timestamp) -> Result<Announcements, StoreError> {
        self.announcements(since, false).await
    }

    async fn announcements(
        &self,
        since: Timestamp,
        is_consistent: bool,
    ) -> Result<Announcements, StoreError> {
        let query = Query::new("pk = :pk AND sk >= :since")
            .consistent(is_consistent)
            .value(":pk", text(announcement::PARTITION))
            .value(":since", text(announcement::sort_since(since)));
        let items = self.query_up_to(&query, None, usize::MAX).await?;
        let mut found = Announcements::default();
        for item in &items {
            match announcement::decode(item) {
                Ok(announcement) => found.heard.push(announcement),
                Err(_) => found.unreadable.push(Fields::of(item).get("sk")?),
            }
        }
        Ok(found)
    }
}
