//! Import of an edge of the referral tree from an earlier system.

use super::record_referral::edge_items;
use crate::players::entities::account;
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome, change};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{ImportReferral, Registration, import_referral};
use jiff::Timestamp;

// The position of this item in the transaction below.
const REFERRER: usize = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportReferralOutcome {
    /// The rule decided, and its decision is written.
    Decided(ImportReferral),
    /// No user has this number, which is the referred player's or the referrer's.
    UnknownUser(UserId),
}

impl Store {
    /// Imports an edge once, as the rule decides from the current state: all three items, or none.
    ///
    /// 1. account of the referred player: its registration is done and has no referrer, else read again
    /// 2. edge of the tree: absent, as the account had no referrer
    /// 3. account of the referrer: exists, else [`ImportReferralOutcome::UnknownUser`]; its count grows by one
    pub async fn import_referral(
        &self,
        referrer: UserId,
        referred: UserId,
        now: Timestamp,
    ) -> Result<ImportReferralOutcome, StoreError> {
        attempt!(self, RecordReferral, {
            let Some(account) = self.load_account(referred).await? else {
                return Ok(Attempt::Done(ImportReferralOutcome::UnknownUser(referred)));
            };
            let decided = import_referral(&account, referrer, now);
            let ImportReferral::Recorded(edge) = &decided else {
                return Ok(Attempt::Done(ImportReferralOutcome::Decided(decided)));
            };
            let referred_by = Change {
                key: account::key(referred),
                update: "SET referrer = :referrer",
                condition: "registration = :done AND attribute_not_exists(referrer)",
                values: vec![(":referrer", number(referrer)), (":done", text(Registration::Done.as_str()))],
            };
            let [edge, counted] = edge_items(edge);
            match self.transact(vec![change(referred_by), edge, counted]).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(ImportReferralOutcome::Decided(decided))),
                WriteOutcome::Refused { position: REFERRER, .. } => {
                    Ok(Attempt::Done(ImportReferralOutcome::UnknownUser(referrer)))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}
