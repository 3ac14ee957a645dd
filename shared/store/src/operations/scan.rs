//! Reads the whole table, item by item: with all secrets for operators' commands and tests, and
//! [without](Store::scan_books) for scheduled checks.
//!
//! An item counts only under the key that follows from its content. At any other key no reader finds it, and the effect
//! that it should prevent (a second effect of a key, a second account of a name) can happen.

use crate::exchange::entities::{bet, bet_match, round, totals, waiting};
use crate::games::entities::result::{self, DrawnPeriod};
use crate::games::entities::{archived, exposure_lock, game_bet, period, play_day, play_now, shard};
use crate::jackpots::entities::{config, meter, operation, pool, proposal, win};
use crate::live::announcement;
use crate::operations::entities::{audit_line, rate, seal, switches, verify_progress};
use crate::operations::index_place::{IndexPlace, ScannedRecords, misplaced};
use crate::payments::entities::{deposit, order, payee, payments_record, report, settings, withdrawal};
use crate::players::entities::{
    account, attendance, listed_player, login, phone_code, recovery, referral, referral_code, session,
};
use crate::table::item::{Fields, Item, Key};
use crate::table::layout::Layout;
use crate::wallet::entities::{entry, funding, movement_mark, owner, play, transfer, wallet};
use crate::{PlayerOrder, Store, StoreError};
use evens_exchange::{MatchState, RoundStateName};
use evens_jackpots::Award;
use evens_own_limits::PlayRules;
use evens_payments::DepositState;
use evens_records::{Access, Funding, JackpotRecord, Name, Record, StoredLimits};
use evens_table::Scan;
use std::iter::once;

impl Store {
    /// Passes the content of every item of the table to `each`: strongly consistent, in no particular order.
    ///
    /// # Role
    /// - `Scan` on any item
    pub async fn scan(&self, mut each: impl FnMut(Result<Record, StoreError>)) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let scan = Scan { is_consistent: true, start, limit: Some(Self::PAGE.into()), ..Scan::default() };
            let page = self.table.scan(scan, false).await?.value;
            for item in &page.items {
                records(item, self.layout).into_iter().for_each(&mut each);
            }
            start = page.next;
            if start.is_none() {
                return Ok(());
            }
        }
    }
}

/// The records of an item, and errors about its place. An item at a wrong key is no record, because no reader finds it.
/// An item at a wrong place in the `unfinished` index is still a record.
pub fn records(item: &Item, layout: Layout) -> Vec<Result<Record, StoreError>> {
    let found = match scanned(item, layout) {
        Ok(found) => found,
        Err(error) => return vec![Err(error)],
    };
    match misplaced(item, &found) {
        None => found.records.into_iter().map(Ok).collect(),
        Some(error @ StoreError::Corrupt { attribute: "pk" | "sk", .. }) => vec![Err(error)],
        Some(error) => found.records.into_iter().map(Ok).chain([Err(error)]).collect(),
    }
}

