//! Refunding the unmatched part of a bet.

use super::end_bet::{BetEnd, end_bet};
use crate::exchange::entities::waiting;
use crate::table::item::number;
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, delete};
use crate::wallet::entities::{play, wallet};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_exchange::{Bet, Refund, RefundOutcome, RefundReason, RefundTerms, refund_waiting};
use evens_ledger::Amount;
use evens_own_limits::PlayLimits;
use jiff::{SignedDuration, Timestamp};
use std::slice::from_ref;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundBetOutcome {
    /// Refunded by this call, possibly by an earlier attempt whose answer was lost.
    Refunded(Box<Refund>),
    /// The bet has no unmatched part; nothing changed.
    NothingWaits,
    /// The bet is not due for a refund yet; nothing changed.
    NotDue { due_at: Timestamp },
    /// The round has closed: the bet is refunded with the round, and not at the player's request. Nothing changed.
    RoundEnded,
    /// The bet was to be refunded because its player is barred, but they may play. Nothing changed.
    NotBarred,
    /// The player's balance cannot hold the stake. A retry cannot change that.
    BalanceTooLarge,
}

impl Store {
    /// Refunds the unmatched part of a bet, as the rule decides from the current state: all items, or none. A match
    /// needs the same unmatched bet, so one of the two loses cleanly.
    ///
    /// 1. unmatched bet: open amount is the one read, and for a player's request its round has not closed, else read
    ///    again
    /// 2. wallet, with the entry `REFUND:{betId}`: version is the one read, else read again until the deadline
    /// 3. bet: exists, and adds the amount to the refunded part
    /// 4. ledger page that was full, if any: absent, because the wallet's version is the one read
    ///
    /// # Role
    /// - `BatchGetItem` on `BOOK#`, `USER#`
    /// - `DeleteItem` on `BOOK#`
    /// - `GetItem` on `BET#`, `BOOK#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `USER#`
    pub async fn refund_bet(
        &self,
        bet: &Bet,
        reason: RefundReason,
        terms: RefundTerms,
        now: Timestamp,
    ) -> Result<RefundBetOutcome, StoreError> {
        self.refund_and_tell(bet, reason, terms, None, now).await
    }

    /// Like [`Store::refund_bet`] for an operator, regardless of time and round. Adds the head and the line of the
    /// audit log, which contains the refunded amount:
    ///
    /// 5. head: is the one read, else read again until the deadline
    /// 6. line: absent, because the head is the one read
    ///
    /// # Role
    /// - `BatchGetItem` on `BOOK#`, `USER#`
    /// - `DeleteItem` on `BOOK#`
    /// - `GetItem` on `AUDIT`, `BET#`, `BOOK#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `USER#`
    pub async fn refund_bet_by(
        &self,
        bet: &Bet,
        act: &Act,
        now: Timestamp,
    ) -> Result<RefundBetOutcome, StoreError> {
        let terms = RefundTerms { refund_after: SignedDuration::ZERO, stake_min: Amount::ZERO };
        // For an ended round the rule has no conditions.
        self.refund_and_tell(bet, RefundReason::RoundEnded, terms, Some(act), now).await
    }

