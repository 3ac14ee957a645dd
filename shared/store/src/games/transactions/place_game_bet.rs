use crate::exchange::entities::bet;
use crate::games::entities::{exposure_lock, game_bet, period, shard};
use crate::table::item::Item;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change, check, put_new};
use crate::wallet::entities::{owner, play, wallet};
use crate::wallet::transactions::fence;
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{ChangedItem, Store, StoreError};
use evens_games::{
    Exposure, GameBet, GameBetRecord, GamePlacement, Period, PeriodState, PlaceGameBet, PlaceGameBetInput,
    PlaceGameBetOutcome, RoomLimits, place_game_bet,
};
use evens_idempotency::ExistingBet;
use evens_ledger::Entry;
use jiff::Timestamp;

// Positions of items in the transaction below.
const BET: usize = 0;
const PERIOD: usize = 3;

/// The source of the exposure by which a bet is placed.
#[derive(Clone, Copy)]
pub enum ExposureSource<'a> {
    /// The bets of the other shards as they were some time ago. The bets of the player's own shard are read again.
    Recent(&'a Exposure),
    /// All bets as they were some time ago, for a bet that they refuse. No bets are read.
    Known(&'a Exposure),
    /// All bets of the period are read again at each attempt, and of several bets by the same exposure one is placed.
    Exact {
        /// The bets that are being placed by recent data. Asked before the bets are read.
        in_flight: &'a (dyn Fn() -> Exposure + Send + Sync),
    },
}

impl<'a> From<&'a Exposure> for ExposureSource<'a> {
    fn from(others: &'a Exposure) -> Self {
        Self::Recent(others)
    }
}

