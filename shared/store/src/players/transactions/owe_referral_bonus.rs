//! Making a referrer's bonus due after the first deposit of the referred player.

use crate::payments::entities::payments_record;
use crate::players::entities::account;
use crate::table::item::text;
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{Account, Registration};

impl Store {
    /// Makes the bonus of a referrer due if it waits for the player's first deposit and that deposit was credited.
    /// Returns `true` if the bonus is due, by this call or an earlier one.
    ///
    /// A credited deposit is never undone, so it is read before the write and is no condition of it.
    ///
    /// 1. account of the player: its registration waits for a deposit, else read again
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn owe_referral_bonus(&self, referred: UserId) -> Result<bool, StoreError> {
        attempt!(self, WriteAccount, {
            let [account, record] =
                self.get_several([account::key(referred), payments_record::key(referred)]).await?;
            let account = account.as_ref().map(account::decode).transpose()?;
            let step = account.as_ref().map(|account| account.registration);
            let (Some(account), Some(Registration::DepositDue)) = (account, step) else {
                return Ok(Attempt::Done(step == Some(Registration::ReferralBonusDue)));
            };
            let record = record.as_ref().map(payments_record::decode).transpose()?;
            if record.is_none_or(|record| record.first_deposit.is_none()) {
                return Ok(Attempt::Done(false));
            }
            match self.change_one(owed(&account, self.layout)).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(true)),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

fn owed(read: &Account, layout: Layout) -> Change<'static> {
    let steps = [
        (":read", text(Registration::DepositDue.as_str())),
        (":next", text(Registration::ReferralBonusDue.as_str())),
    ];
    Change {
        key: account::key(read.user),
        update: "SET registration = :next, unfinished_pk = :pk, unfinished_sk = :sk",
        condition: "registration = :read",
        values: steps.into_iter().chain(account::listing(read, layout)).collect(),
    }
}
