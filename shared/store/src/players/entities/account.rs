//! The account: `ACCOUNT#{user}` / `ACCOUNT`. It is apart from the wallet, so that an IAM role can be allowed to change
//! one and not the other. While a step of its sign-up is due, it is in the `unfinished` index under
//! `REGISTRATION#{shard}`. Its registration state makes each bonus and the referral happen once, for ever. The amounts
//! of both bonuses are fixed with the account; accounts from before that was introduced do not have them.

use super::listed_player::LISTED;
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{AttributeValue, Fields, Item, ItemBuilder, Key, SET, number, text};
use crate::table::layout::Layout;
use crate::table::shard::{Shard, index_sort};
use evens_ledger::{Amount, UserId};
use evens_players::{Account, Bonuses, LastLogin, ReferralBonuses, ReferralDay, Role};
use evens_records::Record;
use jiff::Timestamp;

pub(crate) const KIND: &str = "account";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "account | `ACCOUNT#42` / `ACCOUNT` | `user_role` *unless player*, `session_epoch` *how often all \
          sessions were ended*, `password_changes` *how often by a new password*, `recovered_at` *the last one \
          by a code*, `listed` *once the player is in the lists of players*; while a step is owed \
          `unfinished_pk` `REGISTRATION#05`",
    books: Books::Read(&[&[
        "user",
        "phone",
        ROLE,
        BLOCKED,
        SESSION_EPOCH,
        PASSWORD_CHANGES,
        RECOVERED,
        "vip_level",
        "referral_code",
        "referred_by",
        "referrer",
        "direct_referral_count",
        "registration",
        "registration_bonus",
        "referral_bonus",
        "referral_bonuses_above",
        "created_at",
    ]]),
    hidden: &[
        "user_name",
        "picture",
        "phone_verified",
        "last_login_at",
        "last_login_address",
        "password_set_at",
        "referral_bonus_day",
        "referral_bonuses",
        "listed",
    ],
    records,
};
/// Prefix of the partition keys of accounts.
pub(crate) const PARTITION_PREFIX: &str = "ACCOUNT#";

/// Present while an account is blocked, here and on its wallet.
pub(crate) const BLOCKED: &str = "blocked";

/// The role of an account, here and on its wallet. Absent for players.
pub(crate) const ROLE: &str = "user_role";

/// How often all sessions of an account were ended, here and on its wallet. Absent until the first time.
pub(crate) const SESSION_EPOCH: &str = "session_epoch";

/// When the account was last recovered, here and on its wallet. Absent until the first time.
pub(crate) const RECOVERED: &str = "recovered_at";

/// Absent until the first change of the password.
const PASSWORD_CHANGES: &str = "password_changes";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{user}"), sort: "ACCOUNT".to_owned() }
}

/// Partition of the `unfinished` index for a shard of registrations.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("REGISTRATION#{shard}")
}

pub(crate) fn encode(account: &Account, layout: Layout) -> Item {
    let last_login = account.last_login.as_ref();
    let item = ItemBuilder::new(&ENTITY, &key(account.user))
        .number("user", account.user)
        .text("phone", &account.phone)
        .optional_text("user_name", account.name.as_ref())
        .optional_number("picture", account.picture)
        .optional_text(ROLE, role_beyond_player(account.role))
        .optional_text(BLOCKED, account.is_blocked.then_some("yes"))
        .optional_number(SESSION_EPOCH, (account.session_epoch > 0).then_some(account.session_epoch))
        .optional_number(PASSWORD_CHANGES, (account.password_changes > 0).then_some(account.password_changes))
        .optional_text(RECOVERED, account.recovered_at)
        .optional_text("phone_verified", account.is_phone_verified.then_some("yes"))
        .number("vip_level", account.vip_level)
        .text("referral_code", account.referral_code)
        .optional_text("referred_by", account.referred_by)
        .optional_number("referrer", account.referrer)
        .number("direct_referral_count", account.direct_referral_count)
        .text("registration", account.registration.as_str())
        .optional_number("registration_bonus", account.bonuses.map(|bonuses| bonuses.registration))
        .optional_number("referral_bonus", account.bonuses.map(|bonuses| bonuses.referral.of_level(1)))
        .optional_text("referral_bonuses_above", account.bonuses.and_then(|bonuses| bonuses.referral.above()))
        .optional_text("last_login_at", last_login.map(|login| login.at))
        .optional_text("last_login_address", last_login.map(|login| &login.address))
        .text("created_at", account.created_at);
    if !account.registration.is_under_way() {
        return item.build();
    }
    item.unfinished(index_partition(layout.shard_of(account.user)), account.created_at).build()
}

/// Encodes the account of a sign-up, which also puts its player into the lists of players.
pub(crate) fn encode_new(account: &Account, layout: Layout) -> Item {
    let mut item = encode(account, layout);
    item.insert(LISTED.to_owned(), text(SET));
    item
}