fn scanned(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    Ok(match fields.get::<String>("kind")?.as_str() {
        wallet::KIND => of_wallet(item)?,
        entry::KIND | entry::PAGE_KIND => {
            let key = entry::key(fields.get("user")?, fields.get("number")?);
            let records = entry::decode_item(item)?.into_iter().map(Record::Entry).collect();
            ScannedRecords { records, key, listed: IndexPlace::Never }
        }
        bet::KIND => {
            let bet = bet::decode(item)?;
            ScannedRecords::at(bet::key(bet.id), Record::Bet(bet))
        }
        waiting::KIND => {
            let waiting = waiting::decode(item, layout)?;
            ScannedRecords::at(waiting::key_of(&waiting, layout), Record::Waiting(waiting))
        }
        bet_match::KIND => of_match(item, layout)?,
        round::KIND => of_round(item, layout)?,
        period::KIND | archived::KIND | period::seed::KIND | shard::KIND | result::KIND | game_bet::KIND => {
            of_game(item, layout)?
        }
        play_day::KIND => {
            let finished = play_day::decode(item)?;
            ScannedRecords::at(play_day::key(fields.get("user")?, finished.day), Record::Aside)
        }
        play_now::KIND => {
            play_now::decode(item)?;
            ScannedRecords::at(play_now::key(fields.get("user")?), Record::Aside)
        }
        exposure_lock::KIND => {
            exposure_lock::revision(Some(item))?;
            ScannedRecords::at(exposure_lock::key(fields.get("period")?), Record::Aside)
        }
        "seed" => {
            let (round, seed) = (fields.get("round")?, round::seed::decode(item)?);
            ScannedRecords::at(round::seed::key(&round), Record::Seed(round, seed))
        }
        funding::KIND => {
            let (order, (user, amount)) = (fields.get::<String>("order")?, funding::decode(item)?);
            let entry = fields.get("entry")?;
            ScannedRecords::at(funding::key(&order), Record::Funding(Funding { order, user, amount, entry }))
        }
        transfer::KIND => {
            let transfer = transfer::decode(item)?;
            ScannedRecords::at(transfer::key(&transfer.key), Record::Transfer(transfer))
        }
        order::KIND => of_order(item, layout)?,
        order::PLACE_KIND => {
            let place = order::decode_place(item)?;
            ScannedRecords::at(order::place_key(&place), Record::OrderPlace(place))
        }
        payments_record::KIND => {
            let record = payments_record::decode(item)?;
            let partition = payments_record::index_partition(layout.shard_of(record.user));
            let listed =
                record.bonus_due.map_or(IndexPlace::Never, |due| IndexPlace::Always(partition, due.since));
            ScannedRecords::at(payments_record::key(record.user), Record::Cashier(Box::new(record)))
                .with_listing(listed)
        }
        settings::KIND => {
            let entry = settings::decode(item)?;
            let key = settings::key(entry.user, entry.number);
            ScannedRecords::at(key, Record::Settings(Box::new(entry)))
        }
        payee::KIND => {
            let payee = payee::decode(item)?;
            ScannedRecords::at(payee::key(payee.user, &payee.id), Record::Payee(Box::new(payee)))
        }
        payee::OWNER_KIND => {
            let (fingerprint, user) = payee::decode_owner(item)?;
            ScannedRecords::at(payee::owner_key(fingerprint), Record::PayeeOwner(fingerprint, user))
        }
        report::KIND => ScannedRecords::at(report::key(&report::decode(item)?.id), Record::Aside),
        audit_line::KIND => {
            let line = audit_line::decode(item)?;
            ScannedRecords::at(audit_line::key(&line), Record::AuditLine(Box::new(line)))
        }
        audit_line::HEAD_KIND => {
            ScannedRecords::at(audit_line::head_key(), Record::AuditHead(audit_line::decode_head(item)?))
        }
        seal::KIND => {
            let seal = seal::decode(item)?;
            ScannedRecords::at(seal::key(seal.day()), Record::Seal(Box::new(seal)))
        }
        switches::KIND => {
            ScannedRecords::at(switches::key(), Record::Switches(Box::new(switches::decode(item)?)))
        }
        totals::KIND => {
            totals::decode(item)?;
            ScannedRecords::at(totals::key(&fields.get("round")?), Record::Aside)
        }
        config::KIND
        | pool::KIND
        | proposal::KIND
        | meter::KIND
        | operation::CONTRIBUTION_KIND
        | operation::AWARD_KIND
        | win::KIND => of_jackpot(item, layout)?,
        kind => of_player(item, kind, layout)?,
    })
}

fn of_jackpot(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let at = |key, record| ScannedRecords::at(key, Record::Jackpot(Box::new(record)));
    Ok(match Fields::of(item).get::<String>("kind")?.as_str() {
        config::KIND => {
            let found = config::decode(item)?;
            at(config::key(found.group, found.version), JackpotRecord::Config(found))
        }
        pool::KIND => {
            let found = pool::decode(item)?;
            let listed = pool::listed(&found, layout)
                .map_or(IndexPlace::Never, |(partition, since)| IndexPlace::Always(partition, since));
            at(pool::key(found.group), JackpotRecord::Pool(found)).with_listing(listed)
        }
        proposal::KIND => {
            let proposed = proposal::decode(item)?;
            ScannedRecords::at(proposal::key(proposed.config.group, proposed.by), Record::Aside)
        }
        meter::KIND => {
            let found = meter::decode(item)?;
            at(meter::key(found.number), JackpotRecord::Meter(found))
        }
        operation::CONTRIBUTION_KIND => {
            let found = operation::decode_contribution(item)?;
            at(operation::key(&found.operation), JackpotRecord::Contribution(found))
        }
        operation::AWARD_KIND => {
            let found = operation::decode_award(item)?;
            let (key, listed) = (operation::key(&found.operation), listed_award(&found, layout));
            at(key, JackpotRecord::Award(found)).with_listing(listed)
        }
        _ => {
            let found = win::decode(item)?;
            at(win::key(found.group, found.cycle), JackpotRecord::Win(found))
        }
    })
}

