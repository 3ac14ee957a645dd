//! The bonus for a first deposit: given once, because it shares a transaction with the record that owes it (M3).

use super::order_items::{PlayerSnapshot, put_payments_record};
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{BonusPlan, BonusRefusal, give_first_bonus};
use jiff::Timestamp;
use std::iter::once;
use std::slice::from_ref;

// Positions of items in the transaction below.
const PAYMENTS_RECORD: usize = 0;
const WALLET: usize = 1;

impl Store {
    /// Gives a player the bonus for their first deposit: all items, or none. A repeat returns
    /// [`BonusRefusal::GivenBefore`]. For a bonus of zero only the first item is written.
    ///
    /// 1. payments record: revision is the one read, else read again until the deadline
    /// 2. wallet, with the entry `BONUS:DEP:{userId}`: version is the one read, else the same
    /// 3. ledger page that was full, if any: absent, because the wallet's version is the one read, else
    ///    [`StoreError::Corrupt`]
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `PutItem` on `CASHIER#`, `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `USER#`
    pub async fn give_first_bonus(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Result<BonusPlan, BonusRefusal>, StoreError> {
        attempt!(self, GiveBonus, {
            let PlayerSnapshot { record, wallet, .. } = self.load_player(user).await?;
            let plan = match give_first_bonus(&record, &wallet, now) {
                Ok(plan) => plan,
                Err(refusal) => {
                    self.observe_wallet(user);
                    return Ok(Attempt::Done(Err(refusal)));
                }
            };
            match self.transact(bonus_items(&plan, self.layout)).await? {
                WriteOutcome::Committed => {
                    let entries: Vec<_> = plan.posted.iter().map(|posted| &posted.entry).collect();
                    self.observe_entries(&entries);
                    Ok(Attempt::Done(Ok(plan)))
                }
                WriteOutcome::Refused { position: PAYMENTS_RECORD | WALLET, .. } => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(user, "the ledger page exists already"))
                }
            }
        })
    }
}

fn bonus_items(plan: &BonusPlan, layout: Layout) -> Vec<Write> {
    let BonusPlan { record, posted } = plan;
    let mut items = vec![put_payments_record(record, layout)];
    if let Some(posted) = posted {
        let written = post(&posted.wallet, from_ref(&posted.entry), Lock::Keep, OwnerCondition::Any);
        items.extend(once(written.wallet).chain(written.added));
    }
    items
}