/// The values that put an account into the `unfinished` index. The update expression contains
/// `SET unfinished_pk = :pk, unfinished_sk = :sk`.
pub(crate) fn listing(account: &Account, layout: Layout) -> [(&'static str, AttributeValue); 2] {
    let partition = index_partition(layout.shard_of(account.user));
    [(":pk", text(partition)), (":sk", text(index_sort(account.created_at)))]
}

/// Records that the password was replaced, which ends all sessions. The first password is as old as the account and
/// needs no record.
pub(crate) const SET_PASSWORD: &str =
    "SET password_set_at = :at, password_changes = :password_changes, session_epoch = :session_epoch";

/// The condition that an earlier attempt of the same call has recorded the password.
pub(crate) const HAS_PASSWORD: &str = "password_set_at = :at AND session_epoch = :session_epoch";

/// Number of referral bonuses on the last day on which the player got any. `None` if they were not counted.
pub(crate) fn referral_day(item: &Item) -> Result<Option<ReferralDay>, StoreError> {
    let fields = Fields::of(item);
    let Some(day) = fields.optional("referral_bonus_day")? else { return Ok(None) };
    Ok(Some(ReferralDay { day, count: fields.get("referral_bonuses")? }))
}

/// The time since which the account has its current password.
pub(crate) fn password_since(item: &Item) -> Result<Timestamp, StoreError> {
    let fields = Fields::of(item);
    fields.optional("password_set_at")?.map_or_else(|| fields.get("created_at"), Ok)
}

/// The number of times that something happened. Zero is never written.
pub(crate) fn counted(fields: Fields<'_>, name: &'static str) -> Result<u64, StoreError> {
    match fields.optional(name)? {
        Some(0) => Err(fields.corrupt(name)),
        count => Ok(count.unwrap_or_default()),
    }
}

/// Level 1 is stored apart from the levels above it, as it was before those existed.
fn referral_bonuses(fields: Fields<'_>, direct: Amount) -> Result<ReferralBonuses, StoreError> {
    match fields.optional::<String>("referral_bonuses_above")? {
        None => Ok(ReferralBonuses::direct(direct)),
        Some(above) => {
            ReferralBonuses::with_above(direct, &above).map_err(|_| fields.corrupt("referral_bonuses_above"))
        }
    }
}

/// The condition that an account still has this role, with its value.
pub(crate) fn role_is(role: Role) -> (&'static str, Option<(&'static str, AttributeValue)>) {
    match role_beyond_player(role) {
        Some(name) => ("user_role = :read_role", Some((":read_role", text(name)))),
        None => ("attribute_not_exists(user_role)", None),
    }
}

/// The condition that the sessions of an account were ended as often as read, with its value.
pub(crate) fn epoch_is(epoch: u64) -> (&'static str, Option<(&'static str, AttributeValue)>) {
    if epoch == 0 {
        ("attribute_not_exists(session_epoch)", None)
    } else {
        ("session_epoch = :read_epoch", Some((":read_epoch", number(epoch))))
    }
}

/// The role of a player is not written, so that functions that create accounts need no permission to write roles.
fn role_beyond_player(role: Role) -> Option<&'static str> {
    (role != Role::Player).then(|| role.as_str())
}

pub(crate) fn decode(item: &Item) -> Result<Account, StoreError> {
    let fields = Fields::of(item);
    let last_login = match (fields.optional("last_login_at")?, fields.optional("last_login_address")?) {
        (Some(at), Some(address)) => Some(LastLogin { at, address }),
        _ => None,
    };
    let bonuses = match (fields.optional("registration_bonus")?, fields.optional("referral_bonus")?) {
        (Some(registration), Some(direct)) => {
            Some(Bonuses { registration, referral: referral_bonuses(fields, direct)? })
        }
        (None, None) => None,
        (_, None) => return Err(fields.corrupt("referral_bonus")),
        (None, _) => return Err(fields.corrupt("registration_bonus")),
    };
    Ok(Account {
        user: fields.get("user")?,
        phone: fields.get("phone")?,
        name: fields.optional("user_name")?,
        picture: fields.optional("picture")?,
        role: fields.optional(ROLE)?.unwrap_or_default(),
        is_blocked: fields.flag(BLOCKED)?,
        session_epoch: counted(fields, SESSION_EPOCH)?,
        password_changes: counted(fields, PASSWORD_CHANGES)?,
        recovered_at: fields.optional(RECOVERED)?,
        is_phone_verified: item.contains_key("phone_verified"),
        vip_level: fields.get("vip_level")?,
        referral_code: fields.get("referral_code")?,
        referred_by: fields.optional("referred_by")?,
        referrer: fields.optional("referrer")?,
        direct_referral_count: fields.get("direct_referral_count")?,
        registration: fields.get("registration")?,
        bonuses,
        last_login,
        created_at: fields.get("created_at")?,
    })
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let account = decode(item)?;
    Fields::of(item).flag(LISTED)?;
    let (user, since) = (account.user, account.created_at);
    let listed = if account.registration.is_under_way() {
        IndexPlace::Always(index_partition(layout.shard_of(user)), since)
    } else {
        IndexPlace::Never
    };
    Ok(ScannedRecords::at(key(user), Record::Account(account)).with_listing(listed))
}
