//! Reads the whole table without its secrets, for the scheduled check of all books.
//!
//! Architecture invariant: this list names no attribute that holds a secret of a round or a period, the hash of a
//! password, or bank details of a player. The role of the scanning function is restricted to the same list, so it
//! cannot read secrets, whatever its code does. A published seed is part of its round or period, and is read there, by
//! its key. The seed of an archived period has an attribute of its own, which is never secret.

use crate::exchange::entities::{round, totals};
use crate::games::entities::{exposure_lock, period, play_day, play_now};
use crate::operations::entities::verify_progress;
use crate::operations::scan::records;
use crate::payments::entities::{payee, report};
use crate::table::item::{Fields, Item, Key, text};
use crate::table::retry::{Attempt, attempt};
use crate::wallet::entities::{entry, movement_mark};
use crate::{Store, StoreError};
use evens_exchange::RoundStateName;
use evens_games::PeriodStateName;
use evens_ledger::{Entry, UserId};
use evens_records::Record;
use evens_table::{Page, Placeholders, Scan, Segment};
use futures::stream::{FuturesUnordered, StreamExt};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The attributes that are read.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 240] = [
    "account", "action", "actor", "actual_deposit_amount", "adjustments", "after", "agreements", "amount",
    "amount_open", "approvals", "at", "attempt", "attendance_date", "balance", "balance_after", "balance_before",
    "before", "begun_at", "being_withdrawn", "bet", "bet_a", "bet_b", "bets", "block", "block_id", "block_parent",
    "block_signature",
    "block_source", "block_time", "blocked", "bonus", "bonus_after", "bonus_due", "by", "cancelled_at", "cash", "cause",
    "changes", "claims", "closed", "closed_at", "closes_at", "closes_by", "commission",
    "commission_a", "commission_b", "commission_paid", "created_at", "credited_at", "currency", "current_hash",
    "day", "deposits_day", "deposits_month", "deposits_week", "direct_referral_count", "direction", "draw", "draw_rule",
    "drawn", "drawn_at", "edge_status", "ended", "ends_at", "entries", "entropy", "entry", "exclusion", "expires_at",
    "failed_payouts", "family", "fence", "fingerprint", "first_deposit", "fixed_at", "from", "generation", "group",
    "has_checked_players", "has_logged_in_today", "has_received_first_bonus", "hash", "head", "held", "history", "hold_reasons", "joined_at",
    "key", "key_since", "kind", "kyc", "lanes", "last_modified_at", "lease_until", "limit_day", "limit_month",
    "limit_week", "lock_holder", "locked", "losses_day", "losses_month", "losses_week", "major", "major_reserve",
    "major_reserve_won", "major_wins", "major_won", "major_won_by", "mask", "match", "mega", "mega_reserve",
    "mega_reserve_won", "mega_wins", "mega_won", "mega_won_by", "meter", "minor", "minor_reserve", "minor_reserve_won",
    "minor_wins", "minor_won", "minor_won_by", "must_hit_by", "nonce", "nonce_a", "nonce_b", "number", "odds",
    "open_deposits", "open_withdrawals", "opened_at", "opened_by", "opens_at", "operation", "oracle", "oracle_key",
    "order", "owed", "owed_back", "owed_day", "owed_notice", "paid", "paid_after_return", "paid_at", "paid_twice",
    "password_changes", "pay_until", "payee", "payment", "period", "phone", "pk", "placed_at", "play", "play_sums", "pool_before",
    "previous_hash", "proposed_by", "provider", "provider_id", "published_at", "published_seed", "purse", "rate", "reality_check",
    "reason", "recorded_at", "recovered_at", "reference", "referral_bonus", "referral_bonuses_above", "referral_code", "referred", "referred_by", "referrer",
    "refill", "refund", "refunded", "registration", "registration_bonus", "removed_at", "requested", "reserve",
    "reserve_rate", "resolution", "result_by", "returns", "revision", "rotated_at", "round", "rules", "sealed_accounts",
    "sealed_audit_log", "sealed_transfers", "sealed_wallets", "seed_hash", "selection", "session_epoch", "settled", "shard_number",
    "shards", "side", "since", "sk", "stake", "stake_min", "staked", "stakes_day", "stakes_month", "stakes_week",
    "start", "state", "subject", "switches", "terms_version", "ticket", "to", "top_up", "tree_level", "turnover_needed",
    "turnover_since", "type", "unfinished_pk", "unfinished_sk", "updated_at", "usable_from", "used_at", "user", "user_a", "user_b",
    "user_id", "user_role", "version", "vip_level", "win", "winner", "wins", "withdrawals_day", "withdrawn",
];

/// The `kind` of a round's secret.
const SEED_KIND: &str = "seed";

/// The pace of a scan of the whole table beside other work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanPace {
    /// Number of segments that are read concurrently.
    pub segments: u16,
    /// Number of items per page.
    pub page: u16,
    /// Pause after each page of a segment, as a multiple of the time that the page took, including its processing. An
    /// engine that handles one request at a time is then free for other requests.
    pub rests: u32,
}

impl ScanPace {
    /// For a reader that nobody waits for.
    pub const WITHOUT_RESTS: Self = Self { segments: 4, page: 1_000, rests: 0 };
}