    async fn refund_and_tell(
        &self,
        bet: &Bet,
        reason: RefundReason,
        terms: RefundTerms,
        act: Option<&Act>,
        now: Timestamp,
    ) -> Result<RefundBetOutcome, StoreError> {
        let mut unanswered = None;
        attempt!(self, RefundBet, {
            let keys = [
                waiting::key(&bet.round, bet.side, bet.placed_at, bet.id, self.layout),
                wallet::key(bet.user),
            ];
            let [waiting, wallet] = self.get_several(keys).await?;
            let Some(waiting) = waiting else {
                self.observe_refund(bet);
                return self.end_of_place(bet, unanswered.as_deref()).await.map(Attempt::Done);
            };
            let wallet = wallet.ok_or_else(|| StoreError::corrupt(bet.id, "the player has no wallet"))?;
            let (play, guard) = (play::of(Some(&wallet))?, wallet::guard(Some(&wallet))?);
            let (waiting, wallet) = (waiting::decode(&waiting, self.layout)?, wallet::decode(&wallet)?);
            let play = play.give_back(waiting.open, waiting.placed_at);
            let plan = match refund_waiting(&waiting, reason, &wallet, guard.player, terms, now) {
                Ok(RefundOutcome::Refund(plan)) => plan,
                Ok(RefundOutcome::NotDue { due_at }) => {
                    return Ok(Attempt::Done(RefundBetOutcome::NotDue { due_at }));
                }
                Ok(RefundOutcome::RoundEnded) => return Ok(Attempt::Done(RefundBetOutcome::RoundEnded)),
                Ok(RefundOutcome::NotBarred) => return Ok(Attempt::Done(RefundBetOutcome::NotBarred)),
                Err(_) => return Ok(Attempt::Done(RefundBetOutcome::BalanceTooLarge)),
            };
            let mut items = refund_bet_items(&plan, &play, reason, now, self.layout);
            let log_at = items.len();
            if let Some(act) = act {
                let (before, after) = (format!("{} waits", plan.waiting.open), "refunded".to_owned());
                items.extend(self.log_items(Act { before, after, ..act.clone() }, now).await?);
            }
            let written = self.transact(items).await;
            if matches!(written, Err(StoreError::Unavailable(_))) {
                unanswered = Some(plan.clone());
            }
            match written? {
                WriteOutcome::Committed => {
                    self.observe_entries(&[&plan.entry]);
                    self.observe_refund(bet);
                    Ok(Attempt::Done(RefundBetOutcome::Refunded(plan)))
                }
                WriteOutcome::Refused { position, .. } if position <= 1 || position >= log_at => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(bet.id, "the bet is missing, or the ledger page exists already"))
                }
            }
        })
    }

    /// Reports that the unmatched part of a bet is refunded, by this call or an earlier one.
    fn observe_refund(&self, bet: &Bet) {
        self.observe_bet(bet.id, bet.user, &bet.round);
        self.observe_wallet(bet.user);
    }

    /// The outcome of a refund if the bet has no unmatched part. If an attempt of this call was not answered, the bet
    /// shows whether it was made: the refunded part has grown by exactly that amount since the call began. A player
    /// whose refund succeeded must not be told that there was nothing to refund.
    async fn end_of_place(
        &self,
        bet: &Bet,
        unanswered: Option<&Refund>,
    ) -> Result<RefundBetOutcome, StoreError> {
        let Some(refund) = unanswered else { return Ok(RefundBetOutcome::NothingWaits) };
        let view = self.load_bet_view(bet.id).await?;
        let view = view.ok_or_else(|| StoreError::corrupt(bet.id, "the bet is missing"))?;
        let is_made = view.bet.refunded.checked_sub(bet.refunded) == Some(refund.waiting.open);
        Ok(if is_made {
            RefundBetOutcome::Refunded(Box::new(refund.clone()))
        } else {
            RefundBetOutcome::NothingWaits
        })
    }
}

fn refund_bet_items(
    plan: &Refund,
    play: &PlayLimits,
    reason: RefundReason,
    now: Timestamp,
    layout: Layout,
) -> Vec<Write> {
    let Refund { waiting, wallet, entry } = plan;
    let key = waiting::key_of(waiting, layout);
    let posted = post(wallet, from_ref(entry), Lock::Release(waiting.open, play), OwnerCondition::Any);
    let condition = match reason {
        RefundReason::Requested => "amount_open = :read AND attribute_not_exists(closed_at)",
        RefundReason::Expired | RefundReason::RoundEnded | RefundReason::TooSmall | RefundReason::Barred => {
            "amount_open = :read"
        }
    };
    let items = [
        delete(&key, condition, vec![(":read", number(waiting.open))]),
        posted.wallet,
        end_bet(waiting.bet, BetEnd::Refunded(waiting.open), now),
    ];
    items.into_iter().chain(posted.added).collect()
}