impl Store {
    /// Places a bet against the house, as the rule decides from the current state: all items, or none. `period` may be
    /// slightly old. The shard of the bet decides whether bets are accepted, and nothing of the period is written. The
    /// first bet of a shard creates it, and depends on the period.
    ///
    /// The wallet is read before the shard. All bets of a player go through both, so if the wallet is still the one
    /// read, all of their bets were seen. `exposure` is the source of the possible cost of the period. The clock is
    /// read at each attempt, so that an attempt delayed by retries can be too late.
    ///
    /// 1. bet: absent, else the rule decides between the repeat and the reused key
    /// 2. wallet, with the entries `GAME:{betId}`: version and fence are those read, its owner is not blocked, and the
    ///    command's session has not ended, else read again until the deadline
    /// 3. shard of the player's bets: exists and is not closed, or is absent as it was, else read again
    /// 4. period, if the shard is absent: open, else read again, and refused
    /// 5. exposure lock, if the exposure is exact: its revision is the one read, else read again
    /// 6. ledger pages that were full, if any: absent, because the wallet's version is the one read
    ///
    /// # Role
    /// - `ConditionCheckItem` on `PERIOD#`
    /// - `GetItem` on `BET#`, `PERIOD#`, `PERIOD-BETS#`, `RESULTS#`, `USER#`
    /// - `PutItem` on `BET#`, `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `PERIOD-BETS#`, `USER#`
    pub async fn place_game_bet(
        &self,
        command: &PlaceGameBet,
        period: &Period,
        exposure: impl Into<ExposureSource<'_>>,
        limits: &RoomLimits,
        clock: impl Fn() -> Timestamp + Send + Sync,
    ) -> Result<PlaceGameBetOutcome, StoreError> {
        let number = period.shards.shard_of(command.user);
        let (mut was_sent, mut newest, source) = (false, period.clone(), exposure.into());
        attempt!(self, PlaceGameBet, {
            let lock = self.exposure_lock(period, source).await?;
            let item = self.get(&wallet::key(command.user)).await?;
            let records = self.get(&shard::key(period.id, number)).await?;
            let owner = owner::of(item.as_ref())?;
            let fence = wallet::fence(item.as_ref())?;
            let play = play::of(item.as_ref())?;
            let wallet = wallet::of(command.user, item.as_ref())?;
            let records = records.as_ref().map(shard::decode).transpose()?;
            let is_first = records.is_none();
            let period = with_fence(&newest, records.as_ref().is_some_and(|shard| shard.closed_at.is_some()));
            let shard = records.map(|shard| shard.bets).unwrap_or_default();
            let (exposure, now) = (self.exposure_of(&period, source, &shard).await?, clock());
            let decide = |existing| {
                let (wallet, play, shard, period) = (&wallet, &play, shard.as_slice(), &period);
                let exposure = &exposure;
                let input = PlaceGameBetInput { existing, owner, period, shard, exposure, wallet, play };
                place_game_bet(command, input, limits, now)
            };
            let decided = decide(None);
            let PlaceGameBetOutcome::Placed(placement) = decided else {
                // A repeat is answered before anything that depends on the current period or balance. A client may rely
                // on the answer that the period is over, as with A/B bets.
                let is_over = matches!(
                    decided,
                    PlaceGameBetOutcome::PeriodNotOpen { .. } | PlaceGameBetOutcome::PeriodPastClosing { .. }
                );
                if was_sent || is_over {
                    self.change_one(fence::advance(command.user, fence.as_deref())).await?;
                }
                let under_key = self.get(&bet::key(command.bet)).await?;
                if under_key.is_some() {
                    self.observe_placed_game_bet(command);
                }
                return Ok(Attempt::Done(decide(under_key.as_ref().map(existing).transpose()?)));
            };
            was_sent = true;
            let owner =
                OwnerCondition::MayBet { session_epoch: command.session_epoch, fence: fence.as_deref() };
            let items = place_game_bet_items(&placement, number, is_first, lock, owner);
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_entries(&placement.entries.iter().collect::<Vec<&Entry>>());
                    self.observe_placed_game_bet(command);
                    Ok(Attempt::Done(PlaceGameBetOutcome::Placed(placement)))
                }
                WriteOutcome::Refused { position: BET, found: Some(item) } => {
                    self.observe_placed_game_bet(command);
                    Ok(Attempt::Done(decide(Some(existing(&item)?))))
                }
                WriteOutcome::Refused { position: PERIOD, .. } if is_first => {
                    let gone = || StoreError::corrupt(newest.id, "the period is missing");
                    newest = self.load_period(newest.id).await?.ok_or_else(gone)?;
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// The change of the exposure lock, if the exposure is exact. It is read before the exposure.
    async fn exposure_lock(
        &self,
        period: &Period,
        source: ExposureSource<'_>,
    ) -> Result<Option<Change<'static>>, StoreError> {
        match source {
            ExposureSource::Recent(_) | ExposureSource::Known(_) => Ok(None),
            ExposureSource::Exact { .. } => {
                let read = self.get(&exposure_lock::key(period.id)).await?;
                Ok(Some(exposure_lock::advance(period, exposure_lock::revision(read.as_ref())?)))
            }
        }
    }

    /// The exposure of the period. `shard` are the current bets of the player's shard.
    async fn exposure_of(
        &self,
        period: &Period,
        source: ExposureSource<'_>,
        shard: &[GameBetRecord],
    ) -> Result<Exposure, StoreError> {
        match source {
            ExposureSource::Recent(others) => Ok(others.with(shard)),
            ExposureSource::Known(all) => Ok(all.clone()),
            ExposureSource::Exact { in_flight } => {
                // A bet that is placed meanwhile may count twice, but every bet counts.
                let in_flight = in_flight();
                let shards = self.load_period_bets(period).await?;
                Ok(shards.iter().fold(in_flight, |sum, shard| sum.with(&shard.bets)))
            }
        }
    }

    fn observe_placed_game_bet(&self, command: &PlaceGameBet) {
        self.observe_change(ChangedItem::GameBet { id: command.bet, user: command.user });
        self.observe_wallet(command.user);
    }
}

/// The period as its shard shows it: an open period is closing if the shard is closed.
fn with_fence(period: &Period, is_closed: bool) -> Period {
    let state = match &period.state {
        PeriodState::Open if is_closed => PeriodState::Closing,
        state => state.clone(),
    };
    Period { state, ..period.clone() }
}

/// The earlier use of the key, which may be an A/B bet.
fn existing(found: &Item) -> Result<ExistingBet<GameBet>, StoreError> {
    let is_of_game = game_bet::is_one(found)?;
    Ok(if is_of_game { ExistingBet::Bet(game_bet::decode(found)?) } else { ExistingBet::OtherKind })
}

fn place_game_bet_items(
    placement: &GamePlacement,
    number: u16,
    is_first: bool,
    lock: Option<Change<'static>>,
    owner: OwnerCondition<'_>,
) -> Vec<Write> {
    let GamePlacement { wallet, entries, bet, play } = placement;
    let posted = post(wallet, entries, Lock::Count(play), owner);
    let mut items = vec![put_new(game_bet::encode(bet)), posted.wallet];
    let (key, record) = (shard::key(bet.period, number), GameBetRecord::of(bet));
    if is_first {
        let values = shard::values_to_create(bet.period, number, &record);
        let created = Change { key, update: shard::CREATE, condition: shard::IS_ABSENT, values };
        let (is_open, state) = period::is_open();
        items.extend([change(created), check(&period::key(bet.period), is_open, state)]);
    } else {
        let values = shard::values_to_add(&record);
        items.push(change(Change { key, update: shard::ADD, condition: shard::IS_OPEN, values }));
    }
    items.extend(lock.map(change));
    items.extend(posted.added);
    items
}
