//! Paying the winner of a drawn match.

use super::end_bet::{BetEnd, end_bet};
use crate::exchange::entities::bet_match;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post, release};
use crate::{Store, StoreError, WalletSnapshot};
use evens_exchange::{Match, MatchState, Outcome, Settlement, settle, winner};
use evens_idempotency::BetId;
use evens_ledger::Amount;
use evens_own_limits::PlayLimits;
use jiff::Timestamp;

// Positions of items in the transaction below.
const MATCH: usize = 0;
const WALLET_OF_WINNER: usize = 1;
const WALLET_OF_LOSER: usize = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettleOutcome {
    /// Paid by this call.
    Settled(Box<Settlement>),
    /// The match was paid or voided before, or another outcome is fixed; nothing changed.
    EndedBefore(MatchState),
    /// The winner's balance cannot hold the payout. A retry cannot change that.
    BalanceTooLarge,
}

impl Store {
    /// Pays the winner of a match whose outcome is fixed, and closes the match: all items, or none. If `read` is the
    /// winner's wallet, the first attempt does not read it again.
    ///
    /// 1. match: state is DRAWN with this winner, else [`SettleOutcome::EndedBefore`]
    /// 2. wallet of the winner, with the entry `SETTLE:{matchId}:{userId}`, and `COMMISSION:{matchId}:{userId}` if
    ///    there is a commission: version is the one read, else read again
    ///    until the deadline
    /// 3. wallet of the loser: has the stake locked, else [`StoreError::Corrupt`], as it was locked when placed
    /// 4. bet of the winner: exists, and adds the stake to the settled part, the payout to the paid amount, and
    ///    the commission to the paid commission
    /// 5. bet of the loser: exists, and adds the stake to the settled part
    /// 6. page of the winner's ledger that was full, if any: absent, because the wallet's version is the one read
    ///
    /// # Role
    /// - `GetItem` on `BET#`, `MATCHES#`, `USER#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `MATCHES#`, `USER#`
    pub async fn settle_match(
        &self,
        drawn: &Match,
        outcome: Outcome,
        read: Option<WalletSnapshot>,
        now: Timestamp,
    ) -> Result<SettleOutcome, StoreError> {
        let winner = winner(drawn, outcome);
        let mut read = read.filter(|read| read.wallet.user == winner);
        attempt!(self, SettleMatch, {
            let WalletSnapshot { wallet, play, .. } = match read.take() {
                Some(read) => read,
                None => self.load_wallet_snapshot(winner).await?,
            };
            let Ok(plan) = settle(drawn, outcome, &wallet, now) else {
                // A repeat is answered before anything that depends on the current balance.
                let found = self.load_match(&drawn.round, drawn.id).await?.map(|found| found.state);
                let ended = found.filter(|state| state.is_final()).map(SettleOutcome::EndedBefore);
                self.observe_end(drawn);
                return Ok(Attempt::Done(ended.unwrap_or(SettleOutcome::BalanceTooLarge)));
            };
            let play = play.pay(plan.received(), self.placed_at(drawn.bet(outcome.winner)).await?);
            match self.transact(settle_match_items(&plan, &play, now)).await? {
                WriteOutcome::Committed => {
                    self.observe_payout(&plan);
                    Ok(Attempt::Done(SettleOutcome::Settled(Box::new(plan))))
                }
                WriteOutcome::Refused { position: MATCH, found: Some(item) } => {
                    self.observe_end(drawn);
                    Ok(Attempt::Done(SettleOutcome::EndedBefore(bet_match::decode(&item)?.state)))
                }
                WriteOutcome::Refused { position: WALLET_OF_WINNER, .. } => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { position: WALLET_OF_LOSER, .. } => {
                    Err(StoreError::corrupt(drawn.id, "the loser's wallet does not have the stake locked"))
                }
                WriteOutcome::Refused { .. } => Err(StoreError::corrupt(
                    drawn.id,
                    "a match or bet is missing, or the ledger page exists already",
                )),
            }
        })
    }

    /// The time at which a bet was placed, which says in which periods its payout counts.
    pub(super) async fn placed_at(&self, bet: BetId) -> Result<Timestamp, StoreError> {
        let bet = self.load_bet(bet).await?.ok_or_else(|| StoreError::corrupt(bet, "the bet is missing"))?;
        Ok(bet.placed_at)
    }

    pub(super) fn observe_payout(&self, paid: &Settlement) {
        let entries = paid.entries();
        self.observe_entries(&entries.iter().collect::<Vec<_>>());
        self.observe_end(&paid.bet_match);
        let (id, user) = (paid.bet_match.id, paid.wallet.user);
        tracing::debug!("match.id" = %id, "user.id" = %user, amount = %paid.received(), "Paid match {id} to user {user}");
    }
}

fn settle_match_items(plan: &Settlement, play: &PlayLimits, now: Timestamp) -> Vec<Write> {
    let Settlement { bet_match: drawn, outcome, .. } = plan;
    let values = vec![
        (":drawn", text(MatchState::Drawn(*outcome).as_str())),
        (":settled", text(MatchState::Settled(*outcome).as_str())),
        (":winner", text(outcome.winner)),
    ];
    let settled = change(Change {
        key: bet_match::key(&drawn.round, drawn.id),
        update: "SET #state = :settled REMOVE unfinished_pk, unfinished_sk",
        condition: "#state = :drawn AND winner = :winner",
        values,
    });
    let mut items = vec![settled];
    // A match that exists is paid, also to a player who is blocked or excluded by now.
    items.extend(payout_items(plan, play, (OwnerCondition::Any, OwnerCondition::Any), now));
    items
}

/// The items of a payout besides the match: the winner's wallet with the sums for their own limits, the loser's wallet,
/// both bets, and the page of the winner's ledger that was full, if any. `of_winner` and `of_loser` are the conditions
/// on the wallets' owners.
pub(super) fn payout_items(
    plan: &Settlement,
    play: &PlayLimits,
    (of_winner, of_loser): (OwnerCondition<'_>, OwnerCondition<'_>),
    now: Timestamp,
) -> impl Iterator<Item = Write> {
    let Settlement { bet_match: drawn, outcome, payout, wallet, .. } = plan;
    let (entries, commission) = (plan.entries(), plan.commission_paid());
    let (won, lost, stake) = (outcome.winner, outcome.winner.opposite(), drawn.amount);
    let posted = post(wallet, &entries, Lock::Release(stake, play), of_winner);
    let items = [
        posted.wallet,
        release(drawn.user(lost), stake, of_loser),
        end_bet(drawn.bet(won), BetEnd::Settled { stake, paid: *payout, commission }, now),
        end_bet(
            drawn.bet(lost),
            BetEnd::Settled { stake, paid: Amount::ZERO, commission: Amount::ZERO },
            now,
        ),
    ];
    items.into_iter().chain(posted.added)
}
