//! A player in the lists of players: `PLAYERS#{shard}` / `{name}#{user}`, put with the account. The name is in the form
//! in which names are searched, and empty for a player without one. In the `unfinished` index the item is under
//! `PLAYERS#{shard}` and the time of the sign-up, so that one item serves the search by name and the newest players.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use evens_ledger::UserId;
use evens_players::{Account, UserName, search_key};
use evens_records::Record;
use jiff::Timestamp;

pub(crate) const KIND: &str = "listed-player";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "player in the lists | `PLAYERS#05` / `ravi kumar#42` *the name as it is searched* |",
    books: Books::Read(&[&["user", "user_a", "since"]]),
    hidden: &[],
    records,
};

/// Present in an account whose player is in the lists. Accounts from before these lists have none until the next login
/// or change of the name.
pub(crate) const LISTED: &str = "listed";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedPlayer {
    pub(crate) user: UserId,
    /// In the form in which names are searched.
    pub(crate) name: String,
    pub(crate) signed_up_at: Timestamp,
}

impl ListedPlayer {
    pub(crate) fn of(account: &Account) -> Self {
        let name = account.name.as_ref().map_or_else(String::new, name_key);
        Self { user: account.user, name, signed_up_at: account.created_at }
    }
}

/// A name in the form in which names are searched.
pub(crate) fn name_key(name: &UserName) -> String {
    search_key(name.as_str())
}

/// Partition of the table with a shard of the players.
pub(crate) fn partition(shard: Shard) -> String {
    format!("PLAYERS#{shard}")
}

/// Partition of the `unfinished` index with a shard of the players.
pub(crate) fn index_partition(shard: Shard) -> String {
    partition(shard)
}

pub(crate) fn key(user: UserId, name: &str, layout: Layout) -> Key {
    Key { partition: partition(layout.shard_of(user)), sort: format!("{name}#{user}") }
}

pub(crate) fn encode(player: &ListedPlayer, layout: Layout) -> Item {
    ItemBuilder::new(&ENTITY, &key(player.user, &player.name, layout))
        .number("user", player.user)
        // The only attribute besides the keys that the `unfinished` index shows.
        .number("user_a", player.user)
        .text("since", player.signed_up_at)
        .unfinished(index_partition(layout.shard_of(player.user)), player.signed_up_at)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<ListedPlayer, StoreError> {
    let fields = Fields::of(item);
    let user: UserId = fields.get("user")?;
    if fields.get::<UserId>("user_a")? != user {
        return Err(fields.corrupt("user_a"));
    }
    let sort: String = fields.get("sk")?;
    let name = sort.strip_suffix(&format!("#{user}")).ok_or_else(|| fields.corrupt("sk"))?.to_owned();
    Ok(ListedPlayer { user, name, signed_up_at: fields.get("since")? })
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    let listed = IndexPlace::Always(index_partition(layout.shard_of(found.user)), found.signed_up_at);
    Ok(ScannedRecords::at(key(found.user, &found.name, layout), Record::Aside).with_listing(listed))
}
