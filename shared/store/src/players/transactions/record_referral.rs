//! Recording who referred a new player.

use super::apply_bonus::move_registration;
use crate::players::entities::{account, referral, referral_code};
use crate::table::item::number;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written, change, put_new};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_ledger::UserId;
use evens_players::{
    Account, RecordReferral, Referral, ReferralBonusAfter, ReferralCode, Registration, record_referral,
};
use jiff::Timestamp;

/// What became of a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferralOutcome {
    /// The rule decided, and what it decided is written.
    Decided(RecordReferral),
    /// There is no such player.
    UnknownUser,
}

impl Store {
    /// Records a referral once, as the rule decides on what is there now: all three items, or none. Nothing is read of
    /// the referrer but whose code it is, so that many players under one referrer wait for each other only where
    /// their transactions meet.
    ///
    /// 1. account of the new player: its registration owes the referral, else read again
    /// 2. edge of the tree: absent, as the registration owed it
    /// 3. account of the referrer: exists, and counts one more
    ///
    /// A code that nobody has, or the player's own, ends the registration without a referral. One that the player did
    /// not sign up with changes nothing. Whether a bonus follows is what the account says, or `has_bonus` where the
    /// account is of the time before that was kept; and `after` is when.
    pub async fn record_referral(
        &self,
        referred: UserId,
        code: ReferralCode,
        has_bonus: bool,
        after: ReferralBonusAfter,
        now: Timestamp,
    ) -> Result<ReferralOutcome, StoreError> {
        attempt!(self, RecordReferral, {
            let [account, owner] =
                self.get_several([account::key(referred), referral_code::key(code)]).await?;
            let Some(account) = account.as_ref().map(account::decode).transpose()? else {
                return Ok(Attempt::Done(ReferralOutcome::UnknownUser));
            };
            let owner = owner.as_ref().map(referral_code::decode).transpose()?;
            let decided = record_referral(&account, code, owner, now);
            let has_bonus = account.bonuses.map_or(has_bonus, |bonuses| !bonuses.referral.is_zero());
            let items = match &decided {
                RecordReferral::Recorded(edge) => {
                    let next = Registration::after_referral(has_bonus.then_some(after));
                    recorded_items(&self.table, &account, edge, next)?
                }
                RecordReferral::UnknownCode | RecordReferral::SelfReferral
                    if account.registration == Registration::ReferralDue =>
                {
                    vec![move_registration(&self.table, &account, Registration::Done, None)?]
                }
                RecordReferral::RecordedBefore(_)
                | RecordReferral::UnknownCode
                | RecordReferral::SelfReferral
                | RecordReferral::NotReferred
                | RecordReferral::BonusFirst
                | RecordReferral::EndedBefore => {
                    return Ok(Attempt::Done(ReferralOutcome::Decided(decided)));
                }
            };
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(ReferralOutcome::Decided(decided))),
                Written::Refused { position: 2, .. } => {
                    Err(StoreError::corrupt(code, "the account of a referral code is gone"))
                }
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

fn recorded_items(
    table: &str,
    referred: &Account,
    edge: &Referral,
    next: Registration,
) -> Result<Vec<TransactWriteItem>, StoreError> {
    let moved = move_registration(table, referred, next, Some(edge.referrer))?;
    let [edge, counted] = edge_items(table, edge)?;
    Ok(vec![moved, edge, counted])
}

/// The edge, which must be absent; and the account of the referrer, which must exist and counts one more.
pub(super) fn edge_items(table: &str, edge: &Referral) -> Result<[TransactWriteItem; 2], StoreError> {
    let counted = Change {
        key: account::key(edge.referrer),
        update: "SET direct_referral_count = direct_referral_count + :one",
        condition: "attribute_exists(pk)",
        values: vec![(":one", number(1))],
    };
    Ok([put_new(table, referral::encode(edge))?, change(table, counted)?])
}
