//! Paying winning bets against the house, and refunding the bets of a cancelled period.

use crate::games::entities::game_bet;
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{Store, StoreError, WalletSnapshot};
use evens_games::{GameBetsPaid, OwedBet, Period, pay_bets};
use evens_ledger::{Entry, UserId};
use futures::future::try_join_all;
use jiff::Timestamp;

/// Number of batches of bets read concurrently.
const BATCHES_AT_ONCE: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayGameBetsOutcome {
    /// Paid by this call.
    Paid(Box<GameBetsPaid>),
    /// All of them were paid before; nothing changed.
    PaidBefore,
    /// The player's balance cannot hold the amount. A retry cannot change that.
    BalanceTooLarge,
}

impl Store {
    /// Maximum number of bets of a player that one transaction pays.
    pub const GAME_BETS_AT_ONCE: usize = 20;

    /// Pays a player the amounts that a period owes for some of their bets: payouts if it was drawn, stakes if it was
    /// cancelled. All items, or none. Bets that were paid before are left out.
    ///
    /// 1. each bet: exists and is not paid, else read again, and left out
    /// 2. wallet, with the entries `WIN:{betId}` or `GAME-REFUND:{betId}`: version is the one read, else read again
    ///    until the deadline
    /// 3. ledger pages that were full, if any: absent, because the wallet's version is the one read
    ///
    /// # Role
    /// - `BatchGetItem` on `BET#`
    /// - `GetItem` on `USER#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `USER#`
    pub async fn pay_game_bets(
        &self,
        period: &Period,
        user: UserId,
        owed: &[OwedBet],
        now: Timestamp,
    ) -> Result<PayGameBetsOutcome, StoreError> {
        let mut unpaid = owed.to_vec();
        attempt!(self, PayGameBets, {
            if unpaid.is_empty() {
                self.observe_paid(user, owed);
                return Ok(Attempt::Done(PayGameBetsOutcome::PaidBefore));
            }
            let WalletSnapshot { wallet, play, .. } = self.load_wallet_snapshot(user).await?;
            let Ok(paid) = pay_bets(period, &wallet, &play, &unpaid, now) else {
                unpaid = self.list_unpaid(&unpaid).await?;
                let is_paid = unpaid.is_empty();
                self.observe_paid(user, owed);
                let outcome = if is_paid {
                    PayGameBetsOutcome::PaidBefore
                } else {
                    PayGameBetsOutcome::BalanceTooLarge
                };
                return Ok(Attempt::Done(outcome));
            };
            match self.transact(pay_game_bets_items(&unpaid, &paid, now)).await? {
                WriteOutcome::Committed => {
                    self.observe_entries(&paid.entries.iter().collect::<Vec<&Entry>>());
                    self.observe_paid(user, owed);
                    Ok(Attempt::Done(PayGameBetsOutcome::Paid(Box::new(paid))))
                }
                WriteOutcome::Refused { position, .. } if position < unpaid.len() => {
                    unpaid = self.list_unpaid(&unpaid).await?;
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// The unpaid bets among `owed`, in their order.
    ///
    /// # Role
    /// - `BatchGetItem` on `BET#`
    pub async fn list_unpaid(&self, owed: &[OwedBet]) -> Result<Vec<OwedBet>, StoreError> {
        let mut unpaid = Vec::new();
        for some in owed.chunks(Self::BATCH_MAX * BATCHES_AT_ONCE) {
            let batches = some.chunks(Self::BATCH_MAX).map(|batch| self.list_unpaid_of_batch(batch));
            unpaid.extend(try_join_all(batches).await?.into_iter().flatten());
        }
        Ok(unpaid)
    }

    async fn list_unpaid_of_batch(&self, owed: &[OwedBet]) -> Result<Vec<OwedBet>, StoreError> {
        let keys: Vec<_> = owed.iter().map(|owed| game_bet::key(owed.record.bet)).collect();
        let mut unpaid = Vec::new();
        for (owed, item) in owed.iter().zip(self.get_batch_again(&keys).await?) {
            let item = item.ok_or_else(|| StoreError::corrupt(owed.record.bet, "the bet is missing"))?;
            if !item.contains_key(game_bet::PAID_AT) {
                unpaid.push(*owed);
            }
        }
        Ok(unpaid)
    }
}

fn pay_game_bets_items(owed: &[OwedBet], paid: &GameBetsPaid, now: Timestamp) -> Vec<Write> {
    let GameBetsPaid { wallet, entries, play } = paid;
    let posted = post(wallet, entries, Lock::Count(play), OwnerCondition::Any);
    let bet = |owed: &OwedBet| {
        change(Change {
            key: game_bet::key(owed.record.bet),
            update: "SET paid = :paid, paid_at = :at",
            condition: "attribute_exists(pk) AND attribute_not_exists(paid_at)",
            values: vec![(":paid", number(owed.amount)), (":at", text(now))],
        })
    };
    owed.iter().map(bet).chain([posted.wallet]).chain(posted.added).collect()
}
