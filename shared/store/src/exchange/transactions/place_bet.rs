//! Placing a bet.

use crate::exchange::entities::{bet, round, waiting};
use crate::players::entities::account;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written, put_new};
use crate::wallet::entities::{play, wallet};
use crate::wallet::transactions::fence;
use crate::wallet::transactions::wallet_items::{Lock, Standing, post};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_exchange::{Bet, BettingLimits, PlaceBet, PlaceBetOutcome, Placement, SeenForBet, place_bet};
use evens_ledger::UserId;
use jiff::Timestamp;
use std::slice::from_ref;

impl Store {
    /// Places a bet, as the rule decides on what is there now: all of its items, or none. It writes nothing to the
    /// round: a bet that comes late, after its round was read as open, is placed and can be matched with nobody
    /// (decision 018).
    ///
    /// 1. bet: absent, else the rule decides between the repeat and the reused key
    /// 2. wallet, with the entry `BET:{betId}`: version and fence are those read and its owner is not blocked, else
    ///    read again until the deadline. Whoever sets limits of play for themselves moves the fence
    /// 3. place in the book: absent, as the bet was
    /// 4. page of the ledger that was full, if one was: absent, as the version was the one read
    pub async fn place_bet(
        &self,
        command: &PlaceBet,
        limits: BettingLimits,
        now: Timestamp,
    ) -> Result<PlaceBetOutcome, StoreError> {
        let mut was_sent = false;
        attempt!(self, PlaceBet, {
            let keys = [wallet::key(command.user), round::key(&command.round)];
            let [wallet, round] = self.get_several(keys).await?;
            let is_blocked = wallet.as_ref().is_some_and(|item| item.contains_key(account::BLOCKED));
            let fence = wallet::fence(wallet.as_ref())?;
            let play = play::of(wallet.as_ref())?;
            let wallet = wallet::of(command.user, wallet.as_ref())?;
            let round = round.as_ref().map(round::decode).transpose()?;
            let waiting = self.count_waiting(&wallet, &command.round, limits, now).await?;
            let round = round.as_ref();
            let seen =
                |existing| SeenForBet { existing, is_blocked, round, waiting, wallet: &wallet, play: &play };
            let decided = place_bet(command, seen(None), limits, now);
            let PlaceBetOutcome::Placed(placement) = decided else {
                // A repeat is answered before anything that depends on today's round or balance. Whoever is told that
                // the round has closed may rely on it: what an earlier request has sent, and nobody was told of, is
                // fenced off like what this one has sent.
                let is_fenced = was_sent || matches!(decided, PlaceBetOutcome::RoundNotOpen { .. });
                let existing = self.load_bet_for_good(command, is_fenced, fence.as_deref()).await?;
                return Ok(Attempt::Done(place_bet(command, seen(existing), limits, now)));
            };
            was_sent = true;
            match self.transact(place_bet_items(&self.table, &placement, fence.as_deref())?).await? {
                Written::Committed => {
                    self.observe_entries(&[&placement.entry]);
                    Ok(Attempt::Done(PlaceBetOutcome::Placed(placement)))
                }
                Written::Refused { position: 0, found: Some(item) } => {
                    let existing = Some(bet::decode(&item)?);
                    Ok(Attempt::Done(place_bet(command, seen(existing), limits, now)))
                }
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// The bet, if it exists; where `is_fenced`, none means that it never will by what was sent so far. A request that
    /// nobody waits for any more may still be on its way to the table and be carried out after its caller was told
    /// something else, so what was sent is fenced off before anybody is told that there is no bet: it asks for a fence
    /// that was there, and none that was there comes back.
    async fn load_bet_for_good(
        &self,
        command: &PlaceBet,
        is_fenced: bool,
        read: Option<&str>,
    ) -> Result<Option<Bet>, StoreError> {
        if is_fenced {
            // Where it is refused, somebody else has put another fence there since.
            self.change_one(move_fence(command.user, read)).await?;
        }
        self.load_bet(command.bet).await
    }
}

/// Puts another fence in the place of the one that was read: one that was nowhere before. As it asks for the one that
/// was read, a repeat that comes late does not put it back where yet another stands.
fn move_fence(user: UserId, read: Option<&str>) -> Change<'static> {
    let next = (":fence", text(fence::next()));
    let (condition, values) = match read {
        None => ("attribute_exists(pk) AND attribute_not_exists(fence)", vec![next]),
        Some(read) => ("fence = :read", vec![next, (":read", text(read))]),
    };
    Change { key: wallet::key(user), update: "SET fence = :fence", condition, values }
}

fn place_bet_items(
    table: &str,
    placement: &Placement,
    fence: Option<&str>,
) -> Result<Vec<TransactWriteItem>, StoreError> {
    let Placement { wallet, entry, bet, waiting, play } = placement;
    let lock = Lock::Add(bet.stake.amount(), play);
    let posted = post(table, wallet, from_ref(entry), lock, Standing::MayBet(fence))?;
    let (bet, waiting) = (put_new(table, bet::encode(bet))?, put_new(table, waiting::encode(waiting))?);
    Ok([bet, posted.wallet, waiting].into_iter().chain(posted.pages).collect())
}