impl Store {
    /// Passes the content of every item to `each`, as [`Store::scan`] does, but without secrets: no secret seed, and of
    /// a payee only the owner. Ends where `each` breaks.
    ///
    /// # Role
    /// - `BatchGetItem` on `PERIOD#`, `ROUND#`
    /// - `Scan` on any item
    pub async fn scan_books(
        &self,
        pace: ScanPace,
        mut each: impl FnMut(Result<Record, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut published = Vec::new();
        let page = |segment, start, rest: Duration| async move {
            sleep(rest).await;
            let began = Instant::now();
            (segment, began, self.scan_segment(segment, pace, start).await)
        };
        let segments = 0..pace.segments;
        let mut pages: FuturesUnordered<_> =
            segments.map(|segment| page(segment, None, Duration::ZERO)).collect();
        while let Some((segment, began, output)) = pages.next().await {
            let Page { items, next } = output?;
            if self.pass_on(items, &mut published, &mut each).is_break() {
                return Ok(());
            }
            if let Some(start) = next {
                pages.push(page(segment, Some(start), began.elapsed() * pace.rests));
            }
        }
        self.read_published(&published, &mut each).await
    }

    /// Passes the records of scanned items to `each`, and adds the keys of items to read again to `published`.
    pub(crate) fn pass_on(
        &self,
        items: Vec<Item>,
        published: &mut Vec<Key>,
        each: &mut impl FnMut(Result<Record, StoreError>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for item in items {
            match scanned(item) {
                Ok(ScannedItem::Item(item)) => {
                    records(&item, self.layout).into_iter().try_for_each(&mut *each)?;
                }
                Ok(ScannedItem::Published(key)) => published.push(key),
                Ok(ScannedItem::Nothing) => {}
                Err(error) => each(Err(error))?,
            }
        }
        ControlFlow::Continue(())
    }

    /// Reads the rounds and periods again whose seeds may be public, until `each` breaks.
    pub(crate) async fn read_published(
        &self,
        published: &[Key],
        each: &mut impl FnMut(Result<Record, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        for keys in published.chunks(Self::BATCH_MAX) {
            for item in self.get_batch_again(keys).await?.iter().flatten() {
                if records(item, self.layout).into_iter().try_for_each(&mut *each).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// A player's entries after the number `after` that are in pages, strongly consistent.
    ///
    /// # Role
    /// - `Query` on `LEDGER#`
    pub async fn entries_after(&self, user: UserId, after: u64) -> Result<Vec<Entry>, StoreError> {
        let pages = self.pages_after(user, after).await?;
        let entries: Result<Vec<_>, _> = pages.iter().map(entry::decode_item).collect();
        Ok(entries?.concat())
    }

    pub(crate) async fn scan_segment(
        &self,
        segment: u16,
        pace: ScanPace,
        start: Option<Item>,
    ) -> Result<Page, StoreError> {
        attempt!(self, Read, {
            // All attributes get placeholders, because some names are reserved words.
            let names = || (0..ATTRIBUTES.len()).map(|number| format!("#a{number}"));
            let scan = Scan {
                projection: Some(names().collect::<Vec<_>>().join(",")),
                placeholders: Placeholders {
                    names: names().zip(ATTRIBUTES.map(str::to_owned)).collect(),
                    ..Placeholders::default()
                },
                is_consistent: true,
                segment: (pace.segments > 1).then_some(Segment { number: segment, total: pace.segments }),
                start: start.clone(),
                limit: Some(pace.page.into()),
                ..Scan::default()
            };
            let answered = self.table.scan(scan, self.is_metered()).await?;
            Ok(Attempt::Done(self.count_read(answered)))
        })
    }
}

/// The result of looking at a scanned item.
enum ScannedItem {
    Item(Item),
    /// A round that may have published its seed, or a period that has: read again completely.
    Published(Key),
    /// A secret without its secret attributes, or an item on which nothing depends.
    Nothing,
}

fn scanned(mut item: Item) -> Result<ScannedItem, StoreError> {
    let fields = Fields::of(&item);
    Ok(match fields.optional::<String>("kind")?.unwrap_or_default().as_str() {
        SEED_KIND
        | period::seed::KIND
        | exposure_lock::KIND
        | movement_mark::KIND
        | play_day::KIND
        | play_now::KIND
        | report::KIND
        | totals::KIND
        | verify_progress::KIND => ScannedItem::Nothing,
        round::KIND
            if fields.optional::<String>("state")?.as_deref() != Some(RoundStateName::Open.as_str()) =>
        {
            ScannedItem::Published(Key::of(&item)?)
        }
        period::KIND if has_result(fields.get("state")?) => ScannedItem::Published(Key::of(&item)?),
        // Only the code that pays needs the sealed details.
        payee::KIND => {
            item.insert("sealed".to_owned(), text(""));
            ScannedItem::Item(item)
        }
        _ => ScannedItem::Item(item),
    })
}

fn has_result(state: PeriodStateName) -> bool {
    match state {
        PeriodStateName::Resulted | PeriodStateName::Settled => true,
        PeriodStateName::Open
        | PeriodStateName::Closing
        | PeriodStateName::Closed
        | PeriodStateName::Cancelled
        | PeriodStateName::Refunded => false,
    }
}
