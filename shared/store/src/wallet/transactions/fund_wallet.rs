//! Funding by the house: money for players of the local stage.

use super::wallet_items::{Lock, OwnerCondition, post};
use crate::table::item::Item;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new};
use crate::wallet::entities::funding;
use crate::{Store, StoreError};
use evens_ledger::{Amount, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, UserId, Wallet};
use jiff::Timestamp;
use std::slice::from_ref;

// The position of this item in the transaction below.
const FUNDING: usize = 0;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FundOutcome {
    /// Credited by this call. Holds the wallet afterwards.
    Funded(Wallet),
    /// The order was credited by an earlier call; nothing changed.
    FundedBefore,
    /// The order was used for another user or amount; nothing changed.
    OrderUsedForAnother,
    /// The balance cannot hold the amount; nothing changed.
    BalanceTooLarge,
}

impl Store {
    /// Credits a funding by the house once per order: all items, or none.
    ///
    /// 1. funding of the order: absent, else [`FundOutcome::FundedBefore`] or [`FundOutcome::OrderUsedForAnother`]
    /// 2. wallet, with the entry `FUND:{order}`: version is the one read, or absent if there was none, else read again
    ///    until the deadline
    /// 3. ledger page that was full, if any: absent, because the wallet's version is the one read
    pub async fn fund_wallet(
        &self,
        user: UserId,
        amount: Amount,
        order: &str,
        now: Timestamp,
    ) -> Result<FundOutcome, StoreError> {
        attempt!(self, FundWallet, {
            let posting = Posting {
                key: EntryKey::new(EntryPurpose::Fund, &[&order]),
                amount,
                account: SystemAccount::House,
                reference: order.to_owned(),
            };
            let Ok((wallet, entry)) = self.load_wallet(user).await?.credit(Incoming::Credit, posting, now)
            else {
                // A repeat is answered before anything that depends on today's balance.
                let credited = self.get(&funding::key(order)).await?;
                return match credited {
                    Some(item) => {
                        self.observe_wallet(user);
                        Ok(Attempt::Done(repeat_outcome(&item, user, amount)?))
                    }
                    None => Ok(Attempt::Done(FundOutcome::BalanceTooLarge)),
                };
            };
            let credited = put_new(funding::encode(order, &entry));
            let posted = post(&wallet, from_ref(&entry), Lock::Keep, OwnerCondition::Any);
            let items = [credited, posted.wallet].into_iter().chain(posted.added).collect();
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_entries(&[&entry]);
                    Ok(Attempt::Done(FundOutcome::Funded(wallet)))
                }
                WriteOutcome::Refused { position: FUNDING, found: Some(item) } => {
                    self.observe_wallet(user);
                    Ok(Attempt::Done(repeat_outcome(&item, user, amount)?))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

/// The outcome of a repeated order.
fn repeat_outcome(credited: &Item, user: UserId, amount: Amount) -> Result<FundOutcome, StoreError> {
    let is_same = funding::decode(credited)? == (user, amount);
    Ok(if is_same { FundOutcome::FundedBefore } else { FundOutcome::OrderUsedForAnother })
}