/// A drawn win is listed until it begins. A win that was forced is listed until it begins or no longer has to be won. A
/// proposed win is listed only if it was proposed since that list exists.
fn listed_award(award: &Award, layout: Layout) -> IndexPlace {
    if award.is_proposed() {
        return IndexPlace::Perhaps(operation::PROPOSED.to_owned(), award.at);
    }
    let (partition, since) = operation::place_of_owed(award, layout);
    match (award.is_owed(), award.is_forced()) {
        (false, _) => IndexPlace::Never,
        (true, false) => IndexPlace::Always(partition, since),
        (true, true) => IndexPlace::Perhaps(partition, since),
    }
}

fn of_game(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    Ok(match fields.get::<String>("kind")?.as_str() {
        period::KIND => {
            let found = period::decode(item)?;
            let listed = period::listed(&found, layout)
                .map_or(IndexPlace::Never, |(partition, since)| IndexPlace::Always(partition, since));
            ScannedRecords::at(period::key(found.id), Record::Period(Box::new(found))).with_listing(listed)
        }
        archived::KIND => {
            let found = archived::decode(item)?;
            ScannedRecords::at(result::key(found.id), Record::ArchivedPeriod(Box::new(found)))
        }
        period::seed::KIND => {
            let (id, seed) = (fields.get("period")?, period::seed::decode(item)?);
            ScannedRecords::at(period::seed::key(id), Record::PeriodSeed(id, seed))
        }
        shard::KIND => {
            let found = shard::decode(item)?;
            ScannedRecords::at(shard::key(found.period, found.number), Record::PeriodShard(found))
        }
        result::KIND => {
            let DrawnPeriod { id, drawn, .. } = result::decode(item)?;
            ScannedRecords::at(result::key(id), Record::PeriodResult(id, drawn))
        }
        _ => {
            let bet = game_bet::decode(item)?;
            ScannedRecords::at(game_bet::key(bet.id), Record::GameBet(Box::new(bet)))
        }
    })
}

/// An order is listed as long as it must be checked. A failed deposit is listed as long as money may still arrive for
/// it, and a withdrawal that has ended for ever.
fn of_order(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    order::revision(item)?;
    let order = PlayerOrder::decode(item)?;
    let id = order.terms().id;
    let mut ended = None;
    let (record, list, always) = match order {
        PlayerOrder::Deposit(found) => {
            let list = deposit::list_of(&found);
            let always = !matches!(found.state, DepositState::Failed | DepositState::Expired);
            (Record::Deposit(found), list, always)
        }
        PlayerOrder::Withdrawal(found) => {
            let list = withdrawal::list_of(&found);
            ended = withdrawal::ended_list_of(&found, layout).map(|list| (list, found.terms.created_at));
            (Record::Withdrawal(found), list, true)
        }
    };
    let listed = match (list, ended) {
        (Some(list), _) => IndexPlace::ForNextLook { partition: list.partition(layout.shard_of(id)), always },
        // Withdrawals that ended before their state had a list are in none.
        (None, Some((partition, since))) => IndexPlace::Perhaps(partition, since),
        (None, None) => IndexPlace::Never,
    };
    Ok(ScannedRecords::at(order::key(id), record).with_listing(listed))
}

/// A match that may be settled is listed, unless it waits for the result of its round.
fn of_match(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = bet_match::decode(item)?;
    let (key, partition) =
        (bet_match::key(&found.round, found.id), bet_match::index_partition(layout.shard_of(found.id)));
    let listed = match found.state {
        MatchState::Joined | MatchState::Drawn(_) => IndexPlace::Perhaps(partition, found.joined_at),
        MatchState::Settled(_) | MatchState::Void => IndexPlace::Never,
    };
    Ok(ScannedRecords::at(key, Record::Match(found)).with_listing(listed))
}

/// A round that has ended is listed until everything in it has ended, and then in the list of its end, unless it was
/// finished before there was one.
fn of_round(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = round::decode(item)?;
    let (key, partition) = (round::key(&found.id), round::index_partition(layout.shard_of(&found.id)));
    let listed = match found.state.name() {
        // A round with a closing deadline is listed under that time.
        RoundStateName::Open => match found.deadlines {
            Some(deadlines) => IndexPlace::Always(partition, deadlines.closes_by),
            None => IndexPlace::Never,
        },
        RoundStateName::Closed | RoundStateName::Resulted | RoundStateName::Cancelled => {
            let unfinished = (partition, found.opened_at);
            match round::ended_place(&found, layout) {
                Some(ended) => IndexPlace::OneOf(unfinished, ended),
                None => IndexPlace::Perhaps(unfinished.0, unfinished.1),
            }
        }
    };
    Ok(ScannedRecords::at(key, Record::Round(found)).with_listing(listed))
}

