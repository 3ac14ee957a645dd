//! Recording who referred a new player.

use super::apply_bonus::move_registration;
use crate::payments::entities::payments_record;
use crate::players::entities::{account, referral, referral_code};
use crate::table::item::number;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change, check, put_new};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{
    Account, RecordReferral, Referral, ReferralBonusAfter, ReferralCode, Registration, record_referral,
};
use jiff::Timestamp;

// The position of this item in the transaction below.
const REFERRER: usize = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferralOutcome {
    /// The rule decided, and its decision is written. The second value is the step of the sign-up that is due next.
    Decided(RecordReferral, Registration),
    UnknownUser,
}

impl Store {
    /// Records a referral once, as the rule decides from the current state: all three items, or none. Only the owner of
    /// the code is read, not the referrer's account, so many players under one referrer conflict only if their
    /// transactions meet.
    ///
    /// 1. account of the new player: its registration owes the referral, else read again
    /// 2. edge of the tree: absent, as the registration owed it
    /// 3. account of the referrer: exists; its count grows by one
    /// 4. cashier item of the new player, if the bonus waits for a first deposit: no deposit was credited, else read
    ///    again
    ///
    /// Condition 4 ensures that a bonus waits only for a deposit that is credited later, and the crediting code finds
    /// it.
    ///
    /// An unknown code, or the player's own, ends the registration without a referral. A code that the player did not
    /// sign up with changes nothing. The account says whether a bonus follows; `has_bonus` applies to accounts from
    /// before that was stored. `after` says when the bonus becomes due.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `REFERRAL-CODE#`
    /// - `ConditionCheckItem` on `CASHIER#`
    /// - `PutItem` on `REFERRAL#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn record_referral(
        &self,
        referred: UserId,
        code: ReferralCode,
        has_bonus: bool,
        after: ReferralBonusAfter,
        now: Timestamp,
    ) -> Result<ReferralOutcome, StoreError> {
        attempt!(self, RecordReferral, {
            let keys = [account::key(referred), referral_code::key(code), payments_record::key(referred)];
            let [account, owner, record] = self.get_several(keys).await?;
            let Some(account) = account.as_ref().map(account::decode).transpose()? else {
                return Ok(Attempt::Done(ReferralOutcome::UnknownUser));
            };
            let owner = owner.as_ref().map(referral_code::decode).transpose()?;
            let decided = record_referral(&account, code, owner, now);
            let record = payments_record::of(referred, record.as_ref())?;
            let has_bonus = account.bonuses.map_or(has_bonus, |bonuses| !bonuses.referral.is_zero());
            let (next, items) = match &decided {
                RecordReferral::Recorded(edge) => {
                    let after =
                        if record.first_deposit.is_some() { ReferralBonusAfter::SignUp } else { after };
                    let next = Registration::after_referral(has_bonus.then_some(after));
                    (next, recorded_items(&account, edge, next))
                }
                RecordReferral::UnknownCode | RecordReferral::SelfReferral
                    if account.registration == Registration::ReferralDue =>
                {
                    let next = Registration::Done;
                    (next, vec![move_registration(&account, next, None)])
                }
                RecordReferral::RecordedBefore(_)
                | RecordReferral::UnknownCode
                | RecordReferral::SelfReferral
                | RecordReferral::NotReferred
                | RecordReferral::BonusFirst
                | RecordReferral::EndedBefore => {
                    return Ok(Attempt::Done(ReferralOutcome::Decided(decided, account.registration)));
                }
            };
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(ReferralOutcome::Decided(decided, next))),
                WriteOutcome::Refused { position: REFERRER, .. } => {
                    Err(StoreError::corrupt(code, "the account of a referral code is missing"))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

fn recorded_items(referred: &Account, edge: &Referral, next: Registration) -> Vec<Write> {
    let moved = move_registration(referred, next, Some(edge.referrer));
    let [edge, counted] = edge_items(edge);
    let mut items = vec![moved, edge, counted];
    if next == Registration::DepositDue {
        items.push(check(
            &payments_record::key(referred.user),
            "attribute_not_exists(first_deposit)",
            Vec::new(),
        ));
    }
    items
}

/// The edge, which must be absent, and the referrer's account, which must exist and whose count grows by one.
pub(super) fn edge_items(edge: &Referral) -> [Write; 2] {
    let counted = Change {
        key: account::key(edge.referrer),
        update: "SET direct_referral_count = direct_referral_count + :one",
        condition: "attribute_exists(pk)",
        values: vec![(":one", number(1))],
    };
    [put_new(referral::encode(edge)), change(counted)]
}
