//! Lists of players: the newest, and those whose name begins with a text.

use crate::operations::by_time::{ListByTime, NewestPlaces, TimeSpan};
use crate::players::entities::account;
use crate::players::entities::listed_player::{self, ListedPlayer};
use crate::table::item::{Fields, text};
use crate::table::shard::Shard;
use crate::wallet::entities::wallet;
use crate::{Store, StoreError};
use evens_ledger::{UserId, Wallet};
use evens_players::{Account, PlayerPlace, search_key};
use evens_table::Query;
use futures::{StreamExt, TryStreamExt, stream};

/// Number of shards that are read concurrently.
const SHARDS_AT_ONCE: usize = 4;

/// Players whose accounts and wallets one batch reads.
const PLAYERS_AT_ONCE: usize = Store::BATCH_MAX / 2;

/// A page of players with their wallets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerPage {
    pub players: Vec<(Account, Wallet)>,
    /// The next page starts before this place; `None` on the last page.
    pub next_before: Option<PlayerPlace>,
}

/// The players whose name begins with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPlayers {
    /// In the order of their names.
    pub players: Vec<(Account, Wallet)>,
    pub has_more: bool,
}

impl Store {
    /// A page of the players who signed up in a span and before a place, newest first. Players who signed up before
    /// there was this list are in it since their next login.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `USER#`
    /// - `Query` on index `unfinished`
    pub async fn list_newest_players(
        &self,
        span: TimeSpan,
        before: Option<PlayerPlace>,
        limit: u16,
    ) -> Result<PlayerPage, StoreError> {
        let list = ListByTime {
            partition: &|shard: Shard| listed_player::index_partition(shard),
            place_of: |at, item| Ok(PlayerPlace::new(at, Fields::of(item).get("user_a")?)),
            time_of: |place: &PlayerPlace| place.milliseconds(),
        };
        let found = self.newest_places(&list, span, before.as_ref(), limit).await?;
        let found = NewestPlaces::of(found, limit.into());
        let users: Vec<_> = found.places.iter().map(|place| place.user()).collect();
        Ok(PlayerPage { players: self.load_players(&users).await?, next_before: found.next_before() })
    }

    /// The players whose name begins with `beginning`, in any case, at most `limit`. Players who signed up before there
    /// was this list are in it since their next login or change of the name.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `USER#`
    /// - `Query` on `PLAYERS#`
    pub async fn find_players_by_name(
        &self,
        beginning: &str,
        limit: u16,
    ) -> Result<NamedPlayers, StoreError> {
        let (beginning, limit) = (search_key(beginning), usize::from(limit));
        if beginning.is_empty() {
            return Ok(NamedPlayers { players: Vec::new(), has_more: false });
        }
        let of_shards = stream::iter(self.layout.shards())
            .map(|shard| self.named_in_shard(self.layout.shard(shard), &beginning, limit + 1))
            .buffer_unordered(SHARDS_AT_ONCE);
        let mut found: Vec<ListedPlayer> = of_shards.try_concat().await?;
        found.sort_unstable_by(|one, other| (&one.name, one.user).cmp(&(&other.name, other.user)));
        let has_more = found.len() > limit;
        found.truncate(limit);
        let users: Vec<_> = found.iter().map(|player| player.user).collect();
        let mut players = self.load_players(&users).await?;
        // A name may have changed since the list was read.
        players.retain(|(account, _)| ListedPlayer::of(account).name.starts_with(&beginning));
        Ok(NamedPlayers { players, has_more })
    }

    async fn named_in_shard(
        &self,
        shard: Shard,
        beginning: &str,
        limit: usize,
    ) -> Result<Vec<ListedPlayer>, StoreError> {
        let query = Query::new("pk = :pk AND begins_with(sk, :beginning)")
            .value(":pk", text(listed_player::partition(shard)))
            .value(":beginning", text(beginning));
        let items = self.query_up_to(&query, None, limit).await?;
        items.iter().map(listed_player::decode).collect()
    }

    /// The accounts of these users, in their order, with their wallets. Users without an account are left out.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `USER#`
    pub async fn load_players(&self, users: &[UserId]) -> Result<Vec<(Account, Wallet)>, StoreError> {
        let mut players = Vec::with_capacity(users.len());
        for some in users.chunks(PLAYERS_AT_ONCE) {
            let keys: Vec<_> =
                some.iter().flat_map(|user| [account::key(*user), wallet::key(*user)]).collect();
            let items = self.get_batch_again(&keys).await?;
            for (user, pair) in some.iter().zip(items.chunks(2)) {
                if let [Some(found), wallet] = pair {
                    players.push((account::decode(found)?, wallet::of(*user, wallet.as_ref())?));
                }
            }
        }
        Ok(players)
    }
}