/// The records of items about players: their accounts, logins, referrals and visits.
fn of_player(item: &Item, kind: &str, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let (fields, key) = (Fields::of(item), Key::of(item)?);
    Ok(match kind {
        account::KIND => of_account(item, layout)?,
        referral::KIND => {
            let edge = referral::decode(item)?;
            ScannedRecords::at(referral::key(edge.referrer, edge.referred.number()), Record::Referral(edge))
        }
        login::KIND => {
            let phone =
                key.partition.strip_prefix(login::PARTITION_PREFIX).and_then(|text| text.parse().ok());
            let phone = phone.ok_or_else(|| fields.corrupt("pk"))?;
            ScannedRecords::at(login::key(&phone), Record::Name(Name::Phone(phone), fields.get("user")?))
        }
        listed_player::KIND => {
            let found = listed_player::decode(item)?;
            let listed = IndexPlace::Always(
                listed_player::index_partition(layout.shard_of(found.user)),
                found.signed_up_at,
            );
            ScannedRecords::at(listed_player::key(found.user, &found.name, layout), Record::Aside)
                .with_listing(listed)
        }
        referral_code::KIND => {
            let code = key.partition.strip_prefix(referral_code::PARTITION_PREFIX);
            let code = code.and_then(|text| text.parse().ok()).ok_or_else(|| fields.corrupt("pk"))?;
            let user = referral_code::decode(item)?;
            ScannedRecords::at(referral_code::key(code), Record::Name(Name::Code(code), user))
        }
        session::KIND => {
            session::decode(item)?;
            let (user, since) = (fields.get("user")?, fields.get("created_at")?);
            let listed = session::decode_owed(item)?.map_or(IndexPlace::Never, |_| {
                IndexPlace::Always(session::index_partition(layout.shard_of(user)), since)
            });
            ScannedRecords::at(session::key(user, fields.get("family")?), Record::Visit(user))
                .with_listing(listed)
        }
        attendance::KIND => {
            let user = fields.get("user_id")?;
            ScannedRecords::at(attendance::key(user, fields.get("attendance_date")?), Record::Visit(user))
        }
        // Only the code that checks a phone code needs the other attributes.
        phone_code::KIND => ScannedRecords::at(phone_code::key(fields.get("user")?), Record::Aside),
        // Only the code that checks a code needs the other attributes.
        recovery::KIND => {
            let listed = recovery::decode_owed(item)?.map_or(IndexPlace::Never, |(user, since)| {
                IndexPlace::Always(session::index_partition(layout.shard_of(user)), since)
            });
            ScannedRecords::at(recovery::key(recovery::decode_key(item)?), Record::Aside).with_listing(listed)
        }
        movement_mark::KIND => ScannedRecords::at(movement_mark::expected_key(item)?, Record::Aside),
        verify_progress::KIND => {
            verify_progress::decode(item)?;
            ScannedRecords::at(verify_progress::key(), Record::Aside)
        }
        // The key alone identifies the counter.
        rate::KIND | announcement::KIND => ScannedRecords::at(key, Record::Aside),
        _ => return Err(fields.corrupt("kind")),
    })
}

/// A wallet with its restrictions and its newest entries.
fn of_wallet(item: &Item) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let mut wallet = wallet::decode(item)?;
    let (key, newest) = (wallet::key(wallet.user), std::mem::take(&mut wallet.newest));
    let (rules, sums) = (play::of(Some(item))?.rules, play::stored_sums(fields)?);
    let stored = StoredLimits { user: wallet.user, rules, sums, fence: wallet::fence(Some(item))? };
    let play = (rules != PlayRules::NONE || sums.is_some()).then(|| Record::PlayLimits(Box::new(stored)));
    let owner = owner::of(Some(item))?;
    let access = Access {
        role: fields.optional(account::ROLE)?.unwrap_or_default(),
        is_blocked: owner.is_blocked,
        session_epoch: owner.session_epoch,
        recovered_at: owner.recovered_at,
    };
    let access = (access != Access::default()).then_some(Record::Access(wallet.user, access));
    let records = once(Record::Wallet(wallet)).chain(play).chain(access);
    let records = records.chain(newest.into_iter().map(Record::Entry));
    Ok(ScannedRecords { records: records.collect(), key, listed: IndexPlace::Never })
}

/// An account is listed as long as a step of its sign-up is due.
fn of_account(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let account = account::decode(item)?;
    Fields::of(item).flag(listed_player::LISTED)?;
    let (user, since) = (account.user, account.created_at);
    let listed = if account.registration.is_under_way() {
        IndexPlace::Always(account::index_partition(layout.shard_of(user)), since)
    } else {
        IndexPlace::Never
    };
    Ok(ScannedRecords::at(account::key(user), Record::Account(account)).with_listing(listed))
}
